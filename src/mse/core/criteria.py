"""Information criteria, with the conventions that change the answer in plain sight.

With ℓ the Poisson log-likelihood (constants included), p the number of parameters and n the sample size:

    AIC = −2ℓ + 2p,   AICc = AIC + 2p(p + 1)/(n − p − 1),   BIC = −2ℓ + p log n.

Two choices are open and both are options. *Sample size* of BIC and AICc: the persons seen (default, as in Rcapture
and MultipleSystemsEstimation) or the observed cells. *Terms at −∞* (empty overlaps): counted as parameters
(default) or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mse.errors import ModelError, did_you_mean

__all__ = ["CRITERIA", "SAMPLE_SIZES", "Criteria", "check_criterion", "penalised", "saturated_log_likelihood"]

CRITERIA = ("aic", "aicc", "bic")
SAMPLE_SIZES = ("persons", "cells")


def check_criterion(name: str, options: tuple[str, ...] = CRITERIA) -> None:
    """Refuse a criterion that is not known."""
    if name not in options:
        raise ModelError(f"There is no criterion {name!r}", hint=did_you_mean(str(name), options))


def saturated_log_likelihood(counts: NDArray[np.float64]) -> float:
    """Poisson log-likelihood of a perfect fit of the observed cells."""
    from scipy.special import gammaln

    y = counts[1:][counts[1:] > 0.0]
    return float((y * np.log(y) - y - gammaln(y + 1.0)).sum())


def penalised(
    name: str, minus_twice: NDArray[np.float64], parameters: NDArray[np.float64], n: float
) -> NDArray[np.float64]:
    """Criterion from −2ℓ, the number of parameters and the sample size; arrays or numbers."""
    weight = np.log(n) if name == "bic" else 2.0
    value: NDArray[np.float64] = minus_twice + parameters * weight
    if name != "aicc":
        return value
    with np.errstate(divide="ignore", invalid="ignore"):
        correction = 2.0 * parameters * (parameters + 1.0) / (n - parameters - 1.0)
    return np.where(n - parameters - 1.0 > 0.0, value + correction, np.inf)


@dataclass(frozen=True, slots=True)
class Criteria:
    """How well one model fits.

    Parameters
    ----------
    deviance, log_likelihood : float
    finite, infinite : int
        Parameters that are finite and that are at −∞.
    cells : int
        Retained cells.
    n_persons, n_cells : int
        Sample sizes to choose from.
    """

    deviance: float
    log_likelihood: float
    finite: int
    infinite: int
    cells: int
    n_persons: int
    n_cells: int

    @classmethod
    def of(cls, deviance: float, *, counts: NDArray[np.float64], finite: int, infinite: int, cells: int) -> Self:
        """Compute from a deviance and the counts of a table."""
        log_likelihood = saturated_log_likelihood(counts) - deviance / 2.0
        n = round(float(counts[1:].sum()))
        return cls(deviance, log_likelihood, finite, infinite, cells, n, len(counts) - 1)

    @property
    def df(self) -> int:
        """Residual degrees of freedom."""
        return self.cells - self.finite

    def value(self, name: str, *, sample_size: str = "persons", count_infinite: bool = True) -> float:
        """One criterion under stated conventions.

        Raises
        ------
        mse.errors.ModelError
            The criterion is none of "aic", "aicc" and "bic".
        """
        check_criterion(name)
        parameters = self.finite + (self.infinite if count_infinite else 0)
        n = self.n_persons if sample_size == "persons" else self.n_cells
        return float(penalised(name, np.float64(-2.0 * self.log_likelihood), np.float64(parameters), n))  # type: ignore[arg-type]
