"""Registered numbers of a group and year, read from the figures of the monitor or from a cube.

Figures show one characteristic by year and, over the period, by form. A group of two characteristics in one year
is in no figure: the smaller of its two margins then bounds it from above.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Protocol

from mse.core.cube import Cube
from mse.core.figure import Figure
from mse.core.published_estimate import Group
from mse.core.reference import Reference
from mse.errors import ReferenceError, TableError, did_you_mean
from mse.messages import LANGUAGES, sentence
from mse.messages.labels import label
from mse.monitor.counting.dimension_labels import level_label
from mse.records.register.line_population import MONITOR_LINE, line_of

__all__ = [
    "GROUP_DIMENSIONS",
    "LINE",
    "PERIOD",
    "FigureSource",
    "RegisteredCounts",
    "RegisteredNumber",
    "counts_from",
    "group_label",
    "levels_of",
    "single_groups",
]

LINE = MONITOR_LINE
"""Population line that all figures but the first describe."""

PERIOD = "total"
"""What figures call the period as a whole in their column of years."""

_FIGURES = {"form": "2.7", "sex": "2.8", "region": "2.9", "age_band": "2.10"}
GROUP_DIMENSIONS = tuple(_FIGURES)
"""Dimensions of groups that figures count by, and that have a name in sentences."""

_LINES = "2.1"
_ALL = "all"
_TOTAL = "total"
_DERIVED = frozenset({"age_known", "under_23", "adult", "SU_nationality_known", "SU_nationality_unknown"})
"""Categories that figures derive from others."""


@dataclass(frozen=True)
class RegisteredNumber:
    """A registered number.

    Parameters
    ----------
    value : float
    exact : bool
        Whether it is the count itself; otherwise the count is at most this.
    basis : tuple of str
        Figures that it comes from.
    cell : hashable, optional
        What is counted, where the figure says so (`Figure.cells`).
    """

    value: float
    exact: bool = True
    basis: tuple[str, ...] = ()
    cell: Hashable = None


class FigureSource(Protocol):
    """Figures by number: a mapping, or what `mse.monitor.figures` returns."""

    def items(self) -> Iterable[tuple[str, Figure]]:
        """Numbers and figures."""


class RegisteredCounts(Protocol):
    """Answers how many are registered in a group and year."""

    reference: Reference

    @property
    def years(self) -> tuple[str, ...]:
        """Years that are counted."""

    @property
    def lines(self) -> tuple[str, ...]:
        """Population lines that are counted."""

    def number(self, group: Group, year: str, line: str = LINE) -> RegisteredNumber | None:
        """Registered in a group in a year, or in the whole period; None where that is not known."""

    def levels(self, dimension: str) -> tuple[str, ...]:
        """Levels of a dimension, those that are derived from others left out; none where it is not counted."""


def counts_from(source: FigureSource | Cube, reference: Reference | None = None) -> RegisteredCounts:
    """Return the registered numbers of figures by number, or of a cube.

    Raises
    ------
    mse.errors.ReferenceError
        It is not known what the numbers are about, the figures are about different things, or about something else
        than the reference that is given.
    """
    if isinstance(source, Cube):
        if reference is None:
            raise ReferenceError("Counts of a cube need a reference", hint="Give reference=mse.Reference(…).")
        return _FromCube(source, reference)
    return _FromFigures(dict(source.items()), reference)


def levels_of(level: str | tuple[str, ...]) -> tuple[str, ...]:
    """The levels that a group takes together."""
    return (level,) if isinstance(level, str) else tuple(level)


def single_groups(group: Group) -> Iterator[dict[str, str]]:
    """The groups of one level a dimension that a group is the union of."""
    names = list(group)
    for chosen in product(*(levels_of(group[name]) for name in names)):
        yield dict(zip(names, chosen, strict=True))


def group_label(group: Group, line: str = LINE) -> dict[str, str]:
    """Say in both languages what a group is.

    Examples
    --------
    >>> group_label({"form": "BL-SU", "age_band": "minor"})["en"]
    'Domestic sexual exploitation, age: Minor'
    """
    if not group:
        return level_label("line", line) if line != LINE else label(_TOTAL, _TOTAL)
    return {language: _capital(", ".join(_said(*item, language) for item in group.items())) for language in LANGUAGES}


def _said(dimension: str, level: str | tuple[str, ...], language: str) -> str:
    """A level in words; of what, unless that is the form, whose names say it."""
    named = " + ".join(level_label(dimension, code)[language] for code in levels_of(level))
    if dimension not in GROUP_DIMENSIONS or dimension == "form":
        return named
    return f"{sentence(f'coverage_dimension_{dimension}', language)}: {named}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


class _FromFigures:
    """Registered numbers of the figures of the monitor."""

    def __init__(self, figures: Mapping[str, Figure], reference: Reference | None) -> None:
        self._cells: dict[tuple[str, str, str, str], RegisteredNumber] = {}
        for name in (_LINES, *_FIGURES.values()):
            if name in figures:
                self._read(name, figures[name])
        if not self._cells:
            wanted = ", ".join(_FIGURES.values())
            raise TableError(
                "There is no figure with registered victims", got=", ".join(figures), hint=f"Give {wanted}"
            )
        self.reference = _common(figures, reference)

    def _read(self, name: str, figure: Figure) -> None:
        frame = figure.to_frame()
        frame = frame[(frame["measure"] == "victims") & frame["value"].notna()]
        for row, cell in zip(frame.index, frame.to_dict("records"), strict=True):
            key = (name, str(cell["year"]), str(cell["form"]), str(cell["category_code"]))
            counted = figure.cells.get(int(row))
            self._cells[key] = RegisteredNumber(float(cell["value"]), basis=(name,), cell=counted)

    @property
    def years(self) -> tuple[str, ...]:
        return tuple(sorted({key[1] for key in self._cells if key[1].isdigit()}))

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([LINE, *(code for name, _, _, code in self._cells if name == _LINES)]))

    def levels(self, dimension: str) -> tuple[str, ...]:
        figure = _FIGURES.get(dimension)
        if figure is None:
            raise TableError(f"No figure counts by '{dimension}'", hint=did_you_mean(dimension, _FIGURES))
        codes = dict.fromkeys(code for name, _, _, code in self._cells if name == figure)
        return tuple(code for code in codes if code != _TOTAL and code not in _DERIVED)

    def number(self, group: Group, year: str, line: str = LINE) -> RegisteredNumber | None:
        if line != LINE:
            return None if group else self._cells.get((_LINES, year, _ALL, line))
        found = [self._single(single, year) for single in single_groups(group)]
        if any(number is None for number in found):
            return None
        numbers = [number for number in found if number is not None]
        if len(numbers) == 1:
            return numbers[0]
        basis = dict.fromkeys(name for number in numbers for name in number.basis)
        return RegisteredNumber(
            sum(number.value for number in numbers), all(number.exact for number in numbers), tuple(basis)
        )

    def _single(self, group: Mapping[str, str], year: str) -> RegisteredNumber | None:
        others = [(name, code) for name, code in group.items() if name != "form"]
        form = group.get("form")
        if not others:
            if form is not None:
                return self._cells.get((_FIGURES["form"], year, form, form))
            total = self._cells.get((_FIGURES["form"], year, _ALL, _TOTAL))
            return total or self._cells.get((_LINES, year, _ALL, LINE))
        if len(others) == 1:
            name, code = others[0]
            exact = self._cells.get((_figure(name), year, form or _ALL, code))
            if exact is not None or form is None:
                return exact
        margins = [self._single({name: code}, year) for name, code in group.items()]
        known = [margin for margin in margins if margin is not None]
        if not known:
            return None
        least = min(known, key=lambda margin: margin.value)
        basis = dict.fromkeys(name for margin in known for name in margin.basis)
        return RegisteredNumber(least.value, False, tuple(basis), least.cell)


class _FromCube:
    """Registered numbers of a cube with a dimension year: every group is counted exactly.

    The cube is of the line that its reference names; one with a dimension line is of several. A year of the period
    in which nobody was registered counts as none.
    """

    def __init__(self, cube: Cube, reference: Reference) -> None:
        self._cube, self.reference = cube, reference
        present = [int(str(year)) for year in cube.levels("year")]
        first, last = reference.period or (min(present, default=1), max(present, default=0))
        if strange := [str(year) for year in present if not first <= year <= last]:
            raise ReferenceError(
                "The counts are about other years than their reference",
                got=f"counts of {', '.join(strange)}, a reference to {reference.period_label}",
            )
        self.years = tuple(str(year) for year in range(first, last + 1))
        self._by_line = "line" in cube.dimensions
        self.lines = (
            tuple(str(line) for line in cube.levels("line")) if self._by_line else (line_of(reference.population)[1],)
        )

    def levels(self, dimension: str) -> tuple[str, ...]:
        if dimension not in self._cube.dimensions:
            return ()
        return tuple(str(level) for level in self._cube.levels(dimension))

    def number(self, group: Group, year: str, line: str = LINE) -> RegisteredNumber | None:
        unknown = set(group) - set(self._cube.dimensions)
        if line not in self.lines or year not in (*self.years, PERIOD) or unknown:
            return None
        levels: dict[str, Any] = {name: levels_of(level) for name, level in group.items()}
        if year != PERIOD:
            levels["year"] = int(year)
        if self._by_line:
            levels["line"] = line
        return RegisteredNumber(float(self._cube.count(**levels)))


def _figure(dimension: str) -> str:
    if dimension not in _FIGURES:
        raise TableError(f"No figure counts by '{dimension}'", hint=did_you_mean(dimension, _FIGURES))
    return _FIGURES[dimension]


def _common(figures: Mapping[str, Figure], given: Reference | None) -> Reference:
    """What the figures that are read are about; what is given may complete that and not contradict it."""
    about = [figures[name].reference for name in _FIGURES.values() if name in figures]
    about = about or [figures[_LINES].reference]
    known = [reference for reference in about if reference is not None]
    if given is None and len(known) < len(about):
        raise ReferenceError("Registered numbers need a reference", hint="Give reference=mse.Reference(…).")
    for other in known[1:]:
        if different := known[0].differences(other):
            raise ReferenceError("The figures are about different things", got=f"other {', '.join(different)}")
    if given is not None and known and (different := known[0].differences(given)):
        raise ReferenceError(
            "The figures say themselves what they are about, and the reference that is given says otherwise",
            got=f"other {', '.join(different)}",
            hint="Leave reference out, or correct that of the figures.",
        )
    return given or known[0]
