"""From reports to what is counted: one row a victim and year, or a victim, with who reported it (R3, R34-R36, R40)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mse.errors import TableError
from mse.records.register.codebook import Codebook
from mse.records.register.columns import Codes, Sets, taken
from mse.records.register.parse_registry import Column

__all__ = ["Units", "gathered", "memberships", "person_years", "rows_of", "years_within"]

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
    regrouped : int
        Reports of a source that belongs to a group of another name.
    police_mentions : int
        Police units by victim and year (figure 2.12).
    in_two_years : int
        Persons with reports in two or more years of the period.
    row_of_report : numpy.ndarray
        Row that each report within the period belongs to.
    kept : numpy.ndarray
        Which reports are within the period.
    """

    columns: dict[str, Column]
    reports: int
    repeated: int
    regrouped: int
    police_mentions: int
    in_two_years: int
    row_of_report: NDArray[np.intp]
    kept: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.columns["year"])

    def __repr__(self) -> str:
        return f"Units({len(self):,} rows, {len(self.columns)} columns)"


def gathered(
    victims: Columns, reports: Columns, period: tuple[int, int], unit: str, book: Codebook,
    groups: Mapping[str, str] | None = None,
) -> Units:  # fmt: skip
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
    groups : mapping of str to str, optional
        Groups of reporters, where they are not those of the book (R34).

    Returns
    -------
    Units
    """
    kept, who, first, row = person_years(victims, reports, period)
    in_two_years = int((np.bincount(who, minlength=1) > 1).sum())
    if unit == "person":
        which = np.flatnonzero(np.diff(who, prepend=-1))
        row = (np.cumsum(np.diff(who, prepend=-1) > 0) - 1)[row]
        who, first = who[which], first[which]
    columns: dict[str, Column] = {"year": first}
    role = _codes(reports, "role").values[kept]
    roles = {name: role == place for place, name in enumerate(book.codes["role"])}
    names, reporter = book.reporter_groups, _codes(reports, "reporter")
    group, moved = _groups(reporter, names, {**book.groups, **(groups or {})})
    group = group[kept]
    reported = roles["reporter"] & (group >= 0)
    columns["reporters"] = _gather(group, names, row, len(who), reported)
    columns["echoes"] = _gather(group, names, row, len(who), roles["echo"] & (group >= 0))
    enriched = np.zeros(len(who), dtype=np.bool_)
    enriched[row[roles["enrichment"]]] = True
    columns["enriched"] = enriched
    police = roles["reporter"] & reporter.equals("police")[kept]
    unit_codes = _codes(reports, "police_unit")
    columns["units"] = _gather(unit_codes.values[kept], unit_codes.levels, row, len(who), police)
    place = rows_of(victims, who, first)
    for name, column in victims.items():
        if name not in ("person", "year"):
            columns[name] = column.take(place) if isinstance(column, Codes | Sets) else taken(column, place, -1)
    reporting, mentions = (int(np.bitwise_count(_bits(columns, name)).sum()) for name in ("reporters", "units"))
    repeated, regrouped = int(reported.sum()) - reporting, int(moved[kept].sum())
    return Units(columns, len(row), repeated, regrouped, mentions, in_two_years, row, kept)


def memberships(units: Units, reports: Columns, lists: Mapping[str, tuple[str, ...]]) -> Sets:
    """Say which lists every row is on.

    Parameters
    ----------
    units : Units
        What is counted.
    reports : mapping of str to column
        The parsed reports.
    lists : mapping of str to tuple of str
        Sources of each list: a reporter, or ``reporter:organisation``, which goes before its reporter.
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
    return _gather(number, tuple(lists), units.row_of_report, len(units), number >= 0)


def _codes(columns: Columns, name: str) -> Codes:
    column = columns[name]
    assert isinstance(column, Codes)
    return column


def _groups(
    reporter: Codes, names: tuple[str, ...], groups: Mapping[str, str]
) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
    """Reporter group of every report, -1 for a source that is in no group; and whether it has another name."""
    place = [groups.get(code, code) for code in reporter.levels]
    number = np.array([*(names.index(g) if g in names else -1 for g in place), -1], dtype=np.int16)
    moved = np.array([*(g != code for g, code in zip(place, reporter.levels, strict=True)), False])
    return number[reporter.values], moved[reporter.values]


def _gather(
    values: NDArray[Any], names: tuple[str, ...], row: NDArray[np.intp], rows: int, where: NDArray[np.bool_]
) -> Sets:
    """The set of values that each row has among its reports."""
    kind = Sets.width(names)
    bits = np.zeros(rows, dtype=kind)
    for place in range(len(names)):
        bits[row[where & (values == place)]] |= kind(1 << place)
    return Sets(bits, names)


def _bits(columns: Columns, name: str) -> NDArray[np.signedinteger[Any]]:
    column = columns[name]
    assert isinstance(column, Sets)
    return column.bits


def rows_of(victims: Columns, who: NDArray[np.int64], year: NDArray[np.int16]) -> NDArray[np.intp]:
    """Row of the file of victims that describes each unit; -1 where none is of its year."""
    person = np.asarray(victims["person"]).astype(np.int64)
    if "year" not in victims:
        row = np.full(int(person.max(initial=-1)) + 1, -1, dtype=np.intp)
        row[person] = np.arange(len(person))
        return row[who]
    key = person * _SPAN + np.asarray(victims["year"])
    wanted = who * _SPAN + year
    order = np.argsort(key, kind="stable")
    at = np.minimum(np.searchsorted(key[order], wanted), len(key) - 1)
    rows = order[at]
    return np.where(key[rows] == wanted, rows, -1)


def person_years(
    victims: Columns, reports: Columns, period: tuple[int, int]
) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.int16], NDArray[np.intp]]:
    """Reports of the period; person and year of every pair of these; the pair that each of the reports is of."""
    years = np.asarray(reports["day"]) // 10_000
    kept = (years >= period[0]) & (years <= period[1])
    span = period[1] - period[0] + 1
    persons = int(np.asarray(victims["person"]).max(initial=-1)) + 1
    key = np.asarray(reports["person"])[kept].astype(np.int64) * span + (years[kept] - period[0])
    pairs, row = _numbered(key, persons * span)
    return kept, pairs // span, (period[0] + pairs % span).astype(np.int16), row


def years_within(period: tuple[int, int], window: tuple[int, int]) -> tuple[int, int]:
    """First and last year of a window that lies within a period.

    Raises
    ------
    mse.errors.TableError
        It does not.
    """
    first, last = (int(year) for year in window)
    if not period[0] <= first <= last <= period[1]:
        raise TableError(
            f"A window runs from its first to its last year, within {period[0]} to {period[1]}",
            got=f"{first} to {last}",
        )
    return first, last


def _numbered(key: NDArray[np.int64], size: int) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """The different keys below `size`, sorted, and the place of every key among them."""
    if size > _SPARSE * len(key):
        found, places = np.unique(key, return_inverse=True)
        return found, places
    present = np.zeros(size, dtype=np.bool_)
    present[key] = True
    place = np.cumsum(present, dtype=np.int32)
    return np.flatnonzero(present).astype(np.int64), place[key].astype(np.intp) - 1


_SPAN = 4096
"""More than any year."""

_SPARSE = 16
"""Up to this many places a key, keys are numbered by place instead of by sorting."""
