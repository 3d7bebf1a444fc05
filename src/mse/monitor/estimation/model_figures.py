"""Figures of rival models: what each says, and the separate answers they fall into."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from mse.core.ensemble import RIVAL, SPREAD, EnsembleFit, Mode
from mse.core.figure import Column, Figure
from mse.core.modes import BANDWIDTH
from mse.core.sentence import Sentence, Text
from mse.lazy import lazy
from mse.monitor.estimation.data_figures import heading, unit_and_source

if TYPE_CHECKING:
    from pandas import DataFrame

    from mse.core.point_fit import PointFit
    from mse.core.stratified_fit import StratifiedFit

pd = lazy("pandas")

__all__ = ["BANDWIDTHS", "modes_figure", "search_figure"]

BANDWIDTHS = (0.05, BANDWIDTH, 0.15)
"""Bandwidths at which the separate answers are shown."""

_MOST_MODELS = 12
_SLACK = 1e-9


def search_figure(
    search: EnsembleFit, *, name: str = "rivals", named: Iterable[tuple[Text, PointFit | StratifiedFit]] = ()
) -> Figure:
    """The models that the data do not rule out, best first.

    Parameters
    ----------
    search : EnsembleFit
        The search.
    name : str
        Name of the figure.
    named : iterable of (Text, fit)
        Models to name in the picture beside the best one, such as the one that common practice ends in. They
        are shown though they may lie outside the rivals.

    Returns
    -------
    Figure
        Columns mark, model, order (where it differs), n_parameters, delta, weight, total, answer (which of the
        separate answers the model belongs to), answer_weight.

    Examples
    --------
    >>> import mse
    >>> figure = search_figure(mse.Search(criterion="bic").fit(mse.datasets.load("rome_hiv")))
    >>> figure.to_frame()["delta"].iloc[0]
    np.float64(0.0)
    """
    criterion = search.criterion.upper()
    frame = search.to_frame()[["model", "order", "n_parameters", "delta", "weight", "total"]]
    frame = _with_named(frame, search, named)
    modes = search.modes()
    inside = [_mode_of(total, modes) for total in frame["total"]]
    frame["answer"] = pd.Series([_answer(mode) for mode in inside], dtype=object)
    frame["answer_weight"] = pd.Series([None if mode is None else mode.weight for mode in inside], dtype=float)
    delta = Sentence("column_delta", {"criterion": criterion})
    columns = {
        "mark": heading("mark", missing="word_dash"),
        "model": heading("model", "model"),
        "order": heading("order", "count"),
        "n_parameters": heading("n_parameters", "count"),
        "delta": Column(delta["en"], delta["nl"], "ratio"),
        "weight": heading("weight", "percent"),
        "total": heading("total", "estimate", missing="word_no_estimate"),
        "answer": heading("mode"),
        "answer_weight": heading("mode_weight", "percent", missing="word_dash"),
    }
    if frame["order"].nunique() == 1:
        del columns["order"]
    span = search.rival_range()
    return Figure(
        name,
        frame,
        columns,
        title=_search_title(int((frame["delta"] <= RIVAL).sum()), span),
        caption=Sentence(
            "figure_search_caption",
            {"criterion": criterion, "within": RIVAL, "order": search.scope, "models": search.n_models},
        ),
        chart="search" if len(frame) else None,
        alt=Sentence("figure_search_alt", {"criterion": criterion, "n": len(modes)}),
        most=_MOST_MODELS,
        **unit_and_source(search.table.reference),
    )


def _search_title(rivals: int, span: tuple[float, float] | None) -> Text:
    if span is None:
        return Sentence("figure_search_title_none")
    factor = span[1] / span[0]
    key = "figure_search_title" if factor > SPREAD else "figure_search_title_close"
    return Sentence(key, {"n": rivals, "factor": factor})


def _mode_of(total: float, modes: Sequence[Mode]) -> Mode | None:
    """The separate answer that a total belongs to; its ends are totals too, so they count with a little slack."""
    found = (mode for mode in modes if mode.lower * (1 - _SLACK) <= total <= mode.upper * (1 + _SLACK))
    return next(found, None)


def _answer(mode: Mode | None) -> Text:
    if mode is None:
        return Sentence("word_none_of_these")
    return Sentence("picture_range", {"lower": mode.lower, "upper": mode.upper})


def _with_named(
    frame: DataFrame, search: EnsembleFit, named: Iterable[tuple[Text, PointFit | StratifiedFit]]
) -> DataFrame:
    """The rivals, with a name for the best one and for those asked for; the latter join where they are not
    there."""
    marks: dict[str, Text] = {}
    extra = []
    if search.best is not None:
        marks[search.best.generators.notation()] = Sentence("mark_best")
        floor = getattr(search.best, search.criterion, None)
        for text, fit in named:
            model = fit.generators.notation()
            if model in marks:
                text = Sentence("both_marks", {"one": marks[model], "other": text})
            marks[model] = text
            if model not in set(frame["model"]) and fit.total is not None and floor is not None:
                delta = getattr(fit, search.criterion) - floor
                extra.append([model, fit.generators.order, fit.n_parameters, delta, 0.0, fit.total])
    if extra:
        frame = pd.concat([frame, pd.DataFrame(extra, columns=frame.columns)], ignore_index=True)
    frame = frame.sort_values("delta", kind="stable", ignore_index=True)
    frame.insert(0, "mark", [marks.get(model) for model in frame["model"]])
    return frame


def modes_figure(
    searches: Sequence[tuple[Text, EnsembleFit]],
    *,
    name: str = "modes",
    bandwidths: Sequence[float] = (BANDWIDTH,),
) -> Figure:
    """The separate answers that rival models give, search by search.

    Parameters
    ----------
    searches : sequence of (Text, EnsembleFit)
        The searches and what to call them, such as "pairs" and "all orders".
    name : str
        Name of the figure.
    bandwidths : sequence of float
        Bandwidths on the log scale; `BANDWIDTHS` shows how far the answers depend on it.

    Returns
    -------
    Figure
        Columns search, bandwidth (where there are several), lower, upper, weight, best_model, best_total.

    Examples
    --------
    >>> import mse
    >>> from mse.core.sentence import Sentence
    >>> search = mse.Search(criterion="bic").fit(mse.datasets.load("rome_hiv"))
    >>> len(modes_figure([(Sentence("scope_pairs"), search)]).to_frame())
    1
    """
    rows = [
        (text, bandwidth, mode.lower, mode.upper, mode.weight, mode.best_model, mode.best_total)
        for bandwidth in bandwidths
        for text, search in searches
        for mode in search.modes(bandwidth)
    ]
    names = ["search", "bandwidth", "lower", "upper", "weight", "best_model", "best_total"]
    columns = {
        "search": heading("search"),
        "bandwidth": heading("bandwidth", "setting"),
        "lower": heading("lower", "estimate"),
        "upper": heading("upper", "estimate"),
        "weight": heading("weight", "percent"),
        "best_model": heading("best_model", "model"),
        "best_total": heading("best_total", "estimate"),
    }
    if len(bandwidths) == 1:
        del columns["bandwidth"]
    counts = {len(search.modes(bandwidth)) for bandwidth in bandwidths for _, search in searches}
    differ = "figure_modes_title" if len(bandwidths) == 1 else "figure_modes_title_bandwidths"
    title = Sentence(differ, {"least": min(counts), "most": max(counts)})
    if counts == {1}:
        spans = [search.rival_range() for _, search in searches]
        lower = min(span[0] for span in spans if span is not None)
        upper = max(span[1] for span in spans if span is not None)
        title = Sentence("figure_modes_title_one", {"lower": lower, "upper": upper})
    elif len(counts) == 1:
        title = Sentence("figure_modes_title_same", {"n": max(counts)})
    reference = searches[0][1].table.reference if searches else None
    return Figure(
        name,
        pd.DataFrame(rows, columns=names),
        columns,
        title=title,
        caption=Sentence("figure_modes_caption" if len(bandwidths) == 1 else "figure_modes_caption_bandwidths"),
        base=Sentence("figure_modes_base"),
        **unit_and_source(reference),
    )
