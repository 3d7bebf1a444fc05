"""Figures of what an estimate would have been otherwise: scenarios beside the base, or a curve over one number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mse.core.figure import Column, Figure
from mse.core.sentence import Sentence, Text
from mse.lazy import lazy
from mse.monitor.estimation.data_figures import heading, unit_and_source

if TYPE_CHECKING:
    from mse.sensitivity.all_of_it import Everything
    from mse.sensitivity.result import Sensitivity
    from mse.sensitivity.scenario import Outcome

pd = lazy("pandas")

__all__ = ["sensitivity_figure", "sensitivity_figures"]


def sensitivity_figure(found: Sensitivity, *, name: str = "sensitivity") -> Figure:
    """Scenarios with their totals or ranges, those that change most first; or a curve, in the order of its number.

    Parameters
    ----------
    found : Sensitivity
        What a function of `mse.sensitivity` returned.
    name : str
        Name of the figure.

    Returns
    -------
    Figure
        One row a scenario, or one a range where rivals leave no single total: columns label, at (of a curve), shown
        (what the limits are), lower, upper, total, change and reason (why there is no total). The base comes first,
        and is marked.

    Examples
    --------
    >>> import mse
    >>> found = mse.sensitivity.merge_lists(mse.Search(), mse.datasets.load("spina_bifida_621"))
    >>> frame = sensitivity_figure(found).to_frame()
    >>> [(str(label), round(total)) for label, total in zip(frame["label"], frame["total"])]
    [('as it is', 724), ('S1 and S2 merged', 826), ('S1 and S3 merged', 747), ('S2 and S3 merged', 724)]
    """
    curve = found.axis is not None
    axis = found.axis or Sentence("column_at")
    base, others = found.outcomes[0], found.outcomes[1:]
    ordered = sorted(found.outcomes, key=lambda one: one.at or 0.0) if curve else [base, *_largest(found, others)]
    frame = pd.DataFrame([row for outcome in ordered for row in _rows(found, outcome)])
    numbers = ["lower", "upper", "total", "change"]
    frame = frame.astype(dict.fromkeys([*numbers, "at"], "float64"))
    columns = {
        "label": heading("otherwise"),
        "at": Column(axis["en"], axis["nl"], "ratio"),
        "shown": heading("shown"),
        "lower": heading("lower", "estimate", missing="word_dash"),
        "upper": heading("upper", "estimate", missing="word_no_upper_limit"),
        "total": heading("total", "estimate", missing="word_no_estimate"),
        "change": heading("change", "percent", missing="word_dash"),
        "reason": heading("reason", missing="word_dash"),
    }
    for column in ("at", "reason"):
        if frame[column].isna().all():
            del columns[column]
    words = {(row, "total"): "word_no_single_estimate" for row in frame.index[frame["blocked"]]}
    words |= {(row, "upper"): "word_dash" for row in frame.index[frame["lower"].isna()]}
    drawn = curve and frame["total"].notna().sum() > 1
    return Figure(
        name,
        frame,
        columns,
        title=_title(found),
        caption=Sentence("figure_sensitivity_caption", {"title": found.title, "level": found.level}),
        chart=("curve" if drawn else "tornado") if frame["lower"].notna().any() else None,
        alt=Sentence("figure_sensitivity_curve_alt" if drawn else "figure_sensitivity_alt"),
        marks={"base": base.total if base.single else None, "logarithmic": float(found.logarithmic)},
        words=words,
        public_only=found.tells_counts,
        **unit_and_source(found.reference),
    )


def sensitivity_figures(found: Everything) -> list[Figure]:
    """Return a figure for each analysis of the standard set: the page of an estimate, for `mse.release`.

    Parameters
    ----------
    found : Everything
        What `mse.sensitivity.everything` returned.

    Returns
    -------
    list of Figure

    Examples
    --------
    >>> import mse
    >>> table = mse.CaptureTable(["A", "B"], [[0, 30], [40, 6]])
    >>> found = mse.sensitivity.everything(mse.LogLinear(order=1), table)
    >>> [figure.name for figure in sensitivity_figures(found)][:2]
    ['sensitivity_dependence', 'sensitivity_unseen']
    """
    return [sensitivity_figure(part, name=f"sensitivity_{name}") for name, part in found.parts.items()]


def _largest(found: Sensitivity, outcomes: tuple[Outcome, ...]) -> list[Outcome]:
    """Scenarios by the size of their change; those without a total last."""

    def size(outcome: Outcome) -> tuple[bool, float]:
        change = found.change(outcome)
        return change is None, -abs(change or 0.0)

    return sorted(outcomes, key=size)


def _rows(found: Sensitivity, outcome: Outcome) -> list[dict[str, Any]]:
    """Rows of one scenario; where rivals leave no single total, none of them holds one."""
    blocked = outcome.total is not None and not outcome.single
    row: dict[str, Any] = {
        "label": outcome.label, "at": outcome.at, "shown": Sentence("sensitivity_interval", {"level": found.level}),
        "lower": None, "upper": None, "total": None, "change": None, "reason": outcome.reason, "blocked": blocked,
    }  # fmt: skip
    if blocked:
        named = [Sentence("interval_rivals", {"n": rank}) for rank in range(1, len(outcome.ranges) + 1)]
        return [
            {**row, "shown": shown, "lower": span.lower, "upper": span.upper}
            for shown, span in zip(named, outcome.ranges, strict=True)
        ] or [row]
    change = found.change(outcome) if found.base.single else None
    return [{**row, "lower": outcome.lower, "upper": outcome.upper, "total": outcome.total, "change": change}]


def _title(found: Sensitivity) -> Text:
    """The spread in one line: of the totals, or of the ranges where there are some."""
    ends = []
    for outcome in found.outcomes:
        if outcome.single:
            ends += [outcome.total]
        else:
            ends += [end for span in outcome.ranges for end in (span.lower, span.upper)]
    known = [end for end in ends if end is not None]
    fields = {"title": found.title}
    if not known:
        return Sentence("figure_sensitivity_title_none", fields)
    return Sentence("figure_sensitivity_title", {**fields, "least": min(known), "most": max(known)})
