"""`ListMetadata`: what is known about a list besides who is on it: role, legal basis, threshold, origin, capacity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from mse.core.sentence import Text
from mse.errors import TableError, did_you_mean

__all__ = ["ROLES", "LegalRule", "ListMetadata"]

ROLES = ("reporter", "enrichment", "echo")
"""Roles of a list: it reports, it adds to what others report, or it repeats what another list reported."""


@dataclass(frozen=True)
class LegalRule:
    """On what ground a list may report, within dates.

    Parameters
    ----------
    legal_basis : bool or None
        Whether a law lets it report; None where that differs between the organisations of the list.
    consent : bool
        Whether the victim, or the parent or guardian of a minor, must consent.
    since, until : datetime.date, optional
        First and last day on which this holds; None for no limit.
    note : Text
        What else to know.
    """

    legal_basis: bool | None
    consent: bool
    since: date | None = None
    until: date | None = None
    note: Text = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.since is not None and self.until is not None and self.until < self.since:
            raise TableError("A legal rule runs from its first to its last day", got=f"{self.since} to {self.until}")

    def __hash__(self) -> int:
        return hash((self.legal_basis, self.consent, self.since, self.until))

    def within(self, first: date, last: date) -> bool:
        """Whether the rule holds on any day between two days."""
        return (self.since is None or self.since <= last) and (self.until is None or self.until >= first)


@dataclass(frozen=True)
class ListMetadata:
    """What is known about a list.

    Parameters
    ----------
    code : str
        Code of the list, the one that counts use.
    label : Text
        What it is called.
    role : {"reporter", "enrichment", "echo"}
        What the list does.
    rules : tuple of LegalRule
        On what ground it may report, in order of time.
    threshold : Text
        When a person is reported, in words; empty where it is not known.
    derived_from : tuple of str
        Lists that it takes its persons from.
    exposure : mapping of int to float
        Capacity by year, such as the number of care coordinators.
    exposure_unit : Text
        What the capacity counts.
    group : str
        Group of lists that it belongs to.

    Raises
    ------
    mse.errors.TableError
        The role is not known, or a capacity is not positive.

    Examples
    --------
    >>> care = ListMetadata("care", {"en": "Care", "nl": "Zorg"}, rules=(LegalRule(False, True),))
    >>> care.needs_consent(2018), care.has_legal_basis(2018)
    (True, False)
    """

    code: str
    label: Text
    role: str = "reporter"
    rules: tuple[LegalRule, ...] = ()
    threshold: Text = field(default_factory=dict)
    derived_from: tuple[str, ...] = ()
    exposure: Mapping[int, float] = field(default_factory=dict)
    exposure_unit: Text = field(default_factory=dict)
    group: str = ""

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise TableError(f"List '{self.code}' has no role {self.role!r}", hint=did_you_mean(self.role, ROLES))
        if any(capacity <= 0 for capacity in self.exposure.values()):
            raise TableError(f"The capacity of list '{self.code}' is positive in every year that is given")

    def __hash__(self) -> int:
        return hash((self.code, self.role, self.group))

    def in_year(self, year: int) -> tuple[LegalRule, ...]:
        """Rules that hold on some day of a year."""
        return tuple(rule for rule in self.rules if rule.within(date(year, 1, 1), date(year, 12, 31)))

    def has_legal_basis(self, year: int) -> bool | None:
        """Whether a law lets it report all year; None where that is not known or differs within the list."""
        bases = {rule.legal_basis for rule in self.in_year(year)}
        if False in bases:
            return False
        return True if bases == {True} else None

    def needs_consent(self, year: int) -> bool:
        """Whether it needs consent on some day of a year."""
        return any(rule.consent for rule in self.in_year(year))

    def changes(self, first: int, last: int) -> tuple[date, ...]:
        """Days within a period of years on which a new rule starts."""
        starts = (rule.since for rule in self.rules)
        return tuple(day for day in starts if day is not None and date(first, 1, 1) < day <= date(last, 12, 31))
