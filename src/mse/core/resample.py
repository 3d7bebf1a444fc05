"""Draw a table like one at hand: the step that every bootstrap repeats."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from mse.errors import ModelError, did_you_mean
from mse.kernels.resample import draw_cases, draw_nonparametric, draw_parametric

if TYPE_CHECKING:
    from mse.core.cases import CaseCounts
    from mse.core.counts import CountTable
    from mse.core.expected import ExpectedTable
    from mse.core.partial import PartialTable
    from mse.core.table import CaptureTable

__all__ = ["KINDS", "Cases", "Persons", "Sampler", "check_draw", "resample", "sampler"]

KINDS = ("nonparametric", "parametric", "case")


class Sampler(Protocol):
    """Draws counts like those of a table."""

    def draw(self, rng: np.random.Generator) -> NDArray[np.int64]:
        """Draw counts in the shape of the table; all zero where nobody was drawn."""
        ...


@dataclass(frozen=True, eq=False)
class Persons:
    """Persons in the observed proportions; `group` is that of every cell."""

    counts: NDArray[np.int64]
    totals: NDArray[np.float64]
    group: NDArray[np.int64]
    fixed_n: bool

    def draw(self, rng: np.random.Generator) -> NDArray[np.int64]:
        """Draw counts in the shape of those observed."""
        flat = self.counts.reshape(1, -1)
        return draw_nonparametric(flat, self.totals, self.group, rng, fixed_n=self.fixed_n).reshape(self.counts.shape)


@dataclass(frozen=True, eq=False)
class _Fitted:
    """Persons over the fitted cells."""

    means: NDArray[np.float64]
    shape: tuple[int, ...]
    group: NDArray[np.int64]

    def draw(self, rng: np.random.Generator) -> NDArray[np.int64]:
        drawn = draw_parametric(self.means, self.group, rng)
        drawn[0] = 0
        return drawn.reshape(self.shape)


@dataclass(frozen=True, eq=False)
class Cases:
    """Whole cases in the observed proportions, each drawn with the group that holds most of its persons."""

    cases: CaseCounts
    shape: tuple[int, ...]
    group: NDArray[np.int64]
    seen: NDArray[np.float64]

    @classmethod
    def of(
        cls, cases: CaseCounts, counts: NDArray[np.int64], totals: NDArray[np.float64], group: NDArray[np.int64]
    ) -> Self:
        """Draw cases where otherwise persons would be drawn; `group` is that of every cell."""
        kinds, groups = cases.kinds, len(totals)
        persons = np.zeros((len(kinds.number), groups), dtype=np.int64)
        kind = np.repeat(np.arange(len(kinds.number)), np.diff(kinds.starts))
        np.add.at(persons, (kind, group[kinds.cell]), kinds.persons)
        observed = np.bincount(group, weights=counts.ravel(), minlength=groups)
        seen = np.divide(observed, totals, out=np.ones(groups), where=totals > 0.0)
        return cls(cases, counts.shape, np.argmax(persons, axis=1), np.minimum(seen, 1.0))

    def draw(self, rng: np.random.Generator) -> NDArray[np.int64]:
        """Draw counts in the shape of those observed."""
        size = int(np.prod(self.shape))
        return draw_cases(self.cases.kinds, self.group, self.seen, size, rng).reshape(self.shape)


def check_draw(
    kind: str, cases: CaseCounts | None, means: NDArray[np.float64] | None, groups: Sequence[NDArray[np.bool_]]
) -> None:
    """Refuse a draw of no known kind, or one that lacks what it draws from."""
    if kind not in KINDS:
        raise ModelError(f"There is no bootstrap of kind {kind!r}", hint=did_you_mean(str(kind), KINDS))
    if kind == "case" and cases is None:
        raise ModelError(
            "Cases are drawn from a table that carries them",
            got="a table of persons only",
            hint="Name the column of the case: mse.tabulate(…, case=…).",
        )
    if means is None and (kind == "parametric" or groups):
        raise ModelError("A parametric draw, and one by groups, needs the fitted counts", hint="Give means=…")


def sampler(
    table: CaptureTable | PartialTable | ExpectedTable | CountTable,
    kind: str,
    *,
    total: float,
    means: NDArray[np.float64] | None = None,
    fixed_n: bool = False,
    groups: Sequence[NDArray[np.bool_]] = (),
) -> Sampler:
    """Make ready to draw counts for a table.

    Parameters
    ----------
    table : CaptureTable, PartialTable or CountTable
    kind : {"nonparametric", "parametric", "case"}
        Persons from the observed proportions, persons from the fitted cells with the unseen, or whole cases.
    total : float
        Estimated total.
    means : array of float, optional
        Fitted counts in the shape of the table; needed for "parametric" and for groups.
    fixed_n : bool
        Keep the number of persons seen as it is ("nonparametric" only).
    groups : sequence of array of bool, shape (strata,)
        Groups of strata whose persons are drawn by themselves. All strata are one group where there are none.

    Returns
    -------
    Sampler

    Raises
    ------
    mse.errors.ModelError
        The kind is not known, the fitted counts are missing, or the table carries no cases.
    mse.errors.TableError
        The table holds expected counts, of nobody who could be drawn.
    """
    from mse.core.expected import ExpectedTable
    from mse.core.partial import PartialTable

    if isinstance(table, ExpectedTable):
        table.resample()
    if isinstance(table, PartialTable):
        from mse.core.partial_resample import partial_sampler

        return partial_sampler(table, kind, total=total, means=means, fixed_n=fixed_n, groups=groups)
    cases = getattr(table, "cases", None)
    check_draw(kind, cases, means, groups)
    return _complete_sampler(table, cases, kind, total, means, fixed_n, groups)


def _complete_sampler(
    table: CaptureTable | CountTable,
    cases: CaseCounts | None,
    kind: str,
    total: float,
    means: NDArray[np.float64] | None,
    fixed_n: bool,
    groups: Sequence[NDArray[np.bool_]],
) -> Sampler:
    """Make ready to draw counts of a table in which everything is known."""
    counts = table.counts.reshape(-1, math.prod(map(len, table.covariates.values())))
    group = np.zeros(counts.shape[1], dtype=np.int64)
    totals = np.array([total])
    if groups and means is not None:
        group = np.argmax(groups, axis=0).astype(np.int64)
        unseen = means.reshape(counts.shape)[0]
        totals = np.bincount(group, weights=counts.sum(axis=0) + unseen, minlength=len(groups))
    if kind == "parametric" and means is not None:
        return _Fitted(means.reshape(counts.shape), table.counts.shape, group)
    of_cell = np.tile(group, len(counts))
    if kind == "case" and cases is not None:
        return Cases.of(cases, table.counts, totals, of_cell)
    return Persons(table.counts, totals, of_cell, fixed_n)


def resample(
    table: CaptureTable | CountTable,
    kind: str,
    rng: np.random.Generator,
    *,
    total: float,
    means: NDArray[np.float64] | None = None,
    fixed_n: bool = False,
    groups: Sequence[NDArray[np.bool_]] = (),
) -> NDArray[np.int64]:
    """Draw counts for a table once; the options are those of `sampler`.

    Returns
    -------
    array of int
        Counts in the shape of the table; all zero where nobody was drawn.
    """
    return sampler(table, kind, total=total, means=means, fixed_n=fixed_n, groups=groups).draw(rng)
