"""Other tables of the same persons: fewer lists, fewer covariates, fewer strata, without large cases.

Every cell has a place in the new table, or none. Counts and cases go along to those places.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mse.core.selection import collapsed, picked
from mse.errors import TableError, did_you_mean, spelled

if TYPE_CHECKING:
    from mse.core.cases import CaseCounts
    from mse.core.table import CaptureTable

__all__ = ["collapse", "drop_list", "merge_lists", "select", "without_large_cases"]


def drop_list[T: CaptureTable](table: T, name: str) -> T:
    """Leave a list out; see `CaptureTable.drop_list`."""
    axis = _axis(table, name)
    lists = tuple(other for other in table.lists if other != name)
    counts = table.counts.sum(axis=axis)
    place = np.expand_dims(np.arange(counts.size).reshape(counts.shape), axis)
    return _over(table, lists, counts, np.broadcast_to(place, table.counts.shape))


def merge_lists[T: CaptureTable](table: T, groups: Mapping[str, Sequence[str]]) -> T:
    """Merge lists into one; see `CaptureTable.merge_lists`."""
    if empty := [new for new, members in groups.items() if not members]:
        raise TableError("A merged list holds at least one list", got=f"none for {spelled(empty)}")
    merged = [member for members in groups.values() for member in members]
    for member in merged:
        _axis(table, member)
    if len(set(merged)) < len(merged):
        raise TableError("A list goes into one merged list only", got=spelled(merged))
    if taken := [new for new in groups if new in table.lists and new not in merged]:
        raise TableError("A merged list needs a name of its own", got=f"{spelled(taken)}, which is another list")
    target = {member: new for new, members in groups.items() for member in members}
    lists = tuple(dict.fromkeys(target.get(name, name) for name in table.lists))
    cells = np.argwhere(table.counts > 0)
    k = len(table.lists)
    on = np.zeros((len(cells), len(lists)), dtype=np.intp)
    for axis, name in enumerate(table.lists):
        column = lists.index(target.get(name, name))
        on[:, column] |= cells[:, axis]
    counts = np.zeros((2,) * len(lists) + table.counts.shape[k:], dtype=np.int64)
    index = tuple(on.T) + tuple(cells[:, k:].T)
    np.add.at(counts, index, table.counts[tuple(cells.T)])
    place = np.full(table.counts.shape, -1, dtype=np.int64)
    place[tuple(cells.T)] = np.ravel_multi_index(index, counts.shape)
    return _over(table, lists, counts, place)


def collapse[T: CaptureTable](table: T, keep: Sequence[str]) -> T:
    """Add the table up over its covariates; see `CaptureTable.collapse`."""
    k = len(table.lists)
    fields = collapsed(table, keep)
    gone = tuple(k + axis for axis, name in enumerate(table.covariates) if name not in fields["covariates"])
    counts = fields["counts"]
    place = np.expand_dims(np.arange(counts.size).reshape(counts.shape), gone)
    cases = _cases(table, np.broadcast_to(place, table.counts.shape))
    return replace(table, **fields, findings=(), cases=cases)


def select[T: CaptureTable](table: T, levels: Mapping[str, Hashable | Iterable[Hashable]]) -> T:
    """Keep some levels of covariates; see `CaptureTable.select`."""
    part = picked(table, levels)
    place = np.full(table.counts.size, -1, dtype=np.int64)
    place[part.cells.ravel()] = np.arange(part.cells.size)
    return replace(table, **part.fields(table.counts), findings=(), reconciliation=None, cases=_cases(table, place))


def without_large_cases[T: CaptureTable](table: T, size: int) -> T:
    """Leave out the persons of large cases; see `CaptureTable.without_large_cases`."""
    if table.cases is None:
        raise TableError("The table carries no cases", hint="Name their column: mse.tabulate(…, case=…).")
    kept = table.cases.up_to(size)
    if kept is None:
        raise TableError("A table needs at least one person", got=f"only cases of more than {size} persons")
    counts = kept.counts(table.counts.size).reshape(table.counts.shape)
    return replace(table, counts=counts, findings=(), reconciliation=None, cases=kept)


def _over[T: CaptureTable](table: T, lists: tuple[str, ...], counts: NDArray[np.int64], place: NDArray[np.int64]) -> T:
    """Return a table over other lists, without those who are on none of them."""
    unseen = (0,) * len(lists)
    strata = int(counts[unseen].size)
    counts = counts.copy()
    counts[unseen] = 0
    cases = _cases(table, np.where(place < strata, -1, place))
    return replace(table, lists=lists, counts=counts, findings=(), reconciliation=None, cases=cases)


def _cases(table: CaptureTable, place: NDArray[np.int64]) -> CaseCounts | None:
    """Return the cases of a table whose cells get another place; -1 leaves the cell out."""
    return None if table.cases is None else table.cases.moved(place.ravel())


def _axis(table: CaptureTable, name: str) -> int:
    if name not in table.lists:
        raise TableError(f"There is no list '{name}' in the table", hint=did_you_mean(name, table.lists))
    return table.lists.index(name)
