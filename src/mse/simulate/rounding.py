"""Controlled rounding: whole numbers next to real ones that keep every margin exactly.

Each cell becomes its floor or its ceiling. One integer linear programme chooses which, so that cells with a large
fraction go up (Cox and Ernst 1982):

    minimise Σ (1 − 2·frac(x)) b   subject to   A (floor(x) + b) = margins,  b in {0, 1}
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.errors import ModelError
from mse.lazy import lazy
from mse.simulate.ipf import Margin, ipf

if TYPE_CHECKING:
    import scipy.optimize as optimize
    import scipy.sparse as sparse
else:
    optimize, sparse = lazy("scipy.optimize"), lazy("scipy.sparse")

__all__ = ["fit_whole", "matrix", "round_to", "solve_whole"]

GAP = 0.02
"""Accepted distance from the best objective, as a share: margins are exact at any gap, and the last per cent costs
minutes."""

SECONDS = 60.0
"""A search that took this long ends with the best that it has."""

_JITTER = 0.01
"""Size of the random part of the objective, against fractions between 0 and 1: it only decides between near ties."""

_WHOLE = 1e-9
"""A value this near to a whole number is that number: what iterative fitting leaves is noise of this size or more."""


def matrix(margins: Sequence[Margin], cells: int) -> tuple[Any, NDArray[np.float64]]:
    """Stack margins into one sparse 0/1 matrix and its totals.

    Examples
    --------
    >>> a, totals = matrix([Margin(np.array([0, 1, 0]), np.array([3.0, 4.0]))], 3)
    >>> a.toarray().tolist(), totals.tolist()
    ([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]], [3.0, 4.0])
    """
    rows, columns, start = [], [], 0
    for part in margins:
        inside = np.flatnonzero(part.group >= 0)
        rows.append(part.group[inside] + start)
        columns.append(inside)
        start += len(part.totals)
    row, column = np.concatenate(rows), np.concatenate(columns)
    a = sparse.csr_array((np.ones(len(row)), (row, column)), shape=(start, cells))
    return a, np.concatenate([part.totals for part in margins])


def round_to(x: NDArray[np.float64], margins: Sequence[Margin], rng: np.random.Generator) -> NDArray[np.int64]:
    """Round a table to whole numbers that meet its margins.

    Parameters
    ----------
    x : array of float
        Real-valued cells; they need not meet the margins exactly.
    margins : sequence of Margin
        Whole sums to meet.
    rng : numpy.random.Generator
        Decides between roundings that are as good.

    Returns
    -------
    array of int

    Raises
    ------
    mse.errors.ModelError
        No rounding to floor or ceiling meets the margins, or none was found in time.

    Examples
    --------
    >>> rows = Margin(np.array([0, 0, 1, 1]), np.array([1.0, 1.0]))
    >>> columns = Margin(np.array([0, 1, 0, 1]), np.array([1.0, 1.0]))
    >>> round_to(np.array([0.7, 0.3, 0.3, 0.7]), [rows, columns], np.random.default_rng(1)).tolist()
    [1, 0, 0, 1]
    """
    floor = np.floor(x + _WHOLE)
    fraction = np.clip(x - floor, 0, 1)
    a, totals = matrix(margins, len(x))
    cost = 1 - 2 * fraction + _JITTER * rng.random(len(x))
    up = solve_whole(cost, a, totals - a @ floor)
    return (floor + up).astype(np.int64)


def fit_whole(seed: NDArray[np.float64], margins: Sequence[Margin], rng: np.random.Generator) -> NDArray[np.int64]:
    """Whole numbers near the table that has these margins and the odds ratios of a seed: `ipf`, then `round_to`.

    Examples
    --------
    >>> fit_whole(np.ones(2), [Margin(np.array([0, 0]), np.array([4.0]))], np.random.default_rng(1)).tolist()
    [2, 2]
    """
    return round_to(ipf(seed, margins).x, margins, rng)


def solve_whole(
    cost: NDArray[np.float64],
    a: Any,
    lower: NDArray[np.float64],
    upper: NDArray[np.float64] | None = None,
    *,
    at_most: NDArray[np.float64] | float = 1.0,
) -> NDArray[np.float64]:
    """Minimise a cost over whole numbers from 0 to `at_most` with lower <= A x <= upper; without an upper, A x = lower.

    Raises
    ------
    mse.errors.ModelError
        There is no solution, or none was found in time.
    """
    found = optimize.milp(
        cost,
        constraints=optimize.LinearConstraint(a, lower, lower if upper is None else upper),
        integrality=np.ones(len(cost), dtype=np.int64),
        bounds=optimize.Bounds(np.zeros(len(cost)), np.broadcast_to(at_most, len(cost))),
        options={"mip_rel_gap": GAP, "time_limit": SECONDS},
    )
    if found.x is None:
        raise ModelError("No table of whole numbers meets these margins", got=f"the solver says: {found.message}")
    return np.round(np.asarray(found.x, dtype=float))
