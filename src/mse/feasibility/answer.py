"""`Answer`: what an estimator says of a table, computed once for all checks that look at it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from mse.core.estimate import Estimate
from mse.core.estimator import Estimator
from mse.core.table import CaptureTable

__all__ = ["Answer", "members_of", "usual_estimator"]

MOST_EXHAUSTIVE = 6
"""Up to this many lists all pair models are fitted: with seven they are two million."""


def usual_estimator(table: CaptureTable) -> Estimator:
    """The estimator whose feasibility is judged unless another is given: a search of the pair models by BIC."""
    from mse.models.search import Search

    return Search(method="exhaustive" if len(table.lists) <= MOST_EXHAUSTIVE else "stepwise")


@dataclass(frozen=True, eq=False)
class Answer:
    """An estimator on a table.

    Parameters
    ----------
    estimator : Estimator
    table : CaptureTable
        Without covariates.
    replicates : int
        Tables on which the choice is repeated.
    seed : int
    """

    estimator: Estimator
    table: CaptureTable
    replicates: int
    seed: int

    @cached_property
    def fit(self) -> Any:
        """The estimator's fit."""
        return self.estimator.fit(self.table, seed=self.seed)

    @property
    def total(self) -> float | None:
        """Its total; None where there is no estimate."""
        total: float | None = self.fit.total
        return total

    @cached_property
    def estimate(self) -> Estimate:
        """Its estimate with interval."""
        estimate: Estimate = self.fit.estimate()
        return estimate

    @cached_property
    def without_list(self) -> dict[str, float | None]:
        """The total with each list left out, in the order of the lists."""
        return {name: self._total_of(self.table.drop_list(name)) for name in self.table.lists}

    @cached_property
    def list_sizes(self) -> dict[str, tuple[int, float | None]]:
        """For each list its size, and what the other lists say of it (see `members_of`)."""
        found = {}
        for name in self.table.lists:
            size, members = members_of(self.table, name)
            found[name] = (size, None if members is None else self._total_of(members))
        return found

    def _total_of(self, table: CaptureTable) -> float | None:
        total: float | None = self.estimator.fit(table, seed=self.seed).total
        return total


def members_of(table: CaptureTable, name: str) -> tuple[int, CaptureTable | None]:
    """Persons on a list, and those of them whom the other lists saw: a population of which the size is known.

    Parameters
    ----------
    table : CaptureTable
        Three lists or more, without covariates.
    name : str
        The list that is hidden.

    Returns
    -------
    size : int
        Persons on the list.
    seen : CaptureTable or None
        Its members by the other lists; None where nobody is on another.

    Examples
    --------
    >>> import mse
    >>> size, seen = members_of(mse.datasets.load("hepatitis_a_taiwan"), "P")
    >>> size, seen.n_observed, seen.lists
    (135, 66, ('Q', 'E'))
    """
    axis = table.lists.index(name)
    inside = np.take(table.counts, 1, axis=axis).copy()
    size = int(inside.sum())
    inside[(0,) * inside.ndim] = 0
    others = tuple(other for other in table.lists if other != name)
    return size, CaptureTable(others, inside, reference=table.reference) if inside.any() else None
