"""Decomposable averages over strata: each with a graph of its own, or all with the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mse.core.draws import Draws
from mse.core.finding import Finding, Severity
from mse.core.model_weights import ModelWeights
from mse.core.posterior_fit import PosteriorFit
from mse.core.sentence import Sentence
from mse.core.table import CaptureTable
from mse.errors import TableError
from mse.models.decomposable import graph_weights
from mse.models.progress import bar

if TYPE_CHECKING:
    from mse.models.decomposable import DecomposableAverage
    from mse.models.decomposable_posterior import GraphPosterior, Problem

__all__ = ["fit_strata"]

Array = NDArray[np.float64]

DRAWS = 16_384
"""Draws of a total over strata, spread evenly over each stratum's posterior: parts are exact to 1/16,384."""

_AT_ONCE = 64


def fit_strata(spec: DecomposableAverage, table: CaptureTable, seed: int, progress: bool) -> PosteriorFit:
    """Fit the strata of a table and draw their numbers unseen together."""
    k = len(table.lists)
    counts = table.counts.reshape(2**k, -1).astype(np.float64).T
    _check(table, counts)
    graphs = spec.graphs(table)
    problems = [spec.problem(table, stratum, graphs) for stratum in counts]
    with bar("strata", len(problems), progress) as advance:
        if spec.strata == "shared":
            problems = _told_by_others(problems)
        found = []
        for problem in problems:
            found.append(problem.solve())
            if advance is not None:
                advance(1)
    weights: ModelWeights | None = None
    if spec.strata == "shared":
        weight = _shared_weight(found)
        dark = _draw_shared(found, weight, seed)
        weights, saturated = graph_weights(table, graphs, weight), float(weight[-1])
    else:
        dark = np.stack([_spread(f.grid.unseen, f.probability, DRAWS, _stream(seed, s)) for s, f in enumerate(found)]).T
        saturated = max(float(one.weight[-1]) for one in found)
    seen = np.tile(counts.sum(axis=1), (DRAWS, 1))
    draws = Draws(seen.sum(axis=1), dark.sum(axis=1), covariates=table.covariates, observed_in=seen, dark_in=dark)
    indices = [problem.tail_index for problem in problems]
    return PosteriorFit(
        spec,
        table,
        draws,
        Sentence(f"method_decomposable_{spec.strata}", {"graphs": len(graphs.edges), "lists": k, "strata": len(found)}),
        Sentence(f"assumption_decomposable_{spec.strata}"),
        own_findings=_findings(spec, found, saturated),
        model="" if weights is None else weights.models[0],
        tail_index=None if indices[0] is None else min(index for index in indices if index is not None),
        weights=weights,
    )


def _check(table: CaptureTable, counts: Array) -> None:
    if (counts.sum(axis=1) == 0.0).any():
        raise TableError(
            "Nobody was seen in some strata, so their numbers unseen would follow from the prior alone",
            got=f"{int((counts.sum(axis=1) == 0.0).sum())} of {len(counts)} strata without persons",
            hint="Collapse covariates, or select the strata with persons: table.select(…).",
        )


def _findings(spec: DecomposableAverage, found: list[GraphPosterior], saturated: float) -> tuple[Finding, ...]:
    own = spec.own_findings(saturated, max(found, key=lambda one: one.beyond))
    if not spec.total_prior.proper:
        return own
    return (Finding("prior_of_every_stratum", Severity.NOTE, "total"), *own)


# ---------------------------------------------------------------------- one graph for all


def _told_by_others(problems: list[Problem]) -> list[Problem]:
    """Each stratum's problem with what the other strata say of the graphs."""
    evidence = np.stack([problem.evidence() for problem in problems])
    every = evidence.sum(axis=0)
    told = [every - own for own in evidence]
    return [replace(problem, belief=b - b.max()) for problem, b in zip(problems, told, strict=True)]


def _shared_weight(found: list[GraphPosterior]) -> Array:
    """Probability of every graph: the product of the strata's marginal likelihoods on their own grids."""
    logs = np.sum([one.problem.evidence(one.grid) for one in found], axis=0)
    weight = np.exp(logs - logs.max())
    return np.asarray(weight / weight.sum())


def _draw_shared(found: list[GraphPosterior], weight: Array, seed: int) -> Array:
    """Draw graphs, then the numbers unseen of all strata under each."""
    graph = np.searchsorted(np.cumsum(weight), (np.arange(DRAWS) + 0.5) / DRAWS * (1.0 - 1e-12))
    drawn, many = np.unique(graph, return_counts=True)
    dark = np.empty((DRAWS, len(found)))
    for s, one in enumerate(found):
        rng, at = _stream(seed, s), 0
        for left in range(0, len(drawn), _AT_ONCE):
            part = slice(left, left + _AT_ONCE)
            for curve, times in zip(one.curves(drawn[part]), many[part], strict=True):
                dark[at : at + times, s] = _spread(one.grid.unseen, curve, int(times), rng)
                at += times
    return dark[_stream(seed, len(found)).permutation(DRAWS)]


def _stream(seed: int, stratum: int) -> np.random.Generator:
    return np.random.default_rng([seed, stratum])


def _spread(unseen: Array, probability: Array, times: int, rng: np.random.Generator) -> Array:
    """Draw evenly over a posterior (systematic sampling), in random order."""
    cumulative = np.cumsum(probability)
    at = (np.arange(times) + rng.random()) / times * cumulative[-1]
    place = np.minimum(np.searchsorted(cumulative, at), len(unseen) - 1)
    return np.asarray(rng.permutation(unseen[place]))
