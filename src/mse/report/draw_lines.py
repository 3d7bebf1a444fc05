"""Draws series over years as lines with their names at the ends, and events as thin lines across."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mse.messages import LANGUAGES, number, sentence
from mse.monitor.disclosure.release import ReleasedFigure
from mse.report.canvas import (
    LINE,
    Entry,
    close_canvas,
    inner_width,
    key_height,
    key_lines,
    long,
    open_canvas,
    spread,
    wrapped,
    write_key,
    write_unit,
)
from mse.report.series import Lines, lines_of
from mse.report.style import GRID, INK, QUIET, halo

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_lines", "lines_height"]

_PLOT, _AXIS, _ABOVE = 250, 46, 14
"""Heights in pixels: of the plot, of the axis, and above the plot."""

_NUMBERS, _NAMES, _ENDS = 46, 236, 46
"""Widths in pixels: of the numbers of the axis, of the names at the ends, and of the last values alone."""

_HEADROOM = 1.06
_LETTER_LINE = 15.5


def lines_height(shown: ReleasedFigure, *, narrow: bool) -> int:
    """Height of the picture in pixels, the same in every language."""
    return max(_top(lines_of(shown, language), narrow) for language in LANGUAGES) + _PLOT + _AXIS


def _top(lines: Lines, narrow: bool) -> int:
    """Height of what stands above the plot: the key, and the labels of events."""
    return key_height(_keys(lines, narrow)) + len(_floors(lines, narrow)) * LINE + _ABOVE


def _keys(lines: Lines, narrow: bool) -> list[list[tuple[float, Entry]]]:
    """On a phone the key of all series; on a page of those whose end is withheld, and has no place for a name."""
    return key_lines([each.entry for each in lines.series if narrow or each.last is None], inner_width(narrow))


def _across(lines: Lines, narrow: bool) -> float:
    """How wide a year is, in pixels."""
    return (inner_width(narrow) - _NUMBERS - (_ENDS if narrow else _NAMES)) / len(lines.years)


def _floors(lines: Lines, narrow: bool) -> list[list[tuple[float, str, float]]]:
    """Labels of events on as few floors as they need, the lowest first: where each starts, and where its line is."""
    floors: list[list[tuple[float, str, float]]] = []
    for event in lines.events:
        x = _NUMBERS + (event.when - lines.years[0]) * _across(lines, narrow)
        left = min(x - 3, inner_width(narrow) - long(event.text))
        floor = next((each for each in floors if each[-1][0] + long(each[-1][1]) + 8 < left), None)
        if floor is None:
            floors.append([(left, event.text, x)])
        else:
            floor.append((left, event.text, x))
    return floors


def draw_lines(axes: Axes, shown: ReleasedFigure, language: str, *, narrow: bool) -> None:
    """Draw each series as a line from 0 up, its last value and its name at the end; on a phone names are above.

    A value that is withheld has no place: the line has a gap there, and where it would end, a key has its name.
    """
    lines = lines_of(shown, language)
    height = lines_height(shown, narrow=narrow)
    open_canvas(axes, height, narrow=narrow)
    top = float(height - _PLOT - _AXIS)
    bottom = top + _PLOT
    scale = _PLOT / (lines.largest * _HEADROOM)
    wide_of = _across(lines, narrow)
    right = _NUMBERS + wide_of * len(lines.years)
    _grid(axes, lines, (top, bottom), scale, language, narrow=narrow)
    _write_events(axes, lines, top, bottom, narrow)
    middles = [_NUMBERS + (place + 0.5) * wide_of for place in range(len(lines.years))]
    for each in lines.series:
        heights = [float("nan") if value is None else bottom - value * scale for value in each.values]
        axes.plot(
            middles, heights, color=each.entry.color, lw=2, marker=each.shape, ms=6, mec="white", mew=0.8, zorder=4
        )
    _write_ends(axes, lines, (top, bottom), scale, (middles[-1], right), language, narrow)
    end = top - _ABOVE - len(_floors(lines, narrow)) * LINE
    shapes = {each.entry.color: each.shape for each in lines.series}
    write_key(axes, _keys(lines, narrow), end, lambda x, y, entry: _sample(axes, x, y, entry, shapes[entry.color]))
    close_canvas(axes)


def _sample(axes: Axes, x: float, y: float, entry: Entry, shape: str) -> None:
    axes.plot([x - 7, x + 7], [y, y], color=entry.color, lw=2, clip_on=False)
    axes.plot([x], [y], color=entry.color, marker=shape, ms=6, mec="white", mew=0.8)


def _grid(axes: Axes, lines: Lines, across: tuple[float, float], scale: float, language: str, *, narrow: bool) -> None:
    """Light lines at round numbers, years below."""
    from matplotlib.ticker import MaxNLocator

    top, bottom = across
    wide_of = _across(lines, narrow)
    right = _NUMBERS + wide_of * len(lines.years)
    for tick in MaxNLocator(5, integer=True, steps=[1, 2, 2.5, 5, 10]).tick_values(0, lines.largest):
        y = bottom - tick * scale
        if top <= y <= bottom:
            axes.hlines(y, _NUMBERS, right, color=GRID, lw=0.8, zorder=1)
            axes.text(_NUMBERS - 6, y, number(tick, language), ha="right", va="center_baseline", color=QUIET)
    for place, year in enumerate(lines.years):
        axes.text(_NUMBERS + (place + 0.5) * wide_of, bottom + 5, str(year), ha="center", va="top", color=QUIET)
    write_unit(axes, _NUMBERS, bottom + 5 + LINE, sentence(f"measure_{lines.measure}", language), narrow=narrow)


def _write_events(axes: Axes, lines: Lines, top: float, bottom: float, narrow: bool) -> None:
    """A thin line at each event, up to its label and not through the labels on lower floors."""
    floors = _floors(lines, narrow)
    for floor, labels in enumerate(floors):
        y = top - _ABOVE / 2 - (floor + 0.5) * LINE
        for left, text, x in labels:
            start = y + LINE / 2 - 3
            for below in range(floor - 1, -1, -1):
                if any(side - 2 <= x <= side + long(words) + 2 for side, words, _ in floors[below]):
                    above = top - _ABOVE / 2 - (below + 1) * LINE
                    axes.vlines(x, start, max(start, above), color=QUIET, lw=0.8, ls=(0, (3, 2)), zorder=2)
                    start = above + LINE
            axes.vlines(x, start, bottom, color=QUIET, lw=0.8, ls=(0, (3, 2)), zorder=2)
            axes.text(left, y, text, ha="left", va="center_baseline", color=QUIET, path_effects=halo(), zorder=5)


def _write_ends(
    axes: Axes,
    lines: Lines,
    across: tuple[float, float],
    scale: float,
    ends: tuple[float, float],
    language: str,
    narrow: bool,
) -> None:
    """The last value of each line, and on a page its name, moved apart where they would lie over each other."""
    (top, bottom), (last, right) = across, ends
    texts, wanted = [], []
    for each in lines.series:
        if each.last is None:
            continue
        said = number(each.last, language, "persons")
        name = "" if narrow else wrapped(each.entry.text, _NAMES - long(said, bold=True) - 10)
        texts.append((said, name, each.entry.color))
        wanted.append(bottom - each.last * scale)
    heights = [_LETTER_LINE * (1 + name.count("\n")) + 3 for _, name, _ in texts]
    for (said, name, color), y, place in zip(texts, wanted, spread(wanted, heights, top - _ABOVE, bottom), strict=True):
        x = right - (0 if not narrow else 6)
        axes.plot([last + 5, x - 3], [y, place], color=color, lw=0.8, zorder=3)
        axes.text(x, place, said, ha="left", va="center", color=INK, weight="bold", zorder=5)
        axes.text(
            x + long(said, bold=True) + 8, place, name, ha="left", va="center", color=INK, linespacing=1.1, zorder=5
        )
