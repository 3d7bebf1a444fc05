"""Stacked bars and lines of the printed figures: what they hold, what they say, and that they fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure as Picture
from matplotlib.patches import Polygon

import mse
from figures_2015_2019 import printed_figures
from mse.core.figure import Figure
from mse.messages import LANGUAGES
from mse.monitor.disclosure.release import Release, ReleasedFigure
from mse.report.canvas import CLASSES, OTHERS, UNKNOWN, Entry, key_height, key_lines, long, spread
from mse.report.plots import plot, to_svg
from mse.report.series import lines_of
from mse.report.stacks import stack
from mse.report.style import NARROW, PIXELS, POINTS, WIDE
from mse.report.unseen import unseen

DRAWN = ("2.1", "2.2", "2.3", "2.4a", "2.4b", "2.6", "2.7", "2.8", "2.9", "2.10", "2.11", "2.12", "2.13")

EDGE = 1.0
"""Pixels that a text may stick out of a picture: hinting of letters differs from their outlines."""


@pytest.fixture(scope="module")
def figures() -> dict[str, Figure]:
    return printed_figures()


@pytest.fixture(scope="module")
def released(figures: dict[str, Figure]) -> Release:
    return mse.release(figures.values())


def texts(picture: Picture) -> list[str]:
    return [text.get_text() for text in picture.get_axes()[0].texts]


def test_a_bar_a_year_and_a_form_hold_the_printed_parts(released: Release) -> None:
    bars = stack(released["2.8"], "nl")
    assert [entry.text for entry in bars.entries] == ["Vrouw", "Man", "Onbekend"]
    assert [bar.label for bar in bars.years] == ["2015", "2016", "2017", "2018", "2019"]
    assert bars.years[0].parts == (877, 273, 0)
    assert [bar.total for bar in bars.forms] == [1178, 1893, 1108, 321, 650]
    assert bars.forms[1].label == "Grensoverschrijdende seksuele uitbuiting"
    assert all(bar.length == bar.total for bar in bars.years)


def test_unknown_is_grey_and_last_and_classes_have_their_own_colours(released: Release) -> None:
    for name in ("2.7", "2.8", "2.9", "2.10"):
        entries = stack(released[name], "en").entries
        assert entries[-1].color == UNKNOWN
        assert [entry.color for entry in entries[:-1]] == list(CLASSES[: len(entries) - 1])


def test_of_too_many_parts_the_largest_have_a_colour_and_nothing_is_lost(released: Release) -> None:
    bars = stack(released["2.12"], "en")
    assert [entry.text for entry in bars.entries][-1] == "5 others together"
    assert bars.entries[-1].color == OTHERS
    assert len(bars.entries) == 7
    assert "East Brabant" in [entry.text for entry in bars.entries]
    assert "Limburg" not in [entry.text for entry in bars.entries]
    assert all(bar.length == bar.total for bar in bars.years)


def test_parts_of_the_whole_period_only_have_a_bar_each_by_size(figures: dict[str, Figure]) -> None:
    whole = figures["2.9"].frame.query("year == 'total' and form == 'all' and category_code != 'total'")
    shown = ReleasedFigure(replace(figures["2.9"], frame=whole))
    bars = stack(shown, "en")
    assert [bar.label for bar in bars.forms] == [
        "Africa", "Netherlands", "Europe (other than the Netherlands)", "Asia", "Latin America and the Caribbean",
        "Other", "Unknown",
    ]  # fmt: skip
    assert [bar.total for bar in bars.forms][:2] == [1676, 1475]
    said = texts(plot(shown, narrow=True))
    assert "2015–2019" in said
    assert "1,676" in said


def test_means_and_what_is_derived_are_not_stacked(released: Release) -> None:
    said = [entry.text for entry in stack(released["2.10"], "en").entries]
    assert said == ["Minor", "18-22 (adolescent)", "23-29", "30-39", "40 and over", "Unknown"]


def withheld(figure: Figure, code: str, year: str) -> tuple[Figure, int]:
    row = int(figure.frame.index[(figure.frame["category_code"] == code) & (figure.frame["year"] == year)][0])
    frame = figure.frame.copy()
    frame.loc[row, "value"] = np.nan
    return replace(figure, frame=frame), row


def test_what_the_policy_withholds_is_hatched_up_to_the_total(figures: dict[str, Figure]) -> None:
    figure, row = withheld(figures["2.8"], "male", "2015")
    shown = ReleasedFigure(figure, {(row, "value"): "word_too_few"})
    bars = stack(shown, "en")
    assert bars.entries[-1].text == "not shown"
    assert bars.entries[-1].hatch
    assert bars.years[0].parts == (877, 0, 0, 273)
    assert bars.years[1].parts[-1] == 0
    assert "273" not in texts(plot(shown))
    assert "1,150" in texts(plot(shown))


def test_a_total_that_is_withheld_is_a_word(figures: dict[str, Figure]) -> None:
    figure, row = withheld(figures["2.8"], "total", "2015")
    shown = ReleasedFigure(figure, {(row, "value"): "word_withheld"})
    assert stack(shown, "nl").years[0].total is None
    assert "niet getoond" in texts(plot(shown, language="nl"))


OPEN = ("2.4a", "2.6", "2.8", "2.11")
"""Figures with stacked bars, some by form."""


def hidden(figure: Figure, share: float, *, totals: bool) -> ReleasedFigure:
    """The figure without some of its numbers, and without its totals where they are withheld too."""
    frame, value = figure.frame.copy(), "value"
    total = frame["category_code"] == "total"
    rows = frame.index[total] if totals else frame.index[:0]
    rows = rows.union(frame.index[~total][: round(share * int((~total).sum()))])
    frame.loc[rows, value] = np.nan
    return ReleasedFigure(replace(figure, frame=frame), {(int(row), value): "word_withheld" for row in rows})


def test_a_bar_whose_total_is_withheld_is_open_and_its_end_says_nothing_of_a_size(figures: dict[str, Figure]) -> None:
    shown = hidden(figures["2.8"], 0.0, totals=True)
    bars = stack(shown, "en")
    assert bars.entries[-1].hatch
    assert all(bar.open for bar in (*bars.years, *bars.forms))
    torn = [patch for patch in plot(shown).get_axes()[0].patches if isinstance(patch, Polygon)]
    assert len(torn) == len(bars.years) + len(bars.forms)
    assert len({round(float(np.ptp(patch.get_xy()[:, 0])), 6) for patch in torn}) == 1
    whole = plot(ReleasedFigure(figures["2.8"])).get_axes()[0].patches
    assert not [patch for patch in whole if isinstance(patch, Polygon)]


@pytest.mark.parametrize("name", OPEN)
@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
def test_words_at_the_ends_of_open_bars_fit(figures: dict[str, Figure], name: str, narrow: bool, language: str) -> None:
    assert badly_placed(plot(hidden(figures[name], 0.3, totals=True), language=language, narrow=narrow)) == []


@pytest.mark.parametrize("name", ["2.2", "2.4a", "2.8"])
@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_picture_of_which_nearly_all_is_withheld_is_a_sentence(
    figures: dict[str, Figure], name: str, narrow: bool, language: str
) -> None:
    picture = plot(hidden(figures[name], 1.0, totals=True), language=language, narrow=narrow)
    assert badly_placed(picture) == []
    (said,) = texts(picture)
    assert said.startswith({"en": "Not shown: ", "nl": "Niet getoond: "}[language])
    axes = picture.get_axes()[0]
    assert not axes.patches
    assert not axes.lines


def test_a_picture_is_a_sentence_only_where_more_than_nine_in_ten_numbers_are_withheld(
    figures: dict[str, Figure],
) -> None:
    assert unseen(ReleasedFigure(figures["2.8"])) is None
    assert unseen(hidden(figures["2.8"], 0.8, totals=True)) is None
    every = unseen(hidden(figures["2.8"], 1.0, totals=True))
    assert every is not None
    assert every["en"].startswith("Not shown: 40 of the 40 numbers")


def test_bars_start_at_zero_and_are_as_long_as_their_counts(released: Release) -> None:
    bars = plot(released["2.6"]).get_axes()[0].containers
    lengths = [bar.patches[0].get_width() for bar in bars]
    counts = [46, 15, 48, 15, 28, 36, 79, 252]
    assert lengths[0] / counts[0] == pytest.approx(lengths[6] / counts[6])
    assert sorted(lengths) == pytest.approx([count * lengths[0] / counts[0] for count in sorted(counts)])
    starts = {round(bar.patches[0].get_x(), 6) for bar in bars[::2]}
    assert len(starts) == 1


def test_what_is_imputed_is_dotted_within_its_part_and_an_interval_is_drawn(figures: dict[str, Figure]) -> None:
    bars = stack(ReleasedFigure(figures["2.4b"]), "en")
    assert [bar.imputed for bar in bars.years] == [(86, 284), (75, 681)]
    assert bars.entries[-1].text == "imputed"
    marks = {"lower:visible:2015-2016": 187.0, "upper:visible:2015-2016": 228.0}
    marked = replace(figures["2.4b"], marks=marks)
    assert [bar.interval for bar in stack(ReleasedFigure(marked), "en").years] == [(187.0, 228.0), None]
    drawn = [line for line in plot(marked).get_axes()[0].lines if len(line.get_xdata()) == 2]
    assert len(drawn) == 1
    low, high = drawn[0].get_xdata()
    assert (high - low) / (228 - 187) == pytest.approx(_per_person(plot(marked)))


def _per_person(picture: Picture) -> float:
    """Pixels of one person, from the first bar of 207."""
    return float(picture.get_axes()[0].containers[0].patches[0].get_width()) / 207


def test_lines_carry_their_name_and_last_value_at_the_end(released: Release) -> None:
    said = texts(plot(released["2.1"], language="nl"))
    assert "1.661" in said
    assert "Aantal geregistreerde\nslachtoffers" in said or "Aantal geregistreerde slachtoffers" in said
    assert plot(released["2.1"]).get_axes()[0].get_legend() is None
    series = lines_of(released["2.1"], "en").series
    assert [each.values[0] for each in series] == [1321, 1316, 1150]
    assert len({each.shape for each in series}) == 3


def test_the_total_is_a_line_where_the_parts_are_few(released: Release) -> None:
    assert [each.entry.text for each in lines_of(released["2.2"], "en").series][-1] == "Total"
    assert "Total" not in [each.entry.text for each in lines_of(released["2.13"], "en").series]


def test_a_gap_in_a_line_is_a_gap_and_a_word(figures: dict[str, Figure]) -> None:
    figure, row = withheld(figures["2.2"], "emm_only", "2019")
    shown = ReleasedFigure(figure, {(row, "value"): "word_too_few"})
    picture = plot(shown)
    drawn = next(
        line for line in picture.get_axes()[0].lines if len(line.get_ydata()) == 5 and np.isnan(line.get_ydata()[-1])
    )
    assert not np.isnan(drawn.get_ydata()[:-1]).any()
    assert "(2019 not shown)" in " ".join(texts(picture))
    leaders = [line for line in picture.get_axes()[0].lines if line.get_linewidth() == pytest.approx(0.8)]
    assert len(leaders) == len(lines_of(shown, "en").series) - 1
    none = lines_of(hidden(figures["2.2"], 1.0, totals=False), "nl").series
    assert [each.entry.text.endswith("(niet getoond)") for each in none] == [True, True, False]


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
def test_names_of_lines_without_an_end_fit(figures: dict[str, Figure], narrow: bool, language: str) -> None:
    for name in ("2.1", "2.2", "2.13"):
        assert badly_placed(plot(hidden(figures[name], 0.6, totals=False), language=language, narrow=narrow)) == []


def test_events_within_the_years_are_thin_lines_with_a_label(figures: dict[str, Figure]) -> None:
    figure = replace(figures["2.1"], marks={"event:gdpr": 2020.0, "event:covid": 2020.0})
    events = lines_of(ReleasedFigure(figure), "nl").events
    assert [event.text for event in events] == ["AVG"]
    assert events[0].when == pytest.approx(2018 + 144 / 365, abs=1 / 365)
    said = texts(plot(figure, language="nl"))
    assert "AVG" in said
    assert "COVID-19" not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_of_an_event_goes_through_the_label_of_another(figures: dict[str, Figure], language: str) -> None:
    marks = dict.fromkeys(("event:supreme_court", "event:gdpr", "event:coordination_centre"), 2015.0)
    figure = replace(figures["2.1"], marks=marks)
    events = {event.text for event in lines_of(ReleasedFigure(figure), language).events}
    picture = plot(figure, language=language, narrow=True)
    axes = picture.axes[0]
    labels = [text.get_window_extent().expanded(1, 0.5) for text in axes.texts if text.get_text() in events]
    paths = [
        path.transformed(axes.transData)
        for lines in axes.collections
        if isinstance(lines, LineCollection) and len(np.unique(lines.get_paths()[0].vertices[:, 0])) == 1
        for path in lines.get_paths()
    ]
    assert len(labels) == len(events) == 3
    assert len(paths) > 3
    assert not any(path.intersects_bbox(label, filled=False) for path in paths for label in labels)


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
def test_pictures_are_as_wide_as_asked_readable_and_nothing_sticks_out(
    released: Release, name: str, narrow: bool, language: str
) -> None:
    picture = plot(released[name], language=language, narrow=narrow)
    assert picture.get_size_inches()[0] * PIXELS == pytest.approx(NARROW if narrow else WIDE)
    assert badly_placed(picture) == []


def badly_placed(picture: Picture) -> list[str]:
    """Texts that are too small to read, or stick out."""
    canvas = FigureCanvasAgg(picture)
    picture.set_dpi(PIXELS)
    canvas.draw()
    width, height = picture.get_size_inches() * PIXELS
    found = []
    for text in picture.get_axes()[0].texts:
        box = text.get_window_extent()
        inside = box.x0 >= -EDGE and box.x1 <= width + EDGE and box.y0 >= -EDGE and box.y1 <= height + EDGE
        if not inside or text.get_fontsize() < POINTS:
            found.append(text.get_text())
    return found


def test_a_picture_is_the_same_text_every_time(released: Release) -> None:
    assert to_svg(released["2.9"], "nl") == to_svg(released["2.9"], "nl")
    assert to_svg(released["2.9"], "nl") != to_svg(released["2.9"], "en")


def test_labels_move_apart_no_more_than_needed() -> None:
    moved = spread([100, 101, 102], [20, 20, 20], 0, 130)
    assert moved == [80, 100, 120]
    assert spread([10, 90], [20, 20], 0, 130) == [10, 90]


def test_a_key_breaks_into_lines_and_long_entries_into_rows() -> None:
    words = Entry("a rather long entry of a key", "#000000")
    width = long(words.text) * 1.5
    assert len(key_lines([words, words], width)) == 2
    broken = key_lines([words], long(words.text) * 0.7)
    assert "\n" in broken[0][0][1].text
    assert key_height(broken) == 2 * key_height(key_lines([words], width))
