"""From reports to what is counted: one row a victim and year, or a victim, with who reported it (R3, R34-R36, R40)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mse.records.codebook import Codebook
from mse.records.columns import Codes, Sets
from mse.records.parse_registry import Column

__all__ = ["Units", "gathered", "memberships"]

Columns = Mapping[str, Column]


@dataclass(frozen=True, eq=False)
class Units:
    """What is counted, one row each.

    Parameters
    ----------
    columns : mapping of str to column
        year, reporters (groups that reported), echoes (groups whose documents follow from other reports), enriched
        (known from an enriching source too), units (police units), and what is recorded of the victim.
    reports : int
        Reports within the period.
    repeated : int
        Reports by a group that had reported the same victim in the same year.
    police_mentions : int
        Police units by victim and year (figure 2.12).
    late : int
        Reports outside the period.
    row_of_report : numpy.ndarray
        Row that each report within the period belongs to.
    kept : numpy.ndarray
        Which reports are within the period.
    """

    columns: dict[str, Column]
    reports: int
    repeated: int
    police_mentions: int
    late: int
    row_of_report: NDArray[np.intp]
    kept: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.columns["year"])


def gathered(victims: Columns, reports: Columns, period: tuple[int, int], unit: str, book: Codebook) -> Units:
    """Gather the reports of every victim and year, or of every victim.

    Parameters
    ----------
    victims, reports : mapping of str to column
        The parsed register.
    period : (int, int)
        First and last year that count.
    unit : {"person-year", "person"}
        A victim counts once for every year with a report, or once, in the year of the first report.
    book : Codebook
        Groups and roles of reporters.

    Returns
    -------
    Units
    """
    years = np.asarray(reports["day"]) // 10_000
    kept = (years >= period[0]) & (years <= period[1])
    person = np.asarray(reports["person"])[kept].astype(np.int64)
    span = period[1] - period[0] + 1
    key = person * span + (years[kept] - period[0]) if unit == "person-year" else person
    found, row = np.unique(key, return_inverse=True)
    who = found // span if unit == "person-year" else found
    first = np.full(len(found), period[1], dtype=np.int16)
    np.minimum.at(first, row, years[kept].astype(np.int16))
    columns: dict[str, Column] = {"year": first}
    role = _codes(reports, "role").values[kept]
    roles = {name: role == place for place, name in enumerate(book.codes["role"])}
    group = _groups(_codes(reports, "reporter"), book)[kept]
    names = book.reporter_groups
    reported = roles["reporter"] & (group >= 0)
    columns["reporters"] = _gather(group, names, row, len(found), reported)
    columns["echoes"] = _gather(group, names, row, len(found), roles["echo"] & (group >= 0))
    columns["enriched"] = np.bincount(row, weights=roles["enrichment"], minlength=len(found)) > 0
    police = roles["reporter"] & _codes(reports, "reporter").equals("police")[kept]
    unit_codes = _codes(reports, "police_unit")
    columns["units"] = _gather(unit_codes.values[kept], unit_codes.levels, row, len(found), police)
    place = _rows_of(victims, who, first, period)
    for name, column in victims.items():
        if name not in ("person", "year"):
            columns[name] = column.take(place) if isinstance(column, Codes | Sets) else _taken(column, place)
    groups, mentions = (int(np.bitwise_count(_bits(columns, name)).sum()) for name in ("reporters", "units"))
    repeated = int(reported.sum()) - groups
    return Units(columns, len(row), repeated, mentions, int((~kept).sum()), row, kept)


def memberships(units: Units, reports: Columns, lists: Mapping[str, tuple[str, ...]], period_rows: int) -> Sets:
    """Say which lists every row is on.

    Parameters
    ----------
    units : Units
        What is counted.
    reports : mapping of str to column
        The parsed reports.
    lists : mapping of str to tuple of str
        Sources of each list: a reporter, or ``reporter:organisation``, which goes before its reporter.
    period_rows : int
        Number of rows of `units`.
    """
    reporter, organisation = _codes(reports, "reporter"), _codes(reports, "organisation")
    home = {source: place for place, sources in enumerate(lists.values()) for source in sources}
    width = len(organisation.levels) + 1
    wide = np.full((len(reporter.levels) + 1, width), -1, dtype=np.int16)
    for at, code in enumerate(reporter.levels):
        wide[at, :] = home.get(code, -1)
        for inner, name in enumerate(organisation.levels):
            wide[at, inner] = home.get(f"{code}:{name}", home.get(code, -1))
    number = wide[reporter.values[units.kept], organisation.values[units.kept]]
    return _gather(number, tuple(lists), units.row_of_report, period_rows, number >= 0)


def _codes(columns: Columns, name: str) -> Codes:
    column = columns[name]
    assert isinstance(column, Codes)
    return column


def _groups(reporter: Codes, book: Codebook) -> NDArray[np.int16]:
    """Reporter group of every report; -1 for a source that is in no group."""
    names = book.reporter_groups
    place = [book.groups.get(code, code) for code in reporter.levels]
    number = np.array([*(names.index(g) if g in names else -1 for g in place), -1], dtype=np.int16)
    return np.asarray(number[reporter.values])


def _gather(
    values: NDArray[Any], names: tuple[str, ...], row: NDArray[np.intp], rows: int, where: NDArray[np.bool_]
) -> Sets:
    """The set of values that each row has among its reports."""
    bits = np.zeros(rows, dtype=np.int64)
    known = where & (values >= 0)
    for place in np.unique(values[known]).tolist():
        bits[row[known & (values == place)]] |= np.int64(1) << np.int64(place)
    return Sets(bits, names)


def _bits(columns: Columns, name: str) -> NDArray[np.int64]:
    column = columns[name]
    assert isinstance(column, Sets)
    return column.bits


def _rows_of(
    victims: Columns, who: NDArray[np.int64], year: NDArray[np.int16], period: tuple[int, int]
) -> NDArray[np.intp]:
    """Row of the file of victims that describes each unit; -1 where none is of its year."""
    person = np.asarray(victims["person"]).astype(np.int64)
    if "year" in victims:
        base = _FIRST * np.int64(1)
        person = person * _SPAN + (np.asarray(victims["year"]).astype(np.int64) - base)
        who = who * _SPAN + (year.astype(np.int64) - base)
    order = np.argsort(person, kind="stable")
    at = np.searchsorted(person[order], who)
    at = np.minimum(at, len(person) - 1)
    rows = order[at]
    return np.where(person[rows] == who, rows, -1)


_FIRST, _SPAN = 1900, 256
"""Years are numbered from the first that a register may hold, in fewer than this many."""


def _taken(column: NDArray[Any], rows: NDArray[np.intp]) -> NDArray[Any]:
    return np.where(rows >= 0, column[rows], -1).astype(column.dtype)
