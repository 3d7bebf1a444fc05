"""Laplace's evidence of the most probable models beside that of importance sampling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from mse.models.model_average import ModelAverage

__all__ = ["checked"]

MATTERS = 8.0
"""Nodes further below the top of a curve than this are left as Laplace's method has them."""


def checked(spec: ModelAverage, data: Any, models: int, draws: int, seed: int | None) -> pd.DataFrame:
    """One row a model; see `ModelAverage.check`."""
    import pandas as pd

    from mse.kernels.laplace import nodes
    from mse.kernels.laplace_draws import sample_node
    from mse.models.model_average_fit import average

    space, scale = spec.prepared(data)
    prior, rng = spec.coefficient_prior, np.random.default_rng(seed)
    posterior = average(spec, space, scale, seed=seed, progress=False)
    rows = []
    for place in posterior.order[:models]:
        columns = space.columns(posterior.models[place])
        x, values, modes = nodes(space.data, prior, columns, belief=scale.belief, last=scale.last)
        heights = values + scale.log_mass(np.expm1(x)) + x
        used = heights + posterior.found.values[place, : len(x)] - values
        corrected, errors, effective = heights.copy(), np.zeros(len(x)), np.inf
        for at in np.flatnonzero(heights > heights.max() - MATTERS):
            found = sample_node(space.data, prior, columns, modes[at], float(np.expm1(x[at])), draws, rng)
            corrected[at] += found.log_value - values[at]
            errors[at], effective = found.log_error, min(effective, found.effective)
        step = np.log(x[1] - x[0])
        share = np.exp(corrected - np.logaddexp.reduce(corrected))
        rows.append(
            {
                "model": space.notation(posterior.models[place]),
                "probability": posterior.probability[place],
                "log_evidence": np.logaddexp.reduce(heights) + step,
                "used": np.logaddexp.reduce(used) + step,
                "sampled": np.logaddexp.reduce(corrected) + step,
                "standard_error": float(np.sqrt(((share * errors) ** 2).sum())),
                "median": scale.n_observed + _median(x, used),
                "sampled_median": scale.n_observed + _median(x, corrected),
                "effective": effective,
            }
        )
    return pd.DataFrame(rows)


def _median(x: NDArray[np.float64], heights: NDArray[np.float64]) -> float:
    """Median number unseen of a curve given at its nodes."""
    below = np.cumsum(np.exp(heights - heights.max()))
    below = (below - 0.5 * np.exp(heights - heights.max())) / below[-1]
    return float(np.expm1(np.interp(0.5, below, x)))
