"""Likelihood-ratio test of the columns of Chao's lower bound, added to a hierarchical model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from mse.kernels.capture_models import bound_columns, cells_of, fit_bounded, has_maximum
from mse.kernels.cell_scoring import deviance, fit_cells, linear, start_linear
from mse.kernels.existence import design
from mse.kernels.poisson import partition

__all__ = ["bound_p_value"]


def bound_p_value(counts: NDArray[np.float64], masks: Sequence[int]) -> float | None:
    """p-value of coefficients of at least 0; the largest that it can be (Perlman 1969).

    Terms at −∞ leave with their cells first, as in `mse.kernels.poisson.partition`.

    Parameters
    ----------
    counts : array of float, shape (2^k,)
        Counts by mask of lists; the unseen one, first, is not read.
    masks : sequence of int
        Terms of the model, the intercept left out.

    Returns
    -------
    float or None
        None where the model does not exist, or leaves no column of the bound to add.
    """
    y = np.array(counts, dtype=np.float64)
    y[0] = 0.0
    finite, _, keep = partition(y, np.array([0, *masks], dtype=np.int64))
    keep[0] = True
    plain = design(np.flatnonzero(keep), finite)
    y = y[keep]
    bounded = _new_columns(plain, bound_columns(cells_of(len(counts).bit_length() - 1))[keep])
    if not bounded.shape[1] or has_maximum(plain, y) != (True, True):
        return None
    alike = fit_cells(linear(plain), y, start_linear(plain, y))
    differ, _ = fit_bounded(plain, bounded, y)
    fall = deviance(y, np.exp(alike.log_means)) - deviance(y, np.exp(differ.log_means))
    if not (alike.converged and differ.converged):
        return None
    q = bounded.shape[1]
    above = chdtrc(q, max(fall, 0.0)) + (chdtrc(q - 1, max(fall, 0.0)) if q > 1 else 0.0)
    return float(above) / 2.0 if fall > _NOTHING else 1.0


_NOTHING = 1e-9
"""A fall of the deviance by less is rounding: all coefficients are 0."""


def _new_columns(plain: NDArray[np.float64], bounded: NDArray[np.float64]) -> NDArray[np.float64]:
    """Columns of the bound that the seen cells tell apart from the model and from those before."""
    rank, columns = int(np.linalg.matrix_rank(plain[1:])), plain[1:]
    kept = []
    for place in range(bounded.shape[1]):
        wider = np.column_stack([columns, bounded[1:, place]])
        if int(np.linalg.matrix_rank(wider)) > rank:
            rank, columns = rank + 1, wider
            kept.append(place)
    return bounded[:, kept]
