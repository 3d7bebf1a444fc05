"""Small graphs as bit masks: cliques and chordality of interaction graphs.

A graph on k vertices is a list of k masks: bit j of entry i is set where i and j are joined.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["is_chordal", "maximal_cliques"]


def is_chordal(adjacent: Sequence[int]) -> bool:
    """Whether every cycle of four or more has a chord (maximum cardinality search, Tarjan and Yannakakis 1984).

    Examples
    --------
    >>> square = [0b1010, 0b0101, 0b1010, 0b0101]
    >>> is_chordal(square), is_chordal([0b10, 0b01])
    (False, True)
    """
    visited = 0
    for _ in adjacent:
        vertex = max(
            (v for v in range(len(adjacent)) if not visited >> v & 1),
            key=lambda v: (adjacent[v] & visited).bit_count(),
        )
        earlier = adjacent[vertex] & visited
        rest = earlier
        while rest:
            other = rest.bit_length() - 1
            rest &= ~(1 << other)
            if earlier & ~(1 << other) & ~adjacent[other]:
                return False
        visited |= 1 << vertex
    return True


def maximal_cliques(adjacent: Sequence[int]) -> list[int]:
    """All maximal cliques as masks (Bron and Kerbosch 1973).

    Examples
    --------
    >>> sorted(maximal_cliques([0b010, 0b101, 0b010]))
    [3, 6]
    """
    found: list[int] = []

    def grow(clique: int, candidates: int, done: int) -> None:
        if not candidates and not done:
            found.append(clique)
        while candidates:
            vertex = candidates.bit_length() - 1
            bit = 1 << vertex
            grow(clique | bit, candidates & adjacent[vertex], done & adjacent[vertex])
            candidates &= ~bit
            done |= bit

    grow(0, (1 << len(adjacent)) - 1, 0)
    return found
