"""Pictures of which a release withholds nearly everything: a sentence stands in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mse.core.sentence import Sentence
from mse.messages import LANGUAGES
from mse.monitor.disclosure.release import ReleasedFigure
from mse.report.canvas import LINE, close_canvas, inner_width, open_canvas, wrapped
from mse.report.style import QUIET
from mse.report.wide import ALL, BY_FORM, PER_YEAR, wide

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_unseen", "unseen", "unseen_height"]

NEARLY_ALL = 0.9
"""Share of withheld numbers from which a picture shows gaps and not numbers: fewer than one in ten are left to see."""

_MARGIN = 12
"""Pixels that the layout keeps free above and below together, with room for letters that reach lower."""


def unseen(shown: ReleasedFigure) -> Sentence | None:
    """Say how many numbers of a picture are withheld, where nearly all of them are; None where it is worth drawing.

    Parameters
    ----------
    shown : ReleasedFigure
        A figure; only those with a layout have a picture that can be empty.

    Returns
    -------
    Sentence or None
    """
    layout = shown.figure.layout
    if layout is None:
        return None
    table = wide(shown, LANGUAGES[0])
    groups = (PER_YEAR,) if shown.figure.chart == "lines" else (PER_YEAR, BY_FORM)
    places = table.places(*groups) or table.places(ALL)
    lines = [line for line in (*table.parts(), table.total()) if line is not None]
    drawn = [line.cells[place] for line in lines for place in places if line.cells[place] is not None]
    hidden = sum((row, layout.value) in shown.words for row in drawn)
    if not drawn or hidden <= NEARLY_ALL * len(drawn):
        return None
    return Sentence("chart_unseen", {"hidden": hidden, "all": len(drawn)})


def unseen_height(shown: ReleasedFigure, *, narrow: bool) -> int:
    """Height of the sentence in pixels, the same in every language."""
    return max(1 + _said(shown, language, narrow).count("\n") for language in LANGUAGES) * LINE + _MARGIN


def draw_unseen(axes: Axes, shown: ReleasedFigure, language: str, *, narrow: bool) -> None:
    """Write the sentence where the picture would be."""
    open_canvas(axes, unseen_height(shown, narrow=narrow), narrow=narrow)
    axes.text(0, 0, _said(shown, language, narrow), ha="left", va="top", color=QUIET, linespacing=1.3)
    close_canvas(axes)


def _said(shown: ReleasedFigure, language: str, narrow: bool) -> str:
    words = unseen(shown)
    assert words is not None
    return wrapped(words[language], inner_width(narrow))
