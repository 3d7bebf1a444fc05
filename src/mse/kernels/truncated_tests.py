"""Score tests of a fitted zero-truncated family against a wider one: over-dispersion, and too many persons seen once.

With s the scores of the coefficients and e that of the wider model's parameter, both at the fit, the statistic is

    z = Σ f e / √(I_ee − I_eβ I_ββ⁻¹ I_βe),    I_ab = Σ n E[a b],

expectations being sums over how often a person can be seen. It is standard normal where the family holds, and only
large values speak for the wider model, whose parameter cannot be negative (Gurmu 1991).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from mse.kernels.truncated import Family, poisson

__all__ = ["more_ones", "over_dispersion", "score_test"]

Floats = NDArray[np.float64]

TAIL = 1e-12
"""Expectations leave out so little of the probability."""

_MOST = 4096


def over_dispersion(counts: Floats, columns: Floats, eta: Floats) -> tuple[float, float]:
    """Test a zero-truncated Poisson against a negative binomial.

    Parameters
    ----------
    counts : array of float, shape (times, strata)
    columns : array of float, shape (strata, columns)
    eta : array of float, shape (strata,)
        The fitted predictor.

    Returns
    -------
    float, float
        z and its one-sided p-value; NaN where z cannot be had.
    """

    def extra(y: Floats, eta: Floats) -> Floats:
        rate = np.exp(eta)
        return np.asarray(0.5 * ((y - rate) ** 2 - y) + 0.5 * rate**2 / np.expm1(rate))

    return score_test(poisson, counts, columns, eta, extra)


def more_ones(family: Family, counts: Floats, columns: Floats, eta: Floats) -> tuple[float, float]:
    """Test a family against one in which a share of the persons is seen once whatever their chances.

    Parameters
    ----------
    family : Family
        One without a parameter ψ, and so are the other parameters as in `over_dispersion`.

    Returns
    -------
    float, float
        As for `over_dispersion`.
    """

    def extra(y: Floats, eta: Floats) -> Floats:
        once = np.exp(family.terms(np.ones((1, 1)), eta, 0.0).log_p)
        return np.where(y == 1.0, 1.0 / once, 0.0) - 1.0

    return score_test(family, counts, columns, eta, extra)


def score_test(
    family: Family, counts: Floats, columns: Floats, eta: Floats, extra: Callable[[Floats, Floats], Floats]
) -> tuple[float, float]:
    """Test a family without ψ against one with a further parameter.

    Parameters
    ----------
    extra : callable
        Score of the further parameter at y, as a column, for the predictor of every stratum.

    Returns
    -------
    float, float
        As for `over_dispersion`.
    """
    persons = counts.sum(axis=0)
    used = persons > 0.0
    persons, columns = persons[used], columns[used]
    y = _values(family, eta[used], len(counts))
    terms = family.terms(y, eta[used], 0.0)
    weight = np.exp(terms.log_p) * persons
    wider = extra(y, eta[used])
    both = (weight * terms.first[0] * wider).sum(axis=0) @ columns
    own = (columns.T * (weight * terms.first[0] ** 2).sum(axis=0)) @ columns
    variance = float((weight * wider**2).sum() - both @ np.linalg.pinv(own, hermitian=True) @ both)
    score = float((counts[:, used] * wider[: len(counts)]).sum())
    if not variance > 0.0:
        return np.nan, np.nan
    z = score / np.sqrt(variance)
    return float(z), float(ndtr(-z))


def _values(family: Family, eta: Floats, least: int) -> Floats:
    """Numbers of times from 1 until what is left has a chance below `TAIL`, as a column."""
    upto = max(least, 16)
    while True:
        y = np.arange(1.0, upto + 1.0)[:, None]
        if upto >= _MOST or np.exp(family.terms(y, eta, 0.0).log_p).sum(axis=0).min() > 1.0 - TAIL:
            return y
        upto *= 2
