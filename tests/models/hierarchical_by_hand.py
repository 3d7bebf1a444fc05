"""The density of the hierarchical model, written by hand: loops over persons' cells and SciPy's densities."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
from scipy import stats

import mse

Values = Mapping[str, np.ndarray]


def effects(values: Values, spec: mse.Hierarchical, table: Any) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """List effects by stratum and list, interactions by stratum and set of lists."""
    strata = list(product(*table.covariates.values()))
    pairs = [(a, b) for place, a in enumerate(table.lists) for b in table.lists[place + 1 :]]
    listed, together = {}, {}
    for s, levels in enumerate(strata):
        for j, name in enumerate(table.lists):
            if spec.pooling == "none" or len(strata) == 1:
                listed[levels, name] = values["list_effect"][s, j]
                continue
            effect = values["list_mean"][j]
            for covariate, level in zip(table.covariates, levels, strict=True):
                place = table.covariates[covariate].index(level)
                sd, z = values[f"sd_of_{covariate}"], values[f"z_of_{covariate}"]
                if covariate != spec.walk:
                    effect += sd * z[place, j]
                    continue
                years = table.covariates[covariate]
                for step in range(1, place + 1):
                    gap = math.sqrt(years[step] - years[step - 1])
                    effect += (spec.break_sd if years[step] in spec.breaks else sd * gap) * z[step - 1, j]
            if len(table.covariates) > 1:
                effect += values["sd_of_strata"] * values["z_of_strata"][s, j]
            listed[levels, name] = effect
        if spec.order == 1:
            continue
        scale = scales(values, spec, len(pairs))
        for t, pair in enumerate(pairs):
            effect = values["z_of_interaction"][t] * scale[t]
            if spec.interactions == "pooled" and len(strata) > 1:
                effect += values["sd_of_interaction"] * values["z_of_dependence"][s, t]
            together[levels, frozenset(pair)] = effect
    return listed, together


def scales(values: Values, spec: mse.Hierarchical, n_terms: int) -> np.ndarray:
    """Standard deviation of each interaction."""
    if spec.shrinkage == "normal":
        return np.full(n_terms, spec.slab_scale)
    if spec.shrinkage == "r2d2":
        ratio = values["r_squared"] / (1.0 - values["r_squared"])
        return spec.slab_scale * np.sqrt(values["shares"] * ratio)
    tau, c2 = spec.global_scale * values["shrinkage_global"], spec.slab_scale**2 * values["slab"]
    return np.array([tau * lam / math.sqrt(1.0 + tau**2 * lam**2 / c2) for lam in values["shrinkage_local"]])


def cell_weights(values: Values, spec: mse.Hierarchical, table: Any) -> dict[Any, float]:
    """exp η of every stratum and combination of lists."""
    listed, together = effects(values, spec, table)
    weights = {}
    for levels in product(*table.covariates.values()):
        for history in product((0, 1), repeat=len(table.lists)):
            on = {name for name, member in zip(table.lists, history, strict=True) if member}
            eta = sum(listed[levels, name] for name in on)
            eta += sum(effect for (at, pair), effect in together.items() if at == levels and pair <= on)
            weights[levels, history] = math.exp(eta)
    return weights


def log_density(values: Values, spec: mse.Hierarchical, table: Any, start: np.ndarray) -> float:
    """Log density of the parameters and of the counts."""
    strata = list(product(*table.covariates.values()))
    weights = cell_weights(values, spec, table)
    seen = np.exp(start + values["seen_change"])
    operating = getattr(table, "operating", np.ones((len(table.lists), len(strata)), dtype=bool))

    def recorded(s: int, history: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(member * int(on) for member, on in zip(history, operating[:, s], strict=True))

    means, p_seen = {}, np.zeros(len(strata))
    for s, levels in enumerate(strata):
        cells = {history: weight for (at, history), weight in weights.items() if at == levels}
        visible = sum(weight for history, weight in cells.items() if any(recorded(s, history)))
        p_seen[s] = visible / sum(cells.values())
        for history, weight in cells.items():
            if any(recorded(s, history)):
                means[s, history] = seen[s] * weight / visible
    layers = getattr(table, "layers", {(): getattr(table, "counts", None)})
    found = prior(values, spec, start, p_seen) - sum(means.values())
    lacked = {name for missing in layers for name in missing}
    persons, in_layer = defaultdict(int), defaultdict(int)
    for missing, layer in layers.items():
        rows = defaultdict(float)
        for (s, history), mean in means.items():
            known = tuple(i for i, name in enumerate(table.covariates) if name not in missing)
            rows[recorded(s, history), tuple(strata[s][i] for i in known)] += mean
        for (history, levels), mean in rows.items():
            names = [name for name in table.covariates if name not in missing]
            places = tuple(table.covariates[name].index(level) for name, level in zip(names, levels, strict=True))
            y = int(layer[(*history, *places)])
            found += y * math.log(mean) - math.lgamma(y + 1.0)
            group = (history, tuple(level for name, level in zip(names, levels, strict=True) if name not in lacked))
            persons[group] += y
            in_layer[group, missing] += y
    for (group, _), y in in_layer.items():
        found += y * math.log(y / persons[group]) if y else 0.0
    return found


def prior(values: Values, spec: mse.Hierarchical, start: np.ndarray, p_seen: np.ndarray) -> float:
    """Log density of the parameters."""
    densities = {
        "list_mean": stats.norm(spec.list_mean, spec.list_sd),
        "list_effect": stats.norm(spec.list_mean, spec.list_sd),
        "sd_of_interaction": stats.halfnorm(scale=spec.dependence_sd),
        "shrinkage_global": stats.halfcauchy(),
        "shrinkage_local": stats.halfcauchy(),
        "slab": stats.invgamma(2.0, scale=2.0),
        "r_squared": stats.beta(1.0, 3.0),
    }
    found = 0.0
    for name, value in values.items():
        if name == "shares":
            found += stats.dirichlet(np.full(len(value), 0.5)).logpdf(value)
        elif name != "seen_change":
            other = stats.halfnorm(scale=spec.pooling_sd) if name.startswith("sd_of_") else stats.norm()
            found += float(np.sum(densities.get(name, other).logpdf(value)))
    in_stratum = np.exp(start + values["seen_change"]) / p_seen
    total = in_stratum.sum()
    found += float(np.log(in_stratum / total).sum()) + math.lgamma(len(start))
    of_total = {
        "inverse": lambda: -math.log(total),
        "uniform": lambda upper: stats.uniform(0.0, upper).logpdf(total),
        "negative_binomial": lambda shape, rate: stats.gamma(shape, scale=1.0 / rate).logpdf(total),
        "lognormal": lambda median, sigma: stats.lognorm(sigma, scale=median).logpdf(total),
    }
    return found + float(of_total[spec.prior.kind](*spec.prior.values)) + math.log(total)
