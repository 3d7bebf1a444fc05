"""`SampleCoverage`: the total from how much of the population the lists cover (Chao and Tsay)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mse.errors import ModelError, did_you_mean
from mse.models.classical_fit import plain_table
from mse.models.sample_coverage_fit import SampleCoverageFit

__all__ = ["KINDS", "SampleCoverage"]

KINDS = ("high", "low", "plain")


@dataclass(frozen=True)
class SampleCoverage:
    """Sample coverage of three lists or more (Chao and Tsay 1998; Chao and others 2001).

    The coverage Ĉ is 1 less the mean share of a list's persons who are on no other list; D is the number of persons
    seen less the mean number on one list alone. Lists that do not depend on each other give N̂ = D/Ĉ. Dependence of
    pairs is then measured as well: for high coverage by solving for the total, for low coverage by one step, which is
    biased but varies less.

    Parameters
    ----------
    kind : {"high", "low", "plain"}
        For a coverage of about 55% or more, for less, or for lists that do not depend on each other.

    Raises
    ------
    mse.errors.ModelError
        There is no such kind.

    Examples
    --------
    >>> import mse
    >>> hepatitis = mse.datasets.load("hepatitis_a_taiwan")
    >>> {kind: round(mse.SampleCoverage(kind).fit(hepatitis).total, 1) for kind in ("plain", "high", "low")}
    {'plain': 407.0, 'high': 970.8, 'low': 507.8}
    """

    kind: str = "high"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ModelError(f"There is no sample coverage {self.kind!r}", hint=did_you_mean(str(self.kind), KINDS))

    def fit(self, data: Any, *, seed: int | None = None) -> SampleCoverageFit:
        """Estimate from a table of three lists or more.

        Parameters
        ----------
        data : CaptureTable
            Three lists or more, no covariates.
        seed : int, optional
            Not used: only limits are drawn, by `estimate`.

        Returns
        -------
        SampleCoverageFit

        Raises
        ------
        mse.errors.TableError
            The data are no such table.
        """
        return SampleCoverageFit(self, plain_table(data, 3))

    @property
    def references(self) -> tuple[str, ...]:
        """Publications of the method."""
        return ("chao_tsay_1998", "chao_2001", "chao_1987")
