"""Draws replicates: a histogram of their totals, stacked by the model that each selected."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from mse.messages import sentence
from mse.monitor.disclosure.release import ReleasedFigure
from mse.report.cells import unbroken
from mse.report.style import GRID, PALETTE, QUIET, REGISTERED, SHADE, total_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_histogram", "histogram_height"]

_LINE = 22
_BELOW = 38
"""Points between the axis and the names of the models: room for the axis' own words."""

_LETTERS = {True: 38, False: 90}


def histogram_height(shown: ReleasedFigure, *, narrow: bool) -> int:
    """Height of the picture in pixels."""
    lines = sum(label.count("\n") + 1 for _, label in _parts(shown, "en", narrow))
    return 300 + _LINE * lines


def draw_histogram(axes: Axes, shown: ReleasedFigure, language: str, *, narrow: bool) -> None:
    """Draw the totals of the replicates on a logarithmic axis, the interval shaded."""
    from matplotlib.ticker import MaxNLocator
    from matplotlib.transforms import ScaledTranslation

    frame, marks = shown.figure.frame, shown.figure.marks
    left, right = frame["lower"].astype(float).to_numpy(), frame["upper"].astype(float).to_numpy()
    stacked = np.zeros(len(frame))
    for place, (name, label) in enumerate(_parts(shown, language, narrow)):
        heights = frame[name].astype(float).to_numpy()
        color = PALETTE[place] if name.startswith("model_") else REGISTERED
        axes.bar(
            left, heights, right - left, bottom=stacked, align="edge", color=color, edgecolor="white", lw=0.5,
            label=label, zorder=3,
        )  # fmt: skip
        stacked = stacked + heights
    low, high = marks.get("lower"), marks.get("upper")
    edges = (float(left[0]) / 1.03, float(right[-1]) * 1.03)
    if low is not None:
        end = edges[1] if high is None else high
        axes.axvspan(low, end, color=SHADE, lw=0, zorder=0)
        for limit in (low, high):
            if limit is not None:
                axes.axvline(limit, color=QUIET, lw=1.2, ls="--", zorder=4)
    total_axis(axes, *edges, language, sentence("axis_total", language), most=4 if narrow else 7)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.set_ylabel(sentence("axis_replicates", language))
    axes.grid(axis="y", color=GRID, lw=0.8)
    axes.set_axisbelow(True)
    picture = axes.get_figure(root=True)
    assert picture is not None
    below = axes.transAxes + ScaledTranslation(0.0, -_BELOW / 72, picture.dpi_scale_trans)
    axes.legend(loc="upper left", bbox_to_anchor=(0.0, 0.0), bbox_transform=below, frameon=False, borderpad=0)


def _parts(shown: ReleasedFigure, language: str, narrow: bool) -> list[tuple[str, str]]:
    """Columns to stack, each with its share of the replicates and its model."""
    frame = shown.figure.frame
    whole = float(frame["replicates"].sum())
    names = [name for name in frame if str(name).startswith("model_") or name == "other_models"] or ["replicates"]
    found = []
    for name in map(str, names):
        model = shown.figure.columns[name].heading(language)
        text = sentence("picture_share", language, share=float(frame[name].sum()) / whole, model=model)
        found.append((name, _wrapped(text, _LETTERS[narrow])))
    return found


def _wrapped(text: str, letters: int) -> str:
    """Break a model's name over lines, between its terms only."""
    lines = textwrap.wrap(unbroken(text).replace("][", "] ["), letters)
    return "\n".join(line.replace("] [", "][") for line in lines)
