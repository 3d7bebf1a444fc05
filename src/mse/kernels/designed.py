"""Cells of a population that is captured as planned: chances of the lists, and odds ratios of their pairs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["designed_cells"]

_ARRIVED = 1e-13
_MOST = 10_000


def designed_cells(capture: NDArray[np.float64], log_odds: NDArray[np.float64]) -> tuple[NDArray[np.float64], bool]:
    """Chance of every capture history, the unseen one included.

    Iterative proportional fitting to the chances of the lists; it keeps the odds ratios of the start.

    Parameters
    ----------
    capture : array of float, shape (K,)
        Chance to be on each list, between 0 and 1.
    log_odds : array of float, shape (K, K)
        Log odds ratio of each pair given the other lists; the upper triangle is read.

    Returns
    -------
    cells : array of float, shape (2^K,)
        By mask of lists, the first list the highest bit.
    converged : bool

    Examples
    --------
    >>> cells, converged = designed_cells(np.array([0.5, 0.4]), np.log(np.array([[1.0, 3.0], [1.0, 1.0]])))
    >>> round(float(cells[3] * cells[0] / (cells[1] * cells[2])), 6), round(float(cells[2] + cells[3]), 6)
    (3.0, 0.5)
    """
    k = len(capture)
    on = ((np.arange(2**k)[:, None] >> np.arange(k - 1, -1, -1)) & 1).astype(np.float64)
    cells = np.exp(np.einsum("hi,ij,hj->h", on, np.triu(log_odds, 1), on))
    cells /= cells.sum()
    for _ in range(_MOST):
        for chance, member in zip(capture, on.T, strict=True):
            held = float(cells @ member)
            cells *= np.where(member == 1.0, chance / held, (1.0 - chance) / (1.0 - held))
        if np.abs(cells @ on - capture).max() < _ARRIVED:
            return cells, True
    return cells, False
