"""Which of a search's models the linear programme judges, and what its verdicts change.

A sweep over many models only screens them: where the screen proves that an estimate exists, it does; where it does
not, the question is open. The programme answers it for the models that matter, those with a noticeable weight and
those that tables show.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mse.core.point_fit import PointFit
from mse.core.rivals import PROVED, REFUSED, UNPROVED, Rivals

__all__ = ["JUDGED", "NOTICED", "judge", "worth_judging"]

NOTICED = 1e-4
"""Models with more than this share of the weight are judged."""

JUDGED = 200
"""So many models near the best are judged whatever their weight: tables show no more."""


def worth_judging(found: Rivals, within: float) -> NDArray[np.intp]:
    """Ranks of the models to judge: those with a noticeable weight, and the first ones near the best.

    Parameters
    ----------
    found : Rivals
        As the screen left them.
    within : float
        Largest difference of the criterion of the models that tables show.
    """
    if not len(found) or found.density.total == 0.0:
        return np.array([], dtype=np.intp)
    relative = np.exp(-(found.criterion - found.anchor) / 2.0) / found.density.total
    near = np.flatnonzero(found.criterion <= found.anchor + within)[:JUDGED]
    return np.union1d(np.flatnonzero(relative > NOTICED), near)


def judge(found: Rivals, ranks: NDArray[np.intp], fit: Callable[[int], PointFit], n_observed: int) -> Rivals:
    """Put the programme's verdicts in place of the screen's.

    Models that turn out to have no estimate leave, and their weight with them; those that turn out to have one bring
    theirs in. What stays unproved is left out of all weights.

    Parameters
    ----------
    found : Rivals
    ranks : array of int
        Models to judge.
    fit : callable
        Fits the model of a rank in full.
    n_observed : int

    Returns
    -------
    Rivals
    """
    outcome, dark = found.outcome.copy(), found.dark_figure.copy()
    density, weighted, unproved = found.density, found.weighted_total, found.unproved_weight
    for index in map(int, ranks):
        judged = fit(index)
        weight = float(np.exp(-(found.criterion[index] - found.anchor) / 2.0))
        if found.outcome[index] == UNPROVED:
            unproved -= weight
            if judged.total is not None:
                outcome[index], dark[index] = PROVED, judged.dark_figure
                density = density.add(np.array([judged.total]), np.array([weight]))
                weighted += weight * judged.total
            else:
                outcome[index] = REFUSED
        elif judged.total is None:
            outcome[index] = REFUSED
            total = n_observed + float(found.dark_figure[index])
            density = density.add(np.array([total]), np.array([-weight]))
            weighted -= weight * total
    return replace(
        found,
        outcome=outcome,
        dark_figure=dark,
        density=density,
        weighted_total=weighted,
        unproved_weight=max(unproved, 0.0),
    )
