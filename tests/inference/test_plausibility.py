"""Checks of the overlaps: published sample coverages, the bound, and when each finding appears."""

from __future__ import annotations

import numpy as np
import pytest

import mse
from mse.inference.plausibility import checks, lower_bound, sample_coverage, share_on_two_lists

LAST_DIGIT = 0.00005
"""Half a unit of the fourth decimal, which the values are printed with."""

WELL_COVERED = ("diabetes_casale_monferrato", "korea", "snowshoe_hares", "spina_bifida_621")
"""Shipped tables that the literature treats as good enough to estimate from; their sample coverage is .65 to .82."""

CHANCES = (0.5, 0.7)
"""Of being on each list, drawn anew for every table. On three lists or more the sample coverage is then expected to be
at least .75, far from the limit of .55; on two lists it is the mean chance itself, which the limit lies among."""

PERSONS, TABLES = 500, 100

MOST_FALSE_ALARMS = 0.05
"""Share of tables whose right estimate may be told to lie below the bound. It was at most .01 of 400 tables in each of
nine settings (3 to 5 lists; 200, 1,000 and 5,000 persons); a rate of .01 passes .05 once in 2,000 times 100 tables.
Setting the bound against the estimate itself, without its interval, gave .41 to .51."""


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


@pytest.mark.parametrize("name", WELL_COVERED)
def test_shipped_tables_of_good_overlap_carry_no_warning(name: str) -> None:
    table = mse.datasets.load(name)
    assert checks(table) == ()
    assert checks(table, mse.Search().fit(table.collapse()).estimate()) == ()


@pytest.mark.parametrize("lists", [3, 4, 5])
def test_independent_lists_of_good_overlap_carry_no_warning(lists: int) -> None:
    """Not one table is called thin; the right model, independence, is rarely told to be too low."""
    too_low = 0
    for seed in range(TABLES):
        table = independent(lists, seed)
        assert checks(table) == ()
        too_low += checks(table, mse.LogLinear(order=1).fit(table).estimate()) != ()
    assert too_low / TABLES <= MOST_FALSE_ALARMS


@pytest.mark.parametrize("name", ["kosovo_1999", "hepatitis_a_taiwan"])
def test_independence_is_told_to_be_too_low_where_lists_depend(name: str) -> None:
    """Both tables are known for lists that depend; a higher model is above the bound."""
    table = mse.datasets.load(name)
    found = [checks(table, mse.LogLinear(order=order).fit(table).estimate()) for order in (1, 2)]
    told = ["below_lower_bound" in {finding.code for finding in findings} for findings in found]
    assert told == [True, False]


def independent(lists: int, seed: int) -> mse.CaptureTable:
    """A table of persons who are on each list by a chance of its own."""
    rng = np.random.default_rng([seed, lists])
    on = rng.random((PERSONS, lists)) < rng.uniform(*CHANCES, lists)
    counts = np.zeros((2,) * lists, dtype=int)
    np.add.at(counts, tuple(on.T.astype(int)), 1)
    counts[(0,) * lists] = 0
    return mse.CaptureTable("ABCDE"[:lists], counts)
