"""Whether estimates of parts add up to the estimate of the whole; reported, never forced."""

from __future__ import annotations

from collections.abc import Sequence

from mse.core.finding import Finding, Severity
from mse.core.sentence import Sentence
from mse.messages import LANGUAGES
from mse.monitor.counting.dimension_labels import level_label
from mse.monitor.coverage.comparable import Comparable
from mse.monitor.coverage.registered import RegisteredCounts, levels_of

__all__ = ["reconcile_parts"]

_TOLERANCE = 0.005
"""Parts and whole of one fit differ by rounding only; published ones are rounded to three digits, so by up to half a
per cent."""

Key = tuple[object, ...]


def reconcile_parts(estimates: Sequence[Comparable], counts: RegisteredCounts) -> list[Finding]:
    """Compare the sum of disjoint parts with the whole that has the same source and period.

    Parts that overlap, such as minors in a form beside the form, are left out of the sum. A sum needs an estimate for
    every level; where one has none, that is said and nothing is added up.
    """
    found: list[Finding] = []
    for whole in estimates:
        if whole.group or whole.low is None or whole.rival or whole.kind != "count":
            continue
        fellows = [part for part in estimates if _key(part) == _key(whole) and part.group and part.kind == "count"]
        for dimension in dict.fromkeys(name for part in fellows if len(part.group) == 1 for name in part.group):
            parts = [part for part in fellows if set(part.group) == {dimension}]
            found += _reconciled(whole, dimension, parts, counts)
    return list(dict.fromkeys(found))


def _key(estimate: Comparable) -> Key:
    about = estimate.reference
    return (about.period, about.unit, about.population, about.place, about.source, estimate.per_year)


def _reconciled(whole: Comparable, dimension: str, parts: list[Comparable], counts: RegisteredCounts) -> list[Finding]:
    disjoint = [part for part in parts if not any(_overlap(part, other, dimension) for other in parts)]
    found: list[Finding] = []
    if overlapping := [part for part in parts if part not in disjoint]:
        labels = {language: ", ".join(part.label[language] for part in overlapping) for language in LANGUAGES}
        found.append(_note("coverage_parts_overlap", dimension, names=labels))
    levels = counts.levels(dimension)
    if not levels or not disjoint:
        return found
    covered = {level for part in disjoint for level in levels_of(part.group[dimension])}
    if missing := [level for level in levels if level not in covered]:
        fields = {"names": _levels(dimension, sorted(covered)), "missing": _levels(dimension, missing)}
        return [*found, _note("coverage_parts_missing", dimension, **fields)]
    points = _sum([part.point for part in disjoint])
    if points is not None and whole.point is not None:
        apart = abs(points - whole.point) > _TOLERANCE * whole.point
        sums = {"sum": points, "whole": whole.point}
        code = "coverage_parts_sum_apart" if apart else "coverage_parts_sum"
        return [*found, _judged(code, dimension, apart, sums)]
    low, high = _sum([part.low for part in disjoint]), _sum([part.high for part in disjoint])
    if low is None or high is None or whole.low is None or whole.high is None:
        return found
    apart = low > whole.high * (1 + _TOLERANCE) or high < whole.low * (1 - _TOLERANCE)
    limits = {"low": low, "high": high, "whole_low": whole.low, "whole_high": whole.high}
    code = "coverage_parts_span_apart" if apart else "coverage_parts_span"
    return [*found, _judged(code, dimension, apart, limits)]


def _judged(code: str, dimension: str, apart: bool, fields: dict[str, float]) -> Finding:
    """A warning where the sum is another number than the whole, a note where it is not."""
    severity = Severity.WARNING if apart else Severity.NOTE
    return Finding(code, severity, dimension, {"dimension": _named(dimension), **fields})


def _note(code: str, dimension: str, **values: object) -> Finding:
    return Finding(code, Severity.NOTE, dimension, {"dimension": _named(dimension), **values})


def _levels(dimension: str, codes: Sequence[str]) -> dict[str, str]:
    """Levels of a dimension in both languages."""
    texts = [level_label(dimension, code) for code in codes]
    return {language: ", ".join(text[language] for text in texts) for language in LANGUAGES}


def _named(dimension: str) -> dict[str, str]:
    """A dimension in both languages."""
    return dict(Sentence(f"coverage_dimension_{dimension}"))


def _overlap(part: Comparable, other: Comparable, dimension: str) -> bool:
    if part is other:
        return False
    return not set(levels_of(part.group[dimension])).isdisjoint(levels_of(other.group[dimension]))


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None
