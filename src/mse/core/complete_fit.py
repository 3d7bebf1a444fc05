"""`CompleteFit`: one log-linear model over lists and covariates, fitted to a table in which everything is known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mse.core.criteria import saturated_log_likelihood
from mse.core.expected import ExpectedTable
from mse.core.strata_design import StrataDesign
from mse.core.table import CaptureTable

if TYPE_CHECKING:
    from mse.kernels.strata import StrataFit
    from mse.kernels.strata_existence import StrataExistence

__all__ = ["CompleteFit", "by_stratum", "fit_complete"]


def by_stratum(table: CaptureTable | ExpectedTable) -> NDArray[np.float64]:
    """Counts as the kernels take them: a row a stratum, a column a combination of lists."""
    return np.ascontiguousarray(table.counts.reshape(2 ** len(table.lists), -1).T, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class CompleteFit:
    """A model fitted to counts of all cells; it answers what `mse.core.partial_fit.PartialFit` does.

    Parameters
    ----------
    counts : array of float, shape (n_strata, 2^K)
        Counts by stratum and combination of lists.
    design : StrataDesign
    keep, gone : array of bool, shape (n_strata, 2^K)
        Cells in the likelihood, and cells at −∞: combinations that nobody is in.
    kernel : StrataFit
    """

    counts: NDArray[np.float64]
    design: StrataDesign
    keep: NDArray[np.bool_]
    gone: NDArray[np.bool_]
    kernel: StrataFit

    @cached_property
    def existence(self) -> StrataExistence:
        """Whether an estimate exists, and whether the number unseen of every stratum is told apart."""
        from mse.kernels.strata_existence import check_strata

        return check_strata(self.counts, self.keep, self.gone, self.design.blocks)

    @property
    def exists(self) -> bool:
        """Whether the likelihood has a maximum."""
        return self.existence.exists

    @property
    def has_estimate(self) -> bool:
        """Whether there is an estimate, and one number unseen in every stratum."""
        return self.exists and self.existence.identified

    @property
    def unseen(self) -> NDArray[np.float64]:
        """Fitted number unseen by stratum."""
        return self.kernel.mu[:, 0]

    @cached_property
    def unseen_gradient(self) -> NDArray[np.float64]:
        """Gradient of the number unseen by stratum in the coefficients, shape (n_strata, p)."""
        from mse.kernels.strata import unseen_gradient

        return self.unseen[:, None] * unseen_gradient(self.kernel, self.design.blocks)

    def total_variance(self, strata: NDArray[np.bool_]) -> float:
        """Variance of the estimated total of some strata: Σ f₀ + gᵀVg (Rivest and Baillargeon 2007)."""
        used = self.kernel.used
        gradient = self.unseen_gradient[strata][:, used].sum(axis=0)
        return float(self.unseen[strata].sum() + gradient @ self.kernel.covariance[np.ix_(used, used)] @ gradient)

    def certain(self, strata: NDArray[np.bool_]) -> float:
        """Persons seen who are in some strata: of a whole table all that are counted there."""
        return float(self.counts[strata].sum())

    @cached_property
    def log_likelihood(self) -> float:
        """Poisson log-likelihood, constants included."""
        return saturated_log_likelihood(np.concatenate([[0.0], self.counts.ravel()])) - self.deviance / 2.0

    @property
    def deviance(self) -> float:
        """Twice what the log-likelihood falls short of a perfect fit."""
        return self.kernel.deviance

    @property
    def n_recorded_cells(self) -> int:
        """Cells in the likelihood."""
        return int(self.keep.sum())


def fit_complete(
    table: CaptureTable | ExpectedTable, design: StrataDesign, *, start: NDArray[np.float64] | None = None
) -> CompleteFit:
    """Fit a model to a table.

    Parameters
    ----------
    table : CaptureTable or ExpectedTable
    design : StrataDesign
        Of the table's lists and covariates.
    start : array of float, optional
        Coefficients to start from.
    """
    from mse.kernels.strata import fit_strata

    counts = by_stratum(table)
    seen = np.ones(counts.shape, dtype=np.bool_)
    seen[:, 0] = False
    gone = design.empty_cells(counts, seen)
    keep = seen & ~gone
    return CompleteFit(counts, design, keep, gone, fit_strata(counts, keep, design.blocks, gone=gone, start=start))
