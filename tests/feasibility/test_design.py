"""Design: widths by formula and by simulation, what-if questions, and the anchor stream summed exactly."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom, hypergeom

import mse
from mse.errors import ModelError
from mse.feasibility import anchor_stream, expected_width, what_if
from mse.kernels.designed import designed_cells

THREE = {"A": 0.3, "B": 0.2, "C": 0.1}
CLOSED_FORM = 1e-6
"""Fits of expected counts stop at a score of 1e-7 of a margin."""


def test_cells_keep_chances_and_odds_ratios() -> None:
    log_odds = np.zeros((3, 3))
    log_odds[0, 1], log_odds[1, 2] = math.log(3.0), math.log(0.5)
    cells, converged = designed_cells(np.array([0.3, 0.2, 0.1]), log_odds)
    cube = cells.reshape(2, 2, 2)
    assert converged
    assert [cube[1].sum(), cube[:, 1].sum(), cube[:, :, 1].sum()] == pytest.approx([0.3, 0.2, 0.1])
    for c in (0, 1):
        assert cube[0, 0, c] * cube[1, 1, c] / (cube[0, 1, c] * cube[1, 0, c]) == pytest.approx(3.0)
    for a in (0, 1):
        assert cube[a, 0, 0] * cube[a, 1, 1] / (cube[a, 0, 1] * cube[a, 1, 0]) == pytest.approx(0.5)


def test_two_independent_lists_have_the_standard_error_of_the_books() -> None:
    """Var N = N (1 − p₁)(1 − p₂) / (p₁ p₂) (Seber 1982) for the multinomial; Poisson adds that of the persons seen."""
    width = expected_width(10_000, {"A": 0.4, "B": 0.3})
    assert width.total == pytest.approx(10_000, rel=CLOSED_FORM)
    n, unseen = 5_800, 4_200
    variance = sum(1.0 / count for count in (10_000 * 0.12, 10_000 * 0.28, 10_000 * 0.18))
    error = math.sqrt(unseen + unseen**2 * variance)
    assert error**2 == pytest.approx(10_000 * 0.6 * 0.7 / 0.12, rel=1e-9)
    factor = math.exp(1.959964 * math.sqrt(math.log1p((error / unseen) ** 2)))
    assert (width.lower, width.upper) == pytest.approx((n + unseen / factor, n + unseen * factor), rel=1e-6)


def test_formula_and_simulation_agree_where_overlaps_are_not_thin() -> None:
    formula = expected_width(5_000, THREE, odds_ratios={("A", "B"): 3})
    drawn = expected_width(5_000, THREE, odds_ratios={("A", "B"): 3}, how="simulation", replicates=100, seed=2)
    assert formula.total == pytest.approx(5_000, rel=CLOSED_FORM)
    assert drawn.ratio == pytest.approx(formula.ratio, rel=0.05)  # medians of 100 tables move by about 1 %
    assert drawn.covered is not None
    assert drawn.covered > 0.85  # 95 % less four Monte Carlo errors of .022
    assert drawn.without_estimate == 0.0


def test_a_wrong_model_aims_at_the_wrong_total() -> None:
    wrong = expected_width(5_000, THREE, odds_ratios={("A", "B"): 3}, estimator=mse.LogLinear(order=1))
    assert wrong.total is not None
    assert wrong.total < 4_800  # positive dependence that is left out


def test_more_capture_narrows() -> None:
    wide, narrow = (expected_width(5_000, {name: p * factor for name, p in THREE.items()}) for factor in (1, 2))
    assert narrow.ratio is not None
    assert wide.ratio is not None
    assert narrow.ratio < wide.ratio


def test_a_search_needs_a_simulation() -> None:
    with pytest.raises(ModelError, match="one log-linear model"):
        expected_width(5_000, THREE, estimator=mse.Search())
    searched = expected_width(2_000, THREE, estimator=mse.Search(), how="simulation", replicates=5)
    assert searched.replicates == 5


@pytest.mark.parametrize("estimator", [mse.DecomposableAverage(), mse.SampleCoverage()])
def test_a_simulation_takes_any_estimator_with_its_own_interval(estimator: Any) -> None:
    cells, _ = designed_cells(np.array(list(THREE.values())), np.zeros((3, 3)))
    by_hand = []
    for stream in np.random.SeedSequence(1).spawn(5):
        counts = np.random.default_rng(stream).multinomial(2_000, cells)
        estimate = estimator.fit(mse.CaptureTable(list(THREE), np.r_[0, counts[1:]].reshape(2, 2, 2))).estimate()
        by_hand.append((estimate.total, estimate.lower, estimate.upper))
    width = expected_width(2_000, THREE, estimator=estimator, how="simulation", replicates=5)
    assert (width.total, width.lower, width.upper) == pytest.approx(tuple(np.median(by_hand, axis=0)), rel=1e-12)
    assert width.covered == np.mean([lower <= 2_000 <= upper for _, lower, upper in by_hand])


def test_most_tables_without_an_upper_limit_give_none() -> None:
    class Open:
        """No upper limit on any table."""

        def fit(self, data: Any, *, seed: int | None = None) -> Any:
            said = SimpleNamespace(total=data.n_observed, lower=0.0, upper=None)
            return SimpleNamespace(total=said.total, estimate=lambda level: said)

    width = expected_width(2_000, THREE, estimator=Open(), how="simulation", replicates=5)
    assert (width.lower, width.upper, width.ratio, width.covered) == (0.0, None, None, 1.0)


@pytest.mark.parametrize(
    ("capture", "options", "words"),
    [
        ({"A": 0.3}, {}, "two lists or more"),
        ({"A": 0.3, "B": 1.2}, {}, "between 0 and 1"),
        (THREE, {"odds_ratios": {("A", "D"): 2}}, "not in the design"),
        (THREE, {"odds_ratios": {("A", "B"): 0}}, "above 0"),
        (THREE, {"how": "guess"}, "no method 'guess'"),
        (THREE, {"how": "simulation", "replicates": 0}, "one table or more"),
    ],
)
def test_designs_that_cannot_be(capture: dict[str, float], options: dict[str, object], words: str) -> None:
    with pytest.raises(ModelError, match=words):
        expected_width(1_000, capture, **options)  # type: ignore[arg-type]


def test_what_if_answers() -> None:
    frame = what_if(mse.datasets.load("kosovo_1999"), mse.LogLinear(order=2)).to_frame().set_index("scenario")
    now = frame.loc["as_is"]
    fit = mse.LogLinear(order=2).fit(mse.datasets.load("kosovo_1999"))
    estimate = fit.estimate(interval="lognormal")
    assert (now["total"], now["lower"], now["upper"]) == pytest.approx(
        (estimate.total, estimate.lower, estimate.upper), rel=1e-5
    )
    assert frame.loc["more_lists", "total"] == pytest.approx(now["total"], rel=CLOSED_FORM)
    assert frame.loc["more_lists", "ratio"] < now["ratio"]
    assert frame.loc["years", "total"] == pytest.approx(2 * now["total"], rel=CLOSED_FORM)
    assert frame.loc["years", "ratio"] < now["ratio"]
    assert frame.loc["matching", "total"] < now["total"]  # links that were missed made it too high
    with pytest.raises(ModelError, match="between 0 and 1"):
        what_if(mse.datasets.load("kosovo_1999"), mse.LogLinear(order=1), sample=1.0)
    with pytest.raises(ModelError, match="above 0"):
        what_if(mse.datasets.load("kosovo_1999"), mse.LogLinear(order=1), years=-1.0)


@pytest.mark.parametrize(("missed", "sampled", "frame"), [(40, 60, 400), (7, 30, 100), (0, 10, 50)])
def test_the_anchor_stream_is_unbiased_and_its_limits_hold(missed: int, sampled: int, frame: int) -> None:
    """All that a sample can find, weighted by its exact law."""
    law, first = hypergeom(frame, missed, sampled), 20
    found = [x for x in range(min(missed, sampled) + 1) if law.pmf(x) > 0.0]
    anchors = {x: anchor_stream(first, x, sampled=sampled, frame=frame) for x in found}
    mean = sum(law.pmf(x) * anchors[x].total for x in found)
    variance = sum(law.pmf(x) * (anchors[x].total - mean) ** 2 for x in found)
    held = sum(law.pmf(x) for x in found if anchors[x].lower <= first + missed <= anchors[x].upper)
    assert mean == pytest.approx(first + missed)
    rate = sampled / frame
    assert variance == pytest.approx(missed * (1 - rate) / rate * (frame - missed) / (frame - 1))
    assert held >= 0.95 - 1e-12


def test_independent_draws_have_binomial_limits() -> None:
    law, rate = binom(30, 0.2), 0.2
    anchors = [anchor_stream(10, x, rate=rate) for x in range(31)]
    assert sum(law.pmf(x) * anchors[x].total for x in range(31)) == pytest.approx(40)
    assert sum(law.pmf(x) for x in range(31) if anchors[x].lower <= 40 <= anchors[x].upper) >= 0.95 - 1e-12
    nobody = anchors[0]
    assert (nobody.total, nobody.lower) == (10, 10)
    assert nobody.upper > 10
    assert binom(round(nobody.upper) - 10, rate).cdf(0) > 0.025 >= binom(round(nobody.upper) - 9, rate).cdf(0)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"rate": 0.1, "sampled": 3, "frame": 30},
        {"rate": 0.1, "frame": 3_000},
        {"rate": 0.1, "sampled": 300},
        {"sampled": 3},
        {"rate": 1.0},
        {"sampled": 5, "frame": 9},
    ],
)
def test_anchor_streams_that_cannot_be(options: dict[str, float]) -> None:
    with pytest.raises(ModelError):
        anchor_stream(100, 6, **options)  # type: ignore[arg-type]
