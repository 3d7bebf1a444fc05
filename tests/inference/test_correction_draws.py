"""Intervals of corrected tables, and linkages combined by total variance."""

from dataclasses import dataclass

import numpy as np
import pytest

import mse
from mse.core.draw_findings import LARGEST
from mse.core.draws import Draws
from mse.core.error_rate import ErrorRate
from mse.core.estimate import Estimate, Part
from mse.core.reference import Reference
from mse.errors import ModelError, ReferenceError, TableError
from mse.inference.correction_draws import correction_draws, linkage_draws
from mse.inference.duplicates import Duplicates
from mse.inference.linkage_combination import combine_linkage, total_variance
from mse.inference.linkage_correction import Linkage, correct_linkage
from mse.models.over_coverage import OverCoverage
from mse.models.referrals import Referrals
from two_lists import Petersen

ROUNDING = 1e-9
"""Sums of numbers of the size of a total."""

WITHIN = 0.15
"""Relative error of a variance from 800 draws: three times √(2/800)."""

TABLE = mse.CaptureTable(["A", "B"], [[0, 348], [448, 552]])


def codes(estimate):
    return {finding.code: finding for finding in estimate.findings}


def test_the_variance_is_that_of_the_table_plus_that_of_the_rates():
    """By the delta method: N̂ = α n₁n₂/m, so the rate adds (N̂ · se / α)² to the variance with a known rate."""
    known = linkage_draws(TABLE, Petersen(), missed=0.08, draws=800, seed=3)
    unsure = linkage_draws(TABLE, Petersen(), missed=(0.08, 0.02), draws=800, seed=3)
    of_rates = (known.total * 0.02 / 0.92) ** 2
    expected = np.var(known.draws.total, ddof=1) + of_rates
    assert abs(np.var(unsure.draws.total, ddof=1) / expected - 1.0) < WITHIN
    assert abs(codes(unsure)["variance_of_rates"].values["share"] / (of_rates / expected) - 1.0) < WITHIN
    assert codes(known)["variance_of_rates"].values["share"] == pytest.approx(0.0, abs=ROUNDING)
    assert unsure.total == pytest.approx(known.total)
    assert unsure.total == pytest.approx(0.92 * 1000 * 900 / 552)


@dataclass
class Counted:
    """Two independent lists, and how often they were fitted."""

    fits: int = 0

    def fit(self, data, *, seed=None):
        self.fits += 1
        return Petersen().fit(data)


@pytest.mark.parametrize(("missed", "fits"), [(0.08, 1 + 20), ((0.08, 0.02), 1 + 2 * 20)])
def test_known_rates_leave_the_table_at_hand_as_it_was_fitted(missed, fits):
    estimator = Counted()
    estimate = linkage_draws(TABLE, estimator, missed=missed, draws=20, seed=5)
    assert estimator.fits == fits
    assert (codes(estimate)["variance_of_rates"].values["share"] == 0.0) == (fits == 21)


def test_no_draws_of_more_persons_than_ever_lived():
    many = 2_000_000
    table = mse.CaptureTable(["A", "B"], [[0, many], [many, 1]])
    assert Petersen().fit(table).total > LARGEST
    with pytest.raises(ModelError, match="above 1,000,000,000,000"):
        linkage_draws(table, Petersen(), missed=0.05, draws=2)
    fewer = mse.CaptureTable(["A", "B"], [[0, many // 10], [many // 10, 1]])
    assert linkage_draws(fewer, Petersen(), missed=0.05, draws=2).total < LARGEST


def test_draws_depend_on_seed_and_number_alone():
    first = linkage_draws(TABLE, Petersen(), missed=(0.08, 0.02), draws=20, seed=5)
    longer = linkage_draws(TABLE, Petersen(), missed=(0.08, 0.02), draws=40, seed=5)
    assert (longer.draws.total[:20] == first.draws.total).all()
    other = linkage_draws(TABLE, Petersen(), missed=(0.08, 0.02), draws=20, seed=6)
    assert (other.draws.total != first.draws.total).any()


def test_parts_add_up_in_every_draw():
    rng = np.random.default_rng(2)
    counts = rng.integers(80, 200, (2, 2, 3, 2))
    counts[0, 0] = 0
    table = mse.CaptureTable(["A", "B"], counts, {"year": (2015, 2016, 2017), "sex": ("f", "m")})
    estimate = linkage_draws(table, Petersen(), missed=(0.05, 0.01), draws=30, by=["year"])
    assert [part.name for part in estimate.parts] == ["total", "2015", "2016", "2017"]
    assert sum(part.total for part in estimate.parts[1:]) == pytest.approx(estimate.total)
    of_years = [estimate.draws.part({"year": year}).total for year in table.covariates["year"]]
    assert np.sum(of_years, axis=0) == pytest.approx(estimate.draws.total)


def test_corrections_are_made_one_after_another():
    rng = np.random.default_rng(8)
    counts = rng.integers(80, 200, (2, 2, 2))
    counts[0, 0] = 0
    table = mse.CaptureTable(["A", "B"], counts, {"year": (2015, 2016)})
    chain = [
        Referrals((0.1, 0.02), "A", "B"),
        OverCoverage({"A": ErrorRate.counted(3, 100)}),
        Linkage(missed=(0.05, 0.01)),
        Duplicates((0.1, 0.02)),
    ]
    estimate = correction_draws(table, Petersen(), chain, draws=20)
    made = table
    for correction in chain:
        made = correction.correct(made)
    assert estimate.total == pytest.approx(Petersen().fit(made).total)
    assert estimate.n_observed == round(made.n_observed)
    assert estimate.draws.covariates == {}
    for language, word in (("en", "referrals"), ("nl", "doorverwijzingen")):
        assert word in estimate.method[language]
    assert estimate.method["en"].count("standard error") == 4


def test_draws_without_an_estimate_are_counted():
    table = mse.CaptureTable(["A", "B"], [[0, 12], [10, 1]])
    estimate = linkage_draws(table, Petersen(), missed=0.05, draws=100)
    failed = codes(estimate)["replicates_failed"].values["failed"]
    assert failed == estimate.draws.failed > 0
    nothing = linkage_draws(mse.CaptureTable(["A", "B"], [[0, 12], [10, 0]]), Petersen(), missed=0.05, draws=10)
    assert nothing.total is None


def test_a_fitted_model_takes_corrected_tables():
    estimate = linkage_draws(TABLE, mse.LogLinear("[A][B]"), missed=(0.08, 0.02), draws=10)
    assert estimate.total == pytest.approx(0.92 * 1000 * 900 / 552, rel=1e-6)
    assert "ignores_model_choice" in codes(estimate)


@pytest.mark.parametrize(
    ("error", "options"),
    [
        (ModelError, {"corrections": []}),
        (TableError, {"draws": 1}),
        (TableError, {"draws": 2.5}),
        (TableError, {"seed": -1}),
        (TableError, {"level": 1.0}),
        (TableError, {"table": correct_linkage(TABLE, missed=0.1)}),
        (ModelError, {"by": ["year"]}),
    ],
)
def test_draws_that_cannot_be_made_are_refused(error, options):
    given = {"table": TABLE, "corrections": [Linkage(0.1)], **options}
    with pytest.raises(error):
        correction_draws(given.pop("table"), Petersen(), given.pop("corrections"), **given)


# ---------------------------------------------------------------------- several linkages

PLACE = Reference((2015, 2016), "person", "x", "y")


def with_draws(totals, observed=1000, reference=PLACE):
    totals = np.asarray(totals, dtype=float)
    draws = Draws(np.full(len(totals), float(observed)), totals - observed, ("m",) * len(totals))
    part = Part("total", observed, float(totals.mean()) - observed, float(totals.min()), float(totals.max()))
    return Estimate((part,), 0.95, "percentile", "[A][B]", reference, (), (), draws)


def test_total_variance_of_pooled_draws():
    """Var of a mixture of equal groups is the mean of variances plus the variance of means, divisors aside."""
    rng = np.random.default_rng(3)
    linkages = [with_draws(rng.normal(2000 + rng.normal(0, 60), 40, 500)) for _ in range(12)]
    combined = combine_linkage(linkages)
    totals = np.array([each.draws.total for each in linkages])
    within, between = totals.var(axis=1, ddof=1).mean(), totals.mean(axis=1).var(ddof=1)
    assert combined.total == pytest.approx(totals.mean())
    share = codes(combined)["variance_of_linkage"].values["share"]
    assert share == pytest.approx(between / (within + between))
    mixture = totals.var(axis=1, ddof=0).mean() + totals.mean(axis=1).var(ddof=0)
    assert combined.draws.total.var() == pytest.approx(mixture)
    assert combined.lower == pytest.approx(np.quantile(totals, 0.025), rel=0.002)
    assert combined.upper == pytest.approx(np.quantile(totals, 0.975), rel=0.002)


def test_total_variance_of_a_simulated_linkage():
    """Linkages with known variance between and within: both come back, within the error of 400 linkages."""
    rng = np.random.default_rng(4)
    means = rng.normal(2000.0, 50.0, 400)
    within, between = total_variance(means, rng.gamma(20.0, 80.0, 400), np.full(400, 1 / 400))
    assert abs(within / 1600 - 1) < 4 * np.sqrt(1 / 20 / 400)
    assert abs(between / 2500 - 1) < 4 * np.sqrt(2 / 399)


def test_weights_count_as_repetition():
    """Two linkages with weights 3/4 and 1/4 have the mean of three of one and one of the other."""
    rng = np.random.default_rng(5)
    one, other = with_draws(rng.normal(2000, 30, 300)), with_draws(rng.normal(2200, 30, 300))
    weighted = combine_linkage([one, other], weights=[3, 1])
    repeated = combine_linkage([one, one, one, other])
    assert weighted.total == pytest.approx(repeated.total)
    assert weighted.lower == pytest.approx(repeated.lower, rel=1e-3)
    assert weighted.upper == pytest.approx(repeated.upper, rel=1e-3)


def test_linkages_that_agree_add_no_variance():
    fit = mse.LogLinear("[A][B]").fit(TABLE).estimate(interval="lognormal")
    combined = combine_linkage([fit, fit, fit])
    assert codes(combined)["variance_of_linkage"].values["share"] == 0.0
    assert combined.total == pytest.approx(fit.total)
    assert combined.interval == "lognormal"
    error = mse.LogLinear("[A][B]").fit(TABLE).standard_error
    spread = np.sqrt(np.log1p((error / fit.total) ** 2))
    assert np.log(combined.upper / combined.lower) == pytest.approx(2 * 1.959964 * spread, rel=1e-6)


def test_linkages_without_an_estimate_are_left_out_with_a_warning():
    good = mse.LogLinear("[A][B]").fit(TABLE).estimate()
    nothing = Estimate((Part("total", 22, None, None, None),), 0.95, "profile", "[A][B]", None)
    combined = combine_linkage([good, good, nothing])
    assert codes(combined)["linkage_no_estimate"].values["failed"] == 1
    with pytest.raises(ModelError):
        combine_linkage([nothing, nothing])


def test_combinations_that_cannot_be_are_refused():
    one = with_draws([1990.0, 2010.0, 2001.0])
    for estimates, weights in (([one], None), ([one, one], [1.0]), ([one, one], [0.0, 0.0]), ([one, one], [-1, 2])):
        with pytest.raises(ModelError):
            combine_linkage(estimates, weights=weights)
    with pytest.raises(ReferenceError):
        combine_linkage([one, with_draws([1990.0, 2010.0], reference=None)])
    endless = Estimate((Part("total", 100, 50.0, 120.0, None),), 0.95, "profile", "[A][B]", PLACE)
    with pytest.raises(ModelError, match="bootstrap"):
        combine_linkage([one, endless])


def test_a_draw_that_takes_away_more_than_there_is_has_no_estimate():
    table = mse.CaptureTable(["A", "B"], [[0, 100], [12, 88]])
    unsure = OverCoverage({"A": (0.1, 0.03)}, cells="alone")
    estimate = correction_draws(table, Petersen(), [unsure], draws=60, seed=2)
    failed = codes(estimate)["replicates_failed"].values["failed"]
    assert 0 < failed == estimate.draws.failed < 60
