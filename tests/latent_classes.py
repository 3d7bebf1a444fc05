"""Latent classes drawn from their prior, and Geweke's joint distribution test of the sampler."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mse.kernels.latent_class import Cells, Hyper, Point, gibbs_sweep, refresh
from mse.kernels.latent_class_moves import move


def all_cells(strata: int, lists: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Stratum and history of every cell that can be seen."""
    histories = np.arange(1, 2**lists)
    return np.repeat(np.arange(strata), len(histories)), np.tile(histories, strata)


def empty_point(strata: int, classes: int, lists: int, cells: int) -> Point:
    return Point(
        np.full((classes, lists), 0.5),
        np.full((strata, classes), -np.log(strata * classes)),
        np.empty((classes, 2**lists)),
        np.empty(classes),
        np.empty((strata, classes)),
        np.empty(cells),
        np.zeros((strata, classes), np.int64),
        np.zeros(strata, np.int64),
    )


def draw_prior(rng: np.random.Generator, strata: int, classes: int, lists: int, hyper: Hyper) -> tuple[Any, Any]:
    """Capture chances and log(φ_s w_sk) from their prior, by broken sticks."""
    alpha = rng.gamma(hyper.alpha_shape, 1.0 / hyper.alpha_rate)
    log_weight = np.zeros((strata, classes))
    for s in range(strata):
        for k in range(classes - 1):
            keep = np.log(rng.random()) / alpha
            log_weight[s, k] += np.log(-np.expm1(keep))
            log_weight[s, k + 1 :] += keep
    return rng.random((classes, lists)), log_weight + np.log(rng.dirichlet(np.ones(strata)))[:, None]


def draw_counts(rng: np.random.Generator, point: Point, cells: Cells, hyper: Hyper, log_d: float) -> None:
    """Draw the total from its negative binomial prior and the counts of all cells from the point, into `cells`."""
    total = rng.negative_binomial(hyper.power, 1.0 - hyper.kappa)
    chance = point.cell_chance * np.exp(log_d)
    cells.whole[:] = rng.multinomial(total, [*chance, max(1.0 - chance.sum(), 0.0)])[:-1]


def statistics(point: Point) -> NDArray[np.float64]:
    """What the two ways to draw are compared on; all of it is bounded."""
    weight = np.exp(point.log_weight)
    unseen = (1.0 - point.chance).prod(axis=1)
    return np.array([
        *point.chance[0],
        point.chance[-1, 0],
        *weight.sum(axis=1)[:1],
        *weight[0] / weight[0].sum(),
        (weight * unseen).sum(),
        (weight[0] * unseen).sum(),
        (weight[0] * point.chance[:, 0]).sum() ** 2,
        (weight.sum(axis=0) ** 2).sum(),
    ])  # fmt: skip


def geweke(seed: int, draws: int, *, strata: int = 2, classes: int = 3, lists: int = 2, moves: int = 2) -> Any:
    """Return z-scores of the statistics: draws of the prior against draws of a chain that sweeps and draws data anew.

    The standard error of the chain is that of means of 50 batches.
    """
    hyper = Hyper(2.0, 1.0, 1.0 / 1.2, 3.0)
    rng = np.random.default_rng(seed)
    stratum, history = all_cells(strata, lists)
    n = len(history)
    cells = Cells(stratum, history, np.zeros(n, np.int64), np.zeros(n), np.full(n, 1.0 / n))
    point = empty_point(strata, classes, lists, n)
    marginal = np.empty((draws, len(statistics(point))))
    for i in range(draws):
        point.chance[:], point.log_weight[:] = draw_prior(rng, strata, classes, lists, hyper)
        marginal[i] = statistics(point)
    successive = np.empty_like(marginal)
    on_list = np.zeros((classes, lists), np.int64)
    log_d = refresh(point, cells, hyper.kappa)
    for i in range(draws):
        draw_counts(rng, point, cells, hyper, _log_seen(point))
        log_d = move(rng, point, cells, hyper, log_d, moves)
        log_d = gibbs_sweep(rng, point, cells, hyper, log_d, on_list)
        successive[i] = statistics(point)
    batches = successive[: draws // 50 * 50].reshape(50, -1, successive.shape[1]).mean(axis=1)
    error = np.sqrt(marginal.var(axis=0) / draws + batches.var(axis=0, ddof=1) / 50)
    return (marginal.mean(axis=0) - successive.mean(axis=0)) / error


def _log_seen(point: Point) -> float:
    """What turns chances of cells relative to D into plain ones: log D."""
    return float(np.log((np.exp(point.log_weight) * point.seen).sum()))
