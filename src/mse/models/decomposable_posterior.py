"""The exact posterior of a graph and of the number unseen in one table of lists."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mse.core.total_prior import TotalPrior
from mse.errors import ModelError
from mse.kernels.chordal import ChordalGraphs, chordal_graphs
from mse.kernels.hyperdirichlet import add_graphs, clique_tables, graph_score, log_evidence, log_sums, tail_powers
from mse.kernels.unseen_grid import FARTHEST, Grid, coarse_grid, fine_grid, whole_numbers
from mse.models.progress import bar

__all__ = ["GraphPosterior", "Problem", "graphs_of"]

Array = NDArray[np.float64]

_STRETCH = 2_048
"""Points of one piece of work; pieces have fixed borders and are added in order, so threads change nothing."""

_KEPT_TABLES = 1 << 24
"""Numbers of clique tables that are kept for the curves of single graphs; larger ones are made again."""


_LOWEST = -1e6
"""Log of what stands for no probability between points of the coarse grid."""


def graphs_of(k: int, include_saturated: bool) -> ChordalGraphs:
    """The graphs that are averaged: all chordal ones on k lists, the complete one only where asked for."""
    every = chordal_graphs(k)
    return every if include_saturated else ChordalGraphs(every.edges[:-1], every.terms[:-1])


@dataclass(frozen=True, eq=False)
class Problem:
    """One table of lists with its priors.

    Parameters
    ----------
    counts : array of float, shape (2**K,)
        Persons seen on every combination of lists.
    delta : float
        Prior count of every cell of the full table.
    prior : TotalPrior
        Prior of the total.
    terms : array of int16
        Graphs as cliques and separators (`mse.kernels.chordal`).
    largest : int or None
        Numbers unseen run from 1 to this; from 0 without end where None.
    belief : array of float, shape (graphs,), optional
        Log prior of every graph, or what other tables say of it; equal where not given.
    """

    counts: Array
    delta: float
    prior: TotalPrior
    terms: NDArray[np.int16]
    largest: int | None = None
    belief: Array | None = None

    @property
    def log_belief(self) -> Array:
        """Log prior of every graph."""
        return np.zeros(len(self.terms)) if self.belief is None else self.belief

    @property
    def n_observed(self) -> float:
        """Persons seen."""
        return float(self.counts[1:].sum())

    @property
    def bound(self) -> float | None:
        """Largest number unseen that the prior of the total allows."""
        return None if self.prior.upper is None else float(np.floor(self.prior.upper)) - self.n_observed

    @property
    def tail_index(self) -> float | None:
        """Smallest power of a graph's tail; None where the prior ends or falls faster than any power."""
        if self.prior.proper or self.largest is not None:
            return None
        return float(tail_powers(self.counts, self.terms, self.delta).min())

    def tables(self, unseen: Array) -> tuple[Array, Array]:
        """Clique tables, and what all graphs share, the prior of the total in it."""
        tables, base = clique_tables(self.counts, unseen, self.delta)
        return tables, base + self.prior.log_mass(self.n_observed + unseen)

    @property
    def _coarse_grid(self) -> Grid:
        end = FARTHEST if self.bound is None else self.bound
        if end < (0 if self.largest is None else 1):
            raise ModelError(
                "The prior of the total rules out what was seen",
                got=f"at most {self.prior.upper:,.0f} persons, and {self.n_observed:,.0f} seen",
            )
        return coarse_grid(end)

    def coarse(self) -> tuple[Grid, Array]:
        """Log of the posterior on a coarse grid, known up to a constant."""
        grid, belief = self._coarse_grid, self.log_belief

        def summed(part: slice) -> Array:
            tables, base = self.tables(grid.unseen[part])
            sums = np.empty(len(base))
            log_sums(tables, base, self.terms, belief, sums)
            return sums

        return grid, np.concatenate(list(_in_order(summed, len(grid.unseen))))

    def evidence(self, grid: Grid | None = None) -> Array:
        """Log marginal likelihood of every graph up to a constant that all share; on a coarse grid if none is given."""
        grid = self._coarse_grid if grid is None else grid
        found = np.full(len(self.terms), -np.inf)
        for part in _stretches(len(grid.unseen)):
            tables, base = self.tables(grid.unseen[part])
            log_evidence(tables, base + np.log(grid.step[part]), self.terms, found)
        return found

    def solve(self, progress: bool = False) -> GraphPosterior:
        """Compute the posterior of graph and number unseen."""
        coarse, logs = self.coarse()
        share = np.exp(logs - logs.max()) * coarse.step
        share /= share.sum()
        if self.largest is None:
            grid = fine_grid(coarse, share, self.bound)
        else:
            grid = whole_numbers(1.0, self.largest if self.bound is None else min(self.largest, self.bound))
        belief = self.log_belief
        guide = np.interp(grid.unseen, coarse.unseen, np.maximum(logs, logs.max() + _LOWEST))
        scale = np.exp(guide - guide.max()) * grid.step
        kept: list[tuple[Array, Array]] = []
        room = self.counts.size * len(grid.unseen) <= _KEPT_TABLES

        def added(part: slice) -> tuple[Array, Array, Any]:
            tables, base = self.tables(grid.unseen[part])
            by_point, by_graph = np.zeros(len(base)), np.zeros(len(self.terms))
            add_graphs(tables, base - guide[part], self.terms, belief, scale[part], by_point, by_graph)
            return by_point, by_graph, (tables, base) if room else None

        points, graphs = [], np.zeros(len(self.terms))
        with bar("numbers unseen", len(grid.unseen), progress) as advance:
            for by_point, by_graph, made in _in_order(added, len(grid.unseen)):
                points.append(by_point)
                graphs += by_graph
                kept += [made] if made is not None else []
                if advance is not None:
                    advance(len(by_point))
        mass = np.concatenate(points) * scale
        beyond = self._beyond(coarse, share)
        return GraphPosterior(self, grid, mass / mass.sum(), graphs / graphs.sum(), beyond, tuple(kept))

    def _beyond(self, coarse: Grid, share: Array) -> float:
        """Probability of more persons unseen than any grid holds: the tail's power tells it beyond the coarse grid."""
        if self.largest is not None:
            return float(share[coarse.unseen > self.largest].sum())
        index = self.tail_index
        return 0.0 if index is None else float(share[-1] / coarse.step[-1] * coarse.unseen[-1] / index)


@dataclass(frozen=True, eq=False)
class GraphPosterior:
    """Posterior of the graph and of the number unseen.

    Parameters
    ----------
    problem : Problem
    grid : Grid
    probability : array of float, shape (points,)
        Probability of every point.
    weight : array of float, shape (graphs,)
        Probability of every graph.
    beyond : float
        Probability that the grid cuts off at its upper end.
    kept : tuple
        Clique tables by stretch of points, where there was room for them.
    """

    problem: Problem
    grid: Grid
    probability: Array
    weight: Array
    beyond: float
    kept: tuple[tuple[Array, Array], ...] = ()

    def curves(self, graphs: NDArray[np.intp]) -> Array:
        """Posterior of the number unseen under each of some graphs, shape (graphs, points)."""
        made = (
            iter(self.kept)
            if self.kept
            else (self.problem.tables(self.grid.unseen[part]) for part in _stretches(len(self.grid.unseen)))
        )
        logs = np.concatenate(
            [
                np.stack([graph_score(tables, base, self.problem.terms[graph]) for graph in graphs])
                for tables, base in made
            ],
            axis=1,
        )
        mass = np.exp(logs - logs.max(axis=1, keepdims=True)) * self.grid.step
        return np.asarray(mass / mass.sum(axis=1, keepdims=True))


def _stretches(points: int) -> list[slice]:
    borders = [*range(0, points, _STRETCH), points]
    return [slice(left, right) for left, right in pairwise(borders)]


def _in_order[Made](work: Callable[[slice], Made], points: int) -> Iterator[Made]:
    """Work on stretches of points on as many threads as there are cores, and hand out the results in order."""
    stretches = _stretches(points)
    if len(stretches) == 1:
        yield work(stretches[0])
        return
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        yield from pool.map(work, stretches)
