"""Figures of priors: what another one would have given, and what one says before the overlaps are looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mse.core.draws import Draws, quantiles
from mse.core.figure import Figure
from mse.core.prior_labels import prior_labels
from mse.core.reference import Reference
from mse.core.sentence import Sentence, Text
from mse.errors import TableError
from mse.lazy import lazy
from mse.monitor.estimation.data_figures import heading, unit_and_source
from mse.monitor.estimation.density import FIRST_ROWS, bandwidth, round_totals, smoothed, window
from mse.monitor.estimation.posterior_figures import prior_totals

if TYPE_CHECKING:
    import pandas

pd = lazy("pandas")

__all__ = ["prior_influence_figure", "prior_predictive_figure"]


def prior_influence_figure(
    frame: pandas.DataFrame, *, reference: Reference | None = None, level: float = 0.95, name: str = "prior_influence"
) -> Figure:
    """Median and limits under other priors, beside those under the prior that was asked for.

    Parameters
    ----------
    frame : DataFrame
        What `fit.prior_influence()` gave; the first row is the prior that was asked for.
    reference : Reference, optional
        What the numbers are about.
    level : float
        Level of the limits.
    name : str
        Name of the figure.

    Returns
    -------
    Figure
        Columns label (what is other than in the first row), lower, upper, total (the median).

    Raises
    ------
    mse.errors.TableError
        The frame has no rows, or no median and limits.

    Examples
    --------
    >>> import mse
    >>> fit = mse.DecomposableAverage().fit(mse.datasets.load("spina_bifida_621"))
    >>> figure = prior_influence_figure(fit.prior_influence())
    >>> [label["en"] for label in figure.to_frame()["label"]][:2]
    ['as given', 'delta 0.5']
    """
    missing = [column for column in ("median", "lower", "upper") if column not in frame]
    if missing or not len(frame):
        raise TableError(
            "A figure of priors takes the frame of prior_influence, with median, lower and upper",
            got=", ".join(map(str, frame.columns)) if missing else "no rows",
        )
    plain = frame.reset_index(drop=True)
    shown = pd.DataFrame(
        {
            "label": pd.Series(prior_labels(plain), dtype=object),
            **{to: plain[of].astype("float64") for to, of in _NAMES.items()},
        }
    )
    if "mixed" in plain:
        shown.loc[~plain["mixed"].astype(bool), list(_NAMES)] = np.nan
    columns = {
        "label": heading("prior"),
        "lower": heading("lower", "estimate", missing="word_dash"),
        "upper": heading("upper", "estimate", missing="word_dash"),
        "total": heading("median", "estimate", missing="word_no_estimate"),
    }
    return Figure(
        name,
        shown,
        columns,
        title=_title(shown),
        caption=Sentence("figure_influence_caption", {"level": level}),
        chart="estimate" if shown["total"].notna().any() else None,
        alt=Sentence("figure_influence_alt"),
        **unit_and_source(reference),
    )


_NAMES = {"lower": "lower", "upper": "upper", "total": "median"}


def _title(shown: Any) -> Text:
    medians = shown["total"].dropna()
    if medians.empty:
        return Sentence("figure_influence_title_none")
    fields = {"least": float(medians.min()), "most": float(medians.max()), "priors": len(shown)}
    return Sentence("figure_influence_title", fields)


def prior_predictive_figure(
    draws: Draws | pandas.DataFrame,
    observed: float,
    *,
    reference: Reference | None = None,
    level: float = 0.95,
    name: str = "prior_predictive",
) -> Figure:
    """What a prior says of the total before the overlaps are looked at.

    Parameters
    ----------
    draws : Draws or DataFrame
        What a spec's `prior_predictive` gave.
    observed : float
        Number of persons seen.
    reference : Reference, optional
        What the numbers are about.
    level : float
        Level of the limits that are marked.
    name : str
        Name of the figure.

    Returns
    -------
    Figure
        Rows along the density of the log total: columns label, status, total, height (share of the highest point).

    Raises
    ------
    mse.errors.TableError
        The draws have neither totals nor shares seen, or none of anybody.

    Examples
    --------
    >>> import mse
    >>> table = mse.datasets.load("spina_bifida_621")
    >>> believed = mse.ModelAverage().prior_predictive(table, draws=500, seed=1)
    >>> figure = prior_predictive_figure(believed, table.n_observed)
    >>> figure.marks["0:lower"] > table.n_observed - 1
    True
    """
    totals, weight = prior_totals(draws, observed)
    width = bandwidth(totals, weight)
    at = round_totals(*window(totals, weight, width))
    height = smoothed(totals, weight, width, at)
    limits = np.array([0.5, 0.5 - level / 2.0, 0.5 + level / 2.0])
    median, lower, upper = map(float, quantiles(totals, limits, weight))
    frame = pd.DataFrame({"total": at, "height": height / height.max()})
    frame.insert(0, "label", [Sentence("prior_before")] * len(frame))
    frame.insert(1, "status", [Sentence("prior_alone")] * len(frame))
    columns = {
        "label": heading("part"),
        "status": heading("status"),
        "total": heading("at_total", "count"),
        "height": heading("height", "percent"),
    }
    fields = {"lower": lower, "upper": upper, "median": median, "level": level, "width": width, "draws": len(totals)}
    return Figure(
        name,
        frame,
        columns,
        title=Sentence("figure_predictive_title", fields),
        caption=Sentence("figure_predictive_caption", fields),
        chart="density",
        alt=Sentence("figure_predictive_alt"),
        marks={"0:median": median, "0:lower": lower, "0:upper": upper},
        most=FIRST_ROWS,
        **unit_and_source(reference),
    )
