"""Iterative proportional fitting: the table nearest to a seed that has given margins.

Cells are the rows of a frame, so that structural zeros are simply absent. A margin sets disjoint groups of cells and
the sum of each; groups need not cover all cells. Each round scales every group to its sum, margin after margin. What
the margins do not speak of, such as the odds ratios of the seed, stays as it was (Deming and Stephan 1940).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mse.errors import TableError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Fitted", "Margin", "allowed", "ipf", "margin", "possible"]

TOLERANCE = 1e-6
"""Largest difference from a margin, in persons: far below what a rounding to whole persons can see."""

ROUNDS = 2000
"""Rounds after which fitting stops; margins that force cells towards zero converge slowly, and need not."""


@dataclass(frozen=True)
class Margin:
    """Groups of cells and the sum of each.

    Parameters
    ----------
    group : array of int
        Group of each cell; -1 for a cell that is in none.
    totals : array of float
        Sum of each group.
    """

    group: NDArray[np.int64]
    totals: NDArray[np.float64]


class Fitted(NamedTuple):
    """A fitted table.

    Attributes
    ----------
    x : array of float
        Value of each cell.
    error : float
        Largest difference from a margin, in persons.
    rounds : int
        Rounds used.
    """

    x: NDArray[np.float64]
    error: float
    rounds: int


def margin(cells: pd.DataFrame, totals: Mapping[Any, float], *by: str, **where: Any) -> Margin:
    """Make a margin over the cells of a frame.

    Parameters
    ----------
    cells : pandas.DataFrame
        One row a cell, one column a dimension.
    totals : mapping
        Sum by level of `by`: a level, or a tuple of levels where there are several dimensions, or () where there are
        none. Levels that are not named are free.
    *by : str
        Dimensions of the margin.
    **where
        Only cells with this level, or one of these levels, of a dimension.

    Returns
    -------
    Margin

    Raises
    ------
    mse.errors.TableError
        A group has a sum but no cell.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({"year": [2018, 2018, 2019], "form": ["AU", "CU", "AU"]})
    >>> margin(cells, {2018: 5, 2019: 2}, "year").group
    array([0, 0, 1])
    >>> margin(cells, {(): 3}, form="AU").group
    array([ 0, -1,  0])
    """
    keep = np.ones(len(cells), dtype=bool)
    for name, level in where.items():
        levels = level if isinstance(level, (list, tuple, set, frozenset, range)) else [level]
        keep &= cells[name].isin(list(levels)).to_numpy()
    index = {level if isinstance(level, tuple) else (level,): i for i, level in enumerate(totals)}
    keys = list(zip(*(cells[name] for name in by), strict=True)) if by else [()] * len(cells)
    group = np.array([index.get(key, -1) for key in keys], dtype=np.int64)
    group[~keep] = -1
    sums = np.array(list(totals.values()), dtype=float)
    empty = (np.bincount(group[group >= 0], minlength=len(sums)) == 0) & (sums != 0)
    if empty.any():
        levels = [str(level) for level, none in zip(totals, empty, strict=True) if none]
        raise TableError(f"Some sums over {', '.join(by) or 'all cells'} have no cell", got=", ".join(levels))
    return Margin(group, sums)


def possible(margins: Sequence[Margin], cells: int) -> NDArray[np.bool_]:
    """Say which cells can hold anyone: those that are in no group whose sum is zero.

    Examples
    --------
    >>> possible([Margin(np.array([0, 1, -1]), np.array([0.0, 4.0]))], 3).tolist()
    [False, True, True]
    """
    keep = np.ones(cells, dtype=bool)
    for part in margins:
        keep &= (part.group < 0) | (part.totals[part.group] != 0)
    return keep


def allowed(
    cells: pd.DataFrame, margins_of: Callable[[pd.DataFrame], list[Margin]]
) -> tuple[pd.DataFrame, list[Margin]]:
    """Leave out the cells that no margin allows.

    Parameters
    ----------
    cells : pandas.DataFrame
        One row a cell.
    margins_of : callable
        Makes the margins over a frame of cells.

    Returns
    -------
    cells : pandas.DataFrame
        Cells that can hold anyone.
    margins : list of Margin
        The margins over these.

    Examples
    --------
    >>> import pandas as pd
    >>> cells, _ = allowed(
    ...     pd.DataFrame({"form": ["AU", "CU"]}), lambda cells: [margin(cells, {"AU": 0, "CU": 5}, "form")]
    ... )
    >>> cells["form"].tolist()
    ['CU']
    """
    left = cells[possible(margins_of(cells), len(cells))].reset_index(drop=True)
    return left, margins_of(left)


def ipf(
    seed: NDArray[np.float64], margins: Sequence[Margin], *, rounds: int = ROUNDS, tolerance: float = TOLERANCE
) -> Fitted:
    """Fit a table to margins.

    Parameters
    ----------
    seed : array of float
        Start value of each cell, at least 0; a zero stays zero.
    margins : sequence of Margin
        What the table must add up to.
    rounds : int
        Rounds at most.
    tolerance : float
        Stop as soon as no sum differs from its margin by more, in persons.

    Returns
    -------
    Fitted
        With the error that is left: margins that contradict each other leave one, and that is no exception.

    Examples
    --------
    >>> rows, columns = Margin(np.array([0, 0, 1, 1]), np.array([30.0, 10.0])), Margin(np.array([0, 1, 0, 1]),
    ...     np.array([20.0, 20.0]))
    >>> ipf(np.ones(4), [rows, columns]).x
    array([15., 15.,  5.,  5.])
    """
    x = np.asarray(seed, dtype=float).copy()
    parts = [(np.flatnonzero(part.group >= 0), part) for part in margins]
    scaled = [(inside, part.group[inside], part.totals) for inside, part in parts]
    done, error = 0, _error(x, scaled)
    while done < rounds and error > tolerance:
        error = 0.0
        for inside, group, totals in scaled:
            sums = np.bincount(group, weights=x[inside], minlength=len(totals))
            error = max(error, float(np.abs(sums - totals).max(initial=0.0)))
            factor = np.divide(totals, sums, out=np.zeros_like(totals), where=sums > 0)
            x[inside] *= factor[group]
        done += 1
    return Fitted(x, _error(x, scaled), done)


def _error(
    x: NDArray[np.float64], scaled: Sequence[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]]
) -> float:
    return max(
        (
            float(np.abs(np.bincount(group, weights=x[inside], minlength=len(totals)) - totals).max(initial=0.0))
            for inside, group, totals in scaled
        ),
        default=0.0,
    )
