"""The compiled loops over models: evidence of each, and its curve over the number unseen.

What they compute is said in `mse.kernels.laplace`, which is the door to them.
"""

from __future__ import annotations

from math import lgamma

import numpy as np
from numpy.typing import NDArray

from mse.kernels.compiled import compiled
from mse.kernels.laplace_mix import FEWEST_NODES
from mse.kernels.laplace_newton import (
    LOG_2PI,
    Case,
    Data,
    Prior,
    Scratch,
    climb,
    first_guess,
    log_constant,
    unseen_sum,
)
from mse.kernels.newton import solve

__all__ = ["IMPOSSIBLE", "MOST_NODES", "fit_curves"]

Floats = NDArray[np.float64]
Masks = NDArray[np.int64]
Sets = tuple[Masks, Masks]
"""Models: model m holds the columns from offset m up to offset m + 1."""
Reach = tuple[float, Floats, float]
"""How far curves go: persons seen, log prior of the total times the total as a table over log(unseen + 1), and the
largest log(unseen + 1). The table is not in the curves."""
Line = tuple[Floats, Floats]
"""Values at the nodes of one curve, and the modes there."""
Out = tuple[Floats, Floats, Floats, Floats, Masks, Floats]

MOST_NODES = 160
"""Most nodes of a curve."""

MIDDLE = MOST_NODES // 2

DROP = 30.0
"""A curve ends where it lies this far below its top: exp(−30) of the mass is beyond."""

STEP = 0.5
"""Distance between nodes, as a share of the spread of the log number unseen."""

IMPOSSIBLE = -1e9
"""Log prior of a total that cannot be; a curve goes on through such totals to where it can be."""

LARGE_COUNT = 50.0
"""Above this Stirling's series is exact in double precision, and free of the cancellation of large logarithms."""

_EDGE = 1e-9


@compiled
def stirling(n: float) -> float:
    """Log Γ(n) − ((n − ½) log n − n + ½ log 2π), for n above 0."""
    if n > LARGE_COUNT:
        return (1.0 - 1.0 / (30.0 * n * n)) / (12.0 * n)
    return float(lgamma(n) - ((n - 0.5) * np.log(n) - n + 0.5 * LOG_2PI))


@compiled
def between(table: Floats, x: float) -> float:
    """Value at x of a function tabulated from 0 on at distances table[0], in straight lines."""
    place = x / table[0]
    left = min(max(int(place), 0), table.shape[0] - 3)
    share = min(place - left, 1.0)
    low, high = table[1 + left], table[2 + left]
    if share <= 0.0:
        return float(low)
    return float(low + share * (high - low))


@compiled
def node(case: Case, n_observed: float, theta: Floats, x: float, scratch: Scratch) -> float:
    """Log of p(y, unseen | model) under a flat intercept, without the model's constant, at unseen = eˣ − 1."""
    unseen = np.expm1(x)
    value, log_det = climb(case, theta, unseen, scratch)
    if unseen > 0.0:
        value -= 0.5 * (LOG_2PI + np.log(unseen)) + stirling(unseen)
    return value - 0.5 * log_det + stirling(n_observed + unseen)


@compiled
def walk(case: Case, reach: Reach, mode: Floats, x: float, h: float, top: float, line: Line, scratch: Scratch) -> float:
    """Nodes from x on by steps of h, until the curve has dropped, an end is reached or no node is left.

    `mode` is the one at x, and nodes stand in `line` from its middle on, upwards or downwards as h goes; what is not
    reached stays NaN. Returns the highest posterior value so far.
    """
    n_observed, belief, last = reach
    values, points = line
    p = case[2].shape[0]
    theta, back = mode.copy(), mode.copy()
    place = MIDDLE
    while 0 < place < MOST_NODES - 1:
        place += 1 if h > 0.0 else -1
        x += h
        if x < -_EDGE or (h > 0.0 and x > last + h):
            break
        for i in range(p):
            ahead = 2.0 * theta[i] - back[i]
            back[i] = theta[i]
            theta[i] = ahead
        values[place] = node(case, n_observed, theta, max(x, 0.0), scratch)
        if values[place] != values[place]:
            break
        for i in range(p):
            points[place, i] = theta[i]
        before = between(belief, max(x, 0.0))
        height = values[place] + before + x
        top = max(top, height)
        if before > IMPOSSIBLE and not height > top - DROP:
            break
    return top


@compiled
def trace(
    case: Case, reach: Reach, theta: Floats, dark: float, spread: float, line: Line, scratch: Scratch
) -> tuple[int, int, float, float]:
    """Curve of one model, from near its top both ways; first and last place in `line`, first node and step.

    `dark` is the mean of the unseen at `theta`, the mode of the observed cells, and `spread` the variance of its log.
    """
    n_observed, belief, last = reach
    values, points = line
    values[:] = np.nan
    small = dark / (dark + 1.0)
    h = STEP * min(np.sqrt(max(spread, 0.0) * small * small + 1.0 / (dark + 1.0)), 1.0)
    x = min(max(np.log(dark + 1.0), h), max(last, h))
    if x / h < MIDDLE - 1.0:
        h = x / np.ceil(x / h)
    values[MIDDLE] = node(case, n_observed, theta, x, scratch)
    if values[MIDDLE] != values[MIDDLE]:
        return 0, -1, x, h
    for i in range(case[2].shape[0]):
        points[MIDDLE, i] = theta[i]
    top = values[MIDDLE] + between(belief, x) + x
    top = walk(case, reach, theta, x, h, top, line, scratch)
    walk(case, reach, theta, x, -h, top, line, scratch)
    begin, end = MIDDLE, MIDDLE
    while begin > 0 and values[begin - 1] == values[begin - 1]:
        begin -= 1
    while end < MOST_NODES - 1 and values[end + 1] == values[end + 1]:
        end += 1
    return begin, end, x - (MIDDLE - begin) * h, h


@compiled
def observed_mode(case: Case, near: Floats, warm: bool, theta: Floats, scratch: Scratch) -> tuple[float, float]:
    """Mode of the observed cells alone, from the coefficients of another model or from least squares."""
    index = case[2]
    value, log_det = np.nan, np.nan
    if warm:
        for i in range(index.shape[0]):
            theta[i] = near[index[i]]
        value, log_det = climb(case, theta, -1.0, scratch)
    if value != value and first_guess(case, theta, scratch):
        value, log_det = climb(case, theta, -1.0, scratch)
    return value, log_det


@compiled
def fit_curves(
    data: Data, prior: Prior, models: Sets, reach: Reach, grid: bool, out: Out, thetas: NDArray[np.float64]
) -> None:
    """Laplace evidence of many models, and where `grid` their curves over the log of the number unseen.

    `thetas` keeps the modes at the nodes of as many models as it has room for.
    """
    simple, darks, first, steps, counts, curves = out
    offsets, columns_of = models
    n_models = offsets.shape[0] - 1
    n_strata, size = data[0].shape
    most = 0
    for m in range(n_models):
        most = max(most, offsets[m + 1] - offsets[m])
    scratch = (
        np.zeros((n_strata, size)), np.zeros((n_strata, size)), np.zeros((most, most)), np.zeros(most),
        np.zeros(most), np.zeros(most), np.zeros(most),
    )  # fmt: skip
    mu, _, info, step, _, _, lean = scratch
    line = (np.zeros(MOST_NODES), np.zeros((MOST_NODES, most)))
    near = np.zeros(data[2].shape[1])
    warm = False
    for m in range(n_models):
        index = columns_of[offsets[m] : offsets[m + 1]]
        case = (data, prior, index)
        p = index.shape[0]
        theta = np.zeros(p)
        constant = log_constant(case, info)
        value, log_det = observed_mode(case, near, warm, theta, scratch)
        if value != value:
            continue
        warm = True
        near[:] = 0.0
        for i in range(p):
            near[index[i]] = theta[i]
        simple[m] = constant + value - 0.5 * log_det
        darks[m] = unseen_sum(mu)
        if not grid:
            continue
        for i in range(p):
            step[i] = lean[i] / darks[m]
        solve(info, p, step)
        spread = 0.0
        for i in range(p):
            spread += step[i] * lean[i] / darks[m]
        begin, end, first[m], steps[m] = trace(case, reach, theta, darks[m], spread, line, scratch)
        if end - begin + 1 < FEWEST_NODES:
            continue
        counts[m] = end - begin + 1
        for k in range(counts[m]):
            curves[m, k] = constant + line[0][begin + k]
            if m < thetas.shape[0]:
                for i in range(p):
                    thetas[m, k, i] = line[1][begin + k, i]
