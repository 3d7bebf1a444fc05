"""Reads where and when each list operated: a table of lists × strata, with dates or years."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mse.core.parse import open_frame
from mse.core.reach import read_operating, stratum_name
from mse.core.values import is_missing, level_of
from mse.errors import TableError, did_you_mean
from mse.records.coding import day_of

__all__ = ["read_operating_table"]

LIST, FROM, UNTIL, YEAR = "list", "from", "until", "year"

Period = tuple[date, date]


@dataclass(frozen=True)
class _Row:
    """A list, the levels it operated for (None: all), and the first and last day (None: no dates)."""

    list: str
    levels: Mapping[str, Hashable]
    period: Period | None

    def holds(self, stratum: Mapping[str, Hashable]) -> bool:
        """Whether a stratum is among its levels."""
        return all(stratum[name] == level for name, level in self.levels.items())


def read_operating_table(
    given: Any, lists: Sequence[str], covariates: Mapping[str, Sequence[Hashable]]
) -> NDArray[np.bool_]:
    """Read in which strata each list operated.

    Parameters
    ----------
    given : data frame, mapping or None
        A frame has a column ``list``, columns of covariates (an empty cell: all levels) and, for a table by year,
        ``from`` and ``until``: dates or years, both included, empty for no limit. A list operates where one of its
        rows says so; lists without a row operate everywhere. A mapping is that of `PartialTable`.
    lists : sequence of str
    covariates : mapping of str to sequence
        Levels of the table.

    Returns
    -------
    array of bool, shape (K, n_strata)

    Raises
    ------
    mse.errors.TableError
        Names, levels or dates are none, two rows of a list overlap, or a list operated in a part of a year.
    """
    if given is None or isinstance(given, Mapping):
        return read_operating(given, lists, covariates)
    rows = _rows(given, lists, covariates)
    on = np.ones((len(lists), len(list(product(*covariates.values())))), dtype=np.bool_)
    for place, name in enumerate(lists):
        mine = [row for row in rows if row.list == name]
        if mine:
            on[place] = [_operates(name, mine, covariates, stratum) for stratum in range(on.shape[1])]
    return read_operating(on, lists, covariates)


def _rows(given: Any, lists: Sequence[str], covariates: Mapping[str, Sequence[Hashable]]) -> list[_Row]:
    import narwhals as nw

    names = nw.from_native(given).collect_schema().names() if hasattr(given, "columns") else []
    frame = open_frame(given, [LIST, *(name for name in names if name != LIST)])
    for name in frame.columns:
        if name not in (LIST, FROM, UNTIL, *covariates):
            options = [LIST, FROM, UNTIL, *covariates]
            raise TableError(
                f"operating= has a column '{name}', which is no covariate", hint=did_you_mean(name, options)
            )
    dated = [name for name in (FROM, UNTIL) if name in frame.columns]
    if dated and (YEAR not in covariates or YEAR in frame.columns):
        raise TableError(
            f"Dates of operating= belong to a table by '{YEAR}', and stand in place of its column",
            got="no such covariate" if YEAR not in covariates else "both",
        )
    return [_row(row, lists, covariates, dated=bool(dated)) for row in frame.iter_rows(named=True)]


def _row(
    row: Mapping[str, Any], lists: Sequence[str], covariates: Mapping[str, Sequence[Hashable]], *, dated: bool
) -> _Row:
    name = str(row[LIST]).strip()
    if name not in lists:
        raise TableError(f"operating= names list '{name}', which the table has not", hint=did_you_mean(name, lists))
    levels = {}
    for covariate in covariates:
        if covariate in row and not is_missing(row[covariate]):
            levels[covariate] = level_of(row[covariate])
            if levels[covariate] not in covariates[covariate]:
                options = [str(level) for level in covariates[covariate]]
                hint = did_you_mean(str(levels[covariate]), options)
                raise TableError(f"operating= has a level of '{covariate}' that the table has not", hint=hint)
    return _Row(name, levels, _period(row, name) if dated else None)


def _period(row: Mapping[str, Any], name: str) -> Period:
    first, last = (_day(row.get(FROM), first=True), _day(row.get(UNTIL), first=False))
    if first is None or last is None:
        raise TableError(
            f"operating= holds dates, 2015-12-31, 31-12-2015 or a year, for list '{name}'", got="another value"
        )
    if last < first:
        raise TableError(f"List '{name}' operates from its first to its last day", got=f"{first} to {last}")
    return first, last


def _day(value: Any, *, first: bool) -> date | None:
    """Read the first or the last day of a period; a year is its first or last day, an empty cell no limit."""
    if is_missing(value):
        return date.min if first else date.max
    number = day_of(value.item() if hasattr(value, "item") else value)
    if number is None:
        return None
    year, rest = divmod(number, 10_000)
    if rest == 0:
        return date(year, 1, 1) if first else date(year, 12, 31)
    return date(year, *divmod(rest, 100))


def _operates(name: str, rows: Sequence[_Row], covariates: Mapping[str, Sequence[Hashable]], stratum: int) -> bool:
    levels = dict(zip(covariates, list(product(*covariates.values()))[stratum], strict=True))
    here = [row for row in rows if row.holds(levels)]
    if not here or here[0].period is None:
        if len(here) > 1:
            raise _overlap(name, covariates, stratum)
        return bool(here)
    year = levels[YEAR]
    if not isinstance(year, int):
        raise TableError(f"Dates of operating= need years as levels of '{YEAR}'", got=f"level {year!r}")
    parts = sorted(_within(here, date(year, 1, 1), date(year, 12, 31)))
    if any(later[0] <= earlier[1] for earlier, later in pairwise(parts)):
        raise _overlap(name, covariates, stratum)
    days = sum((last - first + timedelta(days=1)).days for first, last in parts)
    if 0 < days < (date(year, 12, 31) - date(year, 1, 1)).days + 1:
        raise TableError(
            f"Strata are whole years, and list '{name}' operated in a part of {year}",
            hint=f"Decide whether it counts as there in {year}, and give years in place of dates.",
        )
    return days > 0


def _within(rows: Sequence[_Row], first: date, last: date) -> Iterator[Period]:
    """Parts of the periods of some rows that lie between two days."""
    for row in rows:
        if row.period is not None:
            start, end = max(row.period[0], first), min(row.period[1], last)
            if start <= end:
                yield start, end


def _overlap(name: str, covariates: Mapping[str, Sequence[Hashable]], stratum: int) -> TableError:
    return TableError(
        f"Every stratum of a list stands in one row of operating=, and two of list '{name}' overlap",
        got=f"both hold {stratum_name(covariates, stratum)}" if covariates else "two rows",
        hint="Leave one out, or end it where the other begins.",
    )
