"""Replicates: a whole estimator fitted again and again to tables drawn like the one at hand.

Replicate r draws from its own stream, seeded by the seed and r alone. So its numbers are the same whatever the number
of workers, the order in which replicates are made and the point at which an earlier run was stopped.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mse.core.data import Data
from mse.core.estimator import Estimator
from mse.core.fit import Fit
from mse.core.partial import PartialTable
from mse.core.resample import Sampler

__all__ = ["BATCH", "Drawing", "Replicate", "Strata", "by_stratum", "replicates"]

BATCH = 25
"""Replicates that a worker makes before it hands them over."""

EXACT = 2.0**20
"""Numbers by stratum are kept to a millionth of a person, 2⁻²⁰: up to 2³³ persons they then add up without
rounding, in whatever order, so that parts of a draw are exactly its total."""

_SAME = 1e-6
"""Fitted counts of one fit and its dark figure are the same number but for rounding and the last Newton step."""


class Strata(NamedTuple):
    """Numbers by stratum, in the order of the table's axes."""

    seen: NDArray[np.float64]
    unseen: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Replicate:
    """What is kept of one replicate.

    Parameters
    ----------
    observed : float
        Persons seen.
    dark_figure : float
        Estimated number unseen; NaN where there is no estimate.
    model : str
        Model that was chosen; empty where there is no estimate.
    on_border : bool
        Whether that model lies on the border of the models to choose among.
    observed_in, dark_in : array of float, shape (strata,), optional
        Persons seen, and estimated number unseen, by stratum; NaN where there is no estimate.
    """

    observed: float
    dark_figure: float
    model: str
    on_border: bool
    observed_in: NDArray[np.float64] | None = None
    dark_in: NDArray[np.float64] | None = None


@dataclass(frozen=True, eq=False)
class Drawing:
    """How replicates are drawn and fitted.

    Parameters
    ----------
    estimator : Estimator
        Made ready for many tables where it can be.
    table : CaptureTable, PartialTable or CountTable
        The table at hand.
    sampler : Sampler
        Draws counts like those of the table.
    seed : int
    strata : int
        Number of strata, where persons seen and unseen are kept by stratum; else 0.
    """

    estimator: Estimator
    table: Data
    sampler: Sampler
    seed: int
    strata: int

    def replicate(self, number: int) -> Replicate:
        """Draw and fit one replicate."""
        rng = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(number,)))
        counts = self.sampler.draw(rng)
        fit = drawn = None
        if counts.any():
            drawn = self.table.with_counts(counts)
            fit = self.estimator.fit(drawn, seed=int(rng.integers(2**31)))
        return self._summary(fit, drawn, int(counts.sum()))

    def _summary(self, fit: Fit | None, drawn: Data | None, n: int) -> Replicate:
        """Keep of a fit what a replicate needs.

        One whose unseen cannot be told apart by stratum has no estimate where that is kept: then it would have parts
        that do not add up.
        """
        strata = by_stratum(fit, drawn) if self.strata and fit is not None and drawn is not None else None
        dark = None if fit is None else fit.dark_figure
        if fit is None or dark is None or (self.strata and strata is None):
            nothing = np.full(self.strata, np.nan) if self.strata else None
            return Replicate(n, np.nan, "", False, nothing, nothing)
        border = getattr(self.estimator, "on_border", None)
        on_border = border is not None and border(fit)
        if strata is None:
            return Replicate(n, dark, fit.model, on_border)
        seen, unseen = (np.round(numbers * EXACT) / EXACT for numbers in strata)
        return Replicate(float(seen.sum()), float(unseen.sum()), fit.model, on_border, seen, unseen)

    def batch(self, numbers: Sequence[int]) -> list[Replicate]:
        """Draw and fit some replicates on one thread."""
        from threadpoolctl import threadpool_limits

        with threadpool_limits(limits=1):
            return [self.replicate(number) for number in numbers]


def by_stratum(fit: Any, table: Data) -> Strata | None:
    """Return the persons seen and the fitted number unseen of every stratum.

    Where a table does not tell the stratum of all persons, those seen are expected numbers under the model.

    Returns
    -------
    Strata or None
        None where the fit has no numbers unseen by stratum that add up to its dark figure.
    """
    if not isinstance(table, PartialTable):
        if fit.means is None or fit.means.shape != table.counts.shape:
            return None
        strata = math.prod(map(len, table.covariates.values()))
        seen, unseen = table.counts.reshape(-1, strata).sum(axis=0), fit.means.reshape(-1, strata)[0]
    else:
        chosen = getattr(fit, "best", fit)
        if chosen is None or chosen.unseen is None:
            return None
        seen, unseen = chosen.counts.sum(axis=1), chosen.unseen
    if fit.dark_figure is None or not np.isclose(unseen.sum(), fit.dark_figure, rtol=_SAME, atol=_SAME):
        return None
    return Strata(np.asarray(seen, dtype=np.float64), np.asarray(unseen, dtype=np.float64))


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
