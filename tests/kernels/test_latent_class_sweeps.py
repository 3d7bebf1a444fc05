"""Latent classes: chances of cells, the prior's density, and exactness of sweeps, moves and fractional persons."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from latent_classes import all_cells, draw_prior, empty_point, geweke
from mse.kernels.latent_class import Cells, Hyper, gibbs_sweep, refresh
from mse.kernels.latent_class_moves import log_likelihood, log_prior, move
from mse.kernels.latent_class_tempering import place_rungs, tempered

FAR = 4.0
"""Standard errors that a Monte Carlo mean may lie from its expectation: once in 16,000 by chance."""

ROUNDING = 1e-10
"""Sums of some hundred terms, in another order."""


def some_point(seed, strata=2, classes=3, lists=3, kappa=0.8):
    rng = np.random.default_rng(seed)
    stratum, history = all_cells(strata, lists)
    counts = rng.integers(0, 9, len(history))
    cells = Cells(stratum, history, counts, rng.random(len(counts)), (counts + 1.0) / (counts + 1.0).sum())
    point = empty_point(strata, classes, lists, len(history))
    hyper = Hyper(2.0, 1.0, kappa, 1.5)
    point.chance[:], point.log_weight[:] = draw_prior(rng, strata, classes, lists, hyper)
    return rng, point, cells, hyper, refresh(point, cells, kappa)


def test_chances_of_cells():
    _, point, cells, hyper, log_d = some_point(1)
    weight = np.exp(point.log_weight)
    expected = []
    for s, h in zip(cells.stratum, cells.history, strict=True):
        on = [(h >> (2 - j)) & 1 for j in range(3)]
        expected.append((weight[s] * np.where(on, point.chance, 1.0 - point.chance).prod(axis=1)).sum())
    unseen = (weight * (1.0 - point.chance).prod(axis=1)).sum()
    assert np.exp(log_d) == pytest.approx(1.0 - hyper.kappa * unseen, rel=ROUNDING)
    assert point.cell_chance == pytest.approx(np.array(expected) / np.exp(log_d), rel=ROUNDING)
    assert sum(expected) + unseen == pytest.approx(1.0, rel=ROUNDING)


def test_the_prior_with_the_concentration_integrated_out():
    """Ratio of densities of two points: sticks by quadrature over α, flat shares of strata, Jacobians of weights."""
    values, densities = [], []
    for seed in (2, 3):
        _, point, _, hyper, log_d = some_point(seed)
        values.append(log_prior(point.log_weight, log_d, hyper))
        share = np.exp(point.log_weight).sum(axis=1)
        weight = np.exp(point.log_weight) / share[:, None]
        stick = weight[:, :-1] / weight[:, ::-1].cumsum(axis=1)[:, :0:-1]
        rest = np.log1p(-stick).sum()

        def over_alpha(alpha, rest=rest, n=stick.size):
            return alpha ** (1.0 + n) * np.exp(-alpha + (alpha - 1.0) * rest)

        density = quad(over_alpha, 0.0, np.inf, epsabs=0.0)[0]
        jacobian = np.prod(stick * (1.0 - stick)) * np.prod(share)
        densities.append(np.log(density * jacobian) - hyper.power * log_d)
    assert values[0] - values[1] == pytest.approx(densities[0] - densities[1], rel=1e-6)


def test_moves_keep_what_follows_from_the_point():
    rng, point, cells, hyper, log_d = some_point(4)
    before = point.chance.copy()
    log_d = move(rng, point, cells, hyper, log_d, 200)
    kept = [array.copy() for array in (point.seen, point.omega, point.cell_chance, point.history_chance)]
    assert (point.chance != before).any()
    assert np.exp(point.log_weight).sum() == pytest.approx(1.0, rel=ROUNDING)
    assert refresh(point, cells, hyper.kappa) == pytest.approx(log_d, abs=ROUNDING)
    for old, new in zip(kept, (point.seen, point.omega, point.cell_chance, point.history_chance), strict=True):
        assert old == pytest.approx(new, rel=1e-8)


@pytest.mark.parametrize("moves", [0, 3])
def test_jointly_with_data_the_sampler_draws_the_prior(moves):
    """Geweke (2004); 3 classes, 2 strata, 2 lists. Batches are correlated a little, hence 50 of them and not more."""
    assert np.abs(geweke(1 + moves, 12_000, moves=moves)).max() < FAR


def test_tables_of_rungs():
    whole, part = tempered(np.array([10, 3, 1]), np.array([1.0, 0.25]))
    assert whole.tolist() == [[10, 3, 1], [2, 0, 0]]
    assert part.tolist() == [[0.0, 0.0, 0.0], [0.5, 0.75, 0.25]]


def test_rungs_go_where_exchanges_are_refused():
    placed = place_rungs(np.array([1.0, 0.5, 0.25, 0.1]), np.array([0.8, 0.1, 0.1]))
    assert placed[0] == 1.0
    assert placed[-1] == 0.1
    assert (np.diff(placed) < 0.0).all()
    assert (placed[1:3] > 0.5).all()


@pytest.mark.parametrize("moves", [0, 2])
def test_a_rung_between_whole_tables(moves):
    """One class on two lists at β = 0.35: means of λ against a sum over a grid, the fractional persons included."""
    counts = np.array([3, 5, 2])
    whole, part = tempered(counts, np.array([0.35]))
    cells = Cells(np.zeros(3, np.int64), np.array([1, 2, 3]), whole[0], part[0], counts / 10.0)
    hyper = Hyper(0.25, 0.25, 1.0, 0.0)
    rng, point = np.random.default_rng(5), empty_point(1, 1, 2, 3)
    log_d, on_list = refresh(point, cells, 1.0), np.zeros((1, 2), np.int64)
    drawn = np.empty((20_000, 2))
    for i in range(len(drawn)):
        log_d = move(rng, point, cells, hyper, log_d, moves)
        log_d = gibbs_sweep(rng, point, cells, hyper, log_d, on_list)
        drawn[i] = point.chance[0]
    edge = (np.arange(400) + 0.5) / 400
    a, b = np.meshgrid(edge, edge, indexing="ij")
    chance = np.stack([(1 - a) * b, a * (1 - b), a * b]) / (1 - (1 - a) * (1 - b))
    weight = np.exp([[log_likelihood(chance[:, i, j].copy(), cells) for j in range(400)] for i in range(400)])
    weight /= weight.sum()
    values, expected = [drawn[:, 0], drawn[:, 1], drawn.prod(axis=1)], [a, b, a * b]
    for value, grid in zip(values, expected, strict=True):
        batches = value.reshape(50, -1).mean(axis=1)
        error = batches.std(ddof=1) / np.sqrt(50)
        assert abs(value.mean() - (weight * grid).sum()) < FAR * error
