"""Profile likelihood of the number unseen in some strata, as one more count beside the cells."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln

from mse.kernels.strata import SINGULAR, Blocks, fit_strata

__all__ = ["profile_unseen_strata"]


def profile_unseen_strata(
    counts: NDArray[np.float64],
    keep: NDArray[np.bool_],
    gone: NDArray[np.bool_],
    blocks: Blocks,
    strata: NDArray[np.bool_],
    unseen: float,
    start: NDArray[np.float64],
) -> float:
    """Maximised log-likelihood at a number unseen in some strata, up to a constant.

    With n persons seen in these strata, u unseen and N = n + u it is log N! − log u! + max Σ y log(μ/N) + u log(m/N),
    m the fitted number unseen, and the Poisson log-likelihood Σ y log μ − μ of all other strata. Over all strata, or
    where no parameter is shared with the others, this is the multinomial profile of Cormack (1992).

    Parameters
    ----------
    counts, keep, gone, blocks
        As in `fit_strata`.
    strata : array of bool, shape (n,)
        The strata.
    unseen : float
        Above 0.
    start : array of float
        Coefficients to start from.

    Returns
    -------
    float
        NaN where the fit fails.
    """
    fit = fit_strata(counts, keep, blocks, gone=gone, start=start, unseen=(strata.astype(np.float64), unseen))
    if fit.outcome == SINGULAR:
        return float("nan")
    y, inside = np.where(keep, counts, 0.0), keep & strata[:, None]
    seen = float(y[inside].sum())
    total = seen + unseen
    among = float(fit.mu[strata, 0].sum())
    value = _log_terms(y[inside], fit.mu[inside] / total) + unseen * np.log(among / total)
    value += total - among - float(fit.mu[inside].sum())
    others = keep & ~strata[:, None]
    value += _log_terms(y[others], fit.mu[others]) - float(fit.mu[others].sum())
    return float(value - (betaln(unseen + 1.0, seen) if seen else 0.0))


def _log_terms(counts: NDArray[np.float64], means: NDArray[np.float64]) -> float:
    """Σ y log μ over the cells with a count."""
    there = counts > 0.0
    return float((counts[there] * np.log(means[there])).sum())
