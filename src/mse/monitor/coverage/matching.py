"""Whether a registered number and an estimate are about the same thing; what differs is refused or flagged."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from mse.core.finding import Finding, Severity
from mse.core.reference import Reference
from mse.core.sentence import Sentence, Text
from mse.errors import ReferenceError, did_you_mean
from mse.messages import LANGUAGES, sentence
from mse.monitor.coverage.comparable import Comparable
from mse.records.register.line_population import line_of, population_of

__all__ = [
    "FIELDS",
    "MONITOR_DEFINITIONS",
    "Match",
    "Pair",
    "check_allowed",
    "check_lengths",
    "difference_findings",
    "refuse",
]

Pair = tuple[str | Text, str | Text]
"""What the registered number and the estimate say of one field."""

FIELDS = ("period", "population", "unit", "place", "definition")
"""What must be the same."""

MONITOR_DEFINITIONS: Mapping[str, str] = {
    "form": "sexual before labour before criminal; domestic by Dutch nationality",
    "age_band": "age at report",
    "sex": "sex as registered",
    "region": "region of nationality",
}
"""How the monitor 2015-2019 defines the characteristics of a group (rules R14, R15, R28, R31 and R32)."""


@dataclass(frozen=True)
class Match:
    """Compares the registered numbers of one line with estimates.

    Parameters
    ----------
    reference : Reference
        What the registered numbers are about.
    line : str
        Population line that they count.
    definitions : mapping of str to str
        How they define dimensions.
    """

    reference: Reference
    line: str
    definitions: Mapping[str, str]

    @property
    def population(self) -> str:
        """The population in words: that of the register, with the line where it is another than that of the monitor."""
        return population_of(line_of(self.reference.population)[0], self.line)

    def differences(self, estimate: Comparable, period: tuple[int, int] | None) -> dict[str, Pair]:
        """Fields that differ or are not documented, with what the registered number and the estimate say."""
        ours = self.reference.replace(period=period, population=self.population)
        about = estimate.reference
        found: dict[str, Pair] = {}
        if period is None or period != about.period:
            found["period"] = (ours.period_label, about.period_label)
        if ours.population != about.population:
            found["population"] = (ours.population, about.population)
        if ours.unit != about.unit or ours.unit == "unknown":
            found["unit"] = (dict(Sentence(f"unit_{ours.unit}")), dict(Sentence(f"unit_{about.unit}")))
        if ours.place != about.place:
            found["place"] = (ours.place, about.place)
        if other := self._defined_otherwise(estimate):
            found["definition"] = (_said(other, self.definitions), _said(other, estimate.definitions or {}))
        return found

    def _defined_otherwise(self, estimate: Comparable) -> list[str]:
        """Dimensions of the group that the two define otherwise, or that one of them leaves undefined."""
        theirs = estimate.definitions
        if theirs is None:
            return []
        names = dict.fromkeys([*estimate.group, *estimate.of])
        return [name for name in names if name not in theirs or theirs[name] != self.definitions.get(name)]


def _said(names: list[str], definitions: Mapping[str, str]) -> dict[str, str]:
    """What somebody says of some dimensions, in both languages."""
    return {
        language: "; ".join(
            f"{Sentence(f'coverage_dimension_{name}')[language]}: {_definition(name, definitions, language)}"
            for name in names
        )
        for language in LANGUAGES
    }


def _definition(name: str, definitions: Mapping[str, str], language: str) -> str:
    if name not in definitions:
        return sentence("word_coverage_not_stated", language)
    if definitions[name] == MONITOR_DEFINITIONS.get(name):
        return sentence(f"coverage_definition_{name}", language)
    return definitions[name]


def check_allowed(allow: Collection[str]) -> None:
    """Refuse a field that is not compared.

    Raises
    ------
    mse.errors.ReferenceError
    """
    for name in allow:
        if name not in FIELDS:
            raise ReferenceError(f"No difference is called '{name}'", hint=did_you_mean(str(name), FIELDS))


def refuse(estimate: Comparable, differing: Mapping[str, Pair]) -> ReferenceError:
    """The error that says in what an estimate and registered numbers differ."""
    said = "; ".join(f"{name} {_en(ours)!r} and {_en(theirs)!r}" for name, (ours, theirs) in differing.items())
    return ReferenceError(
        f"Registered beside estimated ({estimate.label['en']}) needs two numbers about the same thing",
        got=said,
        hint=f"Where readers may see the difference, allow={tuple(differing)} sets them side by side and flags it.",
    )


def _en(said: str | Text) -> str:
    return said if isinstance(said, str) else said["en"]


def check_lengths(estimate: Comparable, period: tuple[int, int]) -> None:
    """Refuse to set totals over different numbers of years side by side, whatever is allowed.

    Raises
    ------
    mse.errors.ReferenceError
    """
    theirs = estimate.reference.period
    if estimate.per_year or estimate.kind != "count":
        return
    years = period[1] - period[0] + 1
    if theirs is None or theirs[1] - theirs[0] + 1 != years:
        raise ReferenceError(
            f"Registered beside estimated ({estimate.label['en']}) needs totals over equally many years",
            got=f"registered in {years} years, estimated over the period {estimate.reference.period_label}",
            hint="Make it a number a year: estimate.per_year(), or per_year=True for a published estimate a year.",
        )


def difference_findings(flagged: Iterable[tuple[Comparable, Mapping[str, Pair]]]) -> list[Finding]:
    """A warning for each difference that was allowed, with all estimates that have it."""
    having: dict[tuple[str, str, str], list[Comparable]] = {}
    said: dict[tuple[str, str, str], Pair] = {}
    for estimate, differing in flagged:
        for name, pair in differing.items():
            key = (name, _en(pair[0]), _en(pair[1]))
            having.setdefault(key, []).append(estimate)
            said[key] = pair
    found = []
    for key, estimates in having.items():
        labels = {language: "; ".join(dict.fromkeys(e.label[language] for e in estimates)) for language in LANGUAGES}
        values = {"estimate": labels, "ours": said[key][0], "theirs": said[key][1]}
        found.append(Finding(f"coverage_other_{key[0]}", Severity.WARNING, labels["en"], values))
    return found
