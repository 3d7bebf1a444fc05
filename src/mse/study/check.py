"""Checks a study file as a whole before anything runs: every problem at once, with its key, line and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mse.core.reference import Reference
from mse.errors import MseError, StudyError, did_you_mean
from mse.models.search import Search
from mse.monitor.coverage.registered import LINE
from mse.monitor.disclosure.earlier import Published
from mse.monitor.disclosure.protected import Protected
from mse.monitor.disclosure.suppression import MINIMUM
from mse.study.config import ContextRow, DataSection, ReferenceSection, ReleaseSection, Study
from mse.study.covariates import Table
from mse.study.data import input_files, list_meanings, load_table
from mse.study.estimate_check import check_bootstrap, check_covariates, check_estimate, estimate_section
from mse.study.lines import Place, key_lines
from mse.study.monitor_check import CheckedMonitor, check_monitor
from mse.study.posterior_check import CheckedPosterior, check_posteriors
from mse.study.read import Draft, read_draft, read_toml
from mse.study.scopes import order_of, reach

__all__ = ["CheckedStudy", "check_study"]


@dataclass(frozen=True, eq=False)
class CheckedStudy:
    """A study file without problems, with the table it is about.

    Parameters
    ----------
    path : Path
        The study file.
    study : Study
        What it says, defaults included.
    table : CaptureTable or PartialTable or None
        The table, all covariates included; None where nothing is estimated.
    meanings : mapping of str to mapping
        What each list stands for, by language.
    searches : tuple of Search
        The searches that are made, one a scope.
    monitor : CheckedMonitor or None
        The register; None where there is none.
    estimated : CaptureTable or PartialTable or None
        The table that is estimated from, with the covariates that models hold.
    posteriors : tuple of CheckedPosterior
        The Bayesian estimates beside it.
    """

    path: Path
    study: Study
    table: Table | None
    meanings: Mapping[str, Mapping[str, str]]
    searches: tuple[Search, ...]
    monitor: CheckedMonitor | None = None
    estimated: Table | None = None
    posteriors: tuple[CheckedPosterior, ...] = ()

    @property
    def folder(self) -> Path:
        """Folder of the study file."""
        return self.path.parent

    @property
    def reference(self) -> Reference | None:
        """What the study is about: its register, where it has one, else its table."""
        if self.monitor is not None:
            return self.monitor.registry.reference
        return None if self.table is None else self.table.reference

    @property
    def estimates_register(self) -> bool:
        """Whether what is estimated from is the register of the figures."""
        return self.study.data is not None and self.study.data.format in ("register", "reports")

    @property
    def line(self) -> str:
        """Population line of the register that is estimated."""
        data = self.study.data
        return LINE if data is None or data.from_register is None else data.from_register.line

    @property
    def policy(self) -> str | Protected | None:
        """The release policy, with its settings."""
        section = self.study.release
        if section.policy != "protected":
            return section.policy
        before = None if section.previous is None else Published.read(self.folder / section.previous)
        return Protected(
            minimum=section.minimum or MINIMUM, rounding=section.rounding, previous=before, argus=section.argus
        )

    @property
    def bootstrap_place(self) -> int:
        """Which of the searches every bootstrap replicate repeats."""
        section = self.study.bootstrap
        if section is None or section.scope is None or self.estimated is None:
            return 0
        wanted = reach(self.estimated, order_of(section.scope))
        return [reach(self.estimated, search.max_order) for search in self.searches].index(wanted)


def check_study(path: str | Path) -> CheckedStudy:
    """Read and check a study file.

    Parameters
    ----------
    path : str or Path
        The study file.

    Returns
    -------
    CheckedStudy

    Raises
    ------
    mse.errors.StudyError
        There is something wrong with it; `problems` holds everything that is.
    """
    path = Path(path)
    text, plain = read_toml(path)
    draft = read_draft(plain)
    if "data" not in plain and "monitor" not in plain:
        draft.add(("data",), "is missing.", "A study has a section [data], [monitor] or both.")
    monitor = check_monitor(draft, plain, path.parent)
    table = _check_data(draft, plain, path.parent, monitor)
    estimated = check_covariates(draft, table)
    searches = check_estimate(draft, estimated)
    check_bootstrap(draft, estimated, searches)
    posteriors = check_posteriors(draft, table)
    _check_release(draft, table, path.parent)
    _check_context(draft)
    if not draft.problems:
        study = Study.model_validate(plain).filled()
        meanings = {} if study.data is None or table is None else list_meanings(study.data, table)
        return CheckedStudy(path, study, table, meanings, searches, monitor, estimated, posteriors)
    problems = draft.listed(key_lines(text))
    number = "one problem" if len(problems) == 1 else f"{len(problems)} problems"
    raise StudyError(f"Study file '{path}' has {number}", problems=problems)


# ---------------------------------------------------------------------- data


def _check_data(draft: Draft, plain: Mapping[str, Any], folder: Path, monitor: CheckedMonitor | None) -> Table | None:
    data: DataSection | None = draft.sections.get("data")
    reference: ReferenceSection | None = draft.sections.get("reference")
    if data is None:
        return None
    if reference is not None:
        _check_period(draft, ("reference", "period"), reference.period)
    if data.format == "register" or data.from_register is not None:
        _check_register(draft, data, plain)
    elif (data.dataset is None) == (data.file is None):
        what = "needs a published table or a file." if data.file is None else "has a published table and a file."
        draft.add(("data",), what, "Give one of dataset= and file=.")
    elif data.dataset is not None:
        _check_dataset(draft, data, plain)
    else:
        _check_file(draft, data, reference, plain, folder)
    mistaken = any(place[0] in ("data", "reference", "monitor") for place, _, _ in draft.problems)
    try:
        table = load_table(data.filled(estimate_section(draft)), reference, folder, monitor)
    except MseError as problem:
        if not mistaken:
            named = "from_register" if data.from_register else "dataset" if data.file is None else "file"
            draft.add(("data", named), str(problem))
        return None
    _check_lists(draft, data, table)
    return table


def _check_register(draft: Draft, data: DataSection, plain: Mapping[str, Any]) -> None:
    if (data.format == "register") != (data.from_register is not None):
        draft.add(("data", "from_register"), "and format = 'register' belong together.")
    if "monitor" not in plain:
        draft.add(("data", "format"), "register takes the register of [monitor].", "Write [monitor] with its files.")
    for key in ("dataset", "file", "count", "reading", "reports"):
        if key in plain["data"]:
            draft.add(("data", key), "is for tables and files, and the data are the register.", "Leave it out.")


def _check_dataset(draft: Draft, data: DataSection, plain: Mapping[str, Any]) -> None:
    from mse.records import datasets

    if data.dataset not in datasets.names():
        draft.add(
            ("data", "dataset"),
            f"names no published table: '{data.dataset}'.",
            did_you_mean(str(data.dataset), datasets.names()),
        )
    if "reference" in plain and "monitor" not in plain:
        draft.add(("reference",), "is for files; a published table brings its own reference.", "Leave it out.")
    for key in ("format", "count", "covariates", "reading", "reports"):
        if key in plain["data"]:
            draft.add(("data", key), "is for files, and the data are a published table.", "Leave it out.")


def _check_file(
    draft: Draft, data: DataSection, reference: ReferenceSection | None, plain: Mapping[str, Any], folder: Path
) -> None:
    for name, path in input_files(data, folder).items():
        if not path.is_file():
            key = "mapping" if data.reports is not None and name == data.reports.mapping else "operating"
            place: Place = ("data", "file") if name == data.file else ("data", "reports", key)
            draft.add(place, f"names a file that is not there: '{name}'.", "Paths start at the folder of the study.")
    if "reference" not in plain:
        hint = "Write [reference] with period, unit, population, place and source."
        draft.add(("reference",), "is missing: a reader must know what the numbers of a file are about.", hint)
    if (data.format == "reports") != (data.reports is not None):
        draft.add(("data", "reports"), "and format = 'reports' belong together.")
    if data.format == "reports" and reference is not None and reference.unit not in ("person", "person-year"):
        draft.add(("reference", "unit"), "should be person or person-year: reports are counted into one of these.")


def _check_lists(draft: Draft, data: DataSection, table: Table) -> None:
    merged = {member for members in data.merge.values() for member in members}
    known = {*table.lists, *data.drop, *merged}
    for place, name in enumerate(data.lists):
        if name not in known:
            hint = did_you_mean(name, table.lists)
            draft.add(("data", "lists", place), f"names no list of the table: '{name}'.", hint)
    if data.lists and (silent := [name for name in table.lists if name not in {*data.lists, *data.merge}]):
        draft.add(("data", "lists"), f"leaves out lists of the table: {', '.join(silent)}.", "Use drop= for that.")
    for name in data.meanings:
        if name not in known:
            hint = did_you_mean(name, table.lists)
            draft.add(("data", "meanings", name), "is no list of the table.", hint)


# ---------------------------------------------------------------------- release and context


def _check_release(draft: Draft, table: Table | None, folder: Path) -> None:
    release: ReleaseSection | None = draft.sections.get("release")
    if release is None:
        return
    for key in ("minimum", "rounding", "previous", "argus"):
        if getattr(release, key) not in (None, False) and release.policy != "protected":
            draft.add(("release", key), "goes with policy = 'protected' only.")
    if release.previous is not None:
        _check_previous(draft, folder / release.previous, release.previous)
    if release.policy == "public_source":
        hint = "Say public = true and source = … in [reference], or leave policy out."
        for about in _references(draft, table):
            if about is None or not about.public or not about.source:
                draft.add(("release", "policy"), "is for counts that are published, with their source.", hint)


def _references(draft: Draft, table: Table | None) -> list[Reference | None]:
    """What is written is about these."""
    register: ReferenceSection | None = draft.sections.get("reference")
    found = [] if table is None else [table.reference]
    return [*found, register.to_reference()] if register is not None and "monitor" in draft.sections else found


def _check_previous(draft: Draft, path: Path, name: str) -> None:
    if not path.is_file():
        draft.add(("release", "previous"), f"names a file that is not there: '{name}'.")
        return
    try:
        Published.read(path)
    except MseError:
        draft.add(("release", "previous"), "is no published.json of a release.")


def _check_context(draft: Draft) -> None:
    rows: list[ContextRow | None] = draft.sections.get("context", [])
    for place, row in enumerate(rows):
        if row is None:
            continue
        here: Place = ("context", place)
        _check_period(draft, (*here, "period"), row.period)
        silent = row.value is None and row.lower is None and row.upper is None
        if silent != row.unknown:
            what = "is missing, and so are lower and upper." if silent else "is given, and unknown = true."
            draft.add((*here, "value"), what, "Give a figure, or say unknown = true.")
        if row.lower is not None and row.upper is not None and row.upper < row.lower:
            draft.add((*here, "upper"), "is below lower.")


def _check_period(draft: Draft, place: Place, period: list[int] | None) -> None:
    if period is not None and period[1] < period[0]:
        draft.add(place, f"runs backwards: {period[0]} to {period[1]}.", "Write the first year, then the last.")
