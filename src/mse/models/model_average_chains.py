"""Chains from model to model, for scopes that are too large to list (Madigan and York 1995)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from mse.core.finding import Finding, Severity
from mse.models.model_average_space import AverageSpace
from mse.models.progress import bar

if TYPE_CHECKING:
    from mse.models.model_average import ModelAverage
    from mse.models.model_average_fit import TotalScale

__all__ = ["ALONE", "APART", "visited_models"]

ALONE = 0.8
"""Chains that spend a smaller share of their steps on models which others found too do not agree."""

APART = 0.1
"""Largest difference of the inclusion of a term by evidence and by visits that counts as agreement."""


class _Evidence:
    """Log evidence of models, kept; relative to 1/N over the observed cells, otherwise from the curve."""

    def __init__(self, spec: ModelAverage, space: AverageSpace, scale: TotalScale) -> None:
        self.space, self.scale, self.prior = space, scale, spec.coefficient_prior
        self.known: dict[int, float] = {}

    def __call__(self, bits: int) -> float:
        if bits not in self.known:
            from mse.kernels.laplace import curves

            models, flat = self.space.models([bits]), self.scale.is_flat
            belief, last = self.scale.belief, self.scale.last
            found = curves(self.space.data, self.prior, models, belief=belief, last=last, grid=not flat)
            value = float(found.simple[0] if flat else found.rough_evidence(belief)[0])
            self.known[bits] = value if np.isfinite(value) else -np.inf
        return self.known[bits]


def visited_models(
    spec: ModelAverage, space: AverageSpace, scale: TotalScale, *, seed: int | None, progress: bool
) -> tuple[Sequence[int], int, tuple[Finding, ...]]:
    """Models that chains visited, how many had their evidence taken, and how far the chains can be trusted.

    Each chain starts elsewhere: at independence, and at models to which a random number of terms was added.
    """
    from mse.kernels.mc3 import Lattice, shared_visits, walk
    from mse.models.model_average_fit import nearest

    lattice = Lattice.of(space.interactions, forced=space.forced, without=space.without)
    evidence = _Evidence(spec, space, scale)
    streams = np.random.default_rng(seed).spawn(spec.chains)
    burn_in = spec.steps // 10
    with bar("models", spec.chains * (spec.steps + burn_in), progress) as advance:
        chains = []
        for place, rng in enumerate(streams):
            start = lattice.random(rng) if place else space.forced
            chains.append(walk(evidence, lattice, start, spec.steps, rng, burn_in=burn_in, advance=advance))
    visited = sorted(set().union(*(chain.visits for chain in chains)))
    visits = np.array([sum(chain.visits.get(bits, 0) for chain in chains) for bits in visited], dtype=np.float64)
    values = np.array([evidence(bits) for bits in visited])
    weight = np.exp(values - np.logaddexp.reduce(values))
    frequency = visits / visits.sum()
    gap = float(np.abs(space.inclusion(visited, weight) - space.inclusion(visited, frequency)).max())
    shared = float(shared_visits(chains).min())
    apart = float(np.abs(weight - frequency).sum() / 2.0)
    said = {"models": len(visited), "chains": spec.chains, "shared": shared, "apart": apart, "gap": gap}
    findings = [Finding("average_visited", Severity.NOTE, "models", said)]
    if shared < ALONE or gap > APART:
        findings.append(Finding("average_chains_apart", Severity.BLOCKING, "models", said))
    return nearest(space, scale, spec.coefficient_prior, visited), len(evidence.known), tuple(findings)
