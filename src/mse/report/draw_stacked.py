"""Draws parts of totals: a stacked bar a year, and one a form over the whole period, on one axis from 0."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from mse.messages import LANGUAGES, number, sentence
from mse.monitor.disclosure.release import ReleasedFigure
from mse.report.canvas import (
    LINE,
    close_canvas,
    ink_on,
    inner_width,
    key_height,
    key_lines,
    long,
    open_canvas,
    wrapped,
    write_axis,
    write_key,
)
from mse.report.stacks import IMPUTED_HATCH, WITHHELD_HATCH, Bar, Stack, stack
from mse.report.style import INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_stacked", "stacked_height"]

_BAR, _ROW, _HEADING, _AXIS, _ABOVE = 19, 25, 30, 42, 8
"""Heights in pixels: of a bar, of a bar with the space below it, of a heading, of the axis, and above the bars."""

_AT_THE_EDGE = -6.0
_HATCHED = "#9A9A9A"
_ENDS = 50
"""Width of the totals at the ends of bars, in pixels."""

_BEFORE_TOTAL, _AFTER_TOTAL = 5, 4
"""Pixels before a total, and those by which it may turn out longer than it was measured."""

_TORN, _TEETH = (10.0, 16.0), 3
"""The end of an open bar: how far its edge reaches in and out, in pixels, and how often. It says nothing of a size."""


def stacked_height(shown: ReleasedFigure, *, narrow: bool) -> int:
    """Height of the picture in pixels, the same in every language."""
    return max(_height(stack(shown, language), narrow) for language in LANGUAGES)


def _height(bars: Stack, narrow: bool) -> int:
    keys = key_height(key_lines(bars.entries if bars.keyed else (), inner_width(narrow)))
    heading = _HEADING if bars.forms else 0
    labels = sum(1 + label.count("\n") for label in _form_labels(bars, narrow)) * LINE
    return keys + _ABOVE + (len(bars.years) + len(bars.forms)) * _ROW + heading + labels + _AXIS


def _start(bars: Stack) -> float:
    """Where the bars start, right of the years."""
    return max((long(bar.label) for bar in bars.years), default=_AT_THE_EDGE) + 12


def _form_labels(bars: Stack, narrow: bool) -> list[str]:
    return [wrapped(bar.label, inner_width(narrow) - _start(bars)) for bar in bars.forms]


def draw_stacked(axes: Axes, shown: ReleasedFigure, language: str, *, narrow: bool) -> None:
    """Draw the parts of each total as a stacked bar; what is unknown is grey and last, totals stand at the ends."""
    bars = stack(shown, language)
    height = stacked_height(shown, narrow=narrow)
    width, _ = open_canvas(axes, height, narrow=narrow)
    start = _start(bars)
    largest, scale = _scale(bars, width - start, language)
    keys = key_lines(bars.entries if bars.keyed else (), width)
    top = height - _height(bars, narrow) + key_height(keys)
    write_key(axes, keys, top)
    y = first = float(top + _ABOVE)
    for bar in bars.years:
        axes.text(0, y + _BAR / 2, bar.label, va="center_baseline", ha="left", color=INK)
        _draw(axes, bar, bars, (start, y, scale), language)
        y += _ROW
    if bars.forms:
        axes.text(0, y + _HEADING / 2, bars.heading, va="center_baseline", ha="left", color=INK, weight="bold")
        y += _HEADING
    for bar, label in zip(bars.forms, _form_labels(bars, narrow), strict=True):
        above = (1 + label.count("\n")) * LINE
        axes.text(start, y + above - 3, label, va="bottom", ha="left", color=INK, linespacing=1.15)
        _draw(axes, bar, bars, (start, y + above, scale), language)
        y += _ROW + above
    label = sentence(f"measure_{bars.measure}", language)
    write_axis(axes, largest, (start, scale), (first - 4, y - _ROW + _BAR + 6), label, language, narrow=narrow)
    close_canvas(axes)


def _scale(bars: Stack, room: float, language: str) -> tuple[float, float]:
    """The largest number, and how many pixels one is, so that every bar and what stands at its end has room."""
    every = [(max(bar.length, bar.total or 0.0), _after(bar, language)) for bar in (*bars.years, *bars.forms)]
    scales = [(room - max(after, _ENDS)) / max(reach, 1.0) for reach, after in every]
    return max((reach for reach, _ in every), default=1.0), min(scales, default=1.0)


def _after(bar: Bar, language: str) -> float:
    """How wide what stands at the end of a bar is, in pixels."""
    torn = _TORN[1] if bar.open else 0.0
    return torn + _BEFORE_TOTAL + long(_ending(bar, language), bold=True) + _AFTER_TOTAL


def _ending(bar: Bar, language: str) -> str:
    """The total of a bar, or that it is withheld."""
    return sentence("word_withheld", language) if bar.total is None else number(bar.total, language, "persons")


def _draw(axes: Axes, bar: Bar, bars: Stack, at: tuple[float, float, float], language: str) -> None:
    """Draw one bar: numbers in the parts that have room for them, the total at the end."""
    start, y, scale = at
    known = [value - guessed for value, guessed in zip_longest(bar.parts, bar.imputed, fillvalue=0.0)]
    for value, sure, entry in zip(bar.parts, known, bars.entries, strict=True):
        length = value * scale
        if value > 0:
            edge: dict[str, Any] = {"edgecolor": "white"}
            if entry.hatch:
                edge = {"edgecolor": _HATCHED, "hatch": entry.hatch}
            axes.barh(y + _BAR / 2, length, _BAR, left=start, color=entry.color, lw=0.8, zorder=3, **edge)
            text, room = number(value, language, "persons"), sure * scale
            if bars.keyed and not entry.hatch and long(text) + 4 < room:
                at_text = (start + room / 2, y + _BAR / 2)
                axes.text(*at_text, text, ha="center", va="center_baseline", color=ink_on(entry.color), zorder=4)
        start += length
    _draw_imputed(axes, bar, at)
    if bar.open:
        _draw_open(axes, start, y)
        start += _TORN[1]
    axes.text(
        start + _BEFORE_TOTAL, y + _BAR / 2, _ending(bar, language), ha="left", va="center_baseline", color=INK,
        weight="bold", zorder=4,
    )  # fmt: skip


def _draw_open(axes: Axes, start: float, y: float) -> None:
    """End a bar in a torn edge, always as wide: it goes on, and nobody is told how far."""
    from matplotlib.patches import Polygon

    edge = [(start + _TORN[place % 2], y + place * _BAR / (2 * _TEETH)) for place in range(2 * _TEETH + 1)]
    look = {"facecolor": "white", "edgecolor": _HATCHED, "hatch": WITHHELD_HATCH, "lw": 0.8}
    axes.add_patch(Polygon([(start, y), *edge, (start, y + _BAR)], closed=True, zorder=3, **look))


def _draw_imputed(axes: Axes, bar: Bar, at: tuple[float, float, float]) -> None:
    """Dot what is imputed at the end of its part, and draw the interval of the first part across its end."""
    start, y, scale = at
    end = start
    for value, guessed in zip(bar.parts, bar.imputed, strict=False):
        end += value * scale
        if guessed:
            axes.barh(
                y + _BAR / 2, guessed * scale, _BAR, left=end - guessed * scale, color="none", edgecolor="white",
                hatch=IMPUTED_HATCH, lw=0, zorder=3.5,
            )  # fmt: skip
    if bar.interval is not None:
        low, high = (start + limit * scale for limit in bar.interval)
        axes.plot([low, high], [y + _BAR / 2] * 2, color=INK, lw=1.6, marker="|", ms=8, zorder=5)
