"""Which complete cells an incomplete count may belong to: the rows of a `PartialTable` and their members.

A row is what was recorded: a history on the lists that operated, and the levels of the covariates that are known. It
holds every complete cell that would have been recorded so. A cell is in one row of every layer, so rows are an array
of numbers by layer and cell; a layer is one pattern of missing covariates.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mse.core.values import level_of
from mse.errors import TableError, did_you_mean
from mse.kernels.margins import MarginRows

if TYPE_CHECKING:
    from mse.core.partial import PartialTable

__all__ = [
    "Odds",
    "always_known",
    "margin_rows",
    "odds_of",
    "operating_masks",
    "recorded_masks",
    "stratum_axes",
    "stratum_places",
    "told_rows",
]

Odds = Mapping[str, Mapping[Hashable, float]]
"""By covariate and level: how many times as likely a person of that level is to lack the covariate."""


def recorded_masks(operating: NDArray[np.bool_]) -> NDArray[np.int64]:
    """History that is recorded for each cell, shape (n_strata, 2^K): lists that are off are never recorded."""
    recorded: NDArray[np.int64] = np.arange(1 << len(operating)) & operating_masks(operating)[:, None]
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
    n_strata = math.prod(map(len, covariates.values()))
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


def operating_masks(operating: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Mask of the lists that operate in each stratum."""
    k = len(operating)
    masks: NDArray[np.int64] = (operating.T.astype(np.int64) << np.arange(k - 1, -1, -1)).sum(axis=1)
    return masks


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
    rows = _rows(table, dict(table.layers), odds_of(odds or {}, table.covariates))
    return rows._replace(constant=_missingness(table))


def always_known(table: PartialTable) -> NDArray[np.int64]:
    """Persons by recorded history, by the strata of those covariates that nobody lacks, and by layer."""
    k = len(table.lists)
    lacked = {name for name in table.covariates if table.n_lacking(name)}
    parts = []
    for missing, layer in table.layers.items():
        known = [name for name in table.covariates if name not in missing]
        gone = tuple(k + axis for axis, name in enumerate(known) if name in lacked)
        parts.append(layer.sum(axis=gone).reshape(1 << k, -1))
    return np.stack(parts, axis=-1)


def _missingness(table: PartialTable) -> float:
    """Log chance of what persons lack, with the shares observed by history and the covariates that nobody lacks."""
    from scipy.special import xlogy

    persons = always_known(table).astype(np.float64)
    return float(xlogy(persons, persons).sum() - xlogy(persons.sum(axis=-1), persons.sum(axis=-1)).sum())


def told_rows(table: PartialTable) -> MarginRows:
    """All rows in which persons could have been recorded, 1 in each.

    What may be missing is taken from the table: a pattern of missing covariates that nobody has, of those with the
    same levels of the covariates that nobody lacks, is taken not to occur there. Rows that are sums of others are
    left out where there are complete persons at all these levels.
    """
    k = len(table.lists)
    lacked = [name for name in table.covariates if table.n_lacking(name)]
    layers = {}
    for missing, layer in table.layers.items():
        known = [name for name in table.covariates if name not in missing]
        axes = (*range(k), *(k + axis for axis, name in enumerate(known) if name in lacked))
        occurs = layer.sum(axis=axes, keepdims=True) > 0
        layers[missing] = np.broadcast_to(occurs, layer.shape).astype(np.int64)
        if not missing and occurs.all():
            break  # the other rows are sums of these
    return _rows(table, layers, {})


def _rows(
    table: PartialTable, layers: Mapping[tuple[str, ...], NDArray[np.int64]], weights: Mapping[str, NDArray[np.float64]]
) -> MarginRows:
    from scipy.sparse import csr_array

    axes = stratum_axes(table.covariates)
    recorded, possible = recorded_masks(table.operating), table.possible
    keep = possible & (recorded != 0)
    where, cells, values, counts, start = [], [], [], [], 0
    for missing, layer in layers.items():
        flat = layer.reshape(1 << len(table.lists), -1)
        rows = recorded * flat.shape[1] + stratum_places(table.covariates, missing)[:, None]
        reached = np.zeros(flat.size, dtype=np.bool_)
        reached[rows[keep]] = True
        occupied = np.flatnonzero(reached & (flat.ravel() > 0))
        number = np.full(flat.size, -1, dtype=np.int64)
        number[occupied] = start + np.arange(len(occupied))
        row = np.where(keep, number[rows], -1).ravel()
        inside = np.flatnonzero(row >= 0)
        weight = np.ones(len(keep))
        for name in missing:
            weight = weight * weights[name][axes[name]] if name in weights else weight
        where.append(row[inside])
        cells.append(inside)
        values.append(weight[inside // keep.shape[1]])
        counts.append(flat.ravel()[occupied].astype(np.float64))
        start += len(occupied)
    places = (np.concatenate(where), np.concatenate(cells))
    members = csr_array((np.concatenate(values), places), shape=(start, keep.size))
    members.sort_indices()
    return MarginRows(np.concatenate(counts), members, keep, ~possible, possible & ~keep)
