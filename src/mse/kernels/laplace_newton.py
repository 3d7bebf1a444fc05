"""The compiled loops of one Laplace approximation: Walsh transforms, penalised Newton steps, and the curvature.

What they compute is said in `mse.kernels.laplace`, which is the door to them. The Cholesky factor and its solver are
those of `mse.kernels.newton`, and `mse.kernels.laplace_curves` calls what stands here. A cached caller does not notice
that: whoever changes a callee clears the cache of compiled kernels.
"""

from __future__ import annotations

from math import lgamma

import numpy as np
from numpy.typing import NDArray

from mse.kernels.compiled import compiled
from mse.kernels.newton import factor, solve
from mse.kernels.strata_newton import HALVINGS, LARGEST, MAX_ITERATIONS

__all__ = ["LOG_2PI", "Case", "Data", "Prior", "Scratch", "climb", "first_guess", "log_constant", "unseen_sum", "walsh"]

Floats = NDArray[np.float64]
Masks = NDArray[np.int64]
Flags = NDArray[np.bool_]
Data = tuple[Floats, Flags, Floats, Masks, Floats]
"""Counts (strata × cells), observed cells, columns (strata × all columns), list mask and prior Gram of the columns."""
Prior = tuple[float, float, float]
"""Scale σ² where it is fixed, 0 otherwise; shape a and scale b of the inverse gamma of σ² where it is not."""
Case = tuple[Data, Prior, Masks]
"""Data, prior, and the columns of a model, the intercept first."""
Scratch = tuple[Floats, Floats, Floats, Floats, Floats, Floats, Floats]

ARRIVED = 1e-9
"""Newton's decrement, twice what the log posterior is short of its top, at which one more step reaches the mode."""

_SLACK = 1e-11
"""Rounding of the log posterior, as a share of it: a step that loses no more than this is taken."""

LOG_2PI = np.log(2.0 * np.pi)


@compiled
def walsh(values: Floats) -> None:
    """Walsh–Hadamard transform of each row in place: Σ_h (−1)^|S ∩ h| v_h for every S."""
    n, size = values.shape
    for s in range(n):
        step = 1
        while step < size:
            for start in range(0, size, 2 * step):
                for cell in range(start, start + step):
                    left, right = values[s, cell], values[s, cell + step]
                    values[s, cell] = left + right
                    values[s, cell + step] = left - right
            step *= 2


@compiled
def quadratic(case: Case, theta: Floats, pull: Floats) -> float:
    """θᵀPθ over all but the intercept; `pull` becomes Pθ."""
    data, _, index = case
    gram = data[4]
    total = 0.0
    pull[0] = 0.0
    for i in range(1, index.shape[0]):
        value = 0.0
        for j in range(1, index.shape[0]):
            value += gram[index[i], index[j]] * theta[j]
        pull[i] = value
        total += value * theta[i]
    return total


@compiled
def shrinkage(prior: Prior, p: int, size: float) -> float:
    """What multiplies Pθ in the gradient of the log prior: 1/σ², or its mean given θ."""
    return 1.0 / prior[0] if prior[0] > 0.0 else (prior[1] + p - 1.0) / (prior[2] + size)


@compiled
def evaluate(case: Case, theta: Floats, unseen: float, mu: Floats, pull: Floats) -> float:
    """Log of likelihood × prior up to constants of the model; puts fitted counts into `mu`.

    The number unseen is one more Poisson count, of the sum of the unseen cells; below 0 it is not known. It counts by
    its deviance, so that large numbers do not cancel.
    """
    data, prior, index = case
    y, keep, columns, masks, _ = data
    p = index.shape[0]
    size = quadratic(case, theta, pull)
    value = -0.5 * size / prior[0] if prior[0] > 0.0 else -0.5 * (prior[1] + p - 1.0) * np.log(prior[2] + size)
    for s in range(y.shape[0]):
        for cell in range(y.shape[1]):
            mu[s, cell] = 0.0
        for i in range(p):
            mu[s, masks[index[i]]] += columns[s, index[i]] * theta[i]
    walsh(mu)
    dark = 0.0
    for s in range(y.shape[0]):
        for cell in range(y.shape[1]):
            eta = min(mu[s, cell], LARGEST)
            if cell == 0:
                mu[s, 0] = np.exp(eta)
                dark += mu[s, 0]
            elif keep[s, cell]:
                mu[s, cell] = np.exp(eta)
                value += y[s, cell] * eta - mu[s, cell]
            else:
                mu[s, cell] = 0.0
    if unseen > 0.0:
        excess = (dark - unseen) / unseen
        value -= unseen * (excess - np.log1p(excess))
    elif unseen == 0.0:
        value -= dark
    return value


@compiled
def unseen_sum(mu: Floats) -> float:
    dark = 0.0
    for s in range(mu.shape[0]):
        dark += mu[s, 0]
    return dark


@compiled
def gradient(case: Case, shrink: float, unseen: float, scratch: Scratch) -> None:
    """Put the gradient of `evaluate` into the step of `scratch`."""
    data, _, index = case
    mu, buffer, _, step, _, pull, _ = scratch
    y, keep, columns, masks, _ = data
    dark = unseen_sum(mu)
    for s in range(y.shape[0]):
        buffer[s, 0] = mu[s, 0] * (unseen / dark - 1.0) if unseen >= 0.0 else 0.0
        for cell in range(1, y.shape[1]):
            buffer[s, cell] = y[s, cell] - mu[s, cell] if keep[s, cell] else 0.0
    walsh(buffer)
    for i in range(index.shape[0]):
        value = -shrink * pull[i]
        for s in range(y.shape[0]):
            value += columns[s, index[i]] * buffer[s, masks[index[i]]]
        step[i] = value


@compiled
def curvature(case: Case, shrink: float, bend: float, unseen: float, observed: bool, scratch: Scratch) -> None:
    """Minus the second derivatives of `evaluate` where `observed`, else what is expected of them, which is never less.

    They go into the information of `scratch`. `bend` is what the prior with unknown scale takes off along Pθ; the lean
    of `scratch` becomes the gradient of the unseen sum.
    """
    data, _, index = case
    mu, buffer, info, _, _, pull, lean = scratch
    y, _, columns, masks, gram = data
    p, n = index.shape[0], y.shape[0]
    dark = unseen_sum(mu)
    share = unseen / dark if unseen >= 0.0 else 0.0
    for s in range(n):
        for cell in range(1, y.shape[1]):
            buffer[s, cell] = mu[s, cell]
        buffer[s, 0] = mu[s, 0] * (1.0 - share) if observed and unseen >= 0.0 else 0.0
    walsh(buffer)
    for i in range(p):
        lean[i] = 0.0
        for s in range(n):
            lean[i] += columns[s, index[i]] * mu[s, 0]
    weight = 0.0
    if unseen >= 0.0:
        weight = share / dark if observed else 1.0 / dark
    for i in range(p):
        for j in range(i, p):
            value = shrink * gram[index[i], index[j]] if i > 0 else 0.0
            if observed:
                value -= bend * pull[i] * pull[j]
            mask = masks[index[i]] ^ masks[index[j]]
            for s in range(n):
                value += columns[s, index[i]] * columns[s, index[j]] * buffer[s, mask]
            info[i, j] = value + weight * lean[i] * lean[j]


@compiled
def climb(case: Case, theta: Floats, unseen: float, scratch: Scratch) -> tuple[float, float]:
    """Newton's method from `theta` to the mode; returns `evaluate` and log|H| there, NaN where there is none.

    Steps take the expected curvature, which is positive; the determinant is of the observed one.
    """
    mu, _, info, step, trial, pull, _ = scratch
    prior, p = case[1], case[2].shape[0]
    value = evaluate(case, theta, unseen, mu, pull)
    for _ in range(MAX_ITERATIONS):
        size = quadratic(case, theta, pull)
        shrink = shrinkage(prior, p, size)
        gradient(case, shrink, unseen, scratch)
        for i in range(p):
            trial[i] = step[i]
        curvature(case, shrink, 0.0, unseen, False, scratch)
        if not factor(info, p):
            return np.nan, np.nan
        solve(info, p, step)
        decrement = 0.0
        for i in range(p):
            decrement += trial[i] * step[i]
        if not decrement >= ARRIVED:
            if decrement != decrement:
                return np.nan, np.nan
            for i in range(p):
                theta[i] += step[i]
            value = evaluate(case, theta, unseen, mu, pull)
            size = quadratic(case, theta, pull)
            shrink = shrinkage(prior, p, size)
            bend = 0.0 if prior[0] > 0.0 else 2.0 * shrink / (prior[2] + size)
            curvature(case, shrink, bend, unseen, True, scratch)
            if not factor(info, p):
                return np.nan, np.nan
            log_det = 0.0
            for i in range(p):
                log_det += 2.0 * np.log(info[i, i])
            return value, log_det
        length = 1.0
        previous = value
        for _ in range(HALVINGS):
            for i in range(p):
                trial[i] = theta[i] + length * step[i]
            value = evaluate(case, trial, unseen, mu, pull)
            if value >= previous - _SLACK * (abs(previous) + 1.0):
                break
            length *= 0.5
        for i in range(p):
            theta[i] = trial[i]
    return np.nan, np.nan


@compiled
def first_guess(case: Case, theta: Floats, scratch: Scratch) -> bool:
    """First coefficients: least squares of log(y + ½) with weights y + ½ and a little shrinkage."""
    data, _, index = case
    mu, buffer, info, _, _, pull, _ = scratch
    y, keep, columns, masks, _ = data
    p = index.shape[0]
    for s in range(y.shape[0]):
        for cell in range(y.shape[1]):
            weight = y[s, cell] + 0.5 if keep[s, cell] else 0.0
            mu[s, cell] = weight
            buffer[s, cell] = weight * np.log(weight) if weight > 0.0 else 0.0
        mu[s, 0] = 0.0
        buffer[s, 0] = 0.0
    walsh(buffer)
    for i in range(p):
        theta[i] = 0.0
        for s in range(y.shape[0]):
            theta[i] += columns[s, index[i]] * buffer[s, masks[index[i]]]
    pull[:] = 0.0
    curvature(case, 1.0, 0.0, -1.0, False, scratch)
    if not factor(info, p):
        return False
    solve(info, p, theta)
    return True


@compiled
def log_constant(case: Case, info: Floats) -> float:
    """What `evaluate` leaves out of the log of likelihood × prior, and (2π)^{p/2} of Laplace's formula."""
    data, prior, index = case
    y, keep, _, _, gram = data
    p = index.shape[0]
    k = p - 1.0
    value = 0.5 * p * LOG_2PI
    for i in range(1, p):
        for j in range(i, p):
            info[i - 1, j - 1] = gram[index[i], index[j]]
    if not factor(info, p - 1):
        return np.nan
    for i in range(p - 1):
        value += np.log(info[i, i])
    if prior[0] > 0.0:
        value -= 0.5 * k * (LOG_2PI + np.log(prior[0]))
    else:
        half = 0.5 * prior[1]
        value += lgamma(half + 0.5 * k) - lgamma(half) + half * np.log(prior[2]) - 0.5 * k * np.log(np.pi)
    for s in range(y.shape[0]):
        for cell in range(1, y.shape[1]):
            if keep[s, cell]:
                value -= lgamma(y[s, cell] + 1.0)
    return float(value)
