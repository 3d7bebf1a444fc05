"""Figures of estimates: intervals or ranges, bootstrap replicates, and published numbers beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mse.core.estimate import Estimate, Part
from mse.core.figure import Column, Figure
from mse.core.reference import Reference, require_same
from mse.core.sentence import Sentence, Text
from mse.errors import TableError
from mse.lazy import lazy
from mse.monitor.estimation.data_figures import heading, unit_and_source
from mse.monitor.estimation.strata import divisions

if TYPE_CHECKING:
    from mse.core.draws import Draws

pd = lazy("pandas")

__all__ = [
    "Context",
    "context_figure",
    "draws_figure",
    "estimates_figure",
    "headline_text",
    "selected_figure",
]

_BINS = 24
_NAMED_MODELS = 4


def headline_text(estimate: Estimate) -> Text:
    """Return the answer in one sentence, as `Estimate.headline`, for a release to write.

    Examples
    --------
    >>> from mse.core.estimate import Part
    >>> headline_text(Estimate((Part("total", 76, 200.0, 180.0, None),), 0.95, "profile", "[A][B]"))["en"]
    '276 (180 to no upper limit, 95% interval)'
    """
    if estimate.total is None:
        return Sentence("headline_none")
    if not estimate.blocked:
        whole = estimate.whole
        upper = Sentence("word_no_upper_limit" if whole.upper is None else "an_estimate", {"value": whole.upper})
        limits = {"lower": whole.lower, "upper": upper, "level": estimate.level}
        return Sentence("headline_interval", {"total": whole.total, **limits})
    if not estimate.ranges:
        return Sentence("headline_blocked")
    spans = [Sentence("headline_range", {"lower": span.lower, "upper": span.upper}) for span in estimate.ranges]
    joined = spans[-1]
    for span in reversed(spans[:-1]):
        joined = Sentence("either_or", {"one": span, "other": joined})
    return Sentence("headline_ranges" if len(spans) > 1 else "headline_one_range", {"ranges": joined})


def estimates_figure(estimates: Mapping[str | Text, Estimate], *, name: str = "estimates") -> Figure:
    """Estimates beside each other: intervals, or ranges where a blocking finding leaves no single number.

    Parameters
    ----------
    estimates : mapping of str or Text to Estimate
        The estimates and what to call them.
    name : str
        Name of the figure.

    Returns
    -------
    Figure
        One row an estimate and part, or a row for each range: columns label, part (where there are parts),
        shown (what the limits are), observed, lower, upper, total, weight (of a range), method.

    Raises
    ------
    mse.errors.ReferenceError
        Two estimates are about different things: one axis would set them beside each other.
    mse.errors.TableError
        There is no estimate.

    Examples
    --------
    >>> import mse
    >>> fit = mse.LogLinear("[A][B]").fit(mse.CaptureTable(["A", "B"], [[0, 30], [40, 6]]))
    >>> estimates_figure({"A and B": fit.estimate()}).to_frame()["observed"].tolist()
    [76]
    """
    every = list(estimates.values())
    if not every:
        raise TableError("A figure of estimates needs at least one")
    for other in every[1:]:
        if every[0].reference is not None or other.reference is not None:
            require_same(every[0].reference, other.reference, "One axis for several estimates")
    rows = [row for place, (label, each) in enumerate(estimates.items()) for row in _rows(label, each, place)]
    frame = pd.DataFrame(rows)
    columns = {
        "label": heading("part"),
        "part": heading("row"),
        "shown": heading("shown"),
        "observed": heading("observed", "persons"),
        "lower": heading("lower", "estimate", of=["observed"], missing="word_no_limit"),
        "upper": heading("upper", "estimate", of=["observed"], missing="word_no_upper_limit"),
        "total": heading("total", "estimate", of=["observed"], missing="word_no_estimate"),
        "weight": heading("weight", "percent", missing="word_dash"),
        "method": heading("method", "model"),
    }
    if all(len(estimate.parts) == 1 for estimate in every):
        del columns["part"]
    if frame["weight"].isna().all():
        del columns["weight"]
    words = {(row, "total"): "word_no_single_estimate" for row in frame.index[frame["blocked"]]}
    nothing = frame.index[frame["lower"].isna()]
    words |= {(row, name): "word_dash" for row in nothing for name in ("lower", "upper")}
    only = Sentence("figure_estimates_title", {"headline": headline_text(every[0])})
    return Figure(
        name,
        frame.astype(dict.fromkeys(["lower", "upper", "total", "weight"], "float64")),
        columns,
        title=only if len(every) == 1 else _title(every),
        caption=Sentence("figure_estimate_caption"),
        chart="estimate",
        alt=Sentence("figure_estimate_alt"),
        group=("division",),
        words=words,
        **unit_and_source(every[0].reference),
    )


def _title(estimates: list[Estimate]) -> Text:
    blocked = sum(estimate.blocked or estimate.total is None for estimate in estimates)
    fields = {"n": len(estimates), "blocked": blocked}
    if blocked == 0:
        return Sentence("figure_estimates_title_all", fields)
    return Sentence(
        "figure_estimates_title_none" if blocked == len(estimates) else "figure_estimates_title_some", fields
    )


def _rows(label: str | Text, estimate: Estimate, place: int) -> list[dict[str, Any]]:
    """Rows of one estimate. Under a blocking finding no row holds a single number.

    Parts of each division add up to a whole; `place` tells the divisions of several estimates apart.
    """
    interval = Sentence(f"interval_{estimate.interval}", {"level": estimate.level})
    rows: list[dict[str, Any]] = []
    for part, division in zip(estimate.parts, divisions(estimate.parts), strict=True):
        nothing = {
            "label": label, "part": _part(part), "shown": interval, "observed": part.observed, "lower": None,
            "upper": None, "total": None, "weight": None, "method": estimate.method, "blocked": estimate.blocked,
            "division": division and f"{place}: {division}",
        }  # fmt: skip
        if estimate.blocked:
            spans = estimate.ranges if part is estimate.whole else ()
            named = [Sentence("interval_rivals", {"n": rank}) for rank in range(1, len(spans) + 1)]
            nothing["method"] = Sentence("method_rivals")
            rows += [
                {**nothing, "shown": shown, "lower": span.lower, "upper": span.upper, "weight": span.weight}
                for shown, span in zip(named, spans, strict=True)
            ] or [nothing]
        elif part.total is None:
            rows.append(nothing)
        else:
            rows.append({**nothing, "lower": part.lower, "upper": part.upper, "total": part.total})
    return rows


def _part(part: Part) -> str | Text:
    return Sentence("word_total") if part.name == "total" else part.name


def draws_figure(estimate: Estimate, *, name: str = "bootstrap") -> Figure:
    """Totals of the replicates behind an estimate, by the model that each selected.

    Parameters
    ----------
    estimate : Estimate
        An estimate with draws.
    name : str
        Name of the figure.

    Returns
    -------
    Figure
        One row a bin of totals (equal widths on the log scale): columns lower, upper, replicates, and a column
        for each of the models selected most often, and for the others.

    Raises
    ------
    mse.errors.TableError
        The estimate has no draws, or none of them has an estimate.
    """
    draws = _draws(estimate)
    totals = draws.total
    chosen = np.array([model for model, ok in zip(draws.model, draws.valid, strict=True) if ok], dtype=object)
    low, high = float(totals.min()), float(totals.max())
    edges = np.geomspace(low, high * 1.0001, _BINS + 1) if high > low else np.array([low * 0.99, low * 1.01])
    bins = np.clip(np.searchsorted(edges, totals, side="right") - 1, 0, len(edges) - 2)

    def histogram(keep: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.bincount(bins[keep], minlength=len(edges) - 1)

    frame = pd.DataFrame({"lower": edges[:-1], "upper": edges[1:]})
    frame["replicates"] = histogram(np.ones(len(totals), dtype=bool))
    columns = {
        "lower": heading("lower", "estimate"),
        "upper": heading("upper", "estimate"),
        "replicates": heading("replicates", "count"),
    }
    shares = draws.model_shares()
    top = [str(model) for model in shares["model"][:_NAMED_MODELS]] if len(chosen) else []
    for place, model in enumerate(top, start=1):
        frame[f"model_{place}"] = histogram(chosen == model)
        columns[f"model_{place}"] = Column(model, model, "count")
    if others := len(shares) - len(top):
        frame["other_models"] = histogram(~np.isin(chosen, top))
        text = Sentence("other_models", {"n": others})
        columns["other_models"] = Column(text["en"], text["nl"], "count")
    fields = {"n": len(draws), "lower": estimate.lower, "level": estimate.level}
    upper = Sentence("word_no_upper_limit" if estimate.upper is None else "an_estimate", {"value": estimate.upper})
    return Figure(
        name,
        frame,
        columns,
        title=Sentence("figure_draws_title", {**fields, "upper": upper}),
        caption=Sentence("figure_draws_caption", {"failed": draws.failed, "n": len(draws), "level": estimate.level}),
        chart="histogram",
        alt=Sentence("figure_draws_alt"),
        marks={"lower": estimate.lower, "upper": estimate.upper},
        **{**unit_and_source(estimate.reference), "unit": "replicate"},
    )


def selected_figure(estimate: Estimate, *, name: str = "selected") -> Figure:
    """How often each model was selected in the replicates behind an estimate.

    Parameters
    ----------
    estimate : Estimate
        An estimate with draws.
    name : str
        Name of the figure.

    Returns
    -------
    Figure
        Columns model, replicates, share (of all replicates, those without an estimate among them).

    Raises
    ------
    mse.errors.TableError
        The estimate has no draws, or none of them has an estimate.
    """
    draws = _draws(estimate)
    frame = draws.model_shares()
    columns = {
        "model": heading("model", "model"),
        "replicates": heading("replicates", "count"),
        "share": heading("share", "percent"),
    }
    fields = {"n": len(draws), "models": len(frame), "share": float(frame["share"].max())}
    return Figure(
        name,
        frame,
        columns,
        title=Sentence("figure_selected_title" if len(frame) > 1 else "figure_selected_title_one", fields),
        caption=Sentence("figure_selected_caption", fields),
        base=Sentence("figure_selected_base", fields),
        most=_MOST_SELECTED,
        **{**unit_and_source(estimate.reference), "unit": "replicate"},
    )


_MOST_SELECTED = 10


def _draws(estimate: Estimate) -> Draws:
    draws = estimate.draws
    if draws is None or not draws.valid.any():
        raise TableError(
            "A picture of replicates needs an estimate with draws",
            got="none" if draws is None else "draws without an estimate",
            hint="Make it with mse.bootstrap.",
        )
    return draws


@dataclass(frozen=True)
class Context:
    """A published number that stands beside the answer.

    Parameters
    ----------
    label : Text
        What it is.
    reference : Reference
        What it is about; printed with it.
    value : float, optional
        The number, where one was published.
    lower, upper : float, optional
        Its limits, where a range was published.
    kind : {"persons", "estimate"}
        Whether persons were counted or estimated.
    """

    label: Text
    reference: Reference
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    kind: str = "estimate"


def context_figure(rows: Iterable[Context], *, name: str = "context") -> Figure:
    """Published numbers, each with its own period, unit and source; nothing is divided by them.

    Parameters
    ----------
    rows : iterable of Context
        The numbers.
    name : str
        Name of the figure.

    Returns
    -------
    Figure
        Columns label, population, period, unit, counted, estimated, lower, upper, source.

    Examples
    --------
    >>> about = Reference((2014, 2015), "person", "presumed victims", "Netherlands", source="x", public=True)
    >>> row = Context({"en": "Published", "nl": "Gepubliceerd"}, about, lower=5000, upper=7500)
    >>> context_figure([row]).to_frame()["upper"].tolist()
    [7500]
    """
    rows = tuple(rows)
    if not rows:
        raise TableError("A figure of context needs at least one number")
    about = [row.reference for row in rows]
    frame = pd.DataFrame(
        {
            "label": [row.label for row in rows],
            "population": [reference.population for reference in about],
            "period": [reference.period_label for reference in about],
            "unit": [Sentence(f"unit_{reference.unit}") for reference in about],
            "counted": [row.value if row.kind == "persons" else None for row in rows],
            "estimated": [row.value if row.kind == "estimate" else None for row in rows],
            "lower": [row.lower for row in rows],
            "upper": [row.upper for row in rows],
            "source": [reference.source for reference in about],
        }
    )
    blank = "word_dash"
    columns = {
        "label": heading("what"),
        "population": heading("population"),
        "period": heading("period"),
        "unit": heading("unit"),
        "counted": heading("observed", "persons", missing=blank),
        "estimated": heading("total", "estimate", missing=blank),
        "lower": heading("lower", "estimate", missing=blank),
        "upper": heading("upper", "estimate", missing=blank),
        "source": heading("source"),
    }
    for item in ("counted", "estimated", "lower", "upper"):
        if frame[item].isna().all():
            del columns[item]
    private = [reference for reference in about if not reference.public]
    return Figure(
        name,
        frame,
        columns,
        title=Sentence("figure_context_title"),
        caption=Sentence("figure_context_caption"),
        unit=about[0].unit if len({reference.unit for reference in about}) == 1 else "mixed",
        source="; ".join(dict.fromkeys(reference.source for reference in about)),
        reference=private[0] if private else about[0],
    )
