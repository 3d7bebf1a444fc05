"""`Rivals`: what a search keeps of the models it fitted, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from mse.core.criteria import penalised
from mse.core.modes import Density

__all__ = ["KEPT_WITHIN", "MOST_KEPT", "Convention", "Rivals", "relative_weight"]

KEPT_WITHIN = 30.0
"""Models this near to the best one with an estimate are kept one by one; the others by weight and total."""

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

    @property
    def weight(self) -> float:
        """What a parameter costs; for AICc what it costs in a large sample."""
        return float(np.log(self.n)) if self.criterion == "bic" else 2.0

    def other(self) -> Convention:
        """The opposite convention on terms at −∞."""
        return replace(self, count_infinite=not self.count_infinite)


@dataclass(frozen=True, eq=False)
class Rivals:
    """Models near the best one, and the weight of all.

    Models are bit sets over `interactions`, ordered by criterion. Weights are relative: exp(−(criterion −
    `anchor`)/2), where the anchor is the best criterion of a model that has an estimate. Unproved models with a better
    one are all kept, since the linear programme may find that they have an estimate too.

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
    far_unproved : float
        Weight of the unproved models that are too far from the best to be kept.
    n_models, n_unproved, n_singular : int
    """

    interactions: NDArray[np.int64]
    bits: NDArray[Any]
    outcome: NDArray[np.int8]
    criterion: NDArray[np.float64]
    deviance: NDArray[np.float64]
    dark_figure: NDArray[np.float64]
    finite: NDArray[np.integer]
    infinite: NDArray[np.integer]
    cells: NDArray[np.integer]
    anchor: float
    density: Density
    weighted_total: float = 0.0
    far_unproved: float = 0.0
    n_models: int = 0
    n_unproved: int = 0
    n_singular: int = 0

    @classmethod
    def none(cls, interactions: NDArray[np.int64], n_observed: int, dtype: Any = np.uint64) -> Self:
        """No models yet."""
        whole = np.array([], dtype=np.int32)
        real = np.array([], dtype=np.float64)
        return cls(
            interactions, np.array([], dtype=dtype), whole.astype(np.int8), real, real, real, whole, whole,
            whole, np.inf, Density.empty(n_observed),
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.bits)

    def add(self, bits: NDArray[Any], result: Any, convention: Convention, n_observed: int) -> Self:
        """Add a block of fitted models (a `SweepResult`).

        Models whose criterion cannot be computed (too many terms for their cells, or for AICc) are counted and left.
        """
        criterion = np.full(len(bits), np.inf)
        fitted = result.outcome <= UNPROVED
        criterion[fitted] = convention.values(result.deviance[fitted], result.finite[fitted], result.infinite[fitted])
        usable = np.isfinite(criterion)
        proved, unproved = usable & (result.outcome == PROVED), usable & (result.outcome == UNPROVED)
        anchor = min(self.anchor, float(criterion[proved].min(initial=np.inf)))
        limit = anchor + KEPT_WITHIN
        scale = relative_weight(self.anchor, anchor)
        weight = relative_weight(criterion[proved], anchor)
        totals = n_observed + result.dark_figure[proved]
        near, old = usable & (criterion <= limit), self.criterion <= limit
        far = float(relative_weight(criterion[unproved & ~near], anchor).sum())
        far += float(relative_weight(self.criterion[~old & (self.outcome == UNPROVED)], anchor).sum())
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
            density=self.density.add(totals, weight, scale),
            weighted_total=self.weighted_total * scale + float((weight * totals).sum()),
            far_unproved=self.far_unproved * scale + far,
            n_models=self.n_models + len(bits),
            n_unproved=self.n_unproved + int(unproved.sum()),
            n_singular=self.n_singular + int((~usable).sum()),
        )
        return joined._nearest()

    def _nearest(self) -> Self:
        """Order by criterion; of the proved and of the unproved ones keep the first `MOST_KEPT` each."""
        order = np.argsort(self.criterion, kind="stable")
        kinds = [order[self.outcome[order] == kind][:MOST_KEPT] for kind in (PROVED, UNPROVED)]
        kept = np.concatenate(kinds)
        return self.take(kept[np.argsort(self.criterion[kept], kind="stable")])

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

    @property
    def unproved_weight(self) -> float:
        """Weight of the models that are left unproved."""
        return self.far_unproved + float(relative_weight(self.criterion[self.outcome == UNPROVED], self.anchor).sum())

    def weights(self) -> NDArray[np.float64]:
        """Share of each kept model in the weight of all proved ones; 0 for models without an estimate."""
        shares = np.zeros(len(self))
        proved = self.outcome == PROVED
        if proved.any():
            shares[proved] = relative_weight(self.criterion[proved], self.anchor) / self.density.total
        return shares


def relative_weight(criterion: Any, anchor: float) -> Any:
    """Weight exp(−(criterion − anchor)/2); 0 where there is no anchor yet.

    Examples
    --------
    >>> float(relative_weight(110.0, 110.0))
    1.0
    """
    if not np.isfinite(anchor):
        return np.zeros_like(criterion, dtype=np.float64)
    return np.exp(-(np.asarray(criterion, dtype=np.float64) - anchor) / 2.0)
