"""`plot`: pictures of tables, searches, estimates and figures.

A picture reads a figure's tidy data and nothing else. It is drawn on a canvas of its own, so no setting of
matplotlib and no other picture changes.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from mse.core.contrasts import Contrast
from mse.core.ensemble import EnsembleFit
from mse.core.estimate import Estimate
from mse.core.figure import Figure
from mse.core.sentence import Sentence
from mse.core.table import CaptureTable
from mse.feasibility.assess import Assessment
from mse.inference.side_by_side import SideBySide
from mse.monitor.disclosure.release import ReleasedFigure
from mse.monitor.estimation import (
    contrasts_figure,
    draws_figure,
    estimates_figure,
    lights_figure,
    patterns_figure,
    search_figure,
    side_by_side_figure,
)
from mse.monitor.estimation.sensitivity_figures import sensitivity_figure
from mse.report.draw_contrasts import contrasts_height, draw_contrasts
from mse.report.draw_curve import curve_height, draw_curve
from mse.report.draw_density import density_height, draw_density
from mse.report.draw_estimates import draw_estimates, estimates_height
from mse.report.draw_expected import draw_expected, expected_height
from mse.report.draw_histogram import draw_histogram, histogram_height
from mse.report.draw_lights import draw_lights, lights_height
from mse.report.draw_lines import draw_lines, lines_height
from mse.report.draw_overlaps import draw_overlaps, overlaps_height
from mse.report.draw_registered import draw_registered, registered_height
from mse.report.draw_search import draw_search, search_height
from mse.report.draw_stacked import draw_stacked, stacked_height
from mse.report.draw_tornado import draw_tornado, tornado_height
from mse.report.draw_traces import draw_traces, traces_height
from mse.report.draw_weights import draw_weights, weights_height
from mse.report.posteriors import posterior_of, posteriors_in
from mse.report.style import NARROW, PIXELS, STYLE, WIDE
from mse.report.svg import shortened
from mse.report.unseen import draw_unseen, unseen, unseen_height
from mse.sensitivity.result import Sensitivity

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

__all__ = ["plot", "to_svg"]


class _Chart(NamedTuple):
    draw: Callable[..., None]
    height: Callable[..., int]


_CHARTS = {
    "overlaps": _Chart(draw_overlaps, overlaps_height),
    "search": _Chart(draw_search, search_height),
    "estimate": _Chart(draw_estimates, estimates_height),
    "histogram": _Chart(draw_histogram, histogram_height),
    "stacked": _Chart(draw_stacked, stacked_height),
    "lines": _Chart(draw_lines, lines_height),
    "registered": _Chart(draw_registered, registered_height),
    "contrasts": _Chart(draw_contrasts, contrasts_height),
    "density": _Chart(draw_density, density_height),
    "traces": _Chart(draw_traces, traces_height),
    "weights": _Chart(draw_weights, weights_height),
    "tornado": _Chart(draw_tornado, tornado_height),
    "curve": _Chart(draw_curve, curve_height),
    "lights": _Chart(draw_lights, lights_height),
    "expected": _Chart(draw_expected, expected_height),
}

_UNSEEN = _Chart(draw_unseen, unseen_height)
"""In place of a picture of which nearly everything is withheld."""

_DRAWS = (
    "a CaptureTable (overlaps), an EnsembleFit (models), a Sensitivity, an Estimate (intervals, or the replicates "
    "of a whole), methods side by side, an Assessment (lights), a PosteriorFit, a Contrast, or several of these, "
    "a Figure or ReleasedFigure with a chart"
)


def plot(
    thing: Any, kind: str | None = None, *, language: str = "en", ax: Axes | None = None, narrow: bool = False
) -> Picture:
    """Draw a table, a search, an estimate, posteriors or a figure, as an analyst sees it.

    A picture of anything but a ReleasedFigure shows exact counts, small ones too, as does the frame of a ``Figure``:
    both are for the analyst's own screen and not for release. For a picture that may leave, draw one of a release:
    ``plot(mse.release(figures)["2.7"])``.

    Parameters
    ----------
    thing : CaptureTable, EnsembleFit, Estimate, SideBySide, Assessment, PosteriorFit, Contrast, list of these, Figure
        A table is drawn by its overlaps, a search by the totals of its models, an estimate by its interval or,
        where it has draws, by its replicates, methods side by side by their intervals, an assessment by its lights,
        contrasts by their intervals beside a line that marks no change. Only a ReleasedFigure has been through a
        release policy. Where the policy withholds nearly all of one, a sentence says so in place of the picture.
        A Sensitivity is drawn by its scenarios beside a line at the base, or by a curve over the number that it varies.
        A PosteriorFit is drawn by the density of its total; a list of them, or a mapping of what they are called, by
        densities under each other.
    kind : {"posterior", "traces", "prior", "weights", "inclusion"}, optional
        What is drawn of a posterior: its density; draws by chain; its density and that of its prior; probabilities of
        models; of terms.
    language : {"en", "nl"}
        Language of the words and numbers.
    ax : matplotlib.axes.Axes, optional
        Axes to draw in; by default those of a new picture.
    narrow : bool
        Whether the picture is for a phone.

    Returns
    -------
    matplotlib.figure.Figure
        The picture.

    Raises
    ------
    TypeError
        There is no picture of such a thing, or a kind is given for anything but posteriors.
    mse.errors.ModelError
        There is no such kind of picture, or the fit has nothing of the kind.

    Examples
    --------
    >>> import mse
    >>> picture = plot(mse.datasets.load("rome_hiv"))
    >>> picture.get_axes()[0].get_legend() is None
    True
    """
    from matplotlib.figure import Figure as Picture
    from matplotlib.style import context

    shown = _shown(thing, kind)
    chart = _CHARTS[str(shown.figure.chart)] if unseen(shown) is None else _UNSEEN
    with context(["default", STYLE]):
        if ax is None:
            size = ((NARROW if narrow else WIDE) / PIXELS, chart.height(shown, narrow=narrow) / PIXELS)
            picture = Picture(figsize=size, layout="constrained")
            ax = picture.add_subplot()
        chart.draw(ax, shown, language, narrow=narrow)
    root = ax.get_figure(root=True)
    assert root is not None
    return root


def _shown(thing: Any, kind: str | None) -> ReleasedFigure:
    """The figure behind a thing, as it is shown on an analyst's own screen."""
    figure = thing
    if fits := posteriors_in(thing):
        figure = posterior_of(fits, kind)
    elif kind is not None:
        raise TypeError(f"mse.plot knows kinds of pictures for posteriors only. Got: {type(thing).__name__}.")
    elif isinstance(thing, CaptureTable):
        figure = patterns_figure(thing)
    elif isinstance(thing, EnsembleFit):
        figure = search_figure(thing)
    elif isinstance(thing, Estimate):
        replicated = thing.draws is not None and thing.draws.valid.any()
        if len(thing.parts) > 1:
            figure = estimates_figure({Sentence("word_total"): thing})
        else:
            figure = draws_figure(thing) if replicated else estimates_figure({thing.method: thing})
    elif isinstance(thing, SideBySide):
        figure = side_by_side_figure(thing)
    elif isinstance(thing, Assessment):
        figure = lights_figure(thing)
    elif isinstance(thing, Sensitivity):
        figure = sensitivity_figure(thing)
    elif isinstance(thing, Contrast):
        figure = contrasts_figure([thing])
    elif isinstance(thing, list | tuple) and thing and all(isinstance(one, Contrast) for one in thing):
        figure = contrasts_figure(thing)
    if isinstance(figure, Figure):
        figure = ReleasedFigure(figure, figure.words)
    if not isinstance(figure, ReleasedFigure) or figure.figure.chart is None:
        got = (
            f"a figure without a chart ('{figure.name}')"
            if isinstance(figure, ReleasedFigure)
            else type(thing).__name__
        )
        raise TypeError(f"mse.plot draws {_DRAWS}. Got: {got}.")
    return figure


def to_svg(shown: ReleasedFigure, language: str, *, narrow: bool = False) -> str:
    """Write a picture as SVG: the same text for the same figure, letters as outlines.

    Parameters
    ----------
    shown : ReleasedFigure
        The figure.
    language : {"en", "nl"}
        Language of the words and numbers.
    narrow : bool
        Whether the picture is for a phone.

    Returns
    -------
    str
    """
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.style import context

    picture = plot(shown, language=language, narrow=narrow)
    stream = io.StringIO()
    with context(["default", STYLE]):
        FigureCanvasSVG(picture)
        picture.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return shortened(stream.getvalue())
