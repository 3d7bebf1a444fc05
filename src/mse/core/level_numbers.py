"""What number a level stands for: itself, a date as a year with its fraction, or a score that is given."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Hashable, Sequence
from numbers import Real

import numpy as np
from numpy.typing import NDArray

from mse.errors import ModelError, did_you_mean, spelled

__all__ = ["Pairs", "check_size", "number_of", "numbers_of", "place_of", "position_of"]

Pairs = tuple[tuple[Hashable, float], ...]

_DATE = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")


def number_of(value: Hashable) -> float | None:
    """The number that a level stands for; None where it stands for none.

    A date, also as ISO text, is a year with its fraction, so that 2018 is 1 January 2018.

    Examples
    --------
    >>> [number_of(level) for level in (2018, "2018", "2018-01-01", "2018-07", "north")]
    [2018.0, 2018.0, 2018.0, 2018.495890410959, None]
    """
    if isinstance(value, bool | np.bool_):
        return None
    if isinstance(value, dt.date):
        start, end = dt.date(value.year, 1, 1), dt.date(value.year, 12, 31)
        return value.year + (value.timetuple().tm_yday - 1) / ((end - start).days + 1)
    if isinstance(value, str):
        if found := _DATE.fullmatch(value.strip()):
            year, month, day = (int(part or 1) for part in found.groups())
            try:
                return number_of(dt.date(year, month, day))
            except ValueError:
                return None
        try:
            value = float(value)
        except ValueError:
            return None
    return float(value) if isinstance(value, Real) and math.isfinite(value) else None


def numbers_of(levels: Sequence[Hashable], scores: Pairs = ()) -> NDArray[np.float64]:
    """Numbers of levels, by their scores or by themselves; refuses levels without one."""
    given = {str(level): score for level, score in scores}
    numbers = [given.get(str(level), number_of(level)) for level in levels]
    if without := [str(level) for level, number in zip(levels, numbers, strict=True) if number is None]:
        raise ModelError(
            "A line over levels needs levels that are numbers or dates",
            got=spelled(without),
            hint="Give scores, or a column for each level: Levels().",
        )
    return np.array(numbers, dtype=np.float64)


def place_of(value: Hashable) -> float:
    """Number at which a step or break stands."""
    number = number_of(value)
    if number is None:
        raise ModelError("A step or break stands at a number or an ISO date", got=repr(value))
    return number


def position_of(value: Hashable, levels: Sequence[Hashable]) -> float:
    """Place of a level among levels that are no numbers."""
    written = [str(level) for level in levels]
    if str(value) not in written:
        raise ModelError(
            f"There is no level '{value}' for a step to begin with", hint=did_you_mean(str(value), written)
        )
    return float(written.index(str(value)))


def check_size(what: str, columns: int, x: NDArray[np.float64]) -> None:
    """Refuse more columns than different numbers bear."""
    different = len(np.unique(x))
    if columns >= different:
        raise ModelError(f"{what} needs {columns + 1} levels that stand for different numbers", got=str(different))
