"""Chains between models: frontiers, balance, and what they say of each other."""

from __future__ import annotations

import numpy as np
import pytest

from mse.kernels.lattice import enumerate_models, interactions, neighbours
from mse.kernels.mc3 import Lattice, Visits, shared_visits, walk

ERRORS = 4.0
"""Standard errors of a frequency, of steps that count as independent where every fifth one does."""


def test_frontier_is_the_neighbours() -> None:
    lattice = Lattice.of(interactions(4, 4), without=1 << 10)
    for model in map(int, enumerate_models(4, 4)):
        near = {model ^ (1 << place) for place in lattice.frontier(model)}
        expected = set(map(int, neighbours(np.array([model], dtype=np.uint64), 4, 4))) - {model}
        assert near == expected


def test_forced_and_forbidden_terms_stay() -> None:
    lattice = Lattice.of(interactions(4, 3), forced=0b1, without=0b10)
    rng = np.random.default_rng(1)
    found = walk(lambda model: 0.0, lattice, 0b1, 500, rng)
    assert len(found.visits) > 20
    assert all(model & 1 and not model & 2 for model in found.visits)
    assert all(lattice.random(rng) & 0b11 == 0b1 for _ in range(20))


@pytest.mark.parametrize("seed", [1, 2])
def test_visits_follow_the_evidence(seed: int) -> None:
    """Frontiers have different sizes, so a chain without their ratio would miss."""
    models = list(map(int, enumerate_models(3, 3)))
    weight = np.random.default_rng(7).dirichlet(np.ones(len(models)))
    log_weight = dict(zip(models, np.log(weight), strict=True))
    steps = 20_000
    lattice = Lattice.of(interactions(3, 3), without=0b1000)
    found = walk(log_weight.__getitem__, lattice, 0, steps, np.random.default_rng(seed), burn_in=100)
    frequency = np.array([found.visits.get(model, 0) for model in models]) / steps
    error = np.sqrt(weight * (1.0 - weight) / (steps / 5.0))
    assert (np.abs(frequency - weight) < ERRORS * error).all()
    assert 0 < found.accepted < found.steps == sum(found.visits.values())


def test_a_chain_alone_is_seen() -> None:
    chains = [Visits({1: 50, 2: 50}, 1, 100), Visits({1: 60, 2: 40}, 1, 100), Visits({3: 90, 2: 10}, 1, 100)]
    assert shared_visits(chains).tolist() == [1.0, 1.0, 0.1]
