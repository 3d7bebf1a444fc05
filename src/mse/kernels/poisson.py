"""Poisson log-linear models of overlapping lists by maximum likelihood, without a design matrix.

Cells and terms are bit masks over the lists. Over all 2^K cells (methods: Fienberg 1972; Cormack 1989):

* the linear predictor is a subset sum: η_h = Σ_{S ⊆ h} θ_S;
* a sufficient statistic is a superset sum: t_S = Σ_{h ⊇ S} y_h;
* the information is a gather: I[S, T] = W[S | T], where W is the superset sum of the fitted counts μ.

So a Newton step costs two transforms of K·2^K additions and one small Cholesky factor. A term whose sufficient
statistic is 0 goes to −∞ (extended maximum likelihood): it leaves together with the cells that contain it.

The loops are compiled and stand in `mse.kernels.newton`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mse.kernels.newton import (
    PROVED,
    SINGULAR,
    UNPROVED,
    add_supersets,
    factor,
    fit_model,
    fit_models,
    profile_unseen,
    split_terms,
)

__all__ = [
    "PROVED",
    "SINGULAR",
    "UNPROVED",
    "PoissonFit",
    "SweepResult",
    "fit_poisson",
    "superset_sums",
    "sweep",
]

_ARRIVED = 1e-7
"""Largest score, as a share of its margin, of a fit that has converged: totals are then right to about 10⁻⁷."""


NOTHING: NDArray[np.float64] = np.zeros(0)
"""No offset."""
NOTHING.setflags(write=False)


class PoissonFit(NamedTuple):
    """One fitted model.

    Attributes
    ----------
    outcome : int
        PROVED, UNPROVED or SINGULAR.
    theta : array of float, shape (p,)
        Coefficients of the terms that are finite, in the order of `masks`; the first is the intercept.
    masks : array of int, shape (p,)
        Finite terms.
    infinite : array of int
        Terms at −∞.
    retained : array of bool, shape (2^K,)
        Observed cells that stay.
    mu : array of float, shape (2^K,)
        Fitted counts; 0 in cells that left, the unseen count at index 0.
    covariance : array of float, shape (p, p)
        Inverse of the Fisher information at the end; NaN where it cannot be inverted.
    deviance : float
    iterations : int
    max_score : float
        Largest absolute score at the end.
    converged : bool
        Whether every score is below 10⁻⁷ of its margin: the iterations arrived, if there is anything to arrive at.
    offset : array of float, shape (2^K,) or (0,)
        What was added to the linear predictor of each cell; empty for nothing.
    """

    outcome: int
    theta: NDArray[np.float64]
    masks: NDArray[np.int64]
    infinite: NDArray[np.int64]
    retained: NDArray[np.bool_]
    mu: NDArray[np.float64]
    covariance: NDArray[np.float64]
    deviance: float
    iterations: int
    max_score: float
    converged: bool
    offset: NDArray[np.float64] = NOTHING


class SweepResult(NamedTuple):
    """Outcomes of many models on one table; arrays of length n_models."""

    outcome: NDArray[np.int8]
    deviance: NDArray[np.float64]
    dark_figure: NDArray[np.float64]
    finite: NDArray[np.int16]
    """Number of finite parameters, intercept included."""
    infinite: NDArray[np.int16]
    """Number of terms at −∞."""
    cells: NDArray[np.int16]
    """Number of retained cells."""
    log_variance: NDArray[np.float64]
    """Variance of the log of the dark figure; NaN unless asked for."""

    def take(self, index: NDArray[np.intp]) -> SweepResult:
        """Outcomes of some of the models."""
        return SweepResult(
            self.outcome[index], self.deviance[index], self.dark_figure[index], self.finite[index],
            self.infinite[index], self.cells[index], self.log_variance[index],
        )  # fmt: skip


def superset_sums(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum over all supersets of every mask: the margins of a table of 2^K cells.

    Examples
    --------
    >>> superset_sums(np.array([0.0, 30.0, 40.0, 6.0])).tolist()
    [76.0, 36.0, 46.0, 6.0]
    """
    out = np.array(values, dtype=np.float64)
    add_supersets(out)
    return out


def partition(
    counts: NDArray[np.float64], masks: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Split the terms of a model into finite ones and those at −∞, with the observed cells that stay.

    Parameters
    ----------
    counts : array of float, shape (2^K,)
        Counts; index 0 is the unseen cell.
    masks : array of int
        All terms of a hierarchical model, the intercept (0) first.

    Returns
    -------
    finite, infinite : array of int
    retained : array of bool, shape (2^K,)
    """
    sums = superset_sums(counts)
    keep = np.ones(len(counts), dtype=np.bool_)
    keep[0] = False
    finite = np.zeros(len(masks), dtype=np.int64)
    p, _, _ = split_terms(masks, len(masks), sums, keep, finite)
    return finite[:p], masks[sums[masks] <= 0.0], keep


def fit_poisson(
    counts: NDArray[np.float64], masks: NDArray[np.int64], offset: NDArray[np.float64] | None = None
) -> PoissonFit:
    """Fit one hierarchical model to the observed cells.

    Parameters
    ----------
    counts : array of float, shape (2^K,)
        Counts by mask of lists; index 0, the unseen cell, is ignored.
    masks : array of int, shape (terms,)
        All terms of the model, the intercept (0) first.
    offset : array of float, shape (2^K,), optional
        What is added to the linear predictor of each cell: terms that are fixed and not estimated.

    Returns
    -------
    PoissonFit
    """
    fixed = np.zeros(0) if offset is None else np.array(offset, dtype=np.float64)
    y = np.array(counts, dtype=np.float64)
    y[0] = 0.0
    finite, infinite, keep = partition(y, np.asarray(masks, dtype=np.int64))
    p = len(finite)
    theta, mu, info = np.zeros(p), np.zeros(len(y)), np.zeros((p, p))
    empty = np.full((p, p), np.nan)
    if p > keep.sum():
        return PoissonFit(SINGULAR, theta, finite, infinite, keep, mu, empty, np.nan, 0, np.inf, False, fixed)
    outcome, value, iterations, score = fit_model(y, superset_sums(y), keep, finite, fixed, theta, mu, info)
    if outcome == SINGULAR:
        return PoissonFit(SINGULAR, theta, finite, infinite, keep, mu, empty, np.nan, iterations, np.inf, False, fixed)
    margins, fitted = superset_sums(y)[finite], superset_sums(mu)
    converged = bool((np.abs(margins - fitted[finite]) <= _ARRIVED * (1.0 + margins)).all())
    information = fitted[finite[:, None] | finite]
    covariance = empty
    if factor(information, p):
        inverse = np.linalg.inv(np.triu(information))
        covariance = inverse @ inverse.T
    mu[0] = np.exp(min(theta[0] + (fixed[0] if len(fixed) else 0.0), 600.0))
    deviance = max(2.0 * (value + _saturated(y) - float((y[: len(fixed)] * fixed).sum())), 0.0)
    return PoissonFit(
        outcome, theta, finite, infinite, keep, mu, covariance, deviance, iterations, score, converged, fixed
    )


def sweep(
    counts: NDArray[np.float64],
    interactions: NDArray[np.int64],
    models: NDArray[np.uint64],
    *,
    variances: bool = False,
) -> SweepResult:
    """Fit many hierarchical models to one table; threads may share the work, since no lock is held.

    Parameters
    ----------
    counts : array of float, shape (2^K,)
    interactions : array of int, shape (m,), m ≤ 64
        Interaction terms; bit i of a model stands for ``interactions[i]``. Intercept and main effects are in.
    models : array of uint64, shape (n_models,)
    variances : bool
        Whether to compute the variance of the log dark figure.

    Returns
    -------
    SweepResult
    """
    y = np.array(counts, dtype=np.float64)
    y[0] = 0.0
    n = len(models)
    n_lists = len(y).bit_length() - 1
    out = SweepResult(
        np.zeros(n, np.int8), np.zeros(n), np.zeros(n), np.zeros(n, np.int16), np.zeros(n, np.int16),
        np.zeros(n, np.int16), np.full(n, np.nan),
    )  # fmt: skip
    fit_models(y, superset_sums(y), n_lists, np.asarray(interactions, np.int64), models, variances, tuple(out))
    deviance = 2.0 * (out.deviance + _saturated(y))
    return out._replace(deviance=np.maximum(deviance, 0.0))


def _saturated(y: NDArray[np.float64]) -> float:
    """Σ (y log y − y): half the deviance is this plus what `evaluate` returns."""
    seen = y[y > 0.0]
    return float((seen * np.log(seen) - seen).sum())


def profile_log_likelihood(
    counts: NDArray[np.float64],
    retained: NDArray[np.bool_],
    masks: NDArray[np.int64],
    unseen: NDArray[np.float64],
    offset: NDArray[np.float64] = NOTHING,
) -> NDArray[np.float64]:
    """Maximised Σ y log p over observed cells and the unseen one, at fixed counts of the unseen.

    Parameters
    ----------
    counts : array of float, shape (2^K,)
    retained : array of bool, shape (2^K,)
        Observed cells that stay (`partition`).
    masks : array of int
        Finite terms.
    unseen : array of float
        Values of the unseen count, above 0.
    offset : array of float, optional
        What is added to the linear predictor of each cell.

    Returns
    -------
    array of float
        Same shape as `unseen`; NaN where the fit fails.
    """
    keep = retained.copy()
    keep[0] = True
    out = np.zeros(len(unseen))
    profile_unseen(np.array(counts, np.float64), keep, masks, np.array(offset), np.asarray(unseen, np.float64), out)
    return out
