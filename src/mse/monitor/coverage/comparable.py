"""What is set beside registered numbers: estimates of `mse` and published ones, in one shape."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mse.core.estimate import Estimate, Part
from mse.core.finding import Finding
from mse.core.published_estimate import Group, PublishedEstimate
from mse.core.reference import Reference
from mse.core.sentence import Text
from mse.errors import ReferenceError, TableError, did_you_mean
from mse.monitor.coverage.registered import LINE, RegisteredCounts, group_label
from mse.records.register.line_population import line_of, population_of
from mse.records.register.rules_population import LINES

__all__ = ["Comparable", "comparables"]

_PER_YEAR = "divided_by_years"
"""Finding of an estimate that was divided by its number of years."""

_WHOLE = "total"
_SPLIT_BY = ("form", "sex", "region", "age_band")
_PIECE = re.compile(r"(?P<name>\w+): (?P<levels>.+)")
"""A selection as `Reference.narrowed` writes it."""


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
        An estimate has no reference, or is of a selection that no registered number can be of.
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
    per_year = any(finding.code == _PER_YEAR for finding in estimate.findings)
    if per_year and dimension == "year" and any(part.name != _WHOLE for part in estimate.parts):
        raise TableError(
            "An estimate that was divided by its years has no years as parts",
            got=", ".join(part.name for part in estimate.parts),
            hint="Compare the estimate before it is divided.",
        )
    found: list[Comparable] = []
    for part in estimate.parts:
        group, reference = _group(part, about, dimension)
        whole = {**outer, **group}
        shared: dict[str, Any] = {
            "group": whole, "label": group_label(whole), "reference": reference, "level": estimate.level,
            "method": estimate.method, "per_year": per_year, "findings": estimate.findings,
        }  # fmt: skip
        if not estimate.blocked and part.total is not None:
            found.append(Comparable(low=part.lower, high=part.upper, point=part.total, **shared))
            continue
        shared |= {"withheld": True, "level": None}
        spans = estimate.ranges if part is estimate.whole and part.name == _WHOLE else ()
        found += [Comparable(low=r.lower, high=r.upper, rival=n, **shared) for n, r in enumerate(spans, start=1)]
        if not spans:
            found.append(Comparable(low=None, high=None, **shared))
    return found


def _without_group(reference: Reference, counts: RegisteredCounts) -> tuple[Reference, dict[str, Any]]:
    """What an estimate of a selected part is about, and the part: `Reference.narrowed` writes it behind the
    population as "; form: AU, CU", whichever population that is."""
    base, rest = _split(reference.population, counts)
    group: dict[str, Any] = {}
    for piece in rest:
        found = _PIECE.fullmatch(piece)
        if found is None or found["name"] not in _SPLIT_BY:
            raise ReferenceError(
                "Registered beside estimated needs to know which part of the population an estimate is of",
                got=f"an estimate of a selection of which no registered number is known: {piece!r}",
                hint=f"A selection is by {', '.join(_SPLIT_BY)}, or by years in a row.",
            )
        chosen = tuple(found["levels"].split(", "))
        group[found["name"]] = chosen[0] if len(chosen) == 1 else chosen
    return reference.replace(population=base), group


def _split(population: str, counts: RegisteredCounts) -> tuple[str, list[str]]:
    """A population and the selections behind it, the last one for each characteristic counting most."""
    ours = line_of(counts.reference.population)[0]
    known = {counts.reference.population, *(population_of(ours, line) for line in LINES)}
    for whole in sorted(known, key=len, reverse=True):
        if population == whole or population.startswith(f"{whole}; "):
            return whole, [piece for piece in population.removeprefix(whole).split("; ") if piece]
    pieces = population.split("; ")
    for place in range(1, len(pieces)):
        names_line = line_of("; ".join(pieces[: place + 1]))[1] != LINE
        if _PIECE.fullmatch(pieces[place]) and not names_line:
            return "; ".join(pieces[:place]), pieces[place:]
    return population, []


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
