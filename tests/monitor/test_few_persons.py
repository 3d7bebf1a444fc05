"""Five persons: nothing that is released of them tells one register from another."""

from __future__ import annotations

import functools
import re

import pytest
from attacker import Attacker, exact
from monitor_registers import register

import mse
import mse.simulate
from mse.messages import LANGUAGES
from mse.monitor import contributions, crosstab, figures, self_audit
from mse.monitor.counting.figure_set import Figures
from mse.monitor.disclosure.protected import Protected
from mse.monitor.disclosure.release import Release
from mse.monitor.disclosure.suppression import WITHHELD
from mse.records.register.registry import Registry
from mse.report.csv import figure_csv

POLICIES = (Protected(), "threshold")
SAYS = re.compile(
    r"\b(all|largest|no|none|some|almost|most|doubled|rose|fell|female|male|nobody|fewer|at least)\b", re.I
)
"""Words that tell of counts."""

WITH_ALL_ROWS = "2."
"""Figures that list every category; which rows table 2.1, free tables and changes have follows from the counts."""


def five(sex: tuple[str, ...], types: tuple[str, ...], years: tuple[int, ...]) -> Registry:
    """Five invented persons."""
    people = {
        str(place): {"types": kind, "sex": one, "nationalities": nation, "age": 20 + place}
        for place, (kind, one, nation) in enumerate(zip(types, sex, ("NG", "NG", "MA", "NG", "UG"), strict=True))
    }
    return register(people, [(key, years[int(key)], "police") for key in people])


WOMEN_OF_2018 = five(("female",) * 5, ("AU",) * 5, (2018,) * 5)
MIXED = five(("female", "male", "male", "male", ""), ("SU", "AU", "CU", "AU", "SU"), (2018, 2019, 2019, 2019, 2019))


@functools.cache
def made(registry: Registry) -> Figures:
    """All figures of a register."""
    return figures(registry)


@functools.cache
def released(registry: Registry, policy: str | Protected) -> Release:
    found = made(registry)
    shown = [*found, crosstab(registry, "sex"), contributions(registry, 2018, 2019)]
    findings = [*found.findings, *self_audit(found.by_id).findings]
    return mse.release(shown, policy, findings=findings)


@pytest.mark.parametrize("policy", POLICIES, ids=["protected", "threshold"])
def test_titles_bases_and_words_of_five_persons_do_not_tell_them_apart(policy: str | Protected) -> None:
    one, other = released(WOMEN_OF_2018, policy), released(MIXED, policy)
    assert len(one.figures) > 15
    for shown in one.figures:
        if shown.name == "output-check":
            continue
        for language in LANGUAGES:
            for text in ("title", "caption", "base", "alt"):
                said = getattr(shown.figure, text).get(language)
                assert said == getattr(other[shown.name].figure, text).get(language)
            assert not re.search(r"\b\d\b", shown.figure.title[language])
        assert not SAYS.search(shown.figure.title["en"]), shown.figure.title["en"]
        frame = shown.to_frame()
        assert set(frame["value"].dropna()) <= {0.0}, "only what is nought by definition"
        assert all(shown.words[row, "value"] == WITHHELD for row in map(int, frame.index[frame["value"].isna()]))
        if shown.name.startswith(WITH_ALL_ROWS):
            assert frame["value"].equals(other[shown.name].to_frame()["value"])


@pytest.mark.parametrize("policy", POLICIES, ids=["protected", "threshold"])
def test_findings_and_ranks_of_five_persons_have_no_numbers(policy: str | Protected) -> None:
    for registry in (WOMEN_OF_2018, MIXED):
        release = released(registry, policy)
        for finding in release.findings:
            assert not re.search(r"\b[0-9]\b|fewer|minder dan|10", " ".join(finding.text.values())), finding.text
        assert not {finding["subject"] for finding in release.manifest["findings"]} & {"BL-SU", "GO-SU", "AU", "CU"}
        ranked = [figure for figure in release.figures if "rank" in figure.figure.frame]
        assert ranked
        for figure in ranked:
            rows = figure_csv(figure).splitlines()
            assert {row.rpartition(",")[2] for row in rows[1:]} == {"not shown", ""}


def test_the_title_of_a_figure_is_what_its_caption_is_about() -> None:
    title = released(MIXED, "threshold")["2.8"].figure.title
    assert title["en"] == "Number of presumed victims by sex, 2016–2019"
    assert title["nl"] == "Aantal vermoedelijke slachtoffers naar geslacht, 2016–2019"
    assert made(MIXED)["2.8"].title["en"] != title["en"]


def test_no_withheld_count_of_the_built_figures_is_known_within_ten_numbers(published_register: Registry) -> None:
    """The independent attacker on figures of the register with the printed margins."""
    built = list(figures(published_register))
    attacker = Attacker()
    attacker.read(built, mse.release(built, Protected()), exact)
    assert len(attacker.withheld) > 100
    assert not [cell for cell, (low, high) in attacker.worked_out().items() if high - low < 9]


def test_what_a_finding_compares_is_not_said() -> None:
    findings = [
        mse.Finding("monitor_without_report", "warning", "reports", {"n": 3}),
        mse.Finding("monitor_fewer_reports", "warning", "AU", {"form": "AU", "reports": 2, "n": 5}),
        *(
            mse.Finding(code, "warning", "x", {"name": "x", "count": 2, "year": "2018", "expected": 41.0})
            for code in ("list_failure", "list_starts", "list_ends", "list_peak")
        ),
    ]
    release = mse.release([], "threshold", findings=findings)
    for finding in release.findings:
        for language in LANGUAGES:
            said = finding.text[language] + finding.remedy.get(language, "")
            assert not re.search(r"\d|AU|more|meer|fewer|minder|start|begin|end", said), said
    assert len({tuple(finding.text.items()) for finding in release.findings}) == 3
    assert "AU" not in str(release.manifest)
