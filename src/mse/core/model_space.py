"""`ModelSpace`: what a search asks of the models of one table, with or without covariates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mse.core.partial import PartialTable
from mse.core.table import CaptureTable
from mse.core.terms import Generators

if TYPE_CHECKING:
    from mse.core.point_fit import PointFit
    from mse.core.rivals import Rivals
    from mse.core.stratified_fit import StratifiedFit
    from mse.kernels.poisson import SweepResult

__all__ = ["ModelSpace", "Move"]

Move = tuple[str, int, int]
"""A step of a search: "add" or "drop", the term's place among the interactions, the model after the step."""


class ModelSpace(Protocol):
    """Hierarchical models of one table, as bit sets over the interactions in play.

    `mse.core.list_space.ListSpace` and `mse.core.strata_space.StrataSpace` are its kinds.
    """

    interactions: NDArray[np.int64]
    """Terms of two and more names that models may hold; bit i of a model stands for ``interactions[i]``."""
    every_list: int
    """The mask of all lists together: no model holds a term with it."""

    @property
    def table(self) -> CaptureTable | PartialTable:
        """The table."""
        ...

    def generators(self, bits: int) -> Generators:
        """A model by its generators."""
        ...

    def compute(self, generators: Generators, spec: Any) -> PointFit | StratifiedFit:
        """Fit a model in full."""
        ...

    def has_estimate(self, bits: int) -> bool:
        """Whether a model has an estimate that is unique."""
        ...

    def sweep(self, models: Sequence[int]) -> SweepResult:
        """Fit models for their deviance and dark figure alone."""
        ...

    def promising(self, current: int, moves: Sequence[Move], weight: float) -> Sequence[Move]:
        """Moves of a stepwise search that are worth a fit, where a parameter costs `weight`."""
        ...

    def log_variances(self, found: Rivals, chosen: NDArray[np.intp]) -> NDArray[np.float64]:
        """Variance of the log dark figure of some of the rivals."""
        ...
