"""Figures of Markov chains: what each drew, and whether they agree."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mse.core.chains import FEWEST_DRAWS, LARGEST_R_HAT
from mse.core.figure import Figure
from mse.core.posterior_fit import PosteriorFit
from mse.core.sentence import Sentence, Text
from mse.errors import ModelError, did_you_mean
from mse.lazy import lazy
from mse.monitor.estimation.data_figures import heading, unit_and_source
from mse.monitor.estimation.density import FIRST_ROWS

if TYPE_CHECKING:
    from mse.core.chains import Chains

pd = lazy("pandas")

__all__ = ["traces_figure"]

_MOST_POINTS = 250
"""Points a chain: a page shows no more."""

_TOTAL = "total"

_TOTALS = (_TOTAL, "total_in")
"""Names of totals, of all and by stratum."""

_PERSONS = ("dark_figure", "unseen", "persons")
"""Names of other numbers of persons. A total less the unseen is the number seen: where that is not public, only totals
are released."""


def traces_figure(fit: PosteriorFit, names: Sequence[str] = (_TOTAL,), *, name: str = "traces") -> Figure:
    """Draws of every chain, in the order in which they were made.

    Parameters
    ----------
    fit : PosteriorFit
        A fit with chains.
    names : sequence of str
        What was drawn, as in `fit.chains.diagnostics()`; the name of an array stands for all of it.
    name : str
        Name of the figure.

    Returns
    -------
    Figure
        Columns name, agreement (R-hat and effective draws, in words), chain, draw, and one of total (of totals),
        persons (of other numbers of persons; released where counts are public) and value. Of a long chain every so
        many draws are rows.

    Raises
    ------
    mse.errors.ModelError
        The fit has no chains, or nothing of such a name was drawn.

    Examples
    --------
    >>> import mse
    >>> exact = mse.DecomposableAverage().fit(mse.datasets.load("spina_bifida_621"))
    >>> traces_figure(exact)
    Traceback (most recent call last):
    ...
    mse.errors.ModelError: This fit has no chains to draw. Got: DecomposableAverage... Its posterior is exact...
    """
    chains = fit.chains
    if chains is None:
        raise ModelError(
            "This fit has no chains to draw",
            got=type(fit.spec).__name__,
            hint="Its posterior is exact, or weighs models; mse.plot(fit) draws it, and model_weights() lists them.",
        )
    series = _chosen(chains, names)
    judged = chains.only([label.partition("[")[0] for label in series]).diagnostics().set_index("name")
    judged["draws"] = judged[["ess_bulk", "ess_tail"]].min(axis=1)
    rows: dict[str, list[Any]] = {key: [] for key in ("name", "agreement", "chain", "draw", *_VALUES)}
    for label, drawn in series.items():
        step = math.ceil(drawn.shape[1] / _MOST_POINTS)
        said = _agreement(*map(float, judged.loc[label, ["r_hat", "draws"]]))
        base = label.partition("[")[0]
        own = "total" if base in _TOTALS else "persons" if base in _PERSONS else "value"
        for chain, values in enumerate(drawn[:, ::step], start=1):
            points = len(values)
            rows["name"] += [Sentence("column_at_total") if label == _TOTAL else label] * points
            rows["agreement"] += [said] * points
            rows["chain"] += [chain] * points
            rows["draw"] += (1 + step * np.arange(points)).tolist()
            for column in _VALUES:
                rows[column] += values.tolist() if column == own else [None] * points
    columns = {
        "name": heading("drawn"),
        "agreement": heading("agreement"),
        "chain": heading("chain", "count"),
        "draw": heading("draw", "count"),
        "total": heading("total", "estimate", missing="word_dash"),
        "persons": heading("persons", "estimate", missing="word_dash", public_only=True),
        "value": heading("value_drawn", "ratio", missing="word_dash"),
    }
    frame = pd.DataFrame(rows).astype(dict.fromkeys(_VALUES, "float64"))
    for item in _VALUES:
        if frame[item].isna().all():
            del columns[item]
    worst = judged.loc[list(series)]
    r_hat, draws = float(worst["r_hat"].max()), float(worst["draws"].min())
    count, length = next(iter(series.values())).shape
    fields = {
        "chains": count,
        "draws": length,
        "agreement": _agreement(r_hat, draws),
        "largest": _decimals(LARGEST_R_HAT, 2),
        "fewest": FEWEST_DRAWS,
    }
    return Figure(
        name,
        frame,
        columns,
        title=Sentence(_title(fit, agree=r_hat <= LARGEST_R_HAT and draws >= FEWEST_DRAWS), fields),
        caption=Sentence("figure_traces_caption", fields),
        chart="traces",
        alt=Sentence("figure_traces_alt"),
        most=FIRST_ROWS,
        **unit_and_source(fit.table.reference),
    )


_VALUES = ("total", "persons", "value")


def _chosen(chains: Chains, names: Sequence[str]) -> dict[str, Any]:
    """Series by label; the name of an array stands for all of it."""
    every = chains.series()
    found: dict[str, Any] = {}
    for name in names:
        own = {label: drawn for label, drawn in every.items() if name in (label, label.partition("[")[0])}
        if not own:
            raise ModelError(f"Nothing called '{name}' was drawn", hint=did_you_mean(name, (*chains.values, *every)))
        found |= own
    return found


def _agreement(r_hat: float, draws: float) -> Text:
    """R-hat and effective draws in words; a number that never changed has none."""
    if not math.isfinite(r_hat):
        return Sentence("chain_constant")
    return Sentence("chain_agreement", {"r_hat": _decimals(r_hat, 3), "draws": draws})


def _decimals(value: float, places: int) -> Text:
    """A number with some decimals: R-hat says nothing with fewer than three."""
    written = f"{value:.{places}f}"
    return {"en": written, "nl": written.replace(".", ",")}


def _title(fit: PosteriorFit, *, agree: bool) -> str:
    if fit.total is None:
        return "figure_traces_title_apart"
    return "figure_traces_title" if agree else "figure_traces_title_partly"
