"""The picture of registered beside estimated: what is drawn, to scale, with its numbers, within the picture."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex

import mse
from mse.core.cube import Cube
from mse.core.estimate import Estimate, Part, Range
from mse.core.finding import Finding
from mse.core.reference import Reference
from mse.monitor.coverage.beside import registered_versus_estimated
from mse.report.plots import to_svg
from mse.report.style import REGISTERED, SHADE

ABOUT = Reference((2018, 2019), "person-year", "presumed victims", "Netherlands", source="made up", public=True)
FORMS = {"BL-SU": 132, "AU": 107, "CU": 36}
CUBE = Cube(pd.DataFrame({"year": 2018, "form": list(FORMS), "count": list(FORMS.values())}))
EDGE = 2.0
"""Pixels by which letters may reach over the edge: their width is only known roughly when they are placed."""


def figure(*parts: Part, **changes: Any) -> mse.Figure:
    given = {"level": 0.95, "interval": "profile", "method": "[A B]", "reference": ABOUT.replace(period=(2018, 2018))}
    estimate = Estimate((Part("total", 275, 2000.0, 1500.0, 3200.0), *parts), **{**given, **changes})
    return registered_versus_estimated(CUBE, estimate, reference=ABOUT.replace(period=(2018, 2018)))


PARTS = (Part("BL-SU", 132, 700.0, 600.0, None), Part("AU", 107, 393.0, 300.0, 1000.0))


def texts(picture: Any) -> list[str]:
    return [text.get_text() for text in picture.get_axes()[0].texts]


@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_group_has_its_label_and_numbers(language: str) -> None:
    said = " ".join(texts(mse.plot(figure(*PARTS), language=language)))
    words = {
        "en": ["Total", "registered 275: 8.6% to 18.3% of the estimate", "estimated 1,500 to 3,200 (2018)",
               "estimated 600 to no upper limit (2018)", "at most 22.0%", "Criminal exploitation",
               "registered 36; no estimate"],
        "nl": ["Totaal", "geregistreerd 275: 8,6\N{NO-BREAK SPACE}% tot", "geschat 1.500 tot 3.200 (2018)",
               "geschat 600 tot geen bovengrens (2018)", "hoogstens 22,0", "geregistreerd 36; geen schatting"],
    }  # fmt: skip
    assert [word for word in words[language] if word not in said] == []


def test_bars_start_at_zero_and_are_to_scale() -> None:
    axes = mse.plot(figure(*PARTS)).get_axes()[0]
    assert axes.get_xlim()[0] == 0
    bars = {to_hex(bar.get_facecolor()).upper(): [] for bar in axes.patches}
    for bar in axes.patches:
        assert bar.get_x() == 0
        bars[to_hex(bar.get_facecolor()).upper()].append(bar.get_width())
    assert sorted(bars[REGISTERED]) == [36, 107, 132, 275]
    assert {1000.0, 3200.0} < set(bars[SHADE])


def test_the_largest_estimate_stands_first_and_none_last() -> None:
    labels = [text for text in texts(mse.plot(figure(*PARTS))) if text in {
        "Total", "Domestic sexual exploitation", "Labour exploitation", "Criminal exploitation",
    }]  # fmt: skip
    assert labels == ["Total", "Labour exploitation", "Domestic sexual exploitation", "Criminal exploitation"]


def test_ranges_stand_for_a_blocked_estimate() -> None:
    blocking = Finding("two_modes_test", "blocking", "x")
    ranges = (Range(1000, 1500, 0.5), Range(4000, 9000, 0.5))
    axes = mse.plot(figure(findings=(blocking,), ranges=ranges)).get_axes()[0]
    starts = {bar.get_x() for bar in axes.patches}
    assert {1000, 4000} < starts
    assert "estimated 4,000 to 9,000 (2018)" in texts(axes.get_figure())


def test_withheld_counts_have_a_word_and_no_bar() -> None:
    private = ABOUT.replace(period=(2018, 2018), public=False)
    small = Cube(pd.DataFrame({"year": 2018, "form": ["AU", "CU", "UNK"], "count": [107, 101, 4]}))
    estimate = Estimate((Part("total", 212, 900.0, 700.0, 2000.0),), 0.95, "profile", "[A B]", private)
    released = mse.release([registered_versus_estimated(small, estimate, reference=private)])["registered"]
    picture = mse.plot(released)
    assert "registered: too few" in texts(picture)
    assert 4.0 not in {bar.get_width() for bar in picture.get_axes()[0].patches}


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("narrow", [False, True])
def test_every_text_lies_in_the_picture(language: str, narrow: bool) -> None:
    picture = mse.plot(figure(*PARTS), language=language, narrow=narrow)
    renderer = FigureCanvasAgg(picture).get_renderer()
    picture.draw(renderer)
    for text in picture.get_axes()[0].texts:
        box = text.get_window_extent(renderer)
        assert box.x0 >= -EDGE
        assert box.x1 <= picture.bbox.width + EDGE


def test_texts_of_one_column_do_not_overlap() -> None:
    picture = mse.plot(figure(*PARTS), language="nl", narrow=True)
    renderer = FigureCanvasAgg(picture).get_renderer()
    picture.draw(renderer)
    boxes = [text.get_window_extent(renderer) for text in picture.get_axes()[0].texts]
    touching = [(a, b) for at, a in enumerate(boxes) for b in boxes[at + 1 :] if a.overlaps(b.expanded(0.98, 0.9))]
    assert touching == []


def test_the_same_figure_gives_the_same_svg() -> None:
    released = mse.release([figure(*PARTS)])["registered"]
    assert to_svg(released, "en") == to_svg(released, "en")
