"""`FigureValues`: the values of a set of figures by cell, from printed frames or from figures that were computed."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from mse.errors import TableError, did_you_mean, spelled

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ALL", "RANK", "TOTAL", "Cell", "FigureValues", "N", "TidyFigures", "figure_order", "years_in"]

TOTAL = "total"
"""Code of the year that is the whole period, and of the category that is all categories."""

ALL = "all"
"""Code of the form that is all forms."""

N = "n"
"""What a total is called where a check says which row or column it is about."""

RANK = "rank"
"""Measure of the cells that hold ranks."""

NEEDED = ("year", "form", "category_code")

FIRST = ("victims", "reports", "police_reports", "victims_known_or_imputed", "victims_imputed", "years")
"""Where a cell has several measures, the first of these is the one that sums and claims are about."""

DERIVED = "derived"
"""Status of a value of a printed figure that the report does not print."""


class TidyFigures(Protocol):
    """Tidy figures by id: a mapping of frames or of `mse.Figure`, the `Figures` of a register, …"""

    def keys(self) -> Iterable[str]:
        """Ids of the figures."""

    def items(self) -> Iterable[tuple[str, Any]]:
        """Ids, and the frame or figure of each."""


class Cell(NamedTuple):
    """A cell of a figure: a count, or where the measure says so, its rank."""

    figure: str
    year: str
    form: str
    category: str
    measure: str = ""

    @property
    def column(self) -> str:
        """What the column of the cell is called: its year, or of the whole period its form."""
        if self.year != TOTAL:
            return self.year
        return N if self.form == ALL else self.form

    def __str__(self) -> str:
        """The figure, and what tells the cell apart in it: ``2.10 (n, AU, n)``."""
        shown = [N if self.year == TOTAL else self.year]
        shown += [self.form] if self.form != ALL else []
        shown += [N if self.category == TOTAL else self.category] if self.category != self.form else []
        return f"{self.figure} ({', '.join(shown)})"


@dataclass(frozen=True, eq=False)
class FigureValues:
    """Values of figures by cell.

    Parameters
    ----------
    values : mapping of Cell to float
        The value of each cell, NaN where there is none.
    measures : mapping of Cell to str
        What each cell measures.
    derived : frozenset of Cell
        Cells that the report does not print.

    Examples
    --------
    >>> from mse.records.editions import printed
    >>> values = FigureValues.of(printed("2015-2019"))
    >>> values[Cell("2.7", "total", "BL-SU", "BL-SU")]
    1178.0
    >>> values.years("2.4b")
    ('2015-2016', '2017-2019')
    """

    values: Mapping[Cell, float]
    measures: Mapping[Cell, str]
    derived: frozenset[Cell]

    @classmethod
    def of(
        cls,
        figures: TidyFigures,
        column: str = "value",
        otherwise: str | None = None,
    ) -> FigureValues:
        """Take the values out of figures.

        Parameters
        ----------
        figures : mapping of str to pandas.DataFrame or Figure, or Figures
            Tidy figures by id ("2.7", "tab2.1"): columns year, form, category_code and the column of values; measure,
            status and rank where there are any.
        column : str
            Which column holds the values.
        otherwise : str, optional
            Column to take a value from where the first has none.

        Raises
        ------
        mse.errors.TableError
            A figure has no such columns, or has a cell twice.
        """
        values: dict[Cell, float] = {}
        measures: dict[Cell, str] = {}
        derived: set[Cell] = set()
        for name, figure in figures.items():
            frame = _tidy(name, figure, [column, *([otherwise] if otherwise else [])])
            for row in sorted(frame.to_dict("records"), key=lambda row: _order(row.get("measure"))):
                cell = Cell(name, str(row["year"]), str(row["form"]), str(row["category_code"]))
                measure = str(row.get("measure", ""))
                if cell in values:
                    _refuse_twice(cell, measure, measures[cell])
                    continue
                values[cell], measures[cell] = _value(row, column, otherwise), measure
                if row.get("status") == DERIVED:
                    derived.add(cell)
                if not math.isnan(rank := _number(row.get(RANK))):
                    values[cell._replace(measure=RANK)] = rank
        return cls(_in_order(values, figures.keys()), measures, frozenset(derived))

    def __getitem__(self, cell: Cell) -> float:
        """Value of a cell."""
        return self.values[cell]

    def __contains__(self, cell: Cell) -> bool:
        return cell in self.values

    def __iter__(self) -> Iterator[Cell]:
        return iter(self.values)

    @functools.cached_property
    def figures(self) -> tuple[str, ...]:
        """Ids of the figures, in the order of a report."""
        return tuple(sorted(self._cells, key=figure_order))

    def cells(self, figure: str) -> tuple[Cell, ...]:
        """Cells of a figure that hold values, not ranks."""
        return self._cells.get(figure, ())

    @functools.cached_property
    def _cells(self) -> Mapping[str, tuple[Cell, ...]]:
        found: dict[str, list[Cell]] = {}
        for cell in self.values:
            if cell.measure != RANK:
                found.setdefault(cell.figure, []).append(cell)
        return {figure: tuple(cells) for figure, cells in found.items()}

    def years(self, figure: str) -> tuple[str, ...]:
        """Years, or ranges of years, that a figure shows."""
        return tuple(sorted({cell.year for cell in self.cells(figure)} - {TOTAL}))

    def forms(self, figure: str) -> tuple[str, ...]:
        """Forms that a figure shows for the whole period, in its order; those of a figure without "all" too."""
        return tuple(dict.fromkeys(c.form for c in self.cells(figure) if c.year == TOTAL and c.form != ALL))

    def find(self, figure: str, year: str, form: str, category: str) -> Cell:
        """Return a cell that is there.

        Raises
        ------
        mse.errors.TableError
            There is none; the message says what is unknown, and what there is.
        """
        cell = Cell(str(figure), str(year), str(form), str(category))
        if cell in self.values:
            return cell
        if cell.figure not in self.figures:
            raise TableError(f"There is no figure '{figure}'", hint=did_you_mean(cell.figure, self.figures))
        cells = self.cells(cell.figure)
        for position, part in enumerate(("year", "form", "category"), start=1):
            known = tuple(dict.fromkeys(item[position] for item in cells))
            if cell[position] not in known:
                raise TableError(
                    f"Figure {figure} has no {part} '{cell[position]}'", hint=did_you_mean(cell[position], known)
                )
        raise TableError(
            f"Figure {figure} has no cell for year '{year}', form '{form}' and category '{category}' together",
            hint="Forms are shown for the whole period only; their year is 'total'.",
        )


def figure_order(figure: str) -> tuple[bool, list[int], str]:
    """Order of figures in a report: figures by number, then tables."""
    digits = "".join(sign if sign.isdigit() else " " for sign in figure).split()
    return (not figure[:1].isdigit(), [int(part) for part in digits], figure)


def years_in(year: str) -> frozenset[int]:
    """The years of a year or a range of years.

    Examples
    --------
    >>> sorted(years_in("2017-2019")), sorted(years_in("2015")), sorted(years_in("total"))
    ([2017, 2018, 2019], [2015], [])
    """
    if year == TOTAL:
        return frozenset()
    first, _, last = year.partition("-")
    return frozenset(range(int(first), int(last or first) + 1))


def _tidy(name: str, figure: Any, columns: Iterable[str]) -> pd.DataFrame:
    frame: pd.DataFrame = figure.to_frame() if hasattr(figure, "to_frame") else figure
    if missing := [needed for needed in (*NEEDED, *columns) if needed not in frame]:
        raise TableError(
            f"Figure '{name}' is not tidy", got=f"no column {spelled(missing)}", hint="One row a cell, with its codes."
        )
    return frame


def _refuse_twice(cell: Cell, measure: str, first: str) -> None:
    if measure == first:
        raise TableError("A cell of a figure stands there once", got=f"two rows for {cell}")


def _order(measure: Any) -> int:
    return FIRST.index(measure) if measure in FIRST else len(FIRST)


def _value(row: Mapping[Any, Any], column: str, otherwise: str | None) -> float:
    value = _number(row[column])
    return _number(row[otherwise]) if otherwise is not None and math.isnan(value) else value


def _number(value: Any) -> float:
    """A value as a number; missing ones of every kind are NaN."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def _in_order(values: Mapping[Cell, float], figures: Iterable[str]) -> dict[Cell, float]:
    """The values figure by figure, as they were given."""
    place = {name: position for position, name in enumerate(figures)}
    return dict(sorted(values.items(), key=lambda item: place[item[0].figure]))
