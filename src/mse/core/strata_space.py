"""`StrataSpace`: the hierarchical models of lists and covariates, as bit sets over the interactions in play."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.coding import Coding
from mse.core.complete_fit import CompleteFit
from mse.core.model_space import Move
from mse.core.partial import PartialTable
from mse.core.partial_fit import PartialFit
from mse.core.strata_design import StrataDesign
from mse.core.stratified_fit import StratifiedFit, fit_design
from mse.core.table import CaptureTable
from mse.core.terms import Generators

if TYPE_CHECKING:
    from mse.core.rivals import Rivals
    from mse.kernels.poisson import SweepResult

__all__ = ["StrataSpace"]

CLOSE = 8.0
"""A move is fitted where its predicted criterion is no further than this above that of the model at hand: score and
Wald tests predict a change of the deviance well where it is small, which is where it decides."""

FITTED = 6
"""So many of the promising moves of each kind are fitted, the most promising first."""

_KEPT = 32
"""Fits that are kept, to start the next ones from and to test terms with."""


class StrataSpace:
    """Models of a table with covariates; main effects of all lists and covariates are always in.

    Parameters
    ----------
    table : CaptureTable
    interactions : array of int
        Terms that models may hold, as masks over lists and covariates.
    coding : mapping of str to Coding
    screened : bool
        Whether a stepwise search fits only the moves that score and Wald tests call promising.
    """

    def __init__(
        self,
        table: CaptureTable | PartialTable,
        interactions: NDArray[np.int64],
        coding: Mapping[str, Coding],
        screened: bool = True,
    ) -> None:
        self.table, self.interactions, self.coding, self.screened = table, interactions, coding, screened
        self.every_list = (1 << len(table.lists)) - 1
        self._fits: OrderedDict[int, CompleteFit | PartialFit] = OrderedDict()
        self._exists: dict[int, bool] = {}
        self._term_columns: dict[int, tuple[int, NDArray[np.float64]]] = {}
        self._near: CompleteFit | PartialFit | None = None

    def masks(self, bits: int) -> NDArray[np.int64]:
        """All terms of a model."""
        n_names = len(self.table.lists) + len(self.table.covariates)
        mains = [0, *(1 << bit for bit in range(n_names))]
        return np.array([*mains, *self._chosen(bits)], dtype=np.int64)

    def _chosen(self, bits: int) -> list[int]:
        return [int(mask) for place, mask in enumerate(self.interactions) if bits >> place & 1]

    def generators(self, bits: int) -> Generators:
        """A model by its generators."""
        return Generators(self.table.lists, tuple(map(int, self.masks(bits))), tuple(self.table.covariates))

    def compute(self, generators: Generators, spec: Any) -> StratifiedFit:
        """Fit a model in full."""
        return StratifiedFit.compute(self.table, generators, self.coding, spec)

    def has_estimate(self, bits: int) -> bool:
        """Whether a model has an estimate, and one number unseen in every stratum."""
        if bits not in self._exists:
            self._exists[bits] = self._fit(bits).has_estimate
        return self._exists[bits]

    def sweep(self, models: Sequence[int]) -> SweepResult:
        """Fit models for their deviance and dark figure alone."""
        from mse.kernels.poisson import PROVED, SINGULAR, SweepResult

        fits = [self._fit(bits) for bits in models]
        used = np.array([fitted.kernel.used.sum() for fitted in fits])
        columns = np.array([len(fitted.kernel.used) for fitted in fits])
        outcome = np.array([fitted.kernel.outcome for fitted in fits], dtype=np.int8)
        partial = isinstance(self.table, PartialTable)
        for place in np.flatnonzero((outcome == PROVED) & ((used < columns) | partial)):
            # Where columns are left out, or something is not known of some, the number unseen of a stratum may be open.
            outcome[place] = PROVED if self.has_estimate(models[int(place)]) else SINGULAR
        return SweepResult(
            outcome,
            np.array([fitted.deviance for fitted in fits]),
            np.array([fitted.unseen.sum() for fitted in fits]),
            used,
            columns - used,
            np.array([fitted.n_recorded_cells for fitted in fits]),
            np.full(len(fits), np.nan),
        )

    def log_variances(self, found: Rivals, chosen: NDArray[np.intp]) -> NDArray[np.float64]:
        """Variance of the log dark figure of some of the rivals."""
        variances = np.full(len(chosen), np.nan)
        for place, rank in enumerate(chosen):
            fitted = self._fit(int(found.bits[rank]))
            used = fitted.kernel.used
            gradient = fitted.unseen_gradient[:, used].sum(axis=0) / fitted.unseen.sum()
            variances[place] = gradient @ fitted.kernel.covariance[np.ix_(used, used)] @ gradient
        return variances

    # ------------------------------------------------------------------ which moves are worth a fit

    def promising(self, current: int, moves: Sequence[Move], weight: float) -> Sequence[Move]:
        """Moves of a stepwise search that are worth a fit.

        Parameters
        ----------
        current : int
            The model that the search stands at.
        moves : sequence of Move
        weight : float
            What the criterion charges for a parameter.

        Returns
        -------
        sequence of Move
            By a score test for each term that could come in (Rao 1948) and a Wald test for each that could leave.
        """
        if not self.screened:
            return moves
        fitted = self._fit(current)
        if not fitted.kernel.converged:
            return moves
        self._near = fitted
        adds, drops = ([move for move in moves if move[0] == kind] for kind in ("add", "drop"))
        changes = ((adds, self._gains(fitted, adds, weight)), (drops, self._losses(fitted, drops, weight)))
        return [move for kind, predicted in changes for move in _nearest(kind, predicted)]

    def _gains(self, fitted: CompleteFit | PartialFit, adds: Sequence[Move], weight: float) -> list[float]:
        """Predicted change of the criterion for terms that come in."""
        from mse.kernels.strata import score_tests

        terms = [self._columns(int(self.interactions[place])) for _, place, _ in adds]
        if not terms:
            return []
        statistic, df = score_tests(fitted.counts, fitted.keep, fitted.gone, fitted.design.blocks, fitted.kernel, terms)
        return list(weight * df - statistic)

    def _losses(self, fitted: CompleteFit | PartialFit, drops: Sequence[Move], weight: float) -> list[float]:
        """Predicted change of the criterion for terms that leave."""
        found = []
        for _, place, _ in drops:
            at = fitted.design.term_of == self.interactions[place]
            used = np.flatnonzero(at & fitted.kernel.used)
            theta, covariance = fitted.kernel.theta[used], fitted.kernel.covariance[np.ix_(used, used)]
            found.append(float(theta @ np.linalg.solve(covariance, theta)) - weight * int(at.sum()))
        return found

    def _columns(self, mask: int) -> tuple[int, NDArray[np.float64]]:
        """List part and columns over strata of a term; made once."""
        if mask in self._term_columns:
            return self._term_columns[mask]
        names = tuple(self.table.covariates)
        generators = Generators(self.table.lists, (mask,), names)
        design = StrataDesign.of(self.table.lists, self.table.covariates, generators, self.coding)
        at = np.flatnonzero(design.term_of == mask)
        found = mask & self.every_list, np.ascontiguousarray(design.blocks.columns[:, at])
        self._term_columns[mask] = found
        return found

    def _fit(self, bits: int) -> CompleteFit | PartialFit:
        if bits in self._fits:
            self._fits.move_to_end(bits)
            return self._fits[bits]
        design = StrataDesign.of(self.table.lists, self.table.covariates, self.generators(bits), self.coding)
        self._fits[bits] = found = fit_design(self.table, design, start=self._start(design))
        if len(self._fits) > _KEPT:
            self._fits.popitem(last=False)
        return found

    def _start(self, design: StrataDesign) -> NDArray[np.float64] | None:
        """Coefficients of the last model that a search tested terms with; terms that it lacks start from 0.

        None for a partial table: where its likelihood is flat an answer may hang on the start, and a search and a fit
        of the same model must agree.
        """
        if self._near is None or isinstance(self.table, PartialTable):
            return None
        known = set(map(int, self._near.design.term_of))
        start = np.zeros(len(design.term_of))
        for mask in np.unique(design.term_of):
            if int(mask) in known:
                start[design.term_of == mask] = self._near.kernel.theta[self._near.design.term_of == mask]
        return start


def _nearest(moves: Sequence[Move], predicted: Sequence[float]) -> list[Move]:
    """The few moves with the lowest predicted change of the criterion, as far as it is close."""
    ranked = sorted(zip(predicted, range(len(moves)), strict=True))[:FITTED]
    return [moves[place] for change, place in ranked if change < CLOSE]
