"""`Zelterman`: the mean is that of persons seen once or twice, whatever the others do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from mse.kernels.truncated import once_or_twice
from mse.models.counted import Floats, Numbers, Predictor
from mse.models.counted_model import CountModel
from mse.models.counted_regression import regression

if TYPE_CHECKING:
    from mse.core.coding import Coding

__all__ = ["Zelterman"]


@dataclass(frozen=True)
class Zelterman(CountModel):
    """Zelterman's estimator: a Poisson mean from the persons seen once or twice, used for all who were seen.

    λ̂ = 2 f₂/f₁ and N̂ = n/(1 − e^−λ̂). Persons seen often do not weigh in, so that it suffers less from them than
    `TruncatedPoisson` (Zelterman 1988). With covariates whether somebody was seen twice or once is a logistic
    regression, log odds log(λ/2), and N̂ = Σ 1/(1 − e^−λ̂) (Böhning and van der Heijden 2009). Where means differ it can
    lie above the true number.

    Parameters
    ----------
    model : str
        Covariates that the mean depends on, log-linearly, as a Wilkinson formula, ``"sex + age"``. Nothing: one mean.
    coding : mapping of str to Coding, optional
        How covariates enter, by name: `mse.Levels` (the default), `mse.Poly`, `mse.Spline` and the like.

    Examples
    --------
    >>> import mse
    >>> taxis = mse.CountTable([142, 81, 49, 7, 3, 1], occasions=10)
    >>> round(mse.Zelterman().fit(taxis).total, 1)
    415.9
    """

    model: str = ""
    coding: Mapping[str, Coding] | tuple[tuple[str, Coding], ...] = ()

    kind: ClassVar[str] = "counts_zelterman"

    def _numbers(self, counts: Floats, predictor: Predictor) -> Numbers:
        return regression(counts, predictor, once_or_twice("zelterman"), ones=False)

    @property
    def references(self) -> tuple[str, ...]:
        """Publications of the method."""
        return ("zelterman_1988", "bohning_van_der_heijden_2009")
