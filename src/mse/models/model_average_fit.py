"""The posterior of an average over models: curves of the number unseen on one grid, weighed by their evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.draws import Draws
from mse.core.finding import Finding, Severity
from mse.core.fit import FitStatus
from mse.core.model_weights import ModelWeights
from mse.models.model_average_space import ENUMERATED, AverageSpace

if TYPE_CHECKING:
    from mse.core.total_prior import TotalPrior
    from mse.kernels.laplace import CoefficientPrior, Curves, Mixture
    from mse.models.model_average import ModelAverage
    from mse.models.model_average_evidence import Evidence

__all__ = ["Posterior", "TotalScale", "average", "part_draws"]

Floats = NDArray[np.float64]

LEFT_OUT = 1e-8
"""The least probable models that together weigh no more than this get no curve, or are not mixed in."""

NEGLIGIBLE = 1e-15
"""Grid points with less weight than this are dropped: rounding weighs more."""

FINEST = 2_000
"""Numbers unseen stand one by one in the grid up to here, and from there on in steps of a part in this many."""

SHOWN = 1_000
"""Most models that are listed; weights and inclusion are of all."""

NOTICED = 1e-6
"""Models with less than this probability are not listed; a tail with less than this mass does not matter."""

ROOM = 3.5
"""A curve runs to at least this log(unseen + 1)."""

LEVELS = (0.025, 0.5, 0.975)

MEANS_FROM = 1e-3
"""Models with at least this probability enter the posterior mean of the counts and the draws of parts."""


@dataclass(frozen=True, eq=False)
class TotalScale:
    """The prior of the total on the scale of the kernels: log(unseen + 1), relative to 1/N.

    Parameters
    ----------
    prior : TotalPrior
    n_observed : int
    """

    prior: TotalPrior
    n_observed: int

    @property
    def is_flat(self) -> bool:
        """Whether the prior is 1/N, which is how the kernels count."""
        return self.prior.kind == "inverse"

    @property
    def most(self) -> float:
        """Largest number unseen that the prior allows."""
        return np.inf if self.prior.upper is None else float(np.floor(self.prior.upper)) - self.n_observed

    @property
    def last(self) -> float:
        """Largest log(unseen + 1) of a curve, which needs room for its nodes even where the prior leaves none."""
        from mse.kernels.laplace import LAST

        return min(LAST, max(float(np.log1p(self.most)), ROOM))

    @cached_property
    def belief(self) -> Floats:
        """The prior tabulated for the kernels."""
        from mse.kernels.laplace import belief_points, tabulated

        return tabulated(self.log_mass(np.expm1(belief_points(self.last))), self.last)

    def log_mass(self, unseen: Floats) -> Floats:
        """Log prior of the total times the total."""
        total = self.n_observed + unseen
        return self.prior.log_mass(total) + np.log(total)

    def grid(self, found: Curves) -> tuple[Floats, Floats]:
        """Numbers unseen that cover all curves, and how many whole numbers each stands for."""
        low = max(0, int(np.expm1(found.first.min())))
        end = found.first + found.steps * (found.counts - 1)
        high = int(min(np.ceil(np.expm1(min(float(end.max()), self.last))), self.most))
        one_by_one = np.arange(low, min(high, FINEST) + 1, dtype=np.float64)
        edge = max(low, FINEST + 1)
        n = int(np.log(high / edge) * FINEST) + 2 if high >= edge else 0
        coarser = np.unique(np.floor(edge * np.exp(np.arange(n) / FINEST)))
        starts = np.concatenate([one_by_one, coarser[coarser <= high]])
        width = np.diff(starts, append=high + 1.0)
        return starts + (width - 1.0) / 2.0, width


@dataclass(frozen=True, eq=False)
class Posterior:
    """What the average says, before it becomes a fit.

    Parameters
    ----------
    models : list of int
        Models with a curve, as bits.
    probability : array of float
        Probability of each.
    unseen, weight : array of float
        The grid and its posterior.
    found : Curves
        Their curves.
    mixture : Mixture
    n_models : int
        Models that were looked at.
    findings : tuple of Finding
    evidence : Evidence, optional
        What importance sampling corrected, where it did; `found` holds the corrected curves.
    """

    models: list[int]
    probability: Floats
    unseen: Floats
    weight: Floats
    found: Curves
    mixture: Mixture
    n_models: int
    findings: tuple[Finding, ...]
    evidence: Evidence | None = None

    @property
    def order(self) -> NDArray[np.intp]:
        """Places of the models, most probable first."""
        return np.argsort(-self.probability, kind="stable")

    def weights(self, space: AverageSpace) -> ModelWeights:
        """Probabilities of models and terms, and the quantiles of the total under each model."""
        order = self.order[:SHOWN]
        order = order[self.probability[order] > NOTICED]
        limits = space.table.n_observed + self.unseen[self.mixture.quantiles[order]]
        playing = [place for place in range(len(space.interactions)) if not space.without >> place & 1]
        labels = space.labels()
        return ModelWeights(
            tuple(space.notation(self.models[place]) for place in order),
            self.probability[order],
            tuple(labels[place] for place in playing),
            space.inclusion(self.models, self.probability)[playing],
            limits[:, 1],
            limits[:, 0],
            limits[:, 2],
            LEVELS[2] - LEVELS[0],
        )

    def draws(self, n_observed: int) -> Draws:
        """The grid, each point once."""
        kept = self.weight > NEGLIGIBLE
        return Draws(np.full(int(kept.sum()), float(n_observed)), self.unseen[kept], weight=self.weight[kept])

    @property
    def status(self) -> FitStatus:
        """Whether there is an answer: not where chains from model to model disagree."""
        apart = any(finding.severity is Severity.BLOCKING for finding in self.findings)
        return FitStatus.NOT_MIXED if apart else FitStatus.OK

    @cached_property
    def tail_index(self) -> float | None:
        """Power with which the tail falls, where the grid ends before the posterior does."""
        high = self.unseen[-1]
        last, before = (
            float(self.weight[(self.unseen > high * low) & (self.unseen <= high * up)].sum())
            for low, up in ((0.1, 1.0), (0.01, 0.1))
        )
        if last < NOTICED or high < 1e6:
            return None
        return max(0.0, float(np.log10(before / last)))


def average(
    spec: ModelAverage, space: AverageSpace, scale: TotalScale, *, seed: int | None, progress: bool
) -> Posterior:
    """Weigh the models of a scope and mix their curves."""
    prior = spec.coefficient_prior
    chosen, n_models, findings = choose_models(spec, space, scale, seed=seed, progress=progress)
    return mix_models(space, scale, prior, chosen, n_models, findings, sampled=spec.sampled)


def mix_models(
    space: AverageSpace,
    scale: TotalScale,
    prior: CoefficientPrior,
    chosen: Sequence[int],
    n_models: int,
    findings: tuple[Finding, ...] = (),
    *,
    sampled: bool = True,
) -> Posterior:
    """Mix the curves of chosen models, those of the probable ones corrected where `sampled`."""
    from mse.kernels.laplace import curves, mix
    from mse.models.model_average_evidence import sampled_evidence

    found = curves(space.data, prior, space.models(chosen), belief=scale.belief, last=scale.last)
    likely = weighty(found.rough_evidence(scale.belief))
    found = found.take(likely)
    models = [int(chosen[place]) for place in likely]
    evidence = sampled_evidence(space, scale, prior, models, found) if sampled else None
    if evidence is not None:
        found, findings = evidence.onto(found), (*findings, *evidence.findings)
    unseen, width = scale.grid(found)
    extra = np.maximum(scale.log_mass(unseen) + np.log(width), -1e30)
    mixture = mix(found, np.log1p(unseen), extra, np.array(LEVELS))
    probability = np.exp(mixture.log_evidence - np.logaddexp.reduce(mixture.log_evidence))
    return Posterior(models, probability, unseen, mixture.probability, found, mixture, n_models, findings, evidence)


def choose_models(
    spec: ModelAverage, space: AverageSpace, scale: TotalScale, *, seed: int | None, progress: bool
) -> tuple[Sequence[int], int, tuple[Finding, ...]]:
    """Models that get a curve, the number of models that were looked at, and what must be said of the choice."""
    everything = space.all_models
    if everything is None:
        from mse.models.model_average_chains import visited_models

        return visited_models(spec, space, scale, seed=seed, progress=progress)
    findings: tuple[Finding, ...] = ()
    candidates, n_models = everything, len(everything)
    if len(everything) > ENUMERATED:
        candidates, share = space.near_by_bic(spec.window, progress=progress)
        values = {"models": n_models, "kept": len(candidates), "window": spec.window, "share": share}
        findings = (Finding("average_screened", Severity.NOTE, "models", values),)
    return nearest(space, scale, spec.coefficient_prior, candidates), n_models, findings


def nearest(
    space: AverageSpace, scale: TotalScale, prior: CoefficientPrior, candidates: Iterable[Any]
) -> Sequence[int]:
    """Models whose evidence over the observed cells is near the best; all where a prior of the total can turn that."""
    from mse.kernels.laplace import curves

    bits = [int(model) for model in candidates]
    if not scale.is_flat or len(bits) == 1:
        return bits
    simple = curves(space.data, prior, space.models(bits), grid=False).simple
    return [bits[int(place)] for place in weighty(simple)]


def weighty(log_evidence: Floats) -> NDArray[np.intp]:
    """Places of the models that hold all weight but `LEFT_OUT`, in their order; NaN is no weight."""
    values = np.where(np.isnan(log_evidence), -np.inf, log_evidence)
    order = np.argsort(-values, kind="stable")
    weight = np.exp(values[order] - values[order[0]])
    beyond = np.cumsum(weight[::-1])[::-1] - weight
    needed = int(np.argmax(beyond <= LEFT_OUT * weight.sum())) + 1
    return np.sort(order[:needed])


# ---------------------------------------------------------------------- counts and parts


def mean_counts(space: AverageSpace, scale: TotalScale, prior: CoefficientPrior, posterior: Posterior) -> Floats:
    """Posterior mean of the expected counts: of each probable model those at its median, in the table's shape."""
    from mse.kernels.laplace import fitted_counts, nodes

    total = np.zeros(space.data.counts.shape)
    kept = [place for place in posterior.order if posterior.probability[place] >= MEANS_FROM]
    share = posterior.probability[kept] / posterior.probability[kept].sum()
    for weight, place in zip(share, kept, strict=True):
        columns = space.columns(posterior.models[place])
        x, _, modes = nodes(space.data, prior, columns, belief=scale.belief, last=scale.last)
        median = np.log1p(posterior.unseen[posterior.mixture.quantiles[place, 1]])
        total += weight * fitted_counts(space.data, columns, modes[int(np.abs(x - median).argmin())])
    return np.ascontiguousarray(total.T).reshape(space.table.counts.shape)


def part_draws(
    space: AverageSpace,
    scale: TotalScale,
    prior: CoefficientPrior,
    posterior: Posterior,
    draws: int,
    rng: np.random.Generator,
) -> Draws:
    """Draws of the unseen by stratum, which leave the posterior of the whole what it is on the grid.

    Every point of the grid has as many draws as its weight asks for, one at least. A draw takes a model by its
    probability at that number unseen, coefficients from the posterior at the nearest node of its curve, and divides the
    unseen over strata by the shares that these give.
    """
    from mse.kernels.laplace import nodes
    from mse.kernels.laplace_draws import draw_coefficients, unseen_shares

    kept = np.flatnonzero(posterior.weight > 0.01 / draws)
    weight = posterior.weight[kept] / posterior.weight[kept].sum()
    repeats = np.maximum(1, np.round(weight * draws)).astype(np.int64)
    unseen, rows = np.repeat(posterior.unseen[kept], repeats), np.repeat(weight / repeats, repeats)
    logs = np.log1p(unseen)
    probable = [place for place in posterior.order if posterior.probability[place] >= MEANS_FROM]
    density, curve_of = np.zeros((len(probable), len(unseen))), []
    for at, place in enumerate(probable):
        columns = space.columns(posterior.models[place])
        x, _, modes = nodes(space.data, prior, columns, belief=scale.belief, last=scale.last)
        values = posterior.found.values[place, : len(x)]
        curve_of.append((columns, x, modes))
        density[at] = np.interp(logs, x, values, left=-np.inf, right=-np.inf)
    density = np.exp(density - density.max(axis=0))
    below = np.cumsum(density / density.sum(axis=0), axis=0)
    model = (rng.random(len(unseen)) > below[:-1]).sum(axis=0)
    dark = np.zeros((len(unseen), len(space.data.counts)))
    for at, (columns, x, modes) in enumerate(curve_of):
        mine = np.flatnonzero(model == at)
        near = np.abs(x[:, None] - logs[mine]).argmin(axis=0)
        for place in np.unique(near):
            there = mine[near == place]
            theta = draw_coefficients(
                space.data, prior, columns, modes[place], float(np.expm1(x[place])), len(there), rng
            )
            shares = unseen_shares(space.data, columns, theta)
            whole = np.floor(unseen[there]).astype(np.int64)
            dark[there] = rng.multinomial(whole, shares) + (unseen[there] - whole)[:, None] * shares
    counts = space.data.counts[:, 1:].sum(axis=1)
    seen = np.broadcast_to(counts, dark.shape)
    covariates = {name: tuple(levels) for name, levels in space.table.covariates.items()}
    return Draws(
        np.full(len(unseen), counts.sum()), dark.sum(axis=1), (), rows, covariates, seen, dark,
    )  # fmt: skip
