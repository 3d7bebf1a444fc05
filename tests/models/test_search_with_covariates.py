"""Searches over lists and covariates: every way to search finds the same model, and the screen leaves nothing out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2

import mse
from mse.core.strata_space import StrataSpace

SAME = 1e-6
"""Relative difference of two fits that iterate to a change of the log-likelihood below 1e-10."""


def drawn(seed: int, lists: int = 3, years: int = 3) -> mse.CaptureTable:
    """Persons by year and sex on lists: a list is used more in one year, women more on another, and two depend."""
    rng = np.random.default_rng(seed)
    shape = (years, 2)
    counts = np.zeros((2,) * lists + shape, dtype=np.int64)
    for year in range(years):
        for sex in range(2):
            size = rng.poisson(500 + 200 * sex + 400 * (year == 1) * sex)
            chances = np.full(lists, 0.3)
            chances[0] += 0.2 * (year == 2)
            chances[1] += 0.2 * sex
            on = (rng.random((size, lists)) < chances).astype(int)
            on[:, -1] |= (rng.random(size) < 0.3) & (on[:, 0] == 1)
            np.add.at(counts, (*on.T, np.full(size, year), np.full(size, sex)), 1)
    counts[(0,) * lists] = 0
    return mse.CaptureTable("ABCD"[:lists], counts, {"year": tuple(range(2017, 2017 + years)), "sex": ("f", "m")})


@pytest.mark.parametrize("criterion", ["bic", "aic"])
@pytest.mark.parametrize("seed", range(4))
def test_steps_end_at_the_best_of_all_models(seed: int, criterion: str) -> None:
    table = drawn(seed)
    every = mse.Search(criterion=criterion).fit(table)
    assert every.n_models == 2**10
    steps = mse.Search(criterion=criterion, method="stepwise").fit(table)
    assert steps.model == every.model
    assert steps.total == pytest.approx(every.total, rel=SAME)
    best = every.to_frame().iloc[0]
    assert best["model"] == every.model
    assert best[criterion] == pytest.approx(getattr(every.best, criterion), rel=1e-9)


@pytest.mark.parametrize("order", [2, 3])
@pytest.mark.parametrize("seed", range(5))
def test_the_screen_leads_along_the_path_of_all_fits(seed: int, order: int) -> None:
    table = drawn(seed, lists=4)
    fast, slow = (
        mse.Search(method="stepwise", max_order=order, starts=("independence",), screened=screened).fit(table)
        for screened in (True, False)
    )
    assert fast.path[["move", "term", "model"]].equals(slow.path[["move", "term", "model"]])
    assert fast.n_models < slow.n_models


def test_the_true_terms_are_found() -> None:
    found = mse.Search(method="stepwise").fit(drawn(1, lists=4))
    terms = {str(term) for term in found.best.generators.terms}
    assert {"[A D]", "[A year]", "[B sex]", "[sex year]"} <= terms


def test_forced_terms_stay_in_and_forbidden_ones_out() -> None:
    table = drawn(2)
    for method in ("exhaustive", "stepwise"):
        found = mse.Search(method=method, forced="[C year]", forbidden="[A C]").fit(table)
        terms = {str(term) for term in found.best.generators.terms}
        assert "[C year]" in terms
        assert "[A C]" not in terms
        assert not found.to_frame()["model"].str.contains("A C").any()
        assert found.to_frame()["model"].str.contains("C year").all()
    assert mse.Search(forced="[C year]", forbidden="[A C]").fit(table).n_models == 2**8


def test_forbidden_pairs_of_lists_without_covariates() -> None:
    """Every search over lists alone keeps to the models without the pair."""
    table = mse.datasets.load("spina_bifida_621")
    fits = [
        mse.LogLinear(model).fit(table) for model in ("[S1][S2][S3]", "[S1 S2][S3]", "[S1 S3][S2]", "[S1 S2][S1 S3]")
    ]
    best = min(fits, key=lambda fit: fit.bic).model
    found = mse.Search(forbidden="[S2 S3]").fit(table)
    assert found.n_models == 4
    assert found.model == best != mse.Search().fit(table).model
    assert mse.Search(forbidden="[S2 S3]", method="stepwise").fit(table).model == best
    assert found.spec.repeater(found).fit(table).model == best


def test_a_scope_too_large_says_what_to_do() -> None:
    table = drawn(0, lists=4)
    with pytest.raises(mse.ModelError, match="at most 20,000 models"):
        mse.Search(max_order=3).fit(table)


def test_score_tests_predict_what_a_term_brings() -> None:
    """The change of the deviance that the screen predicts is near what a fit gives, where it is small."""
    table = drawn(3, lists=4)
    space = mse.Search().space(table)
    assert isinstance(space, StrataSpace)
    alone = space.sweep([0])
    fitted = space._fit(0)
    for place in range(len(space.interactions)):
        predicted = -space._gains(fitted, [("add", place, 1 << place)], 0.0)[0]
        real = float(alone.deviance[0] - space.sweep([1 << place]).deviance[0])
        assert predicted == pytest.approx(real, rel=0.35, abs=1.0)


@pytest.mark.parametrize("seed", range(3))
def test_steps_by_p_values_end_where_every_term_is_significant_and_no_other_is(seed: int) -> None:
    table = drawn(seed, lists=4)
    found = mse.Search(criterion="p-value", method="stepwise", threshold=0.01).fit(table)
    best = found.best
    for neighbour in best.generators.neighbours(2):
        other = mse.LogLinear(neighbour.notation()).fit(table)
        smaller, larger = sorted((best, other), key=lambda fit: fit.n_parameters)
        p_value = chi2.sf(smaller.deviance - larger.deviance, larger.n_parameters - smaller.n_parameters)
        assert (p_value > 0.01) == (larger is other)
    assert found.path["value"].iloc[1:].le(1.0).all()
    assert found.path["model"].iloc[-1] == found.model


def test_rivals_modes_and_averages_are_read_as_without_covariates() -> None:
    found = mse.Search().fit(drawn(0))
    assert found.modes()
    average = found.average()
    assert average.lower < average.total < average.upper
    low, high = found.rival_range()
    assert low <= found.total <= high
    estimate = found.estimate(by=["year"])
    assert [part.name for part in estimate.parts] == ["total", "2017", "2018", "2019"]


def test_a_bootstrap_repeats_the_whole_search() -> None:
    table = drawn(1)
    estimate = mse.bootstrap(mse.Search(method="stepwise", starts=("independence",)), table, replicates=8, seed=1)
    assert len(estimate.draws) == 8
    assert estimate.lower < estimate.upper


def test_a_replicate_without_an_estimate_stands_among_those_that_have_one() -> None:
    """Two persons on both lists of a year: some draws have none of them."""
    table = mse.CaptureTable(["A", "B"], [[[0, 0], [20, 40]], [[30, 60], [2, 20]]], {"year": (2018, 2019)})
    estimate = mse.bootstrap(mse.LogLinear("[A year][B year]"), table, replicates=60, by=["year"], seed=1)
    assert 0 < estimate.draws.failed < 60
    assert estimate.contrast("2019", "2018").value is not None


def test_a_choice_that_narrows_and_terms_beyond_the_scope_are_said() -> None:
    """Women are on A more in one year and men in the other: a term of three that a search of pairs does not look at."""
    rng = np.random.default_rng(5)
    counts = np.zeros((2, 2, 2, 2, 2), dtype=np.int64)
    for year in range(2):
        for sex in range(2):
            on = (rng.random((800, 3)) < [0.55 if year == sex else 0.2, 0.3, 0.3]).astype(int)
            np.add.at(counts, (*on.T, np.full(800, year), np.full(800, sex)), 1)
    counts[0, 0, 0] = 0
    table = mse.CaptureTable("ABC", counts, {"year": (1, 2), "sex": ("f", "m")})
    faces = "[A year][A sex][year sex]"
    found = mse.Search(method="stepwise", forced=faces).fit(table)
    codes = {finding.code: finding for finding in found.findings}
    assert "[A year sex]" in codes["beyond_scope"].sentence()
    assert "narrowed_by_choice" in codes
    barred = mse.Search(method="stepwise", forced=faces, forbidden="[A B][A C][B C]").fit(table)
    assert "narrowed_by_choice" not in {finding.code for finding in barred.findings}
