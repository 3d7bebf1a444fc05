"""`read_registry`: the files of a register, in the columns and codes of the office that keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mse.core.reference import Reference
from mse.errors import Problem, RegistryError, TableError
from mse.lazy import lazy
from mse.records.read import read_frame
from mse.records.register.codebook import codebook
from mse.records.register.mapped import KEYS, MappedFile, mapped, office_columns
from mse.records.register.parse_registry import REPORT_COLUMNS, VICTIM_COLUMNS
from mse.records.register.register_mapping import RegisterMapping
from mse.records.register.register_reconciliation import Reading
from mse.records.register.registry import Registry
from mse.records.register.synthetic import SYNTHETIC, unmarked

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["read_registry"]


def read_registry(
    victims: str | Path,
    reports: str | Path | None = None,
    *,
    mapping: RegisterMapping | Mapping[str, Any] | str | Path | None = None,
    period: tuple[int, int],
    reference: Reference | None = None,
    edition: str = "2015-2019",
) -> Registry:
    """Read a register from its files.

    Parameters
    ----------
    victims : str or Path
        File with one row a victim, or a victim and year: CSV, Excel, Parquet, SPSS or Stata. Without `reports`, the
        file with one row a report on which everything about the victim is repeated.
    reports : str or Path, optional
        File with one row a report.
    mapping : str or Path, or dict, optional
        TOML file that says which column of the office is which field, and what its codes stand for (see the how-to
        guide on registers); by default the files have the library's own columns and codes.
    period : (int, int)
        First and last year that count. Reports of other years are left out and counted.
    reference : Reference, optional
        What the register is about.
    edition : str
        Edition of the code lists.

    Returns
    -------
    Registry
        It knows the persons by number only: their keys are forgotten. `Registry.reconciliation` says what became of
        every report. Its files are synthetic where a column "synthetic" says so of every row of the victims, and of
        every report where the reports have that column.

    Raises
    ------
    mse.errors.RegistryError
        The mapping or the files have problems; all of them are listed, as counts and never with a record.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "extract.csv").write_text("NR;DATUM;BRON;SOORT\\n1;03-04-2018;10;S\\n2;04-04-2018;20;A\\n")
    >>> columns = {"victim": "NR", "date": "DATUM", "reporter": "BRON", "types": "SOORT"}
    >>> codes = {"reporter": {"10": "police", "20": "fairwork"}, "types": {"S": "SU", "A": "AU"}}
    >>> mapping = {"reports": {"columns": columns}, "codes": codes}
    >>> read_registry(folder / "extract.csv", mapping=mapping, period=(2018, 2018))
    Registry of 2 persons and 2 reports, 2018-2018
    """
    plan, book = RegisterMapping.of(mapping, edition), codebook(edition)
    paths = {"reports": victims} if reports is None else {"victims": victims, "reports": reports}
    files: dict[str, MappedFile] = {}
    left, problems = dict[str, int](), list[Problem]()
    for file, path in paths.items():
        frame = _opened(Path(path), file, plan, problems)
        if frame is not None:
            left[file] = unmarked(frame, file)
            files[file] = mapped(frame, file, plan, book)
            problems += files[file].problems
        del frame
    if len(files) < len(paths):
        raise RegistryError("This register cannot be read", problems=problems)
    people = files["victims"].frame if "victims" in files else None
    synthetic = people is not None and len(people) > 0 and not any(left.values())
    if people is not None and synthetic:
        people = people.assign(**{SYNTHETIC: "true"})
    try:
        registry = Registry.from_frames(
            people, files["reports"].frame, period=period,
            reference=reference, edition=edition, synthetic=synthetic, differing=plan.differing,
            reading=_reading(files, plan),
        )  # fmt: skip
    except RegistryError as error:
        told = {problem.key for problem in problems}
        more = [problem for problem in error.problems if problem.key not in told]
        if not error.problems and not problems:
            raise
        raise RegistryError("This register cannot be read", problems=[*problems, *more]) from None
    if problems:
        raise RegistryError("This register cannot be read", problems=problems)
    return registry


def _opened(path: Path, file: str, plan: RegisterMapping, problems: list[Problem]) -> pd.DataFrame | None:
    """The cells of a file; None where it cannot be read, which becomes a problem."""
    how = plan.reading
    keys = [str(source) for name, source in office_columns(file, plan, KEYS).items() if name in KEYS]
    try:
        frame = read_frame(
            path, separator=how.get("separator"), encoding=how.get("encoding"), sheet=plan.sheets.get(file),
            labels=how.get("labels", False), as_text=True, plain=keys,
        )  # fmt: skip
    except TableError as error:  # what was got may be a heading, and a heading may be a record
        problems.append(Problem(file, error.what.rstrip(".") + ".", hint=error.hint))
        return None
    if frame.columns.has_duplicates:
        problems.append(Problem(file, "Two columns of the file have the same name."))
        return None
    return frame


def _reading(files: Mapping[str, MappedFile], plan: RegisterMapping) -> Reading:
    held = {str(name) for file in files.values() for name in file.frame.columns}
    optional = {"year", "role", "organisation", "birth_year"}
    names = dict.fromkeys((*VICTIM_COLUMNS, *REPORT_COLUMNS))
    return Reading(
        version=plan.version, source=plan.source, absent=tuple(n for n in names if n not in held | optional),
        unread=sum(file.unread for file in files.values()),
        unmapped=tuple(item for file in files.values() for item in file.unmapped),
        crosswalked=sum(file.crosswalked for file in files.values()),
    )  # fmt: skip
