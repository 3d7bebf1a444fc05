"""Draws what Markov chains drew, a line a chain, panel under panel."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from mse.messages import LANGUAGES, number, sentence
from mse.monitor.disclosure.release import ReleasedFigure
from mse.report.canvas import (
    BOLD,
    CLASSES,
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
from mse.report.style import GRID, INK, QUIET, log_ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_traces", "traces_height"]

_PANEL = 120
"""Height of the lines of one number, in pixels."""

_GAP = 16
"""Space below each panel, in pixels."""

_AXIS = 48
"""Height of the axis with its numbers and its words, in pixels."""

_RIGHT = 24
"""Pixels between the last draw and the edge: half the width of a number of the axis."""

_WIDE_RANGE = 1.5
"""Totals whose largest is more than this many times their smallest stand on a logarithmic axis."""


_VALUES = ("total", "persons", "value")
"""Columns that hold what was drawn; a number has it in one of them."""


@dataclass(frozen=True)
class _Panel:
    """A number that was drawn: its name, how far its chains agree, its rows, and its axis."""

    label: str
    said: str
    rows: Any
    value: str
    ticks: tuple[tuple[float, str], ...]
    log: bool

    @property
    def head(self) -> int:
        """Height of its words in pixels."""
        return (self.label.count("\n") + self.said.count("\n") + 2) * LINE + 4

    def up(self, values: Any) -> Any:
        """Share of the panel's height at which values stand."""
        every = self._scaled(self.rows[self.value])
        low, high = float(every.min()), float(every.max())
        return (self._scaled(values) - low) / (high - low) if high > low else np.full(np.shape(values), 0.5)

    def _scaled(self, values: Any) -> Any:
        plain = np.asarray(values, dtype=np.float64)
        return np.log(plain) if self.log else plain


def traces_height(shown: ReleasedFigure, *, narrow: bool) -> int:
    """Height of the picture in pixels, the same in every language."""
    return max(_height(shown, language, narrow) for language in LANGUAGES)


def _height(shown: ReleasedFigure, language: str, narrow: bool) -> int:
    panels = _panels(shown, language, narrow)
    heads = sum(panel.head + _PANEL + _GAP for panel in panels)
    return heads + _AXIS + key_height(_key(shown, language, narrow)) + _GAP


def draw_traces(axes: Axes, shown: ReleasedFigure, language: str, *, narrow: bool) -> None:
    """Draw every chain's line over its draws; all panels have the same draws across."""
    width, _ = open_canvas(axes, traces_height(shown, narrow=narrow), narrow=narrow)
    panels, key = _panels(shown, language, narrow), _key(shown, language, narrow)
    write_key(axes, key, float(key_height(key)))
    top = float(key_height(key)) + _GAP
    left = max((long(words) for panel in panels for _, words in panel.ticks), default=0.0) + 8
    frame = shown.figure.frame
    last = float(frame["draw"].max())
    across = (left, (width - left - _RIGHT) / max(last, 1.0))
    for panel in panels:
        _draw_panel(axes, panel, across, top, last)
        top += panel.head + _PANEL + _GAP
    bottom = top - _GAP
    for tick in _round_draws(last, narrow):
        words = number(tick, language)
        axes.text(across[0] + tick * across[1], bottom + 4, words, ha="center", va="top", color=QUIET)
    write_unit(axes, left, bottom + 4 + LINE, sentence("axis_draw", language), narrow=narrow)
    close_canvas(axes)


def _round_draws(last: float, narrow: bool) -> list[float]:
    from matplotlib.ticker import MaxNLocator

    ticks = MaxNLocator(3 if narrow else 6, integer=True, steps=[1, 2, 2.5, 5, 10]).tick_values(0, last)
    return [float(tick) for tick in ticks if 0 <= tick <= last]


def _key(shown: ReleasedFigure, language: str, narrow: bool) -> list[list[tuple[float, Entry]]]:
    chains = sorted(set(shown.figure.frame["chain"].astype(int)))
    entries = [Entry(sentence("key_chain", language, n=chain), _color(chain)) for chain in chains]
    return key_lines(entries, inner_width(narrow))


def _color(chain: int) -> str:
    return CLASSES[(chain - 1) % len(CLASSES)]


def _panels(shown: ReleasedFigure, language: str, narrow: bool) -> list[_Panel]:
    frame, width = shown.figure.frame, inner_width(narrow)
    written = frame["name"].map(lambda cell: in_language(cell, language))
    found = []
    for label in dict.fromkeys(written):
        own = frame[written == label]
        value = next((name for name in _VALUES if name in shown.figure.columns and own[name].notna().any()), None)
        if value is None:
            words = sentence("word_withheld", language)
            found.append(_Panel(wrapped(label, width / BOLD), words, own.iloc[:0], "draw", (), False))
            continue
        own = own.assign(**{value: own[value].astype(float)}).dropna(subset=[value])
        low, high = float(own[value].min()), float(own[value].max())
        log = value == "total" and low > 0.0 and high > _WIDE_RANGE * low
        said = in_language(own["agreement"].iloc[0], language)
        head = wrapped(label, width / BOLD), wrapped(said, width)
        found.append(_Panel(*head, own, value, _ticks(low, high, language, log=log), log))
    return found


def _ticks(low: float, high: float, language: str, *, log: bool) -> tuple[tuple[float, str], ...]:
    """Round numbers for the upright axis, and how they are written."""
    from matplotlib.ticker import MaxNLocator

    marks = log_ticks(low, high, 5) if log else MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    marks = [float(mark) for mark in marks if low <= mark <= high]
    words = {number(mark, language, _kind(marks)): mark for mark in marks}
    return tuple((mark, text) for text, mark in words.items())


def _kind(marks: list[float]) -> str:
    """How the numbers of an axis are written: with as many decimals as their steps have."""
    step = min((high - low for low, high in pairwise(marks)), default=1.0)
    return next((kind for kind, least in (("count", 1.0), ("mean", 0.1), ("ratio", 0.01)) if step >= least), "rate")


def _draw_panel(axes: Axes, panel: _Panel, across: tuple[float, float], top: float, last: float) -> None:
    left, scale = across
    write: dict[str, Any] = {"ha": "left", "va": "top", "linespacing": 1.4}
    axes.text(0, top, panel.label, color=INK, weight="bold", **write)
    axes.text(0, top + (panel.label.count("\n") + 1) * LINE, panel.said, color=QUIET, **write)
    bottom = top + panel.head + _PANEL
    for mark, words in panel.ticks:
        y = bottom - float(panel.up([mark])[0]) * _PANEL
        axes.hlines(y, left, left + last * scale, color=GRID, lw=0.8, zorder=1)
        axes.text(left - 6, y, words, ha="right", va="center", color=QUIET)
    for chain, own in panel.rows.groupby("chain"):
        x = left + own["draw"].to_numpy(dtype=np.float64) * scale
        axes.plot(
            x, bottom - panel.up(own[panel.value]) * _PANEL, color=_color(int(chain)), lw=0.8, alpha=0.8, zorder=3
        )
