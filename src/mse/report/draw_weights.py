"""Draws probabilities of models or terms: a bar for each, with the total under a model beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from mse.lazy import lazy
from mse.messages import LANGUAGES, sentence
from mse.monitor.disclosure.release import ReleasedFigure
from mse.report.canvas import BOLD, LINE, OTHERS, close_canvas, inner_width, long, open_canvas, wrapped
from mse.report.cells import text
from mse.report.style import ESTIMATED, INK, QUIET

if TYPE_CHECKING:
    from matplotlib.axes import Axes

pd = lazy("pandas")

__all__ = ["draw_weights", "weights_height"]

_BAR = 14
"""Height of a bar in pixels."""

_GAP = 14
"""Space below each bar, in pixels."""

_SHORTEST = 90
"""Pixels that the longest bar has at least; numbers that leave less room stand on a line of their own."""

_PART = re.compile(r"\[[^\[\]]*\]|[^\[\]]+")


class _Row(NamedTuple):
    label: str
    probability: float
    percent: str
    total: str
    rest: bool


def weights_height(shown: ReleasedFigure, *, narrow: bool) -> int:
    """Height of the picture in pixels, the same in every language."""
    return max(sum(_tall(row, narrow) for row in _rows(shown, language, narrow)) + _GAP for language in LANGUAGES)


def draw_weights(axes: Axes, shown: ReleasedFigure, language: str, *, narrow: bool) -> None:
    """Draw a bar a model or term, longest first; all others together are grey."""
    width, _ = open_canvas(axes, weights_height(shown, narrow=narrow), narrow=narrow)
    rows = _rows(shown, language, narrow)
    room = max((long(_beside(row, narrow)) for row in rows), default=0.0) + 16
    largest = max((row.probability for row in rows), default=1.0) or 1.0
    scale = max(width - room, _SHORTEST) / largest
    top = 0.0
    for row in rows:
        axes.text(0, top, row.label, ha="left", va="top", color=QUIET if row.rest else INK, linespacing=1.3)
        middle = top + (row.label.count("\n") + 1) * LINE + _BAR / 2
        length = max(row.probability * scale, 1.0)
        axes.barh(middle, length, _BAR, color=OTHERS if row.rest else ESTIMATED, lw=0, zorder=3)
        axes.text(length + 8, middle, _beside(row, narrow), ha="left", va="center_baseline", color=INK)
        if narrow and row.total:
            axes.text(0, middle + _BAR / 2 + 4, row.total, ha="left", va="top", color=ESTIMATED)
        top += _tall(row, narrow)
    close_canvas(axes)


def _beside(row: _Row, narrow: bool) -> str:
    """What stands right of a bar: on a phone the total stands below."""
    return row.percent if narrow or not row.total else f"{row.percent}   {row.total}"


def _tall(row: _Row, narrow: bool) -> int:
    lines = row.label.count("\n") + 1 + (1 if narrow and row.total else 0)
    return lines * LINE + _BAR + _GAP


def _rows(shown: ReleasedFigure, language: str, narrow: bool) -> list[_Row]:
    frame = shown.figure.frame
    name = "model" if "model" in frame else "term"
    found = []
    for row in map(int, frame.index):
        rest = isinstance(frame.at[row, name], Mapping)
        label = text(shown, row, name, language)
        label = wrapped(label, inner_width(narrow)) if rest else _terms(label, inner_width(narrow))
        value: Any = frame.at[row, "probability"]
        share = float(value) if pd.notna(value) else 0.0
        found.append(_Row(label, share, text(shown, row, "probability", language), _total(shown, row, language), rest))
    return found


def _total(shown: ReleasedFigure, row: int, language: str) -> str:
    """The total under a model, where it is known."""
    frame = shown.figure.frame
    if "median" not in frame or pd.isna(frame.at[row, "median"]):
        return ""
    lower, upper, median = (text(shown, row, name, language) for name in ("lower", "upper", "median"))
    return sentence("picture_total", language, lower=lower, upper=upper, median=median)


def _terms(model: str, width: float) -> str:
    """A model in lines of at most a width in pixels, broken between its terms only."""
    lines = [""]
    for part in _PART.findall(model):
        if lines[-1] and long(lines[-1] + part) > width / BOLD:
            lines.append(part)
        else:
            lines[-1] += part
    return "\n".join(lines)
