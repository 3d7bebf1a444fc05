"""`LinkedCounts`: the counts of several tidy figures as one table, in which a count that two figures print is one cell.

Which counts are the same is what the figures say (`Figure.cells`), and so is what adds up (`Figure.sums`). A part and
its whole that a share rests on are linked too: the whole is the part and a rest that nobody prints.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mse.core.figure import MEASURES
from mse.errors import ReleaseError, spelled
from mse.monitor.disclosure.definitions import NOBODY, Definitions, definitions

if TYPE_CHECKING:
    from mse.core.figure import Figure

__all__ = ["LinkedCounts", "Sum", "count_column", "count_rows", "identity", "is_linked", "kind_of", "linked"]

Sum = tuple[Hashable, tuple[Hashable, ...]]
"""A count and the counts that it is the sum of."""

_Stated = tuple[Hashable, tuple[Hashable, ...], bool]
"""A whole, its parts, and whether these divide it over a characteristic of persons."""

SAME = 1e-6
"""Two counts are the same within this: they are whole, or sums of decimals that were imputed."""

MEASURED, MEASURE = "measured", "measure"

CATEGORY, TOTAL = "category_code", "total"
"""Column of the categories of a tidy figure, and the code of all of them together."""

_WHOLE = "whole"

_PERIODS = ("year", "period")
"""Columns that say when: who is counted in which year is no characteristic of a person, so no year dominates."""


@dataclass(frozen=True, eq=False)
class LinkedCounts:
    """Counts of persons of several figures, each once.

    Parameters
    ----------
    values : mapping of hashable to float
        Every count by what it counts; those that nobody prints as well.
    sums : tuple of (hashable, tuple of hashable)
        A count and the counts that it is exactly the sum of.
    groups : tuple of (hashable, tuple of hashable)
        Of these, the sums over a characteristic of persons, in one period.
    places : mapping of hashable to tuple of (str, int)
        Figures and rows that print a count; counts that are not here nobody prints.
    wholes : frozenset of hashable
        Counts that nobody prints and readers know: the whole of rows that add up to one (`Figure.group`), and nobody.
    empty : frozenset of hashable
        Counts that are nought by definition, as readers know.
    """

    values: Mapping[Hashable, float]
    sums: tuple[Sum, ...]
    groups: tuple[Sum, ...]
    places: Mapping[Hashable, tuple[tuple[str, int], ...]]
    wholes: frozenset[Hashable] = frozenset()
    empty: frozenset[Hashable] = frozenset()

    @property
    def unprinted(self) -> frozenset[Hashable]:
        """Counts that no figure prints."""
        return frozenset(self.values) - frozenset(self.places)

    @property
    def ties(self) -> frozenset[Hashable]:
        """Counts that more than one figure prints."""
        return frozenset(cell for cell, places in self.places.items() if len({name for name, _ in places}) > 1)


def count_column(figure: Figure) -> str | None:
    """Name of the column that holds the counts which `Figure.cells` is about; None where there is none.

    Of a tidy figure it is the column of measured values, of another one the first column of persons.
    """
    measured = [name for name, column in figure.columns.items() if column.kind == MEASURED]
    persons = [name for name, column in figure.columns.items() if column.kind == "persons"]
    return next(iter((*measured, *persons)), None)


def is_linked(figure: Figure) -> bool:
    """Whether the counts of a figure are judged together with those of other figures."""
    measured = any(column.kind == MEASURED for column in figure.columns.values())
    return measured or bool(figure.cells and count_column(figure))


def kind_of(figure: Figure, row: int) -> str:
    """Kind of the value of a row; a measure that is not known counts persons, to be safe."""
    if MEASURE not in figure.frame or figure.columns[count_column(figure) or ""].kind != MEASURED:
        return "persons"
    return MEASURES.get(str(figure.frame.at[row, MEASURE]), "persons")


def count_rows(figure: Figure) -> list[int]:
    """Rows of a linked figure that count persons."""
    values = figure.frame[count_column(figure)]
    rows = [int(row) for row in values.index[values.notna()]]
    return [row for row in rows if kind_of(figure, row) == "persons"]


def identity(figure: Figure, row: int) -> Hashable:
    """What a row counts; a row of which that is not said counts something of its own."""
    return figure.cells.get(row, ("row", figure.name, row))


def linked(figures: Sequence[Figure]) -> LinkedCounts:
    """Put the counts of figures into one table.

    Raises
    ------
    mse.errors.ReleaseError
        Two figures print different numbers for the same count, or a sum is not one.
    """
    values: dict[Hashable, float] = {}
    places: dict[Hashable, list[tuple[str, int]]] = {}
    for figure in figures:
        column = figure.frame[count_column(figure)]
        for row in count_rows(figure):
            cell, value = identity(figure, row), float(column[row])
            if abs(values.setdefault(cell, value) - value) > SAME:
                names = spelled([name for name, _ in places[cell]] + [figure.name])
                raise ReleaseError("Figures print different numbers for the same count", got=f"figures {names}")
            places.setdefault(cell, []).append((figure.name, row))
    said = definitions(figures, [{row: identity(figure, row) for row in count_rows(figure)} for figure in figures])
    sums: dict[tuple[Hashable, frozenset[Hashable]], Sum] = {}
    groups: dict[tuple[Hashable, frozenset[Hashable]], Sum] = {}
    stated = [found for figure in figures for found in _sums(figure, values)]
    defined = list(_defined(said, values))
    for whole, parts, is_group in (*_known_sums(stated, defined), *defined):
        key = (whole, frozenset(parts))
        sums.setdefault(key, (whole, parts))
        if is_group and not set(parts) & said.whole:
            groups.setdefault(key, (whole, parts))
    printed = {cell: tuple(found) for cell, found in places.items()}
    wholes = {cell for cell in values if isinstance(cell, tuple) and cell[:1] == (_WHOLE,)}
    known = frozenset(wholes | ({NOBODY} & values.keys()))
    empty = _all_empty(said.empty, list(sums.values()))
    return LinkedCounts(values, tuple(sums.values()), tuple(groups.values()), printed, known, empty)


def _known_sums(stated: Sequence[_Stated], defined: Sequence[_Stated]) -> Iterator[_Stated]:
    """The sums of figures, but those that leave out parts of a definition: they hold only because these are nought."""
    larger: dict[Hashable, list[frozenset[Hashable]]] = {}
    for whole, parts, _ in defined:
        larger.setdefault(whole, []).append(frozenset(parts))
    for found in stated:
        if not any(frozenset(found[1]) < parts for parts in larger.get(found[0], ())):
            yield found


def _all_empty(empty: frozenset[Hashable], sums: Sequence[Sum]) -> frozenset[Hashable]:
    """Counts that are empty because others are: all parts of an empty whole."""
    found = set(empty)
    while more := {part for whole, parts in sums if whole in found for part in parts} - found:
        found |= more
    return frozenset(found)


def _defined(said: Definitions, values: dict[Hashable, float]) -> Iterator[_Stated]:
    """The sums that hold by definition; where several counts are as many as several others, their total is one too."""
    for relation in said.relations:
        these, those = relation.these, relation.those
        if those == (NOBODY,):
            values[NOBODY] = 0.0
        total = sum(values[cell] for cell in these)
        if relation.has_rest:
            rest = total - sum(values[cell] for cell in those)
            those = (*those, _rest(("all", *these), those, rest, values))
        if len(those) == 1 and not relation.has_rest:
            yield those[0], these, relation.divides
        elif len(these) == 1:
            yield these[0], those, False
        else:
            whole = ("all", *these)
            values[whole] = total
            yield whole, these, False
            yield whole, those, False


def _sums(figure: Figure, values: dict[Hashable, float]) -> Iterator[_Stated]:
    """The sums of a figure; where parts are missing, with a rest that nobody prints, which is added to the values."""
    counted = set(count_rows(figure))
    for whole_row, part_rows in figure.sums:
        present = [row for row in part_rows if row in counted]
        if whole_row not in counted or not present:
            continue
        whole, parts = identity(figure, whole_row), [identity(figure, row) for row in present]
        rest = values[whole] - sum(values[part] for part in parts)
        if len(present) < len(part_rows) and rest >= -SAME:
            parts.append(_rest(whole, parts, rest, values))
        elif abs(rest) > SAME * max(1.0, values[whole]):
            raise ReleaseError("A figure says that counts add up which do not", got=f"figure '{figure.name}'")
        yield whole, tuple(parts), _is_group(figure, whole_row, present)
    for rows in _shares(figure, counted):
        part, whole = (identity(figure, row) for row in rows)
        rest = values[whole] - values[part]
        if part != whole and rest >= 0:
            yield whole, (part, _rest(whole, [part], rest, values)), False
    for key, members in _groups(figure, counted):
        cell = (_WHOLE, figure.name, key)
        values[cell] = sum(values[identity(figure, row)] for row in members)
        yield cell, tuple(identity(figure, row) for row in members), True


def _groups(figure: Figure, counted: set[int]) -> Iterator[tuple[Hashable, list[int]]]:
    """Rows of a figure that is not tidy which add up to a whole."""
    if figure.group is None or figure.columns[count_column(figure) or ""].kind == MEASURED:
        return
    frame = figure.frame.loc[sorted(counted)]
    for key, part in frame.groupby(list(figure.group)) if figure.group else [((), frame)]:
        if len(part) > 1:
            yield key, [int(row) for row in part.index]


def _shares(figure: Figure, counted: set[int]) -> Iterator[tuple[int, ...]]:
    """Part and whole of every share of a figure."""
    for row, rows in figure.rests.items():
        measure = str(figure.frame.at[row, MEASURE]) if MEASURE in figure.frame else ""
        if len(rows) == 2 and measure.startswith("percent_of") and set(rows) <= counted:
            yield rows


def _rest(whole: Hashable, parts: Sequence[Hashable], value: float, values: dict[Hashable, float]) -> Hashable:
    cell = ("rest", whole, frozenset(parts))
    values[cell] = max(value, 0.0)
    return cell


def _is_group(figure: Figure, whole: int, parts: Sequence[int]) -> bool:
    """Whether rows divide persons of one period over a characteristic: the categories of a figure, or the forms."""
    frame = figure.frame
    if any(len({str(frame.at[row, name]) for row in (whole, *parts)}) > 1 for name in _PERIODS if name in frame):
        return False
    if CATEGORY not in frame:
        return True
    code, codes = str(frame.at[whole, CATEGORY]), {str(frame.at[row, CATEGORY]) for row in parts}
    return code == TOTAL or codes == {code}
