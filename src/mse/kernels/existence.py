"""Does a maximum likelihood estimate exist, and is it unique?

Fienberg and Rinaldo (2012): the estimate exists if and only if the sufficient statistics lie inside the marginal
cone, that is if some strictly positive table has the same margins. Chan, Silverman and Vincent (2021) extend this
to terms at −∞: those leave first, with their cells, and the rest is judged by the linear programme

    maximise s   subject to   Aᵀx = t,  x_h ≥ s  for all retained cells h.

The estimate exists if s* > 0. It is unique if A has full column rank. Which face of the cone holds the margins depends
only on which cells are occupied, so the programme is solved for a table of ones in those cells: its coefficients are
then small whole numbers whatever the counts.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mse.kernels.poisson import partition, superset_sums

__all__ = ["POSITIVE", "Existence", "check_existence", "design", "programme"]

POSITIVE = 1e-7
"""A margin s* above this is positive: with whole counts and a 0/1 matrix it is a ratio of small whole numbers."""

_NEGLIGIBLE = 1e-7


class Existence(NamedTuple):
    """Verdict on one model.

    Attributes
    ----------
    exists : bool
        Whether an (extended) maximum likelihood estimate exists.
    identified : bool
        Whether it is unique.
    margin : float
        s* of the linear programme on a table of ones; 1 where every retained cell is occupied, NaN where the solver
        gave up and the verdict is open.
    masks : array of int
        Terms that are finite, the order of `ray`.
    ray : array of float or None
        Direction in which the likelihood grows without end: θ − c·ray for c → ∞. None where the estimate exists or
        the verdict is open.
    empty : array of int
        Cells whose fitted counts fall to 0 along the ray.
    """

    exists: bool
    identified: bool
    margin: float
    masks: NDArray[np.int64]
    ray: NDArray[np.float64] | None
    empty: NDArray[np.int64]


def design(cells: NDArray[np.int64], masks: NDArray[np.int64]) -> NDArray[np.float64]:
    """0/1 matrix of cells × terms: 1 where the term lies in the cell.

    Examples
    --------
    >>> design(np.array([1, 3]), np.array([0, 2])).tolist()
    [[1.0, 0.0], [1.0, 1.0]]
    """
    inside: NDArray[np.float64] = ((cells[:, None] & masks) == masks).astype(np.float64)
    return inside


def check_existence(counts: NDArray[np.float64], masks: NDArray[np.int64]) -> Existence:
    """Judge one hierarchical model.

    Parameters
    ----------
    counts : array of float, shape (2^K,)
        Counts by mask of lists; index 0, the unseen cell, is ignored.
    masks : array of int
        All terms, the intercept (0) first.

    Returns
    -------
    Existence
    """
    y = np.array(counts, dtype=np.float64)
    y[0] = 0.0
    finite, _, keep = partition(y, np.asarray(masks, dtype=np.int64))
    cells = np.flatnonzero(keep)
    matrix = design(cells, finite)
    none = np.array([], dtype=np.int64)
    identified = len(finite) <= len(cells) and int(np.linalg.matrix_rank(matrix)) == len(finite)
    occupied = (y > 0.0).astype(np.float64)
    if len(cells) and occupied[cells].all():
        return Existence(True, identified, 1.0, finite, None, none)
    margin, ray = programme(matrix, superset_sums(occupied)[finite])
    if margin > POSITIVE:
        return Existence(True, identified, margin, finite, None, none)
    if ray is None:
        return Existence(False, identified, margin, finite, None, none)
    growing = cells[matrix @ ray > _NEGLIGIBLE]
    return Existence(False, identified, max(margin, 0.0), finite, ray, growing)


def programme(matrix: NDArray[np.float64], margins: NDArray[np.float64]) -> tuple[float, NDArray[np.float64] | None]:
    """Solve the linear programme with x = s + z, z ≥ 0: s* and the ray of its dual; NaN and None if it fails.

    Parameters
    ----------
    matrix : array of float, shape (cells, terms)
        The cells of the likelihood; any columns, not only those of terms.
    margins : array of float, shape (terms,)
        Aᵀ1 over the occupied cells.
    """
    from scipy.optimize import linprog

    n_cells = len(matrix)
    equalities = np.column_stack([matrix.sum(axis=0), matrix.T])
    cost = np.zeros(1 + n_cells)
    cost[0] = -1.0
    result = linprog(cost, A_eq=equalities, b_eq=margins, bounds=(0.0, None), method="highs")
    if result.x is None:
        return np.nan, None
    ray = -np.asarray(result.eqlin.marginals)
    largest = np.abs(ray).max(initial=0.0)
    if largest > 0.0:
        ray = ray / largest
    ray[np.abs(ray) < _NEGLIGIBLE] = 0.0
    return float(result.x[0]), ray
