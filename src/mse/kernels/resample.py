"""Draws of tables: bootstrap samples of counts over cells, persons or whole cases at a time.

Counts have a row per combination of lists and a column per stratum. Strata belong to groups, and the persons of each
group are drawn by themselves: its size is then the same in every draw, as that of the population is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["draw_cases", "draw_nonparametric", "draw_parametric", "whole_sizes"]


def whole_sizes(totals: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Round sizes to whole persons.

    One size is rounded to the nearest. Of several each goes up or down by chance, so that it is right on average even
    where it is small, and together so that their sum is that of the whole within one (systematic rounding).

    Parameters
    ----------
    totals : array of float
    rng : numpy.random.Generator
        Not used for one size.

    Examples
    --------
    >>> whole_sizes(np.array([2.5, 2.5, 2.0]), np.random.default_rng(1)).sum()
    np.int64(7)
    """
    if len(totals) == 1:
        return np.rint(totals).astype(np.int64)
    whole = np.floor(totals)
    edges = np.floor(np.cumsum(totals - whole) + rng.random())
    return (whole + np.diff(edges, prepend=0.0)).astype(np.int64)


def draw_nonparametric(
    counts: NDArray[np.int64],
    totals: NDArray[np.float64],
    group: NDArray[np.int64],
    rng: np.random.Generator,
    *,
    fixed_n: bool,
) -> NDArray[np.int64]:
    """Draw the number seen in each group, n* ~ Binomial(N̂, n/N̂), and spread it in the observed proportions.

    Parameters
    ----------
    counts : array of int, shape (histories, strata)
        Observed counts; cells that are not observed hold 0.
    totals : array of float, shape (groups,)
        Estimated total N̂ of each group.
    group : array of int, shape (strata,)
        Group of each stratum.
    rng : numpy.random.Generator
    fixed_n : bool
        Keep n* = n (Silverman, Chan and Vincent 2024); this loses the variance of n.

    Returns
    -------
    array of int
        Same shape as `counts`.
    """
    drawn = np.zeros_like(counts)
    sizes = whole_sizes(totals, rng)
    for place, total in enumerate(totals):
        mine = group == place
        here = counts[:, mine]
        n = int(here.sum())
        if n:
            size = n if fixed_n else _seen(n, float(total), int(sizes[place]), rng)
            drawn[:, mine] = rng.multinomial(size, here.ravel() / n).reshape(here.shape)
    return drawn


def _seen(n: int, total: float, size: int, rng: np.random.Generator) -> int:
    """Number drawn of `size` that are each seen with chance n/N̂."""
    return int(rng.binomial(max(size, n), min(n / total, 1.0)))


def draw_parametric(
    means: NDArray[np.float64], group: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw round(N̂) persons of each group over all cells of a fitted model, the unseen ones included.

    Parameters
    ----------
    means : array of float, shape (histories, strata)
        Fitted counts that sum to N̂.
    group : array of int, shape (strata,)
        Group of each stratum.
    rng : numpy.random.Generator

    Returns
    -------
    array of int
        Same shape as `means`; the caller blanks what is not observed.
    """
    drawn = np.zeros(means.shape, dtype=np.int64)
    totals = np.bincount(group, weights=means.sum(axis=0))
    for place, size in enumerate(whole_sizes(totals, rng)):
        mine = group == place
        here = means[:, mine]
        if size:
            drawn[:, mine] = rng.multinomial(size, here.ravel() / here.sum()).reshape(here.shape)
    return drawn


def draw_cases(
    number: NDArray[np.int64],
    group: NDArray[np.int64],
    seen: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Draw whole cases: of each group M* ~ Binomial(M/q, q) of its M cases, q the share seen, with replacement.

    So cases are drawn as persons are, and if every case is one person the draws are those of persons.

    Parameters
    ----------
    number : array of int, shape (kinds,)
        Number of cases of each kind; cases of one kind hold the same numbers in the same cells.
    group : array of int, shape (kinds,)
        Group that each kind is drawn with.
    seen : array of float, shape (groups,)
        Share q of each group that is seen.
    rng : numpy.random.Generator

    Returns
    -------
    array of int, shape (kinds,)
        How often each kind was drawn.
    """
    drawn = np.zeros_like(number)
    cases = np.bincount(group, weights=number, minlength=len(seen))
    totals = cases / seen
    sizes = whole_sizes(totals, rng)
    for place in np.flatnonzero(cases):
        mine = group == place
        n = int(cases[place])
        size = _seen(n, float(totals[place]), int(sizes[place]), rng)
        drawn[mine] = rng.multinomial(size, number[mine] / n)
    return drawn
