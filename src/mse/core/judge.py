"""What the linear programme changes of what a sweep over many models found.

A sweep only screens: where it proves that an estimate exists, it does; where it does not, the question is open. The
programme answers it for every model that could be a rival or carry a noticeable weight, from the best criterion on, so
that no model without an estimate stands in the way of one that has one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mse.core.model_space import ModelSpace
from mse.core.point_fit import PointFit
from mse.core.rivals import PROVED, REFUSED, UNPROVED, Rivals, relative_weight

__all__ = ["JUDGED", "NOTICED", "Judgement", "judge"]

if TYPE_CHECKING:
    from mse.core.stratified_fit import StratifiedFit

    Fitted = PointFit | StratifiedFit

NOTICED = 1e-4
"""Models with more than this share of the weight are judged."""

JUDGED = 10_000
"""So many rivals that the screen has proved are judged again, from the best on: frames and figures show no more."""


@dataclass(frozen=True, eq=False)
class Judgement:
    """Rivals with the programme's verdicts in place of the screen's, and the ranks of the models that it judged."""

    rivals: Rivals
    ranks: NDArray[np.intp]


def judge(
    found: Rivals, verdicts: ModelSpace, fit: Callable[[int], Fitted], n_observed: int, within: float
) -> Judgement:
    """Judge the models that matter.

    Models that turn out to have no estimate leave, and their weight with them; those that turn out to have one bring
    theirs in. What stays unproved is left out of all weights.

    Parameters
    ----------
    found : Rivals
        As the sweep left them.
    verdicts : ModelSpace
        Says which models have an estimate.
    fit : callable
        Fits the model of a rank in full.
    n_observed : int
    within : float
        Models within this difference of the best one with an estimate are judged.

    Returns
    -------
    Judgement
    """
    state = _State(found, n_observed)
    visited = []
    shown = 0
    for rank in range(len(found)):
        if found.criterion[rank] > state.best + state.window(within):
            break
        if found.outcome[rank] == PROVED:
            shown += 1
            if shown > JUDGED and not state.is_noticed(rank):
                continue
        visited.append(rank)
        if verdicts.has_estimate(int(found.bits[rank])):
            state.accept(rank, fit(rank) if found.outcome[rank] == UNPROVED else None)
        else:
            state.refuse(rank)
    return Judgement(state.rivals(), np.array(visited, dtype=np.intp))


class _State:
    """Rivals in the course of being judged."""

    def __init__(self, found: Rivals, n_observed: int) -> None:
        self.found, self.n_observed = found, n_observed
        self.outcome, self.dark = found.outcome.copy(), found.dark_figure.copy()
        self.deviance, self.criterion = found.deviance.copy(), found.criterion.copy()
        self.anchor, self.density, self.weighted = found.anchor, found.density, found.weighted_total
        self.far_unproved = found.far_unproved
        self.best = np.inf

    def window(self, within: float) -> float:
        """How far from the best a model may be and still matter."""
        if not self.density.total > 0.0:
            return within
        noticed = -2.0 * np.log(NOTICED * self.density.total) - (self.best - self.anchor)
        return max(within, float(noticed))

    def is_noticed(self, rank: int) -> bool:
        """Whether a model carries a noticeable weight."""
        return bool(relative_weight(self.criterion[rank], self.anchor) > NOTICED * self.density.total)

    def accept(self, rank: int, fit: Fitted | None) -> None:
        """The model has an estimate; a fit brings its weight in."""
        if fit is not None:
            if fit.total is None:
                self.refuse(rank)
                return
            self.criterion[rank] += fit.deviance - self.deviance[rank]
            self.outcome[rank], self.dark[rank], self.deviance[rank] = PROVED, fit.dark_figure, fit.deviance
            self._anchor_at(float(self.criterion[rank]))
            self._weigh(rank, 1.0)
        self.best = min(self.best, float(self.criterion[rank]))

    def refuse(self, rank: int) -> None:
        """The model has no estimate; if the screen thought so, its weight leaves."""
        if self.outcome[rank] == PROVED:
            self._weigh(rank, -1.0)
        self.outcome[rank] = REFUSED

    def _anchor_at(self, criterion: float) -> None:
        """Take weights relative to the best model so far, so that none of them is beyond what a number holds."""
        if criterion < self.anchor:
            scale = float(relative_weight(self.anchor, criterion))
            self.density, self.weighted = self.density.scaled(scale), self.weighted * scale
            self.far_unproved, self.anchor = self.far_unproved * scale, criterion

    def _weigh(self, rank: int, sign: float) -> None:
        total = self.n_observed + float(self.dark[rank])
        weight = sign * float(relative_weight(self.criterion[rank], self.anchor))
        self.density = self.density.add(np.array([total]), np.array([weight]))
        self.weighted += weight * total

    def rivals(self) -> Rivals:
        """The rivals as judged."""
        return replace(
            self.found,
            outcome=self.outcome,
            dark_figure=self.dark,
            deviance=self.deviance,
            criterion=self.criterion,
            anchor=self.anchor,
            density=self.density,
            weighted_total=self.weighted,
            far_unproved=self.far_unproved,
        )
