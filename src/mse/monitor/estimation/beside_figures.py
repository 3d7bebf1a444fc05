"""Figure of several methods on one table: their estimates beside each other, and what each assumes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mse.core.estimate import Estimate, Part
from mse.core.figure import Figure
from mse.core.fit import FitStatus
from mse.core.sentence import Sentence, Text
from mse.lazy import lazy
from mse.monitor.estimation.data_figures import heading
from mse.monitor.estimation.estimate_figures import estimates_figure

if TYPE_CHECKING:
    from mse.inference.side_by_side import Beside, SideBySide

pd = lazy("pandas")

__all__ = ["side_by_side_figure"]


def side_by_side_figure(found: SideBySide, *, name: str = "side_by_side") -> Figure:
    """Methods beside each other, each with its interval, or with ranges where it gives no single number.

    Parameters
    ----------
    found : SideBySide
        What `mse.side_by_side` returned.
    name : str
        Name of the figure.

    Returns
    -------
    Figure
        Columns label, shown (what the limits are), observed, lower, upper, total, weight (of a range), method (why
        it stopped, of a method that did) and assumption.

    Raises
    ------
    mse.errors.ReferenceError
        Two estimates are about different things: a method has given its estimate another reference.

    Examples
    --------
    >>> import mse
    >>> table = mse.CaptureTable(["A", "B"], [[0, 30], [40, 6]])
    >>> figure = side_by_side_figure(mse.side_by_side(table, {"independent lists": mse.LogLinear("[A][B]")}))
    >>> figure.to_frame()[["label", "observed"]].values.tolist()
    [['independent lists', 76]]
    """
    shown = estimates_figure({row.label: _estimate(row, found) for row in found.rows}, name=name)
    by_label = {row.label: row for row in found.rows}
    behind = [by_label[label] for label in shown.frame["label"]]
    frame = shown.frame.assign(assumption=pd.Series([row.assumption for row in behind], dtype="object"))
    words = dict(shown.words)
    for place, row in enumerate(behind):
        if row.fit is not None and row.fit.status is FitStatus.NOT_MIXED:
            frame.loc[place, "method"] = _estimate(row, found).method
            words[place, "total"] = "posterior_chains_disagree"
    totals = [row.estimate.total for row in found.rows if row.estimate and not row.estimate.blocked]
    given = [total for total in totals if total is not None]
    fields = {"n": len(found.rows), "given": len(given)}
    return replace(
        shown,
        frame=frame,
        columns={**shown.columns, "assumption": heading("assumption", missing="word_dash")},
        title=_title(given, fields),
        caption=Sentence("figure_beside_caption", fields),
        words=words,
    )


def _estimate(row: Beside, found: SideBySide) -> Estimate:
    """What a row says, without ranges of chains that disagree; where the method stopped, the persons seen and why."""
    if row.estimate is not None and row.fit is not None:
        return replace(row.estimate, ranges=()) if row.fit.total is None else row.estimate
    nothing = Part("total", found.table.n_observed, None, None, None)
    assert row.why is not None
    return Estimate((nothing,), found.level, "none", row.why, found.table.reference)


def _title(given: list[float], fields: dict[str, int]) -> Text:
    if len(given) > 1:
        return Sentence("figure_beside_title", {"lowest": min(given), "highest": max(given)})
    return Sentence("figure_beside_title_one" if given else "figure_beside_title_none", fields)
