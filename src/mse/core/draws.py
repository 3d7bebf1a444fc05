"""`Draws`: weighted draws of a total and of its parts, from bootstrap replicates or a posterior."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from mse.core.margins import strata_of
from mse.errors import TableError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Draws"]


@dataclass(frozen=True, eq=False)
class Draws:
    """Draws of the number observed and the number unseen, with the model each came from.

    Parameters
    ----------
    observed : array of float, shape (draws,)
        Number of persons seen in each draw.
    dark_figure : array of float, shape (draws,)
        Estimated number unseen; NaN where the draw has no estimate.
    model : sequence of str
        Model that each draw selected; empty text where there is none.
    weight : array of float, optional
        Weights that sum to 1; equal where not given.
    covariates : mapping of str to sequence
        Levels of each covariate, where the draws are also held by stratum.
    observed_in, dark_in : array of float, shape (draws, strata), optional
        Number seen and unseen by stratum, in the order of the table's axes. They add up to `observed` and
        `dark_figure` in every draw, so that any margin of a draw adds up to its total.

    Raises
    ------
    mse.errors.TableError
        The strata do not add up to the whole, or are not those of the covariates.

    Examples
    --------
    >>> seen, unseen = np.array([[40.0, 36.0], [41.0, 30.0]]), np.array([[9.0, 8.0], [7.5, 9.5]])
    >>> draws = Draws(seen.sum(1), unseen.sum(1), covariates={"sex": ("f", "m")}, observed_in=seen, dark_in=unseen)
    >>> draws.part({"sex": "m"}).total.tolist()
    [44.0, 39.5]
    """

    observed: NDArray[np.float64]
    dark_figure: NDArray[np.float64]
    model: tuple[str, ...] = ()
    weight: NDArray[np.float64] | None = field(default=None)
    covariates: Mapping[str, tuple[Hashable, ...]] = field(default_factory=dict)
    observed_in: NDArray[np.float64] | None = field(default=None)
    dark_in: NDArray[np.float64] | None = field(default=None)

    def __post_init__(self) -> None:
        if self.observed_in is None or self.dark_in is None:
            return
        shape = (len(self.observed), math.prod(map(len, self.covariates.values())))
        for what, strata, whole in (
            ("observed", self.observed_in, self.observed),
            ("unseen", self.dark_in, self.dark_figure),
        ):
            if strata.shape != shape:
                raise TableError(f"Draws by stratum have {shape[1]} columns", got=f"an array of shape {strata.shape}")
            if not np.allclose(strata.sum(axis=1)[self.valid], whole[self.valid], rtol=1e-12, atol=0.0):
                raise TableError(f"The numbers {what} by stratum add up to that of the whole in every draw")

    def __len__(self) -> int:
        return len(self.observed)

    @property
    def stratified(self) -> bool:
        """Whether the draws are held by stratum."""
        return self.observed_in is not None and self.dark_in is not None

    @property
    def valid(self) -> NDArray[np.bool_]:
        """Which draws have an estimate."""
        return np.isfinite(self.dark_figure)

    @property
    def total(self) -> NDArray[np.float64]:
        """Totals of the draws that have an estimate."""
        return (self.observed + self.dark_figure)[self.valid]

    @property
    def failed(self) -> int:
        """Number of draws without an estimate."""
        return int((~self.valid).sum())

    @property
    def valid_weight(self) -> NDArray[np.float64] | None:
        """Weights of the draws that have an estimate, with sum 1; None where all are equal."""
        if self.weight is None:
            return None
        weight = self.weight[self.valid]
        return weight / weight.sum()

    def part(self, levels: Mapping[str, Hashable]) -> Self:
        """Draws of the part of the population with these levels; what is not named is added up.

        Parameters
        ----------
        levels : mapping of str to level
            One level of each covariate that tells the part apart.

        Returns
        -------
        Draws
            In the same order, without strata.

        Raises
        ------
        mse.errors.TableError
            The draws are not held by stratum.
        mse.errors.ModelError
            There is no such covariate or level.
        """
        if self.observed_in is None or self.dark_in is None:
            raise TableError(
                "These draws are of the whole population and not of its parts",
                hint="Make them with mse.bootstrap(…, by=[…]) from a table with covariates.",
            )
        strata = strata_of(self.covariates, levels)
        return type(self)(
            self.observed_in[:, strata].sum(axis=1), self.dark_in[:, strata].sum(axis=1), self.model, self.weight
        )

    def quantile(self, probability: float | NDArray[np.float64]) -> NDArray[np.float64]:
        """Quantiles of the total over the draws that have an estimate (weighted where weights are given).

        Without weights they are the median-unbiased ones (Hyndman and Fan 1996, type 8): the usual type 7 lies too far
        inward in the tails, where limits are read.
        """
        return quantiles(self.total, probability, self.valid_weight)

    def model_shares(self) -> pd.DataFrame:
        """Share of the draws that selected each model, most often selected first."""
        import pandas as pd

        chosen = pd.Series([name for name, ok in zip(self.model, self.valid, strict=True) if ok], dtype="object")
        counts = chosen.value_counts(sort=True)
        frame = pd.DataFrame({"model": counts.index, "replicates": counts.to_numpy()})
        frame["share"] = frame["replicates"] / len(self)
        return frame


def quantiles(
    values: NDArray[np.float64], probability: float | NDArray[np.float64], weight: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Quantiles of drawn values: median-unbiased ones, or those of the weighted draws.

    Examples
    --------
    >>> round(float(quantiles(np.array([1.0, 2.0, 3.0, 4.0]), 0.25, None)), 4)
    1.4167
    """
    if weight is None:
        return np.asarray(np.quantile(values, probability, method="median_unbiased"))
    return np.asarray(np.quantile(values, probability, weights=weight, method="inverted_cdf"))
