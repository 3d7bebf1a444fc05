"""Figures of the monitor on a page: their numbers, their wide tables, and no more warnings than a screen holds."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

import mse
from figures_2015_2019 import printed_figures
from mse.core.finding import Finding, Severity
from mse.core.sentence import Sentence
from mse.messages import LANGUAGES, catalogue
from mse.monitor.disclosure.release import ReleasedFigure
from mse.report.captions import caption_of
from mse.report.excel import write_workbook
from mse.report.html import render_html
from mse.report.page import Page, Section

BOTH = {"en": "x", "nl": "x"}


def page(*names: str) -> Page:
    return Page(BOTH, BOTH, BOTH, None, (Section("figures", BOTH, (), names),))


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the pictures out: `test_monitor_charts.py` is about them."""
    monkeypatch.setattr("mse.report.html.to_svg", lambda *_, **__: "<svg xmlns='http://www.w3.org/2000/svg'/>")


def test_a_figure_says_its_number_in_the_monitor_and_shows_its_wide_table() -> None:
    figures = printed_figures()
    released = mse.release([figures["2.4a"], figures["tab2.1"]])
    html = render_html(released, page("2.4a", "tab2.1"))
    numbers = re.findall(r"Number in the monitor</span>.*?<dd>.*?>([^<]+)</span>", html, flags=re.DOTALL)
    assert numbers == ["2.4a", "2.1"]
    assert html.count('data-wide=""') == 4
    assert 'download="tab2.1-nl.csv"' in html
    assert "page_first_rows" not in html


def test_the_first_screen_shows_five_warnings_and_keeps_the_others_a_click_away() -> None:
    findings = [
        Finding("upper_bound", Severity.WARNING, name, {"name": name}) for name in ("A", "B", "C", "D", "E", "F", "G")
    ]
    findings.append(Finding("upper_bound", Severity.BLOCKING, "Z", {"name": "Z"}))
    released = mse.release([printed_figures()["2.8"]], findings=findings)
    html = render_html(released, page("2.8"))
    answer = html[html.index('<section id="answer"') : html.index("<nav>")]
    shown, folded = answer.split("<details>", 1)
    assert shown.count('<li class="warning">') == 5
    assert shown.count('<li class="blocking">') == 1
    assert "2 more warnings" in folded
    assert folded.count('<li class="warning">') == 2
    few = render_html(mse.release([printed_figures()["2.8"]], findings=findings[:5]), page("2.8"))
    assert "more warnings" not in few


def test_a_sentence_stands_where_a_picture_would_show_nothing() -> None:
    figure = printed_figures()["2.8"]
    rows = [int(row) for row in figure.frame.index]
    shown = ReleasedFigure(
        replace(figure, frame=figure.frame.assign(value=float("nan"))),
        dict.fromkeys(((row, "value") for row in rows), "word_withheld"),
    )
    released = mse.release([figure])
    html = render_html(replace(released, figures=(shown,)), page("2.8"))
    assert "Not shown: 40 of the 40 numbers of this picture." in html
    assert "Niet getoond: 40 van de 40 aantallen van deze figuur." in html
    assert "<picture" not in html
    assert "<picture" in render_html(released, page("2.8"))


def test_a_caption_does_not_repeat_its_title() -> None:
    figure = printed_figures()["2.8"]
    title = {"en": "Victims by sex", "nl": "Slachtoffers naar geslacht"}
    caption = {code: f"{words}. 2015." for code, words in title.items()}
    same = ReleasedFigure(replace(figure, title=title, caption=caption))
    assert [caption_of(same, code) for code in LANGUAGES] == ["2015.", "2015."]
    other = ReleasedFigure(replace(figure, caption=caption))
    assert caption_of(other, "en") == "Victims by sex. 2015."


def test_a_caption_says_what_numbers_in_brackets_are(tmp_path: Path) -> None:
    figures = printed_figures()
    released = mse.release([figures["2.8"], figures["tab2.1"]])
    said = {"en": "In brackets: the place", "nl": "Tussen haakjes: de plaats"}
    html = render_html(released, page("2.8", "tab2.1"))
    write_workbook(released, page("2.8", "tab2.1"), tmp_path / "tables.xlsx", languages=["nl"])
    sheets = openpyxl.load_workbook(tmp_path / "tables.xlsx").worksheets
    with_ranks = [sheet.title for sheet in sheets if said["nl"] in str(sheet["A2"].value)]
    assert with_ranks == ["2 tab2.1"]
    assert all(html.count(words) == 1 for words in said.values())


def test_headings_of_tables_start_with_a_capital() -> None:
    heads = {key: words for key, words in catalogue().items() if key.startswith("column_")}
    assert [key for key, words in heads.items() for code in LANGUAGES if words[code][:1].islower()] == []


def test_a_page_with_counts_that_are_not_public_does_not_say_how_many_equal_what_was_published() -> None:
    title = Sentence("vintage_title", {"n": 1, "all": 6})
    guarded = mse.release([printed_figures()["2.8"]], policy="threshold")
    said = [guarded.say(title, code) for code in LANGUAGES]
    assert not any(re.search(r"\d", words) for words in said)
    assert "1 of 6" in mse.release([printed_figures()["2.8"]]).say(title, "en")
