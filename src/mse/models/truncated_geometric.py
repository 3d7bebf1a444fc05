"""`TruncatedGeometric`: persons differ, and their means are spread exponentially."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from mse.core.counts import CountTable
from mse.kernels.truncated import geometric
from mse.models.counted import Floats, Numbers, Predictor
from mse.models.counted_model import CountModel
from mse.models.counted_regression import regression, whole_limits

if TYPE_CHECKING:
    from mse.core.coding import Coding
    from mse.kernels.profile import ProfileLimits

__all__ = ["TruncatedGeometric"]


@dataclass(frozen=True)
class TruncatedGeometric(CountModel):
    """Zero-truncated geometric: how often a person is seen is Poisson, with means that are exponentially distributed.

    Most persons are then seen seldom. With an average of λ the chance to be seen at all is π = λ/(1 + λ), and
    N̂ = Σ 1/π̂ over the persons seen. Without covariates λ̂ + 1 is the average number of times that those were seen.

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
    >>> round(mse.TruncatedGeometric().fit(cottontails).total, 1)
    163.5
    """

    model: str = ""
    coding: Mapping[str, Coding] | tuple[tuple[str, Coding], ...] = ()

    kind: ClassVar[str] = "counts_geometric"

    def _numbers(self, counts: Floats, predictor: Predictor) -> Numbers:
        return regression(counts, predictor, geometric, dispersion=False)

    def limits(self, table: CountTable, unseen: float, drop: float) -> ProfileLimits | None:
        """Find where the profile likelihood of the number unseen has fallen by `drop`."""
        return whole_limits(geometric, table, unseen, drop)

    @property
    def references(self) -> tuple[str, ...]:
        """Publications of the method."""
        return ("van_der_heijden_2003", "godwin_bohning_2017")
