"""Moves of latent classes that leave the persons unseen out, by Metropolis's rule.

Gibbs sweeps go slowly along the ridge where a class of hardly seen persons grows while its capture probabilities fall.
In the coordinates ω (shares of the persons seen) and logit λ the likelihood is P_sh = Σ_k ω_sk q_kh / (1 − κ q_k0), and
that ridge is a change of λ_k at the same ω. The prior in these coordinates, up to a constant and with α integrated out,
is

    Σ_s log φ_s + Σ_s Σ_{k<C} (log w_sk − log R_sk) − (a + S(C − 1)) log(b − Σ_s log w_sC) − A log D
    + Σ_kj (log λ_kj + log(1 − λ_kj)),        R_sk = Σ_{l≥k} w_sl,

since log(φ_s w_sk) and log ω_sk differ by log(1 − κ q_k0) alone.
"""

from __future__ import annotations

from math import exp, inf, log, log1p

import numpy as np
from numpy.typing import NDArray

from mse.kernels.compiled import compiled
from mse.kernels.latent_class import Cells, Hyper, Point, class_chances

__all__ = ["log_likelihood", "log_prior", "move"]

_SMALLEST, _LARGEST = 0.03, 2.0
"""Standard deviations of proposals run between these (log odds), so that some of them suit any table."""

_FARTHEST = 27.0
"""Log odds stay within what the bounds of capture probabilities allow."""

_ALONE = 1e-9
"""Where one class holds all but this share of a stratum there is no pair to exchange."""


@compiled
def log_likelihood(cell_chance: NDArray[np.float64], cells: Cells) -> float:
    """Log-likelihood of a tempered table, the persons unseen left out."""
    value = 0.0
    for i in range(len(cell_chance)):
        if cells.whole[i] > 0:
            value += cells.whole[i] * log(cell_chance[i])
        if cells.part[i] > 0.0:
            value += log((1.0 - cells.part[i]) * cells.share[i] + cells.part[i] * cell_chance[i])
    return value


@compiled
def log_prior(log_weight: NDArray[np.float64], log_d: float, hyper: Hyper) -> float:
    """Log prior density of weights in log ratios, α integrated out; the weights may lack their constant."""
    n_strata, n_classes = log_weight.shape
    value, last, whole = 0.0, hyper.alpha_rate, 0.0
    for s in range(n_strata):
        tail = log_weight[s, n_classes - 1]
        for k in range(n_classes - 2, -1, -1):
            here = log_weight[s, k]
            high, low = max(here, tail), min(here, tail)
            tail = high + log1p(exp(low - high))
            value += here - tail
        last -= log_weight[s, n_classes - 1] - tail
        value += tail
        whole += exp(tail)
    shape = hyper.alpha_shape + n_strata * (n_classes - 1)
    return float(value - n_strata * log(whole) - shape * log(last) - hyper.power * log_d)


@compiled
def _choose(rng: np.random.Generator, weight: NDArray[np.float64]) -> int:
    """Index drawn with these weights."""
    u = rng.random() * weight.sum()
    for i in range(len(weight)):
        u -= weight[i]
        if u < 0.0:
            return i
    return len(weight) - 1


@compiled
def _width(rng: np.random.Generator) -> float:
    return _SMALLEST * exp(rng.random() * log(_LARGEST / _SMALLEST))


@compiled
def _shift_chances(
    rng: np.random.Generator,
    point: Point,
    cells: Cells,
    hyper: Hyper,
    log_d: float,
    chance: NDArray[np.float64],
    history_chance: NDArray[np.float64],
    cell_chance: NDArray[np.float64],
    log_weight: NDArray[np.float64],
    here: NDArray[np.float64],
) -> float:
    """Shift the log odds of one class on one list or all lists, at the same shares of the persons seen."""
    n_strata, n_classes = point.log_weight.shape
    n_lists = len(chance)
    k = _choose(rng, point.omega.sum(axis=0))
    width = _width(rng)
    only = int(rng.random() * 2 * n_lists)
    step = width * rng.standard_normal()
    ratio = 0.0
    for j in range(n_lists):
        old = point.chance[k, j]
        chance[j] = old
        if only == j or only >= n_lists:
            odds = log(old) - log1p(-old) + step
            if abs(odds) > _FARTHEST:
                return log_d
            chance[j] = 1.0 / (1.0 + exp(-odds))
            ratio += log(chance[j]) + log1p(-chance[j]) - log(old) - log1p(-old)
    seen = class_chances(chance, hyper.kappa, history_chance)
    inverse = exp(-log_d)
    change = log(point.seen[k]) - log(seen)
    for s in range(n_strata):
        for c in range(n_classes):
            log_weight[s, c] = point.log_weight[s, c]
        log_weight[s, k] += change
        inverse += point.omega[s, k] * (1.0 / seen - 1.0 / point.seen[k])
    new_log_d = -log(inverse)
    for i in range(len(cell_chance)):
        s, h = cells.stratum[i], cells.history[i]
        difference = history_chance[h] - point.history_chance[k, h]
        cell_chance[i] = point.cell_chance[i] + point.omega[s, k] * difference
        if cell_chance[i] <= 0.0:
            return log_d
    prior, likelihood = log_prior(log_weight, new_log_d, hyper), log_likelihood(cell_chance, cells)
    if log1p(-rng.random()) >= ratio + prior - here[0] + likelihood - here[1]:
        return log_d
    here[0], here[1] = prior, likelihood
    point.chance[k] = chance
    point.history_chance[k] = history_chance
    point.seen[k] = seen
    point.cell_chance[:] = cell_chance
    _take_weights(point, log_weight)
    return new_log_d


@compiled
def _take_weights(point: Point, log_weight: NDArray[np.float64]) -> None:
    """Take weights, brought to sum 1."""
    n_strata, n_classes = log_weight.shape
    top, total = -inf, 0.0
    for s in range(n_strata):
        for k in range(n_classes):
            top = max(top, log_weight[s, k])
    for s in range(n_strata):
        for k in range(n_classes):
            total += exp(log_weight[s, k] - top)
    for s in range(n_strata):
        for k in range(n_classes):
            point.log_weight[s, k] = log_weight[s, k] - top - log(total)


@compiled
def _pair_chance(one: float, other: float) -> float:
    """Chance that two classes of these shares are drawn, one after the other."""
    return one * other * (1.0 / (1.0 - one) + 1.0 / (1.0 - other))


@compiled
def _exchange_shares(
    rng: np.random.Generator,
    point: Point,
    cells: Cells,
    hyper: Hyper,
    log_d: float,
    cell_chance: NDArray[np.float64],
    log_weight: NDArray[np.float64],
    share: NDArray[np.float64],
    here: NDArray[np.float64],
) -> float:
    """Exchange persons seen between two classes of one stratum."""
    n_classes = point.log_weight.shape[1]
    s = _choose(rng, point.omega.sum(axis=1))
    total = point.omega[s].sum()
    for c in range(n_classes):
        share[c] = point.omega[s, c] / total
    k = _choose(rng, share)
    one = share[k]
    if one > 1.0 - _ALONE:
        return log_d
    share[k] = 0.0
    m = _choose(rng, share)
    other = share[m]
    if m == k or other <= 0.0 or other > 1.0 - _ALONE:
        return log_d
    step = _width(rng) * rng.standard_normal()
    part = 1.0 / (1.0 + other / one * exp(-step))
    new_one, new_other = (one + other) * part, (one + other) * (1.0 - part)
    if not (0.0 < new_one < 1.0 - _ALONE and 0.0 < new_other < 1.0 - _ALONE):
        return log_d
    gain = (new_one - one) * total
    new_log_d = -log(exp(-log_d) + gain * (1.0 / point.seen[k] - 1.0 / point.seen[m]))
    log_weight[:] = point.log_weight
    log_weight[s, k] += log(new_one / one)
    log_weight[s, m] += log(new_other / other)
    for i in range(len(cell_chance)):
        cell_chance[i] = point.cell_chance[i]
        if cells.stratum[i] == s:
            h = cells.history[i]
            cell_chance[i] += gain * (point.history_chance[k, h] - point.history_chance[m, h])
            if cell_chance[i] <= 0.0:
                return log_d
    ratio = log(_pair_chance(new_one, new_other) / _pair_chance(one, other))
    prior, likelihood = log_prior(log_weight, new_log_d, hyper), log_likelihood(cell_chance, cells)
    if log1p(-rng.random()) >= ratio + prior - here[0] + likelihood - here[1]:
        return log_d
    here[0], here[1] = prior, likelihood
    point.omega[s, k], point.omega[s, m] = new_one * total, new_other * total
    point.cell_chance[:] = cell_chance
    _take_weights(point, log_weight)
    return new_log_d


@compiled
def _swap_labels(
    rng: np.random.Generator, point: Point, hyper: Hyper, log_d: float, log_weight: NDArray[np.float64]
) -> None:
    """Exchange the places of two neighbouring classes on the sticks; the likelihood does not see it."""
    n_classes = point.log_weight.shape[1]
    k = int(rng.random() * (n_classes - 1))
    log_weight[:] = point.log_weight
    log_weight[:, k] = point.log_weight[:, k + 1]
    log_weight[:, k + 1] = point.log_weight[:, k]
    ratio = log_prior(log_weight, log_d, hyper) - log_prior(point.log_weight, log_d, hyper)
    if log1p(-rng.random()) >= ratio:
        return
    point.log_weight[:] = log_weight
    point.seen[k], point.seen[k + 1] = point.seen[k + 1], point.seen[k]
    for table in (point.chance, point.history_chance):
        for i in range(table.shape[1]):
            table[k, i], table[k + 1, i] = table[k + 1, i], table[k, i]
    for s in range(len(log_weight)):
        point.omega[s, k], point.omega[s, k + 1] = point.omega[s, k + 1], point.omega[s, k]


@compiled
def move(rng: np.random.Generator, point: Point, cells: Cells, hyper: Hyper, log_d: float, times: int) -> float:
    """Make some moves of each kind; return log D of the point they end at.

    The cells keep their chances up to rounding, so the point is refreshed by the sweep that follows.
    """
    n_strata, n_classes = point.log_weight.shape
    chance, history_chance = np.empty(point.chance.shape[1]), np.empty(point.history_chance.shape[1])
    cell_chance, log_weight = np.empty(len(cells.history)), np.empty((n_strata, n_classes))
    share = np.empty(n_classes)
    here = np.array([log_prior(point.log_weight, log_d, hyper), log_likelihood(point.cell_chance, cells)])
    for _ in range(times):
        log_d = _shift_chances(rng, point, cells, hyper, log_d, chance, history_chance, cell_chance, log_weight, here)
        if n_classes > 1:
            log_d = _exchange_shares(rng, point, cells, hyper, log_d, cell_chance, log_weight, share, here)
    if times and n_classes > 1:
        _swap_labels(rng, point, hyper, log_d, log_weight)
    return log_d
