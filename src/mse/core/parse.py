"""Reads frames of histories, with or without counts, into a table; pandas, polars and pyarrow alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mse.core.shape import check_names, table_shape
from mse.core.values import MISSING, count_of, is_missing, level_of, memberships, ordered_levels
from mse.errors import TableError, did_you_mean, spelled

if TYPE_CHECKING:
    import narwhals as nw

    from mse.core.reference import Reference
    from mse.core.table import CaptureTable

__all__ = ["open_frame", "read_counts", "read_histories"]

Levels = Mapping[str, Sequence[Hashable]]
Columns = dict[str, list[Any]]


def read_counts[T: CaptureTable](
    cls: type[T],
    frame: Any,
    *,
    lists: Sequence[str],
    count: str = "count",
    covariates: Sequence[str] = (),
    coding: Mapping[Any, bool] | None = None,
    levels: Levels | None = None,
    reference: Reference | None = None,
) -> T:
    """Read one row a history (and stratum) with its count; see `CaptureTable.from_counts`."""
    check_names(lists, covariates, count)
    wanted = [*lists, *covariates, count]
    columns = open_frame(frame, wanted).to_dict(as_series=False)
    order = _declared(columns, covariates, levels, _category_order(frame, covariates))
    cells = _cells(columns, lists, order, coding)
    _refuse_repeated(cells, lists)
    counts = _counts(columns[count], unseen=~cells[:, : len(lists)].any(axis=1), name=count)
    return _filled(cls, cells, counts, lists, order, reference)


def read_histories[T: CaptureTable](
    cls: type[T],
    frame: Any,
    *,
    lists: Sequence[str],
    covariates: Sequence[str] = (),
    coding: Mapping[Any, bool] | None = None,
    levels: Levels | None = None,
    reference: Reference | None = None,
) -> T:
    """Count one row a person by history (and stratum); see `CaptureTable.from_histories`."""
    import narwhals as nw

    check_names(lists, covariates)
    wanted = [*lists, *covariates]
    rows = open_frame(frame, wanted)
    size = _unused("persons", wanted)
    columns = rows.group_by(wanted).agg(nw.len().alias(size)).to_dict(as_series=False)
    order = _declared(columns, covariates, levels, _category_order(frame, covariates))
    cells = _cells(columns, lists, order, coding)
    persons = np.array(columns[size], dtype=np.int64)
    if unseen := int(persons[~cells[:, : len(lists)].any(axis=1)].sum()):
        raise TableError(
            "Every row is a person who was seen on at least one list",
            got=f"{unseen} of {int(persons.sum())} rows on none of the lists {spelled(lists)}",
            hint="Leave these rows out, or name the list that they come from.",
        )
    return _filled(cls, cells, persons, lists, order, reference)


def open_frame(frame: Any, wanted: Sequence[str]) -> nw.DataFrame[Any]:
    """Return the wanted columns of a data frame.

    Raises
    ------
    mse.errors.TableError
        It is no data frame, has no rows, two equal names, lacks a column, or a column holds no plain values.
    """
    import narwhals as nw

    try:
        opened = nw.from_native(frame)
        names = opened.collect_schema().names()
    except TypeError:
        raise TableError(
            "A table is read from a pandas, polars or pyarrow data frame", got=f"a {type(frame).__name__}"
        ) from None
    except nw.exceptions.DuplicateError:
        raise TableError("Every column of the frame needs its own name", got="two columns of one name") from None
    for name in wanted:
        if name not in names:
            options = [str(option) for option in names]
            raise TableError(f"Column '{name}' is not in the frame", hint=did_you_mean(name, options))
    chosen = opened.select(*wanted)
    rows = chosen.collect() if isinstance(chosen, nw.LazyFrame) else chosen
    if rows.is_empty():
        raise TableError("A table needs at least one row", got="an empty frame")
    for name, dtype in rows.schema.items():
        if dtype.is_nested():
            raise TableError(f"Column '{name}' needs one plain value a row", got=f"values of type {dtype}")
        if dtype == nw.Object:
            _refuse_unhashable(rows[name])
    return rows


def _refuse_unhashable(column: nw.Series[Any]) -> None:
    kinds = {type(value) for value in column.to_list()}
    for kind in kinds:
        if kind.__hash__ is None:
            raise TableError(f"Column '{column.name}' needs one plain value a row", got=f"a {kind.__name__}")


def _unused(name: str, taken: Sequence[str]) -> str:
    while name in taken:
        name += "_"
    return name


def _category_order(frame: Any, covariates: Sequence[str]) -> Levels:
    """Levels of the covariates that are ordered categories, in their own order."""
    import narwhals as nw

    opened = nw.from_native(frame)
    schema = opened.collect_schema()
    return {name: dtype.categories for name in covariates if isinstance(dtype := schema[name], nw.Enum)}


def _declared(
    columns: Columns, covariates: Sequence[str], levels: Levels | None, categories: Levels
) -> dict[str, tuple[Hashable, ...]]:
    """Levels of every covariate: as declared, else in the order of its categories, else sorted."""
    for name in levels or {}:
        if name not in covariates:
            raise TableError(f"levels= names '{name}', which is no covariate", hint=did_you_mean(name, covariates))
    order: dict[str, tuple[Hashable, ...]] = {}
    for name in covariates:
        columns[name] = [level_of(value) for value in columns[name]]
        present = set(columns[name])
        if levels is not None and name in levels:
            declared = tuple(dict.fromkeys(level_of(level) for level in levels[name]))
            if strange := len(present - {*declared, MISSING}):
                raise TableError(
                    f"Covariate '{name}' has the levels {spelled(map(str, declared))}",
                    got=f"{strange} other {'value' if strange == 1 else 'values'}",
                    hint="Declare them too, or recode them.",
                )
            order[name] = declared if MISSING not in present else tuple(dict.fromkeys((*declared, MISSING)))
        elif name in categories:
            known = [level for category in categories[name] if (level := level_of(category)) in present]
            order[name] = tuple(dict.fromkeys((*known, *ordered_levels(present - set(known)))))
        else:
            order[name] = ordered_levels(present)
    return order


def _cells(
    columns: Columns,
    lists: Sequence[str],
    order: Mapping[str, tuple[Hashable, ...]],
    coding: Mapping[Any, bool] | None,
) -> np.ndarray[tuple[int, int], np.dtype[np.intp]]:
    """Index of every row in the table: a column per list, then one per covariate."""
    table_shape(lists, order)
    index: list[list[int]] = []
    for name in lists:
        values = [None if is_missing(value) else value for value in columns[name]]
        meant = memberships(dict.fromkeys(values), name, coding)
        index.append([int(meant[value]) for value in values])
    for name, levels in order.items():
        place = {level: position for position, level in enumerate(levels)}
        index.append([place[level] for level in columns[name]])
    return np.array(index, dtype=np.intp).T


def _refuse_repeated(cells: np.ndarray[Any, Any], lists: Sequence[str]) -> None:
    repeated = [cell for cell, times in Counter(map(tuple, cells.tolist())).items() if times > 1]
    if repeated:
        on = [name for name, member in zip(lists, repeated[0], strict=False) if member]
        where = f"on {spelled(on)}" if on else "on no list"
        raise TableError(
            "Every history (and stratum) has one row",
            got=f"{len(repeated)} repeated, the first {where}",
            hint="Add their counts up, or name the covariate that tells these rows apart.",
        )


def _counts(values: Sequence[Any], *, unseen: np.ndarray[Any, Any], name: str) -> np.ndarray[Any, Any]:
    counts = np.zeros(len(values), dtype=np.int64)
    wrong: Counter[str] = Counter()
    for row, value in enumerate(values):
        if is_missing(value):
            if not unseen[row]:
                wrong["an empty cell"] += 1
            continue
        try:
            counts[row] = count_of(value)
        except ValueError as reason:
            wrong[str(reason)] += 1
    if wrong:
        (what, rows), *_ = wrong.most_common(1)
        hint = None
        if what == "a fraction":
            hint = "A Dutch 1.150 that was read as 1.15 is 1,150: read the file with mse.read_table."
        raise TableError(
            f"Column '{name}' holds whole counts of persons, 0 or more",
            got=f"{what} in {rows} of {len(values)} rows",
            hint=hint,
        )
    return counts


def _filled[T: CaptureTable](
    cls: type[T],
    cells: np.ndarray[Any, Any],
    persons: np.ndarray[Any, Any],
    lists: Sequence[str],
    order: Mapping[str, tuple[Hashable, ...]],
    reference: Reference | None,
) -> T:
    counts = np.zeros(table_shape(lists, order), dtype=np.int64)
    np.add.at(counts, tuple(cells.T), persons)
    return cls(tuple(lists), counts, dict(order), reference)
