"""Suppression: withholds the cells of a figure that say too much of few persons, and rounds the others.

The rules are those of statistics offices for tables of counts (Hundepool et al. 2012, *Statistical Disclosure
Control*, chapters 4 and 5): a minimum per cell, dominance within a group, secondary suppression, and
rounding.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Any

from mse.messages import rounded
from mse.monitor.disclosure.reader import Known, Reader

if TYPE_CHECKING:
    import pandas as pd

    from mse.core.figure import Figure

__all__ = [
    "BASE",
    "DOMINANT",
    "MINIMUM",
    "TOO_FEW",
    "WITHHELD",
    "Withheld",
    "coarse",
    "coarse_estimate",
    "withhold",
    "withhold_together",
]

MINIMUM = 10
"""A cell with fewer persons than this is withheld, an empty one too: a reader cannot tell them apart."""

BASE = 5
"""Counts of persons are rounded to a multiple of this."""

DOMINANT = 0.9
"""A category that holds more than this share of its group is withheld: who is in the group is in the
category."""

TOO_FEW = "word_too_few"
WITHHELD = "word_withheld"

Group = frozenset[Hashable]
"""Atoms that a cell is the sum of (`Figure.same`)."""

_SAME_DIGITS = 6
_IS_CHANGE = 1e-9
"""A value is a change from one count to another where it differs by less than rounding in binary from it."""

_RATIO_DIGITS = 1
_PERCENT_DIGITS = 2


@dataclass(frozen=True, eq=False)
class Withheld:
    """A figure's cells after a policy.

    Parameters
    ----------
    frame : pandas.DataFrame
        The columns that are shown; withheld cells are missing.
    words : mapping of (row, column) to str
        Key of the word that stands in each withheld cell.
    rows_left_out : bool
        Whether rows left the figure.
    tally : mapping of str to int
        How many cells each rule met.
    hidden : frozenset
        Of `Figure.same`, what is withheld.
    """

    frame: pd.DataFrame
    words: Mapping[tuple[int, str], str]
    rows_left_out: bool
    tally: Mapping[str, int]
    hidden: frozenset[Group] = frozenset()


def coarse(persons: float) -> int:
    """Round a count of persons to a multiple of `BASE`.

    Examples
    --------
    >>> coarse(8234), coarse(12)
    (8235, 10)
    """
    return BASE * math.floor(persons / BASE + 0.5)


def coarse_estimate(value: float) -> int:
    """Round an estimate to three digits and to a multiple of `BASE`, so that no count can be subtracted
    from it.

    Examples
    --------
    >>> coarse_estimate(116667.2), coarse_estimate(276.4)
    (117000, 275)
    """
    return coarse(rounded(value))


def withhold(figure: Figure, too: Collection[Group] = (), numbers: Collection[float] = ()) -> Withheld:
    """Judge the cells of a figure: withhold small and dominant ones and what would betray them; round the
    others.

    Parameters
    ----------
    figure : Figure
        The figure; columns of kind "persons" are judged, and what rests on them (`Column.of`).
    too : collection
        Of `Figure.same`, what is withheld elsewhere and so here too.
    numbers : collection of float
        Counts that figures of another kind withhold; nothing says that a cell with the same number is another count.

    Returns
    -------
    Withheld
    """
    return _Cells(figure, too, numbers).judged()


def withhold_together(figures: Sequence[Figure], numbers: Collection[float] = ()) -> list[Withheld]:
    """Judge the cells of several figures: what one of them withholds, none of them shows (`Figure.same`), and
    together they give no small group away."""
    hidden: set[Group] = set()
    while True:
        cells = [withhold(figure, hidden, numbers) for figure in figures]
        found = {group for withheld in cells for group in withheld.hidden}
        if found <= hidden:
            found = _given_away(figures, hidden)
        if not found:
            return cells
        hidden |= found


def _given_away(figures: Sequence[Figure], hidden: Collection[Group]) -> set[Group]:
    """Cells that are still shown and, with all others, tell too much of a group with few persons."""
    atoms = {atom: persons for figure in figures for atom, persons in figure.atoms.items()}
    if not atoms:
        return set()
    known = {}
    for figure in figures:
        whole = frozenset(figure.atoms)
        if whole and whole not in known:
            known[whole] = _printed(sum(figure.atoms.values()), shown=False)
        for group in figure.same.values():
            persons = sum(atoms[atom] for atom in group)
            if group not in hidden:
                known[group] = _printed(persons, shown=True)
            elif not figure.only_occurring:
                known[group] = Known(0, MINIMUM - 1) if persons < MINIMUM else Known(MINIMUM, math.inf)
        for group in (
            group for row in figure.compares if _is_told(figure, row, hidden) for group in figure.compares[row]
        ):
            known[group] = _printed(sum(atoms[atom] for atom in group), shown=True)
    small = [atom for atom, persons in atoms.items() if 0 < persons < MINIMUM]
    return Reader(atoms, known).to_withhold(small, BASE - 1, MINIMUM)


def _is_told(figure: Figure, row: int, hidden: Collection[Group], numbers: Collection[float] = ()) -> bool:
    """Whether a row may compare its sums of atoms: each is known, is not small and is withheld nowhere."""
    groups = figure.compares[row]
    persons = [sum(figure.atoms[atom] for atom in group) for group in groups]
    return bool(groups) and not any(
        group in hidden or number < MINIMUM or number in numbers for group, number in zip(groups, persons, strict=True)
    )


def _printed(persons: int, *, shown: bool) -> Known:
    """What a rounded count tells; one that is shown is no small one."""
    middle = coarse(persons)
    return Known(max(MINIMUM if shown else 0, middle - BASE // 2), middle + BASE // 2, shown)


class _Cells:
    """Goes through the cells of one figure; `words` grows, the figure does not change."""

    def __init__(self, figure: Figure, too: Collection[Group], numbers: Collection[float]) -> None:
        self.figure, self.too, self.numbers = figure, too, frozenset(numbers)
        self.frame = figure.frame
        self.columns = {name: column for name, column in figure.columns.items() if not column.public_only}
        self.words: dict[tuple[int, str], str] = {}
        self.tally = {"too_few": 0, "dominant": 0, "complementary": 0, "derived": 0, "rounded": 0}
        self.persons = [name for name, column in self.columns.items() if column.kind == "persons"]

    def judged(self) -> Withheld:
        for name in self.persons:
            self._few(name)
            self._part_of_whole(name)
            self._withheld_elsewhere(name)
        self._few_changed()
        for (row, name), group in self.figure.same.items():
            if group in self.too:
                self._withhold(row, name, WITHHELD, "complementary")
        for name in self.persons:
            self._within_groups(name)
        self._compared()
        self._derived()
        self._stand_ins()
        hidden = frozenset(group for cell, group in self.figure.same.items() if cell in self.words)
        rounded_frame = self._rounded()
        gone = self._rows_to_leave_out()
        if gone:
            rounded_frame, self.words = _without(rounded_frame, self.words, gone)
        return Withheld(rounded_frame, self.words, bool(gone), self.tally, hidden)

    def _withhold(self, row: int, column: str, word: str, why: str) -> None:
        if (row, column) not in self.words:
            self.words[row, column] = word
            self.tally[why] += 1

    def _few(self, name: str) -> None:
        values = self.frame[name]
        for row in values.index[values.notna() & (values < MINIMUM)]:
            self._withhold(int(row), name, TOO_FEW, "too_few")

    def _part_of_whole(self, name: str) -> None:
        """Withhold a part that is nearly its whole, or leaves too few: "only on this list" of a list's persons."""
        for whole in self.columns[name].of:
            values, wholes = self.frame[name], self.frame[whole]
            betrays = (values > DOMINANT * wholes) | (wholes - values < MINIMUM)
            for row in values.index[values.notna() & betrays]:
                self._withhold(int(row), name, WITHHELD, "dominant")

    def _withheld_elsewhere(self, name: str) -> None:
        """Withhold a number that another figure withholds."""
        values = self.frame[name]
        for row in values.index[values.notna() & values.astype(float).round(_SAME_DIGITS).isin(self.numbers)]:
            self._withhold(int(row), name, WITHHELD, "complementary")

    def _few_changed(self) -> None:
        """Withhold a count then and now where they differ by few persons: the difference would be those."""
        for name, column in self.columns.items():
            if column.kind != "percent" or len(column.of) != 2:
                continue
            then, now = (self.frame[base].astype(float) for base in column.of)
            few = (now - then).abs().between(1, MINIMUM - 1)
            for row in then.index[self._is_change(name, column.of) & few]:
                for base in column.of:
                    self._withhold(int(row), base, WITHHELD, "complementary")

    def _is_change(self, name: str, of: tuple[str, ...]) -> pd.Series[bool]:
        """Rows in which a percentage is the change from the first to the second of two counts, and no share."""
        then, now = (self.frame[base].astype(float) for base in of)
        return (self.frame[name].astype(float) - (now / then.where(then > 0) - 1.0)).abs() < _IS_CHANGE

    def _within_groups(self, name: str) -> None:
        if self.figure.group is None:
            return
        for rows in self._groups():
            values = self.frame.loc[rows, name].dropna()
            if values.max() > DOMINANT * values.sum():
                for row in values.index:
                    self._withhold(int(row), name, WITHHELD, "dominant")
        for rows in (*self._groups(), *self._margins()):
            self._complement(name, self.frame.loc[rows, name].dropna())

    def _groups(self) -> list[list[int]]:
        columns = list(self.figure.group or ())
        if not columns:
            return [list(self.frame.index)]
        return [list(part.index) for _, part in self.frame.groupby(columns, observed=True)]

    def _margins(self) -> list[list[int]]:
        """Rows that add up to what other figures print: the persons on a list, and on two lists."""
        members = [name for name, column in self.columns.items() if column.kind == "member"]
        pairs = combinations_with_replacement(members, 2)
        return [list(self.frame.index[(self.frame[a] == 1) & (self.frame[b] == 1)]) for a, b in pairs]

    def _complement(self, name: str, values: pd.Series[Any]) -> None:
        """Withhold more cells until a reader who subtracts the others from the whole learns nothing of those with
        too few persons: what is left over could be shared out among them in any way from 0 to `MINIMUM` - 1.
        """
        few, others = values[values < MINIMUM], values[values >= MINIMUM].sort_values(kind="stable")
        if few.empty:
            return
        hidden = others[[(row, name) in self.words for row in others.index]]
        others = others.drop(hidden.index)
        needed = MINIMUM - 1 - int(few.sum()) - int((hidden - MINIMUM).sum())
        enough_hidden = len(hidden) > 0
        while len(others) and not (enough_hidden and needed <= 0):
            enough = others[others - MINIMUM >= needed]
            row = (enough if len(enough) else others[::-1]).index[0]
            needed -= int(others.loc[row]) - MINIMUM
            enough_hidden = True
            self._withhold(int(row), name, WITHHELD, "complementary")
            others = others.drop(row)

    def _compared(self) -> None:
        """Withhold what compares numbers of which one is withheld, or would be: the others give that one back."""
        for row in self.figure.compares:
            if _is_told(self.figure, row, self.too, self.numbers):
                continue
            for name, column in self.columns.items():
                if column.kind not in ("text", "level") and self.frame[name].notna()[row]:
                    self._withhold(row, name, WITHHELD, "derived")

    def _derived(self) -> None:
        """Withhold what rests on a withheld count, or on a small count that is not shown itself."""
        for name, column in self.columns.items():
            if column.kind == "persons":
                continue
            present = self.frame[name].notna()
            for base in column.of:
                counted = base not in self.columns or self.columns[base].kind != "estimate"
                small = self.frame[base].notna() & (self.frame[base] < MINIMUM) & counted
                for row in map(int, self.frame.index):
                    word = self.words.get((row, base)) or (TOO_FEW if small[row] else None)
                    if word and present[row]:
                        self._withhold(row, name, word, "derived")

    def _stand_ins(self) -> None:
        """Withhold what somebody typed of a few persons."""
        for (row, name), word in self.figure.stand_ins.items():
            if any((row, count) in self.words for count in self.persons):
                self._withhold(row, name, word, "derived")

    def _rounded(self) -> pd.DataFrame:
        frame = self.frame[list(self.columns)].copy()
        for name, column in self.columns.items():
            if column.kind == "persons":
                frame[name] = frame[name].astype("Float64").map(coarse, na_action="ignore")
                self.tally["rounded"] += int(frame[name].notna().sum())
            elif column.kind == "estimate":
                frame[name] = frame[name].astype("Float64").map(coarse_estimate, na_action="ignore")
            elif column.kind == "percent":
                frame[name] = self._share(name, column.of)
            elif column.kind == "ratio":
                frame[name] = frame[name].astype("Float64").round(_RATIO_DIGITS)
            elif column.kind == "rate":
                frame[name] = self._rate(name, column.of)
        for row, name in self.words:
            frame.loc[row, name] = None
        return frame

    def _share(self, name: str, of: tuple[str, ...]) -> pd.Series[Any]:
        """A share of the rounded counts, of a part in its whole or in its group: one of the exact counts would
        give them back."""
        exact = self.frame[name].astype("Float64")
        if of:
            part = self.frame[of[0]].astype("Float64")
            whole = self.frame[of[1]].astype("Float64") if len(of) == 2 else part * 0
            for rows in self._groups() if len(of) == 1 else []:
                whole.loc[rows] = part.loc[rows].sum()
            rounded_part, rounded_whole = (counts.map(coarse, na_action="ignore") for counts in (part, whole))
            share = rounded_part / rounded_whole.where(rounded_whole > 0)
            if len(of) == 2:
                change = rounded_whole / rounded_part.where(rounded_part > 0) - 1.0
                share = share.where(~self._is_change(name, of), change)
            exact = share.where(exact.notna())
        return exact.round(_PERCENT_DIGITS)

    def _rate(self, name: str, of: tuple[str, ...]) -> pd.Series[Any]:
        """A rate of the rounded number: that of the exact one, times the population, would give it back."""
        rate = self.frame[name].astype("Float64")
        for base in of:
            exact = self.frame[base].astype("Float64")
            rounding = coarse if self.figure.columns[base].kind == "persons" else coarse_estimate
            rate = rate * exact.map(rounding, na_action="ignore") / exact.where(exact > 0)
        return rate

    def _rows_to_leave_out(self) -> list[int]:
        """Rows that would only say that somebody is there."""
        if not self.figure.only_occurring:
            return []
        rows = map(int, self.frame.index)
        return [row for row in rows if all((row, name) in self.words for name in self.persons)]


def _without(
    frame: pd.DataFrame, words: Mapping[tuple[int, str], str], gone: list[int]
) -> tuple[pd.DataFrame, dict[tuple[int, str], str]]:
    kept = [int(row) for row in frame.index if int(row) not in gone]
    place = {row: index for index, row in enumerate(kept)}
    moved = {(place[row], name): word for (row, name), word in words.items() if row in place}
    return frame.loc[kept].reset_index(drop=True), moved
