"""`TruncatedPoisson`: persons are seen by chance, equally often on average."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from mse.core.counts import CountTable
from mse.kernels.truncated import poisson
from mse.models.counted import Floats, Numbers, Predictor
from mse.models.counted_model import CountModel
from mse.models.counted_regression import regression, whole_limits

if TYPE_CHECKING:
    from mse.core.coding import Coding
    from mse.kernels.profile import ProfileLimits

__all__ = ["TruncatedPoisson"]


@dataclass(frozen=True)
class TruncatedPoisson(CountModel):
    """Zero-truncated Poisson: how often a person is seen is Poisson, with one mean, or one for each group.

    Of a person with mean λ the chance to be seen at all is π = 1 − e^−λ. λ is found by maximum likelihood from the
    persons seen, and N̂ = Σ 1/π̂ over them (van der Heijden and others 2003). Where persons differ more than the model
    says, they are seen unequally often, and N̂ is too low: findings test for that.

    Parameters
    ----------
    model : str
        Covariates that the mean depends on, log-linearly, as a Wilkinson formula, ``"sex + age"``. Nothing: one mean.
    coding : mapping of str to Coding, optional
        How covariates enter, by name: `mse.Levels` (the default), `mse.Poly`, `mse.Spline` and the like.

    Examples
    --------
    >>> import mse
    >>> cottontails = mse.CountTable([43, 16, 8, 6, 0, 2, 1], occasions=18)
    >>> estimate = mse.TruncatedPoisson().fit(cottontails).estimate()
    >>> [round(value) for value in (estimate.lower, estimate.total, estimate.upper)]
    [89, 100, 121]
    >>> [finding.code for finding in estimate.findings]
    ['counts_over_dispersed', 'counts_more_ones', 'counts_of_occasions']
    """

    model: str = ""
    coding: Mapping[str, Coding] | tuple[tuple[str, Coding], ...] = ()

    kind: ClassVar[str] = "counts_poisson"

    def _numbers(self, counts: Floats, predictor: Predictor) -> Numbers:
        return regression(counts, predictor, poisson, dispersion=True)

    def limits(self, table: CountTable, unseen: float, drop: float) -> ProfileLimits | None:
        """Find where the profile likelihood of the number unseen has fallen by `drop`."""
        return whole_limits(poisson, table, unseen, drop)

    @property
    def references(self) -> tuple[str, ...]:
        """Publications of the method."""
        return ("van_der_heijden_2003", "gurmu_1991", "godwin_bohning_2017")
