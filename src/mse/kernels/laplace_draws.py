"""Draws from the posterior of one model at a given number unseen, and evidence from them by importance sampling.

Written with the whole matrix of cells × columns, and so apart from the loops of `mse.kernels.laplace_newton`, which
it checks.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, logsumexp

from mse.kernels.laplace import CoefficientPrior, LaplaceData

__all__ = ["Sampled", "design_matrix", "draw_coefficients", "log_integrand", "sample_node", "unseen_shares"]

Floats = NDArray[np.float64]
Columns = NDArray[np.int64]

POOL, SPARE = 200, 10
"""Importance draws that coefficients are drawn from: so many, and so many more for each that is wanted."""

FREEDOM = 7.0
"""Degrees of freedom of the multivariate t from which importance draws come: its tails are above the posterior's."""


def design_matrix(data: LaplaceData, columns: Columns) -> Floats:
    """Matrix of a model, shape (n_strata · 2^K, p): strata change slowest."""
    n_strata, size = data.counts.shape
    cells = np.arange(size)
    signs = 1.0 - 2.0 * (np.bitwise_count(cells[:, None] & data.masks[columns]) % 2)
    return (data.columns[:, None, columns] * signs).reshape(n_strata * size, len(columns))


def curvature(data: LaplaceData, prior: CoefficientPrior, columns: Columns, theta: Floats, unseen: float) -> Floats:
    """Minus the second derivatives of the log of likelihood × prior."""
    matrix = design_matrix(data, columns)
    mu = np.exp(matrix @ theta).reshape(data.counts.shape)
    dark = mu[:, 0].sum()
    weight = np.where(data.keep, mu, 0.0)
    weight[:, 0] = mu[:, 0] * (1.0 - unseen / dark)
    lean = mu[:, 0] @ matrix.reshape(*mu.shape, -1)[:, 0]
    found = matrix.T @ (weight.reshape(-1, 1) * matrix) + unseen / dark**2 * np.outer(lean, lean)
    gram = data.gram[np.ix_(columns, columns)]
    pull = gram @ theta
    if prior.scale > 0.0:
        return np.asarray(found + gram / prior.scale)
    freedom, size = prior.shape + len(columns) - 1.0, prior.rate + theta @ pull
    return np.asarray(found + freedom * (gram / size - 2.0 * np.outer(pull, pull) / size**2))


def draw_coefficients(
    data: LaplaceData,
    prior: CoefficientPrior,
    columns: Columns,
    mode: Floats,
    unseen: float,
    draws: int,
    rng: np.random.Generator,
) -> Floats:
    """Coefficients but the intercept from the posterior at one number unseen, shape (draws, p − 1).

    Importance draws from a multivariate t at the mode, drawn again by their weights.
    """
    theta, log_weight = _importance(data, prior, columns, mode, unseen, POOL + SPARE * draws, rng)
    share = np.cumsum(np.exp(log_weight - log_weight.max()))
    at = (np.arange(draws) + rng.random()) / draws * share[-1]
    return np.asarray(rng.permutation(theta[np.minimum(np.searchsorted(share, at), len(theta) - 1)]))


def unseen_shares(data: LaplaceData, columns: Columns, theta: Floats) -> Floats:
    """Share of each stratum in the unseen, shape (draws, n_strata); θ has shape (draws, p − 1)."""
    eta = theta @ data.columns[:, columns[1:]].T
    mu = np.exp(eta - eta.max(axis=1, keepdims=True))
    return np.asarray(mu / mu.sum(axis=1, keepdims=True))


def log_prior(data: LaplaceData, prior: CoefficientPrior, columns: Columns, theta: Floats) -> Floats:
    """Log density of coefficients without the intercept, shape (draws,); θ has shape (draws, p − 1)."""
    gram = data.gram[np.ix_(columns[1:], columns[1:])]
    k = len(gram)
    size = np.einsum("di,ij,dj->d", theta, gram, theta)
    half_det = 0.5 * np.linalg.slogdet(gram)[1]
    if prior.scale > 0.0:
        return np.asarray(half_det - 0.5 * k * np.log(2.0 * np.pi * prior.scale) - 0.5 * size / prior.scale)
    a, b = prior.shape, prior.rate
    constant = gammaln((a + k) / 2.0) - gammaln(a / 2.0) + a / 2.0 * np.log(b) - k / 2.0 * np.log(np.pi)
    return np.asarray(half_det + constant - (a + k) / 2.0 * np.log(b + size))


def log_integrand(data: LaplaceData, prior: CoefficientPrior, columns: Columns, unseen: float, theta: Floats) -> Floats:
    """Log of p(y, unseen, θ | model) under p(N) ∝ 1/N, the intercept integrated; θ has shape (draws, p − 1)."""
    matrix = design_matrix(data, columns)[:, 1:]
    eta = theta @ matrix.T
    y = np.where(data.keep, data.counts, 0.0)
    first = np.zeros(data.counts.shape, dtype=np.bool_)
    first[:, 0] = True
    dark = logsumexp(eta[:, first.ravel()], axis=1)
    inside = (data.keep | first).ravel()
    total = y.sum() + unseen
    value = eta @ y.ravel() + unseen * dark - total * logsumexp(eta[:, inside], axis=1)
    constant = gammaln(total) - gammaln(y + 1.0)[data.keep].sum() - gammaln(unseen + 1.0)
    return np.asarray(value + constant + log_prior(data, prior, columns, theta))


class Sampled(NamedTuple):
    """Importance sampling at one number unseen.

    Attributes
    ----------
    log_value : float
        Log of p(y, unseen | model).
    log_error : float
        Its standard error.
    effective : float
        Number of independent draws that the weights are worth.
    """

    log_value: float
    log_error: float
    effective: float


def sample_node(
    data: LaplaceData,
    prior: CoefficientPrior,
    columns: Columns,
    mode: Floats,
    unseen: float,
    draws: int,
    rng: np.random.Generator,
) -> Sampled:
    """p(y, unseen | model) by importance sampling, from a multivariate t at the mode."""
    _, log_weight = _importance(data, prior, columns, mode, unseen, draws, rng)
    top = log_weight.max()
    weight = np.exp(log_weight - top)
    mean = weight.mean()
    return Sampled(
        float(top + np.log(mean)),
        float(weight.std(ddof=1) / mean / np.sqrt(draws)),
        float(weight.sum() ** 2 / (weight**2).sum()),
    )


def _importance(
    data: LaplaceData,
    prior: CoefficientPrior,
    columns: Columns,
    mode: Floats,
    unseen: float,
    draws: int,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Coefficients but the intercept from a multivariate t at a mode, and their log weights."""
    k = len(columns) - 1
    root = conditional_spread(data, prior, columns, mode, unseen)
    normal = rng.standard_normal((draws, k))
    stretch = np.sqrt(FREEDOM / rng.chisquare(FREEDOM, draws))
    theta = mode[1:] + normal @ root.T * stretch[:, None]
    distance = (normal**2).sum(axis=1) * stretch**2
    density = (
        gammaln((FREEDOM + k) / 2.0)
        - gammaln(FREEDOM / 2.0)
        - k / 2.0 * np.log(FREEDOM * np.pi)
        - np.log(root.diagonal()).sum()
        - (FREEDOM + k) / 2.0 * np.log1p(distance / FREEDOM)
    )
    return theta, log_integrand(data, prior, columns, unseen, theta) - density


def _spread(information: Floats) -> Floats:
    """Matrix A with A Aᵀ the inverse of an information matrix."""
    return np.asarray(np.linalg.inv(np.linalg.cholesky(information)).T)


def conditional_spread(
    data: LaplaceData, prior: CoefficientPrior, columns: Columns, mode: Floats, unseen: float
) -> Floats:
    """Matrix A with A Aᵀ the covariance of all coefficients but the intercept in the normal distribution at a mode."""
    return _spread(_marginal(curvature(data, prior, columns, mode, unseen)))


def third_order_shift(
    data: LaplaceData, prior: CoefficientPrior, columns: Columns, mode: Floats, unseen: float
) -> Floats:
    """How far the mean of all coefficients but the intercept lies from a mode, to the first order of the skewness.

    Of a sum of Poisson counts it is −½ H⁻¹ Σ μ_c (x_cᵀ H⁻¹ x_c) x_c over cells c, the unseen ones too.
    """
    matrix = design_matrix(data, columns)
    mu = np.exp(matrix @ mode)
    inverse = np.linalg.inv(curvature(data, prior, columns, mode, unseen))
    leverage = ((matrix @ inverse) * matrix).sum(axis=1)
    return np.asarray(-0.5 * inverse @ (matrix.T @ (mu * leverage)))[1:]


def _marginal(information: Floats) -> Floats:
    """Inverse covariance of all but the intercept, the intercept integrated."""
    return np.asarray(information[1:, 1:] - np.outer(information[1:, 0], information[0, 1:]) / information[0, 0])
