"""Take knowledge away from a table: values get lost, lists are off. What was lost is known, so it can be judged.

The persons stay who they are: a lost value is no level of its own, and a person whom only the list that is off would
have found is no longer seen.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping

import numpy as np
from numpy.typing import NDArray

from mse.core.partial import PartialTable
from mse.core.selection import picked
from mse.core.table import CaptureTable
from mse.errors import TableError, did_you_mean

__all__ = ["lose_values", "switch_off"]

_FURTHEST = 60.0
"""Log odds between which the level of losing is sought: chances of 1e-26 and 1 less as much."""

_NOBODY = 1e-12
"""A share below this takes nobody from a table of any size that persons are counted in."""


def lose_values(
    table: CaptureTable,
    covariate: str,
    share: float,
    rng: np.random.Generator,
    *,
    odds: Mapping[str, float] | None = None,
) -> PartialTable:
    """Let persons lose their value of a covariate, at random given the lists that they are on.

    Parameters
    ----------
    table : CaptureTable
    covariate : str
        What is lost.
    share : float
        Share of persons, in expectation, who lose it.
    rng : numpy.random.Generator
    odds : mapping of str to float, optional
        By what factor being on a list multiplies the odds of losing: ``{"P": 0.25}`` for a list that seldom leaves the
        value open. Without it all persons are as likely to lose theirs. In neither case does it hang on the value.

    Returns
    -------
    PartialTable

    Raises
    ------
    mse.errors.TableError
        The covariate or a list is not in the table, the share is not between 0 and 1, or odds are not positive.

    Examples
    --------
    >>> table = CaptureTable(["A", "B"], [[[0, 0], [20, 40]], [[30, 60], [10, 20]]], {"form": ["SU", "AU"]})
    >>> partial = lose_values(table, "form", 0.5, np.random.default_rng(1), odds={"A": 0.25})
    >>> partial.n_observed, partial.n_lacking("form")
    (180, 87)
    """
    if covariate not in table.covariates:
        raise TableError(f"There is no covariate '{covariate}' to lose", hint=did_you_mean(covariate, table.covariates))
    if not 0.0 <= share < 1.0:
        raise TableError("A share of persons who lose a value lies between 0 and 1", got=str(share))
    lost = rng.binomial(table.counts, _chances(table, share, odds or {}))
    axis = len(table.lists) + list(table.covariates).index(covariate)
    layers = {(): table.counts - lost, (covariate,): lost.sum(axis=axis)}
    return PartialTable(table.lists, table.covariates, layers, reference=table.reference)


def _chances(table: CaptureTable, share: float, odds: Mapping[str, float]) -> NDArray[np.float64]:
    """Chance of losing by cell, such that the share of the persons seen is as asked."""
    from scipy.optimize import brentq
    from scipy.special import expit

    tilt = np.zeros(table.counts.shape)
    on = np.indices(table.counts.shape, sparse=True)
    for name, factor in odds.items():
        if factor <= 0.0:
            raise TableError("Odds are larger than 0", got=str(factor))
        tilt = tilt + np.log(factor) * on[_axis(table, name)]
    if share < _NOBODY:
        return np.zeros(table.counts.shape)

    def excess(level: float) -> float:
        return float((table.counts * expit(level + tilt)).sum()) / table.n_observed - share

    chances: NDArray[np.float64] = expit(brentq(excess, -_FURTHEST, _FURTHEST) + tilt)
    return chances


def switch_off(table: CaptureTable, name: str, **levels: Hashable | Collection[Hashable]) -> PartialTable:
    """Let a list be off in some strata: nobody is on it there, and those on no other list are not seen.

    Parameters
    ----------
    table : CaptureTable
    name : str
        The list.
    **levels
        Where it is off: a level or several of each covariate named, ``year=2018``. Of several covariates all must hold.

    Returns
    -------
    PartialTable

    Raises
    ------
    mse.errors.TableError
        The list, a covariate or a level is not in the table, or it is not said where the list is off.

    Examples
    --------
    >>> table = CaptureTable(["A", "B"], [[[0, 0], [20, 40]], [[30, 60], [10, 20]]], {"year": [2018, 2019]})
    >>> switch_off(table, "A", year=2019)
    PartialTable of 120 persons on 2 lists (A, B) by year
      A is off in year 2019
    """
    if not levels:
        raise TableError(f"It is not said where list '{name}' is off", hint="Name levels: year=2018.")
    axis = _axis(table, name)
    inside = np.zeros(table.counts.shape, dtype=np.bool_)
    inside.ravel()[picked(table, levels).cells] = True
    off = inside[(0,) * len(table.lists)]
    on_it = np.take(table.counts, 1, axis=axis)
    moved = np.where(off, on_it, 0)
    counts = np.stack([np.take(table.counts, 0, axis=axis) + moved, on_it - moved], axis=axis)
    counts[(0,) * len(table.lists)] = 0
    operating = np.ones((len(table.lists), off.size), dtype=np.bool_)
    operating[axis] = ~off.ravel()
    return PartialTable(table.lists, table.covariates, {(): counts}, operating, reference=table.reference)


def _axis(table: CaptureTable, name: str) -> int:
    if name not in table.lists:
        raise TableError(f"There is no list '{name}' in the table", hint=did_you_mean(name, table.lists))
    return table.lists.index(name)
