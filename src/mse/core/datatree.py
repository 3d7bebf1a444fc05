"""A posterior as an xarray `DataTree` in ArviZ's scheme, with named dims and no personal data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from mse.core.spec_values import spec_values

if TYPE_CHECKING:
    import xarray as xr

    from mse.core.posterior_fit import PosteriorFit

__all__ = ["GRID_SEED", "datatree"]

GRID_SEED = 20_260_101
"""Seed with which draws are made of a grid, so that they are the same every time."""

_GRID_DRAWS = (4, 1_000)


def datatree(fit: PosteriorFit) -> xr.DataTree:
    """Write a posterior fit as a `DataTree`.

    Groups are "posterior" (the chains; of an exact posterior draws made from the grid with a fixed seed, as its
    attributes say), "grid" where there is one, "sample_stats" and what else the chains hold, "observed_data" with the
    counts of the combinations of lists (dims cell and, with covariates, stratum; what was recorded, where the chains
    hold that) and "constant_data" with the lists of every cell (dims cell and list), the number of persons seen and the
    specification as JSON. The reference stays out.
    """
    import arviz as az
    import xarray as xr

    dims: dict[str, list[str]] = {"count": ["stratum", "cell"], "on_list": ["cell", "list"]}
    coords: dict[str, Any] = dict(_coords(fit))
    groups: dict[str, dict[str, Any]] = {"posterior": _posterior(fit)}
    if fit.chains is not None:
        dims |= {name: list(axes) for name, axes in fit.chains.dims.items()}
        coords |= {name: list(labels) for name, labels in fit.chains.coords.items()}
        if fit.chains.sample_stats:
            groups["sample_stats"] = dict(fit.chains.sample_stats)
        groups |= {name: dict(values) for name, values in fit.chains.groups.items()}
    else:
        dims["total_in"] = ["stratum"]
    if "observed_data" not in groups:
        groups["observed_data"] = {"count": _counts(fit)}
    groups["constant_data"] = {
        "on_list": _memberships(len(fit.table.lists)),
        "n_observed": np.array(fit.table.n_observed),
        "specification": np.array(json.dumps(spec_values(fit.spec))),
    }
    tree: xr.DataTree = az.from_dict(groups, coords=coords, dims=dims)
    if fit.exact and fit.chains is None:
        tree["posterior"].attrs |= {"made_from": "the group grid", "seed": GRID_SEED}
        tree["grid"] = xr.DataTree(_grid(fit))
    return tree


def _coords(fit: PosteriorFit) -> dict[str, list[Any]]:
    cells = ["".join(map(str, row)) for row in _memberships(len(fit.table.lists)).astype(int)]
    shape = tuple(len(levels) for levels in fit.table.covariates.values())
    levels = list(fit.table.covariates.values())
    strata = [", ".join(str(levels[axis][i]) for axis, i in enumerate(index)) for index in np.ndindex(shape)]
    return {"list": list(fit.table.lists), "cell": cells, "stratum": strata if shape else ["all"]}


def _memberships(k: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which lists every seen cell is on, in the order of the table's axes."""
    return np.array(list(np.ndindex((2,) * k))[1:], dtype=np.bool_)


def _counts(fit: PosteriorFit) -> np.ndarray[Any, Any]:
    counts = np.asarray(fit.table.counts).reshape(2 ** len(fit.table.lists), -1)
    return np.ascontiguousarray(counts[1:].T)


def _posterior(fit: PosteriorFit) -> dict[str, Any]:
    if fit.chains is not None:
        return dict(fit.chains.values)
    draws = fit.draws
    rng = np.random.default_rng(GRID_SEED)
    usable = np.flatnonzero(draws.valid)
    chosen = rng.choice(usable, size=_GRID_DRAWS, p=draws.valid_weight)
    found = {"total": (draws.observed + draws.dark_figure)[chosen], "dark_figure": draws.dark_figure[chosen]}
    if draws.observed_in is not None and draws.dark_in is not None:
        found["total_in"] = (draws.observed_in + draws.dark_in)[chosen]
    return found


def _grid(fit: PosteriorFit) -> xr.Dataset:
    import xarray as xr

    frame = fit.posterior
    grid = xr.Dataset({"probability": ("total", frame["probability"])}, coords={"total": frame["total"].to_numpy()})
    if fit.weights is None:
        return grid
    models = xr.Dataset(
        {"model_probability": ("model", fit.weights.probability), "inclusion": ("term", fit.weights.inclusion)},
        coords={"model": list(fit.weights.models), "term": list(fit.weights.terms)},
    )
    return grid.merge(models)
