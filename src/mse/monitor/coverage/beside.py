"""Registered beside estimated: what share of a population is registered, and how many are unseen for each one seen.

The share of one group is never used for another: a group without an estimate of its own has none.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from mse.core.cube import Cube
from mse.core.finding import worst
from mse.core.reference import Reference
from mse.core.sentence import Sentence, Text
from mse.errors import TableError
from mse.messages import LANGUAGES
from mse.monitor.coverage.comparable import Comparable
from mse.monitor.coverage.comparison import Candidate, Comparison, Estimates, Span, comparison, counted
from mse.monitor.coverage.coverage_figure import ComparedFigure, counts_figure
from mse.monitor.coverage.coverage_parts import reconcile_parts
from mse.monitor.coverage.matching import MONITOR_DEFINITIONS
from mse.monitor.coverage.registered import LINE, FigureSource, RegisteredCounts, group_label, levels_of

if TYPE_CHECKING:
    from mse.core.published_estimate import Group

__all__ = ["registered_versus_estimated"]

Row = dict[str, Any]


def registered_versus_estimated(
    figures: FigureSource | Cube,
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
    figures : Figures, mapping of str to Figure, or Cube
        Figures of the monitor by number: "2.7" (form), "2.8" (sex), "2.9" (region), "2.10" (age) and "2.1" (lines),
        as far as there are. A cube with a dimension year counts every group exactly, also where no figure does.
    estimates : Estimate, PublishedEstimate, or iterable of these
        Estimates of the whole and of parts. Parts of an `Estimate` are named as the levels of one characteristic. Only
        numbers are used; for shares there is `shares_versus_estimated`.
    allow : collection of {"period", "population", "unit", "place", "definition"}
        In what registered numbers and estimates may differ; each difference is then flagged.
    lines : sequence of str
        Population lines that registered numbers are counted by. Figures count the whole by all of them, and groups by
        that of the monitor only; a cube counts by the line that its reference names.
    dimensions : sequence of str
        Characteristics of which every level has a row, by each of the lines that count it; one without an estimate of
        its own has no share.
    definitions : mapping of str to str
        How the registered numbers define characteristics; a published estimate must say the same.
    reference : Reference, optional
        What the registered numbers are about; by default that of the figures, which it may not contradict.
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
        A registered number and an estimate are about different things, in a way that is not allowed; they are totals
        over different numbers of years; or it cannot be told which part of the population is estimated.
    mse.errors.TableError
        There is no number to compare, or a group is not counted by the lines that are asked for.

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
        rows += _without_estimate(compared, dimension, spans, lines)
    findings = [*compared.findings, *reconcile_parts(compared.estimates, compared.counts)]
    rows = _sorted(rows, by_size=compared.counts.reference.public)
    return counts_figure(rows, compared.counts.reference, compared.estimates, worst(findings), name)


def _row(candidate: Candidate) -> Row:
    """One row: the registered number, the estimate, and the ratios between them."""
    estimate, registered = candidate.estimate, candidate.value
    low, high = estimate.low, estimate.high
    point = None if estimate.withheld else estimate.point
    kind = "upper bound" if not candidate.number.exact else "period mean" if candidate.span.years > 1 else "exact"
    counted = registered > 0
    return {
        **_group_columns(estimate.group, candidate.line),
        "group": _label(candidate),
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


def _label(candidate: Candidate) -> Text:
    """What is set side by side; by which line, unless that is the line of the monitor."""
    estimate, line = candidate.estimate, group_label({}, candidate.line)
    if candidate.line == LINE:
        return estimate.label
    return {name: f"{estimate.label[name]} – {line[name]}" for name in LANGUAGES} if estimate.group else line


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


def _without_estimate(compared: Comparison, dimension: str, spans: list[Span], lines: Sequence[str]) -> list[Row]:
    """Rows of levels that nobody estimated: the registered number, and no share of any other group."""
    counts = compared.counts
    having = [levels_of(e.group[dimension]) for e in compared.estimates if set(e.group) == {dimension}]
    levels = [code for code in counts.levels(dimension) if (code,) not in having]
    rows = []
    for level, line, span in product(levels, dict.fromkeys(lines), spans):
        group: Group = {dimension: level}
        number = counted(counts, group, line, span.parts)
        if number is not None:
            nobody = Comparable(group, group_label(group), counts.reference, None, None)
            rows.append({**_row(Candidate(nobody, number, line, span, ())), "estimate_period": None, "source": ""})
    return rows


def _has(counts: RegisteredCounts, dimension: str) -> bool:
    try:
        return bool(counts.levels(dimension))
    except TableError:
        return False


def _sorted(rows: list[Row], *, by_size: bool) -> list[Row]:
    """The whole first, then groups by what is estimated and, where counts are public, by size; years before the period.

    Where counts may be withheld, a row's place between two others would say how large it is.
    """
    estimated: dict[str, float] = {}
    registered: dict[str, float] = {}
    for row in sorted(rows, key=lambda row: str(row["year"])):
        key = str(row["group"]["en"])
        estimated[key] = max(estimated.get(key, 0.0), row["estimate_high"] or row["estimate_low"] or 0.0)
        registered[key] = row["registered"]

    def order(row: Row) -> tuple[Any, ...]:
        key = str(row["group"]["en"])
        place = (row["dimension"] != "total", -estimated[key], -registered[key] if by_size else 0)
        return (*place, key, row["year"], row["rival"])

    return sorted(rows, key=order)
