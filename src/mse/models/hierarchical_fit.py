"""From draws of a hierarchical model to a `PosteriorFit`: the unseen, the strata of persons seen, and predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.chains import Chains, gate
from mse.core.draws import Draws
from mse.core.posterior_fit import PosteriorFit
from mse.core.sentence import Sentence
from mse.kernels.hierarchical import cell_means, row_means, spread_rows
from mse.models.hierarchical_data import ROW, HierarchicalData
from mse.models.hierarchical_sample import Sampled, prior_draws

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mse.models.hierarchical import Hierarchical

__all__ = ["posterior_fit", "prior_predicted"]

_BLOCK = 250
"""Draws whose cell means are held at once."""


def posterior_fit(
    data: HierarchicalData, spec: Hierarchical, sampled: Sampled, rng: np.random.Generator
) -> PosteriorFit:
    """Draw the persons unseen of every draw of the parameters, and put everything together."""
    shape = sampled.values["log_seen"].shape[:2]
    n_draws = int(np.prod(shape))
    flat = {name: sampled.values[name].reshape(n_draws, *sampled.values[name].shape[2:]) for name in _EFFECTS}
    if len(data.terms):
        drawn = sampled.values["interaction"]
        flat["interaction"] = drawn.reshape(n_draws, *drawn.shape[2:])
    predicted = _Predicted.empty(data, n_draws)
    for block, means in _blocks(data, flat):
        predicted.add(block, means, data, rng)
    observed, unseen = predicted.observed, predicted.unseen
    total = observed.sum(axis=1) + unseen.sum(axis=1)
    values = {name: value for name, value in sampled.values.items() if _is_reported(name)}
    dims = {name: axes for name, axes in sampled.dims.items() if name in values}
    values |= {"total": total.reshape(shape), "dark_figure": unseen.sum(axis=1).reshape(shape)}
    values["total_in"] = (observed + unseen).reshape(*shape, -1)
    dims["total_in"] = ("stratum",)
    dims["count"] = (ROW,) if data.has_rows else ("stratum", "cell")
    groups: dict[str, dict[str, NDArray[Any]]] = {
        "log_likelihood": {"count": predicted.log_likelihood.reshape(*shape, *data.counts.shape)},
        "posterior_predictive": {"count": predicted.replicated.reshape(*shape, *data.counts.shape)},
        "observed_data": {"count": data.counts},
    }
    chains = Chains(values, dims, data.coords(), sampled.sample_stats, groups)
    judged = [name for name in values if name.startswith(_JUDGED) and len(dims.get(name, ())) < 2]
    status, findings = gate(chains, judged, [name for name in values if name.startswith(_WATCHED)])
    covariates = dict(data.table.covariates)
    in_strata: dict[str, Any] = {"covariates": covariates, "observed_in": observed, "dark_in": unseen}
    levels = tuple(len(found) for found in covariates.values())
    return PosteriorFit(
        spec,
        data.table,
        Draws(observed.sum(axis=1), unseen.sum(axis=1), **(in_strata if covariates else {})),
        Sentence("method_hierarchical", {"prior": Sentence(f"shrinkage_{spec.shrinkage}")}),
        _assumption(data, spec),
        status,
        findings,
        means=np.ascontiguousarray(predicted.means.T).reshape((2,) * len(data.table.lists) + levels),
        chains=chains,
    )


_EFFECTS = ("log_seen", "list_effect")

_JUDGED = ("unseen", "log_seen", "interaction")
"""Numbers that chains have to agree on, beside the total. Means and spreads of list effects can be moved against each
other, and mix more slowly than the numbers unseen that they make."""

_WATCHED = ("list_mean", "list_by_", "sd_of_")
"""Those means and spreads: a note tells where they mix slowly."""


def _is_reported(name: str) -> bool:
    """Whether a number means something by itself; standardised steps (z) do not."""
    return not name.startswith("z_of_") and name != "seen_change"


def _assumption(data: HierarchicalData, spec: Hierarchical) -> Sentence:
    if not len(data.terms):
        return Sentence("assumption_hierarchical_independence")
    alike = "pooled" if spec.interactions == "pooled" else "shared"
    key = f"assumption_hierarchical_{alike}" if data.n_strata > 1 else "assumption_hierarchical"
    return Sentence(key, {"prior": Sentence(f"shrinkage_{spec.shrinkage}")})


class _Predicted:
    """What cell means say, filled block by block."""

    def __init__(self, observed: NDArray[np.float64], counts: NDArray[np.int64], n_cells: int) -> None:
        n_draws, n_strata = observed.shape
        self.observed, self.unseen = observed, np.zeros((n_draws, n_strata))
        self.log_likelihood = np.zeros((n_draws, counts.size))
        self.replicated = np.zeros((n_draws, counts.size), dtype=np.int32)
        self.means = np.zeros((n_strata, n_cells))

    @classmethod
    def empty(cls, data: HierarchicalData, n_draws: int) -> _Predicted:
        observed = np.zeros((n_draws, data.n_strata))
        if not data.has_rows:
            observed[:] = data.counts.sum(axis=1)
        return cls(observed, data.counts, data.keep.shape[1])

    def add(self, block: slice, means: NDArray[np.float64], data: HierarchicalData, rng: np.random.Generator) -> None:
        from scipy.special import gammaln, xlogy

        self.unseen[block] = rng.poisson(np.where(data.unseen, means, 0.0).sum(axis=2))
        if data.has_rows:
            self.observed[block] = spread_rows(means, data.row_of, data.counts, rng)
            recorded = row_means(means, data.row_of, data.rates)
        else:
            recorded = means[:, :, 1:].reshape(len(means), -1)
        counts = data.counts.ravel()
        self.log_likelihood[block] = xlogy(counts, recorded) - recorded - gammaln(counts + 1.0)
        self.replicated[block] = rng.poisson(recorded)
        self.means += means.sum(axis=0) / len(self.unseen)


def _blocks(
    data: HierarchicalData, flat: dict[str, NDArray[np.float64]]
) -> Iterator[tuple[slice, NDArray[np.float64]]]:
    """Cell means of some draws at a time."""
    n_draws = len(flat["log_seen"])
    interaction = flat.get("interaction", np.zeros((n_draws, 1, 0)))
    if interaction.ndim == 2:
        interaction = interaction[:, None, :]
    for start in range(0, n_draws, _BLOCK):
        block = slice(start, min(start + _BLOCK, n_draws))
        yield (
            block,
            cell_means(
                flat["log_seen"][block],
                flat["list_effect"][block],
                interaction[block],
                data.terms,
                data.keep,
                data.unseen,
            ),
        )


def prior_predicted(data: HierarchicalData, spec: Hierarchical, draws: int, seed: int) -> Draws:
    """Draw numbers seen and unseen of every stratum from the prior."""
    flat = prior_draws(data, spec, draws, seed)
    rng = np.random.default_rng([seed, 1])
    seen, unseen = np.zeros((draws, data.n_strata)), np.zeros((draws, data.n_strata))
    for block, means in _blocks(data, flat):
        seen[block] = rng.poisson(np.where(data.keep, means, 0.0).sum(axis=2))
        unseen[block] = rng.poisson(np.where(data.unseen, means, 0.0).sum(axis=2))
    covariates = dict(data.table.covariates)
    in_strata: dict[str, Any] = {"covariates": covariates, "observed_in": seen, "dark_in": unseen}
    return Draws(seen.sum(axis=1), unseen.sum(axis=1), **(in_strata if covariates else {}))
