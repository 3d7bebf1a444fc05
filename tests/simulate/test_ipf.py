"""Iterative proportional fitting: margins are met, odds ratios stay, zeros stay."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mse.errors import TableError
from mse.simulate.ipf import Margin, ipf, margin


def _square(seed: list[float]) -> np.ndarray:
    rows = Margin(np.array([0, 0, 1, 1]), np.array([60.0, 40.0]))
    columns = Margin(np.array([0, 1, 0, 1]), np.array([30.0, 70.0]))
    return ipf(np.array(seed), [rows, columns]).x


def test_margins_are_met_and_the_odds_ratio_of_the_seed_stays():
    x = _square([4.0, 1.0, 1.0, 2.0])
    assert x[:2].sum() == pytest.approx(60)
    assert x[::2].sum() == pytest.approx(30)
    assert x[0] * x[3] / (x[1] * x[2]) == pytest.approx(8)


def test_zeros_of_the_seed_stay_zero():
    x = _square([0.0, 1.0, 1.0, 1.0])
    assert x == pytest.approx([0, 60, 30, 10])


def test_contradicting_margins_leave_an_error_and_stop():
    first, second = Margin(np.array([0, 0]), np.array([10.0])), Margin(np.array([0, 0]), np.array([12.0]))
    fitted = ipf(np.ones(2), [first, second], rounds=7)
    assert fitted.rounds == 7
    assert fitted.error == pytest.approx(2)


def test_a_margin_over_part_of_the_cells_leaves_the_rest_alone():
    fitted = ipf(np.ones(3), [Margin(np.array([0, 0, -1]), np.array([10.0]))])
    assert fitted.x == pytest.approx([5, 5, 1])


def test_a_sum_without_cells_is_refused():
    cells = pd.DataFrame({"year": [2018, 2019], "form": ["AU", "CU"]})
    with pytest.raises(TableError, match="have no cell"):
        margin(cells, {(2018, "CU"): 3.0}, "year", "form")
    assert margin(cells, {(2018, "CU"): 0.0}, "year", "form").group.tolist() == [-1, -1]


def test_conditions_take_one_level_or_several():
    cells = pd.DataFrame({"year": [2017, 2018, 2019], "form": ["AU", "CU", "AU"]})
    assert margin(cells, {(): 3.0}, year=(2018, 2019), form="AU").group.tolist() == [-1, -1, 0]
