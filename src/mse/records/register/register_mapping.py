"""`RegisterMapping`: where an office's extract of the register holds each field, and what its codes stand for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from mse.core.cube import members_of
from mse.errors import Problem, RegistryError, did_you_mean, spelled
from mse.records.register.assemble import RESOLUTIONS
from mse.records.register.codebook import Codebook, codebook, regions
from mse.records.register.parse_registry import ATTRIBUTES, COUNTRIES, REPORT_COLUMNS, SETS, VICTIM_COLUMNS
from mse.records.toml_file import read_toml

__all__ = ["COLUMNS", "OTHERWISE", "RegisterMapping", "Source", "codes_known"]

Source = str | tuple[str, ...] | Mapping[str, str]
"""Where a field stands: one column, several for one set, or a column of yes and no for every code of a set."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "victims": VICTIM_COLUMNS,
    "reports": (*REPORT_COLUMNS, *ATTRIBUTES),
}
"""Fields that each file may hold."""

OTHERWISE = "*"
"""Stands for every code that the mapping does not name."""

_UNCODED = ("victim", "case", "date")
_READING: Mapping[str, Any] = {
    "separator": str, "encoding": str, "several": str, "missing": list, "labels": (bool, list),
}  # fmt: skip
_PARTS = ("version", "source", "victims", "reports", "codes", "crosswalk", "differing", "reading")
_BIRTH = ("birth_date", "date_of_birth", "geboortedatum", "dob")
_HINT_BIRTH = (
    "Dates of birth are not read: let the office compute the age at the report (age), or map the year (birth_year)."
)


@dataclass(frozen=True)
class RegisterMapping:
    """What stands where in the files of an office.

    Parameters
    ----------
    columns : mapping of str to mapping
        Under "victims" and "reports", the column or columns of the office by field. An empty text says that a column
        with the name of a field is not that field.
    codes : mapping of str to mapping
        By field, what each code of the office stands for; "" for unknown, "*" for every other code.
    crosswalk : mapping of str to mapping
        By field and reporter, what each code of that reporter stands for. Codes that it does not name are unknown,
        and counted.
    differing : mapping of str to str
        By field, which value counts where reports of one victim differ: "first", "last" or "unknown".
    sheets : mapping of str to str
        Sheets of "victims" and "reports" in a workbook.
    reading : mapping of str to object
        How the files are written: separator, encoding, several (between codes of one cell), missing (texts that mean
        an empty cell), labels (whether SPSS and Stata labels are read, or of which columns).
    version, source : str
        Version of the mapping, by default a hash of its content, and where it comes from.
    edition : str
        Edition of the code lists.

    Raises
    ------
    mse.errors.RegistryError
        The mapping names fields or codes that are none; all of that is listed.

    Examples
    --------
    >>> mapping = RegisterMapping({"reports": {"reporter": "MELDER"}}, codes={"reporter": {"1": "police"}})
    >>> mapping.codes["reporter"]["1"]
    'police'
    """

    columns: Mapping[str, Mapping[str, Source]] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    crosswalk: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    differing: Mapping[str, str] = field(default_factory=dict)
    sheets: Mapping[str, str] = field(default_factory=dict)
    reading: Mapping[str, Any] = field(default_factory=dict)
    version: str = ""
    source: str = ""
    edition: str = "2015-2019"

    def __post_init__(self) -> None:
        if problems := _Checked(self, codebook(self.edition)).problems:
            named = f" '{self.source}'" if self.source else ""
            raise RegistryError(f"This mapping{named} cannot be used", problems=problems)
        if not self.version:
            parts = (self.columns, self.codes, self.crosswalk, self.differing, self.sheets, self.reading)
            content = json.dumps(parts, sort_keys=True).encode()
            object.__setattr__(self, "version", "sha256:" + hashlib.sha256(content).hexdigest()[:12])

    def __hash__(self) -> int:
        return hash((self.version, self.source))

    @classmethod
    def of(cls, mapping: RegisterMapping | Mapping[str, Any] | str | Path | None, edition: str) -> Self:
        """Make a mapping of a TOML file, of what stands in one, or of nothing: the library's own columns and codes."""
        if isinstance(mapping, cls):
            return mapping
        if mapping is None or isinstance(mapping, Mapping):
            return cls._of_plain(mapping or {}, "", edition)
        path = Path(mapping)  # type: ignore[arg-type]
        return cls._of_plain(read_toml(path, "mapping file", RegistryError), path.name, edition)

    @classmethod
    def _of_plain(cls, plain: Mapping[str, Any], name: str, edition: str) -> Self:
        """Sort the parts of a file; what they hold is checked with the mapping itself."""
        strange = [Problem(key, "There is no such part.", hint=did_you_mean(key, _PARTS)) for key in plain
                   if key not in _PARTS]  # fmt: skip
        files = {file: plain.get(file, {}) for file in COLUMNS}
        tables = {**{key: plain.get(key, {}) for key in _PARTS[4:]}, **files}
        strange += [Problem(key, "This is a table.") for key, part in tables.items() if not isinstance(part, Mapping)]
        if strange:
            raise RegistryError(f"This mapping{f" '{name}'" if name else ''} cannot be used", problems=strange)
        columns = {file: _plain_columns(part.get("columns", {})) for file, part in files.items()}
        sheets = {file: part["sheet"] for file, part in files.items() if "sheet" in part}
        return cls(
            columns, plain.get("codes", {}), plain.get("crosswalk", {}), plain.get("differing", {}), sheets,
            plain.get("reading", {}), str(plain.get("version", "")), str(plain.get("source", name)), edition,
        )  # fmt: skip


def codes_known(name: str, book: Codebook) -> Collection[str] | None:
    """Codes of a field; None where any text or number will do."""
    if name in COUNTRIES:
        return regions().keys()
    return book.codes.get(name)


def _plain_columns(columns: Any) -> Any:
    """Lists of columns as tuples; what is no table is left for the check."""
    if not isinstance(columns, Mapping):
        return columns
    return {name: tuple(source) if isinstance(source, list) else source for name, source in columns.items()}


class _Checked:
    """Looks through a mapping and collects what is wrong with it."""

    def __init__(self, mapping: RegisterMapping, book: Codebook) -> None:
        self.problems: list[Problem] = []
        self.book = book
        for file, columns in mapping.columns.items():
            if self.a_table(f"{file}.columns", columns):
                for name, source in columns.items():
                    self.column(file, name, source)
        for name, codes in mapping.codes.items():
            if self.a_field(f"codes.{name}", name):
                self.meanings(f"codes.{name}", name, codes)
        for name, reporters in mapping.crosswalk.items():
            if self.a_field(f"crosswalk.{name}", name) and self.a_table(f"crosswalk.{name}", reporters):
                for reporter, codes in reporters.items():
                    self.one_of(f"crosswalk.{name}.{reporter}", reporter, book.codes["reporter"])
                    self.meanings(f"crosswalk.{name}.{reporter}", name, codes)
        for name, rule in mapping.differing.items():
            self.one_of(f"differing.{name}", name, [column for column in ATTRIBUTES if column not in SETS])
            self.one_of(f"differing.{name}", rule, RESOLUTIONS)
        for name, value in mapping.reading.items():
            self.one_of(f"reading.{name}", name, _READING)
            if name in _READING and not isinstance(value, _READING[name]):
                self.add(f"reading.{name}", "This is " + ("a list." if name == "missing" else "another kind of value."))

    def add(self, key: str, what: str, hint: str | None = None) -> None:
        self.problems.append(Problem(key, what, hint=hint))

    def a_table(self, key: str, value: object) -> bool:
        if not isinstance(value, Mapping):
            self.add(key, "This is a table.")
        return isinstance(value, Mapping)

    def one_of(self, key: str, value: object, options: Collection[str]) -> None:
        if value not in options:
            self.add(key, f"There is no '{value}'.", did_you_mean(str(value), options))

    def a_field(self, key: str, name: str) -> bool:
        coded = [field for field in dict.fromkeys((*VICTIM_COLUMNS, *REPORT_COLUMNS)) if field not in _UNCODED]
        self.one_of(key, name, coded)
        return name in coded

    def column(self, file: str, name: str, source: object) -> None:
        key, known = f"{file}.columns.{name}", COLUMNS[file]
        if name not in known:
            self.add(key, "There is no such field.", _HINT_BIRTH if name in _BIRTH else did_you_mean(name, known))
        elif isinstance(source, Mapping) and name in SETS:
            for code, column in source.items():
                self.one_of(key, code, self.book.codes[name])
                if not isinstance(column, str):
                    self.add(key, f"The column of '{code}' is a text.")
        elif isinstance(source, tuple) and (name in SETS or name == "nationalities"):
            if not source or not all(isinstance(column, str) for column in source):
                self.add(key, "A list holds the names of columns.")
        elif not isinstance(source, str):
            what = "a column, a list of columns or a table of code = column" if name in SETS else "the name of a column"
            self.add(key, f"This is {what}.")

    def meanings(self, key: str, name: str, codes: object) -> None:
        if not self.a_table(key, codes):
            return
        assert isinstance(codes, Mapping)
        known = codes_known(name, self.book)
        for code, meaning in codes.items():
            if not isinstance(meaning, str):
                self.add(key, f"What '{code}' stands for is a text, \"\" for unknown.")
            elif known is not None and (strange := [one for one in members_of(meaning) if one not in known]):
                hint = None if name in COUNTRIES else did_you_mean(strange[0], known)
                self.add(key, f"'{code}' stands for {spelled(strange)}, which is in no code list.", hint)
