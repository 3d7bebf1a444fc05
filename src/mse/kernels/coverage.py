"""Sample coverage of overlapping lists (Chao and Tsay 1998; Chao and others 2001), many tables at a time.

With S_j the persons on list j alone and n_j those on it, coverage is Ĉ = 1 − mean(S_j/n_j), and D = n − mean(S_j).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mse.kernels.capture_models import cells_of

__all__ = ["CoverageTotals", "coverage_totals"]

Floats = NDArray[np.float64]


class CoverageTotals(NamedTuple):
    """Totals of the three estimators; arrays of shape (tables,), not finite where one does not exist."""

    coverage: Floats
    plain: Floats
    high: Floats
    low: Floats


def coverage_totals(counts: Floats) -> CoverageTotals:
    """Estimate the total of each of some tables.

    Parameters
    ----------
    counts : array of float, shape (tables, 2^k)
        Counts by combination of lists, the first list the slowest; the unseen one, first, is not read.

    Returns
    -------
    CoverageTotals

    Examples
    --------
    >>> found = coverage_totals(np.array([[0.0, 63, 55, 18, 69, 17, 21, 28]]))
    >>> [round(float(each[0]), 4) for each in found]
    [0.5127, 407.0038, 970.8048, 507.772]
    """
    y = np.array(counts, dtype=np.float64)
    y[:, 0] = 0.0
    cells = cells_of(y.shape[1].bit_length() - 1)
    k, size = cells.shape[1], cells.sum(axis=1)
    alone = y[:, 1 << np.arange(k - 1, -1, -1)]
    listed = y @ cells
    with np.errstate(divide="ignore", invalid="ignore"):
        coverage = 1.0 - (alone / listed).mean(axis=1)
        plain = (y.sum(axis=1) - alone.mean(axis=1)) / coverage
        first, second = np.triu_indices(k, 1)
        pair = (size == 2.0)[:, None] & (cells[:, first] * cells[:, second] == 1.0)
        once = alone[:, first] + alone[:, second] + 2.0 * (y @ pair)
        together = (y @ (cells[:, first] * cells[:, second])) / (listed[:, first] * listed[:, second])
        high = (k * plain * coverage - once.sum(axis=1)) / (k * coverage - (once * together).sum(axis=1))
        at = plain + (once * (plain[:, None] * together - 1.0)).sum(axis=1) / (k * coverage)
        low = plain + (once * (at[:, None] * together - 1.0)).sum(axis=1) / (k * coverage)
    return CoverageTotals(coverage, plain, high, low)
