"""Draws combinations of lists as a matrix: lists one way, combinations the other, persons as bars."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from mse.messages import number, sentence
from mse.monitor.disclosure.release import ReleasedFigure
from mse.report.style import ESTIMATED, GRID, INK, PIXELS, QUIET, WARN, bare

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_overlaps", "overlaps_height"]

_MOST = 40
_MOST_NARROW = 24
_FEWEST = 16
"""Columns that a picture has room for at least, so that few combinations make no broad bars."""

_ROW = 22
_BARS = 150

Pattern = tuple[frozenset[int], int]


def draw_overlaps(axes: Axes, shown: ReleasedFigure, language: str, *, narrow: bool) -> None:
    """Draw a figure of combinations of lists; pairs of lists that share nobody are marked.

    Where the release left rows out, a combination that is not there may be one with a few persons, and no
    pair is marked.
    """
    lists = _lists(shown)
    patterns, more = _patterns(shown, narrow)
    empty = _empty_pairs(shown)
    if not patterns:
        bare(axes)
        axes.text(0.0, 1.0, sentence("word_too_few", language), transform=axes.transAxes, va="top", color=INK)
        return
    (_draw_down if narrow else _draw_across)(axes, lists, patterns, empty, language)
    if more:
        note = sentence("picture_more_patterns", language, n=more)
        axes.text(1.0, 0.0, note, transform=axes.transAxes, ha="right", va="top", color=QUIET)


def overlaps_height(shown: ReleasedFigure, *, narrow: bool) -> int:
    """Height of the picture in pixels."""
    if narrow:
        return 50 + _ROW * (len(_patterns(shown, narrow)[0]) + len(_empty_pairs(shown)))
    return 50 + _BARS + _ROW * len(_lists(shown))


def _lists(shown: ReleasedFigure) -> list[str]:
    return [name for name, column in shown.figure.columns.items() if column.kind == "member"]


def _patterns(shown: ReleasedFigure, narrow: bool) -> tuple[list[Pattern], int]:
    """Combinations with their persons, and how many more there are."""
    lists, frame = _lists(shown), shown.figure.frame.dropna(subset=["persons"])
    rows = [
        (frozenset(place for place, name in enumerate(lists) if row[name]), int(row["persons"]))
        for row in frame.to_dict("records")
    ]
    most = _MOST_NARROW if narrow else _MOST
    return rows[:most], max(0, len(rows) - most)


def _empty_pairs(shown: ReleasedFigure) -> list[frozenset[int]]:
    if shown.rows_left_out:
        return []
    lists, frame = _lists(shown), shown.figure.frame
    pairs = combinations(range(len(lists)), 2)
    return [frozenset(pair) for pair in pairs if not (frame[lists[pair[0]]] * frame[lists[pair[1]]]).any()]


def _draw_across(
    axes: Axes, lists: list[str], patterns: list[Pattern], empty: list[frozenset[int]], language: str
) -> None:
    """Lists as rows, combinations as columns, persons above."""
    k, tall = len(lists), _BARS / _ROW
    scale = tall / max(persons for _, persons in patterns)
    width = len(patterns) + len(empty)
    for place, (on, persons) in enumerate(patterns):
        axes.bar(place, persons * scale, 0.62, bottom=0.0, color=ESTIMATED if len(on) > 1 else QUIET)
        label = number(persons, language)
        axes.text(place, persons * scale + 0.2, label, ha="center", va="bottom", color=INK)
        _column(axes, place, on, k, across=True)
    for place, on in enumerate(empty, start=len(patterns)):
        axes.text(place, 0.2, "0", ha="center", va="bottom", color=WARN, weight="bold")
        _column(axes, place, on, k, across=True, hollow=True)
    if empty:
        middle = len(patterns) + (len(empty) - 1) / 2
        text = sentence("picture_nobody", language)
        axes.text(min(middle, width - 2.2), 1.3, text, ha="center", va="bottom", color=WARN)
    for row, name in enumerate(lists):
        axes.text(-0.9, -row - 1.0, name, ha="right", va="center", color=INK)
        if row % 2:
            axes.axhspan(-row - 1.5, -row - 0.5, color=GRID, alpha=0.35, lw=0, zorder=0)
    bare(axes)
    axes.set_xlim(-0.7, max(width, _FEWEST) - 0.3)
    axes.set_ylim(-k - 0.8, tall + 1.2)


def _draw_down(
    axes: Axes, lists: list[str], patterns: list[Pattern], empty: list[frozenset[int]], language: str
) -> None:
    """Combinations as rows, lists as columns, persons to the right: for a narrow page."""
    k, long = len(lists), 7.0
    scale = long / max(persons for _, persons in patterns)
    start = k + 0.2
    for row, (on, persons) in enumerate(patterns):
        color = ESTIMATED if len(on) > 1 else QUIET
        axes.barh(-row, persons * scale, 0.62, left=start, color=color)
        axes.text(start + persons * scale + 0.15, -row, number(persons, language), va="center", color=INK)
        _column(axes, -row, on, k, across=False)
    for row, on in enumerate(empty, start=len(patterns)):
        axes.text(start, -row, sentence("picture_nobody", language), va="center", color=WARN)
        _column(axes, -row, on, k, across=False, hollow=True)
    for place, name in enumerate(lists):
        axes.text(place, 0.8, name, ha="center", va="bottom", color=INK)
    bare(axes)
    axes.set_xlim(-0.6, start + long + 2.2)
    axes.set_ylim(-len(patterns) - len(empty) + 0.3, 2.0)


def _column(axes: Axes, place: float, on: frozenset[int], k: int, *, across: bool, hollow: bool = False) -> None:
    """Dots of one combination, those it is on joined by a line."""
    color = WARN if hollow else INK
    size = (0.42 * _ROW * 72 / PIXELS) ** 2

    def points(members: list[int]) -> tuple[list[float], list[float]]:
        along, fixed = [float(-m - 1) if across else float(m) for m in members], [float(place)] * len(members)
        return (fixed, along) if across else (along, fixed)

    axes.scatter(*points([m for m in range(k) if m not in on]), s=size * 0.5, color="#D0D0D0", lw=0, zorder=2)
    if len(on) > 1:
        axes.plot(*points([min(on), max(on)]), color=color, lw=1.6, ls=":" if hollow else "-", zorder=2)
    axes.scatter(*points(sorted(on)), s=size, facecolor="white" if hollow else color, edgecolor=color, lw=1.4, zorder=3)
