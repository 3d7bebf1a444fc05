"""Marginal likelihoods of graphs against direct enumeration, simulation and plain NumPy."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import stats
from scipy.special import gammaln, logsumexp

from mse.kernels.chordal import chordal_graphs
from mse.kernels.hyperdirichlet import (
    add_graphs,
    clique_tables,
    graph_score,
    log_evidence,
    log_gamma_ratio,
    log_sums,
    tail_powers,
)
from mse.kernels.unseen_grid import coarse_grid, fine_grid

SAME = 1e-10
"""Sums of logs of some thousands in another order."""

MONTE_CARLO = 4.0
"""Standard errors."""

THREE = {
    "[1][2][3]": ([(0,), (1,), (2,)], [(), ()]),
    "[12][3]": ([(0, 1), (2,)], [()]),
    "[13][2]": ([(0, 2), (1,)], [()]),
    "[23][1]": ([(1, 2), (0,)], [()]),
    "[12][13]": ([(0, 1), (0, 2)], [(0,)]),
    "[12][23]": ([(0, 1), (1, 2)], [(1,)]),
    "[13][23]": ([(0, 2), (1, 2)], [(2,)]),
    "[123]": ([(0, 1, 2)], []),
}
"""The graphs on three lists with cliques and separators, written out by hand."""


def direct(counts: np.ndarray, unseen: int, graph: str, delta: float) -> float:
    """Log probability of a full table under a graph: Dirichlet integrals over its margins, from the definition."""
    full = counts.copy()
    full[0, 0, 0] = unseen
    cliques, separators = THREE[graph]

    def margin(axes: tuple[int, ...]) -> float:
        y = full.sum(axis=tuple(set(range(3)) - set(axes))).ravel()
        a = np.full(y.shape, delta * 8 / y.size)
        return gammaln(a.sum()) - gammaln(a.sum() + y.sum()) + (gammaln(a + y) - gammaln(a)).sum()

    coefficient = gammaln(full.sum() + 1) - gammaln(full + 1).sum()
    return float(coefficient + sum(map(margin, cliques)) - sum(map(margin, separators)))


def scores(counts: np.ndarray, unseen: np.ndarray, delta: float) -> np.ndarray:
    """Log scores of all graphs, by the kernel's tables and plain NumPy."""
    flat = counts.ravel().astype(float)
    tables, base = clique_tables(flat, unseen, delta)
    return np.stack([graph_score(tables, base, terms) for terms in chordal_graphs(counts.ndim).terms])


def test_three_lists_by_direct_enumeration() -> None:
    rng = np.random.default_rng(1)
    for delta in (0.125, 0.5, 1.0, 2.7):
        counts = rng.poisson(5, (2, 2, 2)).astype(float)
        counts[0, 0, 0] = 0.0
        unseen = np.array([0.0, 1.0, 2.0, 7.0, 40.0, 1_000.0])
        found = scores(counts, unseen, delta)
        expected = np.array([[direct(counts, int(f), graph, delta) for f in unseen] for graph in THREE])
        constant = -gammaln(counts + 1).sum()
        order = np.lexsort(found.T)
        np.testing.assert_allclose(found[order] + constant, expected[np.lexsort(expected.T)], rtol=0, atol=SAME)


def test_a_graph_agrees_with_draws_of_cell_probabilities() -> None:
    """[12][23]: list 2 is Bernoulli, lists 1 and 3 depend on it, all with Beta(a, a)."""
    rng, delta, draws = np.random.default_rng(2), 0.5, 200_000
    full = np.array([[[4, 1], [2, 1]], [[1, 0], [1, 2]]])
    two = rng.beta(4 * delta, 4 * delta, draws)
    one, three = (rng.beta(2 * delta, 2 * delta, (2, draws)) for _ in range(2))
    like = np.full(draws, math.exp(gammaln(full.sum() + 1) - gammaln(full + 1).sum()))
    for i, j, m in itertools.product((0, 1), repeat=3):
        p = (two if j else 1 - two) * (one[j] if i else 1 - one[j]) * (three[j] if m else 1 - three[j])
        like *= p ** full[i, j, m]
    seen = full.astype(float)
    seen[0, 0, 0] = 0.0
    expected = math.exp(direct(seen, int(full[0, 0, 0]), "[12][23]", delta))
    assert abs(like.mean() - expected) < MONTE_CARLO * like.std() / math.sqrt(draws)


@pytest.mark.parametrize("k", [3, 4, 5])
def test_kernel_sums_are_those_of_numpy(k: int) -> None:
    rng = np.random.default_rng(k)
    counts = rng.poisson(rng.gamma(0.5, 40, 2**k)).astype(float)
    unseen = np.concatenate([np.arange(300.0), np.geomspace(300, 1e9, 400)])
    step = np.gradient(unseen)
    tables, base = clique_tables(counts, unseen, 2.0**-k)
    base = base - np.log(counts[1:].sum() + unseen)
    terms = chordal_graphs(k).terms
    belief = rng.normal(size=len(terms))
    logs = np.stack([graph_score(tables, base, row) for row in terms])

    sums = np.empty(len(unseen))
    log_sums(tables, base, terms, belief, sums)
    np.testing.assert_allclose(sums, logsumexp(logs + belief[:, None], axis=0), rtol=0, atol=SAME)

    evidence = np.full(len(terms), -np.inf)
    log_evidence(tables, base + np.log(step), terms, evidence)
    np.testing.assert_allclose(evidence, logsumexp(logs + np.log(step), axis=1), rtol=0, atol=SAME)

    by_point, by_graph = np.zeros(len(unseen)), np.zeros(len(terms))
    add_graphs(tables, base - sums.max(), terms, belief, step, by_point, by_graph)
    joint = np.exp(logs + belief[:, None] - sums.max())
    np.testing.assert_allclose(by_point, joint.sum(axis=0), rtol=SAME, atol=1e-20)
    np.testing.assert_allclose(by_graph, joint @ step, rtol=SAME, atol=1e-12 * by_graph.max())


@pytest.mark.parametrize("k", [6, pytest.param(7, marks=pytest.mark.full)])
def test_many_lists_are_summed_as_numpy_does(k: int) -> None:
    rng = np.random.default_rng(k)
    counts = rng.poisson(rng.gamma(0.5, 20, 2**k)).astype(float)
    unseen = np.array([3.0, 1_000.0, 1e6])
    tables, base = clique_tables(counts, unseen, 2.0**-k)
    terms = chordal_graphs(k).terms
    sums = np.empty(len(unseen))
    log_sums(tables, base, terms, np.zeros(len(terms)), sums)
    for point, found in enumerate(sums):
        logs = base[point] + (np.sign(terms) * tables[np.abs(terms), point]).sum(axis=1)
        assert found == pytest.approx(logsumexp(logs), abs=SAME)


def test_ratios_of_gamma_functions_are_sums_of_logs() -> None:
    for x, d in itertools.product((1.0, 3.0, 31.9, 32.1, 700.0, 1e6, 1e15), (1, 5, 400)):
        expected = math.fsum(math.log(x + i) for i in range(d))
        assert log_gamma_ratio(np.array([x]), float(d))[0] == pytest.approx(expected, rel=1e-13, abs=1e-13)


def test_ratios_of_gamma_functions_join_at_their_border() -> None:
    for d in (-0.9, 0.03, 1.7):
        below, above = log_gamma_ratio(np.array([32.0 - 1e-9, 32.0]), d)
        assert below == pytest.approx(above, abs=1e-9)


@pytest.mark.parametrize("k", [3, 4])
def test_tails_fall_with_the_stated_power(k: int) -> None:
    counts = np.random.default_rng(k).poisson(3, 2**k).astype(float)
    far = np.array([1e12, 1e13])
    n = counts[1:].sum()
    tables, base = clique_tables(counts, far, 0.3)
    terms = chordal_graphs(k).terms
    for row, power in zip(terms, tail_powers(counts, terms, 0.3), strict=True):
        low, high = graph_score(tables, base - np.log(n + far), row)
        assert (low - high) / math.log(10.0) == pytest.approx(power + 1.0, abs=1e-6)


def test_a_fine_grid_sums_as_all_whole_numbers_do() -> None:
    """A gamma with a power tail on top, over whole numbers to 3 million and on the grid."""

    def density(x: np.ndarray) -> np.ndarray:
        return stats.gamma(9, scale=8_000).pdf(x) + 1e-3 * 4e4 / (x + 4e4) ** 2

    every = np.arange(0.0, 3_000_001.0)
    coarse = coarse_grid(3e6)
    share = density(coarse.unseen) * coarse.step
    grid = fine_grid(coarse, share / share.sum(), 3e6)
    assert len(grid.unseen) < 120_000
    assert grid.unseen[-1] == 3e6
    assert (density(grid.unseen) * grid.step).sum() == pytest.approx(density(every).sum(), rel=1e-9)
    weight = density(grid.unseen) * grid.step * grid.unseen
    assert weight.sum() == pytest.approx((density(every) * every).sum(), rel=1e-7)
