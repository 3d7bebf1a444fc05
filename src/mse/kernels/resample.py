"""Draws of tables: bootstrap samples of counts over cells, persons or whole cases at a time.

Counts have a row per combination of lists and a column per stratum. Strata belong to groups, and the persons of each
group are drawn by themselves: its size is then the same in every draw, as that of the population is.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Kinds", "draw_cases", "draw_nonparametric", "draw_parametric", "whole_sizes"]


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


class Kinds(NamedTuple):
    """Cases by what they hold: kind k holds ``persons[starts[k]:starts[k + 1]]`` in the cells of the same places."""

    number: NDArray[np.int64]
    """Number of cases of each kind."""
    size: NDArray[np.int64]
    """Persons of a case of each kind."""
    starts: NDArray[np.int64]
    cell: NDArray[np.int64]
    persons: NDArray[np.int64]


def draw_cases(
    kinds: Kinds, group: NDArray[np.int64], seen: NDArray[np.float64], cells: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw persons in whole cases, in two steps as single persons are drawn.

    First the number seen in each group: n* = Σ m M*, with M* ~ Binomial(M/q, q) for the M cases of m persons, q the
    share seen. A case is thus seen or missed as a whole, and the sizes of cases do not vary by themselves. Then cases
    are drawn with replacement, one after another, until there are n* persons. The sequence starts within a case, as if
    it had begun long before: every person is drawn with the same chance. Its first and last case are cut by chance.

    If every case is one person, these are the draws of persons.

    Parameters
    ----------
    kinds : Kinds
    group : array of int, shape (kinds,)
        Group that each kind is drawn with.
    seen : array of float, shape (groups,)
        Share q of each group that is seen.
    cells : int
        Number of cells.
    rng : numpy.random.Generator

    Returns
    -------
    array of int, shape (cells,)
    """
    drawn = np.zeros(cells, dtype=np.int64)
    for place, share in enumerate(seen):
        mine = np.flatnonzero(group == place)
        if len(mine):
            n = _seen_in_cases(kinds.size[mine], kinds.number[mine], float(share), rng)
            if n:
                drawn += _sequence(kinds, mine, n, cells, rng)
    return drawn


def _seen_in_cases(size: NDArray[np.int64], number: NDArray[np.int64], share: float, rng: np.random.Generator) -> int:
    sizes, place = np.unique(size, return_inverse=True)
    cases = np.bincount(place, weights=number).astype(np.int64)
    totals = cases / share
    whole = whole_sizes(totals, rng)
    return int(sum(
        m * _seen(int(n), float(total), int(of), rng)
        for m, n, total, of in zip(sizes.tolist(), cases, totals, whole, strict=True)
    ))  # fmt: skip


def _sequence(kinds: Kinds, mine: NDArray[np.intp], n: int, cells: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw cases one after another until there are n persons; return persons by cell."""
    number, size = kinds.number[mine].astype(np.float64), kinds.size[mine]
    chance, by_person = number / number.sum(), number * size / (number * size).sum()
    first = int(mine[rng.choice(len(mine), p=by_person)])
    begun = min(int(rng.integers(1, kinds.size[first] + 1)), n)
    drawn = _part_of(kinds, first, begun, cells, rng)
    left = n - begun
    if not left:
        return drawn
    enough = int(left / (chance @ size) * 1.2) + 10
    chosen = np.empty(0, dtype=np.int64)
    while kinds.size[chosen].sum() < left:
        chosen = np.concatenate([chosen, mine[rng.choice(len(mine), size=enough, p=chance)]])
    reached = np.cumsum(kinds.size[chosen])
    last = int(np.searchsorted(reached, left))
    times = np.bincount(chosen[:last], minlength=len(kinds.number))
    whole = np.repeat(times, np.diff(kinds.starts)) * kinds.persons
    drawn += np.bincount(kinds.cell, weights=whole, minlength=cells).astype(np.int64)
    over = left - (int(reached[last - 1]) if last else 0)
    return drawn + _part_of(kinds, int(chosen[last]), over, cells, rng)


def _part_of(kinds: Kinds, kind: int, n: int, cells: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Choose n persons of a case."""
    held = slice(kinds.starts[kind], kinds.starts[kind + 1])
    persons = kinds.persons[held]
    if n < persons.sum():
        persons = rng.multivariate_hypergeometric(persons, n)
    return np.bincount(kinds.cell[held], weights=persons, minlength=cells).astype(np.int64)
