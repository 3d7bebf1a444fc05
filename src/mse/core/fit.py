"""`Fit`: what one specification says of one data set.

`Fit` is the interface; `mse.core.point_fit.PointFit`, `mse.core.ensemble.EnsembleFit` and
`mse.core.posterior_fit.PosteriorFit` are among its final kinds.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from mse.core.finding import Finding

if TYPE_CHECKING:
    from mse.core.estimate import Estimate

__all__ = ["Fit", "FitStatus"]


class FitStatus(StrEnum):
    """Whether a fit has an estimate, and if not, why."""

    OK = "ok"
    NO_MLE = "no estimate"
    """The (extended) maximum likelihood estimate does not exist: the likelihood grows without end."""
    NOT_IDENTIFIED = "not identified"
    """Different parameters give the same fit: fewer occupied cells than terms."""
    NO_MLE_NOT_IDENTIFIED = "no estimate, not identified"
    NOT_CONVERGED = "not converged"
    """The estimate exists but the iterations did not reach it."""
    NOT_MIXED = "chains disagree"
    """Markov chains give different answers, or too few effective draws (see `mse.core.chains.gate`)."""


@runtime_checkable
class Fit(Protocol):
    """What every fit answers, whatever the method."""

    @property
    def status(self) -> FitStatus:
        """Whether there is an estimate."""
        ...

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a reader must know."""
        ...

    @property
    def spec(self) -> Any:
        """The specification that was fitted."""
        ...

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the data."""
        ...

    @property
    def total(self) -> float | None:
        """Observed plus dark figure; None where there is no estimate."""
        ...

    @property
    def dark_figure(self) -> float | None:
        """Estimated number unseen; None where there is no estimate."""
        ...

    @property
    def model(self) -> str:
        """The model behind `total`, in the field's notation; empty where there is none."""
        ...

    @property
    def means(self) -> NDArray[np.float64] | None:
        """Fitted counts of all cells, the unseen included, in the shape of the table; None without an estimate."""
        ...

    @property
    def assumption(self) -> str:
        """The identifying assumption in a sentence."""
        ...

    def explain(self, language: str = "en") -> str:
        """The identifying assumption in a sentence, in English or Dutch."""
        ...

    def estimate(self, *, level: float = 0.95) -> Estimate:
        """The estimate with an interval."""
        ...
