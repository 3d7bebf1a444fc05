"""Limits of a weighted mixture of models: quantiles of the sum of their lognormal curves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mse.core.rivals import PROVED, Rivals

__all__ = ["mixture_limits"]

_HEAVIEST = 5_000
_ENOUGH = 1.0 - 1e-6


def mixture_limits(counts: NDArray[np.float64], found: Rivals, n_observed: int, level: float) -> tuple[float, float]:
    """Quantiles of the total under the mixture of the models' lognormal dark figures.

    The heaviest models up to a share of 1 − 10⁻⁶ of the weight (at most 5,000) make the mixture. Each has the
    spread √log(1 + σ²/f₀²) of its lognormal interval (Chao 1987), with σ² = f₀ + f₀² Var θ₀.

    Parameters
    ----------
    counts : array of float
        Counts by mask of lists.
    found : Rivals
    n_observed : int
    level : float

    Returns
    -------
    lower, upper : float
    """
    from scipy.optimize import brentq
    from scipy.special import ndtr

    weight = found.weights()
    heaviest = np.argsort(-weight, kind="stable")[:_HEAVIEST]
    enough = int(np.searchsorted(np.cumsum(weight[heaviest]), _ENOUGH * weight.sum())) + 1
    chosen = heaviest[:enough]
    chosen = chosen[found.outcome[chosen] == PROVED]
    dark, weight = found.dark_figure[chosen], weight[chosen] / weight[chosen].sum()
    variance = _log_variances(counts, found, chosen)
    spread = np.sqrt(np.log1p(1.0 / np.maximum(dark, 1e-300) + variance))
    logs = np.log(np.maximum(dark, 1e-300))

    def below(log_dark: float, probability: float) -> float:
        return float((weight * ndtr((log_dark - logs) / spread)).sum() - probability)

    reach = (float((logs - 40.0 * spread).min()), float((logs + 40.0 * spread).max()))
    lower, upper = (
        n_observed + float(np.exp(brentq(below, *reach, args=(probability,), xtol=1e-12)))
        for probability in (0.5 - level / 2.0, 0.5 + level / 2.0)
    )
    return lower, upper


def _log_variances(counts: NDArray[np.float64], found: Rivals, chosen: NDArray[np.intp]) -> NDArray[np.float64]:
    from mse.kernels.lattice import model_masks
    from mse.kernels.poisson import fit_poisson, sweep

    n_lists = len(counts).bit_length() - 1
    variances = np.full(len(chosen), np.nan)
    if found.bits.dtype == np.uint64:
        variances = sweep(counts, found.interactions, found.bits[chosen], variances=True).log_variance
    for place in np.flatnonzero(~np.isfinite(variances)):
        masks = model_masks(int(found.bits[chosen[place]]), found.interactions, n_lists)
        variances[place] = fit_poisson(counts, masks).covariance[0, 0]
    return variances
