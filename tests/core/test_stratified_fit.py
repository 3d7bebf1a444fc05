"""Models over lists and covariates against a dense design, separate fits of strata, and what must not change a sum."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mse
from mse.core.coding import Poly, Step
from mse.core.stratified_fit import StratifiedFit
from mse.core.terms import Generators

SAME = 1e-6
"""Relative difference of two fits that iterate to a change of the log-likelihood below 1e-10."""

LIMITS = 1e-4
"""Relative difference of profile limits: both searches stop at 1e-12, on likelihoods that agree to about 1e-9."""


def drawn(seed: int, shape: tuple[int, ...] = (3, 2), lists: int = 3, mean: float = 400.0) -> mse.CaptureTable:
    """A table by year and sex with capture that differs by both, and one dependence."""
    rng = np.random.default_rng(seed)
    names = tuple("ABCD"[:lists])
    covariates = {"year": tuple(range(2017, 2017 + shape[0])), "sex": ("f", "m", "x")[: shape[1]]}
    counts = np.zeros((2,) * lists + shape, dtype=np.int64)
    for place in product(*map(range, shape)):
        size = rng.poisson(mean)
        chances = rng.uniform(0.2, 0.5, lists)
        on = (rng.random((size, lists)) < chances).astype(int)
        on[:, 1] |= (rng.random(size) < 0.15) & (on[:, 0] == 1)
        np.add.at(counts, (*on.T, *(np.full(size, one) for one in place)), 1)
    counts[(0,) * lists] = 0
    return mse.CaptureTable(names, counts, covariates)


def dense(
    table: mse.CaptureTable, model: str
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Counts of the observed cells, their 0/1 design by plain products of indicators, and the design of the unseen."""
    names = (*table.lists, *table.covariates)
    generators = Generators.parse(model, table.lists, tuple(table.covariates))
    index = np.indices(table.counts.shape).reshape(len(names), -1)
    columns = []
    for term in sorted(generators.terms, key=sorted):
        parts = [[index[names.index(name)] == level for level in range(1, table.counts.shape[names.index(name)])]
                 for name in sorted(term)]  # fmt: skip
        columns += [np.prod([np.ones(index.shape[1]), *choice], axis=0) for choice in product(*parts)]
    design = np.column_stack(columns)
    unseen = (index[: len(table.lists)] == 0).all(axis=0)
    return table.counts.ravel()[~unseen].astype(float), design[~unseen], design[unseen]


MODELS = ("[A year][B sex][C]", "[A B][C year][year sex]", "[A B year][C sex]", "[A B][A C][B C year][A sex]")


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_fit_is_that_of_statsmodels_on_the_dense_design(seed: int, model: str) -> None:
    import statsmodels.api as sm

    table = drawn(seed)
    y, x, unseen = dense(table, model)
    result = sm.GLM(y, x, family=sm.families.Poisson()).fit(tol=1e-12, maxiter=100)
    dark = np.exp(unseen @ result.params)
    fit = mse.LogLinear(model).fit(table)
    assert isinstance(fit, StratifiedFit)
    assert fit.status is mse.FitStatus.OK
    assert fit.unseen == pytest.approx(dark, rel=SAME)
    assert fit.deviance == pytest.approx(result.deviance, rel=SAME, abs=1e-8)
    assert fit.df == result.df_resid
    assert fit.aic == pytest.approx(result.aic, rel=SAME)
    gradient = dark @ unseen
    error = np.sqrt(dark.sum() + gradient @ result.cov_params() @ gradient)
    assert fit.standard_error == pytest.approx(error, rel=1e-5)
    half = np.arange(len(dark)) % 2 == 0
    gradient = (dark * half) @ unseen
    error = np.sqrt((dark * half).sum() + gradient @ result.cov_params() @ gradient)
    assert fit.standard_error_of(half) == pytest.approx(error, rel=1e-5)


def test_what_differs_in_every_year_is_fitted_as_years_apart() -> None:
    table = drawn(3, (3, 1)).collapse(["year"])
    whole = mse.LogLinear("[A B year][C year]").fit(table)
    apart = [mse.LogLinear("[A B][C]").fit(table.select(year=year)) for year in table.covariates["year"]]
    estimate = whole.estimate(by=["year"])
    assert whole.deviance == pytest.approx(sum(fit.deviance for fit in apart), rel=SAME)
    for part, fit in zip(estimate.parts[1:], apart, strict=True):
        alone = fit.estimate().whole
        assert part.dark_figure == pytest.approx(alone.dark_figure, rel=SAME)
        assert (part.lower, part.upper) == pytest.approx((alone.lower, alone.upper), rel=LIMITS)
    for interval in ("lognormal", "wald"):
        parts = whole.estimate(by=["year"], interval=interval).parts[1:]
        for part, fit in zip(parts, apart, strict=True):
            alone = fit.estimate(interval=interval).whole
            assert (part.lower, part.upper) == pytest.approx((alone.lower, alone.upper), rel=LIMITS)


def test_one_stratum_is_a_table_without_covariates() -> None:
    table = drawn(4, (1, 1))
    plain = mse.LogLinear("[A B][C]").fit(table.collapse())
    fit = mse.LogLinear("[A B][C][year][sex]").fit(table)
    assert fit.total == pytest.approx(plain.total, rel=SAME)
    assert fit.bic == pytest.approx(plain.bic, rel=SAME)
    one, other = fit.estimate(), plain.estimate()
    assert (one.lower, one.upper) == pytest.approx((other.lower, other.upper), rel=LIMITS)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_a_covariate_tied_to_one_list_leaves_the_total_as_it_is(seed: int) -> None:
    """Collapsibility (van der Heijden and others 2012)."""
    table = drawn(seed, mean=150.0).collapse(["year"])
    with_year = mse.LogLinear("[A B][B C][A year]").fit(table)
    without = mse.LogLinear("[A B][B C]").fit(table.collapse())
    assert with_year.total == pytest.approx(without.total, rel=SAME)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_halves_of_a_stratum_change_nothing(seed: int) -> None:
    """Every count is split into two equal halves, as another covariate on which nothing depends."""
    table = drawn(seed, mean=120.0).collapse(["year"])
    doubled = table.with_counts(2 * table.counts)
    halves = mse.CaptureTable(
        table.lists, np.stack([table.counts, table.counts], axis=-1), {**table.covariates, "half": (1, 2)}
    )
    whole = mse.LogLinear("[A B][C year]").fit(doubled)
    split = mse.LogLinear("[A B][C year][half]").fit(halves)
    assert split.total == pytest.approx(whole.total, rel=SAME)
    parts = split.estimate(by=["half"]).parts
    assert parts[1].total == pytest.approx(parts[2].total, rel=SAME)


def test_parts_add_up_to_the_total() -> None:
    estimate = mse.LogLinear("[A B][C year][B sex][year sex]").fit(drawn(5)).estimate(by=["year", "sex"])
    parts = estimate.parts[1:]
    assert sum(part.observed for part in parts) == estimate.n_observed
    assert sum(part.dark_figure for part in parts) == pytest.approx(estimate.dark_figure, rel=1e-12)
    assert all(part.observed <= part.lower <= part.total <= part.upper for part in parts)


def test_parts_whose_margin_the_model_does_not_hold_are_said() -> None:
    fit = mse.LogLinear("[A][B][C][year][sex]").fit(drawn(6))
    seen = fit.estimate(by=["year", "sex"])
    assert "strata_fitted_differs" in {finding.code for finding in seen.findings}
    fitted = fit.estimate(by=["year", "sex"], fitted=True)
    assert sum(part.total for part in fitted.parts[1:]) == pytest.approx(fit.total, rel=SAME)
    assert any(abs(a.total - b.total) > 1.0 for a, b in zip(seen.parts[1:], fitted.parts[1:], strict=True))
    held = mse.LogLinear("[A][B][C][year sex]").fit(drawn(6)).estimate(by=["year", "sex"])
    assert "strata_fitted_differs" not in {finding.code for finding in held.findings}


def test_a_model_without_an_estimate_names_term_and_stratum() -> None:
    """In 2018 everyone on B and C was also on A: the certificate says where."""
    table = drawn(7, (2, 1)).collapse(["year"])
    counts = table.counts.copy()
    counts[0, 1, 1, 1] = 0
    counts[0, 1, 0, 1] = 0
    fit = mse.LogLinear("[A B year][A C year][B C year]").fit(table.with_counts(counts))
    assert fit.status is mse.FitStatus.NO_MLE
    assert fit.total is None
    said = next(finding for finding in fit.findings if finding.severity == "blocking").sentence()
    assert "2018" in said
    assert "2017" not in said


def test_an_empty_combination_leaves_with_its_cells() -> None:
    """Nobody on A and B in 2018: the dependence of that year is minus infinity, the rest is fitted."""
    table = drawn(8, (2, 1)).collapse(["year"])
    counts = table.counts.copy()
    counts[1, 1, :, 1] = 0
    fit = mse.LogLinear("[A B year][C year]").fit(table.with_counts(counts))
    apart = mse.LogLinear("[A B][C]").fit(table.with_counts(counts).select(year=2018))
    assert fit.n_infinite == apart.n_infinite == 1
    assert fit.estimate(by=["year"])["2018"].dark_figure == pytest.approx(apart.dark_figure, rel=SAME)
    found = next(finding for finding in fit.findings if finding.code == "strata_infinite")
    assert "[A B year=2018]" in found.sentence()


def test_a_stratum_that_the_data_say_nothing_of_is_named() -> None:
    """In 2018 only persons on A alone were seen."""
    table = drawn(9, (2, 1)).collapse(["year"])
    counts = table.counts.copy()
    counts[:, :, :, 1] = 0
    counts[1, 0, 0, 1] = 50
    fit = mse.LogLinear("[A year][B year][C year]").fit(table.with_counts(counts))
    assert fit.total is None
    assert "2018" in " ".join(finding.sentence() for finding in fit.findings)


def test_codings_of_years_use_fewer_parameters() -> None:
    table = drawn(10, (5, 1)).collapse(["year"])
    line = mse.LogLinear("[A year][B year][C year]", coding={"year": Poly(1)}).fit(table)
    levels = mse.LogLinear("[A year][B year][C year]").fit(table)
    full = mse.LogLinear("[A year][B year][C year]", coding={"year": Poly(4)}).fit(table)
    assert (line.n_parameters, levels.n_parameters) == (8, 20)
    assert full.total == pytest.approx(levels.total, rel=SAME)
    assert line.deviance > levels.deviance


def test_specifications_with_codings_go_in_and_out_of_json() -> None:
    from mse.models.registry import from_json, to_json

    spec = mse.LogLinear("[A year]", coding={"year": Poly(2)})
    assert from_json(json.loads(json.dumps(to_json(spec)))) == spec
    assert hash(spec) == hash(mse.LogLinear("[A year]", coding=(("year", Poly(2)),)))
    search = mse.Search(method="stepwise", coding={"year": Poly(1)}, forbidden="[A B]")
    assert from_json(json.loads(json.dumps(to_json(search)))) == search


def test_coefficients_and_fitted_counts_are_frames() -> None:
    fit = mse.LogLinear("[A B][C year][sex]").fit(drawn(11))
    frame = fit.coefficients
    assert {"[A B]", "[C year]", "[sex]"} <= set(frame["term"])
    assert frame["estimate"].notna().all()
    cells = fit.fitted()
    assert cells["observed"].isna().sum() == 6
    assert cells["fitted"].sum() == pytest.approx(fit.total, rel=SAME)
    assert "Within each stratum" in fit.assumption
    assert "[C year]" in fit.assumption


def test_expected_counts_give_a_total_and_nothing_that_needs_a_likelihood() -> None:
    from mse.models.completion import complete

    table = drawn(12)
    whole = mse.LogLinear("[A B][C year][sex]").fit(table)
    expected = complete(table, "[A B][C year][sex]")
    fit = mse.LogLinear("[A B][C year][sex]").fit(expected)
    assert fit.total == pytest.approx(whole.total, rel=SAME)
    assert fit.standard_error is None
    estimate = fit.estimate(by=["year"])
    assert all(part.lower is part.upper is None for part in estimate.parts)
    assert "expected_no_limits" in {finding.code for finding in estimate.findings}
    with pytest.raises(mse.ModelError, match=r"no criteria.*table\.source"):
        _ = fit.aic
    with pytest.raises(mse.TableError, match=r"Got: ExpectedTable\. Search the table"):
        mse.Search(method="stepwise").fit(expected)
    plain = mse.LogLinear("[A B][C]").fit(expected.collapse())
    assert plain.total == pytest.approx(mse.LogLinear("[A B][C]").fit(table.collapse()).total, rel=SAME)
    assert "of expected counts" in repr(plain)


def test_a_step_does_not_depend_on_the_order_of_levels() -> None:
    counts = {2018: (0, 0, 40), 2019: (12, 30, 40)}
    totals = []
    for years in ((2018, 2019), (2019, 2018)):
        table = np.zeros((2, 2, 2), dtype=np.int64)
        for place, year in enumerate(years):
            table[1, 1, place], table[1, 0, place], table[0, 1, place] = counts[year]
        given = mse.CaptureTable(["A", "B"], table, {"year": years})
        totals.append(mse.LogLinear("[A year][B]", coding={"year": Step(2019)}).fit(given).total)
    assert totals[0] is not None
    assert totals[0] == pytest.approx(totals[1], rel=SAME)


def test_a_fitted_part_is_fitted_persons_seen_and_unseen() -> None:
    counts = np.zeros((2, 2, 3), dtype=np.int64)
    counts[1, 1], counts[1, 0], counts[0, 1] = [60, 5, 3], [20, 90, 15], [10, 20, 40]
    table = mse.CaptureTable(["A", "B"], counts, {"year": (2017, 2018, 2019)})
    fit = mse.LogLinear("[A][B][year]", coding={"year": Poly(1)}).fit(table)
    fitted, seen = (fit.estimate(by=["year"], fitted=one) for one in (True, False))
    for a, b in zip(fitted.parts[1:], seen.parts[1:], strict=True):
        assert a.dark_figure == pytest.approx(b.dark_figure, rel=1e-12)
        assert a.lower is a.upper is None
    assert sum(part.observed for part in fitted.parts[1:]) == pytest.approx(table.n_observed, rel=SAME)
