"""Score tests: would a term improve a fitted model with strata? Answered without fitting it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mse.kernels.strata_blocks import DEPENDENT, Blocks, collected, compress, gathered_information, superset_sums
from mse.kernels.strata_newton import forward, leave_out, subtract_products

if TYPE_CHECKING:
    from mse.kernels.em import MarginFit
    from mse.kernels.strata import StrataFit

__all__ = ["score_tests"]


def score_tests(
    counts: NDArray[np.float64],
    keep: NDArray[np.bool_],
    gone: NDArray[np.bool_],
    blocks: Blocks,
    fit: StrataFit | MarginFit,
    candidates: Sequence[tuple[int, NDArray[np.float64]]],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Score test of each candidate term added to a fitted model: χ² that needs no new fit.

    Parameters
    ----------
    counts, keep, gone, blocks
        What was fitted.
    fit : StrataFit or MarginFit
    candidates : sequence of (mask, columns of shape (n_strata, q))

    Returns
    -------
    statistic : array of float
        u'V⁻u, with u the scores of the candidate and V its information given the model.
    df : array of int
        Rank of V: columns that the model can tell apart.
    """
    sizes = np.array([columns.shape[1] for _, columns in candidates], dtype=np.int64)
    statistic, df = np.zeros(len(sizes)), np.zeros(len(sizes), dtype=np.int64)
    if not len(sizes):
        return statistic, df
    keep = keep & ~gone
    fitted = np.where(keep, fit.mu, 0.0)
    added = compress(
        np.hstack([columns for _, columns in candidates]),
        np.repeat(np.array([mask for mask, _ in candidates], dtype=np.int64), sizes),
    )
    design, sums = blocks.compressed(fit.used), superset_sums(fitted)
    score = collected(added, superset_sums(np.where(keep, counts - fitted, 0.0)))
    inside, shared = gathered_information(design, design, sums), gathered_information(design, added, sums)
    all_used = np.zeros(len(inside), dtype=np.bool_)
    leave_out(inside, inside.diagonal().copy(), 0.0, all_used)
    forward(inside, all_used, shared)
    ends = np.cumsum(sizes)
    for place, (mask, columns) in enumerate(candidates):
        part = slice(ends[place] - sizes[place], ends[place])
        own = compress(columns, np.full(sizes[place], mask, dtype=np.int64))
        left = gathered_information(own, own, sums)
        alone = left.diagonal().copy()
        subtract_products(shared, part.start, left)
        told = np.zeros(sizes[place], dtype=np.bool_)
        df[place] = leave_out(left, alone, DEPENDENT, told)
        whitened = score[part, None].copy()
        forward(left, told, whitened)
        statistic[place] = float((whitened**2).sum())
    return statistic, df
