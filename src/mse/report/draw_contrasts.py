"""Draws contrasts: a dot with its interval for each, beside a line that marks no change.

Differences, ratios and changes have scales of their own, so each kind stands in a block with its own axis.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mse.lazy import lazy
from mse.messages import LANGUAGES, number, sentence
from mse.monitor.disclosure.release import ReleasedFigure
from mse.monitor.estimation.contrast_figures import SCALES
from mse.report.canvas import BOLD, LINE, close_canvas, inner_width, open_canvas, wrapped, write_unit
from mse.report.cells import in_language, text
from mse.report.style import ESTIMATED, GRID, INK, QUIET, halo

if TYPE_CHECKING:
    from matplotlib.axes import Axes

pd = lazy("pandas")

__all__ = ["contrasts_height", "draw_contrasts"]

_MARK = 18
"""Height of a dot with its interval, in pixels."""

_GAP = 8
"""Space below each contrast, in pixels."""

_AXIS = 54
"""Height of an axis with its numbers and its words, in pixels."""

_EDGE = 24
"""Pixels between the edge of the picture and the outermost limit: half the width of a number of the axis."""

_TICK = {"estimate": "count", "ratio": "ratio", "percent": "level"}
"""How the numbers of an axis are written: they are round, so a change needs no decimals."""

Row = tuple[int, str]
"""Row of the frame, and what is compared, broken over lines."""


def contrasts_height(shown: ReleasedFigure, *, narrow: bool) -> int:
    """Height of the picture in pixels, the same in every language."""
    return max(_height(shown, language, narrow) for language in LANGUAGES)


def _height(shown: ReleasedFigure, language: str, narrow: bool) -> int:
    blocks = _blocks(shown, language, narrow)
    rows = [row for block in blocks.values() for row in block]
    return sum(_tall(label) for _, label in rows) + _AXIS * len(blocks) + _GAP


def _tall(label: str) -> int:
    """Height of one contrast: its label, its numbers, its mark."""
    return (label.count("\n") + 2) * LINE + _MARK + _GAP


def _blocks(shown: ReleasedFigure, language: str, narrow: bool) -> dict[str, list[Row]]:
    """Contrasts by their scale, in the order of the figure; one without a number stands where its word does."""
    frame = shown.figure.frame
    found: dict[str, list[Row]] = {}
    for scale in (scale for scale in SCALES if scale in frame):
        for row in map(int, frame.index):
            if pd.notna(frame.at[row, scale]) or (row, scale) in shown.words:
                cell = frame.at[row, "what"]
                label = in_language(cell, language)
                found.setdefault(scale, []).append((row, wrapped(label, inner_width(narrow) / BOLD)))
    return found


def draw_contrasts(axes: Axes, shown: ReleasedFigure, language: str, *, narrow: bool) -> None:
    """Draw contrasts under each other, those of one scale on one axis; where there is no number, its word."""
    width, _ = open_canvas(axes, contrasts_height(shown, narrow=narrow), narrow=narrow)
    top = 0.0
    for scale, rows in _blocks(shown, language, narrow).items():
        bottom = top + sum(_tall(label) for _, label in rows)
        place = _Axis(shown, scale, rows, width)
        place.draw(axes, (top, bottom), language, narrow=narrow)
        for row, label in rows:
            _contrast(axes, shown, (row, label), scale, place, top, language)
            top += _tall(label)
        top += _AXIS
    close_canvas(axes)


class _Axis:
    """Where the values of one block stand, in pixels."""

    def __init__(self, shown: ReleasedFigure, scale: str, rows: list[Row], width: float) -> None:
        ends = [f"{scale}{end}" for end in ("", "_lower", "_upper")]
        values = shown.figure.frame.loc[[row for row, _ in rows], ends].stack().dropna()
        self.scale, self.width = scale, width
        self.no_change = 1.0 if scale == "ratio" else 0.0
        ends_of_axis = [*map(float, values), self.no_change]
        self.low, self.high = min(ends_of_axis), max(ends_of_axis)

    def at(self, value: float) -> float:
        if self.high == self.low:
            return self.width / 2
        return _EDGE + (value - self.low) / (self.high - self.low) * (self.width - 2 * _EDGE)

    def draw(self, axes: Axes, across: tuple[float, float], language: str, *, narrow: bool) -> None:
        """Light lines at round numbers, a dashed one at no change, and below them what is measured."""
        from matplotlib.ticker import MaxNLocator

        top, bottom = across
        kind = _TICK[SCALES[self.scale]]
        for tick in MaxNLocator(3 if narrow else 6, steps=[1, 2, 2.5, 5, 10]).tick_values(self.low, self.high):
            if self.low <= tick <= self.high and self.high > self.low:
                axes.vlines(self.at(tick), top, bottom, color=GRID, lw=0.8, zorder=1)
                words = number(round(float(tick), 10), language, kind)
                axes.text(self.at(tick), bottom + 4, words, ha="center", va="top", color=QUIET)
        axes.vlines(self.at(self.no_change), top, bottom, color=INK, lw=1.0, ls=(0, (4, 3)), zorder=2)
        write_unit(axes, 0.0, bottom + 4 + LINE, sentence(f"axis_contrast_{self.scale}", language), narrow=narrow)


def _contrast(
    axes: Axes, shown: ReleasedFigure, named: Row, scale: str, place: _Axis, top: float, language: str
) -> None:
    """What is compared, its numbers below, and the dot with its interval below these."""
    row, label = named
    value, lower, upper = (text(shown, row, f"{scale}{end}", language) for end in ("", "_lower", "_upper"))
    below = top + (label.count("\n") + 1) * LINE
    write: dict[str, Any] = {"ha": "left", "va": "top", "linespacing": 1.3, "path_effects": halo(), "zorder": 5}
    axes.text(0, top, label, color=INK, weight="bold", **write)
    cells: Any = shown.figure.frame.loc[row]
    if pd.isna(cells[scale]):
        axes.text(0, below, value, color=QUIET, **write)
        return
    words = sentence("picture_contrast", language, value=value, lower=lower, upper=upper)
    axes.text(0, below, words, color=ESTIMATED, **write)
    y = below + LINE + _MARK / 2
    if pd.notna(cells[f"{scale}_lower"]):
        ends = [place.at(float(cells[f"{scale}{end}"])) for end in ("_lower", "_upper")]
        axes.plot(ends, [y, y], color=ESTIMATED, lw=2.4, solid_capstyle="butt", zorder=4)
    axes.plot([place.at(float(cells[scale]))], [y], "o", ms=8, color=ESTIMATED, mec="white", zorder=5)
