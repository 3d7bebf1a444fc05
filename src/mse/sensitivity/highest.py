"""The assumption that no table can test: how many are unseen, beside how many a model says are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from numbers import Real
from typing import Any

from mse.core.estimate import Range
from mse.core.sentence import Sentence
from mse.errors import ModelError
from mse.models.loglinear import LogLinear
from mse.sensitivity.result import Sensitivity
from mse.sensitivity.runner import as_it_is, run_scenarios
from mse.sensitivity.scenario import Outcome

__all__ = ["highest_order", "no_highest_order"]

FACTORS = (0.5, 2 / 3, 0.8, 1.25, 1.5, 2.0)
"""Values of ξ on both sides of 1."""


def no_highest_order(table: Any) -> LogLinear:
    """The model with every term but that of all lists: it fits what is seen exactly, and assumes no more than it must.

    Examples
    --------
    >>> import mse
    >>> table = mse.datasets.load("spina_bifida_621")
    >>> round(no_highest_order(table).fit(table).total)
    755
    """
    return LogLinear(order=len(table.lists) - 1)


def highest_order(estimator: Any | None, table: Any, *, xi: Sequence[float] = FACTORS, **options: Any) -> Sensitivity:
    """Multiply the number unseen by ξ.

    Any estimator says two things: how persons who are seen spread over the lists, and how many are unseen given that.
    The table tells of the first alone (Aleshin-Guendel, Sadinle and Wakefield 2024). In a log-linear model the second
    is that lists have no interaction of the highest order: the product of the expected counts of persons on an odd
    number of lists, over that of an even number, is the number unseen. If that interaction is λ, the number unseen is ξ
    times as large, with ξ = exp(λ) for an even number of lists and exp(−λ) for an odd one. For any other estimator ξ is
    how many times as many are unseen as it says.

    Parameters
    ----------
    estimator : Estimator or None
        None is the log-linear model with every term but the highest, so that the table is fitted exactly.
    table : CaptureTable or PartialTable
    xi : sequence of float
        Values of ξ, 0 or more. 1 is the base.
    **options
        level, seed, workers, checkpoint and progress, as in `run_scenarios`.

    Returns
    -------
    Sensitivity
        A curve over ξ. The limits of the number unseen are multiplied as it is itself: they hold ξ fixed.

    Raises
    ------
    mse.errors.ModelError
        A value of ξ is negative or no number.

    Examples
    --------
    >>> import mse
    >>> table = mse.CaptureTable(["A", "B"], [[0, 30], [40, 6]])
    >>> highest_order(None, table, xi=(0.5, 2)).to_frame()[["at", "total"]].values.round(1).tolist()
    [[1.0, 276.0], [0.5, 176.0], [2.0, 476.0]]
    """
    for value in xi:
        if not isinstance(value, Real) or isinstance(value, bool) or not (math.isfinite(value) and value >= 0.0):
            raise ModelError("ξ is a number, 0 or more", got=repr(value), hint="1 is what the estimator says.")
    spec = no_highest_order(table) if estimator is None else estimator
    title, axis = Sentence("sensitivity_highest"), Sentence("sensitivity_axis_highest")
    plain = run_scenarios(title, as_it_is(spec, table, 1.0), (), axis=axis, logarithmic=all(xi), **options)
    others = tuple(multiplied(plain.base, float(value)) for value in xi if value != 1)
    return replace(plain, outcomes=(plain.base, *others))


def multiplied(base: Outcome, factor: float) -> Outcome:
    """An outcome with the number unseen multiplied, its limits and ranges too."""
    label = Sentence("sensitivity_factor", {"factor": factor})
    if base.total is None or base.observed is None:
        return replace(base, label=label, at=factor)
    seen = base.observed

    def scaled(total: float) -> float:
        return seen + factor * (total - seen)

    return replace(
        base,
        label=label,
        at=factor,
        total=scaled(base.total),
        lower=None if base.lower is None else scaled(base.lower),
        upper=None if base.upper is None else scaled(base.upper),
        ranges=tuple(Range(scaled(span.lower), scaled(span.upper), span.weight) for span in base.ranges),
    )
