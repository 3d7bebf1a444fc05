"""Draws a total over the value of one assumption: a line with its interval, and the base."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mse.messages import number, sentence
from mse.monitor.disclosure.release import ReleasedFigure
from mse.report.style import ESTIMATED, GRID, INK, SHADE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["curve_height", "draw_curve"]

_HEIGHT = 330


def curve_height(shown: ReleasedFigure, *, narrow: bool) -> int:
    """Height of the picture in pixels."""
    return _HEIGHT


def draw_curve(axes: Axes, shown: ReleasedFigure, language: str, *, narrow: bool) -> None:
    """Draw the total and its interval, from 0; a dashed line is the base, and a value without a total leaves a gap."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    frame: Any = shown.figure.frame
    at, total = frame["at"].to_numpy(), frame["total"].to_numpy()
    axes.fill_between(at, frame["lower"].to_numpy(), frame["upper"].to_numpy(), color=SHADE, lw=0, zorder=1)
    axes.plot(at, total, "o-", color=ESTIMATED, ms=6, mec="white", lw=2, zorder=3)
    base = shown.figure.marks.get("base")
    if base is not None:
        axes.axhline(base, color=INK, lw=1.0, ls=(0, (4, 3)), zorder=2)
    if shown.figure.marks.get("logarithmic"):
        axes.set_xscale("log")
    axes.set_xticks(list(at), [number(value, language, "ratio") for value in at])
    axes.set_xticks([], minor=True)
    if narrow and len(at) > 1:
        axes.set_xticks([at[0], at[-1]], [number(value, language, "ratio") for value in (at[0], at[-1])])
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, language)))
    axes.grid(axis="y", color=GRID, lw=0.8)
    axes.set_axisbelow(True)
    axes.set_ylabel(sentence("axis_persons", language))
    axes.set_xlabel(shown.figure.columns["at"].heading(language))
