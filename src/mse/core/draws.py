"""`Draws`: weighted draws of a total, from bootstrap replicates or a posterior."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

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
    """

    observed: NDArray[np.float64]
    dark_figure: NDArray[np.float64]
    model: tuple[str, ...] = ()
    weight: NDArray[np.float64] | None = field(default=None)

    def __len__(self) -> int:
        return len(self.observed)

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

    def quantile(self, probability: float | NDArray[np.float64]) -> NDArray[np.float64]:
        """Quantiles of the total over the draws that have an estimate (weighted where weights are given).

        Without weights they are the median-unbiased ones (Hyndman and Fan 1996, type 8): the usual type 7 lies too far
        inward in the tails, where limits are read.
        """
        if self.weight is None:
            return np.asarray(np.quantile(self.total, probability, method="median_unbiased"))
        weight = self.weight[self.valid]
        return np.asarray(np.quantile(self.total, probability, weights=weight / weight.sum(), method="inverted_cdf"))

    def model_shares(self) -> pd.DataFrame:
        """Share of the draws that selected each model, most often selected first."""
        import pandas as pd

        chosen = pd.Series([name for name, ok in zip(self.model, self.valid, strict=True) if ok], dtype="object")
        counts = chosen.value_counts(sort=True)
        frame = pd.DataFrame({"model": counts.index, "replicates": counts.to_numpy()})
        frame["share"] = frame["replicates"] / len(self)
        return frame
