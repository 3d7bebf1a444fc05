"""From the files of a register to one row a victim, or a victim and year, whatever file a field stands in.

What is recorded of a victim may stand on the reports: sets of codes are united over the reports of a victim, and where
single values differ the caller says which counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.errors import Problem, RegistryError, did_you_mean, spelled
from mse.records.register.codebook import Codebook
from mse.records.register.columns import Codes, Sets
from mse.records.register.parse_registry import (
    AGES,
    ATTRIBUTES,
    SETS,
    Column,
    Found,
    lacking,
    numbered,
    parse_attributes,
    parse_reports,
    parse_victims,
)
from mse.records.register.units import person_years, rows_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RESOLUTIONS", "Assembled", "assembled"]

RESOLUTIONS = ("refuse", "first", "last", "unknown")
"""Which value of a victim counts where reports differ; by default they may not."""

Columns = dict[str, Column]


@dataclass(frozen=True, eq=False)
class Assembled:
    """A register as whole numbers.

    Parameters
    ----------
    victims, reports : mapping of str to column
        One row a victim or a victim and year, and one row a report.
    differing : mapping of str to int
        Victims whose reports differ in a field, where the caller said which value counts.
    ages_from_birth : int
        Rows whose age follows from the year of birth.
    """

    victims: Columns
    reports: Columns
    differing: Mapping[str, int] = field(default_factory=dict)
    ages_from_birth: int = 0

    def __repr__(self) -> str:
        victims, reports = len(self.victims["person"]), len(self.reports["person"])
        return f"Assembled({victims:,} rows of victims, {reports:,} of reports)"


def assembled(
    victims: pd.DataFrame | None,
    reports: pd.DataFrame,
    *,
    book: Codebook,
    period: tuple[int, int],
    differing: Mapping[str, str] | None = None,
) -> Assembled:
    """Parse the frames of a register and bring them together.

    Parameters
    ----------
    victims : pandas.DataFrame or None
        One row a victim, or a victim and year; None where everything stands on the reports.
    reports : pandas.DataFrame
        One row a report.
    book : Codebook
        The code lists.
    period : (int, int)
        First and last year that count.
    differing : mapping of str to str
        Which value counts, by field: one of `RESOLUTIONS`.

    Raises
    ------
    mse.errors.RegistryError
        The frames have problems; all of them are listed, as counts.
    """
    _check_period(period)
    problems, resolve = list[Problem](), dict(differing or {})
    _check_resolutions(resolve)
    _refuse(_lacking(victims, reports))
    found = Found("reports", problems)
    if victims is None:
        (told_of,) = numbered(reports["victim"])
        people: Columns = {}
        persons = int(told_of.max(initial=-1)) + 1
    else:
        person, told_of = numbered(victims["victim"], reports["victim"])
        people = parse_victims(victims, person, book, problems)
        persons = int(person.max(initial=-1)) + 1
    beside = [name for name in ATTRIBUTES if name in reports or victims is None]
    told = parse_reports(reports, told_of, persons, book, problems)
    told_beside = parse_attributes(reports, beside, book, found)
    _refuse(problems)
    years = np.asarray(told["day"]) // 10_000
    if not ((years >= period[0]) & (years <= period[1])).any():
        there = f"Reports are of {years.min()} to {years.max()}: " if len(years) else ""
        hint = f"{there}give their period (period=, --period)."
        problems.append(Problem("reports.date", f"No report is of {period[0]} to {period[1]}.", hint=hint))
    _refuse(problems)
    if victims is None:
        people, row = _rows_from_reports(told, years)
    else:
        row = rows_of(people, np.asarray(told["person"]).astype(np.int64), years.astype(np.int16))
    gathered, differ = _gathered(told_beside, row, len(people["person"]), np.asarray(told["day"]), resolve, found)
    people |= gathered
    if victims is not None and "year" in people:
        _, who, year, _ = person_years(people, told, period)
        undescribed = int((rows_of(people, who, year) < 0).sum())
        hint = "A file of victims with years has a row for every year in which a victim was reported."
        found.add("year", undescribed, "of a report without a row in the file of victims", hint, "victim and year")
    ages = _ages_from_birth(people, told, period, Found("reports" if victims is None else "victims", problems))
    _refuse(problems)
    return Assembled(people, told, differ, ages)


def _check_period(period: tuple[int, int]) -> None:
    years = tuple(period) if isinstance(period, tuple | list) else ()
    if len(years) != 2 or not all(isinstance(year, int) for year in years) or years[1] < years[0]:
        raise RegistryError("period= is the first and the last year", got=repr(period))


def _check_resolutions(resolve: Mapping[str, str]) -> None:
    single = [name for name in ATTRIBUTES if name not in SETS]
    for name, rule in resolve.items():
        if name not in single:
            raise RegistryError(f"'{name}' is no column of single values", hint=did_you_mean(name, single))
        if rule not in RESOLUTIONS:
            raise RegistryError(f"Which value of '{name}' counts is {spelled(RESOLUTIONS)}", got=repr(rule))


def _lacking(victims: pd.DataFrame | None, reports: pd.DataFrame) -> list[Problem]:
    """Problems that leave nothing to be read: columns or rows that are not there, or stand in both files."""
    problems = lacking(reports, "reports", ("victim", "date", "reporter"))
    if victims is not None:
        problems = lacking(victims, "victims", ("victim",)) + problems
        for name in ATTRIBUTES:
            if name in reports and name in victims:
                hint = "Read it from one of them."
                problems.append(Problem(f"reports.{name}", "This column stands in both files.", hint=hint))
    files = {"victims": victims, "reports": reports}
    empty = [name for name, frame in files.items() if frame is not None and not len(frame)]
    return problems + [Problem(name, "The file has no rows.") for name in empty]


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise RegistryError("This register cannot be read", problems=problems)


def _rows_from_reports(told: Columns, years: NDArray[np.int32]) -> tuple[Columns, NDArray[np.intp]]:
    """One row for every victim and year with a report, and the row of every report."""
    _, person, year, row = person_years(told, told, (int(years.min()), int(years.max())))
    return {"person": person.astype(np.int32), "year": year}, row


def _gathered(
    columns: Columns, row: NDArray[np.intp], rows: int, day: NDArray[np.int32], resolve: Mapping[str, str], found: Found
) -> tuple[Columns, dict[str, int]]:
    """Bring what stands on the reports to the rows of victims."""
    there = row >= 0
    row = row[there]
    result: Columns = {}
    differ: dict[str, int] = {}
    for name, column in columns.items():
        if isinstance(column, Sets):
            bits = np.zeros(rows, dtype=column.bits.dtype)
            np.bitwise_or.at(bits, row, column.bits[there])
            result[name] = Sets(bits, column.members)
            continue
        values = column.values if isinstance(column, Codes) else column
        one, unequal = _single(values[there], row, rows, day[there], resolve.get(name, "refuse"))
        if unequal and resolve.get(name, "refuse") == "refuse":
            hint = f"Say which counts: [differing] {name} = one of {spelled(RESOLUTIONS[1:])}."
            found.add(name, unequal, "whose reports differ in this field", hint, unit="victim")
        elif unequal:
            differ[name] = unequal
        result[name] = Codes(one, column.levels) if isinstance(column, Codes) else one
    return result, differ


def _single(
    values: NDArray[Any], row: NDArray[np.intp], rows: int, day: NDArray[np.int32], rule: str
) -> tuple[NDArray[Any], int]:
    """One known value a row, and the number of rows with different ones."""
    known = values >= 0
    values, row, day = values[known], row[known], day[known]
    most = np.full(rows, -1, dtype=values.dtype)
    np.maximum.at(most, row, values)
    least = most.copy()
    np.minimum.at(least, row, values)
    unequal = least != most
    if unequal.any() and rule == "unknown":
        most[unequal] = -1
    elif unequal.any() and rule != "refuse":
        open_rows = unequal[row]
        order = np.lexsort((values[open_rows], day[open_rows] if rule == "last" else -day[open_rows]))
        most[row[open_rows][order]] = values[open_rows][order]
    return most, int(unequal.sum())


def _ages_from_birth(people: Columns, told: Columns, period: tuple[int, int], found: Found) -> int:
    """Age in the year of the (first) report where no age is given; years of birth are then forgotten."""
    born, age = np.asarray(people.pop("birth_year")), np.asarray(people["age"])
    missing = (born >= 0) & (age < 0)
    if not missing.any():
        return 0
    if "year" in people:
        year = np.asarray(people["year"])
    else:
        _, who, first, _ = person_years(people, told, period)
        year = np.full(len(age), -1, dtype=np.int16)
        known = rows_of(people, who[::-1], first[::-1])
        year[known] = first[::-1]
    missing &= year >= 0
    reached = year - born
    least, most = AGES["age"]
    impossible = missing & ((reached < least) | (reached > most))
    found.add("birth_year", int(impossible.sum()), f"with an age at the report outside {least} to {most}")
    people["age"] = np.where(missing, reached, age).astype(np.int16)
    return int(missing.sum())
