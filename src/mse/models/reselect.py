"""The choice of an exhaustive search, repeated on many tables like the one it was made on.

A bootstrap needs the best model of every replicate and nothing else of the search. Pair models are searched by leaps
and bounds, other scopes of up to `WHOLE` models by fitting all of them. Over larger scopes a replicate chooses among
the *core*, the models within `KEPT_WITHIN` of the best criterion on the original table, and the *border*, all models
one term away from the core. An optimum on the border says that the set may be too small; bootstraps report how often
that happens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.ensemble import EnsembleFit
from mse.core.point_fit import PointFit, kernel_counts
from mse.core.rivals import KEPT_WITHIN, Rivals
from mse.core.table import CaptureTable
from mse.core.terms import Generators
from mse.kernels.lattice import enumerate_models, interactions, model_masks, neighbours
from mse.models.bounded import best_listed_model, best_pair_model
from mse.models.exhaustive import redundant
from mse.models.loglinear import is_plain, require_table
from mse.models.stepwise import fit_stepwise

if TYPE_CHECKING:
    from mse.models.search import Search

__all__ = ["WHOLE", "Repeat", "Reselect", "repeater"]

WHOLE = 1 << 16
"""Scopes of up to this many models are searched whole in every replicate."""


@dataclass(frozen=True, eq=False)
class Reselect:
    """The best model of a search's scope, for many tables over the same lists.

    Made by `Search.repeater`, not by hand.

    Parameters
    ----------
    search : Search
    interactions : array of int
        Interactions of the scope.
    forced, without : int
        Interactions that every model holds, and that none does, as bits.
    models : array of uint64, optional
        Models to choose among; None for all pair models.
    core : array of uint64, optional
        The models within ΔIC 30 on the original table; None where the whole scope takes part.
    """

    search: Search
    interactions: NDArray[np.int64]
    forced: int
    without: int = 0
    models: NDArray[np.uint64] | None = None
    core: NDArray[np.uint64] | None = None

    def fit(self, data: Any, *, seed: int | None = None) -> PointFit | EnsembleFit:
        """Fit the best model; where none has an estimate, return a search that found none."""
        table = require_table(data)
        assert is_plain(table)
        bits = self._best_bits(table)
        if bits is not None and not self.search.count_infinite:
            bits &= ~(redundant(kernel_counts(table), self.interactions) & ~self.forced)
        if bits is None:
            none = Rivals.none(self.interactions, table.n_observed)
            return EnsembleFit(self.search, table, none, self.search.scope(table), None)
        masks = model_masks(bits, self.interactions, len(table.lists))
        generators = Generators(table.lists, tuple(map(int, masks)))
        return PointFit.compute(table, generators, self.search.model_spec(generators.notation()))

    @property
    def references(self) -> tuple[str, ...]:
        """Publications of the search."""
        return self.search.references

    def on_border(self, fit: Any) -> bool:
        """Whether a fit's model is one of those that only border the core."""
        if self.core is None or not isinstance(fit, PointFit):
            return False
        held = set(fit.generators.masks)
        bits = np.uint64(sum(1 << index for index, mask in enumerate(map(int, self.interactions)) if mask in held))
        return bool(bits not in self.core)

    def _best_bits(self, table: CaptureTable) -> int | None:
        counts, convention = kernel_counts(table), self.search.convention(table)
        if self.models is None:
            return best_pair_model(counts, self.interactions, convention, self.forced, self.without)
        return best_listed_model(counts, self.interactions, self.models, convention)


@dataclass(frozen=True)
class Repeat:
    """A whole search for many tables: the same one, without the look at the other way to count terms at −∞.

    A stepwise search takes the same steps; one with covariates fits every model of its scope.

    Made by `Search.repeater`, not by hand.

    Parameters
    ----------
    search : Search
    """

    search: Search

    def fit(self, data: Any, *, seed: int | None = None) -> EnsembleFit:
        """Search again."""
        if self.search.method == "stepwise":
            return fit_stepwise(self.search, require_table(data), both_ways=False)
        return self.search.fit_strata(require_table(data), both_ways=False)

    @property
    def references(self) -> tuple[str, ...]:
        """Publications of the search."""
        return self.search.references


def repeater(search: Search, fit: EnsembleFit) -> Reselect | Repeat:
    """Make a search ready for many tables like the fitted one."""
    if search.method == "stepwise" or not is_plain(fit.table):
        return Repeat(search)
    n_lists, scope = len(fit.table.lists), fit.scope
    inter = interactions(n_lists, scope)
    forced, without = search.forced_bits(fit.table, inter), search.forbidden_bits(fit.table, inter)
    if scope == 2 and n_lists > 2 and 1 << len(inter) <= WHOLE:
        return Reselect(search, inter, forced, without)
    models = enumerate_models(n_lists, scope, forced=forced, without=without, limit=WHOLE)
    if models is not None:
        return Reselect(search, inter, forced, without, models)
    kept = fit.rivals
    core = np.sort(kept.bits[kept.criterion <= kept.anchor + KEPT_WITHIN].astype(np.uint64))
    border = neighbours(core, n_lists, scope, forced=forced, without=without)
    return Reselect(search, inter, forced, without, border, core)
