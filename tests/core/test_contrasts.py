"""Contrasts against computation by hand, with and without weights; what they refuse and what they keep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mse
from mse.core.draws import Draws
from mse.core.estimate import Estimate, Part
from mse.core.finding import Finding

YEARS, FORMS = (2017, 2018, 2020), ("SU", "AU")
BLOCK = Finding("rivals_disagree", "blocking", "total", {"criterion": "bic", "lower": 1, "upper": 2, "factor": 2,
                                                         "order": 2})  # fmt: skip


def drawn(seed: int = 1, n: int = 500, weight: np.ndarray | None = None) -> Draws:
    rng = np.random.default_rng(seed)
    seen, unseen = rng.poisson(50, size=(n, 6)).astype(float), rng.gamma(20.0, 2.0, size=(n, 6))
    covariates = {"year": YEARS, "form": FORMS}
    return Draws(seen.sum(1), unseen.sum(1), ("",) * n, weight, covariates, seen, unseen)


def estimate(draws: Draws | None, *findings: Finding) -> Estimate:
    parts = [Part("total", 300, 240.0, 450.0, 700.0)]
    for i, year in enumerate(YEARS):
        for j, form in enumerate(FORMS):
            levels = {"year": year, "form": form}
            parts.append(Part(f"{year}, {form}", 50, 30.0 + 4.0 * i + 12.0 * j, 60.0, 140.0, levels))
    return Estimate(tuple(parts), 0.9, "percentile", "[A][B]", findings=findings, draws=draws)


def by_hand(draws: Draws, year: int) -> np.ndarray:
    """Totals of a year in every draw: its two columns of persons seen and unseen."""
    place = 2 * YEARS.index(year)
    return (draws.observed_in + draws.dark_in)[:, place : place + 2].sum(axis=1)


POINTS = (50 + 38 + 50 + 50, 50 + 30 + 50 + 42)
"""Totals of 2020 and of 2017 in `estimate`."""


@pytest.mark.parametrize(
    ("kind", "of", "equal"),
    [
        ("difference", lambda a, b: a - b, 0.0),
        ("ratio", lambda a, b: a / b, 1.0),
        ("growth", lambda a, b: (a - b) / b, 0.0),
    ],
)
def test_a_contrast_is_taken_draw_by_draw(kind: str, of: Callable[..., Any], equal: float) -> None:
    draws = drawn()
    made = estimate(draws).contrast({"year": 2020}, {"year": 2017}, kind)
    contrasts = of(by_hand(draws, 2020), by_hand(draws, 2017))
    assert made.value == pytest.approx(of(*POINTS))
    limits = np.quantile(contrasts, [0.05, 0.95], method="median_unbiased")
    assert [made.lower, made.upper] == pytest.approx(limits.tolist())
    assert made.decline == np.mean(contrasts < equal)
    assert (made.a, made.b, made.draws, made.level) == ("2020", "2017", 500, 0.9)


def test_weighted_draws_count_by_their_weight() -> None:
    weight = np.random.default_rng(2).dirichlet(np.ones(500))
    draws = drawn(weight=weight)
    made = estimate(draws).contrast({"year": 2020}, {"year": 2017})
    difference = by_hand(draws, 2020) - by_hand(draws, 2017)
    assert made.decline == pytest.approx(weight[difference < 0].sum())
    order = np.argsort(difference)
    below = np.cumsum(weight[order])
    assert made.lower == difference[order][np.searchsorted(below, 0.05)]


@given(st.integers(0, 10**6))
@settings(deadline=None)
def test_contrasts_the_other_way_round(seed: int) -> None:
    made = estimate(drawn(seed, 60))
    there, back = made.contrast("2018, AU", "2017, AU"), made.contrast("2017, AU", "2018, AU")
    assert (there.value, there.lower, there.upper) == pytest.approx((-back.value, -back.upper, -back.lower))
    ratio, inverse = (made.contrast(*pair, "ratio") for pair in (("2018, AU", "total"), ("total", "2018, AU")))
    assert ratio.value * inverse.value == pytest.approx(1.0)


def test_a_trend_is_the_slope_of_logarithms() -> None:
    draws = drawn()
    made = estimate(draws).trend()
    years = np.array(YEARS, dtype=float)
    totals = np.column_stack([by_hand(draws, year) for year in YEARS])
    slopes = np.polyfit(years, np.log(totals.T), 1)[0]
    limits = np.quantile(np.exp(slopes) - 1, [0.05, 0.95], method="median_unbiased")
    assert [made.lower, made.upper] == pytest.approx(limits.tolist(), rel=1e-8)
    assert made.decline == np.mean(slopes < 0)
    points = [50 + 30 + 4 * i + 50 + 42 + 4 * i for i in range(3)]
    assert made.value == pytest.approx(np.exp(np.polyfit(years, np.log(points), 1)[0]) - 1, rel=1e-8)
    assert (made.a, made.b) == ("2020", "2017")
    one = estimate(draws).trend(within={"form": "AU"})
    assert one.within == "AU"
    assert "(AU)" in one.sentence("nl")
    assert one.value != made.value


def test_constant_growth_is_found_whatever_the_gaps() -> None:
    totals = 100.0 * 1.07 ** np.array([0, 1, 3])
    parts = [Part(str(year), 0, total, None, None, {"year": year}) for year, total in zip(YEARS, totals, strict=True)]
    dark = np.tile(totals, (4, 1))
    draws = Draws(np.zeros(4), dark.sum(1), (), None, {"year": YEARS}, np.zeros((4, 3)), dark)
    made = Estimate((Part("total", 0, totals.sum(), None, None), *parts), 0.95, "percentile", "x", draws=draws).trend()
    assert [made.value, made.lower, made.upper] == pytest.approx([0.07] * 3)


def test_a_blocked_estimate_gives_no_single_contrast() -> None:
    made = estimate(drawn(), BLOCK).contrast({"year": 2018}, {"year": 2017})
    assert made.blocked
    assert [finding.code for finding in made.findings] == ["rivals_disagree"]
    assert made.sentence().endswith("no single answer, since the estimate itself has none.")
    assert not made.to_frame()["single_estimate"][0]
    assert repr(made).splitlines()[1].startswith("  blocking: ")


def test_no_estimate_is_no_contrast_and_says_why() -> None:
    parts = [Part("total", 9, None, None, None)]
    parts += [Part(str(year), 3, None, None, None, {"year": year}) for year in YEARS]
    nothing = Estimate(tuple(parts), 0.95, "percentile", "[A][B]", findings=(BLOCK,))
    for made in (nothing.contrast(2018, {"year": 2017}), nothing.trend()):
        assert made.value is made.lower is made.decline is None
        assert made.findings == (BLOCK,)
    assert (
        replace(nothing, findings=()).trend().sentence() == "2020 compared with 2017: there is no estimate to compare."
    )


@pytest.mark.parametrize("kind", ["difference", "ratio", "growth", "trend"])
@pytest.mark.parametrize("language", ["en", "nl"])
def test_a_sentence_says_parts_limits_and_decline(kind: str, language: str) -> None:
    est = estimate(drawn())
    made = est.trend() if kind == "trend" else est.contrast({"year": 2020}, {"year": 2017}, kind)
    said = made.sentence(language)
    assert {"2020", "2017"} <= set(said.replace(",", " ").replace(":", " ").replace(".", " ").split())
    assert mse.messages.number(made.decline, language, "percent") in said
    assert (
        mse.messages.number(made.lower, language, {"difference": "estimate", "ratio": "ratio"}.get(kind, "percent"))
        in said
    )


def test_totals_of_nought_are_left_out_and_told() -> None:
    dark = np.array([[0.0, 5.0], [4.0, 6.0], [5.0, 5.0], [0.0, 0.0]])
    draws = Draws(np.zeros(4), dark.sum(1), (), None, {"year": (1, 2)}, np.zeros((4, 2)), dark)
    parts = (
        Part("total", 0, 11.0, 0.0, 20.0),
        Part("1", 0, 5.0, 0.0, 9.0, {"year": 1}),
        Part("2", 0, 6.0, 0.0, 9.0, {"year": 2}),
    )
    made = Estimate(parts, 0.95, "percentile", "x", draws=draws).contrast(1, 2, "ratio")
    assert made.draws == 3
    assert made.decline == pytest.approx(2 / 3)
    assert {finding.code for finding in made.findings} == {"contrast_undefined"}


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        (lambda e: e.contrast("2018, AU", "2016, AU"), mse.TableError, "no part '2016, AU'"),
        (lambda e: e.contrast({"year": 2018}, {"year": 2016}), mse.TableError, "no parts with 2016"),
        (lambda e: e.contrast({}, {"year": 2017}), mse.TableError, "no levels"),
        (
            lambda e: e.contrast({"year": 2018}, {"year": 2017}, "diference"),
            mse.ModelError,
            "Did you mean 'difference'",
        ),
        (lambda e: e.trend("form"), mse.TableError, "are none"),
        (lambda e: e.trend("month"), mse.TableError, "at least two"),
        (lambda e: e["2018, AU"].contrast({"year": 2018}, {"year": 2017}), mse.TableError, r"mse\.bootstrap\(…, by="),
    ],
)
def test_contrasts_that_cannot_be(asked: Callable[[Estimate], Any], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        asked(estimate(drawn()))


def test_without_draws_there_is_a_hint() -> None:
    with pytest.raises(mse.TableError, match=r"draw by draw.*mse\.bootstrap"):
        estimate(None).contrast({"year": 2018}, {"year": 2017})
