"""The data behind the pictures, and that drawing changes nothing else."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from pathlib import Path

import matplotlib
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

import mse
from mse.core.contrasts import Contrast
from mse.core.estimate import Estimate, Part
from mse.core.finding import Finding
from mse.monitor.estimation import draws_figure, estimates_figure, lists_figure, patterns_figure
from mse.report.plots import plot, to_svg
from mse.report.style import POINTS, log_ticks
from report_pages import Made, with_draws


def axes(picture: Picture) -> Axes:
    return picture.get_axes()[0]


def texts(picture: Picture) -> list[str]:
    return [text.get_text() for text in axes(picture).texts]


def test_overlaps_show_every_combination_by_size_and_mark_empty_pairs(dutch: Made) -> None:
    picture = plot(dutch.table)
    heights = [bar.get_height() for bar in axes(picture).patches if bar.get_width() < 0.7]
    assert len(heights) == 24
    assert heights == sorted(heights, reverse=True)
    assert texts(picture).count("0") == 2
    assert "nobody on both" in texts(picture)
    assert "4,466" in texts(picture)
    assert "4.466" in texts(plot(dutch.table, language="nl"))


def test_overlaps_of_which_nothing_may_be_shown_say_so() -> None:
    table = mse.CaptureTable(["A", "B"], [[0, 300], [4, 2]])
    shown = mse.release([patterns_figure(table)], "threshold")["patterns"]
    assert shown.to_frame().empty
    for narrow in (False, True):
        assert texts(plot(shown, narrow=narrow)) == ["too few"]


def test_a_search_is_drawn_by_its_models_and_answers(dutch: Made) -> None:
    picture = plot(dutch.search)
    dots = axes(picture).collections[0].get_offsets()
    assert len(dots) == len(dutch.search.to_frame())
    assert min(dots[:, 0]) == pytest.approx(dutch.search.to_frame()["total"].min())
    assert axes(picture).get_xscale() == "log"
    said = "\n".join(texts(picture))
    assert "36,000 to 55,100\n22.0% of the weight" in said
    assert "68,200 to 131,000\n78.0% of the weight" in said
    assert "best of all: 117,000" in said
    shades = [patch.get_extents() for patch in axes(picture).patches]
    assert len(shades) == 2


def test_all_rivals_lie_in_the_shade_of_an_answer(dutch: Made) -> None:
    picture = plot(dutch.search)
    spans = [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in axes(picture).patches]
    for total in dutch.search.to_frame()["total"]:
        assert any(low <= total <= high for low, high in spans), total


def test_the_named_model_is_drawn_though_it_is_no_rival(dutch: Made) -> None:
    assert "no dependence: 52,800, difference 323" in texts(plot(dutch.release["rivals"]))


def test_an_estimate_starts_at_zero_with_the_registered_part_filled(rome: Made) -> None:
    picture = plot(rome.estimate)
    assert axes(picture).get_xlim()[0] == 0.0
    assert axes(picture).patches[0].get_width() == 1896
    assert "registered 1,896" in texts(picture)
    assert "9,530 to 13,100 (estimate 11,100)" in texts(picture)


def test_a_blocked_estimate_is_drawn_as_ranges_without_a_dot(dutch: Made) -> None:
    picture = plot(dutch.estimate)
    assert not axes(picture).lines
    assert [text for text in texts(picture) if " to " in text] == ["36,000 to 55,100", "68,200 to 131,000"]


def test_no_upper_limit_and_no_estimate_are_written_out() -> None:
    endless = Estimate((Part("total", 76, 200.0, 180.0, None),), 0.95, "profile", "[A][B]")
    nothing = Estimate((Part("total", 76, None, None, None),), 0.95, "profile", "[A B]")
    found = texts(plot(estimates_figure({"endless": endless, "nothing": nothing})))
    assert "180 to no upper limit (estimate 276)" in found
    assert "no estimate" in found


def test_contrasts_of_each_scale_stand_on_an_axis_of_their_own() -> None:
    fell = Contrast("growth", "2019", "2018", -0.12, -0.2, -0.04, 0.95, 0.99, 1000)
    twice = Contrast("ratio", "AU", "SU", 2.0, 1.5, 3.0, 0.95, 0.0, 1000)
    block = Finding("rivals_disagree", "blocking", "total")
    hidden = Contrast("growth", "2019", "2017", 0.777, 0.666, 0.888, 0.95, 0.5, 1000, findings=(block,))
    picture = plot([fell, twice, hidden])
    said = texts(picture)
    assert said.index("Change from 2018 to 2019") > said.index("2.00 (1.50 to 3.00)")
    assert "-12.0% (-20.0% to -4.0%)" in said
    assert "no single estimate" in said
    assert not any("77" in text or "88" in text or "66" in text for text in said)
    intervals = [line.get_xdata() for line in axes(picture).lines if len(line.get_xdata()) == 2]
    dashed = [place.get_segments()[0][0][0] for place in axes(picture).collections if place.get_linestyle()[0][1]]
    (ratio, change), (one, none) = intervals, dashed
    assert one < ratio[0] < ratio[1]
    assert change[0] < change[1] < none
    assert (none - change[1]) / (none - change[0]) == pytest.approx(0.04 / 0.2)
    name, numbers = texts(plot(fell, language="nl"))[-2:]
    assert name == "Verandering van 2018 naar 2019"
    assert numbers.replace("\N{NO-BREAK SPACE}", " ") == "-12,0 % (-20,0 % tot -4,0 %)"


def test_replicates_are_stacked_by_model_with_shares_that_add_up(dutch: Made) -> None:
    replicated = with_draws(dutch.search)
    picture = plot(replicated)
    drawn = sum(patch.get_height() for patch in axes(picture).patches if patch.get_height() >= 1)
    frame = draws_figure(replicated).to_frame()
    assert frame["replicates"].sum() == 58
    assert drawn == pytest.approx(58, abs=1)
    parts = [name for name in frame if name.startswith("model_")] + ["other_models"]
    assert (frame[parts].sum(axis=1) == frame["replicates"]).all()
    legend = axes(picture).get_legend()
    assert legend is not None
    shares = [float(re.match(r"[\d.]+", text.get_text()).group()) for text in legend.get_texts()]  # type: ignore[union-attr]
    assert sum(shares) == pytest.approx(100, abs=0.3)


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("name", ["patterns", "rivals", "estimates", "bootstrap"])
def test_all_text_is_at_least_nine_points_and_inside_the_picture(name: str, narrow: bool, dutch: Made) -> None:
    picture = plot(dutch.release[name], language="nl", narrow=narrow)
    matplotlib.backends.backend_agg.FigureCanvasAgg(picture).draw()
    assert POINTS >= 9
    whole = picture.bbox
    found = axes(picture)
    legend = found.get_legend()
    right, (low, high) = found.get_xlim()[1], sorted(found.get_ylim())
    across = [tick.label1 for tick in found.xaxis.get_major_ticks() if tick.get_loc() <= right]
    along = [tick.label1 for tick in found.yaxis.get_major_ticks() if low <= tick.get_loc() <= high]
    every = [*found.texts, found.xaxis.label, found.yaxis.label, *across, *along]
    for text in [*every, *(legend.get_texts() if legend else [])]:
        if text.get_text() and text.get_visible():
            assert text.get_fontsize() >= 9
            box = text.get_window_extent()
            assert box.x0 >= whole.x0 - 1, text
            assert box.x1 <= whole.x1 + 1, text
            assert box.y0 >= whole.y0 - 1, text
            assert box.y1 <= whole.y1 + 1, text


@pytest.mark.parametrize("thing", [3, "estimate", None, mse.Reference(None, "person", "p", "q")])
def test_other_things_are_refused_with_the_list_of_what_is_drawn(thing: object) -> None:
    with pytest.raises(TypeError, match=r"CaptureTable.*EnsembleFit.*Estimate.*Figure.*Got: "):
        plot(thing)


def test_figures_without_a_chart_are_refused_by_name(rome: Made) -> None:
    with pytest.raises(TypeError, match="'lists'"):
        plot(lists_figure(rome.table))


def test_drawing_changes_no_setting_and_leaves_no_open_figure(rome: Made) -> None:
    import matplotlib.pyplot as plt

    before, backend = dict(matplotlib.rcParams), matplotlib.get_backend()
    to_svg(rome.release["estimates"], "nl")
    assert dict(matplotlib.rcParams) == before
    assert matplotlib.get_backend() == backend
    assert plt.get_fignums() == []


def test_a_picture_is_the_same_text_each_time_whatever_the_settings(rome: Made) -> None:
    first = to_svg(rome.release["rivals"], "en")
    with matplotlib.rc_context({"font.size": 30, "axes.grid": True}):
        assert to_svg(rome.release["rivals"], "en") == first
    assert "<dc:date>" not in first
    assert "<text" not in first


def test_a_picture_can_be_drawn_into_given_axes(rome: Made) -> None:
    picture = Picture()
    left, right = picture.subplots(1, 2)
    assert plot(rome.table, ax=left) is picture
    assert plot(rome.search, ax=right) is picture
    assert left.texts
    assert right.collections


def test_log_ticks_are_few_round_and_inside() -> None:
    for low, high in ((36000, 131000), (10031, 14247), (500, 700000), (90, 110), (8, 12)):
        ticks = log_ticks(low, high, 6)
        assert 2 <= len(ticks) <= 6
        assert all(low <= tick <= high for tick in ticks)


def test_every_sentence_of_the_report_is_used() -> None:
    source = Path(str(resources.files("mse")))
    code = "\n".join(path.read_text() for path in source.rglob("*") if path.suffix in {".py", ".j2"})
    keys = tomllib.loads((source / "messages" / "report.toml").read_text())
    built = set(re.findall(r'f"([a-z_]+_)\{', code))
    by_value = ("unit_", "severity_", "interval_", "audit_")

    def used(key: str) -> bool:
        plain = key.removesuffix(".coarse")
        if f'"{plain}"' in code or plain.startswith(by_value):
            return True
        return any(plain.startswith(start) and f'"{plain[len(start) :]}"' in code for start in built)

    findings = tomllib.loads((source / "messages" / "findings.toml").read_text())
    assert [key for key in keys if not used(key) and key.removesuffix(".coarse") not in findings] == []


def test_parts_of_an_estimate_are_rows_by_their_names() -> None:
    counts = [[[0, 0], [30, 12]], [[40, 25], [6, 5]]]
    table = mse.CaptureTable(["A", "B"], counts, {"year": (2018, 2019)})
    fit = mse.LogLinear("[A year][B year]").fit(table)
    for estimate in (fit.estimate(by=["year"]), mse.bootstrap(fit.spec, table, replicates=20, by=["year"])):
        texts = {text.get_text() for text in mse.plot(estimate).get_axes()[0].texts}
        assert {"total", "2018", "2019"} <= texts
