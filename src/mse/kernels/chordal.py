"""All chordal graphs on a few vertices, each as a sum of cliques less separators.

A graph is a number: bit p is set where the p-th pair of vertices is joined, pairs in the order (0, 1), (0, 2), (1, 2),
(0, 3), … A decomposable model factorises over a perfect elimination order: vertex v adds the clique {v} ∪ P and takes
away the separator P, its earlier neighbours (Lauritzen 1996).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mse.kernels.compiled import compiled

__all__ = ["ChordalGraphs", "chordal_graphs", "earlier_neighbours", "pairs"]


class ChordalGraphs(NamedTuple):
    """Chordal graphs on k vertices.

    Parameters
    ----------
    edges : array of int32, shape (graphs,)
        Each graph as a number; ascending, so the complete graph is the last.
    terms : array of int16, shape (graphs, 2k)
        Masks of the cliques, and of the separators with a minus sign; cliques that cancel against separators are left
        out, and zeros fill the row. A separator that counts twice stands twice.
    """

    edges: NDArray[np.int32]
    terms: NDArray[np.int16]


def pairs(k: int) -> list[int]:
    """Masks of the pairs of k vertices, in the order of the bits of a graph.

    Examples
    --------
    >>> pairs(3)
    [3, 5, 6]
    """
    return [1 << i | 1 << j for j in range(k) for i in range(j)]


@cache
def chordal_graphs(k: int) -> ChordalGraphs:
    """List all chordal graphs on k labelled vertices: 8, 61, 822, 18,154 and 617,675 for k = 3 to 7 (OEIS A058862).

    Examples
    --------
    >>> len(chordal_graphs(4).edges)
    61
    """
    n_chordal = _count(k)
    edges = np.zeros(n_chordal, dtype=np.int32)
    terms = np.zeros((n_chordal, 2 * k), dtype=np.int16)
    _fill(k, edges, terms)
    edges.setflags(write=False)
    terms.setflags(write=False)
    return ChordalGraphs(edges, terms)


def earlier_neighbours(graph: int, k: int) -> NDArray[np.int64]:
    """Masks of the earlier neighbours of every vertex of a chordal graph, in a perfect order.

    Examples
    --------
    >>> earlier_neighbours(0b011, 3).tolist()
    [0, 1, 1]
    """
    parents = np.zeros(k, dtype=np.int64)
    _eliminate(graph, k, np.zeros(k, dtype=np.int64), parents)
    return parents


@compiled
def _eliminate(graph: int, k: int, adjacent: NDArray[np.int64], parents: NDArray[np.int64]) -> bool:
    """Order the vertices by maximum cardinality and note the earlier neighbours; False where one order is not perfect.

    Tarjan and Yannakakis (1984): a graph is chordal when the earlier neighbours of every vertex are joined.
    """
    place = 0
    for j in range(k):
        adjacent[j] = 0
        for i in range(j):
            if graph >> place & 1:
                adjacent[i] |= 1 << j
                adjacent[j] |= 1 << i
            place += 1
    visited = 0
    for _ in range(k):
        vertex, most = -1, -1
        for v in range(k):
            if not visited >> v & 1:
                rest, many = adjacent[v] & visited, 0
                while rest:
                    rest &= rest - 1
                    many += 1
                if many > most:
                    vertex, most = v, many
        earlier = adjacent[vertex] & visited
        for v in range(k):
            if earlier >> v & 1 and earlier & ~(1 << v) & ~adjacent[v]:
                return False
        parents[vertex] = earlier
        visited |= 1 << vertex
    return True


@compiled
def _count(k: int) -> int:
    adjacent, parents = np.zeros(k, dtype=np.int64), np.zeros(k, dtype=np.int64)
    found = 0
    for graph in range(1 << (k * (k - 1) // 2)):
        found += _eliminate(graph, k, adjacent, parents)
    return found


@compiled
def _fill(k: int, edges: NDArray[np.int32], terms: NDArray[np.int16]) -> None:
    adjacent, parents = np.zeros(k, dtype=np.int64), np.zeros(k, dtype=np.int64)
    times = np.zeros(1 << k, dtype=np.int64)
    row = 0
    for graph in range(1 << (k * (k - 1) // 2)):
        if not _eliminate(graph, k, adjacent, parents):
            continue
        times[:] = 0
        for v in range(k):
            times[parents[v] | 1 << v] += 1
            times[parents[v]] -= 1
        edges[row] = graph
        place = 0
        for mask in range(1, 1 << k):
            sign = 1 if times[mask] > 0 else -1
            for _ in range(abs(times[mask])):
                terms[row, place] = sign * mask
                place += 1
        row += 1
