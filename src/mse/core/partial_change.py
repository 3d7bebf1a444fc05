"""Partial tables made from others: a list left out, lists merged, strata added up or selected."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.reach import Blind, bit
from mse.core.selection import selected
from mse.core.shape import table_shape
from mse.errors import TableError, did_you_mean, spelled

if TYPE_CHECKING:
    from mse.core.partial import PartialTable

__all__ = ["collapsed_partial", "selected_partial", "with_merged_lists", "without_list"]

Layers = dict[tuple[str, ...], NDArray[np.int64]]
_FRESH: dict[str, Any] = {"findings": (), "reconciliation": None, "cases": None}


def without_list(table: PartialTable, name: str) -> dict[str, Any]:
    """Fields of the table without a list."""
    bit(table.lists, name)
    lists = tuple(other for other in table.lists if other != name)
    return {
        "lists": lists,
        "layers": _relisted(table, lists, {other: other for other in lists}),
        "operating": table.operating[[other != name for other in table.lists]],
        "exclusive": tuple(pair for pair in table.exclusive if name not in pair),
        "blind": {other: groups for other, groups in table.blind.items() if other != name},
        **_FRESH,
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
        "layers": _relisted(table, lists, target),
        "operating": table.operating[[list(target.values()).index(name) for name in lists]],
        "exclusive": tuple(tuple(pair) for pair in pairs if len(pair) == 2),
        "blind": {target[name]: found for name, found in table.blind.items()},
        **_FRESH,
    }


def _relisted(table: PartialTable, lists: tuple[str, ...], target: Mapping[str, str]) -> Layers:
    """Count every layer over other lists; persons who are then on none leave."""
    masks = np.arange(1 << len(table.lists))
    moved = np.zeros_like(masks)
    for name in table.lists:
        if name in target:
            moved |= np.where(masks & bit(table.lists, name), bit(lists, target[name]), 0)
    layers: Layers = {}
    for missing, layer in table.layers.items():
        flat = np.zeros((1 << len(lists), layer.size >> len(table.lists)), dtype=np.int64)
        np.add.at(flat, moved, layer.reshape(1 << len(table.lists), -1))
        flat[0] = 0
        layers[missing] = flat.reshape((2,) * len(lists) + layer.shape[len(table.lists) :])
    return layers


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
    layers: Layers = {}
    for missing, layer in table.layers.items():
        known = [name for name in table.covariates if name not in missing]
        part = layer.sum(axis=tuple(k + axis for axis, name in enumerate(known) if name in gone))
        key = tuple(name for name in missing if name in kept)
        layers[key] = layers[key] + part if key in layers else part
    return {"covariates": kept, "layers": layers, "operating": on.reshape(k, -1), **_FRESH}


def selected_partial(table: PartialTable, levels: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of the table with some levels of its covariates.

    Raises
    ------
    mse.errors.TableError
        As `CaptureTable.select`; or a covariate to select by is not known of everybody.
    """
    k = len(table.lists)
    whole = SimpleNamespace(
        lists=table.lists,
        counts=np.ones(table_shape(table.lists, table.covariates), dtype=np.int64),
        covariates=table.covariates,
        reference=table.reference,
    )
    found = selected(whole, levels)
    for name in levels:
        if lost := table.n_lacking(name):
            raise TableError(
                f"'{name}' is not known of all persons, so some cannot be told in or out",
                got=f"{lost:,} of {table.n_observed:,} without it",
                hint="Estimate from the whole table and ask for parts: estimate(by=…).",
            )
    chosen = {name: found["covariates"].get(name, ()) for name in levels}
    for name, wanted in levels.items():
        chosen[name] = chosen[name] or (wanted if isinstance(wanted, list | tuple) else (wanted,))
    places = {name: [table.covariates[name].index(level) for level in some] for name, some in chosen.items()}

    def narrowed(array: NDArray[Any], known: Sequence[str], first: int) -> NDArray[Any]:
        for axis, name in reversed(list(enumerate(known, start=first))):
            if name in places:
                array = np.take(array, places[name], axis=axis)
                array = array if name in found["covariates"] else array.squeeze(axis=axis)
        return array

    layers = {
        missing: narrowed(layer, [name for name in table.covariates if name not in missing], k)
        for missing, layer in table.layers.items()
    }
    if not any(layer.any() for layer in layers.values()):
        raise TableError("Nobody is in the selected stratum", got=", ".join(map(str, levels)))
    on = table.operating.reshape((k, *(len(some) for some in table.covariates.values())))
    return {
        "covariates": found["covariates"],
        "layers": layers,
        "operating": narrowed(on, list(table.covariates), 1).reshape(k, -1),
        "blind": _blind_within(table.blind, chosen, found["covariates"]),
        "reference": found["reference"],
        **_FRESH,
    }


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
