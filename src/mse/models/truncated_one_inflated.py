"""`OneInflated`: some persons are seen once and never again, whatever their chances."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mse.core.counts import CountTable
from mse.core.finding import Finding, Severity
from mse.core.fit import FitStatus
from mse.errors import ModelError, did_you_mean
from mse.kernels.truncated import geometric, one_inflated, poisson
from mse.kernels.truncated_newton import fit_truncated
from mse.kernels.truncated_tests import more_ones
from mse.models.counted import Floats, Numbers, Predictor, fit_family, numbers_of, without_estimate
from mse.models.counted_model import CountModel
from mse.models.counted_regression import score_findings, whole_limits, why_not

if TYPE_CHECKING:
    from mse.core.coding import Coding
    from mse.kernels.profile import ProfileLimits

__all__ = ["OneInflated"]

_BASES = {"poisson": poisson, "geometric": geometric}

_FIRST = -1.0
"""Log odds of the share that is seen once, from which a fit starts."""


@dataclass(frozen=True)
class OneInflated(CountModel):
    """One-inflated zero-truncated Poisson or geometric: more persons are seen just once than chance explains.

    Who is seen may leave, hide, or be sent away. Of the persons seen a share ω is seen once whatever their chances; the
    others follow the base, and N̂ = Σ 1/π̂ with the chance π of the base (Godwin and Böhning 2017). Without covariates
    the mean follows from the persons seen twice or more alone. Where there are not more persons seen once than the base
    explains, ω = 0 and the fit is that of the base.

    Parameters
    ----------
    model : str
        Covariates that the mean depends on, log-linearly, as a Wilkinson formula, ``"sex + age"``. Nothing: one mean.
    base : {"poisson", "geometric"}
        Distribution of the others.
    coding : mapping of str to Coding, optional
        How covariates enter, by name: `mse.Levels` (the default), `mse.Poly`, `mse.Spline` and the like.

    Raises
    ------
    mse.errors.ModelError
        There is no such base.

    Examples
    --------
    >>> import mse
    >>> seen = mse.CountTable([1645, 183, 37, 13, 1, 1])
    >>> [round(spec().fit(seen).total) for spec in (mse.TruncatedPoisson, mse.OneInflated)]
    [7080, 3454]
    """

    model: str = ""
    base: str = "poisson"
    coding: Mapping[str, Coding] | tuple[tuple[str, Coding], ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.base not in _BASES:
            raise ModelError(f"There is no base {self.base!r}", hint=did_you_mean(str(self.base), _BASES))

    @property
    def kind(self) -> str:
        """Key of the method in the catalogue."""
        return f"counts_one_inflated_{self.base}"

    def _numbers(self, counts: Floats, predictor: Predictor) -> Numbers:
        base = _BASES[self.base]
        plain = fit_family(counts, base, predictor)
        if isinstance(plain, FitStatus):
            return without_estimate(plain, predictor, why_not(counts, plain))
        z, p = more_ones(base, counts, predictor.columns, plain.eta)
        if not z > 0.0:
            tests = score_findings(counts, base, plain, predictor, dispersion=self.base == "poisson", ones=True)
            found = (Finding("counts_no_more_ones", Severity.NOTE, "table"), *tests)
            return numbers_of(counts, base, plain, predictor, findings=found)
        family = one_inflated(base)
        fit = fit_truncated(family, counts, predictor.columns, plain.beta, _FIRST)
        if not fit.converged or fit.log_likelihood < plain.log_likelihood:
            return without_estimate(FitStatus.NOT_CONVERGED, predictor, None)
        values = {"share": 1.0 / (1.0 + math.exp(-fit.psi)), "p": p}
        found = (Finding("counts_share_once", Severity.WARNING, "table", values),)
        return numbers_of(counts, family, fit, predictor, labels=("logit(share once)",), findings=found)

    def limits(self, table: CountTable, unseen: float, drop: float) -> ProfileLimits | None:
        """Find where the profile likelihood of the number unseen has fallen by `drop`."""
        return whole_limits(_BASES[self.base], table, unseen, drop, free_ones=True)

    @property
    def references(self) -> tuple[str, ...]:
        """Publications of the method."""
        return ("godwin_bohning_2017",)
