"""Lists that fail in a year, on the reports of the monitor 2015-2019 (figure 2.11) and on made-up ones.

Source: Nationaal Rapporteur Mensenhandel en Seksueel Geweld tegen Kinderen 2020, Slachtoffermonitor mensenhandel
2015-2019. The Hague.
"""

from __future__ import annotations

import pytest
from checked_figures import checked_figures
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom

import mse
from mse.monitor.coverage.list_failure import SPREAD, grouped_counts, list_failures, reporter_counts
from mse.records.reporters import reporters

FAIRWORK = {2015: 119, 2016: 125, 2017: 124, 2018: 5, 2019: 134}


def counts() -> dict[str, dict[int, int]]:
    lists = reporter_counts(checked_figures("2.11"))
    return {**lists, **grouped_counts(lists, reporters())}


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
    assert failure.expected == (589 + 485) / 2
    size = 1 / SPREAD
    assert failure.chance == pytest.approx(nbinom.cdf(152, size, size / (size + failure.expected)))


def test_two_failed_years_are_both_found() -> None:
    years = {2014: 120, 2015: 118, 2016: 5, 2017: 6, 2018: 125}
    assert [failure.year for failure in list_failures({"x": years})] == [2016, 2017]
    assert [failure.expected for failure in list_failures({"x": years})] == [121.5, 121.5]


def test_one_year_or_none_has_no_neighbour() -> None:
    assert list_failures({"x": {2018: 0}, "y": {}}) == ()


@given(st.lists(st.integers(200, 380), min_size=2, max_size=8))
def test_ordinary_change_is_no_failure(values: list[int]) -> None:
    assert list_failures({"x": {2010 + place: value for place, value in enumerate(values)}}) == ()


@given(st.lists(st.integers(100, 400), min_size=3, max_size=8), st.data())
def test_an_empty_year_of_a_large_list_is_always_found(values: list[int], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(values) - 1))
    years = {2010 + at: 0 if at == place else value for at, value in enumerate(values)}
    assert 2010 + place in {failure.year for failure in list_failures({"x": years})}


@pytest.mark.parametrize(
    ("language", "word"), [("en", "FairWork (NGO) has 5 reports in 2018"), ("nl", "FairWork heeft 5")]
)
def test_a_failure_reads_as_a_sentence(language: str, word: str) -> None:
    finding = list_failures({"fairwork": FAIRWORK})[0].finding()
    assert finding.severity == "warning"
    assert word in finding.sentence(language)


def test_a_small_count_is_coarse_where_it_is_not_public() -> None:
    finding = list_failures({"fairwork": FAIRWORK})[0].finding()
    said = mse.release([], "threshold", findings=[finding]).findings[0].text["en"]
    assert "has 5 reports" not in said
    assert "fewer than 10" in said
