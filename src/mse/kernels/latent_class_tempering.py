"""Parallel tempering of latent classes: one chain at several temperatures, which exchange their points.

A rung at β counts β y_h persons in a cell with y_h: the whole part of that number for certain, and one more person with
the fraction as weight,

    L_β(θ) = Π_h P_h^⌊β y_h⌋ ((1 − r_h) c_h + r_h P_h),   r_h = β y_h − ⌊β y_h⌋,   c_h = y_h / n,

so that β = 1 is the posterior, β near 0 the prior, and every rung has exact Gibbs steps: whether the fractional person
is there is drawn like everything else. Neighbouring rungs exchange their points with the chance min(1, ratio of the
four likelihoods), from which the unseen and the classes of persons are summed out; even and odd pairs take turns (Okabe
and others 2001; Syed and others 2022). While warming up the rungs are placed so that all pairs are refused about
equally often; then they stay.
"""

from __future__ import annotations

from math import exp, log1p
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mse.kernels.compiled import compiled
from mse.kernels.latent_class import Cells, Hyper, Point, gibbs_sweep, refresh
from mse.kernels.latent_class_moves import log_likelihood, move

__all__ = ["Ladder", "Recorded", "place_rungs", "start_ladder", "sweep_ladder", "tempered"]


class Ladder(NamedTuple):
    """Points at every rung, the coldest first; arrays are as those of `Point` with the rung as first axis.

    `order` says which point stands at which rung; `log_d` belongs to points, `refused` to pairs of rungs.
    """

    chance: NDArray[np.float64]
    log_weight: NDArray[np.float64]
    history_chance: NDArray[np.float64]
    seen: NDArray[np.float64]
    omega: NDArray[np.float64]
    cell_chance: NDArray[np.float64]
    persons: NDArray[np.int64]
    unseen: NDArray[np.int64]
    log_d: NDArray[np.float64]
    order: NDArray[np.int64]
    whole: NDArray[np.int64]
    part: NDArray[np.float64]
    refused: NDArray[np.float64]


class Recorded(NamedTuple):
    """What is kept of the coldest rung; the first axis is the draw.

    Attributes
    ----------
    unseen : array of int, shape (draws, strata)
    persons : array of int, shape (draws, strata, classes)
        All persons by class, the unseen included.
    chance : array of float, shape (draws, classes, lists)
    log_likelihood : array of float, shape (draws,)
    source : array of int, shape (draws,)
        Which of the points stood at the coldest rung.
    """

    unseen: NDArray[np.int64]
    persons: NDArray[np.int64]
    chance: NDArray[np.float64]
    log_likelihood: NDArray[np.float64]
    source: NDArray[np.int64]


def tempered(
    counts: NDArray[np.int64], temperature: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Whole persons and the weight of one more, by rung and occupied cell."""
    held = temperature[:, None] * counts
    whole = np.floor(held).astype(np.int64)
    return whole, held - whole


def place_rungs(temperature: NDArray[np.float64], refused: NDArray[np.float64]) -> NDArray[np.float64]:
    """Place rungs so that every pair would be refused equally often, the ends kept.

    Parameters
    ----------
    temperature : array of float, shape (rungs,)
        β of each rung, falling.
    refused : array of float, shape (rungs - 1,)
        Share of exchanges refused between neighbours.

    Examples
    --------
    >>> place_rungs(np.array([1.0, 0.5, 0.1]), np.array([0.6, 0.2])).round(3).tolist()
    [1.0, 0.63, 0.1]
    """
    if len(temperature) < 3:
        return temperature
    barrier = np.concatenate([[0.0], np.cumsum(np.maximum(refused, 1e-3))])
    wanted = np.linspace(0.0, barrier[-1], len(temperature))
    placed = np.exp(np.interp(wanted, barrier, np.log(temperature)))
    placed[0], placed[-1] = temperature[0], temperature[-1]
    return placed


@compiled
def _point(ladder: Ladder, i: int) -> Point:
    return Point(
        ladder.chance[i],
        ladder.log_weight[i],
        ladder.history_chance[i],
        ladder.seen[i],
        ladder.omega[i],
        ladder.cell_chance[i],
        ladder.persons[i],
        ladder.unseen[i],
    )


@compiled
def _cells(ladder: Ladder, cells: Cells, rung: int) -> Cells:
    return Cells(cells.stratum, cells.history, ladder.whole[rung], ladder.part[rung], cells.share)


@compiled
def start_ladder(ladder: Ladder, cells: Cells, hyper: Hyper) -> None:
    """Make what follows from chances and weights at every rung."""
    for i in range(len(ladder.order)):
        ladder.log_d[i] = refresh(_point(ladder, i), cells, hyper.kappa)


@compiled
def sweep_ladder(
    rng: np.random.Generator,
    ladder: Ladder,
    cells: Cells,
    hyper: Hyper,
    moves: int,
    sweeps: int,
    thin: int,
    begun: int,
    kept: Recorded,
    first: int,
) -> None:
    """Sweep every rung and exchange neighbours, again and again; keep every `thin`-th draw of the coldest rung.

    Parameters
    ----------
    rng : numpy.random.Generator
    ladder : Ladder
        Changed in place; `refused` adds up over the sweeps.
    cells : Cells
        The cells of the table itself: their counts at each rung are in the ladder.
    hyper : Hyper
    moves : int
        Collapsed moves of each kind in a sweep.
    sweeps, thin : int
        `sweeps // thin` draws are kept, none where `thin` is 0.
    begun : int
        Sweeps made before, which say whose turn it is.
    kept : Recorded
        Written from draw `first` on.
    """
    rungs = len(ladder.order)
    on_list = np.zeros((ladder.chance.shape[1], ladder.chance.shape[2]), np.int64)
    place = first
    for t in range(sweeps):
        for rung in range(rungs):
            i = ladder.order[rung]
            here, mine = _cells(ladder, cells, rung), _point(ladder, i)
            log_d = move(rng, mine, here, hyper, ladder.log_d[i], moves)
            ladder.log_d[i] = gibbs_sweep(rng, mine, here, hyper, log_d, on_list)
        if thin and (t + 1) % thin == 0:
            i = ladder.order[0]
            kept.unseen[place] = ladder.unseen[i]
            kept.persons[place] = ladder.persons[i]
            kept.chance[place] = ladder.chance[i]
            kept.log_likelihood[place] = log_likelihood(ladder.cell_chance[i], _cells(ladder, cells, 0))
            kept.source[place] = i
            place += 1
        _exchange(rng, ladder, cells, (begun + t) % 2)


@compiled
def _exchange(rng: np.random.Generator, ladder: Ladder, cells: Cells, parity: int) -> None:
    """Offer the exchange of points to every second pair of rungs."""
    for rung in range(len(ladder.order) - 1):
        one, other = ladder.order[rung], ladder.order[rung + 1]
        here, next_ = _cells(ladder, cells, rung), _cells(ladder, cells, rung + 1)
        x, y = ladder.cell_chance[one], ladder.cell_chance[other]
        ratio = log_likelihood(y, here) + log_likelihood(x, next_)
        ratio -= log_likelihood(x, here) + log_likelihood(y, next_)
        ladder.refused[rung] += 1.0 - exp(min(ratio, 0.0))
        if rung % 2 == parity and log1p(-rng.random()) < ratio:
            ladder.order[rung], ladder.order[rung + 1] = other, one
