"""Pictures of a feasibility study: lights and overlaps, of tables, margins and releases."""

from __future__ import annotations

import pytest

import mse
from mse.monitor import expected_overlaps_figure, lights_figure


@pytest.fixture(scope="module")
def assessment() -> mse.feasibility.Assessment:
    return mse.assess(mse.datasets.load("korea"), replicates=2)


@pytest.mark.parametrize("narrow", [False, True])
def test_lights_are_drawn_one_a_check(assessment: mse.feasibility.Assessment, narrow: bool) -> None:
    picture = mse.plot(assessment, narrow=narrow, language="nl")
    (axes,) = picture.get_axes()
    assert len(axes.collections) == len(assessment.checks)
    titles = [text.get_text() for text in axes.texts]
    assert any(title.startswith("lege paren (") for title in titles)


def test_overlaps_are_drawn_beside_what_is_expected(assessment: mse.feasibility.Assessment) -> None:
    figure = expected_overlaps_figure(assessment)
    (axes,) = mse.plot(figure).get_axes()
    assert len(axes.collections) == 2 + 2 * 3  # key, and two dots a pair
    assert figure.to_frame()["expected"].sum() == pytest.approx(figure.to_frame()["overlap"].sum())


def test_margins_have_the_same_picture() -> None:
    margins = mse.feasibility.PublishedMargins(
        {"A": 60, "B": 50, "C": 9}, {("A", "B"): 20, ("A", "C"): 0, ("B", "C"): 3}
    )
    (axes,) = mse.plot(expected_overlaps_figure(mse.assess(margins))).get_axes()
    assert {"20", "0", "3"} <= {text.get_text() for text in axes.texts}


def test_what_was_found_leaves_only_where_counts_are_public(assessment: mse.feasibility.Assessment) -> None:
    private = mse.release([lights_figure(assessment)], policy="threshold")["lights"].to_frame()
    assert "found" not in private
    assert set(private["light"].map(lambda text: text["en"])) <= {"green", "amber", "red", "?"}
    assert "found" in mse.release([lights_figure(assessment)])["lights"].to_frame()
