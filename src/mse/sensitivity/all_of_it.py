"""`everything`: the analyses that suit an estimator and a table."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mse.core.sentence import Text
from mse.core.table import CaptureTable
from mse.errors import MseError
from mse.models.loglinear import LogLinear
from mse.models.search import Search
from mse.sensitivity.data_errors import linkage_error, over_coverage
from mse.sensitivity.highest import highest_order
from mse.sensitivity.lists import LEAST, leave_one_list_out, merge_lists
from mse.sensitivity.odds_ratio import dependence
from mse.sensitivity.persons import one_person
from mse.sensitivity.prior_choice import priors
from mse.sensitivity.procedure import criteria, years
from mse.sensitivity.result import Sensitivity
from mse.sensitivity.tipping import TippingPoint, tipping_point

__all__ = ["Everything", "everything"]

Analysis = Callable[..., Sensitivity]


@dataclass(frozen=True, eq=False)
class Everything:
    """The standard set of analyses of one estimate.

    Made by `everything`, not by hand.

    Parameters
    ----------
    parts : mapping of str to Sensitivity
        Analyses by name.
    tipping : TippingPoint or None
        How far the number unseen may be from what the model says; None where there is no estimate.
    refused : mapping of str to str
        Analyses that could not be made, and why.
    """

    parts: Mapping[str, Sensitivity]
    tipping: TippingPoint | None
    refused: Mapping[str, str]

    def __getitem__(self, name: str) -> Sensitivity:
        return self.parts[name]

    @property
    def said(self) -> Text | None:
        """The tipping point in a sentence."""
        return None if self.tipping is None else self.tipping.sentence

    def __repr__(self) -> str:
        parts = [repr(part) for part in self.parts.values()]
        told = [] if self.tipping is None else [str(self.tipping)]
        return "\n".join([*parts, *told])


def everything(
    estimator: Any,
    table: Any,
    *,
    seed: int | None = None,
    level: float = 0.95,
    workers: int = 1,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: bool = False,
) -> Everything:
    """Run the standard set that suits an estimator and a table.

    Parameters
    ----------
    estimator : Estimator
    table : CaptureTable or PartialTable
    seed, level, workers, progress
        As in `run_scenarios`.
    checkpoint : path, optional
        Each analysis has a file of its own: this path with its name behind it.

    Returns
    -------
    Everything
        From three lists on, lists left out and merged; of a search, its criteria; of log-linear models, odds ratios of
        pairs, missed links, erroneous records and single persons; with years, years; of Bayesian methods, priors;
        always more or fewer unseen, and its tipping point. `mse.monitor.sensitivity_figures` makes the page of it.

    Examples
    --------
    >>> import mse
    >>> found = everything(mse.LogLinear("[S1][S2 S3]"), mse.datasets.load("spina_bifida_621"))
    >>> list(found.parts)
    ['lists_out', 'lists_merged', 'dependence', 'unseen', 'linkage', 'over_coverage', 'one_person']
    >>> round(found.tipping.least, 2), round(found.tipping.most, 2)
    (0.7, 1.34)
    """
    options: dict[str, Any] = {"seed": seed, "level": level, "workers": workers, "progress": progress}
    parts, refused = {}, {}
    for name, analysis in _chosen(estimator, table).items():
        path = None if checkpoint is None else f"{os.fspath(checkpoint)}.{name}"
        given = {"seed": seed} if analysis is priors else {**options, "checkpoint": path}
        try:
            parts[name] = analysis(estimator, table, **given)
        except MseError as error:
            refused[name] = error.what
    try:
        tipping = tipping_point(estimator, table, level=level, seed=seed)
    except MseError as error:
        tipping, refused["tipping"] = None, error.what
    return Everything(parts, tipping, refused)


def _chosen(estimator: Any, table: Any) -> dict[str, Analysis]:
    """The analyses that suit, by name."""
    log_linear, search = isinstance(estimator, LogLinear | Search), isinstance(estimator, Search)
    plain = isinstance(table, CaptureTable) and not table.covariates
    lists = isinstance(table, CaptureTable) and len(table.lists) >= LEAST
    suits: dict[str, tuple[bool, Analysis]] = {
        "lists_out": (lists, leave_one_list_out),
        "lists_merged": (lists, merge_lists),
        "criteria": (search, criteria),
        "dependence": (log_linear and plain, dependence),
        "unseen": (True, highest_order),
        "linkage": (log_linear and isinstance(table, CaptureTable), linkage_error),
        "over_coverage": (log_linear and isinstance(table, CaptureTable), over_coverage),
        "one_person": (log_linear and not search and plain, one_person),
        "years": ("year" in table.covariates, years),
        "priors": (hasattr(estimator, "prior_influence"), priors),
    }
    return {name: analysis for name, (does, analysis) in suits.items() if does}
