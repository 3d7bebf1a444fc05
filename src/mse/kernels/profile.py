"""Profile likelihood of the total: the unseen count as one more cell of a multinomial (Cormack 1992)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln

from mse.kernels.poisson import NOTHING, profile_log_likelihood

__all__ = ["ProfileLimits", "limits_of", "profile_limits", "profile_values"]

SMALLEST = 1e-7
"""An unseen count that counts as 0."""

LARGEST_SHARE = 1e9
"""A profile that is still inside at this many times the persons seen has no upper limit."""

LARGEST = 1e10
"""Unseen counts above this drown the profile in rounding: it falls by f₀ log f₀ times the precision of a number."""


class ProfileLimits(NamedTuple):
    """Limits of the unseen count.

    Attributes
    ----------
    peak : float
        Unseen count at the maximum of the multinomial profile (a little below the Poisson estimate).
    lower : float
        0 where the profile stays inside all the way down.
    upper : float or None
        None where the profile never leaves.
    """

    peak: float
    lower: float
    upper: float | None


def profile_values(
    counts: NDArray[np.float64],
    retained: NDArray[np.bool_],
    masks: NDArray[np.int64],
    unseen: NDArray[np.float64],
    offset: NDArray[np.float64] = NOTHING,
) -> NDArray[np.float64]:
    """Profile log-likelihood of the total, up to a constant, at counts of the unseen.

    ℓ(N) = log N! − log(N − n)! + max_p Σ y log p. The two factorials are taken together as a beta function, which
    stays exact where each of them is huge.
    """
    n = float(counts[1:].sum())
    factorials = -betaln(unseen + 1.0, n)
    return factorials + profile_log_likelihood(counts, retained, masks, unseen, offset)


def profile_limits(
    counts: NDArray[np.float64],
    retained: NDArray[np.bool_],
    masks: NDArray[np.int64],
    start: float,
    drop: float,
    offset: NDArray[np.float64] = NOTHING,
) -> ProfileLimits | None:
    """Find where the profile has fallen by `drop` below its maximum.

    Parameters
    ----------
    counts, retained, masks
        As in `profile_values`.
    start : float
        The Poisson estimate of the unseen count.
    drop : float
        Half the quantile of χ² with one degree of freedom.
    offset : array of float, optional
        What is added to the linear predictor of each cell.

    Returns
    -------
    ProfileLimits or None
        None where the profile cannot be evaluated, or not to the precision that limits need.
    """

    def height(unseen: float) -> float:
        return float(profile_values(counts, retained, masks, np.array([unseen]), offset)[0])

    return limits_of(height, float(counts[1:].sum()), start, drop)


def limits_of(profile: Callable[[float], float], n: float, start: float, drop: float) -> ProfileLimits | None:
    """Find where any profile of the unseen count has fallen by `drop` below its maximum.

    Parameters
    ----------
    profile : callable
        Profile log-likelihood at a count of the unseen, up to a constant.
    n : float
        Persons seen.
    start, drop
        As in `profile_limits`.

    Returns
    -------
    ProfileLimits or None
        As in `profile_limits`.
    """
    from scipy.optimize import brentq, minimize_scalar

    def height(log_unseen: float) -> float:
        return profile(float(np.exp(log_unseen)))

    low, high = np.log(SMALLEST), np.log(LARGEST_SHARE * max(n, 1.0))
    begin = float(np.clip(np.log(max(start, SMALLEST)), low, high))
    bracket = _bracket(height, begin, low, high)
    peak = minimize_scalar(lambda x: -height(x), bounds=bracket, method="bounded", options={"xatol": 1e-10})
    top, at = -float(peak.fun), float(peak.x)
    if not np.isfinite(top) or at > np.log(LARGEST):
        return None

    def excess(log_unseen: float) -> float:
        return height(log_unseen) - top + drop

    def crossing(direction: float, end: float) -> float | None:
        inside, width = at, 0.05
        while True:
            outside = inside + direction * width
            if direction * (outside - end) >= 0.0:
                outside = end
            if not excess(outside) > 0.0:
                return float(np.exp(brentq(excess, inside, outside, xtol=1e-12, rtol=1e-12)))
            if outside == end:
                return None
            inside, width = outside, 2.0 * width

    lower, upper = crossing(-1.0, low), crossing(1.0, high)
    return ProfileLimits(float(np.exp(at)), 0.0 if lower is None else lower, upper)


def _bracket(height: Callable[[float], float], begin: float, low: float, high: float) -> tuple[float, float]:
    """Widen around the starting point until the profile falls on both sides."""
    width = 0.25
    while True:
        left, right = max(begin - width, low), min(begin + width, high)
        middle = height(begin)
        if (left == low or height(left) < middle) and (right == high or height(right) < middle):
            return left, right
        width *= 2.0
