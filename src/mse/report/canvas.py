"""Places in pixels: what the pictures of the monitor share, from keys of colours to labels that keep apart."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mse.messages import number
from mse.report.style import GRID, INK, NARROW, PALETTE, PIXELS, POINTS, QUIET, STYLE, WIDE, bare

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "BOLD",
    "CLASSES",
    "LINE",
    "OTHERS",
    "UNKNOWN",
    "Entry",
    "close_canvas",
    "ink_on",
    "inner_width",
    "key_height",
    "key_lines",
    "long",
    "open_canvas",
    "spread",
    "wrapped",
    "write_axis",
    "write_key",
    "write_unit",
]

CLASSES = (*PALETTE, "#CC79A7", "#F0E442")
"""Colours of classes beside each other: all of Okabe and Ito's but black."""

UNKNOWN, OTHERS = "#B5B5B5", "#DDDDDD"
"""Greys of what is not known, and of classes that are taken together."""

LINE = 19
"""Height of a line of text with the space around it, in pixels."""

BOLD = 1.15
"""Bold letters are wider than the others by at most about this."""

_PAD = 8
"""Pixels that the layout keeps free on both sides of a picture together."""

_SQUARE, _SWATCH, _GAP = 12, 19, 16
"""Widths in pixels: of a mark of a key, of a mark with the space behind it, and between entries."""

_SLACK = 6
"""Pixels that a text may turn out longer than it was measured."""

_DARKEST = 0.5
"""Luminance below which a colour carries white text."""


@dataclass(frozen=True)
class Entry:
    """One entry of a key: what it says and how its mark looks."""

    text: str
    color: str
    hatch: str = ""


def inner_width(narrow: bool) -> float:
    """Width of a picture within its edges, in pixels."""
    return float((NARROW if narrow else WIDE) - _PAD)


def open_canvas(axes: Axes, height: int, *, narrow: bool) -> tuple[float, float]:
    """Make the axes bare and give them pixels as coordinates, from the top left; returns width and height."""
    width, tall = inner_width(narrow), height - _PAD
    bare(axes)
    axes.set_xlim(0, width)
    axes.set_ylim(tall, 0)
    return width, float(tall)


def close_canvas(axes: Axes) -> None:
    """Keep texts that reach an edge from moving what is drawn."""
    for text in axes.texts:
        text.set_in_layout(False)


@functools.cache
def long(text: str, *, bold: bool = False) -> float:
    """Length of a line of text in pixels, at the size of all text in pictures."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family=str(STYLE["font.family"]), size=POINTS, weight="bold" if bold else "normal")
    return float(text_to_path.get_text_width_height_descent(text, font, False)[0]) * PIXELS / 72


def ink_on(color: str) -> str:
    """Colour of text that can be read on a colour."""
    from matplotlib.colors import to_rgb

    red, green, blue = to_rgb(color)
    return "white" if 0.299 * red + 0.587 * green + 0.114 * blue < _DARKEST else INK


def key_lines(entries: Sequence[Entry], width: float) -> list[list[tuple[float, Entry]]]:
    """Set the entries of a key in lines of at most a width: where each starts; a long one is alone and broken."""
    lines: list[list[tuple[float, Entry]]] = [[]]
    start = 0.0
    for entry in entries:
        needed = _SWATCH + long(entry.text) + _SLACK
        if lines[-1] and start + needed > width:
            lines.append([])
            start = 0.0
        text = entry.text if needed <= width else wrapped(entry.text, width - _SWATCH - _SLACK)
        lines[-1].append((start, replace(entry, text=text)))
        start += needed - _SLACK + _GAP
    return lines


def key_height(lines: Sequence[Sequence[tuple[float, Entry]]]) -> int:
    """Height of a key in pixels."""
    return sum(_rows(line) * LINE for line in lines)


def _rows(line: Sequence[tuple[float, Entry]]) -> int:
    return max((1 + entry.text.count("\n") for _, entry in line), default=0)


def write_key(
    axes: Axes,
    lines: Sequence[Sequence[tuple[float, Entry]]],
    bottom: float,
    mark: Callable[[float, float, Entry], None] | None = None,
) -> None:
    """Write a key that ends at a height: squares of colour, or what `mark` draws at the middle of one."""
    from matplotlib.patches import Rectangle

    y = bottom - key_height(lines)
    for line in lines:
        for start, entry in line:
            middle = y + LINE / 2
            if mark is not None:
                mark(start + _SQUARE / 2, middle, entry)
            else:
                edge = "#8A8A8A" if entry.hatch else entry.color
                axes.add_patch(
                    Rectangle(
                        (start, middle - _SQUARE / 2), _SQUARE, _SQUARE, hatch=entry.hatch or None, lw=0.6,
                        facecolor=entry.color, edgecolor=edge,
                    )
                )  # fmt: skip
            rows = 1 + entry.text.count("\n")
            side = "center" if rows > 1 else "center_baseline"
            place = y + rows * LINE / 2
            axes.text(start + _SWATCH, place, entry.text, va=side, ha="left", color=INK, linespacing=1.3)
        y += _rows(line) * LINE


def write_axis(
    axes: Axes,
    largest: float,
    along: tuple[float, float],
    across: tuple[float, float],
    label: str,
    language: str,
    *,
    narrow: bool,
) -> None:
    """Draw light lines at round numbers, from 0, with the numbers and what they count below.

    `along` is where 0 stands and how many pixels one is; `across` is where the lines start and end.
    """
    from matplotlib.ticker import MaxNLocator

    (zero, scale), (top, bottom) = along, across
    for tick in MaxNLocator(3 if narrow else 6, integer=True, steps=[1, 2, 2.5, 5, 10]).tick_values(0, largest):
        if 0 <= tick <= largest:
            axes.vlines(zero + tick * scale, top, bottom, color=GRID, lw=0.8, zorder=1)
            words = number(tick, language)
            axes.text(zero + tick * scale, bottom + 4, words, ha="center", va="top", color=QUIET)
    write_unit(axes, zero, bottom + 4 + LINE, label, narrow=narrow)


def write_unit(axes: Axes, start: float, top: float, label: str, *, narrow: bool) -> None:
    """Write below an axis what it counts; a long label starts further to the left."""
    fits = max(0.0, inner_width(narrow) - long(label) - _SLACK)
    axes.text(min(start, fits), top, label, ha="left", va="top", color=QUIET)


def spread(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Move the middles of labels as little as needed, so that none lies over another; from the top down.

    Examples
    --------
    >>> spread([10, 12, 50], [20, 20, 20], 0, 100)
    [10.0, 30.0, 50.0]
    """
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    found = [0.0] * len(wanted)
    edge = low
    for place in order:
        found[place] = max(float(wanted[place]), edge + heights[place] / 2)
        edge = found[place] + heights[place] / 2
    edge = high
    for place in reversed(order):
        found[place] = min(found[place], edge - heights[place] / 2)
        edge = found[place] - heights[place] / 2
    return found


def wrapped(text: str, width: float) -> str:
    """A text in lines of at most a width in pixels."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and long(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)
