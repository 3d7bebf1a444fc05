"""Figures of the monitor on a page: their numbers, their wide tables, and no more warnings than a screen holds."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

import mse
from figures_2015_2019 import printed_figures
from mse.core.finding import Finding, Severity
from mse.monitor.disclosure.release import ReleasedFigure
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
