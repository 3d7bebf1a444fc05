"""Writes what `protect` decided into the frames of figures: counts, what rests on them, bases, ranks."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING

from mse.lazy import lazy
from mse.monitor.disclosure.earlier import key_of
from mse.monitor.disclosure.linked import CATEGORY, MEASURED, SAME, count_column, count_rows, identity, kind_of
from mse.monitor.disclosure.protection import SAME_DIGITS, Protection
from mse.monitor.disclosure.suppression import WITHHELD, Withheld, coarse_estimate
from mse.monitor.disclosure.trail import Decision

if TYPE_CHECKING:
    import pandas as pd

    from mse.core.figure import Figure
else:
    pd = lazy("pandas")

__all__ = ["written"]

_NUMBERS = frozenset({"count", "persons", "estimate", "percent", "ratio", "rate", "mean", "level", MEASURED})
"""Kinds of columns that could say something of a count in the same row."""

_TOTAL = "total"
"""Category code of the row of all, which has no rank."""

_KIND, _MEAN, _JOINED = "registered_kind", "period mean", "+"
"""Registered numbers that are means of the years of a period, and the sign between groups taken together."""

_MEAN_DIGITS = 1

_SHARE_DIGITS, _RATIO_DIGITS = 2, 1
"""Decimals of shares and ratios of rounded counts that cannot be computed again from what is printed."""


def written(figure: Figure, decided: Protection, base: int | None) -> tuple[Withheld, list[Decision]]:
    """Return a figure's cells as they are printed, and what became of each.

    Parameters
    ----------
    figure : Figure
        A linked figure.
    decided : Protection
        What was decided of its counts.
    base : int, optional
        Multiple that counts were rounded to.
    """
    cells = _Written(figure, decided, base)
    cells.counts()
    if cells.is_tidy:
        cells.derived()
    cells.others()
    cells.ranks()
    tally = {
        "judged": len(cells.decisions),
        "withheld": sum(1 for one in cells.decisions if one.after == "withheld"),
        "derived": sum(1 for one in cells.decisions if one.rule == "derived"),
        "rounded": sum(1 for one in cells.decisions if one.after == "rounded"),
    }
    return Withheld(cells.frame, cells.words, False, tally), cells.decisions


class _Written:
    """A frame while it is written."""

    def __init__(self, figure: Figure, decided: Protection, base: int | None) -> None:
        self.figure, self.decided, self.base = figure, decided, base
        self.column = count_column(figure) or ""
        self.is_tidy = figure.columns[self.column].kind == MEASURED
        names = [name for name, column in figure.columns.items() if not column.public_only]
        self.frame = figure.frame[names].copy()
        for name in names:
            if figure.columns[name].kind in _NUMBERS:
                self.frame[name] = self.frame[name].astype("Float64")
        self.words: dict[tuple[int, str], str] = {}
        self.decisions: list[Decision] = []
        self.rows = count_rows(figure)
        self.cell_of: Mapping[int, Hashable] = {row: identity(figure, row) for row in self.rows}
        self.hidden_values = decided.numbers

    def counts(self) -> None:
        """Write the counts."""
        rounded = self.base is not None
        for row, cell in self.cell_of.items():
            value = self.decided.counts.values[cell]
            rule = self.decided.withheld.get(cell)
            if rule is None and row not in self.figure.cells and self._may_tell(row, value):
                rule = "secondary"
            if rule is not None:
                self._withhold(row, self.column)
            else:
                self.frame.loc[row, self.column] = self.decided.printed[cell]
            after = "withheld" if rule else "rounded" if rounded else "printed"
            self._decide(row, rule or "none", after, key_of(cell))

    def _may_tell(self, row: int, value: float) -> bool:
        """Whether a number of which nobody says what it counts may tell of a withheld one.

        In a tidy figure it may be a withheld number itself. Beside an estimate it may be what is left of a whole
        without a withheld part; a mean of printed numbers tells nothing.
        """
        reference = self.figure.reference
        years = reference.years if reference is not None and reference.period is not None else 1
        sums = {round(value * times, SAME_DIGITS) for times in (1, years)}
        if self.is_tidy or not self.decided.withheld:
            return bool(sums & self.hidden_values)
        frame = self.figure.frame
        is_mean = _KIND in frame and frame.at[row, _KIND] == _MEAN
        whole = is_mean and _JOINED not in str(frame.at[row, CATEGORY])
        shown = {round(number, SAME_DIGITS) for number in self.decided.printed.values()}
        return not (whole and round(value * years, SAME_DIGITS) in shown) or bool(sums & self.hidden_values)

    def derived(self) -> None:
        """Write shares, means and changes: what rests on a withheld count, or on nobody knows what, is withheld.

        So is that of nobody, which would else tell that a withheld count is nought.
        """
        values = self.figure.frame[self.column]
        for row in map(int, values.index):
            if row in self.cell_of or kind_of(self.figure, row) == "persons":
                continue
            rests = self.figure.rests.get(row, ())
            again = self._again(float(values[row]), rests, kind_of(self.figure, row))
            if again is None:
                self._withhold(row, self.column)
            elif math.isnan(again):
                continue
            else:
                self.frame.loc[row, self.column] = again
            self._decide(row, "derived" if again is None else "none", "withheld" if again is None else "printed")

    def _again(self, value: float, rests: tuple[int, ...], kind: str) -> float | None:
        """A derived value from what is printed of the counts that it rests on; None where it may not be printed."""
        if not rests or any(row not in self.cell_of or (row, self.column) in self.words for row in rests):
            return None
        if kind == "mean":
            return round(value, _MEAN_DIGITS)  # more would tell how many it is a mean of
        if self.base is None:
            return value
        cells = [self.cell_of[row] for row in rests]
        exact = [self.decided.counts.values[cell] for cell in cells]
        printed = [self.decided.printed[cell] for cell in cells]
        for formula in (_share, _change, _points):
            if (was := formula(exact)) is not None and math.isclose(was, value, abs_tol=SAME):
                return formula(printed)
        return None

    def others(self) -> None:
        """Write the other columns of numbers."""
        for name, column in self.figure.columns.items():
            if name == self.column or name not in self.frame or column.kind not in _NUMBERS:
                continue
            for row in map(int, self.frame.index[self.frame[name].notna()]):
                printed = self._other(row, name, column.kind, column.of)
                if printed is None:
                    self._withhold(row, name)
                else:
                    self.frame.loc[row, name] = printed

    def _other(self, row: int, name: str, kind: str, of: tuple[str, ...]) -> float | None:
        value = float(str(self.frame.at[row, name]))
        hidden = (row, self.column) in self.words
        if kind == "estimate":
            return None if hidden and self.column in of else float(coarse_estimate(value))
        if kind == "persons" or name == "base":
            return self._base(row, value)
        if any((row, base) in self.words for base in of) or (hidden and (self.is_tidy or not of)):
            return None if kind != "level" else value
        if kind == "rate" and of:
            exact, printed = (float(str(frame.at[row, of[0]])) for frame in (self.figure.frame, self.frame))
            return value * printed / exact if exact else value
        if self.base is None or kind not in {"percent", "ratio"} or self.column not in of:
            return value
        pair = [tuple(float(str(frame.at[row, one])) for frame in (self.figure.frame, self.frame)) for one in of]
        if len(pair) == 2 and math.isclose(pair[0][0] / pair[1][0], value, abs_tol=SAME):
            return pair[0][1] / pair[1][1]
        return round(value, _SHARE_DIGITS if kind == "percent" else _RATIO_DIGITS)

    def _base(self, row: int, value: float) -> float | None:
        """A base is printed where it is a count that is printed: that of the row, or one that it rests on."""
        wholes = [whole for whole, parts in self.figure.sums if row in parts]
        for candidate in (row, *self.figure.rests.get(row, ()), *wholes):
            cell = self.cell_of.get(candidate)
            if cell in self.decided.printed and abs(self.decided.counts.values[cell] - value) <= SAME:
                return None if (candidate, self.column) in self.words else self.decided.printed[cell]
        return None

    def ranks(self) -> None:
        """Withhold the ranks of a year or form with a withheld count, which stands between its neighbours.

        Counts without a rank get the word too: nobody has none.
        """
        if "rank" not in self.frame:
            return
        beside = [name for name in ("year", "period", "form") if name in self.figure.frame]
        counts = self.figure.frame.loc[self.rows]
        groups = [part for _, part in counts.groupby(beside)] if beside else [counts]
        for part in groups:
            if any((int(row), self.column) in self.words for row in part.index):
                for row in part.index[part["category_code"] != _TOTAL]:
                    self._withhold(int(row), "rank")

    def _withhold(self, row: int, column: str) -> None:
        self.frame.loc[row, column] = pd.NA
        self.words[row, column] = WITHHELD

    def _decide(self, row: int, rule: str, after: str, cell: str = "") -> None:
        unsafe = rule in {"few", "dominant", "changed", "before"}
        name, before = self.figure.name, "unsafe" if unsafe else "safe"
        self.decisions.append(Decision(name, row, self.column, cell, rule, before, after))


def _share(values: list[float]) -> float | None:
    """Part in whole."""
    return values[0] / values[1] if len(values) == 2 and values[1] else None


def _change(values: list[float]) -> float | None:
    """Change from the second to the first."""
    return values[0] / values[1] - 1.0 if len(values) == 2 and values[1] else None


def _points(values: list[float]) -> float | None:
    """Difference between two shares: part and whole of the first, then of the second."""
    first, second = _share(values[:2]), _share(values[2:])
    return None if first is None or second is None else first - second
