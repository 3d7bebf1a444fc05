"""Poisson log-linear models over lists and strata by maximum likelihood, without a matrix of cells × terms.

A stratum is a combination of levels of all covariates, and has its own 2^K cells over the lists, the unseen one among
them. A column belongs to a set of lists S and has one value in each stratum; it stands in every cell h ⊇ S:

* the linear predictor of a stratum is a subset sum: η_h = Σ_{S ⊆ h} Σ_{c in block S} x_c θ_c;
* scores are superset sums of the residuals, times the columns;
* the information of blocks S and T is X_Sᵀ diag(W[S | T]) X_T, where W is the superset sum of the fitted counts.

So a Newton step costs two transforms of each stratum, a product of columns over strata and one Cholesky factor.
The loops are compiled and stand in `mse.kernels.strata_newton`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mse.kernels.newton import PROVED, SINGULAR, UNPROVED
from mse.kernels.strata_blocks import (
    Blocks,
    collected,
    gathered_information,
    independent_columns,
    means,
    scores,
    superset_sums,
    weighted_information,
)
from mse.kernels.strata_existence import StrataExistence, check_strata
from mse.kernels.strata_newton import Design, backward, forward, leave_out, newton, solve
from mse.kernels.strata_scores import score_tests

__all__ = [
    "PROVED",
    "SINGULAR",
    "UNPROVED",
    "Blocks",
    "StrataExistence",
    "StrataFit",
    "check_strata",
    "fit_strata",
    "means",
    "score_tests",
    "scores",
    "superset_sums",
    "unseen_gradient",
    "weighted_information",
]

_ARRIVED = 1e-7
"""Largest score, as a share of its margin, of a fit that has converged: totals are then right to about 10⁻⁷."""


class StrataFit(NamedTuple):
    """One fitted model.

    Attributes
    ----------
    outcome : int
        PROVED, UNPROVED or SINGULAR.
    theta : array of float, shape (p,)
        Coefficients; 0 for columns that were left out.
    used : array of bool, shape (p,)
        Columns that do not depend on columns before them in the kept cells.
    mu : array of float, shape (n_strata, 2^K)
        Fitted counts of kept cells, predicted counts of the others, the unseen among them; 0 in cells that are gone.
    covariance : array of float, shape (p, p)
        Inverse of the Fisher information; NaN for columns left out, and everywhere where it cannot be inverted.
    deviance : float
        Of the kept cells. Where the unseen are observed it holds their 2 (total log(total / m) − total + m) too.
    iterations : int
    max_score : float
        Largest absolute score at the end.
    converged : bool
        Whether every score is below 10⁻⁷ of its margin.
    """

    outcome: int
    theta: NDArray[np.float64]
    used: NDArray[np.bool_]
    mu: NDArray[np.float64]
    covariance: NDArray[np.float64]
    deviance: float
    iterations: int
    max_score: float
    converged: bool


def fit_strata(
    counts: NDArray[np.float64],
    keep: NDArray[np.bool_],
    blocks: Blocks,
    *,
    gone: NDArray[np.bool_] | None = None,
    start: NDArray[np.float64] | None = None,
    unseen: tuple[NDArray[np.float64], float] | None = None,
) -> StrataFit:
    """Fit one model to the kept cells.

    Parameters
    ----------
    counts : array of float, shape (n_strata, 2^K)
        Counts, whole or not; cells that are not kept are ignored.
    keep : array of bool, same shape
        Cells in the likelihood.
    blocks : Blocks
    gone : array of bool, same shape, optional
        Cells at −∞, kept or not: they are not in the likelihood and their fitted counts are 0.
    start : array of float, shape (p,), optional
        Coefficients to start from; otherwise weighted least squares of log(y + ½).
    unseen : (weights, total), optional
        One more observation: total ~ Poisson(Σ weights[s] μ[s, 0]), with weights of at least 0.

    Returns
    -------
    StrataFit
    """
    gone = np.zeros(keep.shape, dtype=np.bool_) if gone is None else gone
    keep = keep & ~gone
    y = np.where(keep, counts, 0.0)
    used = independent_columns(blocks.compressed(), keep)
    extra = _observed_unseen(unseen, gone)
    if not y.any() or not used.any() or (unseen is not None and not extra[0].any()):
        return _singular(used, gone)
    theta = np.zeros(len(used))
    design = blocks.compressed(used)
    targets, scale = _targets(design, y, extra)
    proved, iterations = False, 0
    for guess in _guesses(design, y, keep, None if start is None else start[used]):
        proved, more, _ = newton(design, targets, scale, keep, *extra, guess)
        theta[used] = guess
        iterations += more
        if proved:
            break
    mu = means(theta, blocks, gone)
    fitted = np.where(keep, mu, 0.0)
    score, fisher = scores(y - fitted, blocks), weighted_information(fitted, blocks)
    deviance = _deviance(y[keep], mu[keep])
    if unseen is not None:
        each = extra[0] * mu[:, 0]
        m, total, pull = each.sum(), extra[1], _in_first(each, blocks)
        score += (total / m - 1.0) * pull
        fisher += np.outer(pull, pull) / m
        deviance += _deviance(np.array([total]), np.array([m]))
    score = np.abs(score[used])
    converged = bool((score <= _ARRIVED * scale).all())
    outcome = PROVED if proved else UNPROVED
    covariance = _inverse(fisher, used)
    return StrataFit(outcome, theta, used, mu, covariance, deviance, iterations, float(score.max()), converged)


def unseen_gradient(fit: StrataFit, blocks: Blocks) -> NDArray[np.float64]:
    """Gradient of log μ[:, 0] in the coefficients, shape (n_strata, p); 0 for strata whose unseen cell is gone."""
    gradient = np.where((blocks.mask_of == 0) & fit.used, blocks.columns, 0.0)
    gradient[fit.mu[:, 0] == 0.0] = 0.0
    return gradient


def _guesses(
    design: Design, y: NDArray[np.float64], keep: NDArray[np.bool_], start: NDArray[np.float64] | None
) -> Iterator[NDArray[np.float64]]:
    """Where to begin: at `start`, and where that leads nowhere, at weighted least squares of log(y + ½)."""
    if start is not None and np.isfinite(start).all():
        yield np.array(start, dtype=np.float64)
    weights = np.where(keep, y + 0.5, 0.0)
    theta = collected(design, superset_sums(weights * np.log(np.where(keep, weights, 1.0))))
    gram = gathered_information(design, design, superset_sums(weights))
    if leave_out(gram, gram.diagonal().copy(), 0.0, np.zeros(len(theta), dtype=np.bool_)) == len(theta):
        solve(gram, theta)
        yield theta


def _targets(
    design: Design, y: NDArray[np.float64], extra: tuple[NDArray[np.float64], float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sufficient statistics, and the size of what each adds up: scores are judged as shares of it."""
    starts, columns, values, masks = design
    sums = superset_sums(y)
    scale = 1.0 + collected((starts, columns, np.abs(values), masks), sums)
    if extra[1] > 0.0:
        largest = np.zeros(len(masks))
        np.maximum.at(largest, columns, np.abs(values))
        scale += np.where(masks == 0, largest * extra[1], 0.0)
    return collected(design, sums), scale


def _observed_unseen(
    unseen: tuple[NDArray[np.float64], float] | None, gone: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], float]:
    if unseen is None:
        return np.zeros(len(gone)), -1.0
    return np.where(gone[:, 0], 0.0, unseen[0]), float(unseen[1])


def _singular(used: NDArray[np.bool_], gone: NDArray[np.bool_]) -> StrataFit:
    p = len(used)
    mu = np.where(gone, 0.0, np.nan)
    return StrataFit(SINGULAR, np.zeros(p), used, mu, np.full((p, p), np.nan), np.nan, 0, np.inf, False)


def _in_first(values: NDArray[np.float64], blocks: Blocks) -> NDArray[np.float64]:
    """Xᵀv for v in the unseen cells."""
    return np.where(blocks.mask_of == 0, values @ blocks.columns, 0.0)


def _inverse(fisher: NDArray[np.float64], used: NDArray[np.bool_]) -> NDArray[np.float64]:
    out = np.full(fisher.shape, np.nan)
    factor = fisher[np.ix_(used, used)]
    told = np.zeros(len(factor), dtype=np.bool_)
    if leave_out(factor, factor.diagonal().copy(), 0.0, told) == len(factor):
        inverse = np.eye(len(factor))
        forward(factor, told, inverse)
        backward(factor, told, inverse)
        out[np.ix_(used, used)] = (inverse + inverse.T) / 2.0
    return out


def _deviance(y: NDArray[np.float64], mu: NDArray[np.float64]) -> float:
    """2 Σ (y log(y/μ) − y + μ), whose terms are all above 0."""
    seen = y > 0.0
    return float(2.0 * ((y[seen] * np.log(y[seen] / mu[seen])).sum() + (mu - y).sum()))
