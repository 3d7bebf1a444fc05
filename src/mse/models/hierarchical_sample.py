"""Drawing from the posterior of a hierarchical model: compile once, then sample any table of the same shape."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.models.hierarchical_data import HierarchicalData
from mse.models.hierarchical_pymc import build, model_data, shape_key

if TYPE_CHECKING:
    import pymc as pm

    from mse.models.hierarchical import Hierarchical

__all__ = ["Sampled", "prior_draws", "sample"]

_STATS = ("diverging", "energy", "step_size", "lp", "logp", "tree_depth", "depth", "n_steps")
"""Sampler statistics that are kept, by the names of nutpie and of PyMC."""

_FURTHER = 1
"""Times that nutpie doubles a path after its U-turn. Small steps turn early in the many directions that are narrow: one
doubling costs twice the steps and gives five to eight times the effective draws of the total."""


@dataclass(frozen=True)
class Sampled:
    """Draws by name, shape (chain, draw, …), with the names of their axes and the sampler's statistics."""

    values: Mapping[str, NDArray[np.float64]]
    dims: Mapping[str, tuple[str, ...]]
    sample_stats: Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class _Recipe:
    """A model by what its compilation hangs on; the first table of that shape gives the arrays."""

    key: tuple[Any, ...]
    build: Callable[[], pm.Model] = field(compare=False)


@functools.lru_cache(maxsize=8)
def _compiled(recipe: _Recipe) -> Any:
    import nutpie

    return nutpie.compile_pymc_model(recipe.build())


def sample(data: HierarchicalData, spec: Hierarchical, seed: int, *, progress: bool) -> Sampled:
    """Draw from the posterior, with nutpie or PyMC's own sampler.

    Parameters
    ----------
    data : HierarchicalData
    spec : Hierarchical
    seed : int
    progress : bool
        Whether a progress bar is shown.

    Returns
    -------
    Sampled
    """
    draw = _with_nutpie if spec.sampler == "nutpie" else _with_pymc
    tree = draw(data, spec, seed, progress)
    posterior, stats = tree["posterior"], tree["sample_stats"]
    values, dims = {}, {}
    for name, drawn in posterior.data_vars.items():
        values[str(name)] = np.asarray(drawn.values, dtype=np.float64)
        dims[str(name)] = tuple(map(str, drawn.dims[2:]))
    return Sampled(values, dims, {name: stats[name].values for name in _STATS if name in stats})


def _with_nutpie(data: HierarchicalData, spec: Hierarchical, seed: int, progress: bool) -> Any:
    import nutpie

    compiled = _compiled(_Recipe(shape_key(data, spec), lambda: build(data, spec)))
    in_density = {variable.name for variable in compiled.shared_var_keys}  # some data serve prior draws only
    given = {name: value for name, value in model_data(data, spec).items() if name in in_density}
    return nutpie.sample(
        compiled.with_data(**given),
        draws=spec.draws,
        tune=spec.tune,
        chains=spec.chains,
        seed=seed,
        target_accept=spec.target_accept,
        extra_doublings=_FURTHER,
        save_warmup=False,
        progress_bar=progress,
    )


def _with_pymc(data: HierarchicalData, spec: Hierarchical, seed: int, progress: bool) -> Any:
    import pymc as pm

    return pm.sample(
        spec.draws,
        tune=spec.tune,
        chains=spec.chains,
        random_seed=seed,
        target_accept=spec.target_accept,
        progressbar=progress,
        compute_convergence_checks=False,
        nuts_sampler="pymc",
        model=build(data, spec),
    )


def prior_draws(data: HierarchicalData, spec: Hierarchical, draws: int, seed: int) -> dict[str, NDArray[np.float64]]:
    """Draws from the prior, by name, shape (draw, …); under an improper prior given the number seen."""
    import pymc as pm
    from pytensor.compile.mode import Mode

    names = ["list_effect", "log_seen", *(["interaction"] if len(data.terms) else [])]
    model = build(data, spec)
    once = Mode(linker="py", optimizer="fast_compile")  # compiling for speed takes longer than these draws
    drawn = pm.draw([model[name] for name in names], draws=draws, random_seed=seed, mode=once)
    return dict(zip(names, (np.asarray(array, dtype=np.float64) for array in drawn), strict=True))
