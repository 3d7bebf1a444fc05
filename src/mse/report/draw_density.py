"""Draws densities of a total under each other, on one logarithmic axis, with median and interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.lazy import lazy
from mse.messages import LANGUAGES, number, sentence
from mse.monitor.disclosure.release import ReleasedFigure
from mse.report.canvas import (
    BOLD,
    LINE,
    Entry,
    close_canvas,
    inner_width,
    key_height,
    key_lines,
    long,
    open_canvas,
    wrapped,
    write_key,
    write_unit,
)
from mse.report.cells import in_language
from mse.report.style import ESTIMATED, GRID, INK, QUIET, SHADE, halo, log_ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

pd = lazy("pandas")

__all__ = ["density_height", "draw_density"]

_CURVE = 96
"""Height of the highest point of a curve, in pixels."""

_GAP = 12
"""Space below each curve, in pixels."""

_AXIS = 54
"""Height of the axis with its numbers and its words, in pixels."""

_EDGE = 24
"""Pixels between the edge of the picture and the ends of the axis: half the width of a number of the axis."""

_FINE = 300
"""Points along a curve, beside those of the figure: smooth between them."""

_DASHES = (0, (4, 3))


@dataclass(frozen=True)
class _Row:
    """A fit: what it is called, what is said of it, its curves and the prior's, and what is marked."""

    label: str
    said: str
    curves: tuple[Any, ...]
    marks: tuple[float | None, float | None, float | None]

    @property
    def usable(self) -> bool:
        """Whether it gives a total."""
        return self.marks[0] is not None

    @property
    def head(self) -> int:
        """Height of its words in pixels."""
        return (self.label.count("\n") + self.said.count("\n") + 2) * LINE


def density_height(shown: ReleasedFigure, *, narrow: bool) -> int:
    """Height of the picture in pixels, the same in every language."""
    return max(_height(shown, language, narrow) for language in LANGUAGES)


def _height(shown: ReleasedFigure, language: str, narrow: bool) -> int:
    rows = _rows(shown, language, narrow)
    return round(sum(row.head + _CURVE + _GAP for row in rows) + _AXIS + _above(_key(shown, language, narrow)))


def draw_density(axes: Axes, shown: ReleasedFigure, language: str, *, narrow: bool) -> None:
    """Draw a curve a fit; a fit without a total has a grey curve a chain, and nothing marked."""
    width, _ = open_canvas(axes, density_height(shown, narrow=narrow), narrow=narrow)
    rows, key = _rows(shown, language, narrow), _key(shown, language, narrow)
    top = _above(key)
    write_key(axes, key, float(key_height(key)), lambda x, y, entry: _sample(axes, x, y, entry))
    place = _Across(shown, width)
    bottom = top + sum(row.head + _CURVE + _GAP for row in rows) - _GAP
    place.draw(axes, (top, bottom), language, narrow=narrow)
    for row in rows:
        _draw_row(axes, row, place, top)
        top += row.head + _CURVE + _GAP
    close_canvas(axes)


def _rows(shown: ReleasedFigure, language: str, narrow: bool) -> list[_Row]:
    frame = shown.figure.frame
    told_apart = frame["label"].map(lambda cell: "\n".join(in_language(cell, each) for each in LANGUAGES))
    found = []
    for place, labels in enumerate(dict.fromkeys(told_apart)):
        own = frame[told_apart == labels]
        label = in_language(own["label"].iloc[0], language)
        median, lower, upper = (shown.figure.marks.get(f"{place}:{name}") for name in ("median", "lower", "upper"))
        marks = (median, lower, upper)
        said = in_language(own["status"].iloc[0], language) if marks[0] is None else _numbers(marks, language)
        chained = "chain" in shown.figure.columns and own["chain"].notna().any()
        curves = [part for _, part in own.groupby("chain")] if chained else [own]
        width = inner_width(narrow)
        found.append(_Row(wrapped(label, width / BOLD), wrapped(said, width), tuple(curves), marks))
    return found


def _numbers(marks: tuple[float | None, ...], language: str) -> str:
    median, lower, upper = marks
    span = sentence("picture_span", language, lower=lower, upper=number(upper, language, "estimate"))
    return sentence("picture_median", language, span=span, median=median)


def _key(shown: ReleasedFigure, language: str, narrow: bool) -> list[list[tuple[float, Entry]]]:
    """A key where the prior is drawn too; else labels say all."""
    if "prior" not in shown.figure.columns:
        return []
    entries = [Entry(sentence(f"key_{name}", language), color) for name, color in _SAMPLES.items()]
    return key_lines(entries, inner_width(narrow))


def _above(key: list[list[tuple[float, Entry]]]) -> float:
    """Height of the key with the space below it."""
    return key_height(key) + _GAP if key else 0.0


_SAMPLES = {"posterior": ESTIMATED, "prior": INK}


def _sample(axes: Axes, x: float, y: float, entry: Entry) -> None:
    style = "-" if entry.color == ESTIMATED else (0, (3, 2))
    axes.plot([x - 6, x + 6], [y, y], color=entry.color, lw=2.0 if style == "-" else 1.3, ls=style)


class _Across:
    """Where totals stand along the logarithmic axis, in pixels."""

    def __init__(self, shown: ReleasedFigure, width: float) -> None:
        totals = shown.figure.frame["total"].astype(float)
        self.low, self.high, self.width = float(totals.min()), float(totals.max()), width

    def at(self, total: Any) -> Any:
        share = np.log(np.asarray(total, dtype=np.float64) / self.low) / math.log(self.high / self.low)
        return _EDGE + np.clip(share, 0.0, 1.0) * (self.width - 2 * _EDGE)

    def draw(self, axes: Axes, across: tuple[float, float], language: str, *, narrow: bool) -> None:
        """Light lines at round totals, with the numbers and what they count below."""
        top, bottom = across
        end = -math.inf
        for tick in log_ticks(self.low, self.high, 4 if narrow else 7):
            x, words = float(self.at(tick)), number(tick, language)
            axes.vlines(x, top, bottom, color=GRID, lw=0.8, zorder=0)
            if x - long(words) / 2 > end:
                axes.text(x, bottom + 4, words, ha="center", va="top", color=QUIET)
                end = x + long(words) / 2 + 6
        write_unit(axes, 0.0, bottom + 4 + LINE, sentence("axis_total_posterior", language), narrow=narrow)


def _draw_row(axes: Axes, row: _Row, place: _Across, top: float) -> None:
    base = top + row.head + _CURVE
    write: dict[str, Any] = {"ha": "left", "va": "top", "linespacing": 1.4, "zorder": 6, "path_effects": halo()}
    axes.text(0, top, row.label, color=INK, weight="bold", **write)
    below = top + (row.label.count("\n") + 1) * LINE
    axes.text(0, below, row.said, color=ESTIMATED if row.usable else QUIET, **write)
    axes.hlines(base, _EDGE, place.width - _EDGE, color=GRID, lw=0.8, zorder=1)
    for curve in row.curves:
        x, height = _fine(place.at(curve["total"]), curve["height"].to_numpy(dtype=np.float64))
        if not row.usable:
            axes.plot(x, base - height * _CURVE, color=QUIET, lw=1.0, zorder=3)
            continue
        axes.fill_between(x, base, base - height * _CURVE, color=SHADE, lw=0, zorder=1)
        _mark(axes, row, place, base, x, height)
        axes.plot(x, base - height * _CURVE, color=ESTIMATED, lw=1.6, zorder=4)
    believed = row.curves[0].reindex(columns=["total", "prior"]).dropna()
    if len(believed):
        x, height = _fine(place.at(believed["total"]), believed["prior"].to_numpy(dtype=np.float64))
        axes.plot(x, base - height * _CURVE, color=INK, lw=1.1, ls=_DASHES, zorder=5)


def _mark(axes: Axes, row: _Row, place: _Across, base: float, x: Any, height: Any) -> None:
    """Fill the interval, and draw a line at the median."""
    median, lower, upper = row.marks
    assert median is not None
    start = x[0] if lower is None else float(place.at(lower))
    end = x[-1] if upper is None else float(place.at(upper))
    inside = np.unique(np.concatenate([[start, end], x[(x > start) & (x < end)]]))
    tall = np.interp(inside, x, height)
    axes.fill_between(inside, base, base - tall * _CURVE, color=ESTIMATED, alpha=0.4, lw=0, zorder=2)
    middle = float(place.at(median))
    peak = float(np.interp(middle, x, height))
    axes.vlines(middle, base - peak * _CURVE, base, color=INK, lw=1.8, zorder=5)


def _fine(x: NDArray[np.float64], height: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A smooth line through the points that does not overshoot where they are level (Akima 1970, modified)."""
    from scipy.interpolate import Akima1DInterpolator

    x, first = np.unique(x, return_index=True)
    if len(x) < 2:
        return x, height[first]
    fine = np.union1d(np.linspace(x[0], x[-1], _FINE), x)
    return fine, np.maximum(Akima1DInterpolator(x, height[first], method="makima")(fine), 0.0)
