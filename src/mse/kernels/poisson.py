"""Poisson log-linear models of overlapping lists by maximum likelihood, without a design matrix.

Cells and terms are bit masks over the lists. Over all 2^K cells (methods: Fienberg 1972; Cormack 1989):

* the linear predictor is a subset sum: η_h = Σ_{S ⊆ h} θ_S;
* a sufficient statistic is a superset sum: t_S = Σ_{h ⊇ S} y_h;
* the information is a gather: I[S, T] = W[S | T], where W is the superset sum of the fitted counts μ.

So a Newton step costs two transforms of K·2^K additions and one small Cholesky factor. A term whose sufficient
statistic is 0 goes to −∞ (extended maximum likelihood): it leaves together with the cells that contain it.

All compiled functions that call each other stand in this file, because a cached caller does not notice a change
of a callee elsewhere.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mse.kernels.compiled import compiled

__all__ = [
    "PROVED",
    "SINGULAR",
    "UNPROVED",
    "PoissonFit",
    "SweepResult",
    "fit_poisson",
    "superset_sums",
    "sweep",
]

PROVED, UNPROVED, SINGULAR = 0, 1, 2
"""Outcome of a fit: its existence is proved by the screen, is not, or it has more terms than its cells can tell apart."""

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


class PoissonFit(NamedTuple):
    """One fitted model.

    Attributes
    ----------
    outcome : int
        PROVED, UNPROVED or SINGULAR.
    theta : array of float, shape (p,)
        Coefficients of the terms that are finite, in the order of `masks`; the first is the intercept.
    masks : array of int, shape (p,)
        Finite terms.
    infinite : array of int
        Terms at −∞.
    retained : array of bool, shape (2^K,)
        Observed cells that stay.
    mu : array of float, shape (2^K,)
        Fitted counts; 0 in cells that left, the unseen count at index 0.
    covariance : array of float, shape (p, p)
        Inverse of the Fisher information at the end; NaN where it cannot be inverted.
    deviance : float
    iterations : int
    max_score : float
        Largest absolute score at the end.
    """

    outcome: int
    theta: NDArray[np.float64]
    masks: NDArray[np.int64]
    infinite: NDArray[np.int64]
    retained: NDArray[np.bool_]
    mu: NDArray[np.float64]
    covariance: NDArray[np.float64]
    deviance: float
    iterations: int
    max_score: float


class SweepResult(NamedTuple):
    """Outcomes of many models on one table; arrays of length n_models."""

    outcome: NDArray[np.int8]
    deviance: NDArray[np.float64]
    dark_figure: NDArray[np.float64]
    finite: NDArray[np.int16]
    """Number of finite parameters, intercept included."""
    infinite: NDArray[np.int16]
    """Number of terms at −∞."""
    cells: NDArray[np.int16]
    """Number of retained cells."""
    log_variance: NDArray[np.float64]
    """Variance of the log of the dark figure; NaN unless asked for."""


@compiled
def _superset_sums(values):  # type: ignore[no-untyped-def]
    size = values.shape[0]
    step = 1
    while step < size:
        for start in range(0, size, 2 * step):
            for cell in range(start, start + step):
                values[cell] += values[cell + step]
        step *= 2


@compiled
def _subset_sums(values):  # type: ignore[no-untyped-def]
    size = values.shape[0]
    step = 1
    while step < size:
        for start in range(0, size, 2 * step):
            for cell in range(start, start + step):
                values[cell + step] += values[cell]
        step *= 2


@compiled
def _factor(a, p):  # type: ignore[no-untyped-def]
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
def _solve(a, p, x):  # type: ignore[no-untyped-def]
    """Solve with the factor of `_factor`, in place."""
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
def _start(y, keep, masks, p, theta, mu, buffer, info):  # type: ignore[no-untyped-def]
    """First coefficients: weighted least squares of log(y + ½) with weights y + ½ on the kept cells."""
    size = y.shape[0]
    for cell in range(size):
        weight = y[cell] + 0.5 if keep[cell] else 0.0
        buffer[cell] = weight
        mu[cell] = weight * np.log(weight) if keep[cell] else 0.0
    _superset_sums(buffer)
    _superset_sums(mu)
    for i in range(p):
        row = masks[i]
        for j in range(i, p):
            info[i, j] = buffer[row | masks[j]]
        theta[i] = mu[row]
    if not _factor(info, p):
        return False
    _solve(info, p, theta)
    return True


@compiled
def _evaluate(keep, masks, p, theta, mu, sums):  # type: ignore[no-untyped-def]
    """Put the fitted counts of the kept cells into `mu`; return Σμ − Σ θ t, minus the log-likelihood's kernel."""
    size = mu.shape[0]
    value = 0.0
    for cell in range(size):
        mu[cell] = 0.0
    for i in range(p):
        mu[masks[i]] = theta[i]
        value -= theta[i] * sums[masks[i]]
    _subset_sums(mu)
    for cell in range(size):
        if keep[cell]:
            mu[cell] = np.exp(min(mu[cell], 600.0))
            value += mu[cell]
        else:
            mu[cell] = 0.0
    return value


@compiled
def _newton(sums, keep, masks, p, theta, mu, buffer, info, diagonal, step, trial, patient):  # type: ignore[no-untyped-def]
    """Newton's method from `theta`; returns outcome, value of `_evaluate`, iterations and largest score.

    `sums` are the margins of the counts. `theta`, `mu` and `info` (the factor at the last step but one) hold the
    result; `buffer`, `diagonal`, `step` and `trial` are scratch. Where `patient`, a fit that looks divergent goes
    on, since a large term can be on its way to a finite value; a sweep leaves it to the linear programme.
    """
    size = mu.shape[0]
    value = _evaluate(keep, masks, p, theta, mu, sums)
    change = np.inf
    for iteration in range(1, MAX_ITERATIONS + 1):
        for cell in range(size):
            buffer[cell] = mu[cell]
        _superset_sums(buffer)
        for i in range(p):
            row = masks[i]
            for j in range(i, p):
                info[i, j] = buffer[row | masks[j]]
            diagonal[i] = info[i, i]
            step[i] = sums[row] - buffer[row]
        if not _factor(info, p):
            return SINGULAR, value, iteration, np.inf
        for i in range(p):
            if info[i, i] * info[i, i] < _PIVOT * diagonal[i]:
                return SINGULAR, value, iteration, np.inf
        _solve(info, p, step)
        length = 1.0
        previous, before = value, change
        for _ in range(30):
            for i in range(p):
                trial[i] = theta[i] + length * step[i]
            value = _evaluate(keep, masks, p, trial, mu, sums)
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
            _superset_sums(buffer)
            largest = 0.0
            for i in range(p):
                largest = max(largest, abs(sums[masks[i]] - buffer[masks[i]]))
            if settled and largest < SCORE_SHARE * smallest:
                return PROVED, value, iteration, largest
            if not patient and (abs(change) <= TOLERANCE or (stalled and largest > 0.5 * smallest)):
                return UNPROVED, value, iteration, largest
    return UNPROVED, value, MAX_ITERATIONS, np.inf


@compiled
def _partition(all_masks, n_masks, sums, keep, finite):  # type: ignore[no-untyped-def]
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
def _sweep(y, sums, n_lists, interactions, models, variances, out):  # type: ignore[no-untyped-def]
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
        p, n_infinite, n_cells = _partition(all_masks, count, sums, keep, masks)
        finite[m] = p
        infinite[m] = n_infinite
        cells[m] = n_cells
        if p > n_cells:
            outcome[m] = SINGULAR
            value[m] = np.nan
            dark[m] = np.nan
            continue
        if warm:
            for i in range(p):
                theta[i] = last[masks[i]]
        elif not _start(y, keep, masks, p, theta, mu, buffer, info):
            outcome[m] = SINGULAR
            continue
        outcome[m], value[m], _, _ = _newton(
            sums, keep, masks, p, theta, mu, buffer, info, diagonal, step, trial, False
        )
        warm = outcome[m] == PROVED
        if warm:
            last[:] = 0.0
            for i in range(p):
                last[masks[i]] = theta[i]
        dark[m] = np.exp(min(theta[0], 600.0))
        if variances and outcome[m] != SINGULAR:
            step[:] = 0.0
            step[0] = 1.0
            _solve(info, p, step)
            spread[m] = step[0]


@compiled
def _fit(y, sums, keep, masks, theta, mu, info):  # type: ignore[no-untyped-def]
    p = masks.shape[0]
    buffer = np.zeros(y.shape[0])
    if not _start(y, keep, masks, p, theta, mu, buffer, info):
        return SINGULAR, np.nan, 0, np.inf
    return _newton(sums, keep, masks, p, theta, mu, buffer, info, np.zeros(p), np.zeros(p), np.zeros(p), True)


@compiled
def _profile(y, keep, masks, unseen, out):  # type: ignore[no-untyped-def]
    """Maximised Σ y log p over observed cells and the unseen one, for each value of the unseen count."""
    p = masks.shape[0]
    theta = np.zeros(p)
    mu = np.zeros(y.shape[0])
    info = np.zeros((p, p))
    full = y.copy()
    for v in range(unseen.shape[0]):
        full[0] = unseen[v]
        sums = full.copy()
        _superset_sums(sums)
        outcome, _, _, _ = _fit(full, sums, keep, masks, theta, mu, info)
        total = sums[0]
        seen = 0.0
        value = 0.0
        for cell in range(1, y.shape[0]):
            seen += mu[cell]
            if y[cell] > 0.0:
                value += y[cell] * np.log(mu[cell] / total)
        out[v] = np.nan if outcome == SINGULAR else value + unseen[v] * np.log1p(-seen / total)


def superset_sums(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum over all supersets of every mask: the margins of a table of 2^K cells.

    Examples
    --------
    >>> superset_sums(np.array([0.0, 30.0, 40.0, 6.0])).tolist()
    [76.0, 36.0, 46.0, 6.0]
    """
    out = np.array(values, dtype=np.float64)
    _superset_sums(out)
    return out


def partition(
    counts: NDArray[np.float64], masks: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Split the terms of a model into finite ones and those at −∞, with the observed cells that stay.

    Parameters
    ----------
    counts : array of float, shape (2^K,)
        Counts; index 0 is the unseen cell.
    masks : array of int
        All terms of a hierarchical model, the intercept (0) first.

    Returns
    -------
    finite, infinite : array of int
    retained : array of bool, shape (2^K,)
    """
    sums = superset_sums(counts)
    keep = np.ones(len(counts), dtype=np.bool_)
    keep[0] = False
    finite = np.zeros(len(masks), dtype=np.int64)
    p, _, _ = _partition(masks, len(masks), sums, keep, finite)
    return finite[:p], masks[sums[masks] <= 0.0], keep


def fit_poisson(counts: NDArray[np.float64], masks: NDArray[np.int64]) -> PoissonFit:
    """Fit one hierarchical model to the observed cells.

    Parameters
    ----------
    counts : array of float, shape (2^K,)
        Counts by mask of lists; index 0, the unseen cell, is ignored.
    masks : array of int, shape (terms,)
        All terms of the model, the intercept (0) first.

    Returns
    -------
    PoissonFit
    """
    y = np.array(counts, dtype=np.float64)
    y[0] = 0.0
    finite, infinite, keep = partition(y, np.asarray(masks, dtype=np.int64))
    p = len(finite)
    theta, mu, info = np.zeros(p), np.zeros(len(y)), np.zeros((p, p))
    empty = np.full((p, p), np.nan)
    if p > keep.sum():
        return PoissonFit(SINGULAR, theta, finite, infinite, keep, mu, empty, np.nan, 0, np.inf)
    outcome, value, iterations, score = _fit(y, superset_sums(y), keep, finite, theta, mu, info)
    if outcome == SINGULAR:
        return PoissonFit(SINGULAR, theta, finite, infinite, keep, mu, empty, np.nan, iterations, np.inf)
    information = superset_sums(mu)[finite[:, None] | finite]
    covariance = empty
    if _factor(information, p):
        inverse = np.linalg.inv(np.triu(information))
        covariance = inverse @ inverse.T
    mu[0] = np.exp(min(theta[0], 600.0))
    deviance = max(2.0 * (value + _saturated(y)), 0.0)
    return PoissonFit(outcome, theta, finite, infinite, keep, mu, covariance, deviance, iterations, score)


def sweep(
    counts: NDArray[np.float64],
    interactions: NDArray[np.int64],
    models: NDArray[np.uint64],
    *,
    variances: bool = False,
) -> SweepResult:
    """Fit many hierarchical models to one table; threads may share the work, since no lock is held.

    Parameters
    ----------
    counts : array of float, shape (2^K,)
    interactions : array of int, shape (m,), m ≤ 64
        Interaction terms; bit i of a model stands for ``interactions[i]``. Intercept and main effects are in.
    models : array of uint64, shape (n_models,)
    variances : bool
        Whether to compute the variance of the log dark figure.

    Returns
    -------
    SweepResult
    """
    y = np.array(counts, dtype=np.float64)
    y[0] = 0.0
    n = len(models)
    n_lists = len(y).bit_length() - 1
    out = SweepResult(
        np.zeros(n, np.int8), np.zeros(n), np.zeros(n), np.zeros(n, np.int16), np.zeros(n, np.int16),
        np.zeros(n, np.int16), np.full(n, np.nan),
    )  # fmt: skip
    _sweep(y, superset_sums(y), n_lists, np.asarray(interactions, np.int64), models, variances, tuple(out))
    deviance = 2.0 * (out.deviance + _saturated(y))
    return out._replace(deviance=np.maximum(deviance, 0.0))


def _saturated(y: NDArray[np.float64]) -> float:
    """Σ (y log y − y): half the deviance is this plus what `_evaluate` returns."""
    seen = y[y > 0.0]
    return float((seen * np.log(seen) - seen).sum())


def profile_log_likelihood(
    counts: NDArray[np.float64],
    retained: NDArray[np.bool_],
    masks: NDArray[np.int64],
    unseen: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Maximised Σ y log p over observed cells and the unseen one, at fixed counts of the unseen.

    Parameters
    ----------
    counts : array of float, shape (2^K,)
    retained : array of bool, shape (2^K,)
        Observed cells that stay (`partition`).
    masks : array of int
        Finite terms.
    unseen : array of float
        Values of the unseen count, above 0.

    Returns
    -------
    array of float
        Same shape as `unseen`; NaN where the fit fails.
    """
    keep = retained.copy()
    keep[0] = True
    out = np.zeros(len(unseen))
    _profile(np.array(counts, np.float64), keep, masks, np.asarray(unseen, np.float64), out)
    return out
