"""Checks what a study file says about a register, and reads it: every problem at once, before anything is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mse.core.list_metadata import ListMetadata
from mse.core.published_estimate import PublishedEstimate
from mse.errors import MseError, RegistryError, StudyError
from mse.records.register.registry import Registry
from mse.records.register.rules import Rules
from mse.study.config import DataSection, ReferenceSection
from mse.study.monitor_config import MonitorSection
from mse.study.read import Draft

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CheckedMonitor", "check_monitor", "monitor_files"]

_HERE = "monitor"
_FILES = ("victims", "reports", "mapping", "claims")
_REPORTERS, _COUNTS = "reporters", "counts"
_NAMED = (_REPORTERS, _COUNTS)
"""Settings that name a file, or something that ships with the library."""


@dataclass(frozen=True, eq=False)
class CheckedMonitor:
    """What a study file says about a register, without problems.

    Parameters
    ----------
    section : MonitorSection
        The section, defaults included.
    registry : Registry
        The register.
    rules : Rules
        The deciding rules with their options.
    figures : tuple of str
        Numbers of the figures that are made.
    published : tuple of PublishedEstimate
        Estimates that the registered numbers stand beside.
    reporters : mapping of str to ListMetadata
        What is known about the reporters; empty where nothing was asked.
    claims : pandas.DataFrame or None
        Statements of a text as formulas.
    counts : pandas.DataFrame or None
        Registered numbers as they were published before.
    """

    section: MonitorSection
    registry: Registry
    rules: Rules
    figures: tuple[str, ...]
    published: tuple[PublishedEstimate, ...] = ()
    reporters: Mapping[str, ListMetadata] = field(default_factory=dict)
    claims: pd.DataFrame | None = None
    counts: pd.DataFrame | None = None


def monitor_files(section: MonitorSection, folder: Path) -> dict[str, Path]:
    """Return the files that the section names, by the name that the study file gives them."""
    names = [getattr(section, key) for key in (*_FILES, *_NAMED)]
    paths = {name: folder / name for name in names if name is not None}
    shipped = {getattr(section, key) for key in _NAMED}
    return {name: path for name, path in paths.items() if path.is_file() or name not in shipped}


def check_monitor(draft: Draft, plain: Mapping[str, Any], folder: Path) -> CheckedMonitor | None:
    """Read the section of the register; None where it is not there, or has problems."""
    section: MonitorSection | None = draft.sections.get(_HERE)
    if section is None:
        return None
    before = len(draft.problems)
    reference = _check_reference(draft, plain)
    _check_files(draft, section, folder)
    figures = _figures(draft, section)
    rules = _rules(draft, section)
    published = _published(draft, section)
    reporters = _reporters(draft, section, folder)
    claims = _claims(draft, section, folder)
    counts = _counts(draft, section, reference, folder)
    if len(draft.problems) > before or reference is None or rules is None:
        return None
    registry = _registry(draft, section, reference, folder)
    if registry is None:
        return None
    return CheckedMonitor(section, registry, rules, figures, published, reporters, claims, counts)


def _check_reference(draft: Draft, plain: Mapping[str, Any]) -> ReferenceSection | None:
    reference: ReferenceSection | None = draft.sections.get("reference")
    data: DataSection | None = draft.sections.get("data")
    if "reference" not in plain:
        hint = "Write [reference] with period, unit, population, place and source."
        draft.add(("reference",), "is missing: a reader must know what the numbers of a register are about.", hint)
        return None
    if reference is None:
        return None
    if reference.period is None:
        draft.add(("reference", "period"), "is missing: it says which years of the register count.")
    if reference.unit not in ("person", "person-year"):
        what = "should be person or person-year: victims are counted once, or once for every year."
        draft.add(("reference", "unit"), what)
    if data is not None and data.file is not None and data.format not in ("reports", "register"):
        hint = "Use format = 'register', or a published table."
        draft.add(("data", "format"), "and [monitor] share one [reference], and a file of counts has its own.", hint)
    return reference


def _check_files(draft: Draft, section: MonitorSection, folder: Path) -> None:
    for key in _FILES:
        name = getattr(section, key)
        if name is not None and not (folder / name).is_file():
            what = f"names a file that is not there: '{name}'."
            draft.add((_HERE, key), what, "Paths start at the folder of the study.")


def _is_wrong(draft: Draft, *keys: str) -> bool:
    return any(place[:1] == (_HERE,) and place[1:2] and place[1] in keys for place, _, _ in draft.problems)


def _figures(draft: Draft, section: MonitorSection) -> tuple[str, ...]:
    """Numbers of the figures that are asked for."""
    from mse.monitor.counting.indicators import chosen

    if _is_wrong(draft, "edition"):
        return ()
    try:
        known = chosen(section.edition, None)
    except MseError as problem:
        draft.add((_HERE, "edition"), str(problem))
        return ()
    for place, name in enumerate(section.figures):
        try:
            chosen(section.edition, (name,))
        except MseError as problem:
            draft.add((_HERE, "figures", place), str(problem))
    if section.figures:
        return tuple(section.figures)
    wanted = chosen(section.edition, section.profile)
    return tuple(entry.id for entry in known if entry in wanted)


def _rules(draft: Draft, section: MonitorSection) -> Rules | None:
    """The deciding rules; each that is wrong is a problem of its own."""
    if _is_wrong(draft, "edition"):
        return None
    for place, code in enumerate(section.rules_off):
        _try_rules(draft, (_HERE, "rules_off", place), section.edition, off=[code])
    for code, given in section.rules.items():
        _try_rules(draft, (_HERE, "rules", code), section.edition, options={code: given})
    if _is_wrong(draft, "rules", "rules_off"):
        return None
    return Rules(section.edition, frozenset(section.rules_off), section.rules)


def _try_rules(draft: Draft, place: tuple[str | int, ...], edition: str, **given: Any) -> None:
    try:
        Rules(edition, **given)
    except MseError as problem:
        draft.add(place, str(problem))


def _published(draft: Draft, section: MonitorSection) -> tuple[PublishedEstimate, ...]:
    from mse.records.published import published_estimates

    found: list[PublishedEstimate] = []
    for place, name in enumerate(section.published):
        try:
            found += published_estimates(name)
        except MseError as problem:
            draft.add((_HERE, "published", place), str(problem))
    return tuple(found)


def _reporters(draft: Draft, section: MonitorSection, folder: Path) -> Mapping[str, ListMetadata]:
    from mse.records.reporters import read_reporters, reporters

    if section.reporters is None:
        return {}
    try:
        own = folder / section.reporters
        return read_reporters(own) if own.is_file() else reporters(section.reporters)
    except MseError as problem:
        draft.add((_HERE, _REPORTERS), str(problem))
        return {}


def _claims(draft: Draft, section: MonitorSection, folder: Path) -> pd.DataFrame | None:
    from mse.monitor.audit.claim_files import read_claims

    if section.claims is None or not (folder / section.claims).is_file():
        return None
    try:
        return read_claims(folder / section.claims)
    except (StudyError, ValueError) as problem:
        draft.add((_HERE, "claims"), str(problem))
        return None


def _counts(
    draft: Draft, section: MonitorSection, reference: ReferenceSection | None, folder: Path
) -> pd.DataFrame | None:
    from mse.records.published import published_counts, read_published_counts

    if section.counts is None:
        return None
    own = folder / section.counts
    try:
        found = read_published_counts(own) if own.is_file() else published_counts(section.counts)
    except MseError as problem:
        draft.add((_HERE, _COUNTS), str(problem))
        return None
    series = sorted(set(found["series"]))
    if section.series not in series:
        hint = f"There are: {', '.join(series)}."
        draft.add((_HERE, "series"), f"names a series that is not there: '{section.series}'.", hint)
        return None
    period = None if reference is None else reference.to_reference().period
    if period is not None and not found.loc[found["series"] == section.series, "year"].between(*period).any():
        draft.add((_HERE, _COUNTS), f"has no year of the period {period[0]} to {period[1]}.")
    return found


def _registry(draft: Draft, section: MonitorSection, reference: ReferenceSection, folder: Path) -> Registry | None:
    """Read the register; its problems are those of its files, as counts and never with a record."""
    from mse.records.register.read_registry import read_registry

    about = reference.to_reference()
    assert about.period is not None
    try:
        return read_registry(
            folder / section.victims,
            None if section.reports is None else folder / section.reports,
            mapping=None if section.mapping is None else folder / section.mapping,
            period=about.period,
            reference=about,
            edition=section.edition,
        )
    except RegistryError as error:
        for problem in error.problems:
            draft.problems.append(((_HERE, *problem.key.split(".")), problem.what, problem.hint))
        if not error.problems:
            draft.add((_HERE, "victims"), str(error))
    except MseError as error:
        draft.add((_HERE, "victims"), str(error))
    return None
