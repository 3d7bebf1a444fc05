"""`Measures`: how well a fitted model fits, read off its criteria."""

from __future__ import annotations

from abc import abstractmethod

from mse.core.criteria import Criteria

__all__ = ["Measures"]


class Measures:
    """What every model fitted by maximum likelihood says of its fit."""

    @property
    @abstractmethod
    def criteria(self) -> Criteria:
        """Deviance, log-likelihood and information criteria with their conventions."""

    @property
    def deviance(self) -> float:
        """Deviance over the retained cells."""
        return self.criteria.deviance

    @property
    def df(self) -> int:
        """Residual degrees of freedom: retained cells minus finite parameters."""
        return self.criteria.df

    @property
    def log_likelihood(self) -> float:
        """Poisson log-likelihood, constants included."""
        return self.criteria.log_likelihood

    @property
    def aic(self) -> float:
        """Akaike's criterion, parameters at −∞ counted."""
        return self.criteria.value("aic")

    @property
    def aicc(self) -> float:
        """Akaike's criterion with the small-sample correction, parameters at −∞ counted."""
        return self.criteria.value("aicc")

    @property
    def bic(self) -> float:
        """Schwarz's criterion with the persons seen as sample size, parameters at −∞ counted."""
        return self.criteria.value("bic")
