"""What priors say before the data, and what other priors make of the data."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from mse.core.draws import Draws
from mse.core.total_prior import TotalPrior
from mse.errors import ModelError

if TYPE_CHECKING:
    import pandas as pd

    from mse.models.model_average import ModelAverage
    from mse.models.model_average_fit import Posterior
    from mse.models.model_average_space import AverageSpace

__all__ = ["influence", "predictive"]

FACTOR = 4.0
"""The scale is divided and multiplied by this."""

BOUND = 10.0
"""A uniform prior of the total ends at so many times the upper limit of the first row."""

SHAPE = 1.0
"""Least shape of the prior "g" that has a prior predictive: below it draws of its scale have no order of magnitude."""


def influence(spec: ModelAverage, data: Any) -> pd.DataFrame:
    """One row a prior; see `ModelAverage.prior_influence`."""
    import pandas as pd

    first = _row(spec, data)
    own = spec.total_prior or TotalPrior.inverse()
    others = [
        replace(spec, prior="unit_information", scale=spec.scale / FACTOR),
        replace(spec, prior="unit_information", scale=spec.scale * FACTOR),
        replace(spec, prior="g" if spec.prior == "unit_information" else "unit_information"),
        replace(spec, total_prior=TotalPrior.uniform(BOUND * first["upper"])),
    ]
    if own.kind != "inverse":
        others.append(replace(spec, total_prior=TotalPrior.inverse()))
    return pd.DataFrame([first, *(_row(other, data) for other in others)])


def _row(spec: ModelAverage, data: Any) -> dict[str, Any]:
    from mse.models.model_average_fit import average

    space, scale = spec.prepared(data)
    posterior = average(spec, space, scale, seed=0, progress=False)
    median, lower, upper = _quantiles(posterior, space.table.n_observed)
    best = int(posterior.order[0])
    return {
        "prior": spec.prior,
        "scale": float(spec.scale) if spec.prior == "unit_information" else None,
        "total_prior": scale.prior,
        "median": median,
        "lower": lower,
        "upper": upper,
        "model": space.notation(posterior.models[best]),
        "probability": float(posterior.probability[best]),
    }


def _quantiles(posterior: Posterior, n_observed: int) -> tuple[float, float, float]:
    draws = posterior.draws(n_observed)
    lower, median, upper = map(float, draws.quantile(np.array([0.025, 0.5, 0.975])))
    return median, lower, upper


def predictive(spec: ModelAverage, data: Any, draws: int, seed: int | None) -> Draws:
    """Totals from the prior; see `ModelAverage.prior_predictive`."""
    if spec.prior == "g" and spec.hyper[0] < SHAPE:
        raise ModelError(
            "The prior 'g' with a shape this small has no prior predictive: its scale has no order of magnitude",
            got=f"hyper={spec.hyper}",
            hint="Give hyper= a shape of 1 or more, or look at the unit information prior.",
        )
    space, scale = spec.prepared(data)
    rng = np.random.default_rng(seed)
    n = scale.n_observed
    unseen = np.array([_believed(spec, space, rng) for _ in range(draws)])
    with np.errstate(over="ignore"):
        mean = rng.gamma(n, size=draws) * unseen / (1.0 - unseen)
    dark = np.where(mean < 1e15, rng.poisson(np.minimum(mean, 1e15)), mean)
    log_weight = scale.log_mass(dark)
    weight = None if scale.is_flat else np.exp(log_weight - np.logaddexp.reduce(log_weight))
    return Draws(np.full(draws, float(n)), dark, weight=weight)


def _believed(spec: ModelAverage, space: AverageSpace, rng: np.random.Generator) -> float:
    """Share of a population that is unseen, for a model and coefficients from the prior."""
    from mse.kernels.laplace import fitted_counts
    from mse.kernels.mc3 import Lattice

    listed = space.all_models
    if listed is None:
        model = Lattice.of(space.interactions, forced=space.forced, without=space.without).random(rng)
    else:
        model = int(listed[int(rng.integers(len(listed)))])
    columns = space.columns(model)
    prior = spec.coefficient_prior
    scale = prior.scale if prior.scale > 0.0 else 1.0 / rng.gamma(prior.shape / 2.0, 2.0 / prior.rate)
    root = np.linalg.cholesky(space.data.gram[np.ix_(columns[1:], columns[1:])])
    theta = np.sqrt(scale) * np.linalg.solve(root.T, rng.standard_normal(len(columns) - 1))
    mu = fitted_counts(space.data, columns, np.concatenate([[0.0], theta]))
    dark = mu[:, 0].sum()
    return float(min(dark / (dark + mu[space.data.keep].sum()), 1.0 - 1e-15))
