"""Checks the counts of a `PartialTable`: every recorded combination must be one that persons can have."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.partial_rows import recorded_masks, stratum_places
from mse.core.reach import stratum_name
from mse.core.shape import check_cases, check_persons, seen_counts, table_shape
from mse.core.values import MISSING
from mse.errors import TableError, did_you_mean, spelled

if TYPE_CHECKING:
    from mse.core.partial import PartialTable

__all__ = ["Layers", "check_cells", "layer_of", "never_known", "read_layers"]

Layers = Mapping[tuple[str, ...], Any]
"""Counts by the covariates that are missing."""


def read_layers(
    given: Layers, lists: tuple[str, ...], covariates: Mapping[str, tuple[Hashable, ...]]
) -> dict[tuple[str, ...], NDArray[np.int64]]:
    """Check every layer, put names in the order of the covariates and leave empty layers out, but the whole one.

    Raises
    ------
    mse.errors.TableError
        A name is no covariate, counts are none or of another shape, persons are on no list, nobody is there at all.
    """
    order = list(covariates)
    found: dict[tuple[str, ...], NDArray[np.int64]] = {(): np.zeros(table_shape(lists, covariates), dtype=np.int64)}
    for key, counts in dict(given).items():
        names = (key,) if isinstance(key, str) else tuple(key)
        for name in names:
            if name not in covariates:
                raise TableError(f"layers= names '{name}', which is no covariate", hint=did_you_mean(name, order))
        missing = tuple(sorted(set(names), key=order.index))
        known = {name: levels for name, levels in covariates.items() if name not in missing}
        layer = seen_counts(counts, table_shape(lists, known), len(lists))
        found[missing] = found[missing] + layer if missing in found else layer
    found = {missing: layer for missing, layer in found.items() if not missing or layer.any()}
    check_persons(found.values())
    for layer in found.values():
        layer.setflags(write=False)
    return dict(sorted(found.items(), key=lambda item: (len(item[0]), [order.index(name) for name in item[0]])))


def layer_of(
    counts: NDArray[np.int64], covariates: Mapping[str, tuple[Hashable, ...]], missing: Sequence[str]
) -> NDArray[np.int64]:
    """Part of a whole table whose persons lack some covariates (level "missing") and have all others."""
    k = counts.ndim - len(covariates)
    for axis, (name, levels) in reversed(list(enumerate(covariates.items(), start=k))):
        if name in missing:
            counts = np.take(counts, levels.index(MISSING), axis=axis)
        elif MISSING in levels:
            counts = np.delete(counts, levels.index(MISSING), axis=axis)
    return counts


def check_cells(table: PartialTable) -> None:
    """Refuse persons whom no complete cell could have given.

    Raises
    ------
    mse.errors.TableError
        Persons are recorded on a list where it is off, or in a cell that cannot exist.
    """
    check_cases(table.cases, table.recorded)
    recorded, possible = recorded_masks(table.operating), table.possible
    for missing, layer in table.layers.items():
        flat = layer.reshape(1 << len(table.lists), -1)
        rows = recorded * flat.shape[1] + stratum_places(table.covariates, missing)[:, None]
        reached = np.zeros(flat.size, dtype=np.bool_)
        reached[rows[possible & (recorded != 0)]] = True
        wrong = np.flatnonzero((flat.ravel() > 0) & ~reached)
        if len(wrong):
            _refuse(table, missing, *divmod(int(wrong[0]), flat.shape[1]))


def _refuse(table: PartialTable, missing: tuple[str, ...], mask: int, place: int) -> None:
    k = len(table.lists)
    known = {name: levels for name, levels in table.covariates.items() if name not in missing}
    where = f" in {stratum_name(known, place)}" if known else ""
    here = stratum_places(table.covariates, missing) == place
    on = [j for j in range(k) if mask >> (k - 1 - j) & 1]
    for j in on:
        if not table.operating[j, here].any():
            raise TableError(
                f"List '{table.lists[j]}' is off{where}, so nobody is recorded on it there",
                got="persons on it",
                hint="Correct operating=, or the stratum of these persons.",
            )
    raise TableError(
        f"Persons on {spelled(table.lists[j] for j in on)}{where} cannot exist, by operating=, exclusive= and blind=",
        got="some",
        hint="Correct those, or the lists of these persons.",
    )


def never_known(table: PartialTable, name: str) -> list[str]:
    """Levels of other covariates, in words, at which some persons are seen and a covariate is known of none of them."""
    persons: dict[tuple[str, Hashable], list[int]] = {}
    k = len(table.lists)
    for missing, layer in table.layers.items():
        known = [other for other in table.covariates if other not in missing]
        for axis, other in enumerate(known, start=k):
            if other != name:
                sums = layer.sum(axis=tuple(place for place in range(layer.ndim) if place != axis))
                for level, n in zip(table.covariates[other], sums, strict=True):
                    seen = persons.setdefault((other, level), [0, 0])
                    seen[name in missing] += int(n)
    return [f"{other} {level}" for (other, level), (told, untold) in persons.items() if untold and not told]
