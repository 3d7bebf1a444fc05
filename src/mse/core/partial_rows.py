"""Which complete cells an incomplete count may belong to: the rows of a `PartialTable` and their members.

A row is what was recorded: a history on the lists that operated, and the levels of the covariates that are known. It
holds every complete cell that would have been recorded so. A cell is in one row of every layer, so rows are an array
of numbers by layer and cell; a layer is one pattern of missing covariates.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mse.core.values import level_of
from mse.errors import TableError, did_you_mean
from mse.kernels.margins import MarginRows

if TYPE_CHECKING:
    from mse.core.partial import PartialTable

__all__ = ["MarginRows", "margin_rows", "odds_of", "recorded_masks", "stratum_axes", "stratum_places"]

Odds = Mapping[str, Mapping[Hashable, float]]
"""By covariate and level: how many times as likely a person of that level is to lack the covariate."""


def recorded_masks(operating: NDArray[np.bool_]) -> NDArray[np.int64]:
    """History that is recorded for each cell, shape (n_strata, 2^K): lists that are off are never recorded."""
    k = len(operating)
    on = (operating.T.astype(np.int64) << np.arange(k - 1, -1, -1)).sum(axis=1)
    recorded: NDArray[np.int64] = np.arange(1 << k) & on[:, None]
    return recorded


def stratum_axes(covariates: Mapping[str, Sequence[Hashable]]) -> dict[str, NDArray[np.int64]]:
    """Place of the level of each covariate in every stratum."""
    shape = tuple(len(levels) for levels in covariates.values())
    n_strata = int(np.prod(shape, dtype=np.int64))
    axes = np.indices(shape).reshape(len(shape), n_strata)
    return dict(zip(covariates, axes, strict=True))


def stratum_places(covariates: Mapping[str, Sequence[Hashable]], missing: Sequence[str]) -> NDArray[np.int64]:
    """Number of the known part of every stratum: its place among the strata of the covariates that are known."""
    axes = stratum_axes(covariates)
    n_strata = int(np.prod([len(levels) for levels in covariates.values()], dtype=np.int64))
    places = np.zeros(n_strata, dtype=np.int64)
    for name, levels in covariates.items():
        if name not in missing:
            places = places * len(levels) + axes[name]
    return places


def odds_of(odds: Odds, covariates: Mapping[str, Sequence[Hashable]]) -> dict[str, NDArray[np.float64]]:
    """Weights of the levels of each covariate among persons who lack it.

    Raises
    ------
    mse.errors.TableError
        A covariate or level is not in the table, or an odds is not positive.
    """
    weights: dict[str, NDArray[np.float64]] = {}
    for name, by_level in odds.items():
        if name not in covariates:
            raise TableError(f"odds= names '{name}', which is no covariate", hint=did_you_mean(name, covariates))
        weights[name] = np.ones(len(covariates[name]))
        for level, value in by_level.items():
            if level_of(level) not in covariates[name]:
                options = [str(other) for other in covariates[name]]
                raise TableError(f"Covariate '{name}' has no level {level!r}", hint=did_you_mean(str(level), options))
            if not 0.0 < value < np.inf:
                raise TableError("Odds are positive numbers; 1 is missing at random", got=f"{value} for {name} {level}")
            weights[name][list(covariates[name]).index(level_of(level))] = value
    return weights


def margin_rows(table: PartialTable, odds: Odds | None = None) -> MarginRows:
    """Rows with persons, and the cells that they may belong to.

    Parameters
    ----------
    table : PartialTable
    odds : mapping, optional
        ``{"form": {"AU": 2.0}}``: persons of form AU are twice as likely to lack their form as others with the
        same history and known covariates. None of them, or 1: missing at random.

    Returns
    -------
    MarginRows
    """
    from scipy.sparse import csr_array

    weights = odds_of(odds or {}, table.covariates)
    axes = stratum_axes(table.covariates)
    recorded = recorded_masks(table.operating)
    possible = table.possible
    keep = possible & (recorded != 0)
    blocks, counts = [], []
    for missing, layer in table.layers.items():
        flat = layer.reshape(1 << len(table.lists), -1)
        rows = recorded * flat.shape[1] + stratum_places(table.covariates, missing)[:, None]
        number = np.full(flat.size, -1, dtype=np.int64)
        occupied = np.flatnonzero(flat)
        number[occupied] = np.arange(len(occupied))
        row = np.where(keep, number[rows], -1).ravel()
        cells = np.flatnonzero(row >= 0)
        weight = np.ones(keep.shape[0])
        for name in missing:
            if name in weights:
                weight = weight * weights[name][axes[name]]
        data = np.repeat(weight, keep.shape[1])[cells]
        blocks.append((row[cells], cells, data))
        counts.append(flat.ravel()[occupied].astype(np.float64))
    starts = np.cumsum([0, *map(len, counts)])
    where = np.concatenate([row + start for (row, _, _), start in zip(blocks, starts, strict=False)])
    cells = np.concatenate([cells for _, cells, _ in blocks])
    data = np.concatenate([data for _, _, data in blocks])
    members = csr_array((data, (where, cells)), shape=(int(starts[-1]), keep.size))
    members.sort_indices()
    return MarginRows(np.concatenate(counts), members, keep, ~possible, possible & ~keep)
