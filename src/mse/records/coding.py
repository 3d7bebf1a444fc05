"""Turns columns of any kind into whole numbers, one distinct value at a time, without looping over rows."""

from __future__ import annotations

import re
from collections.abc import Hashable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from mse.core.values import is_missing
from mse.errors import TableError

if TYPE_CHECKING:
    import narwhals as nw

__all__ = ["NO_DATE", "coded", "day_of", "days", "distinct", "empty_cells"]

NO_DATE = 0
"""Number of a date that is not there; `days` writes 31 December 2015 as 20151231."""

_FORMATS = (
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})([T ].*)?"),
    re.compile(r"(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4})( .*)?"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    re.compile(r"(?P<y>\d{4})"),
)
_YEARS = range(1000, 3000)


def distinct(column: nw.Series[Any]) -> list[Any]:
    """Values of a column, each once, without empty cells."""
    return [value for value in column.unique().to_list() if not is_missing(value)]


def empty_cells(column: nw.Series[Any]) -> int:
    """Number of empty cells of a column."""
    import narwhals as nw

    if column.dtype == nw.String:
        return int((column.is_null() | (column.str.strip_chars() == "")).sum())
    if column.dtype.is_float():
        return int((column.is_null() | column.is_nan()).sum())
    if column.dtype.is_numeric() or column.dtype.is_temporal():
        return column.null_count()
    return sum(map(is_missing, column.to_list()))


def coded(column: nw.Series[Any], meaning: dict[Any, int], *, default: int) -> nw.Series[Any]:
    """Replace every value by its number; empty cells and values without one get the default."""
    import narwhals as nw

    if not meaning:
        return (column.is_null().cast(nw.Int64) * 0 + default).alias(column.name)
    return column.replace_strict(list(meaning), list(meaning.values()), default=default, return_dtype=nw.Int64)


def days(column: nw.Series[Any]) -> nw.Series[Any]:
    """Write the dates of a column as numbers 20151231, in order of time; `NO_DATE` for an empty cell.

    Dates, moments, text (2015-12-31, 31-12-2015, 31/12/2015, 20151231, 2015) and years (2015) are read. A day stands
    before the month, as in Dutch, unless the year comes first. Of a year alone the number is 20150000.

    Raises
    ------
    mse.errors.TableError
        The column holds something else.
    """
    import narwhals as nw

    if column.dtype in (nw.Date, nw.Datetime):
        year, month, day = (
            part.fill_null(0).cast(nw.Int64) for part in (column.dt.year(), column.dt.month(), column.dt.day())
        )
        return (year * 10_000 + month * 100 + day).alias(column.name)
    read = {value: day_of(value) for value in distinct(column)}
    meaning = {value: number for value, number in read.items() if number is not None}
    if wrong := len(read) - len(meaning):
        raise TableError(
            f"Column '{column.name}' holds dates: 2015-12-31, 31-12-2015 or a year",
            got=f"{wrong} other {'value' if wrong == 1 else 'values'}",
        )
    return coded(column, meaning, default=NO_DATE)


def day_of(value: Hashable) -> int | None:
    """Read one date as a number 20151231; None where it is no date."""
    if isinstance(value, datetime | date):
        return value.year * 10_000 + value.month * 100 + value.day
    if isinstance(value, int | float) and not isinstance(value, bool):
        return day_of(f"{value:.0f}") if value == value // 1 else None
    if not isinstance(value, str):
        return None
    for pattern in _FORMATS:
        if found := pattern.fullmatch(value.strip()):
            parts = {key: int(text) for key, text in found.groupdict().items()}
            if parts["y"] not in _YEARS:
                return None
            if "m" not in parts:
                return parts["y"] * 10_000
            try:
                return day_of(date(parts["y"], parts["m"], parts["d"]))
            except ValueError:
                return None
    return None
