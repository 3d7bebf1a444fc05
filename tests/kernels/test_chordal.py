"""Chordal graphs: how many there are, and that cliques and separators are those of a junction tree."""

from __future__ import annotations

import pytest

from mse.kernels.chordal import chordal_graphs, earlier_neighbours, pairs
from mse.kernels.graphs import is_chordal, maximal_cliques


def adjacency(graph: int, k: int) -> list[int]:
    """Neighbours of every vertex as masks."""
    found = [0] * k
    for place, mask in enumerate(pairs(k)):
        if graph >> place & 1:
            for v in range(k):
                if mask >> v & 1:
                    found[v] |= mask & ~(1 << v)
    return found


@pytest.mark.parametrize(("k", "graphs"), [(3, 8), (4, 61), (5, 822), (6, 18_154)])
def test_numbers_of_chordal_graphs(k: int, graphs: int) -> None:
    assert len(chordal_graphs(k).edges) == graphs


@pytest.mark.full
def test_number_of_chordal_graphs_on_seven() -> None:
    assert len(chordal_graphs(7).edges) == 617_675


def test_graphs_are_those_that_another_test_calls_chordal() -> None:
    listed = set(chordal_graphs(5).edges.tolist())
    assert listed == {graph for graph in range(1 << 10) if is_chordal(adjacency(graph, 5))}


def test_cliques_are_the_maximal_ones_and_separators_one_fewer_than_cliques() -> None:
    found = chordal_graphs(5)
    for graph, terms in zip(found.edges.tolist(), found.terms.tolist(), strict=True):
        cliques = [term for term in terms if term > 0]
        separators = [-term for term in terms if term < 0]
        neighbours = adjacency(graph, 5)
        assert sorted(cliques) == sorted(maximal_cliques(neighbours))
        assert all(any(s & c == s and s != c for c in cliques) for s in separators)
        components = {frozenset(_reached(v, neighbours)) for v in range(5)}
        assert len(separators) == len(cliques) - len(components)


def _reached(start: int, neighbours: list[int]) -> list[int]:
    reached, before = 1 << start, 0
    while reached != before:
        before = reached
        for v in range(5):
            if before >> v & 1:
                reached |= neighbours[v]
    return [v for v in range(5) if reached >> v & 1]


def test_earlier_neighbours_hold_every_edge_once() -> None:
    for graph in chordal_graphs(5).edges.tolist():
        earlier = earlier_neighbours(graph, 5)
        assert sum(int(mask).bit_count() for mask in earlier) == graph.bit_count()
