"""Linkage error in arrays, against enumeration, closed forms and a general optimiser."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from mse.kernels.broken_links import draw_clusters
from mse.kernels.linkage import members, mixing, split_by_pairs, split_by_records
from mse.kernels.linkage_inverse import correct

EXACT = 1e-12
"""Sums of products of probabilities: rounding only."""

SOLVED = 1e-6
"""A count, as a share of the persons: inversion of a well-conditioned matrix, or rounds that stop at 1e-10."""

SAME_LIKELIHOOD = 1e-6
"""Difference of log-likelihoods at two optima: the general optimiser's tolerance."""

FAR = 4.5
"""Standard errors that a mean may lie from its expectation: once in 100,000 tests by chance."""

NONE = np.zeros((3, 3))


def symmetric(rng, k, most=0.6):
    rates = rng.uniform(0.0, most, (k, k))
    return (rates + rates.T) / 2.0


def expected_counts(true, split, false):
    """Expected clusters of true counts of one stratum."""
    return mixing(true, split, false) @ true


def lists_of(history, k):
    return [i for i in range(k) if history >> (k - 1 - i) & 1]


def clusters_of(lists, links):
    """Connected sets of lists, by joining one link at a time."""
    label = {i: i for i in lists}
    for a, b in links:
        old, new = label[b], label[a]
        label = {i: new if at == old else at for i, at in label.items()}
    return [[i for i in lists if label[i] == at] for at in set(label.values())]


def enumerated(rates, unlinkable):
    """Expected clusters, by going through every outcome of every record and every link."""
    k = len(unlinkable)
    split = np.zeros((2**k, 2**k))
    for history in range(1, 2**k):
        lists = lists_of(history, k)
        pairs = list(combinations(lists, 2))
        for bad in product((False, True), repeat=len(lists)):
            of_records = np.prod(
                [unlinkable[i] if off else 1 - unlinkable[i] for i, off in zip(lists, bad, strict=True)]
            )
            lost = {i for i, off in zip(lists, bad, strict=True) if off}
            for made in product((False, True), repeat=len(pairs)):
                chance = np.prod([1 - rates[p] if on else rates[p] for p, on in zip(pairs, made, strict=True)])
                links = [p for p, on in zip(pairs, made, strict=True) if on and not lost & set(p)]
                for cluster in clusters_of(lists, links):
                    split[sum(1 << (k - 1 - i) for i in cluster), history] += of_records * chance
    return split


@pytest.mark.parametrize("k", [2, 3, 4])
def test_clusters_of_missed_links_are_those_of_enumeration(k):
    rng = np.random.default_rng(k)
    rates, unlinkable = symmetric(rng, k), rng.uniform(0.0, 0.5, k)
    assert abs(split_by_pairs(rates) - enumerated(rates, np.zeros(k))).max() < EXACT
    assert abs(split_by_records(unlinkable) - enumerated(np.zeros((k, k)), unlinkable)).max() < EXACT


def test_three_lists_in_the_closed_form_of_the_page():
    q = 0.2
    column = split_by_pairs(np.full((3, 3), q))[:, 0b111]
    assert np.isclose(column[0b111], (1 - q) ** 3 + 3 * q * (1 - q) ** 2)
    assert np.allclose(column[[0b110, 0b101, 0b011]], q**2 * (1 - q))
    assert np.allclose(column[[0b100, 0b010, 0b001]], q**2)


@given(st.integers(2, 5), st.integers(0, 10_000))
@settings(deadline=None, max_examples=30)
def test_no_record_is_lost_or_made(k, seed):
    rng = np.random.default_rng(seed)
    true = rng.uniform(20.0, 500.0, 2**k)
    true[0] = 0.0
    false = rng.uniform(0.0, 0.02, (k, k)) * (1 - np.eye(k))
    for split in (split_by_pairs(symmetric(rng, k)), split_by_records(rng.uniform(0.0, 0.5, k))):
        seen = expected_counts(true, split, false)
        for i in range(k):
            assert np.isclose(seen[members(k, i)].sum(), true[members(k, i)].sum())


@given(st.integers(2, 4), st.integers(0, 10_000))
@settings(deadline=None, max_examples=40)
def test_the_way_back_is_the_way_back(k, seed):
    rng = np.random.default_rng(seed)
    true = rng.uniform(20.0, 500.0, (2**k, 2))
    true[0] = 0.0
    split = split_by_pairs(symmetric(rng, k, most=0.4))
    for false in (np.zeros((k, k)), rng.uniform(0.0, 0.02, (k, k)) * (1 - np.eye(k))):
        seen = np.stack([expected_counts(column, split, false) for column in true.T], axis=1)
        back = correct(seen, split, false)
        assert back.converged.all()
        assert not back.bounded.any()
        assert abs(back.counts - true).max() < SOLVED * true.sum()


def test_two_lists_are_ding_and_fienberg():
    """N̂ = (α − β) n₁ n₂ / (m − β n₁): Ding and Fienberg (1994) as in Zult and others (2021)."""
    rng = np.random.default_rng(3)
    for _ in range(50):
        alone, other, both = rng.integers(50, 500, 3).astype(float)
        alpha, beta = rng.uniform(0.9, 1.0), rng.uniform(0.0, 0.05)
        split = split_by_pairs(np.array([[0.0, 1 - alpha], [1 - alpha, 0.0]]))
        result = correct(np.array([[0.0], [other], [alone], [both]]), split, np.array([[0.0, beta], [0.0, 0.0]]))
        if result.bounded.any():
            continue
        x = result.counts[:, 0]
        mine = (x[2] + x[3]) * (x[1] + x[3]) / x[3]
        closed = (alpha - beta) * (alone + both) * (other + both) / (both - beta * (alone + both))
        assert np.isclose(mine, closed, rtol=SOLVED)


def log_likelihood(x, seen, mixing):
    mean = mixing @ x
    return float(np.sum(seen[seen > 0] * np.log(mean[seen > 0])) - mean.sum())


@pytest.mark.parametrize("k", [2, 3, 4])
def test_where_inversion_is_negative_the_likelihood_is_at_its_maximum(k):
    rng = np.random.default_rng(k + 10)
    split = split_by_pairs(np.full((k, k), 0.3))
    seen = rng.poisson(6.0, (2**k, 12)).astype(float)
    seen[0] = 0.0
    result = correct(seen, split, np.zeros((k, k)))
    assert result.bounded.any()
    assert (result.counts >= 0.0).all()
    assert result.converged.all()
    for s in np.flatnonzero(result.bounded):
        column, mixing = seen[1:, s], split[1:, 1:]

        def loss(x, column=column, mixing=mixing):
            mean = np.maximum(mixing @ x, 1e-300)
            return mean.sum() - column @ np.log(mean), mixing.T @ (1.0 - column / mean)

        bounds = [(1e-10, None)] * len(column)
        best = minimize(loss, np.full(len(column), column.mean()), jac=True, bounds=bounds, method="L-BFGS-B",
                        options={"ftol": 1e-15, "gtol": 1e-10, "maxiter": 10_000})  # fmt: skip
        assert log_likelihood(result.counts[1:, s], column, mixing) > -best.fun - SAME_LIKELIHOOD * column.sum()


def test_rates_that_no_table_can_have_end_without_a_negative_count():
    """Half of the many on A alone would be linked to the few on B: no count goes below 0, and it is said."""
    seen = np.array([[0.0], [3.0], [500.0], [20.0]])
    result = correct(seen, split_by_pairs(np.zeros((2, 2))), np.array([[0.0, 0.5], [0.0, 0.0]]))
    assert (result.counts >= 0.0).all()
    assert np.isfinite(result.counts).all()
    assert result.bounded.all() or not result.converged.all()


def test_without_error_there_is_no_correction():
    seen = np.random.default_rng(1).poisson(4.0, (8, 5)).astype(float)
    seen[0] = 0.0
    for split in (split_by_pairs(NONE), split_by_records(np.zeros(3))):
        assert (correct(seen, split, NONE).counts == seen).all()


@pytest.mark.parametrize("by", ["pair", "record"])
def test_persons_drawn_into_clusters_have_the_expected_counts(by):
    rng = np.random.default_rng(5)
    true = np.array([0, 1000, 800, 200, 1200, 300, 250, 100])
    rates, unlinkable = (symmetric(rng, 3, 0.3), np.zeros(3)) if by == "pair" else (NONE, rng.uniform(0.0, 0.3, 3))
    drawn = np.array([draw_clusters(true, rates, unlinkable, NONE, rng) for _ in range(300)])
    expected = enumerated(rates, unlinkable) @ true
    error = drawn.std(axis=0, ddof=1)[1:] / np.sqrt(len(drawn))
    assert (abs(drawn.mean(axis=0)[1:] - expected[1:]) < FAR * error).all()


def test_false_links_drawn_one_by_one_have_the_expected_counts():
    """To first order: rates of .5 per cent leave second-order terms far below the Monte Carlo error."""
    rng = np.random.default_rng(6)
    true = np.array([0, 1000, 800, 200, 1200, 300, 250, 100])
    rates, false = np.full((3, 3), 0.1), np.array([[0.0, 0.005, 0.0], [0.0, 0.0, 0.005], [0.002, 0.0, 0.0]])
    drawn = np.array([draw_clusters(true, rates, np.zeros(3), false, rng) for _ in range(200)])
    expected = expected_counts(true.astype(float), split_by_pairs(rates), false)
    error = drawn.std(axis=0, ddof=1)[1:] / np.sqrt(len(drawn))
    assert (abs(drawn.mean(axis=0)[1:] - expected[1:]) < FAR * error).all()
    assert drawn.sum() < (expected_counts(true.astype(float), split_by_pairs(rates), NONE).sum()) * len(drawn)
