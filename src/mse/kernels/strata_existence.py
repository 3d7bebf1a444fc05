"""Does an estimate of a model with strata exist, and are the unseen counts of every stratum told apart?

No cells × terms matrix is made. Directions that change no occupied cell are found from margins (`null_space`); where
there are none but those that change no kept cell at all, the estimate exists. Otherwise the linear programme

    maximise Σ t   subject to   Xd ≥ t,  0 ≤ t ≤ 1   on the empty kept cells,   d in that null space

asks for a ray: the likelihood grows without end along θ − c·d. Its maximum is a number of (kinds of) cells: none, or
all those that fall to 0 along some ray at once. Its dual is what is solved, since that has a row a direction only:

    minimise Σ u   subject to   Aᵀ(1 − u + v) = 0,  0 ≤ u ≤ 1,  v ≥ 0,   A the rows of X in those directions.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mse.kernels.strata_blocks import Blocks, linear_predictor, null_space

__all__ = ["StrataExistence", "check_strata"]

_NEGLIGIBLE = 1e-7
"""Changes below this are 0: those of directions made of whole columns are ratios of small whole numbers."""

_FALLS = 0.5
"""Cells fall by at least 1 along the ray of the programme, or not at all."""

_DECIMALS = 9
"""Rows of the programme that agree to this many decimals are one row."""


class StrataExistence(NamedTuple):
    """Verdict on one model.

    Attributes
    ----------
    exists : bool
        Whether a maximum likelihood estimate of the kept cells exists.
    identified : bool
        Whether the unseen count of every stratum that is not gone is told apart by the kept cells.
    ray : array of float, shape (p,), or None
        Direction in which the likelihood grows without end: θ − c·ray for c → ∞. None where the estimate exists, or
        where the solver gave up and the verdict is open.
    empty : array of int, shape (m, 2)
        Stratum and cell of the fitted counts that fall to 0 along the ray: all that fall along any ray.
    rank : int
        Columns that the kept cells tell apart.
    loose : array of float, shape (p, d)
        Directions that change no kept cell: columns that cannot be told apart.
    untold : array of int
        Strata whose unseen count changes along one of them.
    """

    exists: bool
    identified: bool
    ray: NDArray[np.float64] | None
    empty: NDArray[np.int64]
    rank: int
    loose: NDArray[np.float64]
    untold: NDArray[np.int64]


def check_strata(
    counts: NDArray[np.float64], keep: NDArray[np.bool_], gone: NDArray[np.bool_] | None, blocks: Blocks
) -> StrataExistence:
    """Judge one model.

    Parameters
    ----------
    counts, keep : array, shape (n_strata, 2^K)
        Counts, and the cells in the likelihood.
    gone : array of bool, same shape, or None
        Cells at −∞.
    blocks : Blocks

    Returns
    -------
    StrataExistence
    """
    gone = np.zeros(keep.shape, dtype=np.bool_) if gone is None else gone
    keep = keep & ~gone
    loose, used = null_space(blocks.compressed(), keep)
    unseen = np.where(blocks.mask_of == 0, blocks.columns, 0.0) @ loose
    untold = np.flatnonzero((np.abs(unseen) > _NEGLIGIBLE).any(axis=1) & ~gone[:, 0])
    empty = keep & ~(counts > 0.0)
    exists, ray = _programme(keep & ~empty, empty, blocks, used)
    falling = np.zeros((0, 2), dtype=np.int64)
    if ray is not None:
        falling = np.argwhere(empty & (linear_predictor(ray, blocks, keep.shape[1]) > _FALLS))
        ray /= np.abs(ray).max()
        ray[np.abs(ray) < _NEGLIGIBLE] = 0.0
    return StrataExistence(exists, len(untold) == 0, ray, falling, int(used.sum()), loose, untold)


def _programme(
    occupied: NDArray[np.bool_], empty: NDArray[np.bool_], blocks: Blocks, used: NDArray[np.bool_]
) -> tuple[bool, NDArray[np.float64] | None]:
    """Whether the estimate exists, and if not a ray; False and None if the solver gives up."""
    directions = np.zeros((len(used), 0))
    if empty.any():
        inner, _ = null_space(blocks.compressed(used), occupied)
        directions = np.zeros((len(used), inner.shape[1]))
        directions[used] = inner
    if not directions.shape[1]:
        return True, None
    rows = np.column_stack([linear_predictor(d, blocks, empty.shape[1])[empty] for d in directions.T])
    rows = np.unique(np.round(rows, _DECIMALS), axis=0)
    weights = _steepest(rows[np.abs(rows).max(axis=1) > _NEGLIGIBLE])
    if weights is None:
        return False, None
    return (False, directions @ weights) if weights.any() else (True, None)


def _steepest(rows: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Weights w of directions with rows @ w ≥ 0 and as many rows above 0 as can be; zeros if none can, None if lost."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, hstack

    n_rows = len(rows)
    cost = np.concatenate([np.ones(n_rows), np.zeros(n_rows)])
    balance: Any = hstack([csr_array(-rows.T), csr_array(rows.T)], format="csr")
    bounds: list[tuple[float, float | None]] = [*[(0.0, 1.0)] * n_rows, *[(0.0, None)] * n_rows]
    result = linprog(cost, A_eq=balance, b_eq=-rows.sum(axis=0), bounds=bounds, method="highs")
    if result.x is None:
        return None
    if result.x[:n_rows].sum() < 0.5:  # A number of kinds of cells: 0, or 1 and more.
        return np.zeros(rows.shape[1])
    return -np.asarray(result.eqlin.marginals, dtype=np.float64)
