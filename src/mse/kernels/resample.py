"""Draws of tables: bootstrap samples of counts over cells."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["draw_nonparametric", "draw_parametric"]


def draw_nonparametric(
    counts: NDArray[np.int64], total: float, rng: np.random.Generator, *, fixed_n: bool
) -> NDArray[np.int64]:
    """Draw the number seen, n* ~ Binomial(N̂, n/N̂), then spread it in the observed proportions.

    Parameters
    ----------
    counts : array of int
        Observed counts; cells that are not observed hold 0.
    total : float
        Estimated total N̂.
    rng : numpy.random.Generator
    fixed_n : bool
        Keep n* = n (Silverman, Chan and Vincent 2024); this loses the variance of n.

    Returns
    -------
    array of int
        Same shape as `counts`.
    """
    n = int(counts.sum())
    size = n if fixed_n else int(rng.binomial(max(round(total), n), min(n / total, 1.0)))
    return rng.multinomial(size, counts.ravel() / n).reshape(counts.shape)


def draw_parametric(means: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw round(N̂) persons over all cells of a fitted model, the unseen ones included.

    Parameters
    ----------
    means : array of float
        Fitted counts that sum to N̂.
    rng : numpy.random.Generator

    Returns
    -------
    array of int
        Same shape as `means`; the caller blanks what is not observed.
    """
    return rng.multinomial(round(float(means.sum())), means.ravel() / means.sum()).reshape(means.shape)
