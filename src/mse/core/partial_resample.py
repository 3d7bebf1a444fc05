"""Draw a partial table like one at hand, its gaps included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mse.core.partial_rows import always_known, recorded_masks, stratum_places
from mse.errors import ModelError, did_you_mean
from mse.kernels.resample import draw_cases, draw_nonparametric, draw_parametric

if TYPE_CHECKING:
    from mse.core.cases import CaseCounts
    from mse.core.partial import PartialTable

__all__ = ["partial_sampler"]

KINDS = ("nonparametric", "parametric", "case")


@dataclass(frozen=True, eq=False)
class _Recorded:
    """Recorded combinations in the observed proportions, what is missing of them included."""

    counts: NDArray[np.int64]
    totals: NDArray[np.float64]
    group: NDArray[np.int64]
    fixed_n: bool

    def draw(self, rng: np.random.Generator) -> NDArray[np.int64]:
        """Draw counts of all layers, one after the other."""
        return draw_nonparametric(self.counts[None, :], self.totals, self.group, rng, fixed_n=self.fixed_n).ravel()


@dataclass(frozen=True, eq=False)
class _Cases:
    """Whole cases in the observed proportions, each drawn with the group that holds most of its persons."""

    cases: CaseCounts
    size: int
    group: NDArray[np.int64]
    seen: NDArray[np.float64]

    @classmethod
    def of(cls, cases: CaseCounts, recorded: _Recorded) -> _Cases:
        """Draw cases where otherwise persons would be drawn."""
        kinds, groups = cases.kinds, len(recorded.totals)
        persons = np.zeros((len(kinds.number), groups), dtype=np.int64)
        kind = np.repeat(np.arange(len(kinds.number)), np.diff(kinds.starts))
        np.add.at(persons, (kind, recorded.group[kinds.cell]), kinds.persons)
        observed = np.bincount(recorded.group, weights=recorded.counts, minlength=groups)
        seen = np.divide(observed, recorded.totals, out=np.ones(groups), where=recorded.totals > 0.0)
        return cls(cases, len(recorded.counts), np.argmax(persons, axis=1), np.minimum(seen, 1.0))

    def draw(self, rng: np.random.Generator) -> NDArray[np.int64]:
        """Draw counts of all layers, one after the other."""
        return draw_cases(self.cases.kinds, self.group, self.seen, self.size, rng)


@dataclass(frozen=True, eq=False)
class _Complete:
    """Complete persons over the fitted cells, recorded on the lists that operate, some covariates then hidden."""

    table: PartialTable
    means: NDArray[np.float64]
    group: NDArray[np.int64]
    shares: NDArray[np.float64]

    def draw(self, rng: np.random.Generator) -> NDArray[np.int64]:
        """Draw counts of all layers, one after the other."""
        persons = draw_parametric(self.means, self.group, rng)
        seen = np.zeros_like(persons)
        np.add.at(seen, (recorded_masks(self.table.operating).T, np.arange(persons.shape[1])[None, :]), persons)
        seen[0] = 0
        lacking = rng.multinomial(seen, self.shares)
        layers = enumerate(self.table.layers)
        return np.concatenate([_margin(self.table, lacking[..., i], missing).ravel() for i, missing in layers])


def partial_sampler(
    table: PartialTable,
    kind: str,
    *,
    total: float,
    means: NDArray[np.float64] | None = None,
    fixed_n: bool = False,
    groups: Sequence[NDArray[np.bool_]] = (),
) -> _Recorded | _Complete | _Cases:
    """Make ready to draw tables like a partial one; `PartialTable.with_counts` takes what is drawn.

    Parameters
    ----------
    table : PartialTable
    kind : {"nonparametric", "parametric", "case"}
        "nonparametric" draws the number seen, n* ~ Binomial(N̂, n/N̂), and spreads it over all recorded combinations
        in the observed proportions, so what is missing varies too. "parametric" draws complete persons over the
        fitted cells, the unseen included, records them on the lists that operate, and hides their covariates: what a
        person lacks is drawn in the proportions observed among persons with the same recorded history and the same
        levels of those covariates that nobody lacks; where there are none, in those of these covariates alone, and
        else in those of the whole table. That is missing at random. "case" draws whole cases.
    total : float
        Estimated total.
    means : array of float, optional
        Fitted counts in the shape of the complete table; needed for "parametric" and for groups.
    fixed_n : bool
        Keep the number of persons seen as it is ("nonparametric" only).
    groups : sequence of array of bool, shape (strata,)
        Groups of strata whose persons are drawn by themselves. All are one group where there are none; for
        "nonparametric" and "case" groups that some persons may be of both are joined.

    Returns
    -------
    sampler
        Its ``draw(rng)`` returns the counts of all layers, one after the other.

    Raises
    ------
    mse.errors.ModelError
        The kind is not known, the fitted counts are missing, or the table carries no cases.
    """
    if kind not in KINDS:
        raise ModelError(f"A partial table has no bootstrap of kind {kind!r}", hint=did_you_mean(str(kind), KINDS))
    if kind == "case" and table.cases is None:
        raise ModelError(
            "Cases are drawn from a table that carries them",
            got="a table of persons only",
            hint="Name the column of the case: mse.tabulate(…, case=…).",
        )
    if means is None and (kind == "parametric" or groups):
        raise ModelError("A parametric draw, and one by groups, needs the fitted counts", hint="Give means=…")
    strata = len(table.possible)
    group = np.argmax(groups, axis=0).astype(np.int64) if groups else np.zeros(strata, np.int64)
    if kind == "parametric" and means is not None:
        return _Complete(table, means.reshape(1 << len(table.lists), -1), group, _shares(table))
    recorded = _recorded(table, total, means, fixed_n, group)
    return recorded if kind == "nonparametric" or table.cases is None else _Cases.of(table.cases, recorded)


def _recorded(
    table: PartialTable,
    total: float,
    means: NDArray[np.float64] | None,
    fixed_n: bool,
    group: NDArray[np.int64],
) -> _Recorded:
    counts = table.recorded
    group = _told_apart(table, group)
    rows = _groups_of_rows(table, group)
    if means is None or not group.any():
        return _Recorded(counts, np.array([total]), np.zeros(len(counts), np.int64), fixed_n)
    unseen = np.where(recorded_masks(table.operating) == 0, means.reshape(1 << len(table.lists), -1).T, 0.0).sum(axis=1)
    n_groups = int(group.max()) + 1
    totals = np.bincount(rows, weights=counts, minlength=n_groups) + np.bincount(group, unseen, minlength=n_groups)
    return _Recorded(counts, totals, rows, fixed_n)


def _told_apart(table: PartialTable, group: NDArray[np.int64]) -> NDArray[np.int64]:
    """Join groups that some persons may be of both; what is left of a cut by year and form is one by year where forms
    are not known."""
    joined = np.arange(int(group.max()) + 1)
    for missing, layer in table.layers.items():
        if layer.any():
            places = stratum_places(table.covariates, missing)
            for place in range(int(places.max()) + 1):
                together = np.unique(joined[group[places == place]])
                joined[np.isin(joined, together)] = together[0]
    return np.unique(joined, return_inverse=True)[1][group].astype(np.int64)


def _groups_of_rows(table: PartialTable, group: NDArray[np.int64]) -> NDArray[np.int64]:
    """Group of every recorded combination."""
    found = []
    for missing in table.layers:
        places = stratum_places(table.covariates, missing)
        of_place = np.zeros(int(places.max()) + 1, dtype=np.int64)
        of_place[places] = group
        found.append(np.broadcast_to(of_place, (1 << len(table.lists), len(of_place))).ravel())
    return np.concatenate(found)


def _margin(table: PartialTable, counts: NDArray[np.int64], missing: tuple[str, ...]) -> NDArray[np.int64]:
    """Add complete persons up over the covariates they lack."""
    k = len(table.lists)
    cube = counts.reshape((2,) * k + tuple(len(levels) for levels in table.covariates.values()))
    return cube.sum(axis=tuple(k + axis for axis, name in enumerate(table.covariates) if name in missing))


def _shares(table: PartialTable) -> NDArray[np.float64]:
    """Probability of each layer by recorded history and stratum, shape (2^K, n_strata, number of layers)."""
    lacked = tuple(name for name in table.covariates if table.n_lacking(name))
    places = stratum_places(table.covariates, lacked)
    by_cell = always_known(table).astype(np.float64)
    by_stratum = by_cell.sum(axis=0, keepdims=True)
    shares = by_stratum.sum(axis=(0, 1)) / by_stratum.sum()
    for counts in (by_stratum, by_cell):
        size = counts.sum(axis=-1, keepdims=True)
        shares = np.where(size > 0.0, counts / np.where(size > 0.0, size, 1.0), shares)
    by_place: NDArray[np.float64] = shares[:, places]
    return by_place
