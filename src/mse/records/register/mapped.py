"""From the columns and codes of an office to those of the library; what has no counterpart is counted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.cube import SEPARATOR
from mse.core.values import memberships
from mse.errors import Problem, TableError
from mse.lazy import lazy
from mse.records.register.codebook import Codebook
from mse.records.register.factored import Factored, factored, merged, text_of
from mse.records.register.parse_registry import SETS
from mse.records.register.register_mapping import COLUMNS, OTHERWISE, RegisterMapping, Source, codes_known
from mse.records.register.register_reconciliation import Unmapped

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["KEYS", "MappedFile", "mapped", "office_columns"]

KEYS = ("victim", "case")
"""Fields whose values are nearly all different; they are never decoded."""


@dataclass(frozen=True, eq=False)
class MappedFile:
    """One file in the library's columns and codes.

    Parameters
    ----------
    frame : pandas.DataFrame
        Its fields.
    problems : tuple of Problem
        What is wrong.
    unmapped : tuple of Unmapped
        Codes without a counterpart, which became unknown.
    unread : int
        Columns that were not read.
    crosswalked : int
        Rows with a code that a crosswalk by reporter translated, over all fields.
    """

    frame: pd.DataFrame
    problems: tuple[Problem, ...]
    unmapped: tuple[Unmapped, ...]
    unread: int
    crosswalked: int

    def __repr__(self) -> str:
        return f"MappedFile({len(self.frame):,} rows, {len(self.frame.columns)} columns)"


def office_columns(file: str, mapping: RegisterMapping, present: Collection[str]) -> dict[str, Source]:
    """Where each field of a file stands: as the mapping says, else in the column with its name."""
    said = mapping.columns.get(file, {})
    own = {name: name for name in COLUMNS[file] if name in present}
    return {name: source for name, source in {**own, **said}.items() if source != ""}


def mapped(frame: pd.DataFrame, file: str, mapping: RegisterMapping, book: Codebook) -> MappedFile:
    """Translate one file.

    Parameters
    ----------
    frame : pandas.DataFrame
        As the office wrote it.
    file : {"victims", "reports"}
        Which it is.
    mapping : RegisterMapping
        What stands where.
    book : Codebook
        The code lists.
    """
    work = _Translation(frame.reset_index(drop=True), file, mapping, book)
    fields = office_columns(file, mapping, list(map(str, frame.columns)))
    for name in sorted(fields, key=lambda name: name in mapping.crosswalk):  # the reporter before crosswalks by it
        work.translate(name, fields[name])
    read = {column for source in fields.values() for column in _columns_of(source)}
    unread = sum(str(column) not in read for column in frame.columns)
    return MappedFile(pd.DataFrame(work.done), tuple(work.problems), tuple(work.unmapped), unread, work.crosswalked)


def _columns_of(source: Source) -> tuple[str, ...]:
    if isinstance(source, str):
        return (source,)
    return tuple(source.values()) if isinstance(source, Mapping) else tuple(source)


class _Translation:
    """Translates the fields of one file, one after the other."""

    def __init__(self, frame: pd.DataFrame, file: str, mapping: RegisterMapping, book: Codebook) -> None:
        self.frame, self.file, self.mapping, self.book = frame, file, mapping, book
        self.missing = {text_of(word) or "" for word in mapping.reading.get("missing", ())}
        self.several = mapping.reading.get("several", SEPARATOR)
        self.reporter: Factored | None = None
        self.done: dict[str, pd.Series[Any]] = {}
        self.problems: list[Problem] = []
        self.unmapped: list[Unmapped] = []
        self.crosswalked = 0

    def translate(self, name: str, source: Source) -> None:
        absent = [column for column in _columns_of(source) if column not in self.frame]
        for column in absent:
            hint = f"The file has {len(self.frame.columns)} columns; none is called so."
            self.problems.append(Problem(f"{self.file}.{name}", f"The mapping reads it from '{column}'.", hint=hint))
        if absent:
            return
        if name in KEYS:
            keys = self.frame[str(source)]
            apart = name == "case" and self.missing  # a word for missing may be the key of a person
            self.done[name] = keys.mask(keys.isin(list(self.missing))) if apart else keys
        elif name == "date" and self.frame[str(source)].dtype.kind == "M":
            self.done[name] = self.frame[str(source)]
        elif isinstance(source, Mapping):
            self.done[name] = self._flags(name, source).to_series(name)
        else:
            columns = [self._split(factored(self.frame[column]), name) for column in _columns_of(source)]
            value = self._decoded(name, _joined(columns))
            self.reporter = value if name == "reporter" else self.reporter
            self.done[name] = value.to_series(name)

    def _split(self, column: Factored, name: str) -> Factored:
        """Cells with several codes as the library writes them, without the words for an empty cell."""
        if self.several == SEPARATOR or name not in (*SETS, "nationalities"):
            return column.renamed(lambda text: None if text in self.missing else text)
        return column.renamed(
            lambda text: None if text in self.missing else SEPARATOR.join(text.split(self.several))
        )  # fmt: skip

    def _flags(self, name: str, source: Mapping[str, str]) -> Factored:
        """A set from one column of yes and no for every code; an empty cell is no."""
        bits = np.zeros(len(self.frame), dtype=np.int64)
        for place, column in enumerate(source.values()):
            given = factored(self.frame[column])
            meant = [False if text in self.missing else _flag(text) for text in given.values]
            wrong = given.rows(at for at, flag in enumerate(meant) if flag is None)
            if wrong:
                what = f"{wrong:,} row{'s' if wrong > 1 else ''} in '{column}' with neither yes nor no."
                self.problems.append(Problem(f"{self.file}.{name}", what, hint="Write 0/1, true/false or ja/nee."))
            bits |= given.translated([int(bool(flag)) for flag in meant], 0, np.int64) << place
        found, numbers = np.unique(bits, return_inverse=True)
        codes = list(source)
        texts = [SEPARATOR.join(code for at, code in enumerate(codes) if held >> at & 1) for held in found.tolist()]
        return merged(numbers, texts)

    def _decoded(self, name: str, column: Factored) -> Factored:
        """The library's code for that of the office: by the crosswalk of the reporter, else by the field."""
        by_reporter = self.mapping.crosswalk.get(name)
        if by_reporter is None:
            if name not in self.mapping.codes:
                return column
            return self._counted(name, "", column, np.ones(len(column), dtype=np.bool_))
        if self.file == "victims" or self.reporter is None:
            hint = "Map this field in [reports.columns]: a crosswalk goes by the reporter."
            self.problems.append(Problem(f"{self.file}.{name}", "The crosswalk needs it on the reports.", hint=hint))
            return column
        parts = []
        for place, reporter in enumerate([*self.reporter.values, ""]):
            rows = self.reporter.numbers == (place if reporter else -1)
            parts.append((rows, self._counted(name, reporter, column, rows)))
        return _chosen(parts, len(column))

    def _counted(self, name: str, reporter: str, column: Factored, rows: NDArray[np.bool_]) -> Factored:
        """Translate a column, and count those of some rows whose codes have no counterpart."""
        own = self.mapping.crosswalk.get(name, {}).get(reporter, {})
        general = self.mapping.codes.get(name, {})
        known = codes_known(name, self.book)
        drops = bool(own) or OTHERWISE in general
        here = Factored(column.numbers[rows], column.values)
        present = set(np.unique(here.numbers).tolist())
        texts, without, strange = [], set[int](), set[str]()
        crossed = set[int]()
        for place, text in enumerate(column.values):
            codes = []
            for part in text.split(SEPARATOR):
                if part.strip() in own:
                    crossed.add(place)
                code = _meaning(part.strip(), own, general, known)
                if code is None:
                    code = general.get(OTHERWISE, "") if drops else part
                    if place in present and drops and not code:
                        without.add(place)
                        strange.add(part.strip())
                codes.append(code)
            texts.append(SEPARATOR.join(code for code in codes if code))
        self.crosswalked += here.rows(crossed)
        if n := here.rows(without):
            self.unmapped.append(Unmapped(name, reporter, n, len(here) - here.n_empty, len(strange)))
        return merged(column.numbers, texts)


def _meaning(
    part: str, own: Mapping[str, str], general: Mapping[str, str], known: Collection[str] | None
) -> str | None:  # fmt: skip
    """What a code of the office stands for; None where nothing says it."""
    if part in own:
        return own[part]
    if part in general and part != OTHERWISE:
        return general[part]
    if known is None:
        return None if OTHERWISE in general else part
    return part if part in known or part.upper() in known else None


def _flag(text: str) -> bool | None:
    """Whether a text says yes; None where it says neither."""
    try:
        return memberships([text], "", None)[text]
    except TableError:
        return None


def _joined(columns: Sequence[Factored]) -> Factored:
    """Several columns as one, their codes with "|" between them."""
    first, *others = columns
    for column in others:
        width = len(column.values) + 1
        pairs = (first.numbers.astype(np.int64) + 1) * width + column.numbers + 1
        found, numbers = np.unique(pairs, return_inverse=True)
        lefts, rights = [*first.values, ""], [*column.values, ""]
        texts = [(lefts[pair // width - 1], rights[pair % width - 1]) for pair in found.tolist()]
        first = merged(numbers, [SEPARATOR.join(filter(None, both)) for both in texts])
    return first


def _chosen(parts: Sequence[tuple[NDArray[np.bool_], Factored]], rows: int) -> Factored:
    """One column from parts of others."""
    values = tuple(dict.fromkeys(value for _, column in parts for value in column.values))
    place = {value: at for at, value in enumerate(values)}
    numbers = np.full(rows, -1, dtype=np.int32)
    for where, column in parts:
        numbers[where] = column.translated([place[value] for value in column.values])[where]
    return Factored(numbers, values)
