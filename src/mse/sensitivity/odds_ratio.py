"""Lists that depend on each other more, or less, than a model says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

from mse.core.sentence import Sentence
from mse.core.terms import Term
from mse.errors import ModelError, did_you_mean
from mse.models.fixed_dependence import FixedDependence
from mse.sensitivity.chosen import chosen_model
from mse.sensitivity.result import Sensitivity
from mse.sensitivity.runner import as_it_is, run_scenarios
from mse.sensitivity.scenario import Scenario

__all__ = ["absent_pairs", "dependence", "in_order"]

HALF_AND_DOUBLE = (0.5, 2.0)
"""Odds ratios of every pair, where no pair is named."""

CURVE = (1 / 3, 0.5, 2 / 3, 1.5, 2.0, 3.0)
"""Odds ratios of one pair, on both sides of independence."""


def dependence(
    estimator: Any,
    table: Any,
    *,
    pair: Sequence[str] | None = None,
    odds_ratios: Sequence[float] | None = None,
    **options: Any,
) -> Sensitivity:
    """Fix the odds ratio of a pair of lists that the model calls independent, given the other lists.

    log θ is an offset of the Poisson model, and all else is fitted anew (Gerritse, Van der Heijden and Bakker 2015). A
    pair that the model has a term for is estimated and cannot be fixed. A `Search` keeps the model that it chooses on
    the table as it is.

    Parameters
    ----------
    estimator : LogLinear or Search
    table : CaptureTable
        A table without covariates.
    pair : (str, str), optional
        Two lists; by default each pair that the model leaves out, in turn.
    odds_ratios : sequence of float, optional
        Values of θ. By default 0.5 and 2, and for one pair a curve from ⅓ to 3. 1 is the base.
    **options
        level, seed, workers, checkpoint and progress, as in `run_scenarios`.

    Returns
    -------
    Sensitivity
        A curve over θ for one pair; for all pairs, a row for each and θ.

    Raises
    ------
    mse.errors.ModelError
        The estimator is no log-linear model and no search, the model has a term with every pair, or with the pair that
        is named, or there is no such list.

    Examples
    --------
    >>> import mse
    >>> table = mse.CaptureTable(["A", "B"], [[0, 30], [40, 6]])
    >>> found = dependence(mse.LogLinear(order=1), table, pair=("A", "B"), odds_ratios=(0.5, 2))
    >>> found.to_frame()[["at", "total"]].round(1).values.tolist()
    [[1.0, 276.0], [0.5, 176.0], [2.0, 476.0]]
    """
    model = chosen_model(estimator, table)
    base = as_it_is(model, table)
    notation = model.generators(table).notation()
    fields = {"model": notation}
    if pair is None:
        ratios = _ratios(odds_ratios or HALF_AND_DOUBLE)
        scenarios = [_scenario(notation, one, ratio, table) for one in absent_pairs(model, table) for ratio in ratios]
        return run_scenarios(Sentence("sensitivity_pairs", fields), base, scenarios, **options)
    named = in_order(pair, table)
    if named not in absent_pairs(model, table):
        raise ModelError(f"The model has a term with {Term(named)}, so its odds ratio is estimated", got=notation)
    scenarios = [replace(_scenario(notation, named, ratio, table), at=ratio) for ratio in _ratios(odds_ratios or CURVE)]
    return run_scenarios(
        Sentence("sensitivity_pair", {**fields, "names": named}),
        replace(base, at=1.0),
        scenarios,
        axis=Sentence("sensitivity_axis_pair", {"names": named}),
        logarithmic=True,
        **options,
    )


def absent_pairs(model: Any, table: Any) -> list[tuple[str, str]]:
    """Pairs of lists that no term of a model holds.

    Raises
    ------
    mse.errors.ModelError
        There is none.
    """
    terms = model.generators(table).generators
    found = [pair for pair in combinations(table.lists, 2) if not any(term.issuperset(pair) for term in terms)]
    if not found:
        raise ModelError(
            "The model has a term with every pair of lists, so no odds ratio can be fixed",
            got=model.generators(table).notation(),
            hint="mse.sensitivity.highest_order varies what no term can hold.",
        )
    return found


def in_order(pair: Sequence[str], table: Any) -> tuple[str, str]:
    """A pair of lists in the order of the table.

    Raises
    ------
    mse.errors.ModelError
        There is no such list, or they are not two.
    """
    for name in pair:
        if name not in table.lists:
            raise ModelError(f"There is no list '{name}' in the table", hint=did_you_mean(str(name), table.lists))
    named = tuple(name for name in table.lists if name in tuple(pair))
    if len(named) != 2:
        raise ModelError("An odds ratio is that of two lists", got=", ".join(map(str, pair)))
    return named


def _ratios(given: Sequence[float]) -> list[float]:
    """Odds ratios without 1, which is the base."""
    return [float(ratio) for ratio in given if ratio != 1]


def _scenario(model: str, pair: tuple[str, str], ratio: float, table: Any) -> Scenario:
    label = Sentence("sensitivity_odds_ratio", {"names": pair, "ratio": ratio})
    return Scenario(label, FixedDependence(model, pair, ratio), table)
