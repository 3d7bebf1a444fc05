"""Draws the models of a search: estimated total across, difference from the best upwards, weight as size."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from mse.messages import number, sentence
from mse.monitor.disclosure.release import ReleasedFigure
from mse.report.style import ESTIMATED, INK, NARROW, SHADE, WARN, WIDE, halo, total_axis, width_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_search", "search_height"]

_MOST_DOTS = 1_500
_DEEPEST = 16.0
_RIVALS = 10.0
_LETTERS_NARROW = 24
_LINE = 0.19
"""Height of the two lines above an answer, as a share of the deepest difference."""


def search_height(shown: ReleasedFigure, *, narrow: bool) -> int:
    """Height of the picture in pixels."""
    return 400 if narrow else 420


def draw_search(axes: Axes, shown: ReleasedFigure, language: str, *, narrow: bool) -> None:
    """Draw the models of a search, the separate answers shaded and the named models named.

    Of very many models those with most weight are drawn.
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
    for row in frame[(frame["weight"] > 0) & frame["answer_weight"].notna()].to_dict("records"):
        share = sentence("picture_range_weight", language, weight=float(row["answer_weight"]))
        label, total = f"{row['answer'][language]}\n{share}", float(row["total"])
        low, high = groups.get(label, (total, total))
        groups[label] = (min(low, total), max(high, total))
    place = _Across(span, narrow)
    rows: list[float] = []
    for label, (low, high) in sorted(groups.items(), key=lambda item: item[1]):
        edge = (high / low) ** 0.5 * 1.01 if high > low else 1.02
        middle = (low * high) ** 0.5
        axes.axvspan(middle / edge, middle * edge, color=SHADE, lw=0, zorder=0)
        left, right = place.extent(middle, label)
        row = next((index for index, end in enumerate(rows) if left > end + 8), len(rows))
        rows[row:] = [right, *rows[row + 1 :]]
        axes.text(
            place.total((left + right) / 2), -(0.75 + row) * line, label, ha="center", va="bottom",
            color=INK, linespacing=1.35, zorder=4, path_effects=halo(), in_layout=False,
        )  # fmt: skip
    return (0.85 + len(rows)) * line


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
    """Ring the named models and write names and totals: above the best one, where nothing else is, beside others."""
    place = _Across(span, narrow)
    dots = [(place.extent(float(t), "")[0], float(d)) for t, d in zip(frame["total"], frame["delta"], strict=True)]

    def crowd(left: float, wide: float, depth: float, above: bool) -> int:
        """Dots under a name there; very many where it would leave the picture."""
        if left < 0 or left + wide > place.pixels:
            return len(dots) + 1
        line = 0.06 * deepest
        top, bottom = (depth - 2 * line, depth - line / 2) if above else (depth - line, depth + line)
        return sum(left <= x <= left + wide and top <= delta <= bottom for x, delta in dots)

    for row in frame[frame["mark"].notna()].reset_index(names="place").to_dict("records"):
        total, delta = float(row["total"]), float(row["delta"])
        name = f"{row['mark'][language]}: {number(total, language, 'estimate')}"
        if delta > deepest:
            name = sentence("picture_deeper", language, name=name, delta=delta)
        if narrow:
            name = textwrap.fill(name, _LETTERS_NARROW)
        best = row["place"] == frame.index[0]
        size = _dot(float(row["weight"])) + 70
        color, depth = INK if best else WARN, min(delta, deepest)
        axes.scatter([total], [depth], s=size, facecolor="none", edgecolor=color, lw=1.8, zorder=5)
        gap = size**0.5 / 2 + 4
        left, middle, wide = place.extent(total, name)[0], place.extent(total, "")[0], width_of(name)
        sides = {"above": left, "right": middle + gap, "left": middle - gap - wide}
        if not best:
            side = min(("right", "left", "above"), key=lambda side: crowd(sides[side], wide, depth, side == "above"))
        else:
            side = "above"
        axes.annotate(
            name, (place.total(sides[side]), depth), xytext=(0, gap if side == "above" else 0),
            textcoords="offset points", ha="left", va="bottom" if side == "above" else "center",
            color=color, weight="bold", zorder=6, path_effects=halo(), in_layout=False,
        )  # fmt: skip
