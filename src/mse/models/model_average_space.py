"""Models of a table as sets of columns, and which of them an average is taken over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from mse.core.complete_fit import by_stratum
from mse.core.model_space import ModelSpace
from mse.core.strata_design import StrataDesign
from mse.core.table import CaptureTable
from mse.core.terms import Generators
from mse.kernels.lattice import enumerate_models, hierarchical_models
from mse.models.exhaustive import MAX_MODELS, MAX_STRATIFIED, fit_all
from mse.models.progress import bar
from mse.models.search import Search

if TYPE_CHECKING:
    from mse.kernels.laplace import LaplaceData, Models

__all__ = ["ENUMERATED", "AverageSpace"]

ENUMERATED = 50_000
"""Largest scope of lists alone whose models all get a Laplace evidence; larger ones are screened by BIC first."""


@dataclass(frozen=True, eq=False)
class AverageSpace:
    """The models of a scope, with the columns of each term.

    Parameters
    ----------
    table : CaptureTable
    search : Search
        Says which models are in the scope.
    space : ModelSpace
    data : LaplaceData
        Counts and the columns of all terms of the scope.
    always : array of int
        Columns that every model holds: the intercept first, then main effects.
    columns_of : tuple of array
        Columns of each interaction.
    forced, without : int
        Interactions that are in every model, and in none.
    """

    table: CaptureTable
    search: Search
    space: ModelSpace
    data: LaplaceData
    always: NDArray[np.int64]
    columns_of: tuple[NDArray[np.int64], ...]
    forced: int
    without: int

    @classmethod
    def of(cls, table: CaptureTable, search: Search) -> Self:
        """Make the columns of all terms of the scope."""
        from mse.kernels.laplace import LaplaceData

        space = search.space(table)
        inter = space.interactions
        forced, without = (bits(table, inter) for bits in (search.forced_bits, search.forbidden_bits))
        saturated = [place for place, mask in enumerate(map(int, inter)) if mask & space.every_list == space.every_list]
        without |= sum(1 << place for place in saturated)
        mains = [1 << bit for bit in range(len(table.lists) + len(table.covariates))]
        terms = [int(mask) for place, mask in enumerate(inter) if place not in saturated]
        widest = Generators(table.lists, (*mains, *terms), tuple(table.covariates))
        design = StrataDesign.of(table.lists, table.covariates, widest, dict(search.coding))
        blocks = design.blocks
        data = LaplaceData.of(by_stratum(table), blocks.columns, blocks.mask_of)
        at = {int(mask): np.flatnonzero(design.term_of == mask) for mask in np.unique(design.term_of)}
        always = np.concatenate([at[0], *(at[mask] for mask in mains)])
        nothing = np.zeros(0, dtype=np.int64)
        columns_of = tuple(at.get(int(mask), nothing) for mask in inter)
        return cls(table, search, space, data, always, columns_of, forced, without)

    @property
    def interactions(self) -> NDArray[np.int64]:
        """Interactions, as masks over all names; bit i of a model stands for the i-th."""
        return self.space.interactions

    def columns(self, bits: int) -> NDArray[np.int64]:
        """Columns of a model, the intercept first."""
        chosen = [columns for place, columns in enumerate(self.columns_of) if bits >> place & 1]
        return np.concatenate([self.always, *chosen])

    def models(self, bits: Sequence[int] | NDArray[np.uint64]) -> Models:
        """Columns of many models."""
        from mse.kernels.laplace import Models

        return Models.of([self.columns(int(model)) for model in bits])

    def notation(self, bits: int) -> str:
        """A model in brackets."""
        return self.space.generators(bits).notation()

    def labels(self) -> tuple[str, ...]:
        """The interactions in brackets."""
        names = Generators(self.table.lists, (), tuple(self.table.covariates))
        return tuple(names.label(int(mask)) for mask in self.interactions)

    def inclusion(self, bits: Sequence[int], weight: NDArray[np.float64]) -> NDArray[np.float64]:
        """Weight of the models that hold each interaction."""
        held = np.array([[model >> place & 1 for place in range(len(self.interactions))] for model in bits])
        return np.asarray(weight @ held.reshape(len(weight), len(self.interactions)), dtype=np.float64)

    # ------------------------------------------------------------------ which models

    @cached_property
    def all_models(self) -> NDArray[np.uint64] | None:
        """All models of the scope; None where there are too many to list."""
        options: dict[str, Any] = {"forced": self.forced, "without": self.without}
        if self.table.covariates:
            return hierarchical_models(self.interactions, limit=MAX_STRATIFIED, **options)
        scope = self.search.scope(self.table)
        return enumerate_models(len(self.table.lists), scope, limit=MAX_MODELS, **options)

    def near_by_bic(self, window: float, *, progress: bool = False) -> tuple[NDArray[np.uint64], float]:
        """Models whose BIC is within a window of the best, and the share of all BIC weight that they hold."""
        models = self.all_models
        assert models is not None
        counts, convention = by_stratum(self.table)[0], self.search.convention(self.table, "bic")
        with bar("search", len(models), progress) as advance:
            (found,) = fit_all(counts, self.interactions, models, (convention,), advance, forced=self.forced)
        near = found.criterion <= found.anchor + window
        return found.bits[near], float(found.weights()[near].sum())
