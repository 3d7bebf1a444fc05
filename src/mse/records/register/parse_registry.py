"""From the frames of a register, in the library's own columns and codes, to whole numbers; every problem is counted.

Keys of persons and cases become numbers here and are forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.cube import SEPARATOR
from mse.errors import Problem
from mse.lazy import lazy
from mse.records.coding import day_of
from mse.records.register.codebook import STATELESS, Codebook, regions
from mse.records.register.columns import Codes, Sets
from mse.records.register.factored import Factored, factored, keys_of

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

pa, pc = lazy("pyarrow"), lazy("pyarrow.compute")

__all__ = [
    "ATTRIBUTES", "COUNTRIES", "REPORT_COLUMNS", "VICTIM_COLUMNS", "Column", "Found", "lacking",
    "numbered", "parse_attributes", "parse_reports", "parse_victims", "parts_of",
]  # fmt: skip

Column = Codes | Sets | NDArray[Any]
"""A column of records: codes, sets of codes, or whole numbers with -1 for unknown."""

VICTIM_COLUMNS = (
    "victim", "year", "types", "sectors_sexual", "sectors_labour", "kinds_criminal", "sex", "age", "age_exploitation",
    "birth_year", "nationalities", "case", "procedure", "place", "status", "recruitment", "technology",
)  # fmt: skip
"""Columns of the frame of victims; only the key must be there."""

REPORT_COLUMNS = ("victim", "date", "reporter", "role", "organisation", "police_unit")
"""Columns of the frame of reports; key, date and reporter must be there."""

SETS = ("types", "sectors_sexual", "sectors_labour", "kinds_criminal", "procedure", "technology")
CODES = ("sex", "status", "recruitment")
COUNTRIES = ("nationalities", "place")
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
AGES = {"age": (0, 120), "age_exploitation": (0, 120), "birth_year": (1850, _LAST_YEAR)}
"""Columns of numbers, each with its least and its most."""

ATTRIBUTES = (*SETS, *CODES, *COUNTRIES, *AGES, "case")
"""What is recorded of a victim; it may stand on the reports instead."""

_WHOLE = re.compile(r"-?[0-9]{1,9}([.,]0*)?")
_HINT_CODES = "Map them: [codes.{name}]."


class Found:
    """Collects problems of one file."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file, self.problems = file, problems

    def add(self, column: str, rows: int, what: str, hint: str | None = None, unit: str = "row") -> None:
        """Add a problem, unless it is that of no rows."""
        if rows:
            number = f"{rows:,} {unit}{'s' if rows > 1 else ''}"
            self.problems.append(Problem(f"{self.file}.{column}", f"{number} {what}.", hint=hint))


def numbered(*columns: pd.Series[Any]) -> list[NDArray[np.int32]]:
    """Number the different keys of some columns together, in the order in which they come; -1 for none."""
    together = pa.chunked_array([keys_of(column) for column in columns], pa.large_string())
    codes = together.dictionary_encode().combine_chunks()
    numbers = codes.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    return np.split(numbers, np.cumsum([len(column) for column in columns])[:-1])


def parse_victims(
    frame: pd.DataFrame, person: NDArray[np.int32], book: Codebook, problems: list[Problem]
) -> dict[str, Column]:  # fmt: skip
    """Read the frame of victims.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a victim, or a victim and year.
    person : numpy.ndarray
        Number of the victim of each row.
    book : Codebook
        The code lists.
    problems : list of Problem
        Grows by what is wrong.

    Returns
    -------
    dict
        The number of the victim as "person", the year where there is one, and every field.
    """
    found = Found("victims", problems)
    found.add("victim", int((person < 0).sum()), "without a key", "Every victim needs one.")
    columns: dict[str, Column] = {"person": person}
    if "year" in frame:
        columns["year"] = _numbers(frame, "year", found, _FIRST_YEAR, _LAST_YEAR, required=True)
    unit = "victim and year" if "year" in frame else "victim"
    doubled = _doubled(person[person >= 0], np.asarray(columns["year"])[person >= 0] if "year" in frame else None)
    found.add("victim", doubled, f"more than one for a {unit}", "Keep one row for each, or give a column of years.")
    return {**columns, **parse_attributes(frame, ATTRIBUTES, book, found)}


def parse_attributes(
    frame: pd.DataFrame, names: Iterable[str], book: Codebook, found: Found
) -> dict[str, Column]:  # fmt: skip
    """Read what is recorded of victims; a column that is not there is unknown."""
    columns: dict[str, Column] = {}
    for name in names:
        if name in SETS:
            columns[name] = _sets(frame, name, book.codes[name], found)
        elif name in CODES:
            columns[name] = _codes(frame, name, book.codes[name], found)
        elif name in COUNTRIES:
            columns[name] = _countries(frame, name, found)
        elif name == "case":
            empty = np.full(len(frame), -1, dtype=np.int32)
            columns[name] = numbered(frame[name])[0] if name in frame else empty
        else:
            columns[name] = _numbers(frame, name, found, *AGES[name])
    if "age" in columns and "age_exploitation" in columns:
        age, earlier = np.asarray(columns["age"]), np.asarray(columns["age_exploitation"])
        later = int(((age >= 0) & (earlier > age)).sum())
        found.add("age_exploitation", later, "with an age at exploitation above the age at the report")
    return columns


def parse_reports(
    frame: pd.DataFrame, person: NDArray[np.int32], persons: int, book: Codebook, problems: list[Problem]
) -> dict[str, Column]:  # fmt: skip
    """Read the frame of reports: number of the victim, day, reporter, role, organisation, police unit.

    Victims who are not in the file of victims have numbers from `persons` on.
    """
    found = Found("reports", problems)
    found.add("victim", int((person < 0).sum()), "without a victim", "Whose reports they are cannot be told.")
    found.add("victim", int((person >= persons).sum()), "about a victim who is not in the file of victims")
    columns: dict[str, Column] = {"person": person, "day": _days(frame["date"], found)}
    columns["reporter"] = reporter = _codes(frame, "reporter", book.codes["reporter"], found, required=True)
    role = _codes(frame, "role", book.codes["role"], found)
    default = [book.codes["role"].index(book.roles.get(code, "reporter")) for code in book.codes["reporter"]]
    usual = np.array([*default, -1], dtype=role.values.dtype)[reporter.values]
    columns["role"] = role = Codes(np.where(role.known, role.values, usual), role.levels)
    enriching = reporter.equals(*(code for code in reporter.levels if book.groups.get(code, code) in book.roles))
    hint = "A source that enriches and is in no reporter group has no other role."
    found.add(
        "role", int((enriching & ~role.equals("enrichment")).sum()), "of an enriching source with another role", hint
    )
    known = [code for code in reporter.levels if book.roles.get(code) == "enrichment"]
    others = reporter.known & ~reporter.equals(*known)
    wrong = int((others & role.equals("enrichment")).sum())
    hint = f"Only {', '.join(known)} enriches; a document that repeats a report is an echo."
    found.add("role", wrong, "of a reporter that reports, as an enrichment", hint)
    columns["organisation"] = _any_codes(_column(frame, "organisation"))
    columns["police_unit"] = _codes(frame, "police_unit", book.codes["police_unit"], found)
    return columns


def parts_of(text: str) -> tuple[str, ...]:
    """Codes of a cell that may hold several, with "|" between them."""
    return tuple(part for code in text.split(SEPARATOR) if (part := code.strip()))


def lacking(frame: pd.DataFrame, file: str, names: Iterable[str]) -> list[Problem]:
    """Problems of a frame without columns that it needs, or with two of one name."""
    hint = f"Map it: [{file}.columns]."
    absent = [Problem(f"{file}.{name}", "This column is not there.", hint=hint) for name in names if name not in frame]
    twice = [Problem(file, "Two columns have the same name.")] if frame.columns.has_duplicates else []
    return absent + twice


def _doubled(person: NDArray[np.int32], year: NDArray[Any] | None) -> int:
    """Rows beyond the first of each victim, or victim and year."""
    if year is None:
        return len(person) - (int(person.max()) + 1 if len(person) else 0)
    key = np.sort(person.astype(np.int64) * (_LAST_YEAR + 2) + year)
    return int((key[1:] == key[:-1]).sum())


def _column(frame: pd.DataFrame, name: str) -> Factored:
    """A column by its values; one that is not there is empty."""
    return factored(frame[name]) if name in frame else Factored(np.full(len(frame), -1, dtype=np.int32), ())


def _numbers(
    frame: pd.DataFrame, name: str, found: Found, least: int, most: int, *, required: bool = False
) -> NDArray[np.int16]:
    """Whole numbers within limits; -1 where a cell is empty."""
    column = _column(frame, name)
    numbers = [int(re.split("[.,]", text)[0]) if _WHOLE.fullmatch(text) else -1 for text in column.values]
    wrong = [place for place, number in enumerate(numbers) if not least <= number <= most]
    found.add(name, column.rows(wrong), f"with no whole number from {least} to {most}")
    if required:
        found.add(name, column.n_empty, "without a value")
    return column.translated([number if least <= number <= most else -1 for number in numbers], dtype=np.int16)


def _codes(frame: pd.DataFrame, name: str, codes: tuple[str, ...], found: Found, *, required: bool = False) -> Codes:
    column = _column(frame, name)
    place = {code: index for index, code in enumerate(codes)}
    strange = [index for index, value in enumerate(column.values) if value not in place]
    found.add(name, column.rows(strange), _strange(len(strange)), _HINT_CODES.format(name=name))
    if required:
        found.add(name, column.n_empty, f"without a {name}")
    return Codes(column.translated([place.get(value, -1) for value in column.values], dtype=np.int16), codes)


def _any_codes(column: Factored) -> Codes:
    """Codes that no list names, such as organisations within a reporter group."""
    levels = tuple(sorted(column.values))
    place = {code: index for index, code in enumerate(levels)}
    return Codes(column.translated([place[value] for value in column.values], dtype=_width(levels)), levels)


def _sets(frame: pd.DataFrame, name: str, members: tuple[str, ...], found: Found) -> Sets:
    column = _column(frame, name)
    place = {code: index for index, code in enumerate(members)}
    parts = [parts_of(value) for value in column.values]
    _refuse(column, parts, place.__contains__, name, found, _strange, _HINT_CODES.format(name=name))
    bits = [sum(1 << place[code] for code in set(part) if code in place) for part in parts]
    return Sets(column.translated(bits, 0, Sets.width(members)), members)


def _countries(frame: pd.DataFrame, name: str, found: Found) -> Codes:
    """Countries, or sets of them in one text in the order given."""
    column = _column(frame, name)
    parts = [tuple(code.upper() if len(code) == 2 else code for code in parts_of(value)) for value in column.values]
    hint = f"Countries are two letters (ISO 3166-1 alpha-2), '{STATELESS}' for none. " + _HINT_CODES.format(name=name)
    _refuse(column, parts, regions().__contains__, name, found, lambda _: "with a value that is no country", hint)
    return _any_codes(column.renamed(dict(zip(column.values, (_written(part) for part in parts), strict=True)).get))


def _written(codes: tuple[str, ...]) -> str:
    return SEPARATOR.join(dict.fromkeys(codes))


def _refuse(
    column: Factored, parts: list[tuple[str, ...]], known: Callable[[str], bool], name: str, found: Found,
    what: Callable[[int], str], hint: str,
) -> None:  # fmt: skip
    """Count the rows with a code that is not known."""
    rows = column.rows(place for place, part in enumerate(parts) if not all(map(known, part)))
    found.add(name, rows, what(len({code for part in parts for code in part if not known(code)})), hint)


def _strange(codes: int) -> str:
    return f"with {codes:,} code{'s' if codes > 1 else ''} not in the code list"


def _width(levels: tuple[str, ...]) -> Any:
    return np.int16 if len(levels) < np.iinfo(np.int16).max else np.int32


def _days(column: pd.Series[Any], found: Found) -> NDArray[np.int32]:
    """Dates as numbers 20180301; 0 where there is none."""
    if column.dtype.kind == "M":
        when = column.dt
        read = when.year * 10_000 + when.month * 100 + when.day
        days, wrong = np.asarray(read.fillna(0), dtype=np.int32), 0
    else:
        values = factored(column)
        numbers = [day_of(text) for text in values.values]
        wrong = values.rows(place for place, number in enumerate(numbers) if number is None)
        days = values.translated([number or 0 for number in numbers], 0)
    found.add("date", wrong, "with a date that is none", "Write 2015-12-31, 31-12-2015, 20151231 or a year.")
    found.add("date", int((days == 0).sum()) - wrong, "without a date")
    return days
