"""Pictures of posteriors: what is marked and said, on a page and on a phone, in both languages."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.figure import Figure as Picture

import mse
from mse.core.sentence import Sentence
from mse.errors import ModelError
from mse.monitor.estimation import model_weights_figure, posterior_figure, prior_influence_figure, traces_figure
from mse.report.canvas import BOLD, inner_width, long
from mse.report.plots import plot, to_svg
from posteriors import SMALL, sampled

EXACT = mse.DecomposableAverage().fit(SMALL)

_SLACK = 8.0
"""Pixels that the layout keeps free at the edges of a picture."""


def texts(picture: Picture) -> list[str]:
    return [text.get_text() for text in picture.get_axes()[0].texts]


def test_a_posterior_is_drawn_with_median_and_interval() -> None:
    said = texts(plot(EXACT))
    lower, median, upper = EXACT.quantile(np.array([0.025, 0.5, 0.975])).astype(int)
    assert f"{lower} to {upper} (median {median})" in said
    assert f"{lower} tot {upper} (mediaan {median})" in texts(plot(EXACT, language="nl"))


def test_fits_beside_each_other_share_an_axis_and_are_called_by_their_method() -> None:
    said = texts(plot([EXACT, EXACT]))
    assert EXACT.description["en"] in said
    assert f"{EXACT.description['en']} (2)" in said
    assert {"one", "two"} <= set(texts(plot({"one": EXACT, "two": EXACT})))


def test_fits_with_one_label_in_a_language_keep_their_own_numbers() -> None:
    other = mse.ModelAverage().fit(SMALL)
    labels = [{"en": word, "nl": "hetzelfde"} for word in ("one", "two", "three")]
    fits = [EXACT, EXACT, other]
    shown = posterior_figure(
        {Sentence("study_posterior_label", {"label": label}): fit for label, fit in zip(labels, fits, strict=True)}
    )
    said = texts(plot(shown, language="nl"))
    assert said.count("hetzelfde") == 3
    lower, upper = other.quantile(np.array([0.025, 0.975]))
    assert any(text.startswith(f"{lower:.0f} tot {upper:.0f}") for text in said)


def test_chains_that_disagree_have_grey_lines_and_no_fill() -> None:
    picture = plot({"chains": sampled(2.0)})
    axes = picture.get_axes()[0]
    assert "chains disagree: no total" in texts(picture)
    curves = [line for line in axes.lines if len(line.get_xdata()) > 2]
    assert len(curves) == 4
    assert len({str(line.get_color()) for line in curves}) == 1
    assert not [part for part in axes.collections if "Poly" in type(part).__name__]


def test_the_axis_is_logarithmic_in_plain_numbers() -> None:
    picture = plot(sampled(20.0), language="nl")
    numbers = {float(text.replace(".", "")): text for text in texts(picture) if re.fullmatch(r"[\d.]+", text)}
    assert not any("e" in text for text in numbers.values())
    places = {float(t.get_text().replace(".", "")): t.get_position()[0] for t in picture.get_axes()[0].texts
              if t.get_text() in numbers.values()}  # fmt: skip
    totals = sorted(places)
    steps = [(places[b] - places[a]) / np.log(b / a) for a, b in pairwise(totals)]
    assert np.allclose(steps, steps[0], rtol=1e-6)


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("language", ["en", "nl"])
def test_words_stay_inside_the_picture(language: str, narrow: bool) -> None:
    average = mse.ModelAverage().fit(SMALL)
    figures = [
        EXACT,
        sampled(2.0),
        traces_figure(sampled(), ("total", "dark_figure", "effect")),
        model_weights_figure(average, largest=3),
    ]
    for figure in figures:
        picture = plot(figure, language=language, narrow=narrow)
        for text in picture.get_axes()[0].texts:
            wide = max(long(line) for line in text.get_text().split("\n"))
            wide *= BOLD if text.get_weight() == "bold" else 1.0
            start = text.get_position()[0] - {"left": 0.0, "center": wide / 2, "right": wide}[text.get_ha()]
            assert start >= -_SLACK, text.get_text()
            assert start + wide <= inner_width(narrow) + _SLACK, text.get_text()


def test_kinds_are_of_posteriors() -> None:
    assert "before (prior)" in texts(plot(mse.ModelAverage().fit(SMALL), "prior"))
    assert "100.0%" not in texts(plot(EXACT, "inclusion", language="nl"))
    assert any("chain 4" in text for text in texts(plot(sampled(), "traces")))
    assert any(text.startswith("[") for text in texts(plot(EXACT, kind="weights")))
    with pytest.raises(ModelError, match="Did you mean 'traces'"):
        plot(EXACT, kind="trace")
    with pytest.raises(ModelError, match="of one fit"):
        plot([EXACT, EXACT], kind="weights")
    with pytest.raises(TypeError, match="for posteriors only"):
        plot(SMALL, kind="weights")


def test_what_a_release_withholds_is_said_in_place_of_lines() -> None:
    figure = traces_figure(sampled(), ("total", "dark_figure"))
    assert "not shown" in texts(plot(mse.release([figure], "threshold")["traces"]))
    assert "not shown" not in texts(plot(figure))


def test_priors_without_any_total_have_no_picture() -> None:
    frame = EXACT.prior_influence()
    frame[["median", "lower", "upper"]] = np.nan
    assert prior_influence_figure(frame).chart is None


def test_the_same_posterior_is_the_same_svg() -> None:
    shown = mse.release([model_weights_figure(EXACT)], "threshold").figures[0]
    assert to_svg(shown, "nl") == to_svg(shown, "nl")
