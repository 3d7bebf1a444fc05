"""Arrays that a hierarchical model is built from: what was counted, of which cells, and on what scale effects lie."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mse.core.level_numbers import number_of
from mse.core.partial import PartialTable
from mse.core.partial_rows import always_known, recorded_masks, stratum_axes, stratum_places
from mse.errors import ModelError, TableError, did_you_mean
from mse.kernels.hierarchical import inside

if TYPE_CHECKING:
    from mse.core.table import CaptureTable
    from mse.models.hierarchical import Hierarchical
    from mse.models.loglinear import Table

__all__ = ["ROW", "HierarchicalData"]

ROW = "row"
"""Axis of what is recorded where that is no table of strata and cells."""

EXPECTED_SHARE = 1.0 / 3.0
"""Share of the interactions that is expected to be different from 0, by default."""


@dataclass(frozen=True, eq=False)
class HierarchicalData:
    """A table as arrays, with what a specification makes of its lists and levels.

    Parameters
    ----------
    table : CaptureTable or PartialTable
    terms : array of int
        Interactions, as masks of lists.
    labels : tuple of str
        The interactions in brackets.
    counts : array of int, shape (n_strata, 2^K − 1), or (number of rows,) of a partial table
        Persons recorded.
    rates : array of float, shape (number of rows,)
        Chance to be recorded in that row of those whom it may hold: 1 but where covariates are missing.
    row_of : array of int, shape (layers, n_strata·2^K)
        Row of every cell in each layer; the number of rows where it has none.
    keep, unseen : array of bool, shape (n_strata, 2^K)
        Cells that would be observed, and those that can exist and would not.
    row_labels : tuple of str
        What each row of a partial table holds.
    global_scale : float
        Scale of the half-Cauchy prior of the global shrinkage.
    gaps : array of float
        Square root of the distance of each level of the walk from the level before.
    breaks : array of float
        1 at the levels that the walk breaks at.
    """

    table: Table
    terms: NDArray[np.int64]
    labels: tuple[str, ...]
    counts: NDArray[np.int64]
    rates: NDArray[np.float64]
    row_of: NDArray[np.int64]
    keep: NDArray[np.bool_]
    unseen: NDArray[np.bool_]
    row_labels: tuple[str, ...]
    global_scale: float
    gaps: NDArray[np.float64]
    breaks: NDArray[np.float64]

    @classmethod
    def of(cls, table: Table, spec: Hierarchical) -> HierarchicalData:
        """Take a table apart for a specification.

        Raises
        ------
        mse.errors.TableError
            No list operates in some stratum, so that nothing is known of it.
        mse.errors.ModelError
            A break is no level of the walk.
        """
        counts, rates, row_of, row_labels, keep, unseen = (
            _partial(table) if isinstance(table, PartialTable) else _whole(table)
        )
        if not keep.any(axis=1).all():
            where = _strata(table.covariates)[int(np.flatnonzero(~keep.any(axis=1))[0])]
            raise TableError("A list operates in every stratum", got=f"none in {where}", hint="Leave that stratum out.")
        generators = spec.generators(table)
        within = (keep | unseen).any(axis=0)
        masks = sorted((int(m) for m in generators.masks if int(m).bit_count() > 1), key=lambda m: (m.bit_count(), -m))
        cells = np.arange(len(within))
        terms = np.array([m for m in masks if within[cells & m == m].any()], dtype=np.int64)
        labels = tuple(generators.label(int(mask)) for mask in terms)
        scale = _global_scale(table, terms) if spec.global_scale is None else float(spec.global_scale)
        gaps, breaks = _steps(spec, table.covariates)
        return cls(table, terms, labels, counts, rates, row_of, keep, unseen, row_labels, scale, gaps, breaks)

    @property
    def has_rows(self) -> bool:
        """Whether what is recorded are rows that may hold several cells."""
        return self.counts.ndim == 1

    @property
    def n_strata(self) -> int:
        """Number of strata."""
        return len(self.keep)

    @property
    def strata(self) -> tuple[str, ...]:
        """The strata in words."""
        return _strata(self.table.covariates)

    @property
    def level_of(self) -> dict[str, NDArray[np.int64]]:
        """Place of the level of each covariate in every stratum."""
        return stratum_axes(self.table.covariates)

    @property
    def seen(self) -> NDArray[np.float64]:
        """Persons seen by stratum, those of unknown stratum spread evenly: where chains start."""
        if not self.has_rows:
            return self.counts.sum(axis=1).astype(np.float64)
        seen = np.zeros(self.n_strata)
        stratum = np.arange(self.keep.size) // self.keep.shape[1]
        for layer in self.row_of:
            held = layer < len(self.counts)
            cells = np.bincount(layer[held], minlength=len(self.counts))
            share = self.counts / np.maximum(cells, 1)
            np.add.at(seen, stratum[held], share[layer[held]])
        return seen

    def coords(self) -> dict[str, Sequence[Hashable]]:
        """Labels of the named axes."""
        k = len(self.table.lists)
        cells = [format(cell, f"0{k}b") for cell in range(1, 1 << k)]
        observed = {ROW: list(self.row_labels)} if self.has_rows else {"cell": cells}
        levels = {level_axis(name): list(found) for name, found in self.table.covariates.items()}
        named = {"list": list(self.table.lists), "stratum": list(self.strata)}
        return {**named, **({"term": list(self.labels)} if self.labels else {}), **levels, **observed}


def level_axis(covariate: str) -> str:
    """Name of the axis of a covariate's levels."""
    return f"{covariate}_level"


_Counted = tuple[
    NDArray[np.int64],
    NDArray[np.float64],
    NDArray[np.int64],
    tuple[str, ...],
    NDArray[np.bool_],
    NDArray[np.bool_],
]


def _whole(table: CaptureTable) -> _Counted:
    n_cells = 1 << len(table.lists)
    counts = table.counts.reshape(n_cells, -1).T[:, 1:]
    keep = np.ones((len(counts), n_cells), dtype=np.bool_)
    keep[:, 0] = False
    none = np.zeros((0, keep.size), dtype=np.int64)
    return np.ascontiguousarray(counts), np.ones(0), none, (), keep, ~keep


def _partial(table: PartialTable) -> _Counted:
    """Rows of every layer that persons could have been recorded in, and the chance to be recorded there.

    The chance to lack covariates is the share observed, by recorded history and the covariates that nobody lacks, as
    in the likelihood of `mse.core.partial_fit`; the Poisson means of the rows of a group then add up to its cells.
    """
    recorded, possible = recorded_masks(table.operating), table.possible
    keep = possible & (recorded != 0)
    lacked = [name for name in table.covariates if table.n_lacking(name)]
    persons = always_known(table)[recorded, stratum_places(table.covariates, lacked)[:, None]]
    whole_layer = np.arange(persons.shape[-1]) == 0
    together = persons.sum(axis=-1, keepdims=True)
    shares = np.where(together > 0, persons / np.maximum(together, 1), whole_layer)
    counts, rates, row_of, labels = [], [], [], []
    start = 0
    for number, (missing, layer) in enumerate(table.layers.items()):
        flat = layer.reshape(1 << len(table.lists), -1)
        place = recorded * flat.shape[1] + stratum_places(table.covariates, missing)[:, None]
        used = keep & (shares[..., number] > 0.0)
        rows, first = np.unique(place[used], return_index=True)
        numbers = np.full(flat.size, -1, dtype=np.int64)
        numbers[rows] = start + np.arange(len(rows))
        row_of.append(np.where(used, numbers[place], -1).ravel())
        counts.append(flat.ravel()[rows])
        rates.append(shares[..., number][used][first])
        labels += _row_labels(table, missing, rows, flat.shape[1])
        start += len(rows)
    of = np.array(row_of)
    return (
        np.concatenate(counts),
        np.concatenate(rates),
        np.where(of < 0, start, of),
        tuple(labels),
        keep,
        possible & ~keep,
    )


def _row_labels(table: PartialTable, missing: tuple[str, ...], rows: NDArray[np.int64], width: int) -> list[str]:
    known = {name: levels for name, levels in table.covariates.items() if name not in missing}
    places = list(product(*known.values()))
    k = len(table.lists)
    said = ", ".join(f"no {name}" for name in missing)
    found = []
    for row in rows.tolist():
        history, place = divmod(row, width)
        parts = [format(history, f"0{k}b"), *map(str, places[place]), said]
        found.append(", ".join(part for part in parts if part))
    return found


def _strata(covariates: Mapping[str, Sequence[Hashable]]) -> tuple[str, ...]:
    return tuple(", ".join(map(str, levels)) for levels in product(*covariates.values())) if covariates else ("all",)


def _global_scale(table: Table, terms: NDArray[np.int64]) -> float:
    """Scale by the expected share of interactions and the persons on all lists of each (Piironen and Vehtari 2017).

    The standard error of a log odds ratio is near 1/√(persons on both lists).
    """
    if not len(terms):
        return 1.0
    whole = table.histories() if isinstance(table, PartialTable) else table.collapse()
    counts = whole.counts.reshape(-1).astype(np.float64)
    shared = inside(terms, len(table.lists)) @ counts
    return float(EXPECTED_SHARE / (1.0 - EXPECTED_SHARE) * np.mean(1.0 / np.sqrt(shared + 1.0)))


def _steps(
    spec: Hierarchical, covariates: Mapping[str, Sequence[Hashable]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How far each level of the walk lies from the one before, and where the walk breaks."""
    levels = covariates.get(spec.walk, ()) if spec.walk else ()
    written = list(map(str, levels))
    for level in spec.breaks:
        if str(level) not in written[1:]:
            raise ModelError(
                f"A walk over '{spec.walk}' breaks at a level after the first",
                got=str(level),
                hint=did_you_mean(str(level), written[1:]),
            )
    numbers = [number_of(level) for level in levels]
    known = [number for number in numbers if number is not None]
    apart = np.diff(known) if len(known) == len(levels) and len(levels) > 1 else np.ones(max(len(levels) - 1, 0))
    gaps = np.sqrt(np.abs(apart)) if (apart != 0.0).all() else np.ones(len(apart))
    wanted = set(map(str, spec.breaks))
    return gaps, np.array([float(level in wanted) for level in written[1:]])
