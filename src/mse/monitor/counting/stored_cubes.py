"""`Cubes`: the few small tables of counts that all figures need, instead of records (requirement 17).

An office that may not hand over records hands over these; figures made of them are the same, cell for cell.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from mse.core.cube import COUNT, Cube
from mse.core.figure import Figure
from mse.core.reference import Reference
from mse.core.sentence import Sentence
from mse.errors import TableError, spelled
from mse.lazy import lazy
from mse.monitor.counting.indicator import Indicator
from mse.monitor.counting.indicators import chosen
from mse.monitor.counting.source import LINE, source_of
from mse.monitor.estimation.data_figures import heading, unit_and_source
from mse.records.register.registry import Registry
from mse.records.register.rules import Rules

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["Cubes", "cubes"]

CUBE, LINE_COLUMN = "cube", "line"
SET, NUMBER = "*", "#"
"""Marks behind the name of a dimension that holds sets, or whole numbers, in the column "cube"."""

_ALWAYS: tuple[tuple[str, ...], ...] = (("year", "dual_nationality"), ("year", "form", "reporters"))
"""Dimensions that findings need, beside those of the figures; the second also holds the patterns of lists."""


@dataclass(frozen=True, eq=False)
class Cubes:
    """Counts over the dimensions that figures need; a source of figures like a register.

    Parameters
    ----------
    stored : mapping of (str, tuple of str) to Cube
        Cubes by line and dimensions.
    period : (int, int)
        First and last year that are counted.
    rules : Rules
        What decided the dimensions.
    unit : {"person-year", "person"}
        What is counted.
    reference : Reference, optional
        What the counts are about.
    touched : mapping of str to int
        How many victims each rule touched.
    """

    stored: Mapping[tuple[str, tuple[str, ...]], Cube]
    period: tuple[int, int]
    rules: Rules = field(default_factory=Rules)
    unit: str = "person-year"
    reference: Reference | None = None
    touched: Mapping[str, int] = field(default_factory=dict)

    def cube(self, *dimensions: str, line: str = LINE) -> Cube:
        """Answer from the smallest stored cube that has the dimensions.

        Raises
        ------
        mse.errors.TableError
            No stored cube of that line has them all; the message names what is missing.
        """
        stored = {names: cube for (of, names), cube in self.stored.items() if of == line}
        fitting = [cube for names, cube in stored.items() if set(dimensions) <= set(names)]
        if not fitting:
            known = {name for names in stored for name in names}
            lacking = [name for name in dimensions if name not in known]
            raise TableError(
                f"No stored cube of line '{line}' has the dimensions {spelled(dimensions)}",
                got=f"nothing over {spelled(lacking)}" if lacking else "each of them, but not in one cube",
                hint="Count it with the register: mse.monitor.cubes(registry, also=[…]).",
            )
        return min(fitting, key=lambda cube: len(cube.frame)).margin(*dimensions)

    def to_frame(self) -> pd.DataFrame:
        """Return all cubes as one tidy frame.

        Returns
        -------
        pandas.DataFrame
            Columns cube (its dimensions; "*" behind one of sets, "#" behind one of numbers), line, the dimensions of
            all cubes (empty where a cube does not have one), and count.
        """
        frames = [
            cube.to_frame().assign(**{CUBE: _written(cube), LINE_COLUMN: line})
            for (line, _), cube in self.stored.items()
        ]  # fmt: skip
        whole = pd.concat([frame.astype({n: object for n in frame.columns if n != COUNT}) for frame in frames])
        names = [name for name in whole.columns if name not in (CUBE, LINE_COLUMN, COUNT)]
        return whole[[CUBE, LINE_COLUMN, *names, COUNT]].fillna(dict.fromkeys(names, "")).reset_index(drop=True)

    @classmethod
    def from_frame(
        cls, frame: pd.DataFrame, *, period: tuple[int, int], rules: Rules | None = None, unit: str = "person-year",
        reference: Reference | None = None, touched: Mapping[str, int] | None = None,
    ) -> Self:  # fmt: skip
        """Take cubes from a tidy frame, as `to_frame` gives it.

        Parameters
        ----------
        frame : pandas.DataFrame
            The frame. Read a CSV with ``dtype=str, keep_default_na=False``: "NA" is Namibia.
        period, rules, unit, reference, touched
            As for `Cubes`.

        Raises
        ------
        mse.errors.TableError
            A column is missing, a dimension has no value where its cube has one, or a number is none.
        """
        for name in (CUBE, LINE_COLUMN, COUNT):
            if name not in frame.columns:
                raise TableError(f"A frame of cubes has a column '{name}'", hint="Make it with Cubes.to_frame.")
        stored = dict(_read(frame))
        return cls(stored, period, Rules() if rules is None else rules, unit, reference, dict(touched or {}))

    def to_figure(self, name: str = "cubes") -> Figure:
        """Return the cubes as a figure, which is how they are written: `mse.release` decides over every cell.

        Parameters
        ----------
        name : str
            Name of the figure.
        """
        frame = self.to_frame()
        columns = {
            each: heading(each, "persons" if each == COUNT else "text") if each in _HEADED else _plain(each)
            for each in frame.columns
        }  # fmt: skip
        text = Sentence("monitor_cubes_title", {"cubes": len(self.stored)})
        return Figure(
            name, frame, columns, title=text, caption=Sentence("monitor_cubes_caption"), only_occurring=True,
            **unit_and_source(self.reference),
        )  # fmt: skip

    def __repr__(self) -> str:
        cells = sum(len(cube.frame) for cube in self.stored.values())
        return f"{len(self.stored)} cubes with {cells:,} cells, {self.period[0]}-{self.period[1]}"


def cubes(
    source: Registry, *, edition: str = "2015-2019", rules: Rules | None = None, unit: str | None = None,
    only: Sequence[Indicator] | None = None, also: Sequence[Sequence[str]] = (),
) -> Cubes:  # fmt: skip
    """Count the cubes that figures need, and nothing more.

    Parameters
    ----------
    source : Registry
        The register.
    edition : str
        Edition of the figures.
    rules, unit
        As for `mse.monitor.figures`.
    only : sequence of Indicator, optional
        Entries that the cubes are for; by default all of the edition.
    also : sequence of sequence of str
        Dimensions of further cubes, such as those of a cross-tabulation.

    Returns
    -------
    Cubes

    Examples
    --------
    >>> import pandas as pd
    >>> victims = pd.DataFrame({"victim": ["a", "b"], "types": ["SU", "CU"], "nationalities": ["NL", "PL"]})
    >>> reports = pd.DataFrame({"victim": ["a", "b"], "date": [2018, 2019], "reporter": ["police"] * 2})
    >>> stored = cubes(Registry.from_frames(victims, reports, period=(2018, 2019)))
    >>> stored.cube("form").by("form")
    {'BL-SU': 1, 'CU': 1}
    """
    counted = source_of(source, rules, unit, edition)
    needed = [(entry.line, entry.dimensions) for entry in (chosen(edition, None) if only is None else only)]
    needed += [(LINE, tuple(dict.fromkeys(("year", *names)))) for names in (*_ALWAYS, *also)]
    stored = {
        (line, names): counted.cube(*names, line=line)
        for line, names in needed
        if not any(line == other and set(names) < set(more) for other, more in needed)
    }
    unique = {(line, frozenset(names)): (line, names) for line, names in stored}
    return Cubes(
        {key: stored[key] for key in unique.values()}, counted.period, counted.rules, counted.unit, counted.reference,
        counted.touched,
    )  # fmt: skip


_HEADED = frozenset({LINE_COLUMN, CUBE, COUNT, "year", "form"})


def _plain(name: str) -> Any:
    from mse.core.figure import Column

    return Column(name, name)


def _written(cube: Cube) -> str:
    marks = {name: SET if name in cube.sets else NUMBER if cube.frame[name].dtype.kind in "iu" else ""
             for name in cube.dimensions}  # fmt: skip
    return " ".join(f"{name}{mark}" for name, mark in marks.items())


def _read(frame: pd.DataFrame) -> Iterator[tuple[tuple[str, tuple[str, ...]], Cube]]:
    for (head, line), rows in frame.groupby([CUBE, LINE_COLUMN], sort=False):
        names = [word.rstrip(SET + NUMBER) for word in str(head).split()]
        if missing := [name for name in names if name not in rows.columns]:
            raise TableError(f"A cube has dimensions without a column: {spelled(missing)}")
        values: dict[str, Sequence[Hashable]] = {}
        for word, name in zip(str(head).split(), names, strict=True):
            values[name] = _column(rows[name], name, word[-1])
        values[COUNT] = _column(rows[COUNT], COUNT, NUMBER)
        sets = frozenset(name for word, name in zip(str(head).split(), names, strict=True) if word[-1] == SET)
        yield (str(line), tuple(names)), Cube(pd.DataFrame(values), sets)


def _column(column: pd.Series[Any], name: str, mark: str) -> Sequence[Hashable]:
    if mark == SET:
        return column.fillna("").astype(str).tolist()
    if column.isna().any() or (column.astype(str) == "").any():
        raise TableError(
            f"Dimension '{name}' has cells without a value in a cube that has it",
            hint="Read the CSV with keep_default_na=False: 'NA' is Namibia.",
        )
    if mark != NUMBER:
        return column.astype(str).tolist()
    try:
        return column.astype(int).tolist()
    except ValueError:
        raise TableError(f"Column '{name}' of a frame of cubes holds whole numbers") from None
