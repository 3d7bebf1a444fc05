"""The prior of the expected total and of the shares of the strata, as a density of the expected numbers seen.

Let M = Σ M_s be the expected total, with M from the prior and the shares M_s / M of the strata from an even Dirichlet
distribution, Dirichlet(1, …, 1). The number seen has the mean m_s = M_s p_s, p_s the chance to be seen in stratum s. In
log m_s the density is

    log p(M) + log M + Σ_s log(M_s / M) + log Γ(S),

since log M_s and log m_s differ by what the model has fixed already.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mse.lazy import lazy

__all__ = ["draw_seen", "log_density"]

Tensor = Any

pt: Any = lazy("pytensor.tensor")


def log_density(kind: str, change: Tensor, p_seen: Tensor, start: Tensor, n_observed: Tensor, values: Tensor) -> Tensor:
    """Log density of `change` = log m − `start`, as PyTensor; that of "inverse" is known up to a constant."""
    in_stratum = pt.exp(start + change) / p_seen
    total = in_stratum.sum()
    shares = pt.log(in_stratum / total).sum() + pt.gammaln(start.shape[0])
    return _of_total(kind, total, values[0], values[1]) + shares


def _of_total(kind: str, total: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """Log density of log M."""
    if kind == "inverse":
        return pt.zeros(())
    if kind == "uniform":
        return pt.switch(total <= first, pt.log(total) - pt.log(first), -np.inf)
    if kind == "negative_binomial":
        return first * (pt.log(second) + pt.log(total)) - pt.gammaln(first) - second * total
    z = (pt.log(total) - pt.log(first)) / second
    return -0.5 * z**2 - pt.log(second) - 0.5 * math.log(2.0 * math.pi)


def draw_seen(
    kind: str,
    p_seen: NDArray[np.float64],
    start: NDArray[np.float64],
    n_observed: NDArray[np.float64],
    values: NDArray[np.float64],
    rng: np.random.Generator,
    size: Any = None,
) -> NDArray[np.float64]:
    """Draw `change` from the prior; under "inverse", which has no sum, from the prior given that n persons were seen.

    Under 1/M the number seen tells nothing of the chances to be seen, and M p̄ given n is Gamma(n, 1) with p̄ the
    chance to be seen of the whole population.
    """
    p = np.asarray(p_seen)
    shape = p.shape[:-1]
    shares = rng.dirichlet(np.ones(p.shape[-1]), size=shape)
    first, second = np.moveaxis(np.asarray(values), -1, 0)
    if kind == "inverse":
        total = rng.gamma(n_observed, size=shape) / (shares * p).sum(axis=-1)
    elif kind == "uniform":
        total = rng.uniform(0.0, first, size=shape)
    elif kind == "negative_binomial":
        total = rng.gamma(first, size=shape) / second
    else:
        total = np.exp(rng.normal(np.log(first), second, size=shape))
    drawn: NDArray[np.float64] = np.log(np.asarray(total)[..., None] * shares * p) - start
    return drawn
