"""`TidyRows`: the rows of a tidy figure, with what each counts, what adds up, and what shares and means rest on."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mse.core.sentence import Text
from mse.lazy import lazy
from mse.monitor.counting.tally import Slice

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["COLUMNS", "TidyRows"]

COLUMNS = ("figure", "period", "year", "form", "category_code", "category", "measure", "value", "base")
"""Columns of a tidy figure, in their order."""

Key = tuple[str, str, Slice]


@dataclass(eq=False)
class TidyRows:
    """Rows of a figure while it is built.

    Parameters
    ----------
    figure : str
        Number of the figure.
    """

    figure: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    cells: dict[int, Hashable] = field(default_factory=dict)
    sums: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)
    rests: dict[int, tuple[int, ...]] = field(default_factory=dict)
    place: dict[Key, int] = field(default_factory=dict)

    def add(
        self, column: Slice, code: str, category: Text, measure: str, value: float, *,
        form: str, base: float, cell: Hashable = None, rank: float = float("nan"),
    ) -> int:  # fmt: skip
        """Add a row; `cell` is what it counts, where it is a count."""
        at = len(self.rows)
        shown = column.form if column.form != "all" else form
        values = (self.figure, column.period, column.year, shown, code, category, measure, float(value), float(base))
        self.rows.append({**dict(zip(COLUMNS, values, strict=True)), "rank": rank})
        self.place[code, measure, column] = at
        if cell is not None:
            self.cells[at] = cell
        return at

    def add_percentage(
        self, part: tuple[str, str], whole: tuple[str, str], measure: str, slices: Sequence[Slice], form: str
    ) -> None:
        """Add a count's share of another, both given by code and measure, in every column that has both."""
        for column in slices:
            places = self.at(*part, column), self.at(*whole, column)
            if places[0] is None or places[1] is None:
                continue
            n, of = (float(self.rows[at]["value"]) for at in (places[0], places[1]))
            share = n / of if of else float("nan")
            at = self.add(column, part[0], self.rows[places[0]]["category"], measure, share, form=form, base=of)
            self.rests[at] = (places[0], places[1])

    def at(self, code: str, measure: str, column: Slice) -> int | None:
        """Place of a row; None where there is none."""
        return self.place.get((code, measure, column))

    def say_sum(self, whole: int | None, parts: Sequence[int | None]) -> None:
        """State that a row is the sum of others; nothing is stated where one of them is not there."""
        present = [part for part in parts if part is not None]
        if whole is not None and present and len(present) == len(parts) and present != [whole]:
            self.sums.append((whole, tuple(present)))

    def say_totals(self, slices: Sequence[Slice]) -> None:
        """State for every count that the window is the sum of its years, and all forms that of the forms."""
        whole = next(column for column in slices if column.whole)
        years = [column for column in slices if column.year != whole.year]
        forms = [column for column in slices if column.form != whole.form]
        for code, measure, column in list(self.place):
            at = self.place[code, measure, column]
            if column == whole and at in self.cells:
                self.say_sum(at, [self.at(code, measure, year) for year in years])
                self.say_sum(at, [self.at(code, measure, form) for form in forms])

    def to_frame(self) -> pd.DataFrame:
        """The tidy frame; a column of ranks only where something has a rank."""
        frame = pd.DataFrame(self.rows, columns=[*COLUMNS, "rank"])
        return frame if frame["rank"].notna().any() else frame.drop(columns="rank")

    def value(self, code: str, measure: str, column: Slice) -> float:
        """Value of a row; NaN where there is none."""
        at = self.at(code, measure, column)
        return float("nan") if at is None else float(self.rows[at]["value"])

    def largest(self, codes: Sequence[str], measure: str, column: Slice) -> tuple[str, ...]:
        """Codes of the largest of some categories, all of equal ones; none where all are zero."""
        found = {code: self.value(code, measure, column) for code in codes}
        most = max(found.values(), default=0.0)
        return tuple(code for code, value in found.items() if value == most > 0)
