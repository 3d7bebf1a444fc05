"""Checks of an estimator's answer: does it exist, do rivals agree, does it hold when something is taken away?"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import fmean

import numpy as np

from mse.core.ensemble import EnsembleFit
from mse.errors import ModelError
from mse.feasibility.answer import Answer
from mse.feasibility.rules import RULES, Check, in_words, judged, unknown
from mse.inference.plausibility import lower_bound as chao_bound

__all__ = ["FROM_ANSWER", "NEAR"]

NEAR = 0.2
"""Re-selections whose total differs by no more than this share from the estimate count as the same answer."""

_NO_ESTIMATE, _NOT_OF_PAIRS = 2, 1


def existence(answer: Answer) -> Check:
    """Whether independence, the estimator's own model, and the model of all pairs have an estimate."""
    from mse.models.loglinear import LogLinear

    lists = len(answer.table.lists)
    plain = LogLinear(order=1).fit(answer.table).total
    if plain is None or answer.total is None:
        return judged("feasible_existence_none", _NO_ESTIMATE, rule="existence")
    if lists > 2 and LogLinear(order=2).fit(answer.table).total is None:
        return judged("feasible_existence_pairs", _NOT_OF_PAIRS, rule="existence")
    return judged("feasible_existence", 0)


def lower_bound(answer: Answer) -> Check:
    """Whether the estimate reaches Chao's lower bound, its interval included (see `mse.inference.plausibility`)."""
    total, upper = answer.total, answer.estimate.upper
    if total is None:
        return unknown("lower_bound", "estimate")
    bound = chao_bound(answer.table)
    reach = math.inf if upper is None else upper / bound
    return judged("feasible_lower_bound", reach, total=total, bound=bound)


def implied_coverage(answer: Answer) -> Check:
    """Share of the estimated population that the lists saw (Gerritse, van der Heijden and Bakker 2015)."""
    if answer.total is None:
        return unknown("implied_coverage", "estimate")
    share = answer.table.n_observed / answer.total
    return judged("feasible_implied_coverage", share, total=answer.total, share=share)


def rivals(answer: Answer) -> Check:
    """Largest total over smallest total of the models within 10 of the best criterion."""
    if not isinstance(answer.fit, EnsembleFit):
        return unknown("rivals", "search")
    span = answer.fit.rival_range()
    if span is None:
        return unknown("rivals", "estimate")
    lower, upper = span
    models = len(answer.fit.to_frame())
    return judged("feasible_rivals", upper / lower, ratio=upper / lower, lower=lower, upper=upper, models=models)


def search_stability(answer: Answer) -> Check:
    """Share of drawn tables on which the whole estimator comes within `NEAR` of its total."""
    from mse.inference.bootstrap import bootstrap

    if answer.total is None:
        return unknown("search_stability", "estimate")
    try:
        draws = bootstrap(answer.estimator, answer.table, replicates=answer.replicates, seed=answer.seed).draws
    except ModelError:  # a total beyond any number of persons cannot be drawn from
        return unknown("search_stability", "estimate")
    assert draws is not None
    near = np.abs(draws.total / answer.total - 1.0) <= NEAR
    share = float(near.sum() / len(draws))
    return judged("feasible_search_stability", share, share=share, draws=len(draws), near=NEAR)


def leave_one_out(answer: Answer) -> Check:
    """Largest change of the log total when a list is left out."""
    if len(answer.table.lists) < 3:
        return unknown("leave_one_out", "lists")
    if answer.total is None:
        return unknown("leave_one_out", "estimate")
    changes = {name: _log_ratio(total, answer.total) for name, total in answer.without_list.items()}
    name = max(changes, key=lambda one: abs(changes[one]))
    total = in_words(_finite(answer.without_list[name]), "estimate")
    return judged("feasible_leave_one_out", abs(changes[name]), name=name, total=total, whole=answer.total)


def consistency(answer: Answer) -> Check:
    """Mean log error when each list is hidden and its size estimated from its members on other lists.

    The truth is known here (Hook and Regal 2000; Binette and Steorts 2022). Lists with fewer than 30 persons are left
    out.
    """
    if len(answer.table.lists) < 3:
        return unknown("consistency", "lists")
    least = RULES["smallest_list"].green
    judgeable = {name: both for name, both in answer.list_sizes.items() if both[0] >= least}
    if not judgeable:
        return unknown("consistency", "estimate")
    errors = {name: _log_ratio(total, size) for name, (size, total) in judgeable.items()}
    if none := sum(math.isinf(error) for error in errors.values()):
        return judged("feasible_consistency_none", math.inf, rule="consistency", none=none, lists=len(errors))
    error = fmean(map(abs, errors.values()))
    low = sum(value < 0.0 for value in errors.values())
    return judged("feasible_consistency", error, lists=len(errors), low=low, factor=math.exp(error))


def _log_ratio(total: float | None, truth: float) -> float:
    return math.inf if total is None else math.log(total / truth)


def _finite(total: float | None) -> float:
    return math.inf if total is None else total


FROM_ANSWER: tuple[Callable[[Answer], Check], ...] = (
    existence, lower_bound, implied_coverage, rivals, search_stability, leave_one_out, consistency,
)  # fmt: skip
