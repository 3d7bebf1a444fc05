"""The zero-truncated negative binomial, whose likelihood may be highest at either end of its dispersion.

At dispersion 0 it is a Poisson. At infinity it is a logarithmic series (Fisher, Corbet and Williams 1943): everybody
but a vanishing share is never seen, and the number unseen is infinite.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mse.kernels.truncated import Family, Terms, Unseen, geometric, negative_binomial, poisson
from mse.kernels.truncated_newton import TruncatedFit, fit_truncated
from mse.kernels.truncated_tests import over_dispersion

__all__ = ["Dispersion", "DispersionFit", "fit_negative_binomial"]

Floats = NDArray[np.float64]

_RISE = 1e-9
"""A likelihood inside is higher than that of an end where it is by more than this share of itself."""

_STARTS = (0.0, -2.0, 2.0, 4.0)


class Dispersion(Enum):
    """Where the likelihood of the dispersion is highest."""

    INSIDE = 1
    NONE = 2
    INFINITE = 3


class DispersionFit(NamedTuple):
    """The best fit, and where it lies; at an end it is that of the Poisson or of the logarithmic series."""

    fit: TruncatedFit
    where: Dispersion


def _series(y: Floats, eta: Floats, psi: float) -> Terms:
    """Logarithmic series with u = e^η: q_y = (u/(1 + u))^y / (y log(1 + u))."""
    u = np.exp(eta)
    log_u, share = np.log1p(u), u / (1.0 + u)
    log_p = y * (eta - log_u) - np.log(log_u) - np.log(y)
    first = y * (1.0 - share) - share / log_u
    second = -y * share * (1.0 - share) - (share * (1.0 - share) - share**2 / log_u) / log_u
    return Terms(log_p, first[None], second[None, None])


def _never(eta: Floats, psi: float) -> Unseen:
    return Unseen(np.full_like(eta, np.inf), np.zeros((1, len(eta))), np.full_like(eta, np.inf))


log_series = Family(_series, _never)


def fit_negative_binomial(counts: Floats, columns: Floats) -> DispersionFit:
    """Fit both ends and climb from several dispersions in between.

    Parameters
    ----------
    counts : array of float, shape (times, strata)
    columns : array of float, shape (strata, columns)
        A constant is in their span.
    """
    none, infinite = fit_truncated(poisson, counts, columns), fit_truncated(log_series, counts, columns)
    falls_to_poisson = over_dispersion(counts, columns, none.eta)[0] > 0.0
    falls_to_series = _slope_at_infinity(counts, infinite.eta) > 0.0
    start = fit_truncated(geometric, counts, columns).beta
    ends = max(none.log_likelihood, infinite.log_likelihood)
    inside = None
    for psi in _STARTS:
        fit = fit_truncated(negative_binomial, counts, columns, start, psi)
        if fit.converged and (inside is None or fit.log_likelihood > inside.log_likelihood):
            inside = fit
    higher = inside is not None and inside.log_likelihood > ends + _RISE * abs(ends)
    if inside is not None and (higher or (falls_to_poisson and falls_to_series)):
        return DispersionFit(inside, Dispersion.INSIDE)
    if infinite.log_likelihood > none.log_likelihood:
        return DispersionFit(infinite, Dispersion.INFINITE)
    return DispersionFit(none, Dispersion.NONE)


def _slope_at_infinity(counts: Floats, eta: Floats) -> float:
    """Derivative of the log-likelihood in 1/dispersion at 0: Σ f (1 + 1/2 + … + 1/(y − 1) − log(1 + u)/2)."""
    harmonic = np.concatenate([[0.0], np.cumsum(1.0 / np.arange(1.0, len(counts)))])
    return float((counts * (harmonic[:, None] - np.log1p(np.exp(eta)) / 2.0)).sum())
