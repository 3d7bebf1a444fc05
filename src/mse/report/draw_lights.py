"""Draws the checks of a feasibility study: a round light for each, beside what was found or the rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mse.messages import LANGUAGES, sentence
from mse.monitor.disclosure.release import ReleasedFigure
from mse.report.canvas import BOLD, LINE, UNKNOWN, close_canvas, inner_width, open_canvas, wrapped
from mse.report.cells import text
from mse.report.style import INK, PALETTE, QUIET

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_lights", "lights_height"]

_COLORS = {"green": PALETTE[2], "amber": PALETTE[1], "red": PALETTE[3]}
_LIGHT = 26
"""Pixels that a light takes at the left."""

_GAP = 9
"""Space below each check, in pixels."""

Row = tuple[str, str, str]
"""Light in words, title, and what is said of it, broken over lines."""


def lights_height(shown: ReleasedFigure, *, narrow: bool) -> int:
    """Height of the picture in pixels, the same in every language."""
    return max(sum(map(_tall, _rows(shown, language, narrow))) + _GAP for language in LANGUAGES)


def draw_lights(axes: Axes, shown: ReleasedFigure, language: str, *, narrow: bool) -> None:
    """Draw a light a check, in the order of the figure; the light is written too, for those who see no colour."""
    open_canvas(axes, lights_height(shown, narrow=narrow), narrow=narrow)
    colors = _colors(shown, language)
    top = 0.0
    for light, title, said in _rows(shown, language, narrow):
        axes.scatter([_LIGHT / 2 - 3], [top + LINE / 2], s=95, color=colors[light], edgecolor=INK, lw=0.6, zorder=3)
        axes.text(_LIGHT, top, f"{title} ({light})", ha="left", va="top", color=INK, weight="bold")
        axes.text(_LIGHT, top + LINE, said, ha="left", va="top", color=QUIET, linespacing=1.3)
        top += _tall((light, title, said))
    close_canvas(axes)


def _rows(shown: ReleasedFigure, language: str, narrow: bool) -> list[Row]:
    """What was found where it may be shown, and otherwise the rule."""
    said = "found" if "found" in shown.figure.columns else "rule"
    room = (inner_width(narrow) - _LIGHT) / BOLD
    return [
        (
            text(shown, row, "light", language),
            text(shown, row, "check", language),
            wrapped(text(shown, row, said, language), room),
        )
        for row in map(int, shown.figure.frame.index)
    ]


def _colors(shown: ReleasedFigure, language: str) -> dict[str, str]:
    """Colour of each light by its word."""
    return {sentence(f"light_{code}", language): _COLORS.get(code, UNKNOWN) for code in (*_COLORS, "unknown")}


def _tall(row: Row) -> int:
    return (row[2].count("\n") + 2) * LINE + _GAP
