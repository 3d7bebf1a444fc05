"""Titles, captions and bases of the monitor's figures, as sentences whose counts the release policy writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mse.core.sentence import Sentence, Text
from mse.messages.labels import label
from mse.monitor.indicator import ALL, TOTAL, Indicator
from mse.monitor.tally import Slice
from mse.monitor.tidy_rows import TidyRows
from mse.monitor.number_words import change_in_words, share_in_words

__all__ = ["texts"]

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
    unit = _unit(indicator.measure)
    shown = period.replace("-", "\N{EN DASH}")
    said: dict[str, Any] = {"unit": unit, "about": indicator.about or _plain(indicator), "period": shown}
    base = _base(indicator, rows, unit)
    return {
        "title": _title(indicator, rows, unit, shown),
        "caption": Sentence("monitor_caption", {**said, "line": label("population_line", line)}),
        "base": base,
        "alt": Sentence(f"monitor_alt_{indicator.chart}" if indicator.chart else "monitor_alt_table", said),
    }


def _unit(measure: str) -> Sentence:
    return Sentence(_UNITS.get(measure, "monitor_unit_victims"))


def _plain(indicator: Indicator) -> Sentence:
    return Sentence("monitor_about_dimension", {"dimension": indicator.dimension})


def _base(indicator: Indicator, rows: TidyRows, unit: Text) -> Sentence:
    """How many the figure is about."""
    whole = _whole(rows)
    code = TOTAL if indicator.total is not None else indicator.categories[-1].code
    n = rows.value(code, indicator.measure, whole) if whole else 0.0
    form: Mapping[str, str] = label("form", indicator.form)
    return Sentence("monitor_base", {"n": int(n), "unit": unit, "form": form}) if indicator.form != ALL else Sentence(
        "monitor_base_all", {"n": int(n), "unit": unit}
    )  # fmt: skip


def _whole(rows: TidyRows) -> Slice | None:
    return next((column for _, _, column in rows.place if column.whole), None)


def _title(indicator: Indicator, rows: TidyRows, unit: Text, period: str) -> Sentence:
    title = _trend(indicator, rows, unit) if indicator.headline == "trend" else None
    return title or _largest(indicator, rows, unit, period) or Sentence(
        "monitor_title_nobody", {"unit": unit, "period": period}
    )  # fmt: skip


def _trend(indicator: Indicator, rows: TidyRows, unit: Text) -> Sentence | None:
    """How the last year differs from the one before."""
    code = TOTAL if indicator.total is not None else indicator.categories[-1].code
    years = [column for found, measure, column in rows.place if found == code and column.year != TOTAL]
    if len(years) < 2:
        return None
    before, last = (rows.value(code, indicator.measure, column) for column in years[-2:])
    return Sentence("monitor_title_trend", {
        "unit": unit, "about": indicator.about or _plain(indicator), "changed": change_in_words(before, last),
        "first": years[-2].year, "last": years[-1].year,
    })  # fmt: skip


def _largest(indicator: Indicator, rows: TidyRows, unit: Text, period: str) -> Sentence | None:
    """Which category is the largest, and how large a part it is."""
    whole = _whole(rows)
    if whole is None:
        return None
    there = [code for code, measure, column in rows.place if column == whole and measure == indicator.measure]
    derived = {category.code for category in indicator.derived} | {TOTAL}
    code = rows.largest({code: indicator.measure for code in there if code not in derived}, whole)
    if code is None:
        return None
    at = rows.rows[rows.place[code, indicator.measure, whole]]
    key = "monitor_title_most" if 2 * at["value"] > at["base"] else "monitor_title_largest"
    return Sentence(key, {
        "category": at["category"], "share": share_in_words(at["value"] / at["base"]), "unit": unit, "period": period,
    })  # fmt: skip
