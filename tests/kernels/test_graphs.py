"""Cliques and chordality of small graphs, against definitions tried on every graph."""

from __future__ import annotations

from itertools import chain, combinations, permutations

import pytest

from mse.kernels.graphs import is_chordal, maximal_cliques


def graphs(k: int) -> list[list[int]]:
    pairs = list(combinations(range(k), 2))
    found = []
    for bits in range(1 << len(pairs)):
        adjacent = [0] * k
        for place, (i, j) in enumerate(pairs):
            if bits >> place & 1:
                adjacent[i] |= 1 << j
                adjacent[j] |= 1 << i
        found.append(adjacent)
    return found


def has_long_cycle_without_chord(adjacent: list[int]) -> bool:
    k = len(adjacent)
    for size in range(4, k + 1):
        for ring in permutations(range(k), size):
            if ring[0] != min(ring):
                continue
            joined = {frozenset((i, j)) for i, j in combinations(range(size), 2) if adjacent[ring[i]] >> ring[j] & 1}
            if joined == {frozenset((i, (i + 1) % size)) for i in range(size)}:
                return True
    return False


@pytest.mark.parametrize(("k", "chordal"), [(2, 2), (3, 8), (4, 61), (5, 822)])
def test_chordal_graphs(k: int, chordal: int) -> None:
    """The numbers of chordal graphs are 8, 61 and 822 for 3, 4 and 5 vertices."""
    everything = graphs(k)
    verdicts = [is_chordal(adjacent) for adjacent in everything]
    assert sum(verdicts) == chordal
    assert verdicts == [not has_long_cycle_without_chord(adjacent) for adjacent in everything]


@pytest.mark.parametrize("k", [2, 3, 4, 5])
def test_maximal_cliques(k: int) -> None:
    for adjacent in graphs(k):
        subsets = chain.from_iterable(combinations(range(k), size) for size in range(1, k + 1))
        cliques = [set(s) for s in subsets if all(adjacent[i] >> j & 1 for i, j in combinations(s, 2))]
        expected = {sum(1 << v for v in c) for c in cliques if not any(c < other for other in cliques)}
        found = maximal_cliques(adjacent)
        assert len(found) == len(set(found))
        assert set(found) == expected
