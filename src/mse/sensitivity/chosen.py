"""`chosen_model`: the one log-linear model behind an estimate, for analyses that hold the model fixed."""

from __future__ import annotations

from typing import Any

from mse.core.ensemble import EnsembleFit
from mse.errors import ModelError
from mse.models.loglinear import LogLinear
from mse.models.search import Search

__all__ = ["chosen_model"]


def chosen_model(estimator: Any, table: Any) -> LogLinear:
    """The model itself, or the best one of a search on the table.

    Raises
    ------
    mse.errors.ModelError
        The estimator is neither, or the search finds no model with an estimate.

    Examples
    --------
    >>> import mse
    >>> chosen_model(Search(), mse.datasets.load("spina_bifida_621")).model
    '[S2 S3][S1]'
    """
    if isinstance(estimator, LogLinear):
        return estimator
    if not isinstance(estimator, Search):
        raise ModelError(
            "Only a log-linear model, or a search for one, has terms to hold fixed",
            got=type(estimator).__name__,
            hint="mse.sensitivity.highest_order takes any estimator.",
        )
    fit = estimator.fit(table)
    assert isinstance(fit, EnsembleFit)
    if fit.best is None:
        raise ModelError("The search finds no model with an estimate", got=fit.label)
    return estimator.model_spec(fit.best.model)
