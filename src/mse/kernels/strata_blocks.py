"""Design of a model with strata, held in blocks of columns instead of as a matrix of cells × terms."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mse.kernels.strata_newton import (
    LARGEST,
    Design,
    add_supersets,
    backward,
    collect,
    information,
    leave_out,
    predict,
)

__all__ = [
    "DEPENDENT",
    "Blocks",
    "collected",
    "compress",
    "gathered_information",
    "independent_columns",
    "linear_predictor",
    "means",
    "null_space",
    "scores",
    "superset_sums",
    "weighted_information",
]

DEPENDENT = 1e-10
"""A column depends on those before it when this share of its square, or less, is left over. Rounding leaves up to
10⁻¹³; columns of levels, polynomials and splines that are independent leave 10⁻⁶ and more."""

_ROUNDING = 1e-9
"""A share of a column that is smaller than this is 0: shares are ratios of small numbers."""


class Blocks(NamedTuple):
    """Columns of a design, grouped by the lists they belong to.

    A column of the block with mask m stands, in stratum s, in every cell that holds all lists of m.

    Attributes
    ----------
    masks : array of int, shape (B,)
        Lists of each block, all different; the first is 0.
    starts : array of int, shape (B + 1,)
        Columns ``starts[b]`` up to ``starts[b + 1]`` belong to block b.
    columns : array of float, shape (n_strata, p)
    """

    masks: NDArray[np.int64]
    starts: NDArray[np.int64]
    columns: NDArray[np.float64]

    @property
    def mask_of(self) -> NDArray[np.int64]:
        """Mask of each column."""
        return np.repeat(np.asarray(self.masks, np.int64), np.diff(self.starts))

    def compressed(self, used: NDArray[np.bool_] | None = None) -> Design:
        """Entries that are not 0, stratum by stratum, of the columns that are used."""
        columns, masks = self.columns, self.mask_of
        if used is not None:
            columns, masks = columns[:, used], masks[used]
        return compress(columns, masks)


def compress(columns: NDArray[np.float64], masks: NDArray[np.int64]) -> Design:
    """Entries of columns that are not 0, stratum by stratum."""
    strata, place = np.nonzero(columns)
    starts = np.zeros(len(columns) + 1, dtype=np.int64)
    np.cumsum(np.bincount(strata, minlength=len(columns)), out=starts[1:])
    return starts, place.astype(np.int64), np.ascontiguousarray(columns[strata, place], dtype=np.float64), masks


def superset_sums(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum over all supersets of every mask, in each stratum.

    Examples
    --------
    >>> superset_sums(np.array([[0.0, 30.0, 40.0, 6.0]])).tolist()
    [[76.0, 36.0, 46.0, 6.0]]
    """
    out = np.array(values, dtype=np.float64, order="C")
    add_supersets(out)
    return out


def linear_predictor(theta: NDArray[np.float64], blocks: Blocks, n_cells: int) -> NDArray[np.float64]:
    """Xθ, shape (n_strata, n_cells)."""
    eta = np.zeros((len(blocks.columns), n_cells))
    predict(blocks.compressed(), np.asarray(theta, dtype=np.float64), eta)
    return eta


def means(theta: NDArray[np.float64], blocks: Blocks, gone: NDArray[np.bool_]) -> NDArray[np.float64]:
    """exp Xθ, and 0 in cells that are gone; the shape of `gone`."""
    eta = linear_predictor(theta, blocks, gone.shape[1])
    return np.where(gone, 0.0, np.exp(np.minimum(eta, LARGEST)))


def scores(residuals: NDArray[np.float64], blocks: Blocks) -> NDArray[np.float64]:
    """Xᵀr for residuals of shape (n_strata, 2^K)."""
    return collected(blocks.compressed(), superset_sums(residuals))


def weighted_information(weights: NDArray[np.float64], blocks: Blocks) -> NDArray[np.float64]:
    """Xᵀ diag(w) X for weights of shape (n_strata, 2^K)."""
    design = blocks.compressed()
    out = np.zeros((len(design[3]), len(design[3])))
    information(design, design, True, superset_sums(weights), out)
    return out + np.triu(out, 1).T


def collected(design: Design, sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Xᵀv, from the superset sums of v."""
    out = np.zeros(len(design[3]))
    collect(design, sums, out)
    return out


def gathered_information(left: Design, right: Design, sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """X_leftᵀ diag(w) X_right, from the superset sums of w."""
    out = np.zeros((len(left[3]), len(right[3])))
    information(left, right, False, sums, out)
    return out


def independent_columns(design: Design, cells: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Columns that do not depend on those before them in the given cells."""
    used, _ = _eliminate(design, cells)
    return used


def null_space(design: Design, cells: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Directions that change none of the given cells, shape (p, d), and the columns that depend on none before them.

    Each other column has a direction, where it has 1 and the columns before it that make it up have minus their
    shares: a relation that can be read.
    """
    used, factor = _eliminate(design, cells)
    out = np.zeros((len(used), int((~used).sum())))
    dependent = np.flatnonzero(~used)
    shares = np.triu(factor)[:, dependent]
    backward(factor, used, shares)
    shares[np.abs(shares) < _ROUNDING] = 0.0
    out[used] = -shares[used]
    out[dependent, np.arange(len(dependent))] = 1.0
    return out, used


def _eliminate(design: Design, cells: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    p = len(design[3])
    gram, used = np.zeros((p, p)), np.zeros(p, dtype=np.bool_)
    information(design, design, True, superset_sums(cells.astype(np.float64)), gram)
    leave_out(gram, gram.diagonal().copy(), DEPENDENT, used)
    return used, gram
