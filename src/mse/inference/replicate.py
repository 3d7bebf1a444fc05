"""Replicates: a whole estimator fitted again and again to tables drawn like the one at hand.

Replicate r draws from its own stream, seeded by the seed and r alone. So its numbers are the same whatever the number
of workers, the order in which replicates are made and the point at which an earlier run was stopped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mse.core.estimator import Estimator
from mse.core.fit import Fit
from mse.core.resample import resample
from mse.core.table import CaptureTable

__all__ = ["BATCH", "Drawing", "Replicate", "replicates"]

BATCH = 25
"""Replicates that a worker makes before it hands them over."""


@dataclass(frozen=True, slots=True)
class Replicate:
    """What is kept of one replicate.

    Parameters
    ----------
    observed : int
        Persons seen.
    dark_figure : float
        Estimated number unseen; NaN where there is no estimate.
    model : str
        Model that was chosen; empty where there is no estimate.
    on_border : bool
        Whether that model lies on the border of the models to choose among.
    """

    observed: int
    dark_figure: float
    model: str
    on_border: bool


@dataclass(frozen=True, eq=False)
class Drawing:
    """How replicates are drawn and fitted.

    Parameters
    ----------
    estimator : Estimator
        Made ready for many tables where it can be.
    table : CaptureTable
        The table at hand.
    kind : {"nonparametric", "parametric"}
    total : float
        Its estimated total.
    means : array of float, optional
        Its fitted counts, for "parametric".
    fixed_n : bool
        Whether every replicate has as many persons seen as the table.
    seed : int
    """

    estimator: Estimator
    table: CaptureTable
    kind: str
    total: float
    means: NDArray[np.float64] | None
    fixed_n: bool
    seed: int

    def replicate(self, number: int) -> Replicate:
        """Draw and fit one replicate."""
        rng = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(number,)))
        counts = resample(self.table, self.kind, rng, total=self.total, means=self.means, fixed_n=self.fixed_n)
        if not counts.any():
            return Replicate(0, np.nan, "", False)
        fit = self.estimator.fit(self.table.with_counts(counts), seed=int(rng.integers(2**31)))
        return summary(self.estimator, fit, int(counts.sum()))

    def batch(self, numbers: Sequence[int]) -> list[Replicate]:
        """Draw and fit some replicates on one thread."""
        from threadpoolctl import threadpool_limits

        with threadpool_limits(limits=1):
            return [self.replicate(number) for number in numbers]


def summary(estimator: Any, fit: Fit, observed: int) -> Replicate:
    """Keep of a fit what a replicate needs."""
    dark = fit.dark_figure
    if dark is None:
        return Replicate(observed, np.nan, "", False)
    border = getattr(estimator, "on_border", None)
    return Replicate(observed, dark, fit.model, border is not None and border(fit))


def replicates(drawing: Drawing, first: int, last: int, workers: int) -> Iterator[list[Replicate]]:
    """Make replicates `first` to `last` − 1, a batch at a time and in order.

    Parameters
    ----------
    drawing : Drawing
    first, last : int
    workers : int
        Processes at a time; joblib's active backend decides what they are.

    Yields
    ------
    list of Replicate
    """
    from joblib import Parallel, delayed

    borders = [*range(first, last, BATCH), last]
    batches = [range(left, right) for left, right in pairwise(borders)]
    if workers == 1:
        yield from map(drawing.batch, batches)
        return
    with Parallel(n_jobs=workers) as pool:
        for start in range(0, len(batches), 2 * workers):
            yield from pool(delayed(drawing.batch)(batch) for batch in batches[start : start + 2 * workers])
