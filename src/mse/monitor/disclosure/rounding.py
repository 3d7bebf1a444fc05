"""Controlled rounding: every count goes to the multiple below or above it, and what adds up still does.

It is a small integer programme: of each count, down or up; of each sum, equality; as little as possible moved in all
(Hundepool et al. 2012, chapter 5). SciPy solves it, or tau-ARGUS over a covering table where it is asked.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Mapping
from typing import TYPE_CHECKING, Any

from mse.lazy import lazy
from mse.monitor.disclosure.covering import round_together

if TYPE_CHECKING:
    import numpy as np

    from mse.monitor.disclosure.linked import Sum
else:
    np = lazy("numpy")

__all__ = ["round_alone", "round_controlled"]


def round_alone(value: float, base: int) -> int:
    """Round a count to the nearest multiple, half up.

    Examples
    --------
    >>> round_alone(1178, 5), round_alone(62.5, 5)
    (1180, 65)
    """
    return base * math.floor(value / base + 0.5)


def round_controlled(
    values: Mapping[Hashable, float], sums: Collection[Sum], base: int, *, argus: bool = False
) -> dict[Hashable, int] | None:
    """Round counts so that the sums still hold.

    Parameters
    ----------
    values : mapping of hashable to float
        Counts.
    sums : collection of (hashable, tuple of hashable)
        A count and those that it is the sum of, all of them among the counts.
    base : int
        Counts become multiples of this, next to them; multiples stay as they are.
    argus : bool
        Whether tau-ARGUS is asked first, where it is installed.

    Returns
    -------
    dict of hashable to int or None
        None where no such rounding is found: among tables that share counts there may be none.

    Examples
    --------
    >>> round_controlled({"all": 14, "a": 7, "b": 7}, [("all", ("a", "b"))], 5)["all"]
    15
    """
    if not values:
        return {}
    found = round_together(values, sums, base) if argus else None
    return found if found is not None else _programme(values, sums, base)


def _programme(values: Mapping[Hashable, float], sums: Collection[Sum], base: int) -> dict[Hashable, int] | None:
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import lil_array

    cells = list(values)
    place = {cell: index for index, cell in enumerate(cells)}
    exact = np.array([values[cell] for cell in cells], dtype=float)
    below = np.floor(exact / base)
    over = exact - base * below
    matrix = lil_array((max(len(sums), 1), len(cells)))
    for row, (whole, parts) in enumerate(sums):
        matrix[row, place[whole]] = -1.0
        for part in parts:
            matrix[row, place[part]] += 1.0
    sparse = matrix.tocsr()
    right = -sparse @ below
    found: Any = milp(
        base - 2.0 * over,
        integrality=np.ones(len(cells), dtype=int),
        bounds=Bounds(0, np.where(over > 0, 1.0, 0.0)),
        constraints=LinearConstraint(sparse, right, right),
    )
    if not found.success:
        return None
    return {cell: base * round(low + up) for cell, low, up in zip(cells, below, found.x, strict=True)}
