"""Smoothed densities of totals, at round totals that do not hang on the data."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mse.core.draws import quantiles

__all__ = ["FIRST_ROWS", "UNIT", "bandwidth", "round_totals", "smoothed", "window"]

UNIT = 5
"""Round totals are multiples of this, as released counts are: so a curve may be released as it is."""

FIRST_ROWS = 10
"""Points of a curve that a page prints below its picture; files hold all of them."""

_POINTS = 140
"""About as many points has a density: a smooth line on a page."""

_MOST_DRAWS = 10_000
"""More draws do not narrow the smoothing: a line of `_POINTS` points would not show it."""

_TAILS = (0.005, 0.025, 0.5, 0.975, 0.995)

_STEPS = (1.0, 2.0, 5.0)


def bandwidth(totals: NDArray[np.float64], weight: NDArray[np.float64] | None) -> float:
    """Bandwidth on the log of the total (Silverman 1986, equation 3.31), and never finer than the round totals.

    Examples
    --------
    >>> totals = np.exp(np.random.default_rng(1).normal(7.0, 0.1, size=1_000))
    >>> 0.02 < bandwidth(totals, None) < 0.03
    True
    """
    logs = np.log(totals)
    quartiles = quantiles(logs, np.array([0.25, 0.5, 0.75]), weight)
    spread = math.sqrt(float(np.average((logs - np.average(logs, weights=weight)) ** 2, weights=weight)))
    narrow = min(spread, float(quartiles[2] - quartiles[0]) / 1.34) or spread
    wide = 0.9 * narrow * float(min(len(totals), _MOST_DRAWS)) ** -0.2
    return float(max(wide, 0.6 * UNIT / math.exp(float(quartiles[1]))))


def window(totals: NDArray[np.float64], weight: NDArray[np.float64] | None, width: float) -> tuple[float, float]:
    """Totals between which a density is shown: nearly all of it, but no tail longer than the middle is wide."""
    low, lower, _, upper, high = np.log(quantiles(totals, np.array(_TAILS), weight))
    reach = upper - lower
    return (
        math.exp(max(low, lower - reach) - 2.0 * width),
        math.exp(min(high, upper + reach) + 2.0 * width),
    )


def round_totals(low: float, high: float) -> NDArray[np.float64]:
    """Round numbers that span two totals, about evenly spaced on the log scale.

    They are multiples of `UNIT` from a list that is the same for every table, so that they say no more of a table
    than about where its total lies.

    Examples
    --------
    >>> round_totals(700.0, 760.0)[:4].tolist()
    [700.0, 705.0, 710.0, 715.0]
    """
    step = _round_step(math.log(high / low) / _POINTS)
    room = 1 + math.ceil(UNIT / (low * step))
    first, last = math.floor(math.log(low) / step) - room, math.ceil(math.log(high) / step) + room
    exact = np.exp(step * np.arange(first, last + 1))
    unit = np.maximum(UNIT, 10.0 ** np.floor(np.log10(exact * step)))
    totals = np.unique(unit * np.rint(exact / unit))
    start, end = np.searchsorted(totals, low, side="right") - 1, np.searchsorted(totals, high)
    spanning = totals[max(int(start), 0) : int(end) + 1]
    return spanning[spanning > 0.0]


def _round_step(step: float) -> float:
    """The largest of 1, 2 and 5 times a power of ten that is no larger."""
    power = 10.0 ** math.floor(math.log10(step))
    return max(factor * power for factor in _STEPS if factor * power <= step * (1.0 + 1e-9))


def smoothed(
    totals: NDArray[np.float64], weight: NDArray[np.float64] | None, width: float, at: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Density of the log total, smoothed by a normal curve of this bandwidth, at some totals."""
    share = np.full(len(totals), 1.0 / len(totals)) if weight is None else weight
    logs, place = np.unique(np.log(totals), return_inverse=True)
    share = np.bincount(place, weights=share)
    found = np.empty(len(at))
    for index, total in enumerate(np.log(at)):
        z = (logs - total) / width
        found[index] = share @ np.exp(-0.5 * z * z)
    return found / (width * math.sqrt(2.0 * math.pi))
