"""Markov chains over hierarchical models: one term comes in or leaves at a step (Madigan and York 1995).

A model is a set of bits, one an interaction. Its frontier are the terms that may come in, because all smaller terms
inside them are there, and those that may leave, because no larger term holds them. A step proposes a term of the
frontier, each with the same chance, so that the ratio of proposals is that of the sizes of the two frontiers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mse.kernels.lattice import needed

__all__ = ["Lattice", "Visits", "walk"]


class Lattice(NamedTuple):
    """Which terms hold which, as bits.

    Attributes
    ----------
    needs : tuple of int
        For each term the terms of one name less inside it.
    above : tuple of int
        For each term those that hold it.
    forced : int
        Terms that stay in.
    without : int
        Terms that stay out.
    """

    needs: tuple[int, ...]
    above: tuple[int, ...]
    forced: int = 0
    without: int = 0

    @classmethod
    def of(cls, interactions: NDArray[np.int64], *, forced: int = 0, without: int = 0) -> Lattice:
        """Lattice of some interactions, which hold the faces of each of them.

        Examples
        --------
        >>> Lattice.of(np.array([3, 5, 6, 7])).frontier(0b111)
        [0, 1, 2, 3]
        """
        needs = needed(interactions)
        above = [sum(1 << i for i, need in enumerate(needs) if need >> place & 1) for place in range(len(needs))]
        return cls(tuple(needs), tuple(above), forced, without)

    def frontier(self, model: int) -> list[int]:
        """Terms that may come in or leave."""
        return [
            place
            for place, (need, above) in enumerate(zip(self.needs, self.above, strict=True))
            if not (self.forced | self.without) >> place & 1
            and (not model & above if model >> place & 1 else model & need == need)
        ]

    def random(self, rng: np.random.Generator) -> int:
        """Some model: a random number of terms comes in, one by one."""
        model = self.forced
        for _ in range(int(rng.integers(len(self.needs) + 1))):
            entering = [place for place in self.frontier(model) if not model >> place & 1]
            if not entering:
                break
            model |= 1 << int(rng.choice(entering))
        return model


class Visits(NamedTuple):
    """Where a chain was: visits of each model, and how many steps were taken."""

    visits: dict[int, int]
    accepted: int
    steps: int


def walk(
    evidence: Callable[[int], float],
    lattice: Lattice,
    start: int,
    steps: int,
    rng: np.random.Generator,
    *,
    burn_in: int = 0,
    advance: Callable[[int], None] | None = None,
) -> Visits:
    """Run one chain.

    Parameters
    ----------
    evidence : callable
        Log evidence of a model; −∞ keeps the chain out.
    lattice : Lattice
    start : int
        First model.
    steps : int
        Steps that count.
    rng : Generator
    burn_in : int
        Steps before that.
    advance : callable, optional
        Told of every hundred steps.

    Returns
    -------
    Visits
    """
    frontiers: dict[int, list[int]] = {}

    def frontier(model: int) -> list[int]:
        if model not in frontiers:
            frontiers[model] = lattice.frontier(model)
        return frontiers[model]

    model, value = start, evidence(start)
    visits: dict[int, int] = {}
    accepted = 0
    for step in range(burn_in + steps):
        here = frontier(model)
        if here:
            proposed = model ^ (1 << here[int(rng.integers(len(here)))])
            other = evidence(proposed)
            ratio = other - value + np.log(len(here)) - np.log(len(frontier(proposed)))
            if np.log(rng.random()) < ratio:
                model, value = proposed, other
                accepted += step >= burn_in
        if step >= burn_in:
            visits[model] = visits.get(model, 0) + 1
        if advance is not None and step % 100 == 99:
            advance(100)
    return Visits(visits, accepted, steps)


def shared_visits(chains: Sequence[Visits]) -> NDArray[np.float64]:
    """Share of each chain's steps that were spent on models which another chain found too.

    Chains that all saw the probable models have shares near 1; a chain that was alone somewhere has a small one.

    Examples
    --------
    >>> shared_visits([Visits({1: 3, 2: 1}, 2, 4), Visits({1: 4}, 0, 4)]).tolist()
    [0.75, 1.0]
    """
    shares = np.zeros(len(chains))
    for place, chain in enumerate(chains):
        others = set().union(*(other.visits for at, other in enumerate(chains) if at != place))
        shares[place] = sum(count for model, count in chain.visits.items() if model in others) / chain.steps
    return shares
