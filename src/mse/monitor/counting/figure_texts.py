"""Titles, captions and bases of the monitor's figures, as sentences whose counts the release policy writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mse.core.sentence import Sentence, Text
from mse.monitor.counting.indicator import NOT_KNOWN, TOTAL, Indicator
from mse.monitor.counting.number_words import change_in_words, share_in_words
from mse.monitor.counting.tally import Slice
from mse.monitor.counting.tidy_rows import TidyRows

__all__ = ["texts"]

MOST = 0.5
"""A category above this share is called by its share alone: that it is the largest goes without saying."""

_UNITS = {"reports": "monitor_unit_reports", "police_reports": "monitor_unit_police_reports"}


def texts(indicator: Indicator, rows: TidyRows, period: str, line: str) -> dict[str, Text]:
    """Title, caption, base and alternative text of a figure.

    Parameters
    ----------
    indicator : Indicator
        What is shown.
    rows : TidyRows
        Its rows.
    period : str
        The whole window.
    line : str
        Which registrations count.
    """
    unit = Sentence(_UNITS.get(indicator.measure, "monitor_unit_victims"))
    shown = period.replace("-", "\N{EN DASH}")
    about = indicator.about or Sentence("monitor_about_dimension", {"dimension": indicator.dimension})
    who = indicator.who or unit
    said: dict[str, Any] = {"unit": unit, "about": about, "period": shown}
    return {
        "title": _title(indicator, rows, {**said, "who": who}),
        "caption": Sentence("monitor_caption", {**said, "line": Sentence(f"monitor_line_{line}")}),
        "base": Sentence("monitor_base", {"n": _base(indicator, rows), "who": who}),
        "alt": Sentence(f"monitor_alt_{indicator.chart}" if indicator.chart else "monitor_alt_table", said),
    }


def _code(indicator: Indicator) -> str:
    """The category that stands for all: the total, or the last line where there is none."""
    return TOTAL if indicator.total is not None else indicator.categories[-1].code


def _whole(rows: TidyRows) -> Slice | None:
    return next((column for _, _, column in rows.place if column.whole), None)


def _base(indicator: Indicator, rows: TidyRows) -> int:
    """How many the figure is about."""
    whole = _whole(rows)
    return 0 if whole is None else int(rows.value(_code(indicator), indicator.measure, whole))


def _title(indicator: Indicator, rows: TidyRows, said: Mapping[str, Any]) -> Sentence:
    title = _trend(indicator, rows, said) if indicator.headline == "trend" else None
    return title or _largest(indicator, rows, said) or Sentence("monitor_title_nobody", said)


def _trend(indicator: Indicator, rows: TidyRows, about: Mapping[str, Any]) -> Sentence | None:
    """How the last year differs from the one before."""
    years = [column for code, _, column in rows.place if code == _code(indicator) and column.year != TOTAL]
    if len(years) < 2:
        return None
    before, last = (rows.value(_code(indicator), indicator.measure, column) for column in years[-2:])
    said: dict[str, Any] = {**about, "first": years[-2].year, "last": years[-1].year}
    if before != last and not (before and last):
        return Sentence("monitor_title_to_nobody" if before else "monitor_title_from_nobody", said)
    return Sentence("monitor_title_trend", {**said, "changed": change_in_words(before, last)})


def _largest(indicator: Indicator, rows: TidyRows, said: Mapping[str, Any]) -> Sentence | None:
    """Which category is the largest, and how large a part it is; where as many are unknown, which known one.

    Where several are equally large, or everybody is unknown, none is named.
    """
    whole = _whole(rows)
    if whole is None:
        return None
    derived = {category.code for category in indicator.derived} | {TOTAL}
    there = [code for code, measure, column in rows.place if column == whole and measure == indicator.measure]
    codes = [code for code in there if code not in derived]
    known = rows.largest([code for code in codes if code not in NOT_KNOWN], indicator.measure, whole)
    if not known and not _base(indicator, rows):
        return None
    if len(known) != 1:
        return Sentence("monitor_title_no_largest", said)
    first = rows.largest(codes, indicator.measure, whole)
    at = rows.rows[rows.place[known[0], indicator.measure, whole]]
    share = at["value"] / at["base"]
    key = "largest_known" if NOT_KNOWN.intersection(first) else "most" if share > MOST else "largest"
    # A group that is called by numbers says what they are; a word, such as "minor", says it itself.
    numbered = indicator.named and at["category"]["nl"][0].isdigit()
    named = Sentence(indicator.named, {"category": at["category"]}) if numbered else at["category"]
    return Sentence(f"monitor_title_{key}", {**said, "category": named, "share": share_in_words(share)})
