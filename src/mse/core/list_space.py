"""`ListSpace`: the hierarchical models of a table of lists, as bit sets over the interactions in play."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.model_space import Move
from mse.core.point_fit import PointFit, kernel_counts
from mse.core.table import CaptureTable
from mse.core.terms import Generators
from mse.core.verdicts import Verdicts
from mse.kernels.lattice import MAX_INTERACTIONS, model_masks

if TYPE_CHECKING:
    from mse.core.rivals import Rivals
    from mse.kernels.poisson import SweepResult

__all__ = ["ListSpace"]


class ListSpace:
    """Models of a table without covariates.

    Parameters
    ----------
    table : CaptureTable
    interactions : array of int
        Terms of two and more lists that models may hold; bit i of a model stands for ``interactions[i]``.
    """

    def __init__(self, table: CaptureTable, interactions: NDArray[np.int64]) -> None:
        self.table, self.interactions = table, interactions
        self.counts = kernel_counts(table)
        self.every_list = (1 << len(table.lists)) - 1
        self._verdicts = Verdicts(self.counts, interactions)

    def masks(self, bits: int) -> NDArray[np.int64]:
        """All terms of a model."""
        return model_masks(bits, self.interactions, len(self.table.lists))

    def generators(self, bits: int) -> Generators:
        """A model by its generators."""
        return Generators(self.table.lists, tuple(map(int, self.masks(bits))))

    def compute(self, generators: Generators, spec: Any) -> PointFit:
        """Fit a model in full."""
        return PointFit.compute(self.table, generators, spec)

    def has_estimate(self, bits: int) -> bool:
        """Whether a model has an estimate that is unique, by the linear programme."""
        return self._verdicts.has_estimate(bits)

    def sweep(self, models: Sequence[int]) -> SweepResult:
        """Fit models for their deviance and dark figure alone."""
        from mse.kernels.poisson import SweepResult, fit_poisson, sweep

        if len(self.interactions) <= MAX_INTERACTIONS:
            return sweep(self.counts, self.interactions, np.array(models, dtype=np.uint64))
        fits = [fit_poisson(self.counts, self.masks(bits)) for bits in models]
        return SweepResult(
            np.array([fit.outcome for fit in fits], dtype=np.int8),
            np.array([fit.deviance for fit in fits]),
            np.array([fit.mu[0] for fit in fits]),
            np.array([len(fit.masks) for fit in fits]),
            np.array([len(fit.infinite) for fit in fits]),
            np.array([fit.retained.sum() for fit in fits]),
            np.full(len(fits), np.nan),
        )

    def promising(self, current: int, moves: Sequence[Move], weight: float) -> Sequence[Move]:
        """Moves of a stepwise search that are worth a fit: here all, since a fit costs next to nothing."""
        return moves

    def log_variances(self, found: Rivals, chosen: NDArray[np.intp]) -> NDArray[np.float64]:
        """Variance of the log dark figure of some of the rivals."""
        from mse.kernels.poisson import fit_poisson, sweep

        variances = np.full(len(chosen), np.nan)
        if found.bits.dtype == np.uint64:
            variances = sweep(self.counts, self.interactions, found.bits[chosen], variances=True).log_variance
        for place in np.flatnonzero(~np.isfinite(variances)):
            variances[place] = fit_poisson(self.counts, self.masks(int(found.bits[chosen[place]]))).covariance[0, 0]
        return variances
