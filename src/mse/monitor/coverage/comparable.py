"""What is set beside registered numbers: estimates of `mse` and published ones, in one shape."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mse.core.estimate import Estimate, Part
from mse.core.finding import Finding
from mse.core.published_estimate import Group, PublishedEstimate
from mse.core.reference import Reference
from mse.core.sentence import Text
from mse.errors import ReferenceError, TableError, did_you_mean
from mse.monitor.coverage.registered import LABELS, RegisteredCounts, group_label

__all__ = ["Comparable", "comparables"]

_PER_YEAR = "divided_by_years"
"""Finding of an estimate that was divided by its number of years."""

_WHOLE = "total"
_SPLIT_BY = ("form", "sex", "region", "age_band")


@dataclass(frozen=True)
class Comparable:
    """An estimate of one group, whoever made it.

    Parameters
    ----------
    group : mapping
        Part of the population; empty for the whole.
    label : Text
        What is estimated.
    reference : Reference
        What it is about, without the group.
    low, high, point : float or None
        Limits and number; None where there is none.
    level : float or None
    method : str or Text
    lists : tuple of str
    per_year : bool
        Whether it is a mean number a year.
    definitions : mapping of str to str, or None
        How dimensions are defined; None for an estimate from the register itself.
    rival : int
        0 for an interval; the number of the range where rival models leave several.
    withheld : bool
        Whether a blocking finding leaves no single estimate.
    derived : Text
    findings : tuple of Finding
    kind, of
        As in `PublishedEstimate`.
    """

    group: Group
    label: Text
    reference: Reference
    low: float | None
    high: float | None
    point: float | None = None
    level: float | None = None
    method: str | Text = ""
    lists: tuple[str, ...] = ()
    per_year: bool = True
    definitions: Mapping[str, str] | None = None
    rival: int = 0
    withheld: bool = False
    derived: Text = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    kind: str = "count"
    of: Group = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.reference, self.low, self.high, self.rival))


def comparables(
    estimates: Iterable[Estimate | PublishedEstimate] | Estimate | PublishedEstimate, counts: RegisteredCounts
) -> tuple[Comparable, ...]:
    """Bring estimates into one shape.

    Raises
    ------
    mse.errors.TableError
        A part of an estimate is no level of the registered numbers.
    mse.errors.ReferenceError
        An estimate has no reference.
    """
    given = [estimates] if isinstance(estimates, Estimate | PublishedEstimate) else list(estimates)
    found: list[Comparable] = []
    for estimate in given:
        found += [_published(estimate)] if isinstance(estimate, PublishedEstimate) else _own(estimate, counts)
    return tuple(found)


def _published(estimate: PublishedEstimate) -> Comparable:
    shared = ("group", "label", "reference", "low", "high", "point", "level", "method", "lists", "per_year",
              "definitions", "derived", "kind", "of")  # fmt: skip
    return Comparable(**{name: getattr(estimate, name) for name in shared})


def _own(estimate: Estimate, counts: RegisteredCounts) -> list[Comparable]:
    """Parts of an estimate of `mse`; under a blocking finding the ranges of the whole, and no numbers of parts."""
    if estimate.reference is None:
        raise ReferenceError(
            "Registered beside estimated needs to know what the estimate is about",
            got="an estimate without a reference",
            hint="Give reference=mse.Reference(…) when the data come in.",
        )
    about, outer = _without_group(estimate.reference, counts)
    dimension = _dimension(estimate.parts, counts)
    found: list[Comparable] = []
    for part in estimate.parts:
        group, reference = _group(part, about, dimension)
        whole = {**outer, **group}
        shared: dict[str, Any] = {
            "group": whole, "label": group_label(whole), "reference": reference, "level": estimate.level,
            "method": estimate.method, "per_year": any(f.code == _PER_YEAR for f in estimate.findings),
            "findings": estimate.findings,
        }  # fmt: skip
        if not estimate.blocked and part.total is not None:
            found.append(Comparable(low=part.lower, high=part.upper, point=part.total, **shared))
            continue
        shared |= {"withheld": True, "level": None}
        spans = estimate.ranges if part is estimate.whole else ()
        found += [Comparable(low=r.lower, high=r.upper, rival=n, **shared) for n, r in enumerate(spans, start=1)]
        if not spans:
            found.append(Comparable(low=None, high=None, **shared))
    return found


def _without_group(reference: Reference, counts: RegisteredCounts) -> tuple[Reference, dict[str, Any]]:
    """What an estimate of a selected part is about, and the part: `Reference.narrowed` writes it behind the
    population as "; form: AU, CU"."""
    population = counts.reference.population
    if not reference.population.startswith(f"{population}; "):
        return reference, {}
    group: dict[str, Any] = {}
    for piece in reference.population.removeprefix(f"{population}; ").split("; "):
        name, colon, levels = piece.partition(": ")
        if not colon or name not in LABELS:
            return reference, {}
        chosen = tuple(levels.split(", "))
        group[name] = chosen[0] if len(chosen) == 1 else chosen
    return reference.replace(population=population), group


def _dimension(parts: Sequence[Part], counts: RegisteredCounts) -> str:
    """The one dimension that the names of all parts are levels of; "year" for years, and for the whole alone."""
    names = {part.name for part in parts} - {_WHOLE}
    levels = {"year": counts.years}
    for dimension in _SPLIT_BY:
        with contextlib.suppress(TableError):
            levels[dimension] = counts.levels(dimension)
    fitting = [dimension for dimension, codes in levels.items() if names <= set(codes)]
    if not names or len(fitting) == 1:
        return fitting[0]
    known = [code for codes in levels.values() for code in codes]
    strange = sorted(names - set(known)) or sorted(names)
    raise TableError(
        "Parts of an estimate are levels of one characteristic that is registered",
        got=", ".join(strange),
        hint=did_you_mean(strange[0], dict.fromkeys(known)),
    )


def _group(part: Part, about: Reference, dimension: str) -> tuple[dict[str, str], Reference]:
    """The group of a part, and what its number is about."""
    if part.name == _WHOLE:
        return {}, about
    if dimension == "year":
        return {}, about.replace(period=(int(part.name), int(part.name)))
    return {dimension: part.name}, about
