"""`Plan`: the options of a tabulation, checked before any row is read."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mse.core.reference import Reference
from mse.core.shape import check_names
from mse.errors import TableError, did_you_mean, spelled
from mse.records.mapping import ReporterMapping
from mse.records.resolve import Rule, check_rules

__all__ = ["YEAR", "Plan"]

YEAR = "year"
"""Covariate that `date` gives."""

_CHOICES = {
    "unit": ("person", "person-year"),
    "year_rule": ("first_report", "each_report", "exploitation"),
    "missing": ("partial", "level", "drop", "fail"),
    "unknown_reporters": ("fail", "drop"),
    "outside_period": ("fail", "drop"),
}


@dataclass(frozen=True)
class Plan:
    """The options of `tabulate`, which explains them; `resolve` is filled up with "fail".

    Raises
    ------
    mse.errors.TableError
        An option is none of its choices, two options exclude each other, or one needs another.
    """

    person: str
    reporter: str
    mapping: ReporterMapping
    covariates: tuple[str, ...]
    date: str | None
    period: tuple[int, int] | None
    unit: str
    year_rule: str
    exploitation_date: str | None
    resolve: Mapping[str, Rule]
    levels: Mapping[str, Sequence[Hashable]]
    missing: str
    unknown_reporters: str
    outside_period: str
    operating: Any
    case: str | None
    reference: Reference | None

    def __post_init__(self) -> None:
        check_names(self.lists, self.covariates)
        for option, allowed in _CHOICES.items():
            if (value := getattr(self, option)) not in allowed:
                raise TableError(f"{option}= is one of {spelled(allowed)}", got=repr(value))
        for name in self.levels:
            if name not in self.covariates:
                hint = did_you_mean(name, self.covariates)
                raise TableError(f"levels= names '{name}', which is no covariate", hint=hint)
        for option in ("person", "reporter", "date", "exploitation_date", "case"):
            name = getattr(self, option)
            if not isinstance(name, str) and (name is not None or option in ("person", "reporter")):
                raise TableError(f"{option}= is the name of a column", got=repr(name))
        if self.person == self.reporter:
            raise TableError("Person and reporter are two columns", got=f"'{self.person}' for both")
        if self.operating is not None and self.missing == "level":
            raise TableError(
                "Where lists did not operate is known on margins only, and so are missing values",
                got="operating= and missing='level'",
                hint="Say missing='partial', or 'drop'.",
            )
        self._check_dates()
        self._check_reference()
        rules = check_rules(self.resolve, self.own, dated=self.date is not None)
        object.__setattr__(self, "resolve", rules)

    @property
    def lists(self) -> tuple[str, ...]:
        """Names of the lists."""
        return tuple(self.mapping.lists)

    @property
    def own(self) -> tuple[str, ...]:
        """Covariates that are columns of the reports."""
        return tuple(name for name in self.covariates if not (name == YEAR and self.dated))

    @property
    def dated(self) -> bool:
        """Whether there is a date that sets the year."""
        return self.date is not None or self.exploitation_date is not None

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the reports that are read."""
        named = (self.person, self.reporter, self.date, self.exploitation_date, self.case, *self.own)
        return tuple(dict.fromkeys(name for name in named if name is not None))

    @property
    def keys(self) -> tuple[str, ...]:
        """Columns that make a unit."""
        return ("_person",) if self.unit == "person" else ("_person", "_year")

    def _check_dates(self) -> None:
        exploited = self.year_rule == "exploitation"
        if exploited != (self.exploitation_date is not None):
            raise TableError(
                "year_rule='exploitation' and exploitation_date= belong together",
                got=f"year_rule='{self.year_rule}' and exploitation_date={self.exploitation_date!r}",
            )
        needs = [
            option
            for option, used in (
                ("period=", self.period is not None),
                ("unit='person-year'", self.unit == "person-year"),
                ("year_rule='each_report'", self.year_rule == "each_report"),
            )
            if used
        ]
        if needs and not self.dated:
            raise TableError(f"{needs[0]} needs the dates of the reports", hint="Give date=.")
        if self.unit == "person" and self.year_rule == "each_report":
            raise TableError(
                "year_rule='each_report' counts a person in every year with a report: a person-year",
                got="unit='person'",
                hint="Say unit='person-year', or year_rule='first_report'.",
            )
        if self.unit == "person-year" and self.year_rule == "first_report":
            raise TableError(
                "unit='person-year' counts a person in several years, and a first report is in one",
                got="year_rule='first_report'",
                hint="Say year_rule='each_report' or 'exploitation'.",
            )
        if self.period is not None:
            years = tuple(self.period) if isinstance(self.period, tuple | list) else ()
            if len(years) != 2 or not all(isinstance(year, int) for year in years) or years[1] < years[0]:
                raise TableError("period= is the first and the last year", got=repr(self.period))

    def _check_reference(self) -> None:
        about = self.reference
        if about is None:
            return
        if about.unit not in (self.unit, "unknown"):
            raise TableError(f"The reference is about unit '{about.unit}'", got=f"unit='{self.unit}'")
        if self.period is not None and about.period != tuple(self.period):
            raise TableError(
                f"The reference is about the period {about.period_label}", got=f"period={tuple(self.period)}"
            )
