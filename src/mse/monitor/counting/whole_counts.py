"""Counts of figures over their whole window, and the forms with fewer reports than victims (R42)."""

from __future__ import annotations

from collections.abc import Iterator

from mse.core.figure import Figure
from mse.monitor.counting.indicator import ALL, TOTAL

__all__ = ["fewer_reports", "whole_count"]


def whole_count(figure: Figure, code: str, measure: str = "victims") -> int:
    """The count of a category over the whole window, and all forms where the figure shows more than one; 0 where the
    figure does not have it."""
    frame = figure.frame[(figure.frame["year"] == TOTAL) & (figure.frame["category_code"] == code)]
    frame = frame[frame["measure"] == measure]
    every = frame[frame["form"] == ALL]
    chosen = every if len(every) else frame
    return int(chosen["value"].iloc[0]) if len(chosen) else 0


def fewer_reports(victims: Figure, reports: Figure) -> Iterator[tuple[str, int, int]]:
    """Forms with fewer reports than victims, with both numbers.

    Parameters
    ----------
    victims : Figure
        Victims by form (figure 2.7).
    reports : Figure
        Reports by group, with columns by form (figure 2.11).
    """
    frame = reports.frame
    totals = frame[(frame["category_code"] == TOTAL) & (frame["year"] == TOTAL) & (frame["form"] != ALL)]
    for form, n in zip(totals["form"], totals["value"], strict=True):
        seen = whole_count(victims, form)
        if n < seen:
            yield form, int(n), seen
