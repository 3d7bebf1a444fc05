"""Laplace's evidence of the probable models, corrected by importance sampling before models are mixed."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mse.core.finding import Finding, Severity

if TYPE_CHECKING:
    from mse.kernels.laplace import CoefficientPrior, Curves
    from mse.models.model_average_fit import TotalScale
    from mse.models.model_average_space import AverageSpace

__all__ = ["Evidence", "sampled_evidence"]

Floats = NDArray[np.float64]

HELD = 0.99
"""The fewest models that hold this probability by Laplace's method are corrected one by one."""

MOST = 300
"""Most models that are corrected one by one."""

FEWEST_EFFECTIVE = 0.02
"""Share of effective draws below which neither a correction nor its standard error is trusted."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What importance sampling adds to the curves of models.

    Parameters
    ----------
    places : array of int
        Models that were sampled, most probable first.
    shift : array of float, shape (models, nodes)
        What is added to each curve. Models that were not sampled take the mean shift of those that were.
    level : array of float
        Shift at the top of each sampled curve.
    error : array of float
        Standard error of the log evidence of each sampled model.
    effective : array of float
        Smallest share of independent draws that the draws at a node are worth, of each sampled model.
    held : float
        Probability of the sampled models by Laplace's method.
    uncertain : float
        Probability of those whose error is too large, or whose draws are worth too little.
    """

    places: NDArray[np.intp]
    shift: Floats
    level: Floats
    error: Floats
    effective: Floats
    held: float
    uncertain: float

    def onto(self, found: Curves) -> Curves:
        """The curves with their shifts."""
        return found._replace(values=found.values + self.shift)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Where the evidence is not known as well as it should be."""
        if self.uncertain == 0.0:
            return ()
        values = {"share": self.uncertain, "error": float(self.error.max())}
        return (Finding("average_evidence_uncertain", Severity.WARNING, "models", values),)


def sampled_evidence(
    space: AverageSpace, scale: TotalScale, prior: CoefficientPrior, models: list[int], found: Curves
) -> Evidence:
    """Correct the curves of the models that carry the probability.

    Errors of models with the same thin overlaps are alike, so what is left takes the mean correction of the others,
    and not none.
    """
    from threadpoolctl import threadpool_limits

    from mse.kernels.laplace import nodes
    from mse.kernels.laplace_correct import ENOUGH, Correction, correction

    logs = found.rough_evidence(scale.belief)
    weight = np.exp(logs - np.logaddexp.reduce(logs))
    order = np.argsort(-weight, kind="stable")
    places = order[: min(int(np.searchsorted(np.cumsum(weight[order]), HELD)) + 1, MOST)]

    def work(place: int) -> Correction:
        columns = space.columns(models[place])
        x, values, modes = nodes(space.data, prior, columns, belief=scale.belief, last=scale.last)
        unseen = np.expm1(x)
        return correction(space.data, prior, columns, modes, unseen, values + scale.log_mass(unseen) + x)

    # Threads of BLAS beside those of the pool wait for each other, and a product of few rows needs none.
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        corrections = list(pool.map(work, map(int, places)))
    own = weight[places]
    level = np.array([one.level for one in corrections])
    shift = np.full(found.values.shape, float(own @ level / own.sum()))
    for place, one in zip(places, corrections, strict=True):
        shift[place, : len(one.shift)] = one.shift
    error, effective = (np.array([getattr(one, name) for one in corrections]) for name in ("error", "effective"))
    poor = (error > ENOUGH) | (effective < FEWEST_EFFECTIVE)
    return Evidence(places, shift, level, error, effective, float(own.sum()), float(own[poor].sum()))
