"""The hierarchical model as a PyMC model: every number of a prior is data, so that one compilation serves them all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.kernels.hierarchical import inside
from mse.lazy import lazy
from mse.models.hierarchical_data import ROW, HierarchicalData, level_axis

if TYPE_CHECKING:
    import pymc as pm

    from mse.models.hierarchical import Hierarchical
else:
    pm = lazy("pymc")

pt: Any = lazy("pytensor.tensor")

__all__ = ["KEPT", "build", "model_data", "shape_key"]

Tensor = Any

KEPT = ("list_effect", "log_seen", "interaction", "unseen")
"""Drawn for every stratum: what cell means are made of again, and the expected number unseen."""

UNIT = np.float64(1.0)
"""PyTensor takes a Python 1.0 for single precision, and with it the constants of a density."""

SLAB_DF = np.float64(4.0)
"""Degrees of freedom of the Student t that large interactions come from (Piironen and Vehtari 2017)."""

R2 = (np.float64(1.0), np.float64(3.0))
"""Beta prior of R²: a quarter of the log means' variance beside the lists is expected to be dependence."""

CONCENTRATION = 0.5
"""Dirichlet of the shares of that variance: below 1, a few interactions have most of it."""


def model_data(data: HierarchicalData, spec: Hierarchical) -> dict[str, NDArray[Any]]:
    """Everything in the model that may change without a new compilation, by the name of its `pm.Data`."""
    values: dict[str, Any] = {
        "persons": data.counts,
        "observable": data.keep.astype(np.float64),
        "hidden": data.unseen.astype(np.float64),
        "seen_start": np.log(data.seen + 1.0),
        "n_observed": float(data.table.n_observed),
        "total_prior": np.array([*spec.prior.values, 0.0, 0.0])[:2],
        "list_prior": np.array([spec.list_mean, spec.list_sd]),
        "slab_scale": float(spec.slab_scale),
        "global_scale": data.global_scale,
    }
    if data.has_rows:
        values |= {"row_rate": data.rates, "row_of_cell": data.row_of}
    if _pools(data, spec):
        values["pooling_sd"] = float(spec.pooling_sd)
    if _pools_interactions(data, spec):
        values["dependence_sd"] = float(spec.dependence_sd)
    if walk_of(data, spec):
        values |= {"walk_gap": data.gaps, "walk_break": data.breaks, "break_sd": float(spec.break_sd)}
    return {name: np.asarray(value) for name, value in values.items()}


def shape_key(data: HierarchicalData, spec: Hierarchical) -> tuple[Any, ...]:
    """What a compiled model hangs on: choices of structure, and shapes."""
    choices = (spec.shrinkage, spec.pooling, spec.interactions, spec.prior.kind, walk_of(data, spec))
    levels = tuple((name, len(found)) for name, found in data.table.covariates.items())
    arrays = tuple((name, value.shape) for name, value in model_data(data, spec).items())
    return (*choices, levels, data.terms.tobytes(), arrays)


def build(data: HierarchicalData, spec: Hierarchical) -> pm.Model:
    """Build the model."""
    n_lists = len(data.table.lists)
    lists = 1 << np.arange(n_lists - 1, -1, -1, dtype=np.int64)
    with pm.Model(coords=data.coords()) as model:
        given = {name: _data(name, value, data) for name, value in model_data(data, spec).items()}
        eta = pt.dot(_list_effects(data, spec, given), inside(lists, n_lists))
        if len(data.terms):
            eta = eta + pt.dot(_interactions(data, spec, given), inside(data.terms, n_lists))
        weight = pt.exp(eta)
        observable = (weight * given["observable"]).sum(axis=1)
        hidden = (weight * given["hidden"]).sum(axis=1)
        log_seen = _seen(spec, observable / (observable + hidden), given)
        pm.Deterministic("unseen", pt.exp(log_seen) * hidden / observable, dims="stratum")
        means = (pt.exp(log_seen) / observable)[:, None] * weight
        if data.has_rows:
            pm.Poisson("count", _row_means(means, given), observed=given["persons"], dims=ROW)
        else:
            pm.Poisson("count", means[:, 1:], observed=given["persons"], dims=("stratum", "cell"))
    return model


def _data(name: str, value: NDArray[Any], data: HierarchicalData) -> Tensor:
    axes = {
        "persons": (ROW,) if data.has_rows else ("stratum", "cell"),
        "row_rate": (ROW,),
        "seen_start": ("stratum",),
    }
    return pm.Data(name, value, dims=axes.get(name))


# ---------------------------------------------------------------------- lists


def walk_of(data: HierarchicalData, spec: Hierarchical) -> str | None:
    """Covariate over which list effects walk; None where there is none."""
    there = spec.walk in data.table.covariates and spec.pooling == "partial"
    return spec.walk if there and len(data.table.covariates[str(spec.walk)]) > 1 else None


def _pools(data: HierarchicalData, spec: Hierarchical) -> bool:
    return spec.pooling == "partial" and data.n_strata > 1


def _pools_interactions(data: HierarchicalData, spec: Hierarchical) -> bool:
    return spec.interactions == "pooled" and data.n_strata > 1 and len(data.terms) > 0


def _list_effects(data: HierarchicalData, spec: Hierarchical, given: dict[str, Tensor]) -> Tensor:
    """Log odds to be on a list for who is on no other, by stratum."""
    mean, sd = given["list_prior"][0], given["list_prior"][1]
    if not _pools(data, spec):
        return pm.Normal("list_effect", mean, sd, dims=("stratum", "list"))
    effect = pm.Normal("list_mean", mean, sd, dims="list")[None, :]
    level_of, walk = data.level_of, walk_of(data, spec)
    several = [name for name, levels in data.table.covariates.items() if len(levels) > 1]
    for name in several:
        by_level = _walk(name, given) if name == walk else _exchangeable(name, given)
        effect = effect + by_level[level_of[name]]
    if len(several) > 1:
        spread = pm.HalfNormal("sd_of_strata", given["pooling_sd"])
        effect = effect + spread * pm.Normal("z_of_strata", 0.0, 1.0, dims=("stratum", "list"))
    return pm.Deterministic("list_effect", effect, dims=("stratum", "list"))


def _exchangeable(name: str, given: dict[str, Tensor]) -> Tensor:
    """Levels that differ about the lists' mean, with a spread of their own (non-centred)."""
    spread = pm.HalfNormal(f"sd_of_{name}", given["pooling_sd"])
    axes = (level_axis(name), "list")
    return pm.Deterministic(f"list_by_{name}", spread * pm.Normal(f"z_of_{name}", 0.0, 1.0, dims=axes), dims=axes)


def _walk(name: str, given: dict[str, Tensor]) -> Tensor:
    """A random walk over the levels of a covariate, list by list; a break is a step with a spread of its own."""
    spread = pm.HalfNormal(f"sd_of_{name}", given["pooling_sd"])
    axes = (level_axis(name), "list")
    z = pm.Normal(f"z_of_{name}", 0.0, 1.0, shape=(given["walk_gap"].shape[0], _length("list")))
    scale = pt.switch(given["walk_break"] > 0.0, given["break_sd"], spread * given["walk_gap"])
    walked = pt.cumsum(scale[:, None] * z, axis=0)
    start = pt.zeros((1, _length("list")))
    return pm.Deterministic(f"list_by_{name}", pt.concatenate([start, walked], axis=0), dims=axes)


def _length(axis: str) -> int:
    return len(pm.modelcontext(None).coords[axis])


# ---------------------------------------------------------------------- interactions


def _interactions(data: HierarchicalData, spec: Hierarchical, given: dict[str, Tensor]) -> Tensor:
    """Interactions of lists, by stratum or the same in all (one row)."""
    z = pm.Normal("z_of_interaction", 0.0, 1.0, dims="term")
    shared = z * _SCALES[spec.shrinkage](len(data.terms), given)
    if not _pools_interactions(data, spec):
        return pm.Deterministic("interaction", shared, dims="term")[None, :]
    shared = pm.Deterministic("interaction_mean", shared, dims="term")
    spread = pm.HalfNormal("sd_of_interaction", given["dependence_sd"])
    by_stratum = spread * pm.Normal("z_of_dependence", 0.0, 1.0, dims=("stratum", "term"))
    return pm.Deterministic("interaction", shared + by_stratum, dims=("stratum", "term"))


def _horseshoe(n_terms: int, given: dict[str, Tensor]) -> Tensor:
    """Regularised horseshoe (Piironen and Vehtari 2017)."""
    together = given["global_scale"] * pm.HalfCauchy("shrinkage_global", UNIT)
    local = pm.HalfCauchy("shrinkage_local", UNIT, dims="term")
    slab = given["slab_scale"] ** 2 * pm.InverseGamma("slab", SLAB_DF / 2.0, SLAB_DF / 2.0)
    return together * local * pt.sqrt(slab / (slab + together**2 * local**2))


def _r2d2(n_terms: int, given: dict[str, Tensor]) -> Tensor:
    """R2-D2: a prior of R² that is divided over the terms (Zhang, Naughton, Bondell and Reich 2022)."""
    explained = pm.Beta("r_squared", *R2)
    variance = given["slab_scale"] ** 2 * explained / (1.0 - explained)
    if n_terms == 1:
        return pt.sqrt(variance)[None]
    return pt.sqrt(pm.Dirichlet("shares", np.full(n_terms, CONCENTRATION), dims="term") * variance)


def _normal(n_terms: int, given: dict[str, Tensor]) -> Tensor:
    return pt.ones(n_terms) * given["slab_scale"]


_SCALES = {"horseshoe": _horseshoe, "r2d2": _r2d2, "normal": _normal}


# ---------------------------------------------------------------------- persons


def _seen(spec: Hierarchical, p_seen: Tensor, given: dict[str, Tensor]) -> Tensor:
    """Log of the expected number seen by stratum, under a prior of the expected total and even shares of strata.

    The number seen is what the table tells best, so chains walk along it and not along the total.
    """
    from functools import partial

    from mse.models.hierarchical_total import draw_seen, log_density

    change = pm.CustomDist(
        "seen_change",
        p_seen,
        given["seen_start"],
        given["n_observed"],
        given["total_prior"],
        logp=partial(log_density, spec.prior.kind),
        random=partial(draw_seen, spec.prior.kind),
        signature="(s),(s),(),(v)->(s)",
        dims="stratum",
    )
    return pm.Deterministic("log_seen", given["seen_start"] + change, dims="stratum")


def _row_means(means: Tensor, given: dict[str, Tensor]) -> Tensor:
    """Means of what is recorded: those of the cells of each row, added up."""
    row_of, rate = given["row_of_cell"], given["row_rate"]
    added = pt.zeros(rate.shape[0] + 1)
    flat = means.flatten()
    for layer in range(row_of.type.shape[0] or int(row_of.get_value().shape[0])):
        added = pt.inc_subtensor(added[row_of[layer]], flat)
    return rate * added[:-1]
