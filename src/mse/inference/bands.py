"""Limits of parts of a population from replicates: each by itself, or all together in a simultaneous band.

The band (Montiel Olea and Plagborg-Møller 2019, algorithm 2) takes of every part the quantiles ζ/2 and 1 − ζ/2 of its
replicates, with ζ the largest value for which a share 1 − α of the replicates lies within the limits of all parts at
once. So it needs no normal distribution, follows the skewness of every part and uses how parts vary together.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Band", "pointwise", "simultaneous"]

_PLACE = 1.0 / 3.0
"""The k-th of n ordered replicates is the quantile (k − 1/3)/(n + 1/3) (Hyndman and Fan 1996, type 8)."""


class Band(NamedTuple):
    """Limits of several parts."""

    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    level: float
    """Level of the limits of each part by itself."""
    beyond: int
    """Replicates of a part at or beyond each of its limits."""


def pointwise(totals: NDArray[np.float64], level: float) -> Band:
    """Quantiles of each part by itself.

    Parameters
    ----------
    totals : array of float, shape (replicates, parts)
    level : float

    Examples
    --------
    >>> pointwise(np.arange(1.0, 100.0)[:, None], 0.9).lower.round(2).tolist()
    [5.3]
    """
    edges = np.array([0.5 - level / 2.0, 0.5 + level / 2.0])
    lower, upper = np.quantile(totals, edges, axis=0, method="median_unbiased")
    return Band(lower, upper, level, int(len(totals) * edges[0]))


def simultaneous(totals: NDArray[np.float64], level: float) -> Band:
    """Limits that hold all parts at once in a share `level` of the replicates, and are no narrower than those of each.

    Parameters
    ----------
    totals : array of float, shape (replicates, parts)
    level : float

    Examples
    --------
    >>> totals = np.random.default_rng(1).normal(size=(999, 5))
    >>> band = simultaneous(totals, 0.95)
    >>> inside = ((totals >= band.lower) & (totals <= band.upper)).all(axis=1).mean()
    >>> bool(0.95 <= inside < 0.955), round(band.level, 2)
    (True, 0.99)
    """
    from scipy.stats import rankdata

    n = len(totals)
    from_below = rankdata(totals, method="max", axis=0)
    from_above = n + 1 - rankdata(totals, method="min", axis=0)
    depth = np.sort(np.minimum(from_below, from_above).min(axis=1))
    place = max(int((1.0 - level) * (n + _PLACE) + _PLACE), 1)
    beyond = int(min(depth[place - 1], (n + 1) // 2))
    ordered, each = np.sort(totals, axis=0), pointwise(totals, level)
    lower, upper = np.minimum(ordered[beyond - 1], each.lower), np.maximum(ordered[n - beyond], each.upper)
    tail = (beyond - _PLACE) / (n + _PLACE)
    return Band(lower, upper, max(1.0 - 2.0 * tail, level), beyond)
