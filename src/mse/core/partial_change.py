"""Partial tables made from others: a list left out, lists merged, strata added up or selected.

Every cell of a layer has a place in a new layer, or none. Counts and cases go along to those places.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mse.core.partial_check import read_layers
from mse.core.reach import Blind, bit
from mse.core.reference import Reference
from mse.core.selection import nobody, picked
from mse.errors import TableError, did_you_mean, spelled

if TYPE_CHECKING:
    from mse.core.partial import PartialTable

__all__ = ["collapsed_partial", "selected_partial", "with_merged_lists", "without_list"]


class _Cells(NamedTuple):
    """One layer, as `picked` takes a table."""

    lists: tuple[str, ...]
    counts: NDArray[Any]
    covariates: Mapping[str, tuple[Hashable, ...]]
    reference: Reference | None = None


class _Move(NamedTuple):
    """Where the cells of a layer go: what is missing there, the shape of that layer, and the place of each cell in it.

    A place of -1 leaves the persons of a cell out.
    """

    missing: tuple[str, ...]
    shape: tuple[int, ...]
    place: NDArray[np.int64]


Moves = dict[tuple[str, ...], _Move]
"""By what is missing before."""


def without_list(table: PartialTable, name: str) -> dict[str, Any]:
    """Fields of the table without a list."""
    bit(table.lists, name)
    lists = tuple(other for other in table.lists if other != name)
    return {
        "lists": lists,
        "operating": table.operating[[other != name for other in table.lists]],
        "exclusive": tuple(pair for pair in table.exclusive if name not in pair),
        "blind": {other: groups for other, groups in table.blind.items() if other != name},
        **_moved(table, _relisted(table, lists, {other: other for other in lists}), lists, table.covariates),
    }


def with_merged_lists(table: PartialTable, groups: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Fields of the table with lists merged.

    Raises
    ------
    mse.errors.TableError
        Names are not as in `CaptureTable.merge_lists`, or lists that see different persons are merged.
    """
    table.histories().merge_lists(groups)  # checks the names
    target = {name: name for name in table.lists}
    for new, members in groups.items():
        first = table.operating[table.lists.index(members[0])]
        for member in members:
            if (table.operating[table.lists.index(member)] != first).any():
                raise TableError(
                    f"Lists {spelled(members)} operate in different strata, so '{new}' would be half there",
                    hint="Merge lists that operate in the same strata, or select the strata where they do.",
                )
            if table.blind.get(member, ()) != table.blind.get(members[0], ()):
                raise TableError(f"Lists {spelled(members)} are blind to different groups", hint="Leave them apart.")
            target[member] = new
    lists = tuple(dict.fromkeys(target[name] for name in table.lists))
    pairs = {frozenset((target[a], target[b])) for a, b in table.exclusive}
    for pair in pairs:
        across = [(a, b) for a in table.lists for b in table.lists if {target[a], target[b]} == pair and a != b]
        if len(pair) == 2 and not all({a, b} in map(set, table.exclusive) for a, b in across):
            raise TableError(f"Only some of the merged lists exclude {spelled(sorted(pair))}", hint="Leave them apart.")
    return {
        "lists": lists,
        "operating": table.operating[[list(target.values()).index(name) for name in lists]],
        "exclusive": tuple(tuple(pair) for pair in pairs if len(pair) == 2),
        "blind": {target[name]: found for name, found in table.blind.items()},
        **_moved(table, _relisted(table, lists, target), lists, table.covariates),
    }


def _relisted(table: PartialTable, lists: tuple[str, ...], target: Mapping[str, str]) -> Moves:
    """Move every cell to other lists; persons who are then on none leave."""
    masks = np.arange(1 << len(table.lists))
    history = np.zeros_like(masks)
    for name in table.lists:
        if name in target:
            history |= np.where(masks & bit(table.lists, name), bit(lists, target[name]), 0)
    moves: Moves = {}
    for missing, layer in table.layers.items():
        strata = layer.shape[len(table.lists) :]
        size = layer.size >> len(table.lists)
        place = np.where(history[:, None] > 0, history[:, None] * size + np.arange(size), -1)
        moves[missing] = _Move(missing, (2,) * len(lists) + strata, place)
    return moves


def collapsed_partial(table: PartialTable, keep: Sequence[str]) -> dict[str, Any]:
    """Fields of the table added up over all covariates but some.

    Raises
    ------
    mse.errors.TableError
        What a list can see hangs on a covariate that would go.
    """
    for name in keep:
        if name not in table.covariates:
            raise TableError(f"There is no covariate '{name}' in the table", hint=did_you_mean(name, table.covariates))
    k = len(table.lists)
    kept = {name: levels for name, levels in table.covariates.items() if name in set(keep)}
    gone = [name for name in table.covariates if name not in kept]
    on = table.operating.reshape((k, *(len(levels) for levels in table.covariates.values())))
    for axis, name in reversed(list(enumerate(table.covariates, start=1))):
        if name in gone:
            first = np.take(on, [0], axis=axis)
            if (on != first).any():
                raise TableError(
                    f"Lists are off for some levels of '{name}', so the table cannot be added up over it",
                    hint="Estimate with it, and add the estimate up: estimate(by=…).",
                )
            on = first.squeeze(axis=axis)
    if any(name in gone for groups in table.blind.values() for group in groups for name, _ in group):
        raise TableError(f"A list is blind to levels of {spelled(gone)}, so the table cannot be added up over them")
    moves: Moves = {}
    for missing, layer in table.layers.items():
        known = [name for name in table.covariates if name not in missing]
        axes = tuple(k + axis for axis, name in enumerate(known) if name in gone)
        shape = tuple(size for axis, size in enumerate(layer.shape) if axis not in axes)
        place = np.expand_dims(np.arange(np.prod(shape)).reshape(shape), axes)
        key = tuple(name for name in missing if name in kept)
        moves[missing] = _Move(key, shape, np.broadcast_to(place, layer.shape))
    return {
        "covariates": kept,
        "operating": on.reshape(k, -1),
        **_moved(table, moves, table.lists, kept),
    }


def selected_partial(table: PartialTable, levels: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of the table with some levels of its covariates.

    Raises
    ------
    mse.errors.TableError
        As `CaptureTable.select`; or a covariate to select by is not known of everybody.
    """
    k = len(table.lists)
    found = picked(_Cells(table.lists, table.layers[()], table.covariates, table.reference), levels)
    for name in levels:
        if lost := table.n_lacking(name):
            raise TableError(
                f"'{name}' is not known of all persons, so some cannot be told in or out",
                got=f"{lost:,} of {table.n_observed:,} without it",
                hint="Estimate from the whole table and ask for parts: estimate(by=…).",
            )
    moves: Moves = {}
    for missing, layer in table.layers.items():
        known = {name: some for name, some in table.covariates.items() if name not in missing}
        cells = picked(_Cells(table.lists, layer, known), levels).cells
        place = np.full(layer.size, -1, dtype=np.int64)
        place[cells.ravel()] = np.arange(cells.size)
        moves[missing] = _Move(missing, cells.shape, place)
    if not any((layer.ravel()[moves[missing].place >= 0]).any() for missing, layer in table.layers.items()):
        raise nobody(levels)
    on = table.operating.reshape((k, *(len(some) for some in table.covariates.values())))
    strata = picked(_Cells(("every",), on, table.covariates), levels).cells
    return {
        "covariates": found.covariates,
        "operating": on.ravel()[strata].reshape(k, -1),
        "blind": _blind_within(table.blind, found.levels, found.covariates),
        "reference": found.reference,
        **_moved(table, moves, table.lists, found.covariates),
    }


def _moved(
    table: PartialTable, moves: Moves, lists: tuple[str, ...], covariates: Mapping[str, tuple[Hashable, ...]]
) -> dict[str, Any]:
    """Layers whose cells have moved, and the cases that go along."""
    layers: dict[tuple[str, ...], NDArray[np.int64]] = {}
    for missing, layer in table.layers.items():
        key, shape, place = moves[missing]
        stays = place.ravel() >= 0
        flat = np.zeros(int(np.prod(shape)), dtype=np.int64)
        np.add.at(flat, place.ravel()[stays], layer.ravel()[stays])
        layers[key] = layers.get(key, 0) + flat.reshape(shape)
    read = read_layers(layers, lists, covariates)
    starts = dict(zip(read, np.cumsum([0, *(layer.size for layer in read.values())]).tolist(), strict=False))
    cases = None
    if table.cases is not None:
        # Nobody is in a layer that is not among those read, so it does not matter where that would start.
        targets = [np.where(place >= 0, place + starts.get(key, 0), -1) for key, _, place in moves.values()]
        cases = table.cases.moved(np.concatenate([target.ravel() for target in targets]))
    return {"layers": read, "findings": (), "reconciliation": None, "cases": cases}


def _blind_within(
    blind: Blind, chosen: Mapping[str, Sequence[Hashable]], left: Mapping[str, Sequence[Hashable]]
) -> dict[str, list[dict[str, Any]]]:
    """Groups that lists cannot see, among the persons selected."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name, groups in blind.items():
        for group in groups:
            inside = {
                covariate: tuple(level for level in levels if level in chosen.get(covariate, levels))
                for covariate, levels in group
            }
            if all(inside.values()):
                rest = {covariate: levels for covariate, levels in inside.items() if covariate in left}
                if not rest:
                    raise TableError(f"List '{name}' cannot see any of the persons selected", hint="Drop it first.")
                found.setdefault(name, []).append(rest)
    return found
