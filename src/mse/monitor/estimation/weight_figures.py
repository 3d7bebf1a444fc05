"""Figures of model probabilities: models, and the terms that they hold."""

from __future__ import annotations

from mse.core.figure import Figure
from mse.core.posterior_fit import PosteriorFit
from mse.core.sentence import Sentence
from mse.lazy import lazy
from mse.monitor.estimation.data_figures import heading, unit_and_source

pd = lazy("pandas")

__all__ = ["inclusion_figure", "model_weights_figure"]

_LEAST = 1e-9
"""What is left over below this is rounding."""


def model_weights_figure(fit: PosteriorFit, *, largest: int = 15, name: str = "model_weights") -> Figure:
    """The most probable models, with the total under each where it is known.

    Parameters
    ----------
    fit : PosteriorFit
        A fit with model probabilities.
    largest : int
        Number of models; the others are one row.
    name : str
        Name of the figure.

    Returns
    -------
    Figure
        Columns model, probability and, where known, lower, upper and median of the total under the model.

    Raises
    ------
    mse.errors.ModelError
        The fit has no model probabilities.

    Examples
    --------
    >>> import mse
    >>> fit = mse.DecomposableAverage().fit(mse.datasets.load("spina_bifida_621"))
    >>> model_weights_figure(fit, largest=2).to_frame()["probability"].round(2).tolist()
    [0.68, 0.19, 0.14]
    """
    models = fit.model_weights()
    limits = ["lower", "upper", "median"] if "median" in models else []
    frame = models.head(largest).reset_index(drop=True)[["model", "probability", *limits]]
    frame = frame.astype({"model": object, **dict.fromkeys(["probability", *limits], "float64")})
    rest = 1.0 - float(frame["probability"].sum())
    first = {"model": str(frame["model"].iloc[0]), "probability": float(frame["probability"].iloc[0])}
    if rest > _LEAST:
        other = pd.DataFrame({"model": pd.Series([Sentence("other_models_together")], dtype=object)})
        frame = pd.concat([frame, other.assign(probability=rest)], ignore_index=True)
    columns = {"model": heading("model", "model"), "probability": heading("probability", "percent")}
    columns |= {item: heading(item, "estimate", missing="word_dash") for item in limits}
    said = {"level": float(models["level"].iloc[0])} if limits else {}
    return Figure(
        name,
        frame,
        columns,
        title=Sentence("figure_weights_title", first),
        caption=Sentence("figure_weights_caption" if limits else "figure_weights_caption_plain", said),
        base=Sentence("figure_weights_base"),
        chart="weights",
        alt=Sentence("figure_weights_alt"),
        **unit_and_source(fit.table.reference),
    )


def inclusion_figure(fit: PosteriorFit, *, name: str = "inclusion") -> Figure:
    """Probability of every term: of the models that hold it.

    Parameters
    ----------
    fit : PosteriorFit
        A fit with model probabilities.
    name : str
        Name of the figure.

    Returns
    -------
    Figure
        Columns term, probability; most probable first.

    Raises
    ------
    mse.errors.ModelError
        The fit has no model probabilities.

    Examples
    --------
    >>> import mse
    >>> fit = mse.DecomposableAverage().fit(mse.datasets.load("spina_bifida_621"))
    >>> inclusion_figure(fit).to_frame()["probability"].round(2).tolist()
    [1.0, 0.19, 0.14]
    """
    frame = fit.inclusion().sort_values("probability", ascending=False, kind="stable", ignore_index=True)
    likely = int((frame["probability"] > 0.5).sum())
    return Figure(
        name,
        frame.astype({"probability": "float64"}),
        {"term": heading("term", "model"), "probability": heading("probability", "percent")},
        title=Sentence("figure_inclusion_title", {"likely": likely, "terms": len(frame)}),
        caption=Sentence("figure_inclusion_caption"),
        base=Sentence("figure_inclusion_base"),
        chart="weights",
        alt=Sentence("figure_inclusion_alt"),
        **unit_and_source(fit.table.reference),
    )
