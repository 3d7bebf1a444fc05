"""Replicates: a whole estimator fitted again and again to tables drawn like the one at hand.

Replicate r draws from its own stream, seeded by the seed and r alone. So its numbers are the same whatever the number
of workers, the order in which replicates are made and the point at which an earlier run was stopped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mse.core.estimator import Estimator
from mse.core.fit import Fit
from mse.core.resample import Sampler
from mse.core.table import CaptureTable

__all__ = ["BATCH", "Drawing", "Replicate", "replicates", "unseen_by_stratum"]

BATCH = 25
"""Replicates that a worker makes before it hands them over."""

EXACT = 2.0**20
"""Numbers unseen by stratum are kept to a millionth of a person, 2⁻²⁰: up to 2³³ persons they then add up without
rounding, in whatever order, so that parts of a draw are exactly its total."""

_SAME = 1e-6
"""Fitted counts of one fit and its dark figure are the same number but for rounding and the last Newton step."""


@dataclass(frozen=True, slots=True, eq=False)
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
    observed_in, dark_in : array, shape (strata,), optional
        Persons seen, and estimated number unseen, by stratum.
    """

    observed: int
    dark_figure: float
    model: str
    on_border: bool
    observed_in: NDArray[np.int64] | None = None
    dark_in: NDArray[np.float64] | None = None


@dataclass(frozen=True, eq=False)
class Drawing:
    """How replicates are drawn and fitted.

    Parameters
    ----------
    estimator : Estimator
        Made ready for many tables where it can be.
    table : CaptureTable
        The table at hand.
    sampler : Sampler
        Draws counts like those of the table.
    seed : int
    stratified : bool
        Whether persons seen and unseen are kept by stratum.
    """

    estimator: Estimator
    table: CaptureTable
    sampler: Sampler
    seed: int
    stratified: bool

    def replicate(self, number: int) -> Replicate:
        """Draw and fit one replicate."""
        rng = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(number,)))
        counts = self.sampler.draw(rng)
        fit = None
        if counts.any():
            fit = self.estimator.fit(self.table.with_counts(counts), seed=int(rng.integers(2**31)))
        return self._summary(fit, counts)

    def _summary(self, fit: Fit | None, counts: NDArray[np.int64]) -> Replicate:
        """Keep of a fit what a replicate needs.

        One whose unseen cannot be told apart by stratum has no estimate where that is kept: then it would have parts
        that do not add up.
        """
        k = len(self.table.lists)
        seen = counts.reshape(2**k, -1).sum(axis=0) if self.stratified else None
        unseen = unseen_by_stratum(fit, self.table) if fit is not None and self.stratified else None
        dark = None if fit is None else fit.dark_figure
        if fit is None or dark is None or (self.stratified and unseen is None):
            nothing = None if seen is None else np.full(len(seen), np.nan)
            return Replicate(int(counts.sum()), np.nan, "", False, seen, nothing)
        if unseen is not None:
            unseen = np.round(unseen * EXACT) / EXACT
            dark = float(unseen.sum())
        border = getattr(self.estimator, "on_border", None)
        on_border = border is not None and border(fit)
        return Replicate(int(counts.sum()), dark, fit.model, on_border, seen, unseen)

    def batch(self, numbers: Sequence[int]) -> list[Replicate]:
        """Draw and fit some replicates on one thread."""
        from threadpoolctl import threadpool_limits

        with threadpool_limits(limits=1):
            return [self.replicate(number) for number in numbers]


def unseen_by_stratum(fit: Fit, table: CaptureTable) -> NDArray[np.float64] | None:
    """Return the fitted number unseen of every stratum; None where the fit has none that add up to its dark figure."""
    means, dark = fit.means, fit.dark_figure
    if means is None or dark is None or means.shape != table.counts.shape:
        return None
    unseen = np.asarray(means[(0,) * len(table.lists)], dtype=np.float64).ravel()
    return unseen if np.isclose(unseen.sum(), dark, rtol=_SAME, atol=_SAME) else None


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
