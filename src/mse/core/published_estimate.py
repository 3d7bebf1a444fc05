"""`PublishedEstimate`: an estimate that somebody published, to stand beside registered numbers as one of `mse` does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from mse.core.reference import Reference
from mse.core.sentence import Text
from mse.errors import TableError, did_you_mean

__all__ = ["Group", "PublishedEstimate"]

Group = Mapping[str, str | tuple[str, ...]]
"""Part of a population: dimension to level, or to levels that are taken together; empty for the whole."""

_KINDS = ("count", "share")


@dataclass(frozen=True)
class PublishedEstimate:
    """A published estimate of the size of a population, or of the share of a part.

    Parameters
    ----------
    name : str
        Short identifier.
    label : Text
        What is estimated, in words.
    low, high : float
        Limits as published; equal where one number was published. Shares are fractions.
    reference : Reference
        What the estimate is about, with its source.
    group : mapping of str to str or tuple of str
        Part that is estimated: ``{"form": "BL-SU"}``; empty for the whole.
    kind : {"count", "share"}
        Number of victims, or share of them.
    of : mapping of str to str or tuple of str
        For a share, the group that it is a share of; empty for all.
    point : float, optional
        The single number, where one was published beside its limits.
    level : float, optional
        Level of the limits; None where it was not published.
    method : Text
        How it was made, in words.
    lists : tuple of str
        Lists behind it, where they are known.
    definitions : mapping of str to str
        How the publication defines a dimension of `group`; absent where it was not seen.
    derived : Text
        How it follows from other estimates, where it was not published itself; empty otherwise.
    per_year : bool
        Whether it is a number a year, over a period of several years.

    Raises
    ------
    mse.errors.TableError
        The limits run backwards, a share is no share, or `of` is not a wider group.

    Examples
    --------
    >>> about = Reference((2014, 2015), "person-year", "presumed victims", "Netherlands", source="x")
    >>> PublishedEstimate("total", {"en": "All", "nl": "Alle"}, 5000, 7500, about)
    5,000 to 7,500 a year (All, 2014–2015)
    """

    name: str
    label: Text
    low: float
    high: float
    reference: Reference
    group: Group = field(default_factory=dict)
    kind: str = "count"
    of: Group = field(default_factory=dict)
    point: float | None = None
    level: float | None = None
    method: Text = field(default_factory=dict)
    lists: tuple[str, ...] = ()
    definitions: Mapping[str, str] = field(default_factory=dict)
    derived: Text = field(default_factory=dict)
    per_year: bool = True

    def __post_init__(self) -> None:
        if self.kind not in _KINDS:
            raise TableError(f"An estimate is of no kind {self.kind!r}", hint=did_you_mean(self.kind, _KINDS))
        if not 0 < self.low <= self.high:
            raise TableError("Limits of an estimate are positive and run upwards", got=f"{self.low} to {self.high}")
        if self.kind == "share" and self.high > 1:
            raise TableError("A share is a fraction of at most 1", got=f"{self.high}", hint="Write 0.333 for 33.3%.")
        if self.kind == "count" and self.of:
            raise TableError("Only a share is a share of a group", got=f"a count of {', '.join(self.of)}")
        if self.kind == "share" and any(self.group.get(name) != level for name, level in self.of.items()):
            raise TableError("A share is that of a part in a wider group")
        for name in ("group", "of", "definitions", "label", "method", "derived"):
            object.__setattr__(self, name, dict(getattr(self, name)))

    def __hash__(self) -> int:
        return hash((self.name, self.low, self.high, self.reference))

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some fields changed."""
        return replace(self, **changes)

    def __repr__(self) -> str:
        limits = [f"{limit:.1%}" if self.kind == "share" else f"{limit:,.0f}" for limit in (self.low, self.high)]
        span = limits[0] if limits[0] == limits[1] else " to ".join(limits)
        each = " a year" if self.per_year and self.kind == "count" else ""
        return f"{span}{each} ({self.label['en']}, {self.reference.period_label})"
