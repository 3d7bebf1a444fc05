"""The rules of feasibility: for every check its thresholds, and where they come from.

A check measures one number. Its rule turns the number into a light. Thresholds that no publication gives were chosen,
and `benchmarks.feasibility_thresholds` counts how often the estimate is far off under each light.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mse.core.finding import Finding, Severity
from mse.core.sentence import Sentence, Text
from mse.messages import LANGUAGES, number

__all__ = ["RULES", "SIMULATED", "Check", "Light", "Rule", "in_words", "judged", "unknown"]

SIMULATED = "simulated"
"""Source of a threshold that was chosen and is calibrated by `benchmarks.feasibility_thresholds`."""

CHOSEN = "chosen"
"""Source of a threshold that was chosen and is not calibrated."""


class Light(StrEnum):
    """What a check says: go on, go on with care, stop and think; or that the data cannot tell."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    UNKNOWN = "unknown"


_SEVERITY = {
    Light.GREEN: Severity.NOTE,
    Light.AMBER: Severity.WARNING,
    Light.RED: Severity.WARNING,
    Light.UNKNOWN: Severity.NOTE,
}


@dataclass(frozen=True)
class Rule:
    """From which number on a check is green, and from which it is red.

    Parameters
    ----------
    green, red : float
        With `least` the check is green at `green` or more and red below `red`; otherwise green at `green` or less and
        red above `red`. Between the two it is amber.
    source : str
        Key of the literature, "simulated" or "chosen".
    kind : str
        Kind of the number, as in `mse.messages.number`; "log" is the logarithm of a factor.
    least : bool
        Whether more is better.

    Examples
    --------
    >>> Rule(0.2, 0.1, "simulated", "level").light(0.15)
    <Light.AMBER: 'amber'>
    """

    green: float
    red: float
    source: str
    kind: str = "count"
    least: bool = True

    def light(self, value: float) -> Light:
        """The light of a number."""
        sign = 1.0 if self.least else -1.0
        if sign * value >= sign * self.green:
            return Light.GREEN
        return Light.RED if sign * value < sign * self.red else Light.AMBER

    @property
    def text(self) -> Sentence:
        """The rule in words."""
        key = "feasibility_rule_least" if self.least else "feasibility_rule_most"
        fields = {name: in_words(value, self.kind) for name, value in (("green", self.green), ("red", self.red))}
        return Sentence(f"{key}_plain" if self.green == self.red else key, fields)


RULES: Mapping[str, Rule] = {
    "list_count": Rule(4, 3, "fienberg_1972"),
    "smallest_list": Rule(30, 1, "binette_steorts_2022"),
    "connected": Rule(1, 1, "chan_silverman_vincent_2021", least=False),
    "multi_share": Rule(0.20, 0.10, SIMULATED, "level"),
    "expected_overlap": Rule(0.0, 0.5, SIMULATED, "level", least=False),
    "thin_overlap": Rule(0.0, 0.5, SIMULATED, "level", least=False),
    "empty_pairs": Rule(0, 1e9, "chan_silverman_vincent_2021", least=False),
    "triples": Rule(20, 1, SIMULATED),
    "sample_coverage": Rule(0.55, 0.25, "chao_2001", "level"),
    "existence": Rule(0, 1, "fienberg_rinaldo_2012", least=False),
    "lower_bound": Rule(1.0, 0.0, "chao_1987", "ratio"),
    "implied_coverage": Rule(0.25, 0.10, SIMULATED, "level"),
    "rivals": Rule(1.25, 1.5, SIMULATED, "ratio", least=False),
    "search_stability": Rule(0.9, 0.8, SIMULATED, "level"),
    "leave_one_out": Rule(0.2, 0.4, SIMULATED, "log", least=False),
    "consistency": Rule(0.25, 0.5, SIMULATED, "log", least=False),
    "missingness": Rule(0.05, 0.20, CHOSEN, "level", least=False),
    "year_power": Rule(25, 4, "seber_1982"),
}
"""The rule of every check, in the order of the pages."""

_ONE_SIDED = frozenset({"empty_pairs", "lower_bound"})
"""Checks that are never red: they ask for another method, or for an explanation."""


@dataclass(frozen=True)
class Check:
    """What one check says.

    Parameters
    ----------
    name : str
        Key of `RULES`.
    light : Light
    value : float or None
        What was measured; None where it is not known.
    finding : Finding
        The same in words, with its severity; its remedy is the condition that a go carries.
    """

    name: str
    light: Light
    value: float | None
    finding: Finding

    @property
    def title(self) -> Sentence:
        """What is checked."""
        return Sentence(f"feasibility_title_{self.name}")

    @property
    def threshold(self) -> Sentence:
        """The rule in words."""
        if self.name in _ONE_SIDED or self.name == "existence":
            return Sentence(f"feasibility_rule_{self.name}")
        return RULES[self.name].text

    @property
    def source(self) -> str:
        """Where the threshold comes from: a key of the literature, "simulated" or "chosen"."""
        return RULES[self.name].source

    def __str__(self) -> str:
        return f"{self.light.value}: {self.finding}"


def judged(code: str, value: float, /, *, rule: str = "", **values: Any) -> Check:
    """Give a measured number its light.

    Parameters
    ----------
    code : str
        Key of the sentence: "feasible_" and the name of the rule.
    value : float
        What was measured.
    rule : str
        Name of the rule, where the sentence has another.
    **values
        Values of the sentence's placeholders.
    """
    name = rule or code.removeprefix("feasible_")
    light = RULES[name].light(value)
    return Check(name, light, None if math.isinf(value) else value, _finding(code, light, name, values))


def unknown(name: str, why: str) -> Check:
    """Say that a check cannot be made.

    Parameters
    ----------
    name : str
        Name of the rule.
    why : {"margins", "lists", "estimate", "search", "covariates"}
        Margins alone do not tell, there are too few lists, there is no estimate, the estimator is no search, or the
        table has no such covariate.
    """
    return Check(name, Light.UNKNOWN, None, _finding(f"feasible_unknown_{why}", Light.UNKNOWN, name, {}))


def _finding(code: str, light: Light, name: str, values: Mapping[str, Any]) -> Finding:
    return Finding(code, _SEVERITY[light], name, values)


def in_words(value: float, kind: str) -> Text:
    """A number in every language; "no estimate" where it is not finite.

    Examples
    --------
    >>> in_words(0.1, "level")["nl"], in_words(float("inf"), "ratio")["en"]
    ('10\\xa0%', 'no estimate')
    """
    if math.isinf(value):
        return Sentence("word_no_estimate")
    if kind == "log":
        return {language: f"×{number(math.exp(value), language, 'ratio')}" for language in LANGUAGES}
    return {language: number(value, language, kind) for language in LANGUAGES}
