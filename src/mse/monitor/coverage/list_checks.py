"""What must be known of the lists before anything is estimated from them: failure, origin, thresholds, legal ground."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from mse.core.cube import Cube
from mse.core.finding import Finding, Severity, worst
from mse.core.list_metadata import ListMetadata
from mse.messages import LANGUAGES
from mse.monitor.coverage.list_failure import Counts, grouped_counts, list_failures, list_label

__all__ = ["check_lists"]

FEWER_MINORS = 0.5
"""Minors are missing from lists that need consent where their share there is less than this times the share on the
others: the consent of a parent or guardian is then the likeliest reason."""

ENOUGH = 30
"""Victims on either side that a comparison of shares of minors needs."""

_MINOR = "minor"
_UNKNOWN = "unknown"


def check_lists(
    lists: Iterable[str],
    metadata: Mapping[str, ListMetadata],
    *,
    period: tuple[int, int],
    counts: Counts | None = None,
    cube: Cube | None = None,
) -> tuple[Finding, ...]:
    """Check lists before an estimate.

    Parameters
    ----------
    lists : iterable of str
        Codes of the lists that are to be used.
    metadata : mapping of str to ListMetadata
        What is known about them (`mse.records.reporters`).
    period : (int, int)
        First and last year.
    counts : mapping of str to mapping of int to int, optional
        Reports by list and year, for years in which a list fails.
    cube : Cube, optional
        Counts with the dimensions reporters and age_band, for minors who are missing.

    Returns
    -------
    tuple of Finding
        Warnings first: lists that failed, that take their persons from others, that report from other thresholds, or
        whose legal ground changed; then notes on consent.

    Examples
    --------
    >>> from mse.records.reporters import reporters
    >>> found = check_lists(["police", "emm"], reporters(), period=(2015, 2019))
    >>> print(found[0])
    List Expertise centre on trafficking and smuggling takes its persons from National Police, Royal Netherlands \
Marechaussee, Labour Inspectorate, investigation service: it is no independent list.
    """
    known = {code: metadata[code] for code in lists if code in metadata}
    found = _failures(known, counts, period) if counts is not None else []
    found += [_derived(entry, metadata) for entry in known.values() if entry.derived_from or entry.role != "reporter"]
    found += _thresholds(known)
    found += _legal_ground(known, period)
    found += _minors(known, period, cube)
    return worst(found)


def _failures(known: Mapping[str, ListMetadata], counts: Counts, period: tuple[int, int]) -> list[Finding]:
    own = {code: years for code, years in counts.items() if code in known}
    failures = list_failures({**own, **grouped_counts(own, known)})
    return [failure.finding() for failure in failures if period[0] <= failure.year <= period[1]]


def _derived(entry: ListMetadata, metadata: Mapping[str, ListMetadata]) -> Finding:
    sources = _named([metadata[code].label if code in metadata else list_label(code) for code in entry.derived_from])
    code = f"list_derived_{entry.role}" if entry.derived_from else "list_derived_unknown"
    return Finding(code, Severity.WARNING, entry.code, {"name": dict(entry.label), "sources": sources})


def _thresholds(known: Mapping[str, ListMetadata]) -> list[Finding]:
    reporting = [entry for entry in known.values() if entry.role == "reporter"]
    own = [entry for entry in reporting if entry.threshold]
    if not own or len({entry.threshold.get("en", "") for entry in reporting}) < 2:
        return []
    said = {
        language: "; ".join(f"{entry.label[language]}: {entry.threshold[language]}" for entry in own)
        for language in LANGUAGES
    }
    return [Finding("lists_other_thresholds", Severity.WARNING, "thresholds", {"thresholds": said})]


def _legal_ground(known: Mapping[str, ListMetadata], period: tuple[int, int]) -> list[Finding]:
    years = range(period[0], period[1] + 1)
    found = []
    without = [e for e in known.values() if e.rules and any(e.has_legal_basis(year) is False for year in years)]
    mixed = [
        e for e in known.values()
        if e not in without and e.rules and any(e.has_legal_basis(year) is None for year in years)
    ]  # fmt: skip
    for code, entries in (("lists_without_legal_basis", without), ("lists_with_mixed_basis", mixed)):
        if entries:
            named = {"names": _named([entry.label for entry in entries])}
            found.append(Finding(code, Severity.NOTE, "legal_basis", named))
    changed: dict[str, list[ListMetadata]] = {}
    for entry in known.values():
        for day in entry.changes(*period):
            changed.setdefault(day.isoformat(), []).append(entry)
    for day_text, entries in sorted(changed.items()):
        values = {"date": day_text, "names": _named([entry.label for entry in entries])}
        found.append(Finding("lists_rule_changed", Severity.WARNING, "legal_basis", values))
    return found


def _minors(known: Mapping[str, ListMetadata], period: tuple[int, int], cube: Cube | None) -> list[Finding]:
    """Minors need the consent of a parent or guardian: are they missing where that is asked?"""
    years = range(period[0], period[1] + 1)
    asking = [entry for entry in known.values() if any(entry.needs_consent(year) for year in years)]
    if not asking:
        return []
    names = {"names": _named([entry.label for entry in asking])}
    if cube is not None:
        codes = {entry.code for entry in asking}
        others = [entry.code for entry in known.values() if entry.code not in codes and entry.role == "reporter"]
        theirs, n_theirs = _share_of_minors(cube, codes)
        elsewhere, n_elsewhere = _share_of_minors(cube, others)
        if min(n_theirs, n_elsewhere) >= ENOUGH and theirs < FEWER_MINORS * elsewhere:
            values = {**names, "share": round(theirs, 2), "others": round(elsewhere, 2)}
            return [Finding("minors_missing_by_consent", Severity.WARNING, "minors", values)]
    return [Finding("minors_need_consent", Severity.NOTE, "minors", names)]


def _share_of_minors(cube: Cube, codes: Collection[str]) -> tuple[float, int]:
    """Share of minors among those of known age on some lists, and how many those are."""
    ages = cube.containing("reporters", *codes).by("age_band") if codes else {}
    known = sum(count for age, count in ages.items() if age != _UNKNOWN)
    return (ages.get(_MINOR, 0) / known if known else 0.0), known


def _named(texts: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Names in every language, separated by commas."""
    every = list(texts)
    return {language: ", ".join(text[language] for text in every) for language in LANGUAGES}
