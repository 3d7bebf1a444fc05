"""What readers know of the figures of the monitor by their definitions, beside the sums that each figure states.

The form of a victim follows from type and nationality, table 2.1 lists some nationalities of the regions of figure 2.9,
figure 2.13 splits the police of figure 2.11: the self-audit holds such relations between figures. What holds for an
auditor holds for whoever subtracts, so the release reads the same list.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mse.monitor.audit.identities_between import Comparison, Pick
from mse.monitor.audit.identity import Identity
from mse.monitor.audit.lookup import NEEDED, Cell, FigureValues
from mse.monitor.audit.self_audit import identities

if TYPE_CHECKING:
    from mse.core.figure import Figure

__all__ = ["Definitions", "Relation", "definitions"]

NOBODY = ("nobody",)
"""What is counted where a definition says that there is nobody."""

_WITH_NATIONALITY = Comparison(
    "nationality_known",
    (Pick("2.7", ("SU_nationality_known", "SU_nationality_unknown"), "SU"),),
    (Pick("2.3", ("any_SU",)),),
    over=("years", "total"),
)
"""Any sexual exploitation is with or without known nationality."""

_LINEAR = ("=", ">=")
_DIVIDES = ("column", "forms")
_EMPTY, _ALL_OF = "abroad", "domestic"
"""Definitions by which groups are empty: nobody in cross-border exploitation is Dutch or of unknown nationality, and in
domestic exploitation everybody is Dutch."""


@dataclass(frozen=True)
class Relation:
    """Counts that together are as many as others, and a rest where the former are at least as many; `divides` says
    that the former divide the latter over a characteristic of persons."""

    these: tuple[Hashable, ...]
    those: tuple[Hashable, ...]
    has_rest: bool = False
    divides: bool = False


@dataclass(frozen=True)
class Definitions:
    """What holds by definition.

    Parameters
    ----------
    relations : tuple of Relation
    empty : frozenset of hashable
        Counts that are nought by definition.
    whole : frozenset of hashable
        Counts that are all of their group by definition.
    """

    relations: tuple[Relation, ...] = ()
    empty: frozenset[Hashable] = frozenset()
    whole: frozenset[Hashable] = frozenset()


def definitions(figures: Sequence[Figure], counts: Sequence[dict[int, Hashable]]) -> Definitions:
    """Return what readers know of figures by their definitions.

    Parameters
    ----------
    figures : sequence of Figure
        Linked figures; those of the monitor are known by their names.
    counts : sequence of dict of int to hashable
        Of each figure the rows that count persons, and what they count.

    Returns
    -------
    Definitions
    """
    tidy = {f.name: f for f in figures if {*NEEDED, "value"} <= set(map(str, f.frame.columns))}
    if not tidy:
        return Definitions()
    values = FigureValues.of(tidy)
    cells = dict(_cells(figures, counts, values))
    found, empty, whole = [], set(), set()
    for one in (*identities(values), *_WITH_NATIONALITY.identities(values)):
        if one.relation not in _LINEAR or one.number or any(cell not in cells for cell in one.cells):
            continue
        if not one.check(values.values).holds:
            continue
        relation = _relation(one, cells)
        found.append(relation)
        if one.rule == _EMPTY:
            empty |= set(relation.these)
        elif one.rule == _ALL_OF:
            whole |= set(relation.these)
            empty |= _others(relation, found)
    return Definitions(tuple(dict.fromkeys(found)), frozenset(empty), frozenset(whole))


def _cells(
    figures: Sequence[Figure], counts: Sequence[dict[int, Hashable]], values: FigureValues
) -> Iterator[tuple[Cell, Hashable]]:
    """Cells of the self-audit, and what they count."""
    for figure, rows in zip(figures, counts, strict=True):
        frame = figure.frame
        if not set(NEEDED) <= set(map(str, frame.columns)):
            continue
        for row, counted in rows.items():
            cell = Cell(figure.name, *(str(frame.at[row, name]) for name in NEEDED))
            measure = str(frame.at[row, "measure"]) if "measure" in frame else ""
            if values.measures.get(cell, "") == measure:
                yield cell, counted


def _relation(one: Identity, cells: dict[Cell, Hashable]) -> Relation:
    """An identity with all that is taken away moved to the other side."""
    these = [cells[cell] for sign, cell in one.left if sign > 0] + [cells[cell] for sign, cell in one.right if sign < 0]
    those = [cells[cell] for sign, cell in one.right if sign > 0] + [cells[cell] for sign, cell in one.left if sign < 0]
    return Relation(tuple(these), tuple(those) or (NOBODY,), one.relation == ">=", one.rule in _DIVIDES)


def _others(equal: Relation, relations: Sequence[Relation]) -> set[Hashable]:
    """The other parts of a whole that one part is all of."""
    return {
        part
        for relation in relations
        if not relation.has_rest and relation.those == equal.those and set(equal.these) < set(relation.these)
        for part in set(relation.these) - set(equal.these)
    }
