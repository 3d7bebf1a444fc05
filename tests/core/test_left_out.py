"""What a chosen model leans on: the comparison is the one by hand, and speaks where pairs were left out only."""

from __future__ import annotations

import numpy as np
import pytest

import mse
from mse.core.left_out import NARROW, left_out, left_out_findings

SAME = 1e-9
"""Relative difference of two fits of one model: both end where no step moves them further."""


def register() -> mse.CaptureTable:
    """Four lists in two years, lists A and B dependent by an amount that BIC does not see."""
    rng = np.random.default_rng(5)
    on = np.indices((2, 2, 2, 2)).reshape(4, -1).T
    eta = 5.0 + on @ np.array([-1.0, -1.2, -1.5, -1.1]) + 0.25 * on[:, 0] * on[:, 1]
    counts = rng.poisson(np.exp(eta)[:, None] * np.array([1.0, 1.2])).reshape(2, 2, 2, 2, 2)
    counts[0, 0, 0, 0] = 0
    return mse.CaptureTable(("A", "B", "C", "D"), counts, {"year": (2018, 2019)})


CHOSEN = "[A C][A year][B year][C year][D year]"
PAIRS = "[A B][A C][A D][B C][B D][C D]"


@pytest.mark.parametrize(("table", "chosen"), [(register(), CHOSEN), (register().collapse(), "[A C][B][D]")])
def test_the_comparison_is_that_of_the_two_models(table: mse.CaptureTable, chosen: str) -> None:
    fit = mse.LogLinear(chosen).fit(table)
    full = mse.LogLinear(chosen + PAIRS).fit(table)
    beside = left_out(fit)
    assert beside is not None
    assert beside.narrowing == pytest.approx(
        fit.standard_error / fit.dark_figure / (full.standard_error / full.dark_figure), rel=SAME
    )
    part = full.estimate(interval="lognormal").parts[0]
    assert (beside.total, beside.lower, beside.upper) == pytest.approx((part.total, part.lower, part.upper), rel=SAME)


def test_pairs_known_not_to_depend_stay_out() -> None:
    fit = mse.LogLinear(CHOSEN).fit(register())
    some = mse.LogLinear(CHOSEN + "[B C]").fit(register())
    forbidden = [frozenset(pair) for pair in ("AB", "AD", "BD", "CD")]
    beside = left_out(fit, forbidden)
    assert beside is not None
    assert beside.total == pytest.approx(some.total, rel=SAME)


def test_it_warns_where_the_interval_owes_its_width_to_pairs_left_out() -> None:
    (finding,) = left_out_findings(mse.LogLinear(CHOSEN).fit(register()))
    assert finding.code == "narrowed_by_choice"
    assert finding.values["share"] < NARROW
    assert "pairs" in str(finding)


def test_it_says_nothing_where_no_pair_is_left_out() -> None:
    table = register()
    assert left_out(mse.LogLinear(CHOSEN + PAIRS).fit(table)) is None
    two = mse.CaptureTable(("A", "B"), [[0, 30], [40, 6]])
    assert left_out(mse.LogLinear(order=1).fit(two)) is None


def test_it_says_nothing_beside_a_model_without_an_estimate() -> None:
    counts = np.zeros((2, 2, 2), dtype=int)
    counts[1, 0, 0], counts[0, 1, 0], counts[0, 0, 1] = 3, 4, 5
    assert left_out_findings(mse.LogLinear(order=1).fit(mse.CaptureTable(("A", "B", "C"), counts))) == ()
