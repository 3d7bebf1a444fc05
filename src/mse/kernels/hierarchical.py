"""Cell means of a stratified log-linear model for many draws of its effects at once.

Cell h of stratum s has the mean

    μ_sh = m_s · exp(η_sh) / Σ_{g observable} exp(η_sg),    η_sh = Σ_{j in h} β_sj + Σ_{T in h} θ_sT,

where m_s is the expected number seen: the log-linear model with its intercept written as m_s. Cells count as in the
other kernels: row = stratum, column = mask of lists, list j of K at bit K − 1 − j. Draws are the first axis.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["cell_means", "inside", "row_means", "spread_rows"]


def inside(terms: NDArray[np.int64], n_lists: int) -> NDArray[np.float64]:
    """1 where a cell holds all lists of a term, shape (number of terms, 2^K).

    Examples
    --------
    >>> inside(np.array([2, 3]), 2).tolist()
    [[0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 0.0, 1.0]]
    """
    cells = np.arange(1 << n_lists)
    held: NDArray[np.bool_] = cells & terms[:, None] == terms[:, None]
    return held.astype(np.float64)


def cell_means(
    log_seen: NDArray[np.float64],
    list_effect: NDArray[np.float64],
    interaction: NDArray[np.float64],
    terms: NDArray[np.int64],
    keep: NDArray[np.bool_],
    unseen: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Means of all cells; 0 in cells that cannot exist.

    Parameters
    ----------
    log_seen : array of float, shape (draws, n_strata)
        Log of the expected number seen.
    list_effect : array of float, shape (draws, n_strata, K)
    interaction : array of float, shape (draws, n_strata or 1, number of terms)
    terms : array of int
        Terms of two and more lists, as masks.
    keep, unseen : array of bool, shape (n_strata, 2^K)
        Cells that would be observed, and cells that can exist and would not.

    Returns
    -------
    array of float, shape (draws, n_strata, 2^K)
    """
    n_lists = list_effect.shape[-1]
    lists = 1 << np.arange(n_lists - 1, -1, -1, dtype=np.int64)
    eta = list_effect @ inside(lists, n_lists) + interaction @ inside(terms, n_lists)
    weight = np.exp(eta) * (keep | unseen)
    share: NDArray[np.float64] = weight / np.where(keep, weight, 0.0).sum(axis=-1, keepdims=True)
    return np.exp(log_seen)[..., None] * share


def row_means(means: NDArray[np.float64], row_of: NDArray[np.int64], rates: NDArray[np.float64]) -> NDArray[np.float64]:
    """Means of recorded rows: those of their cells, added up, times the chance to be recorded in that row.

    Parameters
    ----------
    means : array of float, shape (draws, n_strata, 2^K)
    row_of : array of int, shape (layers, n_strata·2^K)
        Row of every cell in every layer; the number of rows where it has none.
    rates : array of float, shape (number of rows,)

    Returns
    -------
    array of float, shape (draws, number of rows)

    Examples
    --------
    >>> row_means(np.array([[[9.0, 4.0, 2.0, 1.0]]]), np.array([[3, 0, 0, 1]]), np.array([1.0, 0.5, 1.0])).tolist()
    [[6.0, 0.5, 0.0]]
    """
    flat = means.reshape(len(means), -1)
    n_rows = len(rates)
    added = np.zeros((len(flat), n_rows + 1))
    for layer in row_of:
        np.add.at(added.T, layer, flat.T)
    return added[:, :n_rows] * rates


def spread_rows(
    means: NDArray[np.float64], row_of: NDArray[np.int64], counts: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw the strata of the persons seen: those of a row fall into its cells as the cell means are to each other.

    Parameters
    ----------
    means, row_of
        As for `row_means`.
    counts : array of int, shape (number of rows,)
        Persons of each row.

    Returns
    -------
    array of int, shape (draws, n_strata)
        Adds up to all persons in every draw.
    """
    n_draws, n_strata, n_cells = means.shape
    seen = np.zeros((n_draws, n_strata), dtype=np.int64)
    stratum = np.arange(n_strata * n_cells) // n_cells
    flat = means.reshape(n_draws, -1)
    for layer in row_of:
        for row in np.unique(layer[layer < len(counts)]):
            if counts[row] == 0:
                continue
            cells = np.flatnonzero(layer == row)
            strata, place = np.unique(stratum[cells], return_inverse=True)
            weight = np.zeros((n_draws, len(strata)))
            np.add.at(weight.T, place, flat[:, cells].T)
            seen[:, strata] += rng.multinomial(counts[row], weight / weight.sum(axis=1, keepdims=True))
    return seen
