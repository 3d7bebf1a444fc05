"""How pictures look: one palette, one type size and above, little ink."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mse.messages import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "ESTIMATED", "GRID", "INK", "NARROW", "PALETTE", "PIXELS", "POINTS", "QUIET", "REGISTERED", "SHADE", "STYLE",
    "WARN", "WIDE", "bare", "halo", "log_ticks", "total_axis", "width_of",
]  # fmt: skip

PIXELS = 96
"""Pixels of a page in an inch of a picture."""

WIDE, NARROW = 760, 350
"""Widths of a picture in pixels: the column of a page, and a phone."""

POINTS = 9.5
"""Size of all text in pictures."""

PALETTE = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9")
"""Okabe and Ito's colours that survive colour-blindness and grey printing."""

ESTIMATED = PALETTE[0]
REGISTERED = "#8A8A8A"
WARN = PALETTE[3]
INK, QUIET, GRID, SHADE = "#1B1B1B", "#555555", "#E3E3E3", "#DCEAF4"

STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": POINTS,
    "axes.labelsize": POINTS,
    "xtick.labelsize": POINTS,
    "ytick.labelsize": POINTS,
    "legend.fontsize": POINTS,
    "text.color": INK,
    "axes.labelcolor": QUIET,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "axes.edgecolor": GRID,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "svg.fonttype": "path",
    "svg.hashsalt": "mse",
}
"""Settings of matplotlib while a picture is drawn or written; they are put back afterwards."""


def bare(axes: Axes) -> None:
    """Leave nothing of the axes but what is drawn in them."""
    for side in axes.spines.values():
        side.set_visible(False)
    axes.set_xticks([])
    axes.set_yticks([])


def halo() -> list[Any]:
    """A white edge around text, so that it can be read over marks."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=3, foreground="white")]


def width_of(text: str) -> float:
    """Rough width of a text in pixels, at the size of all text in pictures."""
    return 0.6 * POINTS * PIXELS / 72 * max(map(len, text.split("\n")))


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers for a logarithmic axis, at most `most` of them.

    Examples
    --------
    >>> log_ticks(30000, 160000, 6)
    [30000.0, 40000.0, 60000.0, 80000.0, 100000.0, 150000.0]
    """
    from matplotlib.ticker import MaxNLocator

    for steps in ((1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8), (1, 1.5, 2, 3, 4, 6, 8), (1, 2, 5), (1, 3), (1,)):
        found = [step * 10.0**power for power in range(16) for step in steps]
        found = [value for value in found if low <= value <= high]
        if 3 <= len(found) <= most:
            return found
    even = MaxNLocator(most - 1, steps=[1, 2, 5, 10]).tick_values(low, high)
    return [float(value) for value in even if low <= value <= high]


def total_axis(axes: Axes, low: float, high: float, language: str, label: str, *, most: int) -> None:
    """Make the horizontal axis logarithmic, with round numbers written as the language does."""
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    ticks = log_ticks(low, high, most)
    axes.set_xticks(ticks, [number(tick, language) for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.set_xlabel(label)
