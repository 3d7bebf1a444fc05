"""From the data section of a study file to the table that is estimated from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mse.core.table import CaptureTable
from mse.errors import StudyError
from mse.study.config import DataSection, ReferenceSection, RegisterSection, ReportsSection, in_languages
from mse.study.covariates import Table

if TYPE_CHECKING:
    from mse.study.monitor_check import CheckedMonitor

__all__ = ["input_files", "list_meanings", "load_table"]


def load_table(
    data: DataSection, reference: ReferenceSection | None, folder: Path, monitor: CheckedMonitor | None = None
) -> Table:
    """Read the table of a study; covariates stay in.

    Parameters
    ----------
    data : DataSection
        Filled in (`DataSection.filled`).
    reference : ReferenceSection or None
    folder : Path
        Folder of the study file; files are looked for from there.
    monitor : CheckedMonitor, optional
        The register, for format "register".

    Returns
    -------
    CaptureTable or PartialTable

    Raises
    ------
    mse.errors.TableError
        The data are not what the section says.
    """
    table = _source_table(data, reference, folder, monitor)
    for name in data.drop:
        table = table.drop_list(name)
    return table.merge_lists(data.merge) if data.merge else table


def _source_table(
    data: DataSection, reference: ReferenceSection | None, folder: Path, monitor: CheckedMonitor | None
) -> Table:
    from mse.records import datasets
    from mse.records.read import read_frame, read_table
    from mse.records.tabulate import tabulate

    if data.from_register is not None:
        return _register_table(data, data.from_register, monitor)
    if data.dataset is not None:
        return datasets.load(data.dataset)
    path = folder / str(data.file)
    about = None if reference is None else reference.to_reference()
    reading = data.reading.model_dump()
    if data.reports is not None:
        options = _report_options(data.reports, folder)
        if about is not None:
            options["unit"] = about.unit
            options["period"] = about.period if data.reports.date or data.reports.exploitation_date else None
        return tabulate(read_frame(path, **reading), covariates=data.covariates, reference=about, **options)
    return read_table(
        path,
        lists=data.lists or None,
        count=data.count if data.format == "counts" else None,
        covariates=data.covariates,
        reference=about,
        **reading,
    )


def _register_table(data: DataSection, lists: RegisterSection, monitor: CheckedMonitor | None) -> CaptureTable:
    """Count the victims of a register by the lists that they are on, under the rules and in the unit of its figures."""
    if monitor is None or monitor.registry.reference is None:
        raise StudyError("Data of format 'register' need the register of [monitor]")
    return monitor.registry.table(
        lists.lists,
        covariates=data.covariates,
        rules=monitor.rules,
        unit=monitor.registry.reference.unit,
        line=lists.line,
    )


def _report_options(reports: ReportsSection, folder: Path) -> dict[str, Any]:
    from mse.records.read import read_frame

    options = reports.model_dump(exclude={"mapping", "resolve", "operating"})
    if reports.operating is not None:
        options["operating"] = read_frame(folder / reports.operating)
    lists = folder / reports.mapping if isinstance(reports.mapping, str) else reports.mapping
    resolve = {
        name: ("hierarchy", rule["hierarchy"]) if isinstance(rule, dict) else rule
        for name, rule in reports.resolve.items()
    }
    return {**options, "lists": lists, "resolve": resolve}


def input_files(data: DataSection, folder: Path) -> dict[str, Path]:
    """Return the files that the data come from, by the name that the study file gives them."""
    names = [] if data.file is None else [data.file]
    if data.reports is not None:
        files = (data.reports.mapping, data.reports.operating)
        names += [name for name in files if isinstance(name, str)]
    return {name: folder / name for name in names}


def list_meanings(data: DataSection, table: Table) -> dict[str, Mapping[str, str]]:
    """Return what each list of the table stands for, as far as the dataset or the study file says."""
    from mse.messages import LANGUAGES
    from mse.records import datasets

    known: dict[str, Mapping[str, str]] = {}
    if data.dataset is not None:
        spelled_out = {language: datasets.about(data.dataset, language).lists for language in LANGUAGES}
        known = {name: {lang: spelled_out[lang][name] for lang in LANGUAGES} for name in spelled_out["en"]}
    known |= {name: in_languages(text) for name, text in data.meanings.items()}
    for name, members in data.merge.items():
        if name not in known and all(member in known for member in members):
            known[name] = {lang: "; ".join(known[member][lang] for member in members) for lang in LANGUAGES}
    return {name: known[name] for name in table.lists if name in known}
