"""From the frames of a register, in the library's own columns and codes, to whole numbers; every problem is counted.

Keys of persons and cases become numbers here and are forgotten.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.cube import SEPARATOR
from mse.core.values import is_missing
from mse.errors import Problem, TableError
from mse.lazy import lazy
from mse.records.codebook import STATELESS, Codebook, regions
from mse.records.coding import NO_DATE, days
from mse.records.columns import Codes, Sets

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["REPORT_COLUMNS", "VICTIM_COLUMNS", "Column", "parse_reports", "parse_victims"]

Column = Codes | Sets | NDArray[Any]
"""A column of records: codes, sets of codes, or whole numbers with -1 for unknown."""

VICTIM_COLUMNS = (
    "victim", "year", "types", "sectors_sexual", "sectors_labour", "kinds_criminal", "sex", "age", "age_exploitation",
    "nationalities", "case", "procedure", "place", "status", "recruitment", "technology",
)  # fmt: skip
"""Columns of the frame of victims; only the key must be there."""

REPORT_COLUMNS = ("victim", "date", "reporter", "role", "organisation", "police_unit")
"""Columns of the frame of reports; key, date and reporter must be there."""

SETS = ("types", "sectors_sexual", "sectors_labour", "kinds_criminal", "procedure", "technology")
CODES = ("sex", "status", "recruitment")
AGES = ("age", "age_exploitation")

_OLDEST = 120
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


class _Found:
    """Collects problems of one file."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file, self.problems = file, problems

    def add(self, column: str, rows: int, what: str, hint: str | None = None) -> None:
        if rows:
            number = f"{rows:,} row{'s' if rows > 1 else ''}"
            self.problems.append(Problem(f"{self.file}.{column}", f"{number} {what}.", hint=hint))


def parse_victims(
    frame: pd.DataFrame, book: Codebook, problems: list[Problem]
) -> tuple[dict[str, Column], pd.Index[Any]]:
    """Read the frame of victims.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a victim, or a victim and year.
    book : Codebook
        The code lists.
    problems : list of Problem
        Grows by what is wrong.

    Returns
    -------
    columns : dict
        The number of the victim as "person", and every column that is there.
    keys : pandas.Index
        Keys of the victims in the order of their numbers; needed to read the reports, then forgotten.
    """
    found = _Found("victims", problems)
    if not _has(frame, ("victim",), found):
        return {}, pd.Index([])
    person, keys = _numbered(frame["victim"], found, "victim")
    columns: dict[str, Column] = {"person": person}
    if "year" in frame:
        columns["year"] = _numbers(frame["year"], found, _FIRST_YEAR, _LAST_YEAR, required=True)
    rows = np.stack([person, np.asarray(columns.get("year", person * 0))], axis=1)
    doubled = len(rows) - len(np.unique(rows, axis=0))
    unit = "victim and year" if "year" in frame else "victim"
    found.add("victim", doubled, f"more than one for a {unit}", "Keep one row for each, or give a column of years.")
    for name in SETS:
        columns[name] = _sets(frame, name, book, found)
    for name in CODES:
        columns[name] = _codes(frame, name, book.codes[name], found)
    for name in AGES:
        empty = pd.Series([None] * len(frame), dtype=object, name=name)
        columns[name] = _numbers(frame.get(name, empty), found, 0, _OLDEST)
    columns["nationalities"] = _countries(frame, "nationalities", found)
    columns["place"] = _countries(frame, "place", found)
    columns["case"] = _cases(frame)
    return columns, keys


def parse_reports(
    frame: pd.DataFrame, keys: pd.Index[Any], book: Codebook, problems: list[Problem]
) -> dict[str, Column]:
    """Read the frame of reports: number of the victim, day, reporter, role, organisation, police unit."""
    found = _Found("reports", problems)
    if not _has(frame, ("victim", "date", "reporter"), found):
        return {}
    victims = _keys(frame["victim"])
    person = keys.get_indexer(pd.Index(victims)).astype(np.int32)
    missing = victims.isna().to_numpy(dtype=bool)
    found.add("victim", int(missing.sum()), "without a victim", "Whose reports they are cannot be told.")
    found.add("victim", int(((person < 0) & ~missing).sum()), "about a victim who is not in the file of victims")
    columns: dict[str, Column] = {"person": person, "day": _days(frame["date"], found)}
    reporter = _codes(frame, "reporter", book.codes["reporter"], found)
    empty = int((~reporter.known).sum()) - _unknown(frame["reporter"], book.codes["reporter"])
    found.add("reporter", empty, "without a reporter")
    columns["reporter"] = reporter
    role = _codes(frame, "role", book.codes["role"], found)
    default = [book.codes["role"].index(book.roles.get(code, "reporter")) for code in book.codes["reporter"]]
    usual = np.array([*default, -1], dtype=np.int16)[reporter.values]
    columns["role"] = Codes(np.where(role.known, role.values, usual).astype(np.int16), role.levels)
    columns["organisation"] = _any_codes(frame, "organisation")
    columns["police_unit"] = _codes(frame, "police_unit", book.codes["police_unit"], found)
    return columns


def _has(frame: pd.DataFrame, names: Iterable[str], found: _Found) -> bool:
    missing = [name for name in names if name not in frame]
    for name in missing:
        found.problems.append(Problem(f"{found.file}.{name}", "This column is not there.", hint="Map it: [columns]."))
    return not missing


def _plain(column: pd.Series[Any]) -> pd.Series[Any]:
    """A column whose empty cells, and those of blanks only, are missing."""
    if column.dtype == object or isinstance(column.dtype, pd.StringDtype):
        meaning = {value: None if is_missing(value) else str(value).strip() for value in column.dropna().unique()}
        return column.map(meaning).astype(object)
    return column.astype(object).where(column.notna(), None)


def _numbered(column: pd.Series[Any], found: _Found, name: str) -> tuple[NDArray[np.int32], pd.Index[Any]]:
    numbers, keys = pd.factorize(_keys(column))
    found.add(name, int((numbers < 0).sum()), "without a key", "Every victim needs one.")
    return numbers.astype(np.int32), pd.Index(keys)


def _keys(column: pd.Series[Any]) -> pd.Series[Any]:
    """Keys as text: 7, 7.0 and "7" are one person, in the file of victims and in that of reports."""
    text = column.astype("string").str.strip()
    if not (column.dtype == object or isinstance(column.dtype, pd.StringDtype)):
        text = text.str.removesuffix(".0")
    return text.mask(text == "")


def _numbers(
    column: pd.Series[Any], found: _Found, least: int, most: int, *, required: bool = False
) -> NDArray[np.int16]:
    """Whole numbers within limits; -1 where a cell is empty."""
    given = column.notna() & (column.astype("string").str.strip() != "").fillna(False).astype(bool)
    read = pd.to_numeric(column.where(given), errors="coerce").astype("Float64")
    whole = read.notna() & (read % 1 == 0).fillna(False)
    good = (whole & (read >= least) & (read <= most)).fillna(False).to_numpy(dtype=bool)
    found.add(str(column.name), int((given.to_numpy() & ~good).sum()), f"with no whole number from {least} to {most}")
    if required:
        found.add(str(column.name), int((~given).sum()), "without a value")
    return np.where(good, read.fillna(-1).to_numpy(dtype=np.float64), -1).astype(np.int16)


def _factored(frame: pd.DataFrame, name: str) -> tuple[NDArray[np.intp], list[Any]]:
    """Number of every row's value, and the values; -1 where the cell is empty or the column is not there."""
    if name not in frame:
        return np.full(len(frame), -1, dtype=np.intp), []
    numbers, values = pd.factorize(frame[name])
    kept = [None if is_missing(value) else str(value).strip() for value in values]
    blank = np.array([value is None for value in kept] + [True])
    return np.where(blank[numbers], -1, numbers), kept


def _translated(numbers: NDArray[np.intp], meaning: list[int], dtype: Any) -> NDArray[Any]:
    return np.array([*meaning, -1], dtype=dtype)[numbers]


def _codes(frame: pd.DataFrame, name: str, codes: tuple[str, ...], found: _Found) -> Codes:
    numbers, values = _factored(frame, name)
    place = {code: index for index, code in enumerate(codes)}
    meaning = [place.get(value, -1) if value is not None else -1 for value in values]
    strange = [index for index, value in enumerate(values) if value is not None and value not in place]
    rows = int(np.isin(numbers, strange).sum())
    found.add(name, rows, f"with {len(strange)} codes that are not in the code list", _HINT_CODES.format(name=name))
    return Codes(_translated(numbers, meaning, np.int16), codes)


_HINT_CODES = "Map them: [codes.{name}]."


def _unknown(column: pd.Series[Any], codes: tuple[str, ...]) -> int:
    """Rows with a value that is no code."""
    numbers, values = _factored(column.to_frame("column"), "column")
    strange = [index for index, value in enumerate(values) if value is not None and value not in codes]
    return int(np.isin(numbers, strange).sum())


def _any_codes(frame: pd.DataFrame, name: str) -> Codes:
    """Codes that no list names, such as organisations within a reporter group."""
    numbers, values = _factored(frame, name)
    levels = tuple(sorted({value for value in values if value is not None}))
    meaning = [levels.index(value) if value is not None else -1 for value in values]
    return Codes(_translated(numbers, meaning, np.int16), levels)


def _sets(frame: pd.DataFrame, name: str, book: Codebook, found: _Found) -> Sets:
    members = book.codes[name]
    place = {code: index for index, code in enumerate(members)}
    numbers, values = _factored(frame, name)
    parts = [_parts(value) for value in values]
    strange = [index for index, part in enumerate(parts) if any(code not in place for code in part)]
    rows = int(np.isin(numbers, strange).sum())
    others = {code for part in parts for code in part if code not in place}
    found.add(name, rows, f"with {len(others)} codes that are not in the code list", _HINT_CODES.format(name=name))
    bits = [sum(1 << place[code] for code in set(part) if code in place) for part in parts]
    return Sets(np.array([*bits, 0], dtype=np.int64)[numbers], members)


def _parts(value: str | None) -> tuple[str, ...]:
    return () if value is None else tuple(part for code in value.split(SEPARATOR) if (part := code.strip()))


def _countries(frame: pd.DataFrame, name: str, found: _Found) -> Codes:
    """Countries, or sets of them in one text in the order given."""
    numbers, values = _factored(frame, name)
    parts = [tuple(code.upper() if len(code) == 2 else code for code in _parts(value)) for value in values]
    known = regions().keys() | {STATELESS}
    strange = [index for index, part in enumerate(parts) if any(code not in known for code in part)]
    found.add(
        name,
        int(np.isin(numbers, strange).sum()),
        "with a value that is no country",
        f"Countries are two letters (ISO 3166-1 alpha-2), '{STATELESS}' for none. " + _HINT_CODES.format(name=name),
    )
    written = [SEPARATOR.join(dict.fromkeys(part)) for part in parts]
    levels = tuple(sorted({text for text in written if text}))
    place = {text: index for index, text in enumerate(levels)}
    return Codes(_translated(numbers, [place.get(text, -1) for text in written], np.int16), levels)


def _cases(frame: pd.DataFrame) -> NDArray[np.int32]:
    """Number of the case, -1 for none."""
    if "case" not in frame:
        return np.full(len(frame), -1, dtype=np.int32)
    return np.asarray(pd.factorize(_keys(frame["case"]))[0], dtype=np.int32)


def _days(column: pd.Series[Any], found: _Found) -> NDArray[np.int32]:
    import narwhals as nw

    native = column.dtype.kind == "M" or column.dtype.kind in "iuf"
    series: Any = column if native else _plain(column).astype("string")
    try:
        read = days(nw.from_native(series.reset_index(drop=True), series_only=True)).to_numpy().astype(np.int32)
    except TableError:
        wrong = sum(_no_day(value) * int(rows) for value, rows in _plain(column).value_counts().items())
        found.add(str(column.name), wrong, "with a date that is none", "Write 2015-12-31, 31-12-2015 or a year.")
        return np.zeros(len(column), dtype=np.int32)
    found.add(str(column.name), int((read == NO_DATE).sum()), "without a date")
    return read


def _no_day(value: Hashable) -> bool:
    import narwhals as nw

    try:
        days(nw.from_native(pd.Series([value], name="date", dtype=object), series_only=True))
    except TableError:
        return True
    return False
