"""Chains of latent classes: where they start, how they run on threads, and what is kept of them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from mse.kernels.latent_class import Cells, Hyper
    from mse.kernels.latent_class_tempering import Ladder, Recorded

__all__ = ["HOTTEST", "Chain", "Plan", "occupied", "run_chains"]

HOTTEST = 0.1
"""β of the hottest rung: with a tenth of the persons the modes of all tables tried so far run into each other."""

_PLACED = 8
"""The warm-up is cut in so many blocks; the rungs are placed anew after all but the last two."""

_START_CHANCE = (0.3, 0.03, 0.1, 0.6)
"""Mean capture probability that chains start from, in turn: few unseen persons, and very many."""

_BLOCKS = 20
"""Progress is told so many times a chain."""


class Plan(NamedTuple):
    """How chains run: numbers of classes, chains, temperatures, collapsed moves, draws, sweeps of warm-up, thinning."""

    classes: int
    chains: int
    temperatures: int
    moves: int
    draws: int
    tune: int
    thin: int


class Chain(NamedTuple):
    """One chain: what was kept, β of its rungs, and the share of exchanges that neighbours refused."""

    kept: Recorded
    temperature: NDArray[np.float64]
    refused: NDArray[np.float64]


def run_chains(
    counts: NDArray[np.int64],
    hyper: Hyper,
    plan: Plan,
    seed: int | None,
    workers: int,
    advance: Callable[[int], None] | None = None,
) -> list[Chain]:
    """Run all chains; each has its own stream of numbers, so that the number of workers changes nothing.

    Parameters
    ----------
    counts : array of int, shape (strata, 2^K)
        The 0…0 cells hold 0.
    hyper : Hyper
    plan : Plan
    seed : int, optional
    workers : int
        Threads.
    advance : callable, optional
        Told the sweeps that were made.
    """
    streams = np.random.SeedSequence(seed).spawn(plan.chains)

    def one(place: int) -> Chain:
        return _run(counts, hyper, plan, place, np.random.default_rng(streams[place]), advance)

    with ThreadPoolExecutor(max_workers=workers) as pool:
        return list(pool.map(one, range(plan.chains)))


def occupied(counts: NDArray[np.int64]) -> Cells:
    """The occupied cells of a table, with all persons in them."""
    from mse.kernels.latent_class import Cells

    stratum, history = np.nonzero(counts)
    held = counts[stratum, history].astype(np.int64)
    return Cells(stratum, history, held, np.zeros(len(held)), held / held.sum())


def _run(
    counts: NDArray[np.int64],
    hyper: Hyper,
    plan: Plan,
    place: int,
    rng: np.random.Generator,
    advance: Callable[[int], None] | None,
) -> Chain:
    """Warm one chain up, place its rungs, and draw."""
    from mse.kernels.latent_class_tempering import place_rungs, start_ladder, sweep_ladder, tempered

    cells = occupied(counts)
    temperature = np.geomspace(1.0, HOTTEST, plan.temperatures) if plan.temperatures > 1 else np.ones(1)
    ladder = _start(counts, cells, plan, place, rng)
    ladder.whole[:], ladder.part[:] = tempered(cells.whole, temperature)
    start_ladder(ladder, cells, hyper)
    kept = _room(plan, len(counts), ladder.chance.shape[2])
    begun = 0
    for block in range(_PLACED):
        ladder.refused[:] = 0.0
        sweeps = plan.tune * (block + 1) // _PLACED - begun
        sweep_ladder(rng, ladder, cells, hyper, plan.moves, sweeps, 0, begun, kept, 0)
        begun += sweeps
        if sweeps and block < _PLACED - 2:
            temperature = place_rungs(temperature, ladder.refused / sweeps)
            ladder.whole[:], ladder.part[:] = tempered(cells.whole, temperature)
        if advance is not None:
            advance(sweeps)
    ladder.refused[:] = 0.0
    for first, last in zip(*_cuts(plan.draws), strict=True):
        sweeps = (last - first) * plan.thin
        sweep_ladder(rng, ladder, cells, hyper, plan.moves, sweeps, plan.thin, begun, kept, first)
        begun += sweeps
        if advance is not None:
            advance(sweeps)
    return Chain(kept, temperature, ladder.refused / (plan.draws * plan.thin))


def _cuts(draws: int) -> tuple[list[int], list[int]]:
    edges = np.linspace(0, draws, _BLOCKS + 1).astype(int)
    return edges[:-1].tolist(), edges[1:].tolist()


def _start(counts: NDArray[np.int64], cells: Cells, plan: Plan, place: int, rng: np.random.Generator) -> Ladder:
    """Start all rungs of a chain at random points with its own number of classes and level of capture."""
    from mse.kernels.latent_class_tempering import Ladder

    rungs, classes, (strata, histories) = plan.temperatures, plan.classes, counts.shape
    lists = histories.bit_length() - 1
    used = max((1, 2, classes // 2, classes)[place % 4], 1)
    level = _START_CHANCE[place % len(_START_CHANCE)]
    chance = rng.beta(2.0 * level, 2.0 * (1.0 - level), size=(rungs, classes, lists)).clip(1e-6, 1.0 - 1e-6)
    weight = np.full((rungs, strata, classes), 1e-6)
    weight[:, :, :used] += rng.dirichlet(np.ones(min(used, classes)), size=(rungs, strata))
    log_weight = np.log(weight / weight.sum(axis=(1, 2), keepdims=True))
    return Ladder(
        chance=chance,
        log_weight=log_weight,
        history_chance=np.empty((rungs, classes, histories)),
        seen=np.empty((rungs, classes)),
        omega=np.empty((rungs, strata, classes)),
        cell_chance=np.empty((rungs, len(cells.history))),
        persons=np.zeros((rungs, strata, classes), np.int64),
        unseen=np.zeros((rungs, strata), np.int64),
        log_d=np.empty(rungs),
        order=np.arange(rungs),
        whole=np.empty((rungs, len(cells.history)), np.int64),
        part=np.empty((rungs, len(cells.history))),
        refused=np.zeros(max(rungs - 1, 1)),
    )


def _room(plan: Plan, strata: int, lists: int) -> Recorded:
    from mse.kernels.latent_class_tempering import Recorded

    n, classes = plan.draws, plan.classes
    return Recorded(
        np.empty((n, strata), np.int64),
        np.empty((n, strata, classes), np.int64),
        np.empty((n, classes, lists)),
        np.empty(n),
        np.empty(n, np.int64),
    )
