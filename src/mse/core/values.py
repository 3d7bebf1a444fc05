"""What people write in a cell: memberships of a list, whole counts, levels of a covariate."""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from mse.errors import TableError

__all__ = ["MISSING", "count_of", "is_missing", "level_of", "memberships", "ordered_levels"]

MISSING = "missing"
"""Level of persons whose covariate is not known."""

_ON = {"1", "true", "yes", "y", "ja", "j", "waar"}
_OFF = {"0", "false", "no", "n", "nee", "onwaar"}
_MEMBERSHIPS: Mapping[Hashable, bool] = {**dict.fromkeys(_ON, True), **dict.fromkeys(_OFF, False)}

_THOUSANDS = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+(,0+)?")
_PLAIN = re.compile(r"[0-9]+([.,]0+)?")
_LARGEST_COUNT = 2**53


def is_missing(value: Any) -> bool:
    """Whether a cell is empty: None, NaN, NaT, pandas' NA or blank text."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return True
    if type(value).__name__ in {"NAType", "NaTType"}:
        return True
    return isinstance(value, float) and math.isnan(value)


def level_of(value: Any) -> Hashable:
    """Write a covariate's value as a level: no outer blanks, 2015.0 as 2015, an empty cell as `MISSING`.

    Examples
    --------
    >>> [level_of(value) for value in (2015.0, " north ", None)]
    [2015, 'north', 'missing']
    """
    if is_missing(value):
        return MISSING
    if isinstance(value, str):
        return str(value).strip()
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, Hashable):
        raise TableError("A covariate has one plain value a row", got=f"values of type {type(value).__name__}")
    return value


def ordered_levels(levels: Iterable[Hashable]) -> tuple[Hashable, ...]:
    """Sort levels, numbers before text and `MISSING` last, so that the order of the rows does not matter."""

    def rank(level: Hashable) -> tuple[int, float, str]:
        if isinstance(level, int | float):
            return (0, level, "")
        return (2 if level == MISSING else 1, 0.0, str(level))

    return tuple(sorted(set(levels), key=rank))


def _written(value: Any) -> Hashable:
    """Write a value as text that is equal for 1, 1.0, True and "1"; None for an empty cell."""
    level = None if is_missing(value) else level_of(value)
    if isinstance(level, bool):
        return str(int(level))
    return level if level is None else str(level).casefold()


def memberships(values: Iterable[Any], name: str, coding: Mapping[Any, bool] | None) -> dict[Any, bool]:
    """Say of every value of a list column whether it means "on the list".

    Parameters
    ----------
    values : iterable
        The distinct values of the column.
    name : str
        The list, for the message.
    coding : mapping, optional
        What values mean, in place of 0/1, booleans, yes/no and ja/nee. The key None stands for an empty cell.

    Returns
    -------
    dict
        Value to membership.

    Raises
    ------
    mse.errors.TableError
        A value means neither.

    Examples
    --------
    >>> memberships(["ja", "nee"], "A", None)
    {'ja': True, 'nee': False}
    """
    known = _MEMBERSHIPS if coding is None else {_written(value): bool(on) for value, on in coding.items()}
    meant: dict[Any, bool] = {}
    empty = strange = 0
    for value in values:
        written = _written(value)
        if written in known:
            meant[value] = known[written]
        elif written is None:
            empty += 1
        else:
            strange += 1
    if strange:
        raise TableError(
            f"The column of list '{name}' says for every row whether the person is on the list: "
            + ("0/1, true/false, yes/no or ja/nee" if coding is None else "what coding= declares"),
            got=f"{strange} other {'value' if strange == 1 else 'values'}",
            hint="Declare other values: coding={1: True, 2: False}.",
        )
    if empty:
        raise TableError(
            f"The column of list '{name}' has empty cells, and empty is not the same as not on the list",
            hint="Where it is, declare it: coding={1: True, 0: False, None: False}.",
        )
    return meant


def count_of(value: Any) -> int:
    """Read a whole count as people write it: 1150, 1150.0, "1150" or the Dutch "1.150".

    Raises
    ------
    ValueError
        The value is no whole count; the text of the exception says what it is, never the value.

    Examples
    --------
    >>> count_of("1.150")
    1150
    """
    if isinstance(value, str):
        text = value.strip()
        negative = text.startswith(("-", "−"))
        text = text.lstrip("+-−")
        if _THOUSANDS.fullmatch(text):
            number: float | int = int(text.split(",")[0].replace(".", ""))
        elif _PLAIN.fullmatch(text):
            number = int(re.split("[.,]", text)[0])
        elif re.fullmatch(r"[0-9.]*[.,][0-9]+", text):
            raise ValueError("a fraction")
        else:
            raise ValueError("text that is no number")
        number = -number if negative else number
    elif isinstance(value, bool) or type(value).__name__ == "bool":
        raise ValueError("true or false")
    else:
        try:
            number = float(value) if not isinstance(value, int) else value
        except (TypeError, ValueError):
            raise ValueError("something that is no number") from None
    if number < 0:
        raise ValueError("a negative count")
    if number > _LARGEST_COUNT:
        raise ValueError("a count larger than any population")
    if number != int(number):
        raise ValueError("a fraction")
    return int(number)
