"""Controlled rounding: floor or ceiling, margins exact, refusal where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from mse.errors import ModelError
from mse.simulate.ipf import Margin, ipf
from mse.simulate.rounding import matrix, round_to


@pytest.mark.parametrize("seed", range(5))
def test_random_tables_keep_their_margins_and_move_by_less_than_one(seed):
    rng = np.random.default_rng(seed)
    whole = rng.poisson(1.5, (6, 7))
    rows = Margin(np.repeat(np.arange(6), 7), whole.sum(axis=1).astype(float))
    columns = Margin(np.tile(np.arange(7), 6), whole.sum(axis=0).astype(float))
    x = ipf(rng.random(42), [rows, columns]).x
    rounded = round_to(x, [rows, columns], rng)
    a, totals = matrix([rows, columns], 42)
    assert (a @ rounded == totals).all()
    assert (np.abs(rounded - x) < 1 + 1e-6).all()


def test_whole_tables_stay_as_they_are():
    rows = Margin(np.array([0, 0, 1, 1]), np.array([3.0, 7.0]))
    assert round_to(np.array([1.0, 2.0, 3.0, 4.0]), [rows], np.random.default_rng(0)).tolist() == [1, 2, 3, 4]


def test_margins_that_no_rounding_meets_are_refused():
    with pytest.raises(ModelError, match="No table of whole numbers"):
        round_to(np.array([0.4, 0.4]), [Margin(np.array([0, 0]), np.array([5.0]))], np.random.default_rng(0))
