"""What a choice of model leans on: how much its interval owes to pairs of lists that were left out.

A criterion leaves a pair out when the data cannot tell its dependence from none. They cannot tell it from a good deal
of it either, and the number unseen hangs on it. The interval around the chosen model takes the dependence for known to
be none; the model with all pairs does not.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from mse.core.finding import Finding, Severity

if TYPE_CHECKING:
    from mse.core.point_fit import PointFit
    from mse.core.stratified_fit import StratifiedFit
    from mse.core.terms import Generators

__all__ = ["NARROW", "LeftOut", "left_out", "left_out_findings"]


NARROW = 0.92
"""An interval this share as wide as one that does not take dependence for known holds the truth 93 times in 100, if
leaving pairs out moved the estimate as little as chance does: 2 Φ(1.96 · 0.92) - 1. Below it, less often. In the
registers of docs/explanation/known-truth.md the share was .23 to .76, and the truth was held in 1 of 4."""

_TWO = 2


class LeftOut(NamedTuple):
    """The chosen model beside the one that has all pairs of lists as well.

    Attributes
    ----------
    narrowing : float
        Standard error of the log number unseen by the chosen model, as a share of that with all pairs.
    total : float
        Total with all pairs.
    lower, upper : float
        Its lognormal limits.
    """

    narrowing: float
    total: float
    lower: float
    upper: float


def left_out(fit: PointFit | StratifiedFit, forbidden: Collection[frozenset[str]] = ()) -> LeftOut | None:
    """Set a chosen model beside the one with all pairs of lists added.

    Parameters
    ----------
    fit : PointFit or StratifiedFit
        The model chosen.
    forbidden : collection of frozenset of str
        Pairs that are known not to depend, and stay out.

    Returns
    -------
    LeftOut or None
        None where all pairs are in already, there are two lists only, or one of the models has no estimate.

    Examples
    --------
    >>> import mse
    >>> table = mse.datasets.load("spina_bifida_621")
    >>> beside = left_out(mse.Search().fit(table).best)
    >>> round(beside.narrowing, 2), round(beside.total)
    (0.26, 755)
    """
    given, held = fit.generators, set(map(int, fit.generators.masks))
    pairs = [pair for pair in combinations(given.lists, 2) if frozenset(pair) not in forbidden]
    missing = [mask for mask in map(given.mask, pairs) if mask not in held]
    if not missing or len(given.lists) == _TWO or fit.total is None:
        return None
    full = _refitted(fit, type(given)(given.lists, (*given.top, *missing), given.covariates))
    narrow, wide = _relative_error(fit), _relative_error(full)
    if narrow is None or wide is None or full.total is None:
        return None
    whole = full.estimate(interval="lognormal").parts[0]
    if whole.lower is None or whole.upper is None:
        return None
    return LeftOut(narrow / wide, full.total, whole.lower, whole.upper)


def left_out_findings(fit: PointFit | StratifiedFit, forbidden: Collection[frozenset[str]] = ()) -> tuple[Finding, ...]:
    """Warn where the interval around a chosen model owes its width to pairs that were left out.

    Parameters
    ----------
    fit, forbidden
        As for `left_out`.

    Returns
    -------
    tuple of Finding
        At most one warning: narrowed_by_choice.
    """
    beside = left_out(fit, forbidden)
    if beside is None or beside.narrowing >= NARROW:
        return ()
    values = {
        "model": fit.model,
        "share": beside.narrowing,
        "total": beside.total,
        "lower": beside.lower,
        "upper": beside.upper,
    }
    return (Finding("narrowed_by_choice", Severity.WARNING, fit.model, values),)


def _refitted(fit: PointFit | StratifiedFit, generators: Generators) -> PointFit | StratifiedFit:
    """Another model on the same table."""
    from mse.core.point_fit import PointFit
    from mse.core.stratified_fit import StratifiedFit

    if isinstance(fit, StratifiedFit):
        return StratifiedFit.compute(fit.table, generators, dict(fit.spec.coding), fit.spec)
    return PointFit.compute(fit.table, generators, fit.spec)


def _relative_error(fit: PointFit | StratifiedFit) -> float | None:
    """Standard error of the total as a share of the number unseen."""
    if not fit.dark_figure or fit.standard_error is None or not math.isfinite(fit.standard_error):
        return None
    return fit.standard_error / fit.dark_figure
