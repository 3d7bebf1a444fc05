"""Marginal likelihoods of decomposable graphs under a hyper-Dirichlet prior, for many numbers unseen at once.

Under a graph with cliques C and separators S the counts of all cells, the unseen f₀ among them, have the probability
(Dawid and Lauritzen 1993; Madigan and York 1997)

    P(y, f₀ | G, N) = N! / Π y! f₀! · Π_C L_C(f₀) / Π_S L_S(f₀)
    L_C = Γ(A) / Γ(N + A) · Π_cells Γ(y_C + a_C) / Γ(a_C),      a_C = δ 2^(K − |C|),  A = δ 2^K

so the log of every graph is a sum and a difference of rows of one table: a row a set of lists, a column a value of f₀.
Masks are those of the counts: list j at bit K − 1 − j.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from mse.kernels.compiled import compiled

__all__ = [
    "add_graphs",
    "clique_tables",
    "graph_score",
    "log_evidence",
    "log_gamma_ratio",
    "log_sums",
    "nobody_of",
    "tail_powers",
]

Array = NDArray[np.float64]

NEGLIGIBLE = -50.0
"""Logs this far below the largest are left out: 10⁻²² of it, and there are fewer than 10⁶ graphs."""

_BLOCK = 256
_LARGE = 32.0


def log_gamma_ratio(x: Array, d: float) -> Array:
    """Return log Γ(x + d) − log Γ(x) without the cancellation that two large logs would have.

    From 32 on by the difference of two Stirling series, to the seventh power of 1/x.

    Parameters
    ----------
    x : array of float
        At least 1.
    d : float
        Above −1.

    Examples
    --------
    >>> log_gamma_ratio(np.array([3.0, 1e15]), 1.0).round(12).tolist()
    [1.098612288668, 34.538776394911]
    """
    ratio = (x + d - 0.5) * np.log1p(d / x) + d * (np.log(x) - 1.0)
    ratio += _stirling(x + d) - _stirling(x)
    small = x < _LARGE
    ratio[small] = gammaln(x[small] + d) - gammaln(x[small])
    return ratio


def _stirling(x: Array) -> Array:
    inverse = 1.0 / x
    square = inverse * inverse
    return inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)))


def nobody_of(counts: Array) -> Array:
    """Persons seen on none of the lists of each mask.

    Parameters
    ----------
    counts : array of float, shape (2**K,)
        Persons seen on each combination of lists; entry 0 is not read.

    Returns
    -------
    array of float, shape (2**K,)
    """
    masks = np.arange(len(counts))
    return np.array([counts[1:][(masks[1:] & mask) == 0].sum() for mask in masks], dtype=np.float64)


def clique_tables(counts: Array, unseen: Array, delta: float) -> tuple[Array, Array]:
    """Tabulate log L for every set of lists and every number unseen.

    Every log is divided by Γ(f₀ + 1) in numerator and denominator; in a graph these cancel.

    Parameters
    ----------
    counts : array of float, shape (2**K,)
    unseen : array of float, shape (points,)
        Numbers unseen; they need not be whole.
    delta : float
        Prior count of a cell of the full table.

    Returns
    -------
    tables : array of float, shape (2**K, points)
        Row of the empty set: 0.
    base : array of float, shape (points,)
        log N! / f₀!, what all graphs have in common; the constant Π y! is left out.
    """
    size = len(counts)
    k = size.bit_length() - 1
    n, whole = float(counts[1:].sum()), delta * size
    masks = np.arange(size)
    alone = nobody_of(counts)
    x = unseen + 1.0
    below = log_gamma_ratio(x, n + whole - 1.0)
    tables = np.zeros((size, len(unseen)))
    for mask in range(1, size):
        cells = np.bincount(masks[1:] & mask, weights=counts[1:], minlength=size)
        inside = cells[(masks & ~mask) == 0]
        prior = delta * 2.0 ** (k - mask.bit_count())
        constant = gammaln(whole) - len(inside) * gammaln(prior) + gammaln(inside[1:] + prior).sum()
        tables[mask] = constant + log_gamma_ratio(x, alone[mask] + prior - 1.0) - below
    return tables, log_gamma_ratio(x, n)


def tail_powers(counts: Array, terms: NDArray[np.int16], delta: float) -> Array:
    """Power α of each graph under the prior 1/N: the chance of more than x unseen falls as x^−α.

    From Γ(f₀ + c) / Γ(f₀ + 1) ~ f₀^(c − 1) in every factor.
    """
    size = len(counts)
    k = size.bit_length() - 1
    n, whole = float(counts[1:].sum()), delta * size
    prior = np.array([delta * 2.0 ** (k - mask.bit_count()) for mask in range(size)])
    power = n + whole - nobody_of(counts) - prior
    power[0] = 0.0
    return np.sum(np.sign(terms) * power[np.abs(terms)], axis=1) - n


@compiled
def _score(tables: Array, base: Array, terms: NDArray[np.int16], belief: float, score: Array) -> None:
    """Add up the rows of one graph over a stretch of points."""
    for i in range(len(score)):
        score[i] = base[i] + belief
    for term in terms:
        if term == 0:
            break
        row = tables[abs(term)]
        if term > 0:
            for i in range(len(score)):
                score[i] += row[i]
        else:
            for i in range(len(score)):
                score[i] -= row[i]


@compiled
def log_sums(tables: Array, base: Array, terms: NDArray[np.int16], belief: Array, sums: Array) -> None:
    """Log of the sum over graphs at every point, into `sums`; `belief` is the log prior of every graph."""
    score, largest, total = np.empty(_BLOCK), np.empty(_BLOCK), np.empty(_BLOCK)
    for left in range(0, len(base), _BLOCK):
        right = min(left + _BLOCK, len(base))
        part, shared, block = score[: right - left], base[left:right], np.ascontiguousarray(tables[:, left:right])
        largest[:] = -np.inf
        total[:] = 0.0
        for graph in range(len(terms)):
            _score(block, shared, terms[graph], belief[graph], part)
            for i in range(right - left):
                gap = score[i] - largest[i]
                if gap > 0.0:
                    total[i] = total[i] * np.exp(-gap) + 1.0
                    largest[i] = score[i]
                elif gap > NEGLIGIBLE:
                    total[i] += np.exp(gap)
        for i in range(right - left):
            sums[left + i] = largest[i] + np.log(total[i])


@compiled
def add_graphs(
    tables: Array, base: Array, terms: NDArray[np.int16], belief: Array, scale: Array, by_point: Array, by_graph: Array
) -> None:
    """Sum exp(score) over graphs at every point, and over points for every graph.

    Parameters
    ----------
    tables, base : array of float
        From `clique_tables`; `base` holds the log prior of every point too, less a number near its largest score.
    terms : array of int16, shape (graphs, 2k)
        From `chordal_graphs`.
    belief : array of float, shape (graphs,)
        Log prior of every graph.
    scale : array of float, shape (points,)
        What a point counts for in the sums over points.
    by_point : array of float, shape (points,)
        Sums over graphs, without `scale`.
    by_graph : array of float, shape (graphs,)
        Sums over points; added to what is there.
    """
    score = np.empty(_BLOCK)
    for left in range(0, len(base), _BLOCK):
        right = min(left + _BLOCK, len(base))
        part, shared, block = score[: right - left], base[left:right], np.ascontiguousarray(tables[:, left:right])
        for graph in range(len(terms)):
            _score(block, shared, terms[graph], belief[graph], part)
            largest = -np.inf
            for i in range(right - left):
                largest = max(largest, score[i])
            if largest < NEGLIGIBLE:
                continue
            total = 0.0
            for i in range(right - left):
                if score[i] > NEGLIGIBLE:
                    weight = np.exp(score[i])
                    by_point[left + i] += weight
                    total += weight * scale[left + i]
            by_graph[graph] += total


@compiled
def log_evidence(tables: Array, base: Array, terms: NDArray[np.int16], evidence: Array) -> None:
    """Log of the sum over points for every graph, added to what is in `evidence`.

    `base` holds the log prior and the log step of every point too.
    """
    score = np.empty(_BLOCK)
    for left in range(0, len(base), _BLOCK):
        right = min(left + _BLOCK, len(base))
        part, shared, block = score[: right - left], base[left:right], np.ascontiguousarray(tables[:, left:right])
        for graph in range(len(terms)):
            _score(block, shared, terms[graph], 0.0, part)
            largest = evidence[graph]
            for i in range(right - left):
                largest = max(largest, part[i])
            if largest == -np.inf:
                continue
            total = np.exp(evidence[graph] - largest)
            for i in range(right - left):
                if part[i] - largest > NEGLIGIBLE:
                    total += np.exp(part[i] - largest)
            evidence[graph] = largest + np.log(total)


def graph_score(tables: Array, base: Array, terms: NDArray[np.int16]) -> Array:
    """Log score of one graph at every point, from the rows of its cliques and separators."""
    used = terms[terms != 0].astype(np.int64)
    return np.asarray(base + np.sign(used) @ tables[np.abs(used)])
