"""`TruncatedNegativeBinomial`: persons differ, and their means are gamma distributed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from mse.core.finding import Finding, Severity
from mse.core.fit import FitStatus
from mse.kernels.truncated import negative_binomial, poisson
from mse.kernels.truncated_dispersion import Dispersion, fit_negative_binomial
from mse.models.counted import Floats, Numbers, Predictor, fit_family, numbers_of, without_estimate
from mse.models.counted_model import CountModel
from mse.models.counted_regression import score_findings, why_not

if TYPE_CHECKING:
    from mse.core.coding import Coding

__all__ = ["TruncatedNegativeBinomial"]


@dataclass(frozen=True)
class TruncatedNegativeBinomial(CountModel):
    """Zero-truncated negative binomial: how often a person is seen is Poisson, with means that are gamma distributed.

    With mean λ and dispersion α the chance to be seen at all is π = 1 − (1 + αλ)^(−1/α), and N̂ = Σ 1/π̂ over the
    persons seen (Cruyff and van der Heijden 2008). Dispersion 0 is the Poisson, 1 the geometric. Often the likelihood
    is highest at an endless dispersion, with endlessly many persons unseen: then there is no estimate, and the status
    says so. Where it is highest at dispersion 0 the fit is the Poisson's.

    Parameters
    ----------
    model : str
        Covariates that the mean depends on, log-linearly, as a Wilkinson formula, ``"sex + age"``. Nothing: one mean.
    coding : mapping of str to Coding, optional
        How covariates enter, by name: `mse.Levels` (the default), `mse.Poly`, `mse.Spline` and the like.

    Examples
    --------
    >>> import mse
    >>> seen = mse.CountTable([60, 40, 25, 12, 6, 4, 2, 1])
    >>> fit = mse.TruncatedNegativeBinomial().fit(seen)
    >>> round(fit.total, 1)
    210.0
    """

    model: str = ""
    coding: Mapping[str, Coding] | tuple[tuple[str, Coding], ...] = ()

    kind: ClassVar[str] = "counts_negative_binomial"

    def _numbers(self, counts: Floats, predictor: Predictor) -> Numbers:
        first = fit_family(counts, poisson, predictor)
        if isinstance(first, FitStatus):
            return without_estimate(first, predictor, why_not(counts, first))
        best = fit_negative_binomial(counts, predictor.columns)
        if best.where is Dispersion.INFINITE:
            endless = Finding("counts_endless_dispersion", Severity.BLOCKING, "table")
            return without_estimate(FitStatus.NO_MLE, predictor, endless)
        if not best.fit.converged:
            return without_estimate(FitStatus.NOT_CONVERGED, predictor, None)
        if best.where is Dispersion.NONE:
            tests = score_findings(counts, poisson, best.fit, predictor, dispersion=False, ones=True)
            found = (Finding("counts_no_dispersion", Severity.NOTE, "table"), *tests)
            return numbers_of(counts, poisson, best.fit, predictor, findings=found)
        return numbers_of(counts, negative_binomial, best.fit, predictor, labels=("log(dispersion)",))

    @property
    def references(self) -> tuple[str, ...]:
        """Publications of the method."""
        return ("cruyff_van_der_heijden_2008", "van_der_heijden_2003")
