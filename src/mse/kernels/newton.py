"""The compiled loops: transforms over cells, a Cholesky factor, Newton's method for one model and for many.

All compiled functions that call each other stand in this file, because a cached caller does not notice a change
of a callee elsewhere. What they compute is said in `mse.kernels.poisson`, which is the door to them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mse.kernels.compiled import compiled

__all__ = [
    "PROVED",
    "SINGULAR",
    "UNPROVED",
    "add_supersets",
    "factor",
    "fit_model",
    "fit_models",
    "profile_unseen",
    "split_terms",
]

Floats = NDArray[np.float64]
Masks = NDArray[np.int64]
Flags = NDArray[np.bool_]
Ending = tuple[int, float, int, float]
"""Outcome, value of `evaluate`, iterations, largest score."""

PROVED, UNPROVED, SINGULAR = 0, 1, 2
"""Outcome of a fit: existence is proved by the screen, is not, or there are more terms than cells can tell apart."""

TOLERANCE = 1e-10
"""Change of the log-likelihood at which Newton's iterations stop; looser ones leave more models unproved."""

MAX_ITERATIONS = 60
SCORE_SHARE = 0.1
"""Existence counts as proved when no score exceeds this share of the smallest fitted count."""

_QUADRATIC = 1e-6
"""A change this small, a thousand times smaller than the one before, leaves an error of its square."""
_SETTLED = 1e-5
_DIVERGING_AFTER = 9
_PIVOT = 1e-11
_CLOSE = 1e-9
"""Where `patient`, scores must fall below this share of their margin."""
_ROUNDING = 1e-11
"""Scores below this share of their margin are rounding; a fit goes no nearer."""


@compiled
def add_supersets(values: Floats) -> None:
    size = values.shape[0]
    step = 1
    while step < size:
        for start in range(0, size, 2 * step):
            for cell in range(start, start + step):
                values[cell] += values[cell + step]
        step *= 2


@compiled
def add_subsets(values: Floats) -> None:
    size = values.shape[0]
    step = 1
    while step < size:
        for start in range(0, size, 2 * step):
            for cell in range(start, start + step):
                values[cell + step] += values[cell]
        step *= 2


@compiled
def factor(a: Floats, p: int) -> bool:
    """Cholesky factor in place (upper triangle, row by row); False where a pivot vanishes."""
    for k in range(p):
        scale = a[k, k]
        if not scale > 0.0:
            return False
        root = np.sqrt(scale)
        a[k, k] = root
        inverse = 1.0 / root
        for j in range(k + 1, p):
            a[k, j] *= inverse
        for i in range(k + 1, p):
            factor = a[k, i]
            if factor != 0.0:
                for j in range(i, p):
                    a[i, j] -= factor * a[k, j]
    return True


@compiled
def solve(a: Floats, p: int, x: Floats) -> None:
    """Solve with the factor of `factor`, in place."""
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
def first_guess(
    y: Floats,
    keep: Flags,
    masks: Masks,
    p: int,
    offset: Floats,
    theta: Floats,
    mu: Floats,
    buffer: Floats,
    info: Floats,
) -> bool:
    """First coefficients: weighted least squares of log(y + ½) with weights y + ½ on the kept cells."""
    size = y.shape[0]
    for cell in range(size):
        weight = y[cell] + 0.5 if keep[cell] else 0.0
        buffer[cell] = weight
        mu[cell] = weight * np.log(weight) if keep[cell] else 0.0
    for cell in range(offset.shape[0]):
        mu[cell] -= buffer[cell] * offset[cell]
    add_supersets(buffer)
    add_supersets(mu)
    for i in range(p):
        row = masks[i]
        for j in range(i, p):
            info[i, j] = buffer[row | masks[j]]
        theta[i] = mu[row]
    if not factor(info, p):
        return False
    solve(info, p, theta)
    return True


@compiled
def evaluate(keep: Flags, masks: Masks, p: int, offset: Floats, theta: Floats, mu: Floats, sums: Floats) -> float:
    """Put the fitted counts of the kept cells into `mu`; return Σμ − Σ θ t, minus the log-likelihood's kernel.

    What an offset adds to the likelihood does not depend on `theta` and is left out.
    """
    size = mu.shape[0]
    value = 0.0
    for cell in range(size):
        mu[cell] = 0.0
    for i in range(p):
        mu[masks[i]] = theta[i]
        value -= theta[i] * sums[masks[i]]
    add_subsets(mu)
    for cell in range(offset.shape[0]):
        mu[cell] += offset[cell]
    for cell in range(size):
        if keep[cell]:
            mu[cell] = np.exp(min(mu[cell], 600.0))
            value += mu[cell]
        else:
            mu[cell] = 0.0
    return value


@compiled
def newton(
    sums: Floats,
    keep: Flags,
    masks: Masks,
    p: int,
    offset: Floats,
    theta: Floats,
    mu: Floats,
    buffer: Floats,
    info: Floats,
    diagonal: Floats,
    step: Floats,
    trial: Floats,
    patient: bool,
) -> Ending:
    """Newton's method from `theta`; returns outcome, value of `evaluate`, iterations and largest score.

    `sums` are the margins of the counts, `offset` what is added to the linear predictor (empty for nothing). `theta`,
    `mu` and `info` (the factor at the last step but one) hold the result; `buffer`, `diagonal`, `step` and `trial` are
    scratch. Where `patient`, a fit that looks divergent goes on, since a large term can be on its way to a finite
    value; a sweep leaves it to the linear programme.
    """
    size = mu.shape[0]
    value = evaluate(keep, masks, p, offset, theta, mu, sums)
    change = np.inf
    for iteration in range(1, MAX_ITERATIONS + 1):
        for cell in range(size):
            buffer[cell] = mu[cell]
        add_supersets(buffer)
        for i in range(p):
            row = masks[i]
            for j in range(i, p):
                info[i, j] = buffer[row | masks[j]]
            diagonal[i] = info[i, i]
            step[i] = sums[row] - buffer[row]
        if not factor(info, p):
            return UNPROVED, value, iteration, np.inf
        for i in range(p):
            if info[i, i] * info[i, i] < _PIVOT * diagonal[i]:
                return UNPROVED, value, iteration, np.inf
        solve(info, p, step)
        length = 1.0
        previous, before = value, change
        for _ in range(30):
            for i in range(p):
                trial[i] = theta[i] + length * step[i]
            value = evaluate(keep, masks, p, offset, trial, mu, sums)
            if value <= previous + 1e-11 * (abs(previous) + 1.0):
                break
            length *= 0.5
        for i in range(p):
            theta[i] = trial[i]
        change = previous - value
        settled = abs(change) <= TOLERANCE or (change <= _QUADRATIC and change <= 1e-3 * before)
        stalled = iteration >= _DIVERGING_AFTER and change <= _SETTLED
        if settled or stalled:
            smallest = np.inf
            for cell in range(size):
                buffer[cell] = mu[cell]
                if keep[cell] and mu[cell] < smallest:
                    smallest = mu[cell]
            add_supersets(buffer)
            largest = 0.0
            relative = 0.0
            for i in range(p):
                score = abs(sums[masks[i]] - buffer[masks[i]])
                largest = max(largest, score)
                relative = max(relative, score / (1.0 + sums[masks[i]]))
            if settled and largest < SCORE_SHARE * smallest and (not patient or relative < _CLOSE):
                return PROVED, value, iteration, largest
            if settled and relative < _ROUNDING:
                return UNPROVED, value, iteration, largest
            if not patient and (abs(change) <= TOLERANCE or (stalled and largest > 0.5 * smallest)):
                return UNPROVED, value, iteration, largest
    return UNPROVED, value, MAX_ITERATIONS, np.inf


@compiled
def split_terms(all_masks: Masks, n_masks: int, sums: Floats, keep: Flags, finite: Masks) -> tuple[int, int, int]:
    """Split terms into finite ones and those at −∞, and drop the cells of the latter; counts of both and cells."""
    size = keep.shape[0]
    p = 0
    n_infinite = 0
    for i in range(n_masks):
        mask = all_masks[i]
        if sums[mask] > 0.0:
            finite[p] = mask
            p += 1
        else:
            n_infinite += 1
            for cell in range(1, size):
                if cell & mask == mask:
                    keep[cell] = False
    cells = 0
    for cell in range(1, size):
        if keep[cell]:
            cells += 1
    return p, n_infinite, cells


@compiled
def fit_models(
    y: Floats,
    sums: Floats,
    n_lists: int,
    interactions: Masks,
    models: NDArray[np.uint64],
    variances: bool,
    out: tuple[NDArray[Any], ...],
) -> None:
    outcome, value, dark, finite, infinite, cells, spread = out
    size = y.shape[0]
    most = 1 + n_lists + interactions.shape[0]
    all_masks = np.zeros(most, dtype=np.int64)
    masks = np.zeros(most, dtype=np.int64)
    for j in range(n_lists):
        all_masks[1 + j] = 1 << j
    theta = np.zeros(most)
    trial = np.zeros(most)
    step = np.zeros(most)
    diagonal = np.zeros(most)
    info = np.zeros((most, most))
    mu = np.zeros(size)
    buffer = np.zeros(size)
    last = np.zeros(size)
    warm = False
    nothing = np.zeros(0)
    keep = np.zeros(size, dtype=np.bool_)
    one = np.uint64(1)
    for m in range(models.shape[0]):
        bits = models[m]
        count = 1 + n_lists
        index = 0
        while bits != np.uint64(0):
            if bits & one:
                all_masks[count] = interactions[index]
                count += 1
            bits >>= one
            index += 1
        keep[0] = False
        for cell in range(1, size):
            keep[cell] = True
        p, n_infinite, n_cells = split_terms(all_masks, count, sums, keep, masks)
        finite[m] = p
        infinite[m] = n_infinite
        cells[m] = n_cells
        if p > n_cells:
            outcome[m] = SINGULAR
            value[m] = np.nan
            dark[m] = np.nan
            continue
        proved = False
        if warm:
            for i in range(p):
                theta[i] = last[masks[i]]
            outcome[m], value[m], _, _ = newton(
                sums, keep, masks, p, nothing, theta, mu, buffer, info, diagonal, step, trial, False
            )
            proved = outcome[m] == PROVED
        if not proved:
            if not first_guess(y, keep, masks, p, nothing, theta, mu, buffer, info):
                outcome[m] = SINGULAR
                value[m] = np.nan
                dark[m] = np.nan
                continue
            outcome[m], value[m], _, _ = newton(
                sums, keep, masks, p, nothing, theta, mu, buffer, info, diagonal, step, trial, False
            )
        warm = outcome[m] == PROVED
        if warm:
            last[:] = 0.0
            for i in range(p):
                last[masks[i]] = theta[i]
        dark[m] = np.exp(min(theta[0], 600.0))
        if variances and warm:
            step[:] = 0.0
            step[0] = 1.0
            solve(info, p, step)
            spread[m] = step[0]


@compiled
def fit_model(
    y: Floats, sums: Floats, keep: Flags, masks: Masks, offset: Floats, theta: Floats, mu: Floats, info: Floats
) -> Ending:
    p = masks.shape[0]
    buffer = np.zeros(y.shape[0])
    if not first_guess(y, keep, masks, p, offset, theta, mu, buffer, info):
        return SINGULAR, np.nan, 0, np.inf
    return newton(sums, keep, masks, p, offset, theta, mu, buffer, info, np.zeros(p), np.zeros(p), np.zeros(p), True)


@compiled
def profile_unseen(y: Floats, keep: Flags, masks: Masks, offset: Floats, unseen: Floats, out: Floats) -> None:
    """Maximised Σ y log p over observed cells and the unseen one, for each value of the unseen count."""
    p = masks.shape[0]
    theta = np.zeros(p)
    mu = np.zeros(y.shape[0])
    info = np.zeros((p, p))
    full = y.copy()
    for v in range(unseen.shape[0]):
        full[0] = unseen[v]
        sums = full.copy()
        add_supersets(sums)
        outcome, _, _, _ = fit_model(full, sums, keep, masks, offset, theta, mu, info)
        total = sums[0]
        seen = 0.0
        value = 0.0
        for cell in range(1, y.shape[0]):
            seen += mu[cell]
            if y[cell] > 0.0:
                value += y[cell] * np.log(mu[cell] / total)
        out[v] = np.nan if outcome == SINGULAR else value + unseen[v] * np.log1p(-seen / total)
