"""The shortest interval that holds a share of weighted draws."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["shortest_interval"]

_ROUNDING = 1e-12
"""Weights that were added up miss a level by rounding alone."""


def shortest_interval(
    values: NDArray[np.float64], weight: NDArray[np.float64] | None, level: float
) -> tuple[float, float]:
    """Return the shortest interval between two draws that holds at least `level` of the weight.

    It is the interval of highest density where that is one interval. Of a posterior with separate peaks the points of
    highest density are several intervals; this is still the shortest single one, the lowest of equally short ones.

    Parameters
    ----------
    values : array of float
        Draws, or the points of a grid, in any order.
    weight : array of float or None
        Weights that sum to 1; equal where None.
    level : float
        Weight that the interval holds.

    Returns
    -------
    lower, upper : float

    Examples
    --------
    >>> shortest_interval(np.array([10.0, 11.0, 12.0, 30.0]), np.array([0.3, 0.4, 0.2, 0.1]), 0.9)
    (10.0, 12.0)
    """
    order = np.argsort(values, kind="stable")
    ranked = values[order]
    share = np.full(len(ranked), 1.0 / len(ranked)) if weight is None else weight[order]
    reached = np.cumsum(share)
    before = reached - share
    last = np.searchsorted(reached, before + level - _ROUNDING)
    first = np.flatnonzero(last < len(ranked))
    widths = ranked[last[first]] - ranked[first]
    best = int(first[np.argmin(widths)])
    return float(ranked[best]), float(ranked[last[best]])
