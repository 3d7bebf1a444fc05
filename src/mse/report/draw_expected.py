"""Draws overlaps of pairs of lists: a filled dot for what was observed, an open one for what independence expects."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mse.messages import number, sentence
from mse.monitor.disclosure.release import ReleasedFigure
from mse.report.canvas import LINE, close_canvas, long, open_canvas
from mse.report.style import ESTIMATED, GRID, INK, QUIET, REGISTERED, WARN

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_expected", "expected_height"]

_ROW = 24
_EDGE = 44
"""Pixels beyond the outermost dot, for its number."""


def expected_height(shown: ReleasedFigure, *, narrow: bool) -> int:
    """Height of the picture in pixels."""
    return _ROW * len(shown.figure.frame) + 2 * LINE


def draw_expected(axes: Axes, shown: ReleasedFigure, language: str, *, narrow: bool) -> None:
    """Draw a row a pair on a scale of square roots, on which chance moves every overlap about as far.

    A pair without anybody is marked; one whose overlap is withheld shows what is expected.
    """
    width, _ = open_canvas(axes, expected_height(shown, narrow=narrow), narrow=narrow)
    frame = shown.figure.frame
    labels = [f"{first} – {second}" for first, second in zip(frame["first"], frame["second"], strict=True)]
    left = max(map(long, labels)) + 16
    observed, expected = (frame[name].astype("float64").tolist() for name in ("overlap", "expected"))
    largest = max(1.0, *(value for value in (*observed, *expected) if not math.isnan(value)))

    def place(value: float) -> float:
        return left + (width - left - _EDGE) * math.sqrt(value / largest)

    top = LINE
    _key(axes, left, language)
    for seen, independent, label in zip(observed, expected, labels, strict=True):
        middle = top + _ROW / 2
        axes.plot([left, width - _EDGE], [middle, middle], color=GRID, lw=1, zorder=1)
        axes.text(0, middle, label, ha="left", va="center", color=INK)
        if not math.isnan(independent):
            axes.scatter([place(independent)], [middle], s=42, facecolor="white", edgecolor=REGISTERED, zorder=2)
        if not math.isnan(seen):
            color = ESTIMATED if seen else WARN
            axes.scatter([place(seen)], [middle], s=42, color=color, zorder=3)
            right = place(seen if math.isnan(independent) else max(seen, independent))
            axes.text(right + 10, middle, number(seen, language), ha="left", va="center", color=color)
        top += _ROW
    close_canvas(axes)


def _key(axes: Axes, left: float, language: str) -> None:
    start = left
    for key, filled in (("picture_observed", True), ("picture_expected", False)):
        words = sentence(key, language)
        color = ESTIMATED if filled else REGISTERED
        axes.scatter([start + 5], [LINE / 2], s=42, facecolor=color if filled else "white", edgecolor=color)
        axes.text(start + 16, LINE / 2, words, ha="left", va="center", color=QUIET)
        start += long(words) + 36
