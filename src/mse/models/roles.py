"""`covariate_roles`: which covariates the total rests on, proved by refits without them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mse.core.finding import Finding, Severity
from mse.core.passive import CovariateRole, without
from mse.core.passive import covariate_roles as roles_of
from mse.core.stratified_fit import StratifiedFit
from mse.errors import ModelError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd

    from mse.core.ensemble import EnsembleFit

__all__ = ["CovariateRoles", "covariate_roles"]

SAME = 1e-6
"""Relative difference below which two totals are the same: fits iterate to about 1e-10."""

OTHER = 0.01
"""A covariate that was declared passive and changes the total by more than this share is a finding."""


@dataclass(frozen=True, eq=False)
class CovariateRoles:
    """What each covariate of a fitted model does to the total.

    Made by `covariate_roles`, not by hand.

    Parameters
    ----------
    roles : tuple of CovariateRole
        By the interaction graph.
    total : float
        Total of the model with all covariates.
    without : tuple of float or None
        Total of the model without each covariate, refitted to the table that is added up over it; None where that has
        no estimate.
    findings : tuple of Finding
        Covariates that were declared passive and change the total.
    """

    roles: tuple[CovariateRole, ...]
    total: float
    without: tuple[float | None, ...]
    findings: tuple[Finding, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return one row a covariate.

        Returns
        -------
        pandas.DataFrame
            Columns covariate, role ("active" or "passive"), separator (what stands between it and the lists), path
            (lists that it connects, where there is such a path), total, total_without, change (relative).
        """
        import pandas as pd

        rows = [
            {
                "covariate": role.name,
                "role": "passive" if role.passive else "active",
                "separator": ", ".join(role.separator),
                "path": " – ".join(role.path),
                "total": self.total,
                "total_without": other,
                "change": None if other is None else other / self.total - 1.0,
            }
            for role, other in zip(self.roles, self.without, strict=True)
        ]
        return pd.DataFrame(rows).astype({"total_without": "float64", "change": "float64"})

    def __repr__(self) -> str:
        said = [f"{role.name} is {'passive' if role.passive else 'active'}" for role in self.roles]
        return "; ".join([*said, *map(str, self.findings)])


def covariate_roles(fit: StratifiedFit | EnsembleFit, passive: Sequence[str] = ()) -> CovariateRoles:
    """Say which covariates of a model are active and which passive, and prove it by refits.

    A passive covariate leaves the total as it is: the table may be added up over it, and it serves to describe the
    victims only (van der Heijden, Whittaker, Cruyff, Bakker and van der Vliet 2012; Asmussen and Edwards 1983).

    Parameters
    ----------
    fit : StratifiedFit or EnsembleFit
        A model with an estimate, or a search, of which the best model is taken.
    passive : sequence of str
        Covariates that are held to be passive: one that changes the total is a finding.

    Returns
    -------
    CovariateRoles

    Raises
    ------
    mse.errors.ModelError
        The fit has no covariates or no estimate, or there is no such covariate.

    Examples
    --------
    >>> import mse
    >>> table = mse.datasets.load("spina_bifida_621_ethnicity")
    >>> covariate_roles(mse.LogLinear("[S1][S2 S3][S3 ethnicity]").fit(table))
    ethnicity is passive
    """
    best = getattr(fit, "best", fit)
    if not isinstance(best, StratifiedFit) or not best.table.covariates:
        raise ModelError("Roles are those of covariates in a fitted model", got="a fit without covariates")
    if best.total is None:
        raise ModelError("A model without an estimate says nothing of its covariates", got=best.model)
    for name in passive:
        if name not in best.table.covariates:
            raise ModelError(
                f"There is no covariate '{name}' in the table", hint=did_you_mean(name, best.table.covariates)
            )
    roles = roles_of(best.generators, dict(best.spec.coding))
    totals = tuple(_total_without(best, role.name) for role in roles)
    findings = []
    for role, other in zip(roles, totals, strict=True):
        if role.name in passive and (other is None or abs(other / best.total - 1.0) > OTHER):
            values: dict[str, Any] = {"name": role.name, "total": best.total, "other": other, "model": best.model}
            code = "passive_without_estimate" if other is None else "passive_changes_total"
            findings.append(Finding(code, Severity.WARNING, role.name, values))
    return CovariateRoles(roles, best.total, totals, tuple(findings))


def _total_without(fit: StratifiedFit, name: str) -> float | None:
    """Total of the model without a covariate, fitted to the table that is added up over it."""
    from mse.models.loglinear import LogLinear

    kept = [other for other in fit.table.covariates if other != name]
    coding = {other: how for other, how in dict(fit.spec.coding).items() if other != name}
    model = without(fit.generators, [name]).notation()
    return LogLinear(model, coding=coding).fit(fit.table.collapse(kept)).total
