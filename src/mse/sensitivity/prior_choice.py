"""What other priors would have given."""

from __future__ import annotations

from typing import Any

from mse.core.prior_labels import prior_labels
from mse.core.sentence import Sentence, Text
from mse.errors import ModelError
from mse.lazy import lazy
from mse.sensitivity.result import Sensitivity
from mse.sensitivity.scenario import Outcome

pd = lazy("pandas")

__all__ = ["priors"]

LEVEL = 0.95
"""Level of the limits that `prior_influence` gives."""


def priors(estimator: Any, table: Any, *, seed: int | None = None) -> Sensitivity:
    """Estimate under other priors than the one that was asked for.

    Parameters
    ----------
    estimator : Estimator
        A Bayesian one: `DecomposableAverage`, `ModelAverage`, `LatentClass`, `Hierarchical`.
    table : CaptureTable or PartialTable
    seed : int, optional
        Seed of a method that draws.

    Returns
    -------
    Sensitivity
        Medians and 95% limits, as `fit.prior_influence()` gives them. Chains that disagree give none.

    Raises
    ------
    mse.errors.ModelError
        The estimator has no prior.

    Examples
    --------
    >>> import mse
    >>> found = priors(mse.DecomposableAverage(), mse.datasets.load("spina_bifida_621"))
    >>> found.base.name, round(found.base.total)
    ('as given', 725)
    """
    if not hasattr(estimator, "prior_influence"):
        raise ModelError("The method has no prior", got=type(estimator).__name__, hint="mse.DecomposableAverage() has.")
    fit = estimator.fit(table, seed=seed)
    frame = fit.prior_influence(seed=seed).reset_index(drop=True)
    rows = zip(prior_labels(frame), frame.to_dict("records"), strict=True)
    outcomes = tuple(_outcome(label, row, float(table.n_observed), fit.model) for label, row in rows)
    return Sensitivity(Sentence("sensitivity_priors"), outcomes, LEVEL, table.reference)


def _outcome(label: Text, row: dict[Any, Any], observed: float, model: str) -> Outcome:
    if not row.get("mixed", True) or pd.isna(row["median"]):
        return Outcome(label, observed, None, None, None, False, "chains disagree")
    upper = None if pd.isna(row["upper"]) else float(row["upper"])
    return Outcome(label, observed, float(row["median"]), float(row["lower"]), upper, True, "ok", model)
