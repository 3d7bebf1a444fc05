"""Fixed dependence, the highest interaction, tipping points: published values, closed forms, and 1 changes nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit

import mse
from mse.kernels.poisson import profile_log_likelihood
from mse.models.fixed_dependence import FixedDependence
from mse.sensitivity import dependence, highest_order, tipping_point

DUTCH = mse.datasets.load("netherlands_2010_2015")
STEPWISE = mse.Search(method="stepwise", starts=("independence",))

OFFSETS = {("P", "R"): (33734, 61808), ("O", "P"): (37250, 54988), ("I", "O"): (43087, 44556)}
"""Totals with an odds ratio of 0.5 and of 2 in the model of BIC steps (43,585), computed for this project with R's
`glm` and an offset on the public counts of Silverman, Chan and Vincent (2024)."""

HALF = 0.5
"""Half a unit of the last printed digit."""

MLE = 1e-6
"""Relative error of a total from Newton's method; closed forms are exact."""


def two_lists(both: int, first: int, second: int) -> mse.CaptureTable:
    return mse.CaptureTable(["A", "B"], [[0, second], [first, both]])


@pytest.fixture(scope="module")
def model() -> mse.LogLinear:
    return mse.LogLinear(STEPWISE.fit(DUTCH).model)


def test_two_lists_of_gerritse() -> None:
    fit = FixedDependence("[A][B]", ("A", "B"), 1.0).fit(two_lists(1085, 26254, 255))
    assert fit.dark_figure == pytest.approx(6170.3, abs=0.05)


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 300), st.integers(1, 900), st.integers(1, 900), st.floats(0.05, 20))
def test_two_lists_have_a_closed_form(both: int, first: int, second: int, ratio: float) -> None:
    table = two_lists(both, first, second)
    seen, dark = both + first + second, first * second / both
    assert FixedDependence("[A][B]", ("A", "B"), ratio).fit(table).total == pytest.approx(seen + ratio * dark, rel=MLE)
    assert highest_order(None, table, xi=(ratio,)).outcomes[-1].total == pytest.approx(seen + ratio * dark, rel=MLE)


def test_dutch_offsets(model: mse.LogLinear) -> None:
    assert model.fit(DUTCH).total == pytest.approx(43585, abs=HALF)
    for pair, printed in OFFSETS.items():
        found = dependence(model, DUTCH, pair=pair, odds_ratios=(0.5, 2))
        assert [outcome.total for outcome in found.outcomes[1:]] == pytest.approx(list(printed), abs=HALF)


def test_an_odds_ratio_of_one_is_the_model_itself(model: mse.LogLinear) -> None:
    plain = model.fit(DUTCH)
    same = FixedDependence(str(model.model), ("P", "R"), 1.0).fit(DUTCH)
    assert same.total == pytest.approx(plain.total, rel=MLE)
    assert same.deviance == pytest.approx(plain.deviance, rel=MLE)
    found, expected = same.estimate(), plain.estimate()
    assert (found.lower, found.upper) == pytest.approx((expected.lower, expected.upper), rel=1e-5)


def test_the_odds_ratio_that_a_model_estimates_gives_its_fit_back(model: mse.LogLinear) -> None:
    """The free fit is the best of the fixed ones: fixed at its estimate, deviance and total are the same."""
    wider = mse.LogLinear(str(model.model) + "[P R]")
    free = wider.fit(DUTCH)
    estimated = free.coefficients.set_index("term").loc["[P R]", "estimate"]
    fixed = FixedDependence(str(model.model), ("P", "R"), math.exp(estimated)).fit(DUTCH)
    assert fixed.total == pytest.approx(free.total, rel=MLE)
    assert fixed.deviance == pytest.approx(free.deviance, rel=MLE)
    np.testing.assert_allclose(fixed.means, free.means, rtol=1e-5)


def test_the_profile_of_a_fixed_model_is_the_highest_likelihood_by_another_optimiser() -> None:
    """Two lists, θ = 2: the likelihood over the unseen count is that of the 2 × 2 table with this odds ratio."""
    both, first, second, ratio = 20.0, 60.0, 45.0, 2.0
    offset = np.array([0.0, 0.0, 0.0, math.log(ratio)])
    counts, keep = np.array([0.0, second, first, both]), np.array([False, True, True, True])
    unseen = np.array([150.0, 270.0, 400.0])
    found = profile_log_likelihood(counts, keep, np.array([0, 1, 2]), unseen, offset)
    for value, height in zip(unseen, found, strict=True):
        full = np.array([value, second, first, both])

        def minus(margins: np.ndarray, full: np.ndarray = full) -> float:
            a, b = expit(margins)
            cells = np.array([(1 - a) * (1 - b), (1 - a) * b, a * (1 - b), ratio * a * b])
            return -float((full * np.log(cells / cells.sum())).sum())

        assert height == pytest.approx(-minimize(minus, [0.0, 0.0]).fun, rel=1e-9)  # flat at its maximum


def test_each_absent_pair_has_its_rows(model: mse.LogLinear) -> None:
    frame = dependence(STEPWISE, DUTCH).to_frame()
    assert frame["total"].iloc[0] == pytest.approx(43585, abs=HALF)
    assert len(frame) == 1 + 2 * (15 - 10)
    assert frame["reason"].eq("").all()


def test_the_highest_interaction_of_three_lists() -> None:
    table = mse.datasets.load("spina_bifida_621")
    y = table.counts.astype(float)
    odd = y[1, 0, 0] * y[0, 1, 0] * y[0, 0, 1] * y[1, 1, 1]
    even = y[1, 1, 0] * y[1, 0, 1] * y[0, 1, 1]
    found = highest_order(None, table, xi=(0.8, 1, 3))
    totals = [outcome.total for outcome in found.outcomes]
    assert totals == pytest.approx([621 + xi * odd / even for xi in (1, 0.8, 3)], rel=MLE)
    assert [outcome.at for outcome in found.outcomes] == [1, 0.8, 3]


def test_any_estimator_takes_a_factor_and_one_is_plain() -> None:
    table = mse.datasets.load("spina_bifida_621")
    found = highest_order(mse.DecomposableAverage(), table, xi=(1, 2))
    plain = mse.DecomposableAverage().fit(table).estimate()
    assert (found.base.total, found.base.lower, found.base.upper) == (plain.total, plain.lower, plain.upper)
    assert found.outcomes[1].total - 621 == pytest.approx(2 * (plain.total - 621), rel=1e-12)
    assert len(found.outcomes) == 2


def test_tipping_points_are_roots(model: mse.LogLinear) -> None:
    found = tipping_point(model, DUTCH, lower=38000, upper=60000, pair=("R", "P"))
    assert found.pair == ("P", "R")
    for ratio, total in ((found.least, 38000), (found.most, 60000)):
        assert FixedDependence(str(model.model), ("P", "R"), ratio).fit(DUTCH).total == pytest.approx(total, rel=1e-9)
    unseen = tipping_point(model, DUTCH, lower=38000, upper=60000)
    assert unseen.least == pytest.approx((38000 - 8234) / (43584.7 - 8234), rel=1e-5)
    assert unseen.most == pytest.approx((60000 - 8234) / (43584.7 - 8234), rel=1e-5)


def test_a_tipping_point_in_both_languages() -> None:
    table = two_lists(6, 40, 30)
    found = tipping_point(mse.LogLinear(order=1), table, lower=70, upper=276 + 200, pair=("A", "B"))
    assert found.least is None
    assert found.most == pytest.approx(2.0, rel=1e-9)
    assert str(found) == "The total stays within 70 to 476 as long as the odds ratio of A and B is at most 2.00."
    assert found.sentence["nl"] == (
        "Het totaal blijft binnen 70 tot 476 zolang de odds-ratio van A en B hoogstens 2,00 is."
    )
    own = tipping_point(mse.LogLinear(order=1), table)
    estimate = mse.LogLinear(order=1).fit(table).estimate()
    assert (own.lower, own.upper) == (estimate.lower, estimate.upper)


def test_the_spec_goes_in_and_out_of_json() -> None:
    from mse.models.registry import from_json, to_json

    spec = FixedDependence("[A][B]", ("A", "B"), 2.0)
    assert from_json(to_json(spec)) == spec
    fit = spec.fit(two_lists(6, 40, 30))
    assert "odds ratio of A and B is taken to be 2.00" in fit.explain("en")
    assert "2,00" in fit.explain("nl")


def test_refusals(model: mse.LogLinear) -> None:
    table = two_lists(6, 40, 30)
    for pair, ratio in ((("A", "A"), 2), ("AB", 2), (("A", "B"), 0), (("A", "B"), math.inf)):
        with pytest.raises(mse.ModelError):
            FixedDependence("[A][B]", pair, ratio)
    with pytest.raises(mse.ModelError, match="estimated"):
        FixedDependence("[O P][I][K][R][Z]", ("P", "O"), 2).fit(DUTCH)
    with pytest.raises(mse.TableError, match="lists alone"):
        FixedDependence("[S1][S2][S3]", ("S1", "S2"), 2).fit(mse.datasets.load("spina_bifida_621_ethnicity"))
    with pytest.raises(mse.ModelError, match="terms to hold fixed"):
        dependence(mse.DecomposableAverage(), DUTCH)
    with pytest.raises(mse.ModelError, match="estimated"):
        dependence(mse.LogLinear("[O P][I][K][R][Z]"), DUTCH, pair=("P", "O"))
    with pytest.raises(mse.ModelError, match="every pair"):
        dependence(mse.LogLinear(order=2), DUTCH)
    with pytest.raises(mse.ModelError, match="'X'"):
        dependence(model, DUTCH, pair=("P", "X"))
    with pytest.raises(mse.ModelError, match="0 or more"):
        highest_order(None, table, xi=(-1,))
    with pytest.raises(mse.ModelError, match="outside the range"):
        tipping_point(mse.LogLinear(order=1), table, lower=300, upper=400)
