"""Pictures of scenarios: what is marked and said, in both languages, and what leaves through a release."""

from __future__ import annotations

from typing import Any

import pytest
from matplotlib.figure import Figure as Picture

import mse
from mse.monitor import sensitivity_figure

SPINA = mse.datasets.load("spina_bifida_621")
ALONE = mse.LogLinear("[S1][S2][S3]")


def texts(picture: Picture) -> list[str]:
    return [text.get_text() for text in picture.get_axes()[0].texts]


@pytest.fixture(scope="module")
def out() -> mse.sensitivity.Sensitivity:
    return mse.sensitivity.leave_one_list_out(mse.LogLinear("[S1][S2 S3]"), SPINA)


@pytest.mark.parametrize("narrow", [False, True])
def test_scenarios_are_drawn_beside_the_base(out: Any, narrow: bool) -> None:
    said = texts(mse.plot(out, language="nl", narrow=narrow))
    assert {"zoals het is", "zonder S1", "724 (693 tot 759)"} <= set(said)
    assert any(words.startswith("geen schatting") for words in said)
    axes = mse.plot(out).get_axes()[0]
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    assert len(dots) == 3


def test_the_largest_change_comes_first(out: Any) -> None:
    frame = sensitivity_figure(out).to_frame()
    assert [str(label) for label in frame["label"]] == ["as it is", "without S2", "without S3", "without S1"]
    assert frame["change"].abs().dropna().tolist()[1:] == sorted(frame["change"].abs().dropna()[1:], reverse=True)
    assert "reason" in sensitivity_figure(out).columns


def test_a_curve_has_the_values_in_order() -> None:
    found = mse.sensitivity.dependence(ALONE, SPINA, pair=("S1", "S2"))
    figure = sensitivity_figure(found)
    assert figure.chart == "curve"
    assert figure.to_frame()["at"].is_monotonic_increasing
    assert figure.marks["base"] == found.base.total
    axes = mse.plot(found, language="nl").get_axes()[0]
    assert "0,33" in [tick.get_text() for tick in axes.get_xticklabels()]
    drawn = next(line for line in axes.lines if line.get_marker() == "o")
    assert list(drawn.get_ydata()) == figure.to_frame()["total"].tolist()


def test_rivals_have_ranges_and_no_total() -> None:
    korea = mse.datasets.load("korea")
    found = mse.sensitivity.leave_one_list_out(mse.Search(max_order=None), korea)
    assert not found.base.single
    figure = sensitivity_figure(found)
    rows = figure.to_frame()[figure.to_frame()["label"].map(str) == "as it is"]
    assert rows["total"].isna().all()
    assert rows["lower"].notna().all()
    assert len(rows) == len(found.base.ranges)
    assert figure.marks["base"] is None
    assert "no single estimate" in repr(found)
    assert mse.plot(found)


def test_it_leaves_through_a_release(out: Any) -> None:
    released = mse.release([sensitivity_figure(out)])
    assert "totals from" in released["sensitivity"].figure.title["en"]
