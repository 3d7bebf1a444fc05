"""Log means of the cells of capture models: equal or unequal lists, behaviour, and laws by which persons differ.

Cells are rows of a 0/1 matrix of lists, the unseen one (all zero) first. With h the row and |h| its sum, the models of
persons who differ (Darroch and others 1993; Rivest and Baillargeon 2007) are

    log μ_h = θ₀ + Σ θ_j h_j + τ a(|h|),    a(t) = t²/2 (Darroch), base^t − 1 (Poisson), log c − log(c + t) (gamma),

Chao's lower bound has a column max(|h| − j, 0) with a coefficient of at least 0 for each j from 2 to k − 1, and the
normal law is the integral over z of Π p_j(z)^h_j (1 − p_j(z))^(1 − h_j) with logit p_j(z) = β_j + σz.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_expit, logsumexp

from mse.kernels.cell_scoring import CellFit, LogMeans, fit_cells, linear, start_linear
from mse.kernels.existence import POSITIVE, programme

__all__ = [
    "behaviour",
    "bound_columns",
    "cells_of",
    "fit_bounded",
    "has_maximum",
    "law_column",
    "list_columns",
    "mixed_normal",
    "spreads",
]

Floats = NDArray[np.float64]

NODES = 50
"""Points of Gauss–Hermite quadrature; from 50 on, totals of the tables under test agree to seven digits."""

_RISES = 1e-6
"""A score above this makes a coefficient come back."""


def cells_of(n_lists: int) -> Floats:
    """All combinations of lists, the first list the slowest, as the cells of a table.

    Examples
    --------
    >>> cells_of(2).tolist()
    [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    """
    return np.array(np.unravel_index(np.arange(2**n_lists), (2,) * n_lists), dtype=np.float64).T


def list_columns(cells: Floats, *, equal: bool) -> Floats:
    """Intercept and main effects: one of the number of lists where lists are equal, else one a list."""
    main = cells.sum(axis=1, keepdims=True) if equal else cells
    return np.column_stack([np.ones(len(cells)), main])


def law_column(law: str, parameter: float, size: Floats) -> Floats:
    """The column a(|h|) of a law with one coefficient.

    Examples
    --------
    >>> law_column("poisson", 2.0, np.array([0.0, 1.0, 2.0, 3.0])).tolist()
    [0.0, 1.0, 3.0, 7.0]
    """
    if law == "darroch":
        return size**2 / 2.0
    if law == "poisson":
        return np.asarray(parameter**size - 1.0)
    return np.asarray(np.log(parameter) - np.log(parameter + size))


def bound_columns(cells: Floats) -> Floats:
    """Columns max(|h| − j, 0), j = 2 … k − 1, of Chao's lower bound.

    Examples
    --------
    >>> bound_columns(cells_of(3))[:, 0].tolist()
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]
    """
    sizes, k = cells.sum(axis=1), cells.shape[1]
    return np.maximum(sizes[:, None] - np.arange(2, k), 0.0)


def fit_bounded(
    free: Floats, bounded: Floats, counts: Floats, unseen: float | None = None
) -> tuple[CellFit, NDArray[np.intp]]:
    """Fit a linear model some of whose coefficients are at least 0: negative ones leave, and the rest is fitted again.

    The lowest leaves first. At the end one that left comes back as long as the likelihood rises with it, so what is
    returned is the maximum under the restriction.

    Parameters
    ----------
    free, bounded : array of float, shape (cells, p) and (cells, q)
    counts : array of float, shape (cells,)
    unseen : float, optional
        Count of the unseen cell, as one more cell.

    Returns
    -------
    fit : CellFit
        Parameters: those of `free`, then those of `bounded` that are left.
    kept : array of int
        Columns of `bounded` that are left.
    """
    kept, back = list(range(bounded.shape[1])), set[int]()
    while True:
        design = np.column_stack([free, bounded[:, kept]])
        fit = fit_cells(linear(design), counts, start_linear(design, counts), unseen)
        tail = fit.theta[free.shape[1] :]
        if (tail < 0.0).any():
            kept.pop(int(np.argmin(tail)))
            continue
        rest = counts[1:] - np.exp(fit.log_means[1:])
        scores = bounded[1:].T @ rest
        rising = [j for j in range(bounded.shape[1]) if j not in kept and j not in back and scores[j] > _RISES]
        if not rising:
            return fit, np.array(kept, dtype=np.intp)
        best = max(rising, key=lambda j: scores[j])
        back.add(best)
        kept = sorted([*kept, best])


def has_maximum(design: Floats, counts: Floats) -> tuple[bool, bool]:
    """Whether the maximum likelihood estimate of a linear model exists, and whether it is unique.

    Parameters
    ----------
    design : array of float, shape (cells, p)
        The unseen cell first; it is not in the likelihood.
    counts : array of float, shape (cells,)
    """
    seen = design[1:] / np.maximum(np.abs(design[1:]).max(axis=0), 1.0)
    unique = len(seen) > 0 and int(np.linalg.matrix_rank(seen)) == design.shape[1]
    occupied = (counts[1:] > 0.0).astype(np.float64)
    if occupied.all():
        return True, unique
    return programme(seen, seen.T @ occupied)[0] > POSITIVE, unique


def spreads(cells: Floats, counts: Floats, plain: CellFit, unseen: float | None = None) -> bool:
    """Whether the likelihood rises when the variance of a normal law grows from 0, where all persons are alike.

    Parameters
    ----------
    cells : array of float, shape (cells, k)
    counts : array of float, shape (cells,)
    plain : CellFit
        Fit without a law: intercept, then one coefficient, or one a list.
    unseen : float, optional
        Count of the unseen cell, as one more cell.
    """
    rest = counts - np.exp(plain.log_means)
    rest[0] = 0.0 if unseen is None else unseen - plain.unseen
    chance = expit(np.broadcast_to(plain.theta[1:], cells.shape[1]))
    slope = ((cells.sum(axis=1) - chance.sum()) ** 2 - (chance * (1.0 - chance)).sum()) / 2.0
    return bool(slope @ rest > _RISES)


def mixed_normal(cells: Floats, *, equal: bool) -> LogMeans:
    """Log means under a normal law; parameters log N, β (one, or one a list), σ."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    log_weights = np.log(weights / weights.sum())
    k = cells.shape[1]
    main = np.ones((k, 1)) if equal else np.eye(k)

    def means(theta: Floats) -> tuple[Floats, Floats]:
        logit = (main @ theta[1:-1])[:, None] + theta[-1] * nodes
        joint = cells @ log_expit(logit) + (1.0 - cells) @ log_expit(-logit) + log_weights
        log_chance = logsumexp(joint, axis=1)
        share = np.exp(joint - log_chance[:, None])
        chance = expit(logit)
        slopes = (cells - share @ chance.T) @ main
        spread = (share * nodes * (cells.sum(axis=1)[:, None] - chance.sum(axis=0))).sum(axis=1)
        return theta[0] + log_chance, np.column_stack([np.ones(len(cells)), slopes, spread])

    return means


def behaviour(n_lists: int) -> LogMeans:
    """Log means of never being caught and of being caught first on list 1 … k; parameters log N, logit p."""
    before = np.array([n_lists, *range(n_lists)], dtype=np.float64)
    caught = np.array([0.0] + [1.0] * n_lists)

    def means(theta: Floats) -> tuple[Floats, Floats]:
        chance = float(expit(theta[1]))
        log_means = theta[0] + caught * log_expit(theta[1]) + before * log_expit(-theta[1])
        return log_means, np.column_stack([np.ones(len(before)), caught * (1.0 - chance) - before * chance])

    return means
