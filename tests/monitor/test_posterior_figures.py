"""Figures of posteriors: densities against the normal curve, what is withheld, and what a release lets out."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import mse
from mse.core.figure import Figure
from mse.core.sentence import Sentence
from mse.errors import ModelError, TableError
from mse.monitor.disclosure.suppression import BASE, coarse_estimate
from mse.monitor.estimation import (
    inclusion_figure,
    model_weights_figure,
    posterior_figure,
    posterior_table,
    prior_influence_figure,
    prior_predictive_figure,
    traces_figure,
)
from mse.monitor.estimation.density import UNIT, bandwidth, round_totals, smoothed
from posteriors import SMALL, TOTAL, sampled

EXACT = mse.DecomposableAverage().fit(SMALL)
AVERAGE = mse.ModelAverage().fit(SMALL)

SAMPLING = 0.03
"""Largest difference of a density from 80,000 draws and the true one, as a share of the highest point: three standard
errors of 0.8 %, √(∫K² / (n h f)), and as much again as smoothing by a seventh of the spread flattens it."""


def every_figure() -> list[Figure]:
    """All figures of posteriors, of a table with small counts that is not public."""
    prior = AVERAGE.spec.prior_predictive(SMALL, draws=500, seed=1)
    return [
        posterior_table({"graphs": EXACT, "models": AVERAGE}),
        posterior_figure({"graphs": EXACT, "models": AVERAGE}),
        posterior_figure({"models": AVERAGE}, prior=prior, name="prior_and_posterior"),
        model_weights_figure(AVERAGE),
        inclusion_figure(AVERAGE),
        traces_figure(sampled(), ("total", "dark_figure", "effect")),
        prior_influence_figure(EXACT.prior_influence()),
        prior_predictive_figure(prior, SMALL.n_observed),
    ]


def test_a_density_is_that_of_the_log_total_smoothed() -> None:
    frame = posterior_figure({"chains": sampled(draws=20_000)}).to_frame()
    logs = np.log(frame["total"] / TOTAL)
    truth = np.exp(-0.5 * (logs / 0.1) ** 2)
    assert np.abs(frame["height"] - truth).max() < SAMPLING
    assert frame["height"].max() == 1.0


def test_smoothing_adds_its_variance_and_keeps_the_mass() -> None:
    totals, weight = np.array([400.0, 1000.0]), np.array([0.25, 0.75])
    at = np.exp(np.linspace(math.log(100.0), math.log(4000.0), 20_001))
    density, step = smoothed(totals, weight, 0.1, at), math.log(40.0) / 20_000
    logs = np.log(at)
    assert density.sum() * step == pytest.approx(1.0, abs=1e-9)
    mean = (density * logs).sum() * step
    assert mean == pytest.approx(0.25 * math.log(400.0) + 0.75 * math.log(1000.0), abs=1e-9)
    spread = 0.25 * 0.75 * math.log(2.5) ** 2 + 0.1**2
    assert (density * (logs - mean) ** 2).sum() * step == pytest.approx(spread, abs=1e-9)


def test_round_totals_hang_on_the_range_only_and_are_released_as_they_are() -> None:
    assert UNIT == BASE
    for low, high in ((12.0, 40.0), (683.0, 796.0), (117_000.0, 187_000.0), (500.0, 3e6)):
        totals = round_totals(low, high)
        assert totals[0] <= low < totals[1]
        assert totals[-2] < high <= totals[-1]
        assert (totals % BASE == 0).all()
        inner = round_totals(low * 1.0001, high * 0.9999)
        assert set(inner) <= set(totals)


def test_the_bandwidth_is_never_finer_than_the_round_totals() -> None:
    assert bandwidth(np.full(10, 100.0), None) == pytest.approx(0.6 * UNIT / 100.0)


def test_marks_are_median_and_limits_of_the_fit() -> None:
    marks = posterior_figure({"graphs": EXACT}, level=0.8).marks
    whole = EXACT.estimate(level=0.8).whole
    assert marks == {"0:median": whole.total, "0:lower": whole.lower, "0:upper": whole.upper}


@pytest.mark.parametrize(
    ("apart", "draws", "words"),
    [(2.0, 500, "chains disagree: no total"), (1.0, 50, "too few effective draws: no total")],
)
def test_without_a_total_every_chain_has_a_curve_and_nothing_is_marked(apart: float, draws: int, words: str) -> None:
    fit = sampled(apart, draws)
    assert fit.total is None
    figure = posterior_figure({"chains": fit})
    frame = figure.to_frame()
    assert figure.marks == {}
    assert sorted(frame["chain"].unique()) == [1, 2, 3, 4]
    assert {status["en"] for status in frame["status"]} == {words}
    row = posterior_table({"chains": fit}).to_frame().iloc[0]
    assert row[["median", "lower", "upper", "hdi_lower"]].isna().all()
    assert row["status"]["en"] == words


def test_the_prior_stands_on_the_scale_of_the_posterior() -> None:
    prior = pd.DataFrame({"total": sampled().draws.total})
    frame = posterior_figure({"chains": sampled()}, prior=prior).to_frame()
    assert np.allclose(frame["prior"], frame["height"], rtol=0.0, atol=1e-12)
    with pytest.raises(TableError, match="behind one posterior"):
        posterior_figure({"a": EXACT, "b": AVERAGE}, prior=prior)


def test_the_caption_says_how_far_the_prior_is_smoothed() -> None:
    prior = pd.DataFrame({"total": TOTAL * (sampled().draws.total / TOTAL) ** 2})
    caption = posterior_figure({"chains": sampled()}, prior=prior).caption
    assert isinstance(caption, Sentence)
    alone = bandwidth(sampled().draws.total, None)
    assert (caption.fields["least"], caption.fields["most"]) == pytest.approx((alone, 2.0 * alone))


@pytest.mark.parametrize("total", [50_000.0, 50_470.0])
def test_a_narrow_posterior_keeps_its_form_beside_a_wide_prior(total: float) -> None:
    """Totals that are close enough for the prior would jump over the posterior."""
    fit, seen, spread = sampled(draws=20_000), SMALL.n_observed, 0.002
    narrow = total * (fit.draws.total / TOTAL) ** (spread / 0.1)
    fit = replace(fit, draws=mse.Draws(np.full(narrow.size, float(seen)), narrow - seen))
    prior = pd.DataFrame({"total": total * (sampled().draws.total / TOTAL) ** 8})
    frame = posterior_figure({"chains": fit}, prior=prior).to_frame()
    truth = np.exp(-0.5 * (np.log(frame["total"] / total) / spread) ** 2)
    assert np.abs(frame["height"] - truth).max() < SAMPLING
    assert frame["height"].gt(0.5).sum() > 20


def test_a_prior_without_a_total_says_what_share_is_seen() -> None:
    figure = prior_predictive_figure(pd.DataFrame({"share_seen": np.full(100, 0.5)}), 300)
    assert figure.marks["0:median"] == 600.0
    with pytest.raises(TableError, match="share_seen"):
        prior_predictive_figure(pd.DataFrame({"seen": [0.5]}), 300)


def test_a_prior_may_hold_draws_of_nobody() -> None:
    """A hierarchical prior counts persons: some of its populations are empty, and have no logarithm."""
    seen, weight = np.array([0.0, 300.0, 0.0, 500.0]), np.array([0.2, 0.1, 0.4, 0.3])
    believed = mse.Draws(seen, np.zeros(4), weight=weight)
    without = mse.Draws(seen[[1, 3]], np.zeros(2), weight=np.array([0.25, 0.75]))
    one, two = (prior_predictive_figure(prior, 300) for prior in (believed, without))
    assert one.marks == two.marks
    assert np.allclose(one.to_frame()["height"], two.to_frame()["height"], rtol=0.0, atol=1e-12)
    for nobody in (mse.Draws(np.zeros(3), np.zeros(3)), pd.DataFrame({"share_seen": [0.0]})):
        with pytest.raises(TableError, match="no total"):
            posterior_figure({"models": AVERAGE}, prior=nobody)


def test_the_table_shows_the_interval_that_is_asked_for_and_the_shortest_one() -> None:
    row = posterior_table({"graphs": EXACT}).to_frame().iloc[0]
    assert (row["lower"], row["upper"]) == tuple(EXACT.quantile(np.array([0.025, 0.975])))
    assert (row["hdi_lower"], row["hdi_upper"]) == EXACT.hdi(0.95)
    shortest = posterior_table({"graphs": EXACT}, interval="hdi")
    assert (shortest.frame["lower"][0], shortest.frame["upper"][0]) == EXACT.hdi(0.95)
    assert "hdi_lower" not in shortest.columns
    assert isinstance(shortest.title, Sentence)
    assert (shortest.title.fields["lower"], shortest.title.fields["upper"]) == EXACT.hdi(0.95)
    assert row["assumption"]["nl"] == EXACT.explain("nl")


def test_models_and_the_others_are_sure_together() -> None:
    frame = model_weights_figure(AVERAGE, largest=2).to_frame()
    assert frame["probability"].sum() == pytest.approx(1.0, abs=1e-12)
    assert frame["model"].iloc[2]["en"] == "all other models"
    terms = inclusion_figure(AVERAGE).to_frame()["probability"]
    assert terms.is_monotonic_decreasing


def test_traces_are_the_draws_and_say_how_far_chains_agree() -> None:
    fit = sampled()
    assert fit.chains is not None
    frame = traces_figure(fit).to_frame()
    assert frame.groupby("chain").size().tolist() == [250] * 4
    second = frame[frame["chain"] == 2]
    assert second["total"].tolist() == fit.chains.values["total"][1, ::2].tolist()
    r_hat = fit.chains.diagnostics()["r_hat"][0]
    assert f"R-hat {r_hat:.3f}".replace(".", ",") in frame["agreement"][0]["nl"]
    with pytest.raises(ModelError, match=r"no chains"):
        traces_figure(EXACT)
    with pytest.raises(ModelError, match=r"Did you mean 'effect'"):
        traces_figure(fit, ("efect",))


def test_priors_are_called_by_what_they_change() -> None:
    figure = prior_influence_figure(AVERAGE.prior_influence())
    labels = [label["nl"] for label in figure.to_frame()["label"]]
    assert labels[:3] == ["zoals gegeven", "scale 0,25", "scale 4"]
    assert labels[4].startswith("Alle totalen tot en met")


def test_a_release_lets_no_small_count_out() -> None:
    released = mse.release(every_figure(), "threshold")
    for shown in released.figures[:8]:
        frame = shown.to_frame()
        for name, column in shown.figure.columns.items():
            if column.kind in ("persons", "estimate") and name in frame:
                numbers = frame[name].dropna().astype(float)
                assert (numbers % BASE == 0).all(), (shown.name, name)
            if column.kind == "percent":
                shares = frame[name].dropna().astype(float)
                assert np.allclose(shares, shares.round(2), rtol=0.0, atol=1e-12), (shown.name, name)
        assert all(value is None or value == coarse_estimate(value) for value in shown.figure.marks.values())
    assert released["posteriors"].to_frame()["observed"].tolist() == [190, 190]


def test_a_release_does_not_say_totals_and_unseen_together() -> None:
    """Their difference is the number of persons seen, whatever the rounding of single draws."""
    figure = traces_figure(sampled(), ("total", "dark_figure"))
    assert "persons" in figure.to_frame()
    assert "persons" not in mse.release([figure], "threshold")["traces"].to_frame()


def test_texts_of_a_release_do_not_say_how_many_were_seen() -> None:
    released = mse.release(every_figure(), "threshold")
    written = json.dumps(
        [
            [
                released.say(text, language)
                for text in (shown.figure.title, shown.figure.caption, shown.figure.alt)
                if text
            ]
            for shown in released.figures
            for language in ("en", "nl")
        ]
    )
    assert str(SMALL.n_observed) not in written
