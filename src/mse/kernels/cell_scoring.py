"""Poisson counts of cells whose log means are any smooth function of a few parameters, by Fisher scoring.

The first cell is the unseen one. It is left out of the likelihood, or holds a stated count: that gives the profile.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, logsumexp

__all__ = ["CellFit", "LogMeans", "Refit", "deviance", "fit_cells", "linear", "profile_of_cells", "start_linear"]

Floats = NDArray[np.float64]
LogMeans = Callable[[Floats], tuple[Floats, Floats]]
"""Parameters to log means, shape (cells,), and their derivatives, shape (cells, p); the unseen cell comes first."""

Refit = Callable[[float], Floats]
"""A stated number unseen to the log means of all cells that are likeliest with it."""

MAX_ITERATIONS = 200
_SETTLED = 1e-14
"""Change of the log-likelihood, relative to 1 + its size, below which the iterations stop: its rounding."""

_ROUNDING = 1e-12
"""A step is taken if the log-likelihood falls by no more than this share of 1 + its size."""

_ARRIVED = 1e-6
"""Scores below this share of 1 + the persons counted are those of a maximum."""

_HALVINGS = 40
_LARGEST_LOG = 300.0


class CellFit(NamedTuple):
    """One fit.

    Attributes
    ----------
    theta : array of float, shape (p,)
    log_means : array of float, shape (cells,)
        The unseen cell first.
    covariance : array of float, shape (p, p)
        Inverse of the Fisher information; NaN where it cannot be inverted.
    gradient : array of float, shape (p,)
        Derivative of the log mean of the unseen cell.
    converged : bool
    iterations : int
    """

    theta: Floats
    log_means: Floats
    covariance: Floats
    gradient: Floats
    converged: bool
    iterations: int

    @property
    def unseen(self) -> float:
        """Fitted count of the unseen cell."""
        return float(np.exp(self.log_means[0]))

    @property
    def standard_error(self) -> float:
        """Standard error of the total: √(f₀ + f₀² Var log f₀) (Rivest and Baillargeon 2007)."""
        spread = self.gradient @ self.covariance @ self.gradient
        return float(np.sqrt(self.unseen + self.unseen**2 * spread))


def linear(design: Floats) -> LogMeans:
    """Log means that are linear in the parameters."""
    return lambda theta: (design @ theta, design)


def start_linear(design: Floats, counts: Floats) -> Floats:
    """Weighted least squares of log(y + ½) on the design of the seen cells: where a linear fit starts."""
    weight = counts[1:] + 0.5
    root = np.sqrt(weight)
    return np.asarray(np.linalg.lstsq(design[1:] * root[:, None], root * np.log(weight), rcond=None)[0])


def fit_cells(
    means: LogMeans, counts: Floats, start: Floats, unseen: float | None = None, iterations: int = MAX_ITERATIONS
) -> CellFit:
    """Maximise the Poisson likelihood of the seen cells, or of all where the unseen count is stated.

    Parameters
    ----------
    means : callable
    counts : array of float, shape (cells,)
        The first is not read.
    start : array of float, shape (p,)
    unseen : float, optional
        Count of the unseen cell, as one more cell.
    iterations : int
        Most iterations.

    Returns
    -------
    CellFit
    """
    y = np.array(counts, dtype=np.float64)
    first = 1 if unseen is None else 0
    if unseen is not None:
        y[0] = unseen
    seen = y[first:]
    theta = np.array(start, dtype=np.float64)
    log_means, slopes = means(theta)
    value = _minus(seen, log_means[first:])
    done, count = False, 0
    while not done and count < iterations:
        count += 1
        mu = np.exp(np.minimum(log_means[first:], _LARGEST_LOG))
        rows = slopes[first:]
        score = rows.T @ (seen - mu)
        step = np.linalg.lstsq(rows.T * mu @ rows, score, rcond=None)[0]
        length, before = 1.0, value
        for _ in range(_HALVINGS):
            trial_means, trial_slopes = means(theta + length * step)
            trial = _minus(seen, trial_means[first:])
            if trial <= before + _ROUNDING * (1.0 + abs(before)):
                theta, log_means, slopes, value = theta + length * step, trial_means, trial_slopes, trial
                break
            length *= 0.5
        done = before - value <= _SETTLED * (1.0 + abs(before))
    mu, rows = np.exp(np.minimum(log_means[first:], _LARGEST_LOG)), slopes[first:]
    small = bool((np.abs(rows.T @ (seen - mu)) <= _ARRIVED * (1.0 + seen.sum()) * _size(rows)).all())
    covariance = _inverse(rows.T * mu @ rows)
    return CellFit(theta, log_means, covariance, slopes[0], done and small, count)


def deviance(counts: Floats, means: Floats) -> float:
    """Twice the log-likelihood that a perfect fit of the seen cells has more."""
    y, mu = counts[1:], means[1:]
    on = y > 0.0
    with np.errstate(divide="ignore"):
        value = (y[on] * np.log(y[on] / mu[on])).sum() - y.sum() + mu.sum()
    return max(2.0 * float(value), 0.0)


def profile_of_cells(refit: Refit, counts: Floats) -> Callable[[float], float]:
    """Return the profile log-likelihood of the unseen count, up to a constant, as a function (Cormack 1992)."""
    n = float(counts[1:].sum())

    def profile(unseen: float) -> float:
        log_means = refit(unseen)
        y = counts.copy()
        y[0] = unseen
        shares = log_means - logsumexp(log_means)
        on = y > 0.0
        return float(-betaln(unseen + 1.0, n) + (y[on] * shares[on]).sum())

    return profile


def _minus(y: Floats, log_means: Floats) -> float:
    """Minus the log-likelihood, up to a constant; infinite where a mean overflows."""
    if not np.isfinite(log_means).all() or log_means.max() > _LARGEST_LOG:
        return np.inf
    return float(np.exp(log_means).sum() - y @ log_means)


def _size(rows: Floats) -> Floats:
    return np.asarray(np.maximum(np.abs(rows).max(axis=0), 1.0))


def _inverse(information: Floats) -> Floats:
    scale = np.sqrt(np.diag(information))
    if not (scale > 0.0).all():
        return np.full(information.shape, np.nan)
    try:
        inverse = np.linalg.inv(information / np.outer(scale, scale))
    except np.linalg.LinAlgError:
        return np.full(information.shape, np.nan)
    return np.asarray(inverse / np.outer(scale, scale))
