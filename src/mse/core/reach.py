"""What lists can see: the strata in which each operates, pairs that exclude each other, groups a list is blind to.

A list that is *off* in a stratum was not there: whether a person of that stratum would have been on it is unknown. A
list that is *blind* to a group was there and cannot hold its persons: they are not on it, and that is known. Cells
count as in the kernels: row = stratum (C order of the levels), column = mask of lists, list j of K at bit K-1-j.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mse.core.values import level_of
from mse.errors import TableError, did_you_mean, spelled

__all__ = [
    "Blind",
    "Group",
    "bit",
    "off_strata",
    "possible_cells",
    "read_blind",
    "read_exclusive",
    "read_operating",
    "stratum_name",
]

Group = tuple[tuple[str, tuple[Hashable, ...]], ...]
"""Persons with one of some levels of each of these covariates."""

Blind = Mapping[str, tuple[Group, ...]]
"""Groups that each list cannot see."""


def bit(lists: Sequence[str], name: str) -> int:
    """Mask of one list."""
    if name not in lists:
        raise TableError(f"There is no list '{name}' in the table", hint=did_you_mean(str(name), lists))
    return 1 << (len(lists) - 1 - list(lists).index(name))


def stratum_name(covariates: Mapping[str, Sequence[Hashable]], stratum: int) -> str:
    """Spell a stratum: "year 2018, form AU"."""
    levels = list(product(*covariates.values()))[stratum]
    return ", ".join(f"{name} {level}" for name, level in zip(covariates, levels, strict=True))


def strata_in_group(covariates: Mapping[str, Sequence[Hashable]], group: Group) -> NDArray[np.bool_]:
    """Strata of a group of persons."""
    shape = tuple(len(levels) for levels in covariates.values())
    inside = np.ones(shape, dtype=np.bool_)
    for name, levels in group:
        wanted = np.isin(np.arange(len(covariates[name])), [covariates[name].index(level) for level in levels])
        axis = list(covariates).index(name)
        inside &= wanted.reshape((-1,) + (1,) * (len(shape) - axis - 1))
    return inside.reshape(-1)


def off_strata(on: NDArray[np.bool_], covariates: Mapping[str, Sequence[Hashable]]) -> tuple[str, ...]:
    """Spell the strata in which a list does not operate, by as few covariates as tell them apart."""
    shape = tuple(len(levels) for levels in covariates.values())
    cube, named = on.reshape(shape), dict(covariates)
    for name in covariates:
        axis = list(named).index(name)
        first = np.take(cube, [0], axis=axis)
        if (cube == first).all():
            cube = first.squeeze(axis=axis)
            del named[name]
    return tuple(stratum_name(named, stratum) for stratum in np.flatnonzero(~cube.reshape(-1)).tolist())


def read_operating(given: Any, lists: Sequence[str], covariates: Mapping[str, Sequence[Hashable]]) -> NDArray[np.bool_]:
    """Read in which strata each list operates: nothing (everywhere), an array, or levels by list and covariate.

    Raises
    ------
    mse.errors.TableError
        The array has another shape, a name is not in the table, no list operates anywhere.
    """
    n_strata = math.prod(map(len, covariates.values()))
    on = np.ones((len(lists), n_strata), dtype=np.bool_)
    if isinstance(given, Mapping):
        for name, levels in given.items():
            bit(lists, name)
            on[list(lists).index(name)] = strata_in_group(covariates, _group(levels, covariates, "operating="))
    elif given is not None:
        array = np.asarray(given)
        if array.dtype != np.bool_ or array.shape != on.shape:
            raise TableError(
                f"operating= says for {len(lists)} lists and {n_strata} strata whether the list operates",
                got=f"an array of {array.dtype} and shape {array.shape}",
            )
        on = array.copy()
    if not on.any():
        raise TableError("A table needs a list that operates", got="none in any stratum")
    return on


def read_exclusive(given: Sequence[Sequence[str]], lists: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Read pairs of lists that exclude each other."""
    pairs: list[tuple[str, str]] = []
    for pair in given:
        if isinstance(pair, str) or len(pair) != 2 or pair[0] == pair[1]:
            raise TableError("exclusive= holds pairs of lists", got=repr(pair), hint="Write exclusive=[('A', 'B')].")
        first, second = sorted(pair, key=lambda name: -bit(lists, name))
        pairs.append((first, second))
    return tuple(dict.fromkeys(pairs))


def read_blind(given: Mapping[str, Any], lists: Sequence[str], covariates: Mapping[str, Sequence[Hashable]]) -> Blind:
    """Read the groups that each list cannot see: levels by covariate, or several such groups."""
    found: dict[str, tuple[Group, ...]] = {}
    for name, groups in dict(given).items():
        bit(lists, name)
        several = [groups] if isinstance(groups, Mapping) else list(groups)
        found[name] = tuple(
            dict.fromkeys(_group(dict(group), covariates, "blind=") for group in several)  # a read group reads again
        )
    return found


def _group(levels: Mapping[str, Any], covariates: Mapping[str, Sequence[Hashable]], option: str) -> Group:
    group: list[tuple[str, tuple[Hashable, ...]]] = []
    for name, wanted in levels.items():
        if name not in covariates:
            raise TableError(f"{option} names '{name}', which is no covariate", hint=did_you_mean(name, covariates))
        several = [wanted] if isinstance(wanted, str) or not isinstance(wanted, Sequence) else wanted
        chosen = tuple(dict.fromkeys(level_of(level) for level in several))
        for level in chosen:
            if level not in covariates[name]:
                options = [str(other) for other in covariates[name]]
                raise TableError(f"Covariate '{name}' has no level {level!r}", hint=did_you_mean(str(level), options))
        group.append((name, chosen))
    if not group:
        raise TableError(
            f"{option} names covariates and their levels", got="none", hint=f"It has {spelled(covariates)}."
        )
    return tuple(group)


def possible_cells(
    lists: Sequence[str],
    covariates: Mapping[str, Sequence[Hashable]],
    exclusive: Sequence[tuple[str, str]],
    blind: Blind,
) -> NDArray[np.bool_]:
    """Cells that can exist, shape (n_strata, 2^K)."""
    n_strata = math.prod(map(len, covariates.values()))
    masks = np.arange(1 << len(lists))
    possible = np.ones((n_strata, len(masks)), dtype=np.bool_)
    for first, second in exclusive:
        both = bit(lists, first) | bit(lists, second)
        possible[:, (masks & both) == both] = False
    for name, groups in blind.items():
        on = (masks & bit(lists, name)) != 0
        for group in groups:
            possible[np.ix_(strata_in_group(covariates, group), on)] = False
    return possible
