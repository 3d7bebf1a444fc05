"""Grids of the number unseen on which sums over whole numbers are taken.

A coarse grid finds where the probability is. A fine one holds every whole number there, then steps that grow slowly,
and in the tail steps that grow with the distance on the log scale. Steps change smoothly, so the rule "value times
step" is the trapezoidal rule in a smooth change of variable: its error falls faster than any power of the step.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["FARTHEST", "Grid", "coarse_grid", "fine_grid", "whole_numbers"]

Array = NDArray[np.float64]

FARTHEST = 1e18
"""No number unseen above this is looked at: more than a hundred million times the persons alive."""

_FIRST = 100
_RATIO = 1.01

_DENSE = 40_000
_GROWTH = 1e-4
_TAIL_GROWTH = 1e-2

_SHARE_BELOW = 1e-15
_SHARE_BEYOND = 1e-12
"""Probability that a fine grid leaves out at its ends: far below the 10⁻⁶ at which a quantile could move."""

_IN_THE_TAIL = 1e-4
"""Probability beyond which steps grow faster: no quantile that is reported lies there."""


class Grid(NamedTuple):
    """Numbers unseen with what each of them counts for in a sum over whole numbers."""

    unseen: Array
    step: Array


def whole_numbers(first: float, last: float) -> Grid:
    """Every whole number from the first to the last."""
    unseen = np.arange(first, last + 1.0)
    return Grid(unseen, np.ones(len(unseen)))


def coarse_grid(last: float) -> Grid:
    """Whole numbers to 100, then steps of one percent, up to the last number.

    Examples
    --------
    >>> grid = coarse_grid(1e6)
    >>> len(grid.unseen), float(grid.unseen[-1]), bool(abs(grid.step.sum() - 1_000_001) < 1e-6)
    (1027, 1000000.0, True)
    """
    if last <= _FIRST:
        return whole_numbers(0.0, last)
    many = int(np.ceil(np.log(last / _FIRST) / np.log(_RATIO)))
    unseen = np.concatenate([np.arange(_FIRST, dtype=np.float64), np.geomspace(_FIRST, last, many + 1)])
    edges = np.concatenate([[-0.5], (unseen[1:] + unseen[:-1]) / 2.0, [last + 0.5]])
    return Grid(unseen, np.diff(edges))


def fine_grid(coarse: Grid, share: Array, last: float | None) -> Grid:
    """The grid that a posterior is held on.

    Parameters
    ----------
    coarse : Grid
    share : array of float
        Probability of each point of the coarse grid.
    last : float or None
        Largest number that the prior allows; None where the probability runs out by itself.

    Returns
    -------
    Grid
        Every whole number where the posterior begins, 40,000 of them; then steps of up to 10⁻⁴ of the distance.
    """
    first = np.floor(coarse.unseen[_beside(np.searchsorted(np.cumsum(share), _SHARE_BELOW), -2, share)])
    beyond = np.cumsum(share[::-1])[::-1]
    end = coarse.unseen[_beside(np.count_nonzero(beyond > _SHARE_BEYOND), 1, share)]
    tail = coarse.unseen[_beside(np.count_nonzero(beyond > _IN_THE_TAIL), 1, share)]
    dense = first + _DENSE
    if end <= dense:
        return whole_numbers(first, np.floor(end))
    parts = [whole_numbers(first, dense)]
    if tail > dense:
        at = np.arange(1.0, np.floor(np.arcsinh(_GROWTH * (tail - dense)) / _GROWTH) + 1.0) * _GROWTH
        parts.append(Grid(dense + np.sinh(at) / _GROWTH, np.cosh(at)))
    start, step = (parts[-1].unseen[-1], parts[-1].step[-1]) if len(parts[-1].unseen) else (dense, 1.0)
    relative = step / start
    many = np.arcsinh(np.log(end / start) * _TAIL_GROWTH / relative) / _TAIL_GROWTH
    at = np.arange(1.0, np.floor(max(many, 0.0)) + 1.0) * _TAIL_GROWTH
    unseen = start * np.exp(relative / _TAIL_GROWTH * np.sinh(at))
    parts.append(Grid(unseen, unseen * relative * np.cosh(at)))
    unseen, steps = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Grid(unseen, steps) if last is None or end < last else _ended(unseen, steps, last)


def _beside(place: int | np.intp, away: int, share: Array) -> int:
    return int(np.clip(place + away, 0, len(share) - 1))


def _ended(unseen: Array, step: Array, last: float) -> Grid:
    """End a grid at a bound that probability is cut off by: the trapezoidal rule to it, and half a person beyond."""
    gap = last - unseen[-1]
    if gap <= 0.0:
        return Grid(unseen, np.append(step[:-1], step[-1] / 2.0 + 0.5))
    return Grid(np.append(unseen, last), np.concatenate([step[:-1], [step[-1] / 2.0 + gap / 2.0, gap / 2.0 + 0.5]]))
