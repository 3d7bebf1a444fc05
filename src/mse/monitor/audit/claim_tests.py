"""How a recomputed value is held against what a text says: exactly, rounded, within a band, or as true."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal

from mse.errors import TableError

__all__ = ["RECORDS", "judge_of"]

RECORDS = "records"
"""Test of a claim that no figure can confirm: it needs a cross-tabulation of the records."""

EXACT = 1e-9
"""Shares are quotients of whole numbers; floating point is off by far less than this, and no two shares of fewer than
30,000 persons are nearer each other."""

DECIMALS = 9
"""Decimals that are kept before rounding half up, so that 12.4999999999999 is the 12.5 that it stands for. A test
rounds to fewer."""

_ROOM = Context(prec=400)
"""Digits for rounding: the largest float has 309 before the point."""

_ROUNDED = {f"r{digits}": digits for digits in range(DECIMALS)}
"""Tests that round, and to how many decimals."""


def judge_of(test: str, printed: str) -> Callable[[float | bool], str]:
    """Return how a recomputed value is held against what the text says: "yes", "rounding" or "no".

    Parameters
    ----------
    test : str
        "eq", "r0" (whole numbers, rounded half up; "r1" for one decimal), "band:low:high" or "true".
    printed : str
        What the text says.

    Raises
    ------
    mse.errors.TableError
        There is no such test, or it needs a number.

    Examples
    --------
    >>> judge_of("r0", "25")(24.96), judge_of("r0", "24")(24.96), judge_of("band:1.9:2", "almost doubled")(1.99)
    ('yes', 'rounding', 'yes')
    """
    if test == "true":
        return lambda value: "yes" if value else "no"
    if test == "eq":
        number = _number(printed)
        return lambda value: "yes" if abs(value - number) < EXACT else "no"
    if test in _ROUNDED:
        return _rounded(_number(printed), _ROUNDED[test])
    kind, *ends = test.split(":")
    if kind == "band" and len(ends) == 2:
        low, high = map(_number, ends)
        return lambda value: "yes" if low - EXACT <= value <= high + EXACT else "no"
    known = "eq, r0, r1, band:low:high, true, records"
    raise TableError(f"There is no test '{test}'", hint=f"There are: {known}.")


def _rounded(printed: float, digits: int) -> Callable[[float | bool], str]:
    unit = Decimal(1).scaleb(-digits)

    def judged(value: float | bool) -> str:
        if not math.isfinite(value):
            return "no"
        exact, told = Decimal(repr(round(float(value), DECIMALS))), Decimal(repr(printed))
        if exact.quantize(unit, ROUND_HALF_UP, _ROOM) == told.quantize(unit, context=_ROOM):
            return "yes"
        return "rounding" if abs(exact - told) < unit else "no"

    return judged


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise TableError("This test needs a number", got=text, hint="Use band:low:high for words.")
    return number
