"""Profile likelihood of the number unseen, where all persons have the same chances.

With f₀ unseen and n seen persons, and p₀ the chance never to be seen,

    ℓ(f₀) = log (n + f₀)! − log f₀! + max_θ [f₀ log p₀(θ) + n log(1 − p₀(θ)) + Σ f_y log q_y(θ)],

q_y being the probability of y times given that it is at least once: a multinomial with one more cell (Cormack 1992).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, xlogy

from mse.kernels.profile import ProfileLimits, limits_of
from mse.kernels.truncated import Family

__all__ = ["truncated_limits"]

Floats = NDArray[np.float64]

_WIDEST = 30.0
"""A log mean below −30 is as good as no mean; one above three and the log of the most times seen is never the best."""

_EXACT = 1e-11
"""Log means are found to this, so that the height of the profile is exact."""


def truncated_limits(
    family: Family, counts: Floats, start: float, drop: float, *, free_ones: bool = False
) -> ProfileLimits | None:
    """Find where the profile has fallen by `drop` below its maximum.

    Parameters
    ----------
    family : Family
        One without a parameter ψ.
    counts : array of float, shape (times,)
    start : float
        Estimate of the number unseen.
    drop : float
        Half the quantile of χ² with one degree of freedom.
    free_ones : bool
        Whether a share of the persons is seen once whatever their chances.

    Returns
    -------
    ProfileLimits or None
        As in `mse.kernels.profile.profile_limits`.
    """
    from scipy.optimize import minimize_scalar

    n, widest = float(counts.sum()), float(np.log(len(counts))) + 3.0
    y = np.arange(1.0, len(counts) + 1.0)[:, None]

    def seen(eta: Floats) -> float:
        log_q = family.terms(y, eta, 0.0).log_p[:, 0]
        if not free_ones:
            return float(counts @ log_q)
        share = max(counts[0] / n, float(np.exp(log_q[0])))
        rest = n - counts[0]
        more = counts[1:] @ log_q[1:] - rest * np.log(-np.expm1(log_q[0])) if rest else 0.0
        return float(xlogy(counts[0], share) + xlogy(rest, 1.0 - share) + more)

    def height(unseen: float) -> float:
        def minus(eta: float) -> float:
            at = np.array([eta])
            ratio = float(family.unseen(at, 0.0).ratio[0])
            return float(n * np.log1p(ratio) - unseen * (np.log(ratio) - np.log1p(ratio)) - seen(at))

        best = minimize_scalar(minus, bounds=(-_WIDEST, widest), method="bounded", options={"xatol": _EXACT})
        return -float(best.fun) - float(betaln(unseen + 1.0, n))

    return limits_of(height, n, start, drop)
