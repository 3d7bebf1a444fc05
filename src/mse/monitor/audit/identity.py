"""`Identity`: one thing that must hold between cells of figures, and `Check`: whether it does."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mse.core.finding import Finding, Severity
from mse.core.sentence import Sentence
from mse.monitor.audit.cell_words import where_in_words
from mse.monitor.audit.lookup import ALL, RANK, TOTAL, Cell, figure_order

__all__ = ["MEAN_TOLERANCE", "Check", "Identity", "Term"]

Term = tuple[int, Cell]
"""A cell and whether it is added (1) or taken away (-1)."""

MEAN_TOLERANCE = 0.1 + 1e-9
"""Means are printed with one decimal: the mean of printed means and the printed mean are each at most 0.05 off. The
rest is for the binary fractions that decimals become."""

COUNT_TOLERANCE = 1e-6
"""Counts are whole; a sum of them in floating point is off by far less than this."""


@dataclass(frozen=True, eq=False)
class Identity:
    """One thing that must hold between cells.

    Parameters
    ----------
    rule : str
        Rule that it comes from; its sentence is ``check_{rule}``.
    figures : tuple of str
        Figures that it is about, in the order of a report.
    where : str
        Row or column that it is about ("2019", "AU", "BG").
    left, right : tuple of Term
        Cells on both sides.
    relation : {"=", ">=", "mean", "rank"}
        Both sides are equal; the left is at least the right; the right is the mean of the left, weighted; the right is
        the rank of the left among the others.
    number : float
        What is added to the right: what a text says, where there is nothing else.
    others : tuple of tuple of Cell
        For a mean, the cells whose sum is the weight of each term of the left; for a rank, the other cells.
    row : str
        What identities share that would be settled by the same decision: the category of a row, the name of a rule.
    group : str
        What it is counted under in the account; by default its figures.
    """

    rule: str
    figures: tuple[str, ...]
    where: str
    left: tuple[Term, ...]
    right: tuple[Term, ...] = ()
    relation: str = "="
    number: float = 0.0
    others: tuple[tuple[Cell, ...], ...] = ()
    row: str = ""
    group: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "figures", tuple(sorted(dict.fromkeys(self.figures), key=figure_order)))
        object.__setattr__(self, "group", self.group or "/".join(self.figures))

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All cells that it looks at."""
        inner = (cell for cells in self.others for cell in cells)
        return tuple(dict.fromkeys([*(cell for _, cell in (*self.left, *self.right)), *inner]))

    @property
    def total(self) -> Cell | None:
        """The cell that is the sum of others in the same figure, where that is what it says."""
        one = self.relation == "=" and len(self.figures) == 1 and len(self.right) == 1 and len(self.left) > 1
        return self.right[0][1] if one else None

    def check(self, values: Mapping[Cell, float]) -> Check:
        """Test it on values."""
        if self.relation == "rank":
            return self._check_rank(values)
        left = self._mean(values) if self.relation == "mean" else _sum(self.left, values)
        right = _sum(self.right, values) + self.number
        if math.isnan(left) or math.isnan(right):
            return Check(self, left, right, None)
        if self.relation == ">=":
            return Check(self, left, right, left >= right - COUNT_TOLERANCE)
        tolerance = MEAN_TOLERANCE if self.relation == "mean" else COUNT_TOLERANCE
        return Check(self, left, right, abs(left - right) <= tolerance)

    def _mean(self, values: Mapping[Cell, float]) -> float:
        """Weighted mean of the left; a mean of nobody weighs nothing, whatever stands there."""
        weights = [sum(values[cell] for cell in cells) for cells in self.others]
        known = [(weight, values[cell]) for weight, (_, cell) in zip(weights, self.left, strict=True) if weight != 0.0]
        whole = sum(weight for weight, _ in known)
        return sum(weight * value for weight, value in known) / whole if whole else math.nan

    def _check_rank(self, values: Mapping[Cell, float]) -> Check:
        """One more than the number of larger counts; by its neighbours where the count itself is open."""
        (_, cell), rank = self.left[0], values[self.right[0][1]]
        others = {other: values[other] for (other,) in self.others}
        value = values[cell]
        if math.isnan(value):
            return self._between(others, values, rank)
        larger = sum(1 for other in others.values() if other > value)
        open_ones = sum(1 for other in others.values() if math.isnan(other)) + self._unlisted(values)
        return Check(self, larger + 1.0, rank, larger + 1 <= rank <= larger + open_ones + 1)

    def _unlisted(self, values: Mapping[Cell, float]) -> float:
        """Rows that have a rank but do not stand there: only the ranks of a whole table count those."""
        cell = self.left[0][1]
        if (cell.year, cell.form) != (TOTAL, ALL):
            return 0
        column = (cell, *(other for (other,) in self.others))
        ranks = [values[ranked] for c in column if (ranked := c._replace(measure=RANK)) in values]
        return max(rank - 1 - sum(1 for other in ranks if other < rank) for rank in ranks)

    def _between(self, others: Mapping[Cell, float], values: Mapping[Cell, float], rank: float) -> Check:
        """Whether some count fits between those of better and those of worse rank."""
        ranks = {other: values.get(other._replace(measure=RANK), math.inf) for other in others}
        better = [value for other, value in others.items() if ranks[other] < rank and not math.isnan(value)]
        worse = [value for other, value in others.items() if ranks[other] > rank and not math.isnan(value)]
        above = 1.0 + sum(1 for other in others if ranks[other] < rank)
        return Check(self, above, rank, above == rank and min(better, default=math.inf) > max(worse, default=-math.inf))


def _sum(terms: tuple[Term, ...], values: Mapping[Cell, float]) -> float:
    return float(sum(sign * values[cell] for sign, cell in terms))


@dataclass(frozen=True, eq=False)
class Check:
    """An identity on values.

    Parameters
    ----------
    identity : Identity
    left, right : float
        Both sides.
    holds : bool or None
        None where a value that it needs is missing.
    """

    identity: Identity
    left: float
    right: float
    holds: bool | None

    @property
    def failed(self) -> bool:
        """Whether it was tested and does not hold."""
        return self.holds is False

    @property
    def text(self) -> Sentence:
        """What was checked, in words."""
        return Sentence(f"check_{self.identity.rule}")

    @property
    def finding(self) -> Finding:
        """The failed check as a finding."""
        relation, figures = self.identity.relation, self.identity.figures
        values: dict[str, Any] = {"figures": list(figures), "where": where_in_words(self.identity.where, figures)}
        values |= {"check": dict(self.text), "left": self.left, "right": self.right}
        code = f"identity_fails_{relation}" if relation in ("mean", "rank") else "identity_fails"
        return Finding(code, Severity.WARNING, "/".join(figures), values)

    def __repr__(self) -> str:
        word = {True: "holds", False: "fails", None: "not testable"}[self.holds]
        return f"{self.identity.group}, {self.identity.where}: {self.text}: {word} ({self.left:g}, {self.right:g})"
