"""The compiled loops of models with strata: transforms, information and Newton's method.

All compiled functions that call each other stand in this file, because a cached caller does not notice a change
of a callee elsewhere. That is why the transforms and the solver of `mse.kernels.newton` are written again here. What
they compute is said in `mse.kernels.strata`, which is the door to them.

A design is a tuple of four arrays: the entries of stratum s that are not 0 are ``starts[s]`` up to
``starts[s + 1]``, each with its column and its value; ``masks`` holds the lists of each column.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mse.kernels.compiled import compiled

__all__ = [
    "Design",
    "add_supersets",
    "backward",
    "collect",
    "forward",
    "information",
    "leave_out",
    "newton",
    "predict",
    "solve",
    "subtract_products",
]

Floats = NDArray[np.float64]
Masks = NDArray[np.int64]
Flags = NDArray[np.bool_]
Design = tuple[Masks, Masks, Floats, Masks]

MAX_ITERATIONS = 60
"""Most Newton steps. On tables of the tests and random ones existence was proved within 13 steps, and models without a
proof were given up within 29."""

HALVINGS = 30
"""Most halvings of a step, to a billionth of it, which no longer moves a fit. The first length that loses nothing is
taken: on random tables that was the whole step in each of 2,300."""

LARGEST = 600.0
"""Linear predictors are cut here: exp of it is still a number, and so is its sum over cells."""

REACH = 0.1
"""Existence is proved when the next step would change no fitted count by more than this share of itself."""

SETTLED = 1e-7
"""Newton's last step: where it changes fitted counts by this share, what is left after it is the square of it."""

_ROUNDING = 1e-11
"""Scores below this share of their margin are rounding; a fit goes no nearer."""

_CLOSE = 1e-9
"""Where steps no longer shrink, scores below this share of their margin will do."""

_PIVOT = 1e-11
"""Newton gives up where a column leaves this share of its information, or less: rounding leaves up to 10⁻¹³."""

_SLACK = 1e-11
"""Rounding of the log-likelihood, as a share of it: a step that loses no more than this is taken."""


@compiled
def add_supersets(values: Floats) -> None:
    n, size = values.shape
    for s in range(n):
        step = 1
        while step < size:
            for start in range(0, size, 2 * step):
                for cell in range(start, start + step):
                    values[s, cell] += values[s, cell + step]
            step *= 2


@compiled
def add_subsets(values: Floats) -> None:
    n, size = values.shape
    for s in range(n):
        step = 1
        while step < size:
            for start in range(0, size, 2 * step):
                for cell in range(start, start + step):
                    values[s, cell + step] += values[s, cell]
            step *= 2


@compiled
def predict(design: Design, theta: Floats, eta: Floats) -> None:
    """Put the linear predictor of every cell into `eta`."""
    starts, columns, values, masks = design
    n, size = eta.shape
    for s in range(n):
        for cell in range(size):
            eta[s, cell] = 0.0
        for k in range(starts[s], starts[s + 1]):
            eta[s, masks[columns[k]]] += values[k] * theta[columns[k]]
    add_subsets(eta)


@compiled
def collect(design: Design, sums: Floats, out: Floats) -> None:
    """Put Xᵀv into `out`, where `sums` are the superset sums of v."""
    starts, columns, values, masks = design
    for j in range(out.shape[0]):
        out[j] = 0.0
    for s in range(sums.shape[0]):
        for k in range(starts[s], starts[s + 1]):
            out[columns[k]] += values[k] * sums[s, masks[columns[k]]]


@compiled
def information(left: Design, right: Design, same: bool, sums: Floats, out: Floats) -> None:
    """Put X_leftᵀ diag(w) X_right into `out`, where `sums` are the superset sums of w; if `same`, its upper half."""
    starts, columns, values, masks = left
    starts_right, columns_right, values_right, masks_right = right
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = 0.0
    for s in range(sums.shape[0]):
        for k in range(starts[s], starts[s + 1]):
            i, value, mask = columns[k], values[k], masks[columns[k]]
            for m in range(k if same else starts_right[s], starts_right[s + 1]):
                j = columns_right[m]
                out[i, j] += value * values_right[m] * sums[s, mask | masks_right[j]]


@compiled
def leave_out(a: Floats, reference: Floats, tolerance: float, used: Flags) -> int:
    """Cholesky factor in place (upper triangle), column by column, that leaves out what depends on columns before.

    A column whose pivot is at most `tolerance` times its `reference` is not `used`; returns how many are.
    """
    p = a.shape[0]
    rank = 0
    for k in range(p):
        used[k] = a[k, k] > tolerance * reference[k]
        if not used[k]:
            continue
        rank += 1
        root = np.sqrt(a[k, k])
        a[k, k] = root
        inverse = 1.0 / root
        for j in range(k + 1, p):
            a[k, j] *= inverse
        for i in range(k + 1, p):
            factor = a[k, i]
            if factor != 0.0:
                for j in range(i, p):
                    a[i, j] -= factor * a[k, j]
    return rank


@compiled
def forward(a: Floats, used: Flags, x: Floats) -> None:
    """Solve Rᵀx = b with the factor R of the used columns, in place and for all columns of b; other rows become 0."""
    for i in range(a.shape[0]):
        for j in range(x.shape[1]):
            x[i, j] = x[i, j] / a[i, i] if used[i] else 0.0
        for k in range(i + 1, a.shape[0]):
            scale = a[i, k]
            if scale != 0.0 and used[i] and used[k]:
                for j in range(x.shape[1]):
                    x[k, j] -= scale * x[i, j]


@compiled
def backward(a: Floats, used: Flags, x: Floats) -> None:
    """Solve Rx = b with the factor R of the used columns, in place and for all columns of b; other rows become 0."""
    for i in range(a.shape[0] - 1, -1, -1):
        for k in range(i + 1, a.shape[0]):
            scale = a[i, k]
            if scale != 0.0 and used[i] and used[k]:
                for j in range(x.shape[1]):
                    x[i, j] -= scale * x[k, j]
        for j in range(x.shape[1]):
            x[i, j] = x[i, j] / a[i, i] if used[i] else 0.0


@compiled
def subtract_products(half: Floats, first: int, out: Floats) -> None:
    """Take hᵀh from `out`, where h are as many columns of `half` as `out` has, from the `first` on."""
    q = out.shape[0]
    for k in range(half.shape[0]):
        for i in range(q):
            scale = half[k, first + i]
            for j in range(q):
                out[i, j] -= scale * half[k, first + j]


@compiled
def solve(a: Floats, x: Floats) -> None:
    """Solve with a factor that leaves out nothing, in place."""
    p = a.shape[0]
    for i in range(p):
        x[i] /= a[i, i]
        scale = x[i]
        for j in range(i + 1, p):
            x[j] -= a[i, j] * scale
    for i in range(p - 1, -1, -1):
        total = x[i]
        for j in range(i + 1, p):
            total -= a[i, j] * x[j]
        x[i] = total / a[i, i]


@compiled
def inner(left: Floats, right: Floats) -> float:
    total = 0.0
    for i in range(left.shape[0]):
        total += left[i] * right[i]
    return total


@compiled
def evaluate(eta: Floats, move: Floats, length: float, keep: Flags, weights: Floats, total: float, mu: Floats) -> float:
    """Put the fitted counts of kept cells into `mu`; return Σμ, plus m − total · log m if the unseen are observed."""
    n, size = keep.shape
    value = 0.0
    unseen = 0.0
    for s in range(n):
        for cell in range(size):
            mu[s, cell] = 0.0
            if keep[s, cell]:
                mu[s, cell] = np.exp(min(eta[s, cell] + length * move[s, cell], LARGEST))
                value += mu[s, cell]
        if total >= 0.0 and weights[s] != 0.0:
            unseen += weights[s] * np.exp(min(eta[s, 0] + length * move[s, 0], LARGEST))
    if total >= 0.0:
        value += unseen
        if total > 0.0:
            value -= total * np.log(unseen)
    return value


@compiled
def pull_of_unseen(design: Design, eta: Floats, weights: Floats, pull: Floats) -> float:
    """Put the gradient of the weighted sum of unseen counts into `pull`; returns the sum."""
    starts, columns, values, masks = design
    for i in range(pull.shape[0]):
        pull[i] = 0.0
    unseen = 0.0
    for s in range(weights.shape[0]):
        if weights[s] != 0.0:
            mean = weights[s] * np.exp(min(eta[s, 0], LARGEST))
            unseen += mean
            for k in range(starts[s], starts[s + 1]):
                if masks[columns[k]] == 0:
                    pull[columns[k]] += values[k] * mean
    return unseen


@compiled
def curvature(
    design: Design, eta: Floats, weights: Floats, ratio: float, pull: Floats, unseen: float, sums: Floats, info: Floats
) -> bool:
    """Put the factor of the information into `info`; False where it has none.

    An observed number of unseen, `ratio` times what is fitted, adds (1 − ratio) Zᵀdiag(m)Z + ratio · gg'/m, with g its
    gradient. That can be indefinite where the ratio is above 1. A `ratio` below 0 stands for its expectation, gg'/m.
    """
    p = pull.shape[0]
    diagonal, used = np.zeros(p), np.zeros(p, dtype=np.bool_)
    if ratio >= 0.0:
        for s in range(weights.shape[0]):
            sums[s, 0] += (1.0 - ratio) * weights[s] * np.exp(min(eta[s, 0], LARGEST))
    information(design, design, True, sums, info)
    if unseen > 0.0:
        share = (ratio if ratio >= 0.0 else 1.0) / unseen
        for i in range(p):
            if pull[i] != 0.0:
                for j in range(i, p):
                    info[i, j] += share * pull[i] * pull[j]
    for i in range(p):
        diagonal[i] = abs(info[i, i])
    return bool(leave_out(info, diagonal, _PIVOT, used) == p)


@compiled
def newton(
    design: Design,
    targets: Floats,
    scale: Floats,
    keep: Flags,
    weights: Floats,
    total: float,
    theta: Floats,
) -> tuple[bool, int, float]:
    """Newton's method from `theta`: whether existence is proved, iterations, and the largest score ÷ `scale` left.

    `targets` are the sufficient statistics; `total` is below 0 where the unseen are not observed.

    The proof: with δ the next step and r the scores, d = diag(μ)Xδ has Xᵀd = r. So if Xδ > −1 in all kept cells,
    μ + d is a table that is positive everywhere and has the margins of the data. On a ray Xδ tends to −1.
    """
    p = theta.shape[0]
    n, size = keep.shape
    eta, move, mu, sums = np.zeros((n, size)), np.zeros((n, size)), np.zeros((n, size)), np.zeros((n, size))
    info, step, pull, first = np.zeros((p, p)), np.zeros(p), np.zeros(p), np.zeros(n)
    unseen, ratio = 0.0, -1.0
    predict(design, theta, eta)
    value = evaluate(eta, move, 0.0, keep, weights, total, mu) - inner(theta, targets)
    for iteration in range(1, MAX_ITERATIONS + 1):
        for s in range(n):
            for cell in range(size):
                sums[s, cell] = mu[s, cell]
        add_supersets(sums)
        collect(design, sums, step)
        if total >= 0.0:
            unseen = pull_of_unseen(design, eta, weights, pull)
            ratio = total / unseen
        relative = 0.0
        for i in range(p):
            step[i] = targets[i] - step[i]
            if total >= 0.0:
                step[i] += (ratio - 1.0) * pull[i]
            relative = max(relative, abs(step[i]) / scale[i])
        for s in range(n):
            first[s] = sums[s, 0]
        if not curvature(design, eta, weights, ratio, pull, unseen, sums, info):
            for s in range(n):
                sums[s, 0] = first[s]
            if total < 0.0 or not curvature(design, eta, weights, -1.0, pull, unseen, sums, info):
                return False, iteration, relative
        solve(info, step)
        if not np.isfinite(inner(step, step)):
            return False, iteration, relative
        predict(design, step, move)
        reach = 0.0
        for s in range(n):
            for cell in range(size):
                if keep[s, cell] or (cell == 0 and total >= 0.0 and weights[s] != 0.0):
                    reach = max(reach, abs(move[s, cell]))
        if reach <= SETTLED or relative <= _ROUNDING or (iteration == MAX_ITERATIONS and relative <= _CLOSE):
            if reach < REACH:
                for i in range(p):
                    theta[i] += step[i]
            return reach < REACH, iteration, relative
        length = 1.0
        gain, before, previous = inner(step, targets), inner(theta, targets), value
        for _ in range(HALVINGS):
            value = evaluate(eta, move, length, keep, weights, total, mu) - before - length * gain
            if value <= previous + _SLACK * (abs(previous) + 1.0):
                break
            length *= 0.5
        for i in range(p):
            theta[i] += length * step[i]
        for s in range(n):
            for cell in range(size):
                eta[s, cell] += length * move[s, cell]
    return False, MAX_ITERATIONS, relative
