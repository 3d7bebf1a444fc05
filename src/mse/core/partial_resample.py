"""Draw a partial table like one at hand, its gaps included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mse.core.partial_rows import always_known, recorded_masks, stratum_places
from mse.core.resample import Cases, Persons, Sampler, check_draw
from mse.kernels.resample import draw_parametric

if TYPE_CHECKING:
    from mse.core.partial import PartialTable

__all__ = ["partial_sampler"]


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
) -> Sampler:
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
    check_draw(kind, table.cases, means, groups)
    strata = len(table.possible)
    group = np.argmax(groups, axis=0).astype(np.int64) if groups else np.zeros(strata, np.int64)
    if kind == "parametric" and means is not None:
        return _Complete(table, means.reshape(1 << len(table.lists), -1), group, _shares(table))
    totals, rows = _recorded(table, total, means, group)
    if kind == "case" and table.cases is not None:
        return Cases.of(table.cases, table.recorded, totals, rows)
    return Persons(table.recorded, totals, rows, fixed_n)


def _recorded(
    table: PartialTable, total: float, means: NDArray[np.float64] | None, group: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Estimated total of every group that is drawn by itself, and the group of every recorded combination."""
    counts = table.recorded
    group = _told_apart(table, group)
    if means is None or not group.any():
        return np.array([total]), np.zeros(len(counts), np.int64)
    rows = _groups_of_rows(table, group)
    unseen = np.where(recorded_masks(table.operating) == 0, means.reshape(1 << len(table.lists), -1).T, 0.0).sum(axis=1)
    n_groups = int(group.max()) + 1
    totals = np.bincount(rows, weights=counts, minlength=n_groups) + np.bincount(group, unseen, minlength=n_groups)
    return totals, rows


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
