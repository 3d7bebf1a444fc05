"""Draws the models of a search: estimated total across, difference from the best upwards, weight as size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mse.messages import number, sentence
from mse.monitor.release import ReleasedFigure
from mse.report.style import ESTIMATED, INK, NARROW, QUIET, SHADE, WARN, WIDE, halo, total_axis, width_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_search", "search_height"]

_MOST_DOTS = 1_500
_DEEPEST = 30.0
_RIVALS = 10.0
_LINE = 0.19
"""Height of the two lines above an answer, as a share of the deepest difference."""


def search_height(shown: ReleasedFigure, *, narrow: bool) -> int:
    """Height of the picture in pixels."""
    return 400 if narrow else 420


def draw_search(axes: Axes, shown: ReleasedFigure, language: str, *, narrow: bool) -> None:
    """Draw the models of a search, the separate answers shaded and the named models named.

    Of very many models those with most weight are drawn, and those at the ends of each answer.
    """
    frame = shown.figure.frame.dropna(subset=["total", "delta"])
    heading = shown.figure.columns["delta"].heading(language)
    deepest = min(max(_RIVALS, float(frame["delta"].max())), _DEEPEST)
    low, high = float(frame["total"].min()), float(frame["total"].max())
    margin = max((high / low) ** 0.12, 1.05)
    span = (low / margin, high * margin)
    total_axis(axes, *span, language, sentence("axis_total", language), most=4 if narrow else 7)
    top = _answers(axes, frame, language, line=_LINE * deepest, narrow=narrow, span=span)
    axes.set_ylim(1.08 * deepest, -top)
    axes.yaxis.set_major_locator(_ticks(deepest))
    axes.set_ylabel(sentence("axis_better", language, what=heading))
    drawn = frame.sort_values("weight", ascending=False).head(_MOST_DOTS)
    axes.scatter(
        drawn["total"], drawn["delta"].clip(upper=deepest), s=_dot(drawn["weight"].astype(float)),
        color=ESTIMATED, alpha=0.55, lw=0.6, edgecolor="white", zorder=3,
    )  # fmt: skip
    _names(axes, frame, language, deepest, span=span, narrow=narrow)


def _dot(weight: Any) -> Any:
    """Area of a model's dot."""
    return 14 + 600 * weight


def _ticks(deepest: float) -> Any:
    from matplotlib.ticker import FixedLocator

    step = 2 if deepest <= 12 else 5
    return FixedLocator([step * place for place in range(int(deepest // step) + 1)])


def _answers(axes: Axes, frame: Any, language: str, *, line: float, narrow: bool, span: tuple[float, float]) -> float:
    """Shade the separate answers and write each above its shade; returns the room that takes above the best."""
    groups: dict[str, tuple[float, float]] = {}
    for row in frame[frame["weight"] > 0].to_dict("records"):
        label = row["answer"][language] if isinstance(row["answer"], Mapping) else str(row["answer"])
        total = float(row["total"])
        low, high = groups.get(label, (total, total))
        groups[label] = (min(low, total), max(high, total))
    groups.pop(sentence("word_none_of_these", language), None)
    place = _Across(span, narrow)
    rows: list[float] = []
    for label, (low, high) in sorted(groups.items(), key=lambda item: item[1]):
        edge = (high / low) ** 0.5 * 1.01 if high > low else 1.02
        middle = (low * high) ** 0.5
        axes.axvspan(middle / edge, middle * edge, color=SHADE, lw=0, zorder=0)
        text = label.replace(": ", "\n", 1)
        left, right = place.extent(middle, text)
        row = next((index for index, end in enumerate(rows) if left > end + 8), len(rows))
        rows[row:] = [right, *rows[row + 1 :]]
        axes.text(
            place.total((left + right) / 2), -(0.45 + row) * line, text, ha="center", va="bottom",
            color=INK, linespacing=1.35, zorder=4, path_effects=halo(),
        )  # fmt: skip
    return (0.5 + len(rows)) * line


class _Across:
    """Where a text fits along the axis, in pixels from its left end."""

    def __init__(self, span: tuple[float, float], narrow: bool) -> None:
        from math import log

        self.low, self.length = log(span[0]), log(span[1] / span[0])
        self.pixels = (NARROW if narrow else WIDE) - 70

    def extent(self, total: float, text: str) -> tuple[float, float]:
        """Ends of a text centred at a total, moved inside the axis."""
        from math import log

        half = width_of(text) / 2
        middle = (log(total) - self.low) / self.length * self.pixels
        middle = min(max(middle, half), self.pixels - half)
        return middle - half, middle + half

    def total(self, pixel: float) -> float:
        """Total at a pixel."""
        from math import exp

        return exp(self.low + pixel / self.pixels * self.length)


def _names(axes: Axes, frame: Any, language: str, deepest: float, *, span: tuple[float, float], narrow: bool) -> None:
    """Ring the named models and write their names and totals beside them."""
    place = _Across(span, narrow)
    for index, row in enumerate(frame[frame["mark"].notna()].to_dict("records")):
        total, delta = float(row["total"]), min(float(row["delta"]), deepest)
        name = f"{row['mark'][language]}: {number(total, language, 'estimate')}"
        color = INK if index == 0 else WARN
        size = _dot(float(row["weight"])) + 70
        axes.scatter([total], [delta], s=size, facecolor="none", edgecolor=color, lw=1.8, zorder=5)
        pixel = place.extent(total, "")[0]
        gap = size**0.5 / 2 + 4
        to_right = pixel + width_of(name) + 2 * gap < place.pixels
        axes.annotate(
            name, (total, delta), xytext=(gap if to_right else -gap, -3), textcoords="offset points",
            ha="left" if to_right else "right", va="top", color=color, weight="bold", zorder=6, path_effects=halo(),
        )  # fmt: skip
        if float(row["delta"]) > deepest:
            axes.annotate("", (total, deepest + 1.0), (total, deepest), arrowprops={"arrowstyle": "->", "color": QUIET})
