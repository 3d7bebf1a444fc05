"""Draws registered beside estimated: bars from 0, the registered part filled, the estimate as an interval or ranges.

Heights are in pixels, so that lines of text keep their distance however many rows there are.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mse.lazy import lazy
from mse.messages import number, sentence
from mse.monitor.disclosure.release import ReleasedFigure
from mse.report.cells import in_language
from mse.report.style import ESTIMATED, GRID, INK, NARROW, QUIET, REGISTERED, SHADE, WIDE, width_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

pd = lazy("pandas")

__all__ = ["draw_registered", "registered_height"]

_LINE = 17
_BAR = 18
_GAP = 16
_FOOT = 62
_MARGIN = 30
_KINDS = {"coverage_mean": "picture_coverage_mean", "coverage_bound": "picture_coverage_bound"}

Row = dict[str, Any]


@dataclass(frozen=True)
class _Group:
    """A group with its texts, wrapped, in the order in which they stand: label, estimate, bar, registered."""

    label: list[str]
    below: list[str]
    rows: list[Row]

    @property
    def estimated(self) -> list[Row]:
        return [row for row in self.rows if pd.notna(row["estimate_low"])]

    @property
    def height(self) -> int:
        above = len(self.label) + (1 if self.estimated else 0)
        return _LINE * (above + len(self.below)) + _BAR + 8 + _GAP


def registered_height(shown: ReleasedFigure, *, narrow: bool) -> int:
    """Height of the picture in pixels."""
    return _FOOT + max(
        sum(group.height for group in _groups(shown, language, narrow=narrow)) for language in ("en", "nl")
    )


def draw_registered(axes: Axes, shown: ReleasedFigure, language: str, *, narrow: bool) -> None:
    """Draw one bar a group, largest estimate first: its mean year or period, or its last year where there is none."""
    groups = _groups(shown, language, narrow=narrow)
    names = ("registered", "estimate_low", "estimate_high")
    largest = max(float(row[name]) for group in groups for row in group.rows for name in names if pd.notna(row[name]))
    right = largest * 1.06
    scale = ((NARROW if narrow else WIDE) - _MARGIN) / right
    top = 0.0
    for group in groups:
        y = _texts(axes, group, top)
        registered = group.rows[0]["registered"]
        if pd.notna(registered):
            axes.barh(y, float(registered), _BAR, color=REGISTERED, lw=0, zorder=3)
        free = 0.0
        for row in group.estimated:
            free = _estimated(axes, row, y, right, scale, free, language)
        top -= group.height
    _axis(axes, right, top, groups, language, narrow=narrow)


def _texts(axes: Axes, group: _Group, top: float) -> float:
    """Write label and registered number; returns the height of the bar's middle."""
    bar = top - _LINE * (len(group.label) + bool(group.estimated)) - 4 - _BAR / 2
    axes.text(0, top, "\n".join(group.label), va="top", ha="left", color=INK, weight="bold", linespacing=1.25)
    below = bar - _BAR / 2 - 4
    axes.text(0, below, "\n".join(group.below), va="top", ha="left", color=QUIET, linespacing=1.25)
    return bar


def _groups(shown: ReleasedFigure, language: str, *, narrow: bool) -> list[_Group]:
    """Rows that are drawn, by group in the order of the figure; more than one where rival models leave ranges."""
    found: dict[str, list[Row]] = {}
    words = {**shown.figure.words, **shown.words}
    for place, row in enumerate(shown.figure.frame.to_dict("records")):
        named = {"estimate": None, **{str(name): cell for name, cell in row.items()}}
        named["words"] = {name: word for (at, name), word in words.items() if at == place}
        found.setdefault(in_language(row["group"], "en"), []).append(named)
    across = int(((NARROW if narrow else WIDE) - _MARGIN) / width_of("x"))
    groups = []
    for rows in map(_chosen, found.values()):
        label, below = in_language(rows[0]["group"], language), _registered(rows, language)
        groups.append(_Group(textwrap.wrap(label, across), textwrap.wrap(below, across), rows))
    return groups


def _chosen(rows: list[Row]) -> list[Row]:
    periods = [row for row in rows if isinstance(row["when"], Mapping)]
    if periods:
        return periods
    last = max(str(row["when"]) for row in rows)
    return [row for row in rows if str(row["when"]) == last]


def _registered(rows: list[Row], language: str) -> str:
    """How many are registered, and what share of the estimate; or that there is no estimate."""
    row = rows[0]
    if pd.isna(row["registered"]):
        word = sentence(row["words"].get("registered", "word_unknown"), language)
        return sentence("picture_coverage_withheld", language, word=word)
    kind = in_language(row["counted_as"], "en")
    key = next((said for name, said in _KINDS.items() if sentence(name, "en") == kind), "picture_registered")
    text = sentence(key, language, n=float(row["registered"]))
    if all(pd.isna(one["estimate_low"]) for one in rows):
        word = sentence(row["words"].get("estimate_low", "word_no_estimate"), language)
        return sentence("picture_coverage_nothing", language, registered=text, word=word)
    lows = [one["share_low"] for one in rows if pd.notna(one["share_low"])]
    highs = [one["share_high"] for one in rows if pd.notna(one["share_high"])]
    if not highs or max(highs) > 1:  # more registered than estimated is no share
        return text
    high = number(float(max(highs)), language, "percent")
    low = number(float(min(lows)), language, "percent") if len(lows) == len(highs) else None
    if low is None or key == _KINDS["coverage_bound"]:
        return sentence("picture_coverage_share_most", language, registered=text, high=high)
    said = "picture_coverage_share" if low != high else "picture_coverage_share_one"
    return sentence(said, language, registered=text, low=low, high=high)


def _estimated(axes: Axes, row: Row, y: float, right: float, scale: float, free: float, language: str) -> float:
    """The estimate with its numbers above; returns where the next text may start, in pixels."""
    low, point = float(row["estimate_low"]), row["estimate"]
    open_ended = pd.isna(row["estimate_high"])
    high = right if open_ended else float(row["estimate_high"])
    rival = in_language(row["method"], "en") == sentence("method_rivals", "en")
    if rival:
        axes.barh(y, high - low, _BAR, left=low, color=SHADE, edgecolor=ESTIMATED, lw=1.4, zorder=2)
    else:
        axes.barh(y, high, _BAR, color=SHADE, lw=0, zorder=1)
        axes.plot([low, high], [y, y], color=ESTIMATED, lw=2.4, solid_capstyle="butt", zorder=4)
    if pd.notna(point):
        axes.plot([float(point)], [y], "o", ms=8, color=ESTIMATED, mec="white", zorder=5)
    elif low == high:
        axes.plot([low, low], [y - _BAR / 2, y + _BAR / 2], color=ESTIMATED, lw=3, solid_capstyle="butt", zorder=5)
    if open_ended:
        axes.annotate("", (right, y), (right * 0.97, y), arrowprops={"arrowstyle": "->", "color": ESTIMATED})
    text = _span(low, None if open_ended else high, str(row["estimate_period"]), language)
    half = width_of(text) * _BOLD / 2
    middle = max(min(max((low + high) / 2 * scale, half + free), right * scale - half), half)
    axes.text(middle / scale, y + _BAR / 2 + 3, text, ha="center", va="bottom", color=ESTIMATED, weight="bold")
    return middle + half + 8


_BOLD = 1.06
"""Bold letters are wider than the others by about this."""


def _span(low: float, high: float | None, period: str, language: str) -> str:
    if high is not None and number(low, language, "estimate") == number(high, language, "estimate"):
        return sentence("picture_coverage_about", language, low=low, period=period)
    upper = number(high, language, "estimate")
    return sentence("picture_coverage_span", language, low=low, high=upper, period=period)


def _axis(axes: Axes, right: float, bottom: float, groups: list[_Group], language: str, *, narrow: bool) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.set_xlim(0, right)
    axes.set_ylim(bottom, 2)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(3 if narrow else 6, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, language)))
    axes.grid(axis="x", color=GRID, lw=0.8)
    axes.set_axisbelow(True)
    mean = sentence("coverage_mean", "en")
    yearly = any(in_language(row["counted_as"], "en") == mean for group in groups for row in group.rows)
    axes.set_xlabel(sentence("axis_coverage_year" if yearly else "axis_coverage", language))
