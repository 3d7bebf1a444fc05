"""Checks from counts: the Dutch values, what margins tell, and lists that fall apart."""

from __future__ import annotations

import math

import pytest

import mse
from mse.errors import TableError
from mse.feasibility.checks import FROM_COUNTS, groups_of_lists
from mse.feasibility.evidence import PublishedMargins, read_evidence
from mse.feasibility.rules import RULES, SIMULATED, Light, Rule, in_words

NETHERLANDS = "netherlands_2010_2015"
"""Values are those computed from the public pattern counts of Cruyff, van Dijk and van der Heijden (2017)."""


def counted(data: object) -> dict[str, tuple[Light, float | None]]:
    evidence = read_evidence(data)
    return {check.name: (check.light, check.value) for check in (one(evidence) for one in FROM_COUNTS)}


def test_the_dutch_lists() -> None:
    found = counted(mse.datasets.load(NETHERLANDS))
    assert found["list_count"] == (Light.GREEN, 6)
    light, share = found["multi_share"]
    assert light is Light.RED
    assert share == pytest.approx(432 / 8234)  # 414 on two lists, 18 on three
    assert found["empty_pairs"] == (Light.AMBER, 2)
    assert found["triples"] == (Light.AMBER, 18)
    light, coverage = found["sample_coverage"]
    assert light is Light.RED
    assert coverage == pytest.approx(0.14, abs=0.005)
    assert found["thin_overlap"][1] == pytest.approx(8 / 15)  # 0, 0, 1, 3, 3, 4, 4, 5
    assert found["connected"] == (Light.GREEN, 1)


def test_margins_give_what_the_table_gives_and_say_what_they_do_not_know() -> None:
    table = mse.datasets.load(NETHERLANDS)
    whole, pairs = read_evidence(table), table.overlaps()
    printed = PublishedMargins(
        dict(whole.sizes),
        {(first, second): int(both) for first, second, both in pairs[["second", "first", "overlap"]].to_numpy()},
    )
    known, full = counted(printed), counted(table)
    silent = {name for name, (light, _) in known.items() if light is Light.UNKNOWN}
    assert silent == {"multi_share", "triples", "sample_coverage"}
    assert {name: known[name] for name in known if name not in silent} == {
        name: full[name] for name in known if name not in silent
    }
    richer = PublishedMargins(
        printed.lists, printed.overlaps, whole.n_observed, captures=whole.captures, only=whole.only
    )
    assert counted(richer) == full


def test_counts_of_combinations_are_a_table() -> None:
    table = mse.CaptureTable(["A", "B", "C"], [[[0, 5], [4, 3]], [[2, 1], [1, 1]]])
    counts = {"A": 2, ("B",): 4, "C": 5, "A B": 1, "A C": 1, "B C": 3, ("C", "A", "B"): 1}
    assert counted(counts) == counted(table)


def test_expected_overlaps_of_independent_lists_are_the_observed_ones() -> None:
    evidence = read_evidence({"A": 300, "B": 150, "C": 60, "A B": 200, "A C": 80, "B C": 40})
    total = evidence.independent_total
    assert total is not None
    assert sum(evidence.expected_overlaps().values()) == pytest.approx(sum(evidence.overlaps.values()))
    two = read_evidence({"A": 40, "B": 30, "A B": 20})
    assert two.independent_total == pytest.approx(60 * 50 / 20)


def test_lists_that_share_nobody_fall_apart() -> None:
    evidence = read_evidence({"A": 40, "B": 30, "A B": 20, "C": 30, "D": 20, "C D": 11})
    assert groups_of_lists(evidence) == [("A", "B"), ("C", "D")]
    assert counted({"A": 40, "B": 30, "A B": 20, "C": 30, "D": 20, "C D": 11})["connected"] == (Light.RED, 2)


def test_lists_without_any_overlap_expect_nothing() -> None:
    found = counted({"A": 40, "B": 30, "C": 20})
    assert found["expected_overlap"] == (Light.RED, 1.0)
    assert found["connected"] == (Light.RED, 3)


@pytest.mark.parametrize(
    ("rule", "value", "light"),
    [
        (Rule(0.2, 0.1, "chosen"), 0.2, Light.GREEN),
        (Rule(0.2, 0.1, "chosen"), 0.1, Light.AMBER),
        (Rule(0.2, 0.1, "chosen"), 0.0999, Light.RED),
        (Rule(1.25, 1.5, "chosen", least=False), 1.25, Light.GREEN),
        (Rule(1.25, 1.5, "chosen", least=False), 1.5, Light.AMBER),
        (Rule(1.25, 1.5, "chosen", least=False), math.inf, Light.RED),
    ],
)
def test_the_light_of_a_rule(rule: Rule, value: float, light: Light) -> None:
    assert rule.light(value) is light


def test_every_rule_is_said_in_both_languages() -> None:
    for rule in RULES.values():
        assert {language: rule.text[language] for language in ("en", "nl")}
    assert in_words(0.4, "log")["nl"] == "×1,49"


def test_every_source_of_a_rule_is_said_with_its_authors() -> None:
    figure = mse.monitor.lights_figure(mse.assess(mse.datasets.load("korea"), replicates=1))
    frame = figure.to_frame()
    said = dict(zip(RULES, frame["source"], strict=True))
    assert said["connected"]["nl"] == "Chan, Silverman en Vincent 2021"
    assert said["sample_coverage"]["en"] == "Chao and others 2001"  # five authors
    assert {said[name]["en"] for name, rule in RULES.items() if rule.source == SIMULATED} == {"simulated"}


@pytest.mark.parametrize(
    ("lists", "overlaps", "words"),
    [
        ({"A": 5}, {}, "two lists or more"),
        ({"A": 5, "B": 5}, {}, "overlap of every pair"),
        ({"A": 5, "B": 5}, {("A", "C"): 1}, "not there"),
        ({"A": 5, "B": 5}, {("A", "B"): 6}, "at most its smaller list"),
    ],
)
def test_margins_that_cannot_be(lists: dict[str, int], overlaps: dict[tuple[str, str], int], words: str) -> None:
    with pytest.raises(TableError, match=words):
        PublishedMargins(lists, overlaps)


def test_other_data_are_refused() -> None:
    with pytest.raises(TableError, match="counts of combinations"):
        read_evidence([1, 2, 3])
