"""Checks of the overlaps: published sample coverages, the bound, and when each finding appears."""

from __future__ import annotations

import pytest

import mse
from mse.inference.plausibility import checks, lower_bound, sample_coverage, share_on_two_lists

LAST_DIGIT = 0.00005
"""Half a unit of the fourth decimal, which the values are printed with."""


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("hepatitis_a_taiwan", 0.5127),  # Chao et al. (2001)
        ("diabetes_casale_monferrato", 0.8035),  # Chao et al. (2001)
        ("rome_hiv", 0.1263),
        ("kosovo_1999", 0.4710),
    ],
)
def test_sample_coverage_of_published_tables(name: str, printed: float) -> None:
    assert sample_coverage(mse.datasets.load(name)) == pytest.approx(printed, abs=LAST_DIGIT)


def test_the_dutch_table_is_thin() -> None:
    table = mse.datasets.load("netherlands_2010_2015")
    assert round(sample_coverage(table), 2) == 0.14
    assert round(share_on_two_lists(table), 3) == 0.052
    assert round(lower_bound(table)) == 54_174


def test_a_list_that_nobody_is_on_says_nothing() -> None:
    table = mse.CaptureTable(["A", "B", "C"], [[[0, 0], [30, 0]], [[40, 0], [30, 0]]])
    assert sample_coverage(table) == sample_coverage(table.drop_list("C"))


def test_strata_are_added_up() -> None:
    counts = [[[0, 0], [10, 20]], [[25, 15], [20, 10]]]
    table = mse.CaptureTable(["A", "B"], counts, {"year": (2018, 2019)})
    assert lower_bound(table) == lower_bound(table.collapse())
    assert share_on_two_lists(table) == 0.3


def test_an_estimate_below_the_bound_is_told() -> None:
    """Lists that avoid each other make independence overshoot; lists that follow each other make it undershoot."""
    table = mse.datasets.load("diabetes_casale_monferrato")
    bound = lower_bound(table)
    low, high = (mse.LogLinear(order=order).fit(table).estimate() for order in (1, 2))
    assert low.total < bound < high.total
    found = {finding.code: finding for finding in checks(table, low)}
    assert set(found) == {"below_lower_bound"}
    assert "lower bound" in found["below_lower_bound"].sentence("en")
    assert "ondergrens" in found["below_lower_bound"].sentence("nl")
    assert found["below_lower_bound"].remedy("nl")
    assert checks(table, high) == ()
