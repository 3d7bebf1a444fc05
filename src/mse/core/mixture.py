"""Limits of a weighted mixture of models: quantiles of the sum of their lognormal curves."""

from __future__ import annotations

import numpy as np

from mse.core.model_space import ModelSpace
from mse.core.rivals import PROVED, Rivals

__all__ = ["mixture_limits"]

_HEAVIEST = 5_000
_ENOUGH = 1.0 - 1e-6


def mixture_limits(space: ModelSpace, found: Rivals, n_observed: int, level: float) -> tuple[float, float]:
    """Quantiles of the total under the mixture of the models' lognormal dark figures.

    The heaviest models up to a share of 1 − 10⁻⁶ of the weight (at most 5,000) make the mixture. Each has the
    spread √log(1 + σ²/f₀²) of its lognormal interval (Chao 1987), with σ² = f₀ + f₀² Var θ₀.

    Parameters
    ----------
    space : ModelSpace
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
    variance = space.log_variances(found, chosen)
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
