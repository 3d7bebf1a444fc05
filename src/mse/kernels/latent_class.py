"""One Gibbs sweep of a mixture of latent classes, on the cells of a table.

Persons of stratum s are in class k with weight w_sk; those of class k are on list j with chance λ_kj, whatever other
lists they are on (Manrique-Vallier 2016). Weights are broken sticks, one stick of C classes a stratum:

    log w_sk = log V_sk + Σ_{l<k} log(1 − V_sl),   V_sk ~ Beta(1, α),   α ~ Gamma(a, b),   λ_kj ~ Beta(1, 1),

and strata have shares φ ~ Dirichlet(1, …, 1). With D = 1 − κ Σ φ_s w_sk Π_j(1 − λ_kj), a cell (s, h) counts with
P_sh = φ_s Σ_k w_sk q_kh / D, and the numbers unseen given all else are negative binomial. The prior of the total enters
through κ and a power A of 1/D: κ = 1, A = 0 is 1/N; κ = 1/(1 + rate), A = shape is the negative binomial.

All counts of a tempered table are allowed (`mse.kernels.latent_class_tempering`): a cell holds `whole` persons and,
with weight `part`, one more, whose chance to be there is weighed against `share`.
"""

from __future__ import annotations

from math import exp, expm1, inf, log, log1p
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mse.kernels.compiled import compiled

__all__ = ["Cells", "Hyper", "Point", "gibbs_sweep", "refresh"]

_NEAREST = 1e-12
"""Capture probabilities keep this distance from 0 and 1. Where every list has a person they come this near in about one
draw of 10⁷ for a population of 10⁵; it keeps log odds finite."""

_TINY = 1e-300
"""Smallest α: sticks are broken on the log scale, where they stay finite with it."""

_FEW = 2
"""Up to so many persons are dealt to classes one by one."""

_SMALL_MEAN = 8.0
"""Binomials with a smaller mean are drawn by going up from 0."""


class Cells(NamedTuple):
    """The occupied cells of a tempered table.

    Attributes
    ----------
    stratum, history : array of int, shape (cells,)
    whole : array of int, shape (cells,)
        Persons who are in the table for certain.
    part : array of float, shape (cells,)
        Weight of one more person, at least 0 and below 1.
    share : array of float, shape (cells,)
        Observed share of the cell.
    """

    stratum: NDArray[np.int64]
    history: NDArray[np.int64]
    whole: NDArray[np.int64]
    part: NDArray[np.float64]
    share: NDArray[np.float64]


class Hyper(NamedTuple):
    """Priors: Gamma(alpha_shape, alpha_rate) of α, and κ and A of the total."""

    alpha_shape: float
    alpha_rate: float
    kappa: float
    power: float


class Point(NamedTuple):
    """Parameters and what follows from them; the arrays are written in place.

    Attributes
    ----------
    chance : array of float, shape (classes, lists)
        Capture probabilities λ.
    log_weight : array of float, shape (strata, classes)
        log(φ_s w_sk); they add up to 1.
    history_chance : array of float, shape (classes, 2^K)
        q_kh / (1 − κ q_k0): with κ = 1 the chance of a history for those who are seen.
    seen : array of float, shape (classes,)
        1 − κ q_k0: with κ = 1 the chance that a person of the class is seen.
    omega : array of float, shape (strata, classes)
        φ_s w_sk (1 − κ q_k0) / D; with κ = 1 the share of the persons seen.
    cell_chance : array of float, shape (cells,)
        P_sh of the occupied cells.
    persons : array of int, shape (strata, classes)
        Persons of the last sweep, unseen ones included.
    unseen : array of int, shape (strata,)
        Persons unseen of the last sweep.
    """

    chance: NDArray[np.float64]
    log_weight: NDArray[np.float64]
    history_chance: NDArray[np.float64]
    seen: NDArray[np.float64]
    omega: NDArray[np.float64]
    cell_chance: NDArray[np.float64]
    persons: NDArray[np.int64]
    unseen: NDArray[np.int64]


@compiled
def class_chances(chance: NDArray[np.float64], kappa: float, history_chance: NDArray[np.float64]) -> float:
    """Fill q_h / (1 − κ q_0) of one class; return 1 − κ q_0, exact where q_0 is nearly 1."""
    seen, size = 0.0, 1
    history_chance[0] = 1.0
    for j in range(len(chance) - 1, -1, -1):
        on = chance[j]
        for h in range(size):
            history_chance[size + h] = history_chance[h] * on
            history_chance[h] *= 1.0 - on
        size *= 2
        seen = on + (1.0 - on) * seen
    seen = (1.0 - kappa) + kappa * seen
    for h in range(size):
        history_chance[h] /= seen
    return seen


@compiled
def refresh(point: Point, cells: Cells, kappa: float) -> float:
    """Make what follows from chances and weights; return log D."""
    n_strata, n_classes = point.log_weight.shape
    for k in range(n_classes):
        point.seen[k] = class_chances(point.chance[k], kappa, point.history_chance[k])
    total = 0.0
    for s in range(n_strata):
        for k in range(n_classes):
            point.omega[s, k] = exp(point.log_weight[s, k]) * point.seen[k]
            total += point.omega[s, k]
    for s in range(n_strata):
        for k in range(n_classes):
            point.omega[s, k] /= total
    for i in range(len(cells.history)):
        s, h, p = cells.stratum[i], cells.history[i], 0.0
        for k in range(n_classes):
            p += point.omega[s, k] * point.history_chance[k, h]
        point.cell_chance[i] = p
    return log(total)


@compiled
def _binomial(rng: np.random.Generator, n: int, chance: float) -> int:
    """Binomial draw; nearly always 0 persons go to a class that hardly explains the cell, and that costs least."""
    mean = n * chance
    if mean > _SMALL_MEAN:
        return int(rng.binomial(n, chance))
    u = rng.random()
    if u < 1.0 - mean:
        return 0
    odds = chance / (1.0 - chance)
    mass = exp(n * log1p(-chance))
    z = 0
    while u >= mass and z < n:
        u -= mass
        mass *= odds * (n - z) / (z + 1)
        z += 1
    return z


@compiled
def _deal(rng: np.random.Generator, point: Point, cells: Cells, on_list: NDArray[np.int64], n_lists: int) -> int:
    """Deal the persons of every cell to classes; return the number of persons in the table."""
    n_classes = point.chance.shape[0]
    known = 0
    for i in range(len(cells.history)):
        s, h, rest = cells.stratum[i], cells.history[i], point.cell_chance[i]
        left = cells.whole[i]
        if cells.part[i] > 0.0:
            inside = cells.part[i] * rest
            if rng.random() * ((1.0 - cells.part[i]) * cells.share[i] + inside) < inside:
                left += 1
        known += left
        for k in range(n_classes):
            if left == 0:
                break
            mine = point.omega[s, k] * point.history_chance[k, h]
            z = 0
            if k == n_classes - 1 or mine >= rest:
                z = left
            elif left <= _FEW:
                for _ in range(left):
                    z += rng.random() * rest < mine
            else:
                z = _binomial(rng, left, mine / rest)
            rest -= mine
            if z:
                left -= z
                point.persons[s, k] += z
                for j in range(n_lists):
                    on_list[k, j] += z * ((h >> (n_lists - 1 - j)) & 1)
    return known


@compiled
def _chance_draw(rng: np.random.Generator, on: int, off: int) -> float:
    """Beta(1 + on, 1 + off) draw."""
    if on == 0:
        drawn = -expm1(log1p(-rng.random()) / (1.0 + off))
    elif off == 0:
        drawn = exp(log1p(-rng.random()) / (1.0 + on))
    else:
        x, y = rng.standard_gamma(1.0 + on), rng.standard_gamma(1.0 + off)
        drawn = x / (x + y)
    return min(max(drawn, _NEAREST), 1.0 - _NEAREST)


@compiled
def _log_gamma_draw(rng: np.random.Generator, shape: float) -> float:
    """Log of a Gamma(shape, 1) draw, also where the draw itself would be 0: X = Y U^(1/shape), Y ~ Gamma(shape + 1)."""
    if shape < 1.0:
        return log(rng.standard_gamma(shape + 1.0)) + log1p(-rng.random()) / shape
    return log(rng.standard_gamma(shape))


@compiled
def _break_stick(
    rng: np.random.Generator, persons: NDArray[np.int64], alpha: float, log_weight: NDArray[np.float64]
) -> None:
    """Draw the log weights of one stratum, V_k ~ Beta(1 + n_k, α + Σ_{l>k} n_l)."""
    later, left = persons.sum(), 0.0
    for k in range(len(persons) - 1):
        later -= persons[k]
        if persons[k] == 0 and later == 0:
            keep = min(log1p(-rng.random()) / alpha, -_TINY)
            take = log(-expm1(keep))
        else:
            x, y = _log_gamma_draw(rng, 1.0 + persons[k]), _log_gamma_draw(rng, alpha + later)
            top = max(x, y)
            both = top + log(exp(x - top) + exp(y - top))
            take, keep = x - both, y - both
        log_weight[k] = left + take
        left += keep
    log_weight[len(persons) - 1] = left


@compiled
def draw_alpha(rng: np.random.Generator, log_weight: NDArray[np.float64], hyper: Hyper) -> float:
    """Draw α given the sticks: Gamma(a + S(C − 1), b − Σ_s log w_sC)."""
    n_strata, n_classes = log_weight.shape
    rate = hyper.alpha_rate
    for s in range(n_strata):
        top, total = -inf, 0.0
        for k in range(n_classes):
            top = max(top, log_weight[s, k])
        for k in range(n_classes):
            total += exp(log_weight[s, k] - top)
        rate -= log_weight[s, n_classes - 1] - top - log(total)
    return float(max(rng.standard_gamma(hyper.alpha_shape + n_strata * (n_classes - 1)) / rate, _TINY))


@compiled
def gibbs_sweep(
    rng: np.random.Generator, point: Point, cells: Cells, hyper: Hyper, log_d: float, on_list: NDArray[np.int64]
) -> float:
    """Draw α, the classes of all persons, the unseen, and then all parameters anew.

    Parameters
    ----------
    rng : numpy.random.Generator
    point : Point
        Refreshed; changed in place, and refreshed again.
    cells : Cells
    hyper : Hyper
    log_d : float
        Log D of the point.
    on_list : array of int, shape (classes, lists)
        Scratch.

    Returns
    -------
    float
        Log D of the new point.
    """
    n_strata, n_classes = point.log_weight.shape
    n_lists = point.chance.shape[1]
    alpha = draw_alpha(rng, point.log_weight, hyper)
    point.persons[:] = 0
    point.unseen[:] = 0
    on_list[:] = 0
    known = _deal(rng, point, cells, on_list, n_lists)
    if known + hyper.power > 0.0:
        rate = rng.standard_gamma(known + hyper.power) * exp(-log_d) * hyper.kappa
        for s in range(n_strata):
            for k in range(n_classes):
                mean = rate * exp(point.log_weight[s, k]) * point.history_chance[k, 0] * point.seen[k]
                if mean > 0.0:
                    z = rng.poisson(mean)
                    point.persons[s, k] += z
                    point.unseen[s] += z
    for k in range(n_classes):
        persons = point.persons[:, k].sum()
        for j in range(n_lists):
            point.chance[k, j] = _chance_draw(rng, on_list[k, j], persons - on_list[k, j])
    total = 0.0
    for s in range(n_strata):
        _break_stick(rng, point.persons[s], alpha, point.log_weight[s])
        share = rng.standard_gamma(1.0 + point.persons[s].sum())
        total += share
        for k in range(n_classes):
            point.log_weight[s, k] += log(share)
    for s in range(n_strata):
        for k in range(n_classes):
            point.log_weight[s, k] -= log(total)
    return refresh(point, cells, hyper.kappa)
