"""The best model of a scope, exactly: of pairs without fitting them all, of a list by fitting each.

Leaving terms out never lowers the deviance. So a pair model deviates at least as much as every model with one pair
more, and going down from the model of all pairs a model need not be fitted when that bound and its number of
parameters already exceed the best criterion known (leaps and bounds, Furnival and Wilson 1974).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mse.core.rivals import PROVED, UNPROVED, Convention
from mse.core.verdicts import Verdicts
from mse.kernels.poisson import SweepResult, superset_sums, sweep

__all__ = ["best_listed_model", "best_pair_model"]

_SLACK = 1e-3
"""A fit that runs off stops this close to the limit of its deviance, at worst."""


def best_pair_model(
    counts: NDArray[np.float64], pairs: NDArray[np.int64], convention: Convention, forced: int = 0, without: int = 0
) -> int | None:
    """Find the model of pairs with the lowest criterion among those that have an estimate.

    Parameters
    ----------
    counts : array of float, shape (2^K,)
    pairs : array of int, shape (m,)
        Masks of all pairs of lists.
    convention : Convention
    forced : int
        Pairs that the model must hold, as bits.
    without : int
        Pairs that it may not hold.

    Returns
    -------
    int or None
        The model as bits over `pairs`; None where no model has an estimate.
    """
    m = len(pairs)
    models = np.arange(1 << m, dtype=np.uint64)
    size = np.bitwise_count(models).astype(np.int64)
    wanted = (models & np.uint64(forced | without)) == np.uint64(forced)
    n_lists = len(counts).bit_length() - 1
    sums = superset_sums(counts)
    empty = sum(1 << index for index, mask in enumerate(pairs) if sums[mask] == 0.0)
    lost = sum(1 for bit in range(n_lists) if sums[1 << bit] == 0.0)
    infinite = np.bitwise_count(models & np.uint64(empty)).astype(np.int64) + lost
    finite = 1 + n_lists + size - infinite
    bound = np.zeros(len(models))
    verdicts = Verdicts(counts, pairs)
    best, best_value = None, np.inf
    for level in range(m, -1, -1):
        here = np.flatnonzero((size == level) & wanted)
        _raise_bounds(bound, here, m)
        hopeful = here[convention.values(bound[here] - _SLACK, finite[here], infinite[here]) < best_value]
        if not len(hopeful):
            continue
        result = sweep(counts, pairs, models[hopeful])
        fitted = result.outcome <= UNPROVED
        bound[hopeful[fitted]] = np.maximum(bound[hopeful[fitted]], result.deviance[fitted] - _SLACK)
        found = _best_fitted(verdicts, models[hopeful], result, convention, best_value)
        if found is not None:
            best, best_value = found
    return best


def best_listed_model(
    counts: NDArray[np.float64], inter: NDArray[np.int64], models: NDArray[np.uint64], convention: Convention
) -> int | None:
    """Find the listed model with the lowest criterion among those that have an estimate.

    Parameters
    ----------
    counts : array of float, shape (2^K,)
    inter : array of int
        Interactions of the scope.
    models : array of uint64
        Models as bits over `inter`; all are fitted.
    convention : Convention

    Returns
    -------
    int or None
        The model as bits; None where no model has an estimate.
    """
    result = sweep(counts, inter, models)
    found = _best_fitted(Verdicts(counts, inter), models, result, convention, np.inf)
    return None if found is None else found[0]


def _best_fitted(
    verdicts: Verdicts,
    models: NDArray[np.uint64],
    result: SweepResult,
    convention: Convention,
    below: float,
) -> tuple[int, float] | None:
    """The best model that has an estimate, with its criterion, where that is below a bound."""
    fitted = result.outcome <= UNPROVED
    value = np.full(len(models), np.inf)
    value[fitted] = convention.values(result.deviance[fitted], result.finite[fitted], result.infinite[fitted])
    for place in np.argsort(value, kind="stable"):
        if not value[place] < below:
            return None
        bits = int(models[place])
        if result.outcome[place] == PROVED or verdicts.has_estimate(bits):
            return bits, float(value[place])
    return None


def _raise_bounds(bound: NDArray[np.float64], here: NDArray[np.intp], m: int) -> None:
    """A model's deviance is at least that of each model with one pair more."""
    for index in range(m):
        bit = 1 << index
        lacking = here[(here & bit) == 0]
        bound[lacking] = np.maximum(bound[lacking], bound[lacking | bit])
