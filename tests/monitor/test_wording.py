"""Counts are presumed or registered victims, in every title and caption; estimates are never alone."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from test_tidy_cells import by_sex

import mse
from mse.core.figure import Column, Figure
from mse.core.reference import Reference
from mse.messages import LANGUAGES, catalogue
from mse.monitor.disclosure.wording import unqualified, wording_findings

HEADINGS = re.compile(r"(^|_)(title|caption|base|alt)(_|$)")
ABOUT = Reference((2015, 2019), "person-year", "presumed victims", "Netherlands")


def heading_keys() -> list[str]:
    return [key for key in catalogue() if HEADINGS.search(key.split(".")[0])]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_title_or_caption_of_the_catalogue_says_victims_alone(language: str) -> None:
    assert len(heading_keys()) > 50
    bare = {key: unqualified(catalogue()[key][language], language) for key in heading_keys()}
    assert {key: passages for key, passages in bare.items() if passages} == {}


@pytest.mark.parametrize(
    ("text", "language", "bare"),
    [
        ("Presumed under-age victims by form", "en", 0),
        ("Victims by form", "en", 1),
        ("Presumed victims by form. Half of the victims are Dutch.", "en", 1),
        ("Registered and estimated victims", "en", 0),
        ("Vermoedelijke minderjarige slachtoffers", "nl", 0),
        ("Slachtoffermonitor mensenhandel", "nl", 0),
        ("Aandeel van de slachtoffers", "nl", 1),
        ("Geschat aantal slachtoffers", "nl", 0),
        ("Steps of the rules: every report of a victim", "en", 0),
    ],
)
def test_bare_victims_are_found(text: str, language: str, bare: int) -> None:
    assert len(unqualified(text, language)) == bare


def test_a_release_says_which_figures_speak_of_victims_alone() -> None:
    bare = Figure(**{**vars(by_sex()), "title": {"en": "Victims by sex", "nl": "Vermoedelijke slachtoffers"}})
    findings = mse.release([bare], "threshold").findings
    assert [finding.code for finding in findings] == ["wording_victims"]
    assert "sex" in findings[0].text["nl"]
    assert mse.release([by_sex()], "threshold").findings == ()


def registered(**columns: Column) -> Figure:
    frame = pd.DataFrame({"registered": [100], "low": [200.0], "high": [300.0], "method": ["log-linear"]})
    all_columns = {
        "registered": Column("r", "r", "persons"),
        "low": Column("l", "l", "estimate"),
        "high": Column("h", "h", "estimate"),
        "method": Column("m", "m"),
    }
    text = {"en": "x", "nl": "x"}
    shown = {name: column for name, column in all_columns.items() if name not in columns}
    return Figure("registered", frame, shown, title=text, caption=text, chart="registered", reference=ABOUT)


def test_an_estimate_comes_with_interval_period_and_method() -> None:
    whole = registered()
    assert wording_findings([whole]) == ()
    without = {
        "wording_no_interval": registered(low=Column("", "")),
        "wording_no_method": registered(method=Column("", "")),
        "wording_no_period": Figure(**{**vars(whole), "reference": ABOUT.replace(period=None)}),
    }
    for code, figure in without.items():
        assert [finding.code for finding in wording_findings([figure])] == [code]
