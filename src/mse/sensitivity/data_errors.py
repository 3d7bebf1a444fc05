"""Errors in the data: links that were missed, records that do not belong, values that are not missing at random."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from mse.core.intervals import check_level, lognormal_limits
from mse.core.sentence import Sentence, Text
from mse.errors import MseError
from mse.inference.linkage_correction import correct_linkage
from mse.models.loglinear import LogLinear
from mse.models.missing_odds import RANGE, missing_odds
from mse.models.over_coverage import correct_over_coverage
from mse.models.search import Search
from mse.sensitivity.chosen import chosen_model
from mse.sensitivity.result import Sensitivity
from mse.sensitivity.runner import as_it_is, run_scenarios
from mse.sensitivity.scenario import Outcome, Refused, Scenario

__all__ = ["linkage_error", "missing_not_at_random", "over_coverage"]

MISSED = (0.01, 0.02, 0.05, 0.1)
"""Shares of the links that are missed."""

ERRONEOUS = (0.02, 0.05)
"""Shares of a list's records that do not belong."""


def linkage_error(estimator: Any, table: Any, *, missed: Sequence[float] = MISSED, **options: Any) -> Sensitivity:
    """Correct the table for a share of missed links, the same for every pair of lists (see `mse.correct_linkage`).

    Missed links make the estimate too high: with two lists by 1/(1 − share). A `Search` keeps the model that it chooses
    on the table as it is; corrected counts have a total and no interval.

    Parameters
    ----------
    estimator : Estimator
    table : CaptureTable
    missed : sequence of float
        Shares. 0 is the base.
    **options
        level, seed, workers, checkpoint and progress, as in `run_scenarios`.

    Returns
    -------
    Sensitivity
        A curve over the share.

    Examples
    --------
    >>> import mse
    >>> table = mse.CaptureTable(["A", "B"], [[0, 30], [40, 60]])
    >>> linkage_error(mse.LogLinear(order=1), table, missed=(0.1,)).to_frame()["total"].round(1).tolist()
    [150.0, 135.0]
    """
    spec = _fixed(estimator, table)
    scenarios = [
        _corrected(Sentence("sensitivity_missed_links", {"share": share}), spec, table, share, missed=share)
        for share in map(float, missed)
        if share
    ]
    title, axis = Sentence("sensitivity_linkage"), Sentence("sensitivity_axis_linkage")
    return run_scenarios(title, as_it_is(spec, table, 0.0), scenarios, axis=axis, **options)


def over_coverage(
    estimator: Any, table: Any, *, shares: Sequence[float] = ERRONEOUS, cells: str = "alone", **options: Any
) -> Sensitivity:
    """Take a share of each list's records out in turn, as no members of the population (`mse.correct_over_coverage`).

    Parameters
    ----------
    estimator : Estimator
        A `Search` keeps the model that it chooses on the table as it is.
    table : CaptureTable
    shares : sequence of float
        Shares of the records of a list.
    cells : {"alone", "any"}
        Where these records are, as in `mse.correct_over_coverage`.
    **options
        level, seed, workers, checkpoint and progress, as in `run_scenarios`.

    Returns
    -------
    Sensitivity
        A row for each list and share. One with more erroneous records than persons on that list alone has no total.

    Examples
    --------
    >>> import mse
    >>> table = mse.CaptureTable(["A", "B"], [[0, 30], [40, 60]])
    >>> over_coverage(mse.LogLinear(order=1), table, shares=(0.1,)).to_frame()["total"].round(1).tolist()
    [150.0, 135.0, 135.0]
    """
    spec = _fixed(estimator, table)
    scenarios = []
    for name in table.lists:
        for share in map(float, shares):
            label = Sentence("sensitivity_erroneous", {"name": name, "share": share})
            scenarios.append(_corrected(label, spec, table, None, rates={name: share}, cells=cells))
    return run_scenarios(Sentence("sensitivity_over_coverage"), as_it_is(spec, table), scenarios, **options)


def missing_not_at_random(
    estimator: Any,
    table: Any,
    covariate: str,
    level_of: Hashable,
    *,
    odds: Sequence[float] = RANGE,
    level: float = 0.95,
) -> Sensitivity:
    """Let persons of one level lack a covariate more, or less, often than others (see `mse.missing_odds`).

    Parameters
    ----------
    estimator : LogLinear or Search
        A `Search` keeps the model that it chooses on the table as it is.
    table : PartialTable
    covariate : str
        A covariate that some persons lack.
    level_of : level
        The level whose persons lack it more or less often.
    odds : sequence of float
        Odds of lacking it, relative to others. 1 is missing at random, and the base.
    level : float
        Level of the intervals, which are lognormal.

    Returns
    -------
    Sensitivity
        A curve over the odds.

    Examples
    --------
    >>> import mse
    >>> layers = {(): [[[0, 0], [20, 10]], [[30, 60], [10, 20]]], ("form",): [[0, 9], [18, 0]]}
    >>> table = mse.PartialTable(["A", "B"], {"form": ["SU", "AU"]}, layers)
    >>> found = missing_not_at_random(mse.LogLinear("[A form][B form]"), table, "form", "AU", odds=(0.5, 2))
    >>> [outcome.at for outcome in found.outcomes]
    [1.0, 0.5, 2.0]
    """
    check_level(level)
    spec = chosen_model(estimator, table)
    wanted = [1.0, *(float(one) for one in odds if one != 1)]
    frame = missing_odds(table, spec, covariate, level_of, odds=wanted).set_index("odds").to_dict("index")
    outcomes = []
    for one in wanted:
        seen, dark, error = (float(frame[one][name]) for name in ("observed", "dark_figure", "standard_error"))
        lower, upper = lognormal_limits(seen, dark, error, level)
        label: Text = Sentence("sensitivity_base")
        if one != 1.0:
            label = Sentence("sensitivity_missing", {"name": str(level_of), "covariate": covariate, "odds": one})
        outcomes.append(Outcome(label, seen, seen + dark, lower, upper, True, "ok", at=one))
    axis = Sentence("sensitivity_axis_missing", {"name": str(level_of), "covariate": covariate})
    title = Sentence("sensitivity_missing_title", {"covariate": covariate})
    return Sensitivity(title, tuple(outcomes), level, table.reference, axis, True)


def _fixed(estimator: Any, table: Any) -> Any:
    """What is fitted to corrected counts: of a search the model that it chooses, since it takes whole persons only."""
    return chosen_model(estimator, table) if isinstance(estimator, LogLinear | Search) else estimator


def _corrected(label: Text, spec: Any, table: Any, at: float | None, **correction: Any) -> Scenario:
    """A scenario on a corrected table; a correction that cannot be is its answer."""
    correct = correct_over_coverage if "rates" in correction else correct_linkage
    try:
        return Scenario(label, spec, correct(table, **correction), at)
    except MseError as error:
        return Scenario(label, Refused(error.what), table, at)
