"""Persons by stratum of a table: what parts of an estimate are sums of, in every figure that is released with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mse.core.estimate import Part
from mse.core.partial import PartialTable
from mse.core.table import CaptureTable

__all__ = ["Atoms", "Levels", "atoms_of", "divisions", "within"]

Levels = frozenset[tuple[str, Hashable]]
"""Covariates and their levels."""

Atoms = dict[Any, int]
"""Persons by fingerprint and levels (`Levels`): two tables may have the same covariates."""


def atoms_of(table: CaptureTable | PartialTable) -> Atoms:
    """Count the persons of every stratum.

    Who lacks a covariate is spread over its levels as those of whom it is known are: where that is so of few persons is
    what a release asks, and expected counts of a model say it no closer.

    Parameters
    ----------
    table : CaptureTable or PartialTable

    Returns
    -------
    dict
        Persons by stratum; for a `PartialTable` to the nearest whole number.

    Examples
    --------
    >>> layers = {(): [[[0, 0], [20, 10]], [[40, 20], [0, 0]]], ("form",): [[0, 4], [5, 0]]}
    >>> list(atoms_of(PartialTable(["A", "B"], {"form": ["SU", "AU"]}, layers)).values())
    [66, 33]
    """
    seen = _spread(table) if isinstance(table, PartialTable) else _by_stratum(table.counts, len(table.lists))
    strata = product(*([(name, level) for level in levels] for name, levels in table.covariates.items()))
    fingerprint = table.fingerprint
    return {(fingerprint, frozenset(at)): round(persons) for at, persons in zip(strata, seen.ravel(), strict=True)}


def within(atoms: Atoms, levels: Iterable[tuple[str, Hashable]]) -> frozenset[Hashable]:
    """Return the strata that have these levels; all of them where there are none."""
    wanted = frozenset(levels)
    return frozenset(atom for atom in atoms if wanted <= atom[1])


def divisions(parts: Sequence[Part]) -> list[str | None]:
    """Say for every part what it divides the whole by; None for the whole, also where it is the only part.

    Examples
    --------
    >>> divisions([Part("total", 9, 9, 9, 9), *(Part(f"{y}", 3, 3, 3, 3, {"year": y}) for y in (2018, 2019))])
    [None, 'year', 'year']
    """
    named = [", ".join(part.levels) for part in parts]
    times = Counter(named)
    return [name if name and times[name] > 1 else None for name in named]


def _by_stratum(counts: NDArray[np.int64], lists: int) -> NDArray[np.float64]:
    """Add up over the lists: an axis a covariate stays."""
    return counts.sum(axis=tuple(range(lists))).astype(np.float64)


def _spread(table: PartialTable) -> NDArray[np.float64]:
    """Persons by stratum, with those of whom something is not known shared out."""
    layers = {missing: _by_stratum(layer, len(table.lists)) for missing, layer in table.layers.items()}
    known = layers.pop(())
    spread = known.copy()
    for missing, persons in layers.items():
        axes = tuple(place for place, name in enumerate(table.covariates) if name in missing)
        alike = known.sum(axis=axes, keepdims=True)
        evenly = 1.0 / np.prod([known.shape[axis] for axis in axes])
        share = np.where(alike > 0, known / np.where(alike > 0, alike, 1.0), evenly)
        spread += np.expand_dims(persons, axes) * share
    return spread
