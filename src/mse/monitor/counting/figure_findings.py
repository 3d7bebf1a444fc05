"""What a reader of the monitor's figures must know: breaks in the series, what is unknown, who has no report."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from mse.core.figure import Figure
from mse.core.finding import Finding, Severity
from mse.messages.labels import label
from mse.monitor.counting.indicator import Category, Indicator
from mse.monitor.counting.source import CubeSource
from mse.monitor.counting.whole_counts import fewer_reports, whole_count
from mse.records.register.codebook import Codebook

__all__ = ["figure_findings"]

UNKNOWN_SHARE = 0.1
"""From this share on, what is unknown is a finding: it can turn the order of categories around."""

_UNKNOWN: Mapping[str, tuple[str, str, str]] = {
    "2.3": ("types", "unknown", "total"),
    "2.4a": ("sector_sexual", "unknown", "any_SU"),
    "2.5": ("sector_labour", "unknown", "total"),
    "2.6": ("kind_criminal", "unknown", "total"),
    "2.8": ("sex", "unknown", "total"),
    "2.9": ("region", "unknown", "total"),
    "2.10": ("age", "unknown", "total"),
}
"""What is not known in a figure, with the categories that are its part and whole."""

_FIELDS = {"sectors_sexual": "2.4a", "sectors_labour": "2.5", "kinds_criminal": "2.6", "types": "2.3"}
"""Figure that shows a field of the code lists."""


def figure_findings(
    figures: Mapping[str, Figure], indicators: Collection[Indicator], source: CubeSource, window: tuple[int, int],
    book: Codebook,
) -> tuple[Finding, ...]:  # fmt: skip
    """Find what a reader of figures must know.

    Parameters
    ----------
    figures : mapping of str to Figure
        The figures.
    indicators : collection of Indicator
        What they count, those that the window leaves out too.
    source : CubeSource
        What they were counted from.
    window : (int, int)
        First and last year.
    book : Codebook
        Code lists of the edition.
    """
    found = [*_breaks(figures, indicators, window, book), *_unknown(figures)]
    if "2.7" in figures and "2.11" in figures:
        found += _without_report(source, window)
        found += _fewer_reports(figures["2.7"], figures["2.11"]) if source.rules.is_on("R42") else []
    if {"2.7", "tab2.1"} & set(figures):
        dual = source.within(window, "dual_nationality").count(dual_nationality="yes")
        found += [Finding("monitor_dual_nationality", Severity.NOTE, "nationality", {"n": dual})] if dual else []
    return tuple(found)


def _breaks(
    figures: Mapping[str, Figure], indicators: Collection[Indicator], window: tuple[int, int], book: Codebook
) -> Iterator[Finding]:
    for name, codes in book.new.items():
        for code in codes if _FIELDS.get(name) in figures else ():
            named = next(one for one in indicators if one.id == _FIELDS[name]).said(Category(code, ()))
            yield Finding("monitor_new_category", Severity.NOTE, name, {"name": code, "named": named})
    for indicator in indicators:
        if indicator.since is not None and window[0] < book.since[indicator.since]:
            values = {"figure": indicator.id, "year": str(book.since[indicator.since])}
            yield Finding("monitor_recorded_since", Severity.NOTE, indicator.since, values)


def _unknown(figures: Mapping[str, Figure]) -> Iterator[Finding]:
    for number, (name, part, whole) in _UNKNOWN.items():
        if number in figures:
            n, of = (whole_count(figures[number], name) for name in (part, whole))
            if of and n / of >= UNKNOWN_SHARE:
                yield Finding(f"monitor_unknown_{name}", Severity.NOTE, number, {"n": n, "whole": of})


def _without_report(source: CubeSource, window: tuple[int, int]) -> Iterator[Finding]:
    none = source.within(window, "form", "reporters").count(reporters="")
    if none:
        yield Finding("monitor_without_report", Severity.WARNING, "reports", {"n": none})


def _fewer_reports(victims: Figure, reports: Figure) -> Iterator[Finding]:
    for form, n, seen in fewer_reports(victims, reports):
        values = {"form": label("form", form), "reports": n, "n": seen}
        yield Finding("monitor_fewer_reports", Severity.WARNING, form, values)
