"""Registered beside estimated: what share of a population is registered, and how many are unseen for each one seen.

The share of one group is never used for another: a group without an estimate of its own has none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mse.core.cube import Cube
from mse.core.estimate import Estimate
from mse.core.figure import Figure
from mse.core.finding import Finding, Severity, worst
from mse.core.published_estimate import PublishedEstimate
from mse.core.reference import Reference
from mse.core.sentence import Sentence
from mse.errors import TableError
from mse.monitor.comparable import Comparable, comparables
from mse.monitor.coverage_figure import ComparedFigure, counts_figure
from mse.monitor.coverage_parts import reconcile_parts
from mse.monitor.matching import MONITOR_DEFINITIONS, Match, Pair, check_allowed, difference_findings, refuse
from mse.monitor.registered import (
    LINE,
    PERIOD,
    RegisteredCounts,
    RegisteredNumber,
    counts_from,
    group_label,
    levels_of,
)

if TYPE_CHECKING:
    from mse.core.published_estimate import Group

__all__ = ["Candidate", "Comparison", "comparison", "registered_versus_estimated"]

Estimates = Iterable[Estimate | PublishedEstimate] | Estimate | PublishedEstimate
Row = dict[str, Any]


def registered_versus_estimated(
    figures: Mapping[str, Figure] | Cube,
    estimates: Estimates,
    *,
    allow: Collection[str] = (),
    lines: Sequence[str] = (LINE,),
    dimensions: Sequence[str] = ("form",),
    definitions: Mapping[str, str] = MONITOR_DEFINITIONS,
    reference: Reference | None = None,
    name: str = "registered",
) -> ComparedFigure:
    """Set registered numbers beside estimates of the same population.

    Parameters
    ----------
    figures : mapping of str to Figure, or Cube
        Figures of the monitor by number: "2.7" (form), "2.8" (sex), "2.9" (region), "2.10" (age) and "2.1" (lines),
        as far as there are. A cube with a dimension year counts every group exactly, also where no figure does.
    estimates : Estimate, PublishedEstimate, or iterable of these
        Estimates of the whole and of parts. Parts of an `Estimate` are named as the levels of one characteristic. Only
        numbers are used; for shares there is `shares_versus_estimated`.
    allow : collection of {"period", "population", "unit", "place", "definition"}
        In what registered numbers and estimates may differ; each difference is then flagged.
    lines : sequence of str
        Population lines of figure 2.1 that the whole is counted by.
    dimensions : sequence of str
        Characteristics of which every level has a row; one without an estimate of its own has none.
    definitions : mapping of str to str
        How the registered numbers define characteristics; a published estimate must say the same.
    reference : Reference, optional
        What the registered numbers are about; by default that of the figures.
    name : str
        Name of the figure.

    Returns
    -------
    ComparedFigure
        A figure with `findings`. Columns group, form, dimension, category_code, line, year ("total" for the period),
        period, registered, registered_kind ("exact", "period mean", "upper bound"), basis, estimate_low, estimate,
        estimate_high, level, share_low (registered / estimate_high), share_high (registered / estimate_low),
        unseen_low and unseen_high (unseen for each one registered), per_registered_low and per_registered_high
        (estimated for each one registered), rival, method, lists, estimate_period, source, flagged.

    Raises
    ------
    mse.errors.ReferenceError
        A registered number and an estimate are about different things, in a way that is not allowed.
    mse.errors.TableError
        There is no number to compare.

    Examples
    --------
    >>> import pandas as pd
    >>> from mse.records.published import published_estimates
    >>> frame = pd.DataFrame({"year": [2014, 2015], "count": [1255, 1150]})
    >>> about = Reference((2014, 2015), "person-year", "presumed victims", "Netherlands", source="x", public=True)
    >>> total = published_estimates("netherlands_2014_2015")[0]
    >>> shown = registered_versus_estimated(Cube(frame), total, reference=about, allow=["population"])
    >>> shown.to_frame()[["year", "registered", "share_low", "share_high"]].round(3).values.tolist()
    [['total', 1202.5, 0.16, 0.24]]
    """
    compared = comparison(figures, estimates, "count", allow, lines, definitions, reference)
    rows = [_row(candidate) for candidate in compared.candidates]
    spans = list(dict.fromkeys(candidate.span for candidate in compared.candidates))
    named = [d for e in compared.estimates for d in e.group if len(e.group) == 1]
    for dimension in dict.fromkeys([*(d for d in dimensions if _has(compared.counts, d)), *named]):
        rows += _without_estimate(compared, dimension, spans)
    findings = [*compared.findings, *reconcile_parts(compared.estimates, compared.counts)]
    return counts_figure(_sorted(rows), compared.counts.reference, compared.estimates, worst(findings), name)


@dataclass(frozen=True)
class _Span:
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
    span: _Span
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
    figures: Mapping[str, Figure] | Cube,
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
    findings: list[Finding] = []
    for estimate in found:
        for line in lines if not estimate.group else (LINE,):
            matched, said = _matched(estimate, counts, line, allow, definitions)
            candidates += matched
            findings += [*said, *estimate.findings]
    if not candidates:
        raise TableError("No registered number is of the groups that are estimated")
    findings += [_below(candidate) for candidate in candidates if _is_below(candidate)]
    return Comparison(counts, found, tuple(candidates), tuple(dict.fromkeys(findings)))


def _matched(
    estimate: Comparable,
    counts: RegisteredCounts,
    line: str,
    allow: Collection[str],
    definitions: Mapping[str, str],
) -> tuple[list[Candidate], list[Finding]]:
    """Registered numbers of one line beside one estimate, and a finding for each difference that is allowed."""
    match = Match(counts.reference, line, definitions)
    found: list[Candidate] = []
    flagged: dict[str, Pair] = {}
    refused: dict[str, Pair] = {}
    for span, number in _numbers(estimate, counts, line):
        differing = match.differences(estimate, span.period)
        if set(differing) <= set(allow):
            found.append(Candidate(estimate, number, line, span, tuple(differing)))
            flagged |= differing
        else:
            refused = differing
    if refused and not found:
        raise refuse(estimate, refused)
    if "period" in flagged:
        flagged["period"] = (counts.reference.period_label, flagged["period"][1])
    return found, difference_findings(estimate, flagged)


def _numbers(estimate: Comparable, counts: RegisteredCounts, line: str) -> Iterator[tuple[_Span, RegisteredNumber]]:
    """Registered numbers that an estimate may stand beside.

    An estimate a year stands beside every year and beside the mean year of the period; any other beside the
    number of its own period where that is counted, and of the whole period where it is not.
    """
    years, own = counts.years, estimate.reference.period
    spans = [((int(year), int(year)), [year]) for year in years]
    whole = [((int(years[0]), int(years[-1])), [PERIOD])] if years else []
    if not estimate.per_year and own is not None:
        inside = [str(year) for year in range(own[0], own[1] + 1)]
        counted = set(inside) <= set(years) and len(inside) < len(years)
        spans, whole = ([(own, inside)], []) if counted else ([], whole)
    elif len(years) < 2:
        whole = []
    for period, parts in [*spans, *whole]:
        number = _counted(counts, estimate.group, line, tuple(parts))
        if number is not None:
            one_year = period[0] == period[1]
            divisor = len(years) if estimate.per_year and not one_year else 1
            yield _Span(str(period[0]) if one_year else PERIOD, period, tuple(parts), divisor), number


def _counted(counts: RegisteredCounts, group: Group, line: str, parts: tuple[str, ...]) -> RegisteredNumber | None:
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


def _row(candidate: Candidate) -> Row:
    """One row: the registered number, the estimate, and the ratios between them."""
    estimate, registered = candidate.estimate, candidate.value
    low, high = estimate.low, estimate.high
    point = None if estimate.withheld else estimate.point
    kind = "upper bound" if not candidate.number.exact else "period mean" if candidate.span.years > 1 else "exact"
    counted = registered > 0
    return {
        **_group_columns(estimate.group, candidate.line),
        "group": estimate.label if estimate.group or candidate.line == LINE else group_label({}, candidate.line),
        "year": candidate.span.year,
        "period": candidate.span.label,
        "registered": registered,
        "registered_kind": kind,
        "basis": ", ".join(candidate.number.basis),
        "cell": candidate.number.cell if candidate.span.years == 1 else None,
        "estimate_low": low,
        "estimate": point,
        "estimate_high": high,
        "level": estimate.level,
        "share_low": registered / high if high else None,
        "share_high": registered / low if low else None,
        "per_registered_low": low / registered if low and counted else None,
        "per_registered_high": high / registered if high and counted else None,
        "unseen_low": max(low - registered, 0.0) / registered if low and counted else None,
        "unseen_high": max(high - registered, 0.0) / registered if high and counted else None,
        "rival": estimate.rival,
        "withheld": estimate.withheld,
        "method": _method(estimate),
        "lists": ", ".join(estimate.lists),
        "estimate_period": estimate.reference.period_label,
        "source": estimate.reference.source,
        "flagged": "|".join(candidate.differing),
    }


def _method(estimate: Comparable) -> Any:
    if estimate.rival:
        return Sentence("method_rivals")
    if estimate.derived:
        return Sentence("coverage_derived", {"method": estimate.method or "–", "derived": estimate.derived})
    return estimate.method or ""


def _group_columns(group: Group, line: str) -> Row:
    others = [name for name in group if name != "form"]
    form = "+".join(levels_of(group["form"])) if "form" in group else "all"
    codes = ["+".join(levels_of(group[name])) for name in others]
    return {
        "form": form,
        "dimension": ", ".join(others) or ("form" if "form" in group else "total"),
        "category_code": ", ".join(codes) or (form if "form" in group else "total"),
        "line": line,
    }


def _without_estimate(compared: Comparison, dimension: str, spans: list[_Span]) -> list[Row]:
    """Rows of levels that nobody estimated: the registered number, and no share of any other group."""
    having = [levels_of(e.group[dimension]) for e in compared.estimates if set(e.group) == {dimension}]
    levels = [code for code in compared.counts.levels(dimension) if (code,) not in having]
    rows = []
    for level in levels:
        group: Group = {dimension: level}
        nobody = Comparable(group, group_label(group), compared.counts.reference, None, None)
        for span in spans:
            number = _counted(compared.counts, group, LINE, span.parts)
            if number is not None:
                row = _row(Candidate(nobody, number, LINE, span, ()))
                rows.append({**row, "estimate_period": None, "source": ""})
    return rows


def _has(counts: RegisteredCounts, dimension: str) -> bool:
    try:
        return bool(counts.levels(dimension))
    except TableError:
        return False


def _is_below(candidate: Candidate) -> bool:
    low = candidate.estimate.low
    return low is not None and candidate.number.exact and candidate.value > low


def _below(candidate: Candidate) -> Finding:
    label = candidate.estimate.label
    values = {"estimate": dict(label), "period": candidate.span.label, "low": candidate.estimate.low}
    return Finding("coverage_below_registered", Severity.WARNING, label["en"], values)


def _sorted(rows: list[Row]) -> list[Row]:
    """The whole first, then groups by size, those without an estimate last; years before the period."""
    size: dict[str, tuple[float, float]] = {}
    for row in rows:
        key = str(row["group"]["en"])
        estimated = row["estimate_high"] or row["estimate_low"] or 0.0
        largest, registered = size.get(key, (0.0, 0.0))
        size[key] = (max(largest, estimated), max(registered, row["registered"]))

    def order(row: Row) -> tuple[Any, ...]:
        key = str(row["group"]["en"])
        estimated, registered = size[key]
        return (row["dimension"] != "total", -estimated, -registered, key, row["year"], row["rival"])

    return sorted(rows, key=order)
