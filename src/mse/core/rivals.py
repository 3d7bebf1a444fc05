"""`Rivals`: what a search keeps of the models it fitted, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from mse.core.criteria import penalised
from mse.core.modes import Density

__all__ = ["KEPT_WITHIN", "MOST_KEPT", "Convention", "Rivals"]

KEPT_WITHIN = 30.0
"""Models within this difference of the best criterion are kept one by one; the others only by weight and total."""

MOST_KEPT = 200_000

PROVED, UNPROVED, REFUSED = 0, 1, 2
"""Whether a model has an estimate: proved, not (yet) proved, or refused by the linear programme."""


@dataclass(frozen=True)
class Convention:
    """How models are compared: criterion, sample size, and whether terms at −∞ count.

    Parameters
    ----------
    criterion : {"aic", "aicc", "bic"}
    n : int
        Sample size.
    count_infinite : bool
    minus_twice_saturated : float
        −2 times the log-likelihood of a perfect fit.
    """

    criterion: str
    n: int
    count_infinite: bool
    minus_twice_saturated: float

    def values(
        self, deviance: NDArray[np.float64], finite: NDArray[Any], infinite: NDArray[Any]
    ) -> NDArray[np.float64]:
        """Criterion of each model."""
        parameters = finite.astype(np.float64)
        if self.count_infinite:
            parameters = parameters + infinite
        return penalised(self.criterion, deviance + self.minus_twice_saturated, parameters, self.n)

    def other(self) -> Convention:
        """The opposite convention on terms at −∞."""
        return replace(self, count_infinite=not self.count_infinite)


@dataclass(frozen=True, eq=False)
class Rivals:
    """Models near the best one, and the weight of all.

    Models are bit sets over `interactions`, ordered by criterion. Weights are relative: exp(−(criterion −
    `anchor`)/2), where the anchor is the best criterion seen.

    Parameters
    ----------
    interactions : array of int
        Interaction terms in play.
    bits : array
        Models; Python integers or 64-bit ones.
    outcome : array of int
        PROVED, UNPROVED or REFUSED.
    criterion, deviance, dark_figure : array of float
    finite, infinite, cells : array of int
    anchor : float
    density : Density
        Weight of all proved models on the log total.
    weighted_total : float
        Σ weight × total over all proved models.
    unproved_weight : float
        Weight of all models that are left unproved.
    n_models, n_unproved, n_singular : int
    """

    interactions: NDArray[np.int64]
    bits: NDArray[Any]
    outcome: NDArray[np.int8]
    criterion: NDArray[np.float64]
    deviance: NDArray[np.float64]
    dark_figure: NDArray[np.float64]
    finite: NDArray[np.int16]
    infinite: NDArray[np.int16]
    cells: NDArray[np.int16]
    anchor: float
    density: Density
    weighted_total: float = 0.0
    unproved_weight: float = 0.0
    n_models: int = 0
    n_unproved: int = 0
    n_singular: int = 0

    @classmethod
    def none(cls, interactions: NDArray[np.int64], n_observed: int, dtype: Any = np.uint64) -> Self:
        """No models yet."""
        whole = np.array([], dtype=np.int16)
        real = np.array([], dtype=np.float64)
        return cls(
            interactions, np.array([], dtype=dtype), whole.astype(np.int8), real, real, real, whole, whole,
            whole, np.inf, Density.empty(n_observed),
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.bits)

    def add(self, bits: NDArray[Any], result: Any, convention: Convention, n_observed: int) -> Self:
        """Add a block of fitted models (a `SweepResult`)."""
        usable = result.outcome <= UNPROVED
        criterion = np.full(len(bits), np.inf)
        criterion[usable] = convention.values(result.deviance[usable], result.finite[usable], result.infinite[usable])
        anchor = min(self.anchor, float(criterion.min(initial=np.inf)))
        scale = np.exp(-(self.anchor - anchor) / 2.0) if np.isfinite(self.anchor) else 0.0
        proved, unproved = result.outcome == PROVED, result.outcome == UNPROVED
        weight = np.exp(-(criterion - anchor) / 2.0) if np.isfinite(anchor) else np.zeros(len(bits))
        totals = n_observed + result.dark_figure[proved]
        near = usable & (criterion <= anchor + KEPT_WITHIN)
        old = self.criterion <= anchor + KEPT_WITHIN
        joined = replace(
            self,
            bits=np.concatenate([self.bits[old], bits[near]]),
            outcome=np.concatenate([self.outcome[old], result.outcome[near]]),
            criterion=np.concatenate([self.criterion[old], criterion[near]]),
            deviance=np.concatenate([self.deviance[old], result.deviance[near]]),
            dark_figure=np.concatenate([self.dark_figure[old], result.dark_figure[near]]),
            finite=np.concatenate([self.finite[old], result.finite[near]]),
            infinite=np.concatenate([self.infinite[old], result.infinite[near]]),
            cells=np.concatenate([self.cells[old], result.cells[near]]),
            anchor=anchor,
            density=self.density.add(totals, weight[proved], scale),
            weighted_total=self.weighted_total * scale + float((weight[proved] * totals).sum()),
            unproved_weight=self.unproved_weight * scale + float(weight[unproved].sum()),
            n_models=self.n_models + len(bits),
            n_unproved=self.n_unproved + int(unproved.sum()),
            n_singular=self.n_singular + int((~usable).sum()),
        )
        return joined.take(np.argsort(joined.criterion, kind="stable")[:MOST_KEPT])

    def take(self, index: NDArray[Any]) -> Self:
        """Keep some of the models, in a given order."""
        return replace(
            self,
            bits=self.bits[index],
            outcome=self.outcome[index],
            criterion=self.criterion[index],
            deviance=self.deviance[index],
            dark_figure=self.dark_figure[index],
            finite=self.finite[index],
            infinite=self.infinite[index],
            cells=self.cells[index],
        )

    def weights(self) -> NDArray[np.float64]:
        """Share of each kept model in the weight of all proved ones; 0 for models without an estimate."""
        relative = np.exp(-(self.criterion - self.anchor) / 2.0) / self.density.total
        return np.where(self.outcome == PROVED, relative, 0.0)
