"""From chains of latent classes to a posterior fit, with what its reader must know."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.chains import Chains, gate
from mse.core.complete_fit import by_stratum
from mse.core.draws import Draws
from mse.core.finding import Finding, Severity
from mse.core.fit import FitStatus
from mse.core.posterior_fit import PosteriorFit
from mse.core.sentence import Sentence
from mse.core.table import CaptureTable
from mse.messages import LANGUAGES, number
from mse.models.latent_class_sample import Chain, Plan, run_chains

if TYPE_CHECKING:
    from mse.models.latent_class import LatentClass

__all__ = ["fit", "history_chances", "used_classes"]

_USED = 0.01
"""A class is used by a draw that has this share of the population in it."""

_AT_ONCE = 2**22
"""Numbers that are held at once where histories are averaged over draws."""


def fit(spec: LatentClass, table: CaptureTable, seed: int | None, progress: bool, workers: int) -> PosteriorFit:
    """Run the chains and judge them."""
    from mse.models.progress import bar

    counts = by_stratum(table).astype(np.int64)
    plan = Plan(spec.classes, spec.chains, spec.temperatures, spec.moves, spec.draws, spec.tune, spec.thin)
    with bar("latent classes", plan.chains * (plan.tune + plan.draws * plan.thin), progress) as advance:
        run = run_chains(counts, spec.hyper, plan, seed, workers, advance)
    chains = _chains(table, run)
    status, found = gate(chains, ["unseen"])
    draws = _draws(table, run)
    made = PosteriorFit(
        spec,
        table,
        draws,
        description=Sentence("method_latent_class", {"classes": spec.classes, "chains": spec.chains}),
        assumption_text=Sentence("assumption_latent_class_strata" if table.covariates else "assumption_latent_class"),
        status=status,
        means=_means(table, run),
        chains=chains,
    )
    own = [*found, *_mixing(made, run), *_identified(table, chains)]
    return replace(made, own_findings=tuple(own))


def _chains(table: CaptureTable, run: list[Chain]) -> Chains:
    unseen = np.stack([chain.kept.unseen for chain in run])
    persons = np.stack([chain.kept.persons for chain in run])
    values: dict[str, NDArray[Any]] = {
        "total": (table.n_observed + unseen.sum(axis=2)).astype(np.float64),
        "persons": persons.sum(axis=2),
        "chance": np.stack([chain.kept.chance for chain in run]),
    }
    dims: dict[str, tuple[str, ...]] = {"persons": ("class",), "chance": ("class", "list")}
    if table.covariates:
        values["unseen"], dims["unseen"] = unseen, ("stratum",)
    stats = {
        "log_likelihood": np.stack([chain.kept.log_likelihood for chain in run]),
        "source": np.stack([chain.kept.source for chain in run]),
    }
    coords: dict[str, Sequence[Hashable]] = {"class": list(range(1, persons.shape[3] + 1)), "list": list(table.lists)}
    return Chains(values, dims, coords, stats)


def _draws(table: CaptureTable, run: list[Chain]) -> Draws:
    unseen = np.concatenate([chain.kept.unseen for chain in run]).astype(np.float64)
    seen = by_stratum(table).sum(axis=1)
    observed = np.full(len(unseen), float(table.n_observed))
    if not table.covariates:
        return Draws(observed, unseen.sum(axis=1))
    seen_in = np.broadcast_to(seen, unseen.shape)
    return Draws(observed, unseen.sum(axis=1), covariates=table.covariates, observed_in=seen_in, dark_in=unseen)


def history_chances(chance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Chance of every history in each class, shape (…, classes, 2^K), from chances of shape (…, classes, K)."""
    made = np.ones((*chance.shape[:-1], 1))
    for j in range(chance.shape[-1]):
        on = chance[..., j, None]
        made = np.stack([made * (1.0 - on), made * on], axis=-1).reshape(*chance.shape[:-1], -1)
    return made


def _means(table: CaptureTable, run: list[Chain]) -> NDArray[np.float64]:
    """Posterior mean of the expected counts of all cells, given how many persons of each class there are."""
    classes, lists = run[0].kept.chance.shape[1:]
    block = max(_AT_ONCE // (classes * 2**lists), 1)
    total = np.zeros((2**lists, run[0].kept.persons.shape[1]))
    for chain in run:
        for first in range(0, len(chain.kept.chance), block):
            some = slice(first, first + block)
            total += np.einsum("dsk,dkh->hs", chain.kept.persons[some], history_chances(chain.kept.chance[some]))
    return (total / sum(len(chain.kept.chance) for chain in run)).reshape(table.counts.shape)


def used_classes(persons: NDArray[Any]) -> NDArray[np.int64]:
    """How many classes hold a hundredth of the population or more; the last axis is the class."""
    return np.asarray((persons >= _USED * persons.sum(axis=-1, keepdims=True)).sum(axis=-1))


def _mixing(made: PosteriorFit, run: list[Chain]) -> list[Finding]:
    """What chains that disagree found, each by itself, and how often temperatures exchanged their points."""
    if made.status is FitStatus.OK or made.chains is None:
        return []
    values = {
        "medians": [_estimate(float(np.median(total))) for total in made.chains.values["total"]],
        "peaks": [_estimate(peak.place) for peak in made.modes()],
        "temperatures": made.spec.temperatures,
        "exchanged": 1.0 - float(np.mean([chain.refused.mean() for chain in run])),
    }
    return [Finding("latent_class_mixing", Severity.WARNING, "total", values)]


def _estimate(value: float) -> dict[str, str]:
    return {language: number(value, language, "estimate") for language in LANGUAGES}


def _identified(table: CaptureTable, chains: Chains) -> list[Finding]:
    """Say where more classes are used than the lists can tell apart (2K lists for K classes; Aleshin-Guendel 2020)."""
    used, lists = int(np.median(used_classes(chains.values["persons"]))), len(table.lists)
    if 2 * used <= lists:
        return []
    values = {"classes": used, "needed": 2 * used, "lists": lists}
    return [Finding("classes_beyond_lists", Severity.NOTE, "classes", values)]
