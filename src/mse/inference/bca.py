"""Limits from bootstrap replicates: quantiles, plain or corrected for bias and acceleration.

With θ̂ the total, θ* the totals of the replicates and θ₍ᵢ₎ the total without person i, the BCa limits of level 1 − 2α
are the quantiles of θ* at (Efron 1987)

    Φ(z₀ + (z₀ + z)/(1 − a(z₀ + z))),   z = Φ⁻¹(α) and Φ⁻¹(1 − α),
    z₀ = Φ⁻¹(share of θ* below θ̂),   a = Σ (θ̄ − θ₍ᵢ₎)³ / 6 (Σ (θ̄ − θ₍ᵢ₎)²)^(3/2).

Persons with the same history give the same θ₍ᵢ₎, so there is one refit per occupied cell, weighted by its count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mse.core.data import Data
from mse.core.draws import Draws
from mse.core.finding import Finding, Severity
from mse.core.fit import Fit
from mse.core.partial import PartialTable

__all__ = [
    "Limits",
    "acceleration",
    "bca_limits",
    "bca_probabilities",
    "percentile_limits",
    "share_below",
    "without_one",
]

_TIED = 1e-9


@dataclass(frozen=True)
class Limits:
    """Limits of a total, the kind of interval they are, and why that is not the kind asked for."""

    lower: float | None
    upper: float | None
    kind: str
    findings: tuple[Finding, ...] = ()


def percentile_limits(draws: Draws, level: float, *findings: Finding) -> Limits:
    """Quantiles of the totals of the replicates."""
    lower, upper = draws.quantile(np.array([0.5 - level / 2.0, 0.5 + level / 2.0]))
    return Limits(float(lower), float(upper), "percentile", findings)


def bca_limits(fit: Fit, draws: Draws, estimator: Any, table: Data, level: float) -> Limits:
    """Quantiles corrected for bias and acceleration; plain ones, with a finding, where those make no sense.

    Parameters
    ----------
    fit : Fit
        Fit to the table itself.
    draws : Draws
    estimator : Estimator
        Refitted without one person of every occupied cell.
    table : CaptureTable, PartialTable or CountTable
    level : float

    Returns
    -------
    Limits
    """
    below = share_below(draws.total, float(fit.total or table.n_observed))
    if not 0.0 < below < 1.0:
        return percentile_limits(draws, level, _not_bca("bca_one_sided", share=below))
    refits = without_one(estimator, table)
    if any(refit.total is None for refit, _ in refits):
        return percentile_limits(draws, level, _not_bca("bca_no_estimate", model=fit.model))
    if others := sorted({refit.model for refit, _ in refits} - {fit.model}):
        changed = sum(weight for refit, weight in refits if refit.model != fit.model)
        finding = _not_bca("bca_model_changes", model=fit.model, persons=changed, other=others[-1])
        return percentile_limits(draws, level, finding)
    totals = np.array([refit.total for refit, _ in refits])
    a = acceleration(totals, np.array([weight for _, weight in refits], dtype=float))
    corrected = bca_probabilities(below, a, np.array([0.5 - level / 2.0, 0.5 + level / 2.0]))
    lower, upper = draws.quantile(corrected)
    return Limits(float(lower), float(upper), "bca")


def share_below(totals: NDArray[np.float64], total: float) -> float:
    """Share of the replicates below the estimate, half of those that equal it (to a part in 10⁹) included.

    Examples
    --------
    >>> share_below(np.array([9.0, 10.0, 10.0, 11.0]), 10.0)
    0.5
    """
    tied = np.abs(totals - total) <= _TIED * total
    return float(np.mean((totals < total) & ~tied) + 0.5 * np.mean(tied))


def bca_probabilities(below: float, a: float, probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities whose quantiles are the corrected limits.

    Parameters
    ----------
    below : float
        Share of the replicates below the estimate.
    a : float
        Acceleration.
    probability : array of float
        Nominal probabilities.

    Returns
    -------
    array of float

    Examples
    --------
    >>> bca_probabilities(0.5, 0.0, np.array([0.025, 0.975])).round(3).tolist()
    [0.025, 0.975]
    """
    from scipy.special import ndtr, ndtri

    z0 = ndtri(below)
    z = z0 + ndtri(probability)
    corrected: NDArray[np.float64] = ndtr(z0 + z / (1.0 - a * z))
    return corrected


def acceleration(totals: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """Acceleration from totals without one person, each standing for as many persons as its weight.

    Examples
    --------
    >>> acceleration(np.array([9.0, 10.0, 11.0]), np.ones(3))
    0.0
    """
    gap = float(np.average(totals, weights=weights)) - totals
    spread = float((weights * gap**2).sum())
    return float((weights * gap**3).sum()) / (6.0 * spread**1.5) if spread > 0.0 else 0.0


def without_one(estimator: Any, table: Data) -> list[tuple[Fit, int]]:
    """Fit without one person, for each occupied cell, with the number of persons it stands for."""
    everybody = table.recorded if isinstance(table, PartialTable) else table.counts
    refits = []
    for cell in map(tuple, np.argwhere(everybody > 0)):
        counts = everybody.copy()
        counts[cell] -= 1
        if counts.any():
            refits.append((estimator.fit(table.with_counts(counts)), int(everybody[cell])))
    return refits


def _not_bca(code: str, **values: Any) -> Finding:
    return Finding(code, Severity.WARNING, "bootstrap", values)
