"""Lists that fail in a year, on the reports of the monitor 2015-2019 (figure 2.11) and on made-up ones.

Source: Nationaal Rapporteur Mensenhandel en Seksueel Geweld tegen Kinderen 2020, Slachtoffermonitor mensenhandel
2015-2019. The Hague.
"""

from __future__ import annotations

import numpy as np
import pytest
from checked_figures import checked_figures
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import nbinom

import mse
from mse.monitor.coverage.list_failure import SPREAD, grouped_counts, list_failures, reporter_counts
from mse.records.reporters import reporters

FAIRWORK = {2015: 119, 2016: 125, 2017: 124, 2018: 5, 2019: 134}


def counts() -> dict[str, dict[int, int]]:
    lists = reporter_counts(checked_figures("2.11"))
    return {**lists, **grouped_counts(lists, reporters())}


def found(*values: int) -> list[tuple[int, str]]:
    """Years and kinds of what is flagged in a list that has these counts from 2015 on."""
    by_year = {2015 + place: value for place, value in enumerate(values)}
    return [(failure.year, failure.kind) for failure in list_failures({"x": by_year})]


def test_the_counts_are_those_of_the_figure() -> None:
    found = counts()
    assert found["fairwork"] == FAIRWORK
    assert found["without_legal_basis"] == {2015: 534, 2016: 593, 2017: 589, 2018: 152, 2019: 485}
    assert found["law_enforcement"][2019] == 1008


def test_what_the_rule_flags_in_the_monitor() -> None:
    flagged = {(failure.name, failure.year) for failure in list_failures(counts())}
    assert flagged == {("fairwork", 2018), ("care_coordinators", 2018), ("without_legal_basis", 2018)}


def test_chance_is_that_of_a_negative_binomial() -> None:
    failure = next(f for f in list_failures(counts()) if f.name == "without_legal_basis")
    assert failure.expected == min(589, 485, (534 + 589) / 2)
    size = 1 / SPREAD
    assert failure.chance == pytest.approx(nbinom.cdf(152, size, size / (size + failure.expected)))


def test_two_failed_years_are_both_found() -> None:
    assert found(120, 118, 5, 6, 125) == [(2017, "failed"), (2018, "failed")]
    together = list_failures({"x": {2014: 120, 2015: 118, 2016: 5, 2017: 6, 2018: 125}})
    assert [failure.expected for failure in together] == [118, 118]


def test_one_year_or_none_has_no_neighbour() -> None:
    assert list_failures({"x": {2018: 0}, "y": {}}) == ()
    assert found(120, 5) == found(5, 120) == []


@pytest.mark.parametrize("values", [(20, 25, 200, 22, 24), (60, 55, 250, 58, 62)])
def test_one_large_case_is_a_peak_and_makes_no_other_year_fail(values: tuple[int, ...]) -> None:
    assert found(*values) == [(2017, "peak")]


@pytest.mark.parametrize(
    ("values", "flagged"),
    [
        ((0, 0, 100, 105, 110), [(2016, "starts")]),
        ((0, 0, 0, 105, 110), [(2017, "starts")]),
        ((5, 100, 105, 110), [(2015, "starts")]),
        ((100, 100, 100, 0, 0), [(2018, "ends")]),
        ((0, 100, 110, 100, 0), [(2015, "starts"), (2019, "ends")]),
    ],
)
def test_low_years_at_an_end_are_no_failure(values: tuple[int, ...], flagged: list[tuple[int, str]]) -> None:
    assert found(*values) == flagged


def test_where_most_years_are_low_nothing_failed() -> None:
    assert "failed" not in {kind for _, kind in found(100, 0, 0, 0, 100)}


def test_a_handful_after_empty_years_is_no_peak() -> None:
    assert found(0, 0, 4, 0, 0) == []
    assert found(0, 0, 40, 0, 0) == [(2017, "peak")]


def test_a_growing_list_is_not_flagged() -> None:
    assert found(20, 40, 80, 120, 200) == []


LISTS, ALARMS, NOISE = 600, 0.05, 0.02
"""Simulated lists; the most of them that may be flagged; more than two standard errors of a share of 0.05 of them."""


@pytest.mark.parametrize(("mean", "detected"), [(5, 0.0), (20, 0.6), (200, 0.95), (1000, 0.99)])
def test_lists_without_a_failure_are_seldom_flagged_and_failed_years_found(mean: int, detected: float) -> None:
    rng = np.random.default_rng(mean)
    size = 1 / SPREAD
    counts = rng.negative_binomial(size, size / (size + mean), (LISTS, 5))
    assert sum(bool(found(*row)) for row in counts.tolist()) / LISTS <= ALARMS + NOISE
    counts[:, 2] = rng.negative_binomial(size, size / (size + mean / 10), LISTS)
    assert sum((2017, "failed") in found(*row) for row in counts.tolist()) / LISTS >= detected


@given(st.lists(st.integers(200, 380), min_size=2, max_size=8))
@settings(deadline=None)
def test_ordinary_change_is_no_failure(values: list[int]) -> None:
    assert list_failures({"x": {2010 + place: value for place, value in enumerate(values)}}) == ()


@given(st.lists(st.integers(100, 199), min_size=3, max_size=8), st.data())
@settings(deadline=None)
def test_an_empty_year_of_a_large_list_is_always_found(values: list[int], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(values) - 1))
    years = {2010 + at: 0 if at == place else value for at, value in enumerate(values)}
    assert 2010 + place in {failure.year for failure in list_failures({"x": years})}


@pytest.mark.parametrize(
    ("language", "word"), [("en", "Reports by FairWork (NGO): 5 in 2018"), ("nl", "Van FairWork zijn er in 2018 5")]
)
def test_a_failure_reads_as_a_sentence(language: str, word: str) -> None:
    finding = list_failures({"fairwork": FAIRWORK})[0].finding()
    assert finding.severity == "warning"
    assert word in finding.sentence(language)


@pytest.mark.parametrize(
    ("values", "code", "en", "nl"),
    [
        ((0, 0, 100, 105, 110), "list_starts", "seems to start after 2016", "lijkt na 2016 te beginnen"),
        ((100, 100, 100, 0, 0), "list_ends", "seems to end before 2018", "lijkt vóór 2018 te eindigen"),
        ((20, 25, 200, 22, 24), "list_peak", "one year far above the others", "één jaar ver boven de andere"),
    ],
)
def test_what_is_no_failure_has_its_own_sentence(values: tuple[int, ...], code: str, en: str, nl: str) -> None:
    counts = {2015 + place: value for place, value in enumerate(values)}
    (finding,) = (failure.finding() for failure in list_failures({"fairwork": counts}))
    assert finding.code == code
    assert en in finding.sentence("en")
    assert nl in finding.sentence("nl")
    assert finding.remedy("en")
    assert finding.remedy("nl")
    assert finding.severity == ("note" if code == "list_peak" else "warning")


def test_a_small_count_is_coarse_where_it_is_not_public() -> None:
    finding = list_failures({"fairwork": FAIRWORK})[0].finding()
    said = mse.release([], "threshold", findings=[finding]).findings[0].text["en"]
    assert said.startswith("In a year of FairWork (NGO) the number of reports departs")
    assert not any(digit in said for digit in "0123456789")
