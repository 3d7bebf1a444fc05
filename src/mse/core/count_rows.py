"""Reads frames of how often persons were seen, with or without counts of persons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mse.core.parse import open_frame
from mse.core.shape import MAX_CELLS
from mse.core.values import count_of, is_missing, level_of, ordered_levels
from mse.errors import TableError

__all__ = ["read_frequencies", "read_persons"]

Numbers = tuple[NDArray[np.int64], dict[str, tuple[Hashable, ...]]]


def read_frequencies(frame: Any, times: str, count: str, covariates: Sequence[str]) -> Numbers:
    """Read one row a number of times (and stratum); see `CountTable.from_counts`.

    Returns
    -------
    array of int and dict of str to tuple
        Persons by number of times from 1 on and stratum, and the levels of each covariate.
    """
    columns = open_frame(frame, _wanted([times, *covariates, count])).to_dict(as_series=False)
    often = _whole(columns[times], times)
    persons = _whole((0 if is_missing(c) and o == 0 else c for c, o in zip(columns[count], often, strict=True)), count)
    rows = Counter(zip(often, *(map(level_of, columns[name]) for name in covariates), strict=True))
    if repeated := [row for row, number in rows.items() if number > 1]:
        raise TableError(
            "Every number of times (and stratum) has one row",
            got=f"{len(repeated)} repeated",
            hint="Add their counts up, or name the covariate that tells these rows apart.",
        )
    return _filled(often, persons, {name: columns[name] for name in covariates})


def read_persons(frame: Any, times: str, covariates: Sequence[str]) -> Numbers:
    """Count one row a person; see `CountTable.from_persons`.

    Returns
    -------
    array of int and dict of str to tuple
        As for `read_frequencies`.
    """
    columns = open_frame(frame, _wanted([times, *covariates])).to_dict(as_series=False)
    often = _whole(columns[times], times)
    return _filled(often, [1] * len(often), {name: columns[name] for name in covariates})


def _wanted(names: Sequence[str]) -> Sequence[str]:
    if len(set(names)) < len(names):
        raise TableError("Times, counts and covariates are columns of their own", got=", ".join(names))
    return names


def _whole(values: Iterable[Any], name: str) -> list[int]:
    numbers, wrong = [], Counter[str]()
    for value in values:
        if is_missing(value):
            wrong["an empty cell"] += 1
            continue
        try:
            numbers.append(count_of(value))
        except ValueError as reason:
            wrong[str(reason)] += 1
    if wrong:
        (what, rows), *_ = wrong.most_common(1)
        raise TableError(f"Column '{name}' holds whole numbers, 0 or more", got=f"{what} in {rows} rows")
    return numbers


def _filled(often: Sequence[int], persons: Sequence[int], columns: dict[str, list[Any]]) -> Numbers:
    unseen = sum(number for number, times in zip(persons, often, strict=True) if times == 0)
    if unseen:
        raise TableError(
            "The number of persons seen 0 times is what is estimated, so it cannot be a count",
            got="a positive count for 0 times",
            hint="Leave those rows out.",
        )
    strata = {name: [level_of(value) for value in values] for name, values in columns.items()}
    levels = {name: ordered_levels(set(values)) for name, values in strata.items()}
    shape = (max([1, *often]), *map(len, levels.values()))
    if np.prod([float(length) for length in shape]) > MAX_CELLS:
        raise TableError(f"A table may have at most {MAX_CELLS:,} cells", got=f"{shape}")
    numbers = np.zeros(shape, dtype=np.int64)
    place = {name: {level: index for index, level in enumerate(found)} for name, found in levels.items()}
    index = [[place[name][level] for level in values] for name, values in strata.items()]
    seen = np.array(often) > 0
    cells = (np.array(often)[seen] - 1, *(np.array(axis)[seen] for axis in index))
    np.add.at(numbers, cells, np.array(persons)[seen])
    return numbers, levels
