"""Can a model be estimated from counts on margins? Judged before fitting, from which rows have persons.

* An estimate does not exist if the likelihood grows without end along a ray that leaves alone every cell a counted
  person may belong to and lets others fall to 0: the linear programme of `strata_existence`, on those cells. Where rows
  of several cells are there, the likelihood is not concave, and no ray is no proof; the end of the iterations decides.
* A direction changes nothing that is recorded if the gradients of all rows are orthogonal to it, at a point in the
  middle of the parameters: the rank of the expected information of what is recorded (Rothenberg 1971).
* A term of lists is told by strata in which all its lists operate. A direction of its columns that is 0 in all of
  those shows in other strata only, through a mixture over persons whose lists are unknown. Such mixtures are told
  apart by the shape of the model alone, if at all, and count as not told apart (Zwane and others 2004).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mse.kernels.em import row_gradients, unseen_gradients
from mse.kernels.margins import MarginRows
from mse.kernels.strata_blocks import Blocks, linear_predictor, means, weighted_information
from mse.kernels.strata_existence import StrataExistence, check_strata

__all__ = ["check_margins"]

_DEPENDENT = 1e-8
"""A direction that changes all rows together by no more than this changes none, where each column by itself changes
them by 1: at a point with coefficients of about 0.3 directions that do change something change 10⁻³ and more."""

_DOUBTFUL = 1e-8
"""Squares below this are doubtful: rounding alone leaves up to 10⁻¹²."""

_NEGLIGIBLE = 1e-7
"""Entries and changes below this are 0. In the tests those that are 0 are rounding, below 10⁻¹⁴, and all others are
10⁻³ or more."""

_SPREAD = 0.3
"""Standard deviation of the coefficients at the point in the middle: nearly all multiply a mean by 0.5 to 2, so no two
terms are alike and no cell is so rare that its share of a row is lost."""

_SEED = 20040503
"""The point in the middle is drawn, since a point of symmetry may hide what can be told apart; the seed is fixed."""


def check_margins(
    rows: MarginRows, told: MarginRows, operating: NDArray[np.int64], blocks: Blocks, gone: NDArray[np.bool_]
) -> StrataExistence:
    """Judge one model.

    Parameters
    ----------
    rows : MarginRows
        Rows with persons.
    told : MarginRows
        All rows in which persons could have been recorded; their counts are ignored.
    operating : array of int, shape (n_strata,)
        Mask of the lists that operate in each stratum.
    blocks : Blocks
    gone : array of bool, shape (n_strata, 2^K)
        Cells at −∞, those that cannot exist among them.

    Returns
    -------
    StrataExistence
        `exists` is False only where that is proved; `untold` holds strata whose number unseen cannot be told.
    """
    keep = rows.keep & ~gone
    found = check_strata(rows.support, keep, gone, blocks)
    every = (1 << int(np.log2(keep.shape[1]))) - 1
    alone = bool((operating == every).all()) and np.isin(np.flatnonzero(keep), _single(told)).all()
    if alone:
        return found
    theta = np.asarray(np.random.default_rng(_SEED).normal(0.0, _SPREAD, blocks.columns.shape[1]))
    mu = means(theta, blocks, gone)
    loose = np.column_stack(
        [_flat_directions(told, np.where(keep, mu, 0.0), blocks), _told_nowhere(operating, blocks, gone)]
    )
    loose = loose[:, np.abs(loose).max(axis=0, initial=0.0) > 0.0]
    hidden, gradient = unseen_gradients(mu, rows.unseen & ~gone, blocks)
    change = np.abs(gradient @ loose).max(axis=1, initial=0.0)
    untold = np.flatnonzero(change > _NEGLIGIBLE * np.maximum(hidden, 1.0))
    rank = len(theta) - int(np.linalg.matrix_rank(loose)) if loose.shape[1] else len(theta)
    return found._replace(identified=len(untold) == 0, untold=untold, loose=loose, rank=rank)


def _single(rows: MarginRows) -> NDArray[np.int64]:
    """Cells that make up a row by themselves."""
    starts = rows.members.indptr
    return np.asarray(rows.members.indices[starts[:-1][np.diff(starts) == 1]], dtype=np.int64)


def _flat_directions(told: MarginRows, mu: NDArray[np.float64], blocks: Blocks) -> NDArray[np.float64]:
    """Directions that change the mean of no row, shape (p, d).

    Squares of gradients lose half of the digits: they point out directions that may be flat, and those are measured
    themselves. Gradients of rows of one cell are rows of the design, so their squares need no matrix.
    """
    reached = told.chosen(told.members @ mu.ravel() > 0.0)
    several = reached.chosen(np.diff(reached.members.indptr) > 1)
    gradients = row_gradients(several, mu, blocks)
    alone = np.zeros(mu.shape, dtype=np.bool_)
    alone.ravel()[_single(reached)] = True
    squares = weighted_information(alone.astype(np.float64), blocks) + gradients.T @ gradients
    scale = np.sqrt(squares.diagonal())
    scale[scale == 0.0] = 1.0
    shares, directions = np.linalg.eigh(squares / scale[:, None] / scale)
    maybe = directions[:, shares <= _DOUBTFUL] / scale[:, None]
    if not maybe.shape[1]:
        return maybe
    changes = [linear_predictor(direction, blocks, mu.shape[1])[alone] for direction in maybe.T]
    measured = np.concatenate([np.column_stack(changes), gradients @ maybe])
    _, sizes, turns = np.linalg.svd(np.linalg.qr(measured, mode="r"), full_matrices=True)
    sizes = np.concatenate([sizes, np.zeros(len(turns) - len(sizes))])
    flat = maybe @ turns[sizes <= _DEPENDENT].T
    flat[np.abs(flat) < _NEGLIGIBLE * np.abs(flat).max(initial=0.0)] = 0.0
    return np.asarray(flat)


def _told_nowhere(operating: NDArray[np.int64], blocks: Blocks, gone: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Directions of one block that are 0 in all strata where the lists of the block operate, and not in others."""
    found = [np.zeros((blocks.columns.shape[1], 0))]
    for b, mask in enumerate(blocks.masks.tolist()):
        block = slice(int(blocks.starts[b]), int(blocks.starts[b + 1]))
        columns = blocks.columns[:, block]
        on = (operating & mask) == mask
        if on.all():
            continue
        _, sizes, directions = np.linalg.svd(columns[on], full_matrices=True)
        sizes = np.concatenate([sizes, np.zeros(len(directions) - len(sizes))])
        inside = np.zeros((blocks.columns.shape[1], len(directions)))
        inside[block] = directions.T
        inside = inside[:, sizes <= _DEPENDENT * max(sizes.max(initial=0.0), 1.0)]
        shows = [
            bool((np.abs(linear_predictor(d, blocks, gone.shape[1]))[~gone] > _NEGLIGIBLE).any()) for d in inside.T
        ]
        found.append(inside[:, np.array(shows, dtype=np.bool_)])
    return np.concatenate(found, axis=1)
