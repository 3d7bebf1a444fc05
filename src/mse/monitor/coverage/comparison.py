"""Which registered number stands beside which estimate; what differs between them is refused or flagged."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mse.core.cube import Cube
from mse.core.estimate import Estimate
from mse.core.finding import Finding, Severity
from mse.core.published_estimate import PublishedEstimate
from mse.core.reference import Reference
from mse.core.sentence import Text
from mse.errors import TableError
from mse.monitor.coverage.comparable import Comparable, comparables
from mse.monitor.coverage.matching import Match, Pair, check_allowed, check_lengths, difference_findings, refuse
from mse.monitor.coverage.registered import PERIOD, FigureSource, RegisteredCounts, RegisteredNumber, counts_from

if TYPE_CHECKING:
    from mse.core.published_estimate import Group

__all__ = ["Candidate", "Comparison", "Estimates", "Span", "comparison", "countable", "counted"]

Estimates = Iterable[Estimate | PublishedEstimate] | Estimate | PublishedEstimate
"""One estimate, or several, of `mse` or published."""

Years = tuple[tuple[int, int], tuple[str, ...]]
"""A period, and what it is counted as: its years, or all that are counted."""


@dataclass(frozen=True)
class Span:
    """Years of a registered number: what the row is called, the years, and how many it is a mean of."""

    year: str
    period: tuple[int, int]
    parts: tuple[str, ...]
    years: int

    @property
    def label(self) -> str:
        first, last = self.period
        return str(first) if first == last else f"{first}–{last}"


@dataclass(frozen=True)
class Candidate:
    """A registered number beside an estimate."""

    estimate: Comparable
    number: RegisteredNumber
    line: str
    span: Span
    differing: tuple[str, ...]

    @property
    def value(self) -> float:
        """The registered number, a year where the estimate is."""
        return self.number.value / self.span.years


@dataclass(frozen=True)
class Comparison:
    """All registered numbers that stand beside estimates."""

    counts: RegisteredCounts
    estimates: tuple[Comparable, ...]
    candidates: tuple[Candidate, ...]
    findings: tuple[Finding, ...]


def comparison(
    figures: FigureSource | Cube,
    estimates: Estimates,
    kind: str,
    allow: Collection[str],
    lines: Sequence[str],
    definitions: Mapping[str, str],
    reference: Reference | None,
) -> Comparison:
    """Match registered numbers with the estimates of a kind; refuse or flag what differs."""
    check_allowed(allow)
    counts = counts_from(figures, reference)
    found = tuple(estimate for estimate in comparables(estimates, counts) if estimate.kind == kind)
    if not found:
        raise TableError(f"There is no estimate of the kind '{kind}' to set beside registered numbers")
    candidates: list[Candidate] = []
    flagged: list[tuple[Comparable, dict[str, Pair]]] = []
    for estimate in found:
        for line in lines if not estimate.group else countable(counts, estimate.group, estimate.label, lines):
            matched, differing = _matched(estimate, counts, line, allow, definitions)
            candidates += matched
            flagged.append((estimate, differing))
    if not candidates:
        raise TableError("No registered number is of the groups that are estimated")
    findings = [*difference_findings(flagged), *(finding for estimate in found for finding in estimate.findings)]
    beside = {id(candidate.estimate) for candidate in candidates}
    findings += [_alone(estimate) for estimate in found if id(estimate) not in beside]
    findings += [_below(candidate) for candidate in candidates if _is_below(candidate)]
    return Comparison(counts, found, tuple(candidates), tuple(dict.fromkeys(findings)))


def _matched(
    estimate: Comparable,
    counts: RegisteredCounts,
    line: str,
    allow: Collection[str],
    definitions: Mapping[str, str],
) -> tuple[list[Candidate], dict[str, Pair]]:
    """Registered numbers of one line beside one estimate, and the differences that are allowed."""
    match = Match(counts.reference, line, definitions)
    found: list[Candidate] = []
    flagged: dict[str, Pair] = {}
    refused: dict[str, Pair] = {}
    other: list[Span] = []
    for span, number in _numbers(estimate, counts, line):
        differing = match.differences(estimate, span.period)
        if "period" in differing and "period" in allow:
            check_lengths(estimate, span.period)
        if set(differing) <= set(allow):
            found.append(Candidate(estimate, number, line, span, tuple(differing)))
            flagged |= differing
            other += [span] if "period" in differing else []
        else:
            refused = differing
    if refused and not found:
        raise refuse(estimate, refused)
    if other:
        flagged["period"] = (_periods(other), flagged["period"][1])
    return found, flagged


def _periods(spans: Sequence[Span]) -> str:
    """The longest period of some spans; all of them where they are single years."""
    longest = max(spans, key=lambda span: span.period[1] - span.period[0])
    single = longest.period[0] == longest.period[1]
    return ", ".join(span.label for span in spans) if single else longest.label


def _numbers(estimate: Comparable, counts: RegisteredCounts, line: str) -> Iterator[tuple[Span, RegisteredNumber]]:
    """Registered numbers that an estimate may stand beside.

    An estimate a year stands beside every year and beside the mean year; any other beside the total. Both are of the
    years of the estimate where those are counted, and of the whole period where they are not.
    """
    for period, parts in _spans(estimate, counts):
        number = counted(counts, estimate.group, line, parts)
        if number is not None:
            one_year = period[0] == period[1]
            divisor = period[1] - period[0] + 1 if estimate.per_year else 1
            yield Span(str(period[0]) if one_year else PERIOD, period, parts, divisor), number


def _spans(estimate: Comparable, counts: RegisteredCounts) -> list[Years]:
    """Periods that an estimate may stand beside, each with the years that are added up."""
    years, own = counts.years, estimate.reference.period
    if not years:
        return []
    period = counts.reference.period or (int(years[0]), int(years[-1]))
    whole: Years = (period, (PERIOD,))
    inside = () if own is None else tuple(str(year) for year in range(own[0], own[1] + 1))
    part_of = set(inside) <= set(years) and 0 < len(inside) < len(years)
    if own is not None and part_of and (len(inside) > 1 or not estimate.per_year):
        whole = (own, inside)
    if not estimate.per_year:
        return [whole]
    single: list[Years] = [((int(year), int(year)), (year,)) for year in years]
    return single if whole[0][0] == whole[0][1] else [*single, whole]


def countable(counts: RegisteredCounts, group: Group, label: Text, lines: Sequence[str]) -> tuple[str, ...]:
    """The lines, of those asked for, that a group is counted by; all of them where no line has it.

    Raises
    ------
    mse.errors.TableError
        The group is counted by other lines only.
    """
    having = [line for line in dict.fromkeys([*lines, *counts.lines]) if _has(counts, group, line)]
    asked = tuple(line for line in having if line in lines)
    if having and not asked:
        raise TableError(
            f"'{label['en']}' is not counted by the line that is asked for",
            got=f"lines={tuple(lines)}; it is counted by {', '.join(having)}",
            hint="Give a cube of that line, with its reference, or compare by a line that is counted.",
        )
    return asked or tuple(lines)


def _has(counts: RegisteredCounts, group: Group, line: str) -> bool:
    return any(counts.number(group, year, line) is not None for year in (PERIOD, *counts.years))


def counted(counts: RegisteredCounts, group: Group, line: str, parts: tuple[str, ...]) -> RegisteredNumber | None:
    """Registered in some years together, or in the whole period; None unless all of them are known."""
    numbers = [counts.number(group, year, line) for year in parts]
    if parts == (PERIOD,) and numbers == [None]:
        numbers = [counts.number(group, year, line) for year in counts.years]
    known = [number for number in numbers if number is not None]
    if len(known) < len(numbers):
        return None
    if len(known) == 1:
        return known[0]
    return RegisteredNumber(sum(n.value for n in known), all(n.exact for n in known), known[0].basis)


def _is_below(candidate: Candidate) -> bool:
    """Whether more are registered than the lower limit of an estimated number; a share is no number of persons."""
    low = candidate.estimate.low
    counts = candidate.estimate.kind == "count" and candidate.number.exact
    return low is not None and counts and candidate.value > low


def _below(candidate: Candidate) -> Finding:
    label = candidate.estimate.label
    values = {"estimate": dict(label), "period": candidate.span.label, "low": candidate.estimate.low}
    return Finding("coverage_below_registered", Severity.WARNING, label["en"], values)


def _alone(estimate: Comparable) -> Finding:
    label = estimate.label
    return Finding("coverage_not_registered", Severity.WARNING, label["en"], {"estimate": dict(label)})
