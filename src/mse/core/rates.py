"""Rates: an estimate and its parts, divided by the size of the population they are parts of."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mse.core.parse import open_frame
from mse.core.values import level_of
from mse.errors import TableError, spelled

if TYPE_CHECKING:
    import pandas as pd

    from mse.core.estimate import Estimate, Part

__all__ = ["rates"]

SIZE = "population"
"""Column of the sizes."""

_NAMED_AT_MOST = 5


def rates(estimate: Estimate, population: Any, per: float) -> pd.DataFrame:
    """Divide an estimate and its parts by the population they belong to; see `Estimate.rates`.

    The population of the whole is that of its parts together, so a table may hold years and groups that the estimate
    is not about. Levels are compared as text: a file that holds the year as text fits.
    """
    if not per > 0.0:
        raise TableError("Rates are per a positive number of persons", got=f"per={per!r}")
    covariates = list(dict.fromkeys(name for part in estimate.parts for name in part.levels))
    if unnamed := [part.name for part in estimate.parts[1:] if not part.levels]:
        raise TableError("A part has a rate where its levels are known", got=f"{spelled(unnamed)} without levels")
    columns = _columns(population, covariates)
    sizes = _sizes(columns)
    _refuse_repeated(columns)
    rows = [{name: str(level_of(columns[name][row])) for name in covariates} for row in range(len(sizes))]
    inside = [_matching(rows, part.levels) for part in estimate.parts]
    split = [where for part, where in zip(estimate.parts, inside, strict=True) if part.levels]
    whole = np.any(split, axis=0) if split else np.ones(len(sizes), dtype=bool)
    people = [
        float(sizes[where if part.levels else whole].sum())
        for part, where in zip(estimate.parts, inside, strict=True)
    ]  # fmt: skip
    _refuse_absent(estimate.parts, people)
    frame = estimate.to_frame()
    frame[SIZE] = people
    for column in ("observed", "total", "lower", "upper"):
        frame[f"{column}_rate"] = frame[column] * per / frame[SIZE]
    frame["per"] = per
    return frame


def _columns(population: Any, covariates: Sequence[str]) -> Mapping[str, Sequence[Any]]:
    """All columns of the population table: finer rows are added up over those that are not asked for."""
    import narwhals as nw

    open_frame(population, [*covariates, SIZE])
    names = nw.from_native(population).collect_schema().names()
    return open_frame(population, names).to_dict(as_series=False)


def _sizes(columns: Mapping[str, Sequence[Any]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    try:
        sizes = np.array(columns[SIZE], dtype=float)
    except (TypeError, ValueError):
        sizes = np.array([np.nan])
    if wrong := int((~(np.isfinite(sizes) & (sizes >= 0.0))).sum()):
        raise TableError(f"Column '{SIZE}' holds numbers of persons", got=f"{wrong} other values")
    return sizes


def _refuse_repeated(columns: Mapping[str, Sequence[Any]]) -> None:
    keys = list(zip(*([str(level_of(value)) for value in values] for name, values in columns.items() if name != SIZE),
                    strict=True))  # fmt: skip
    if twice := len(keys) - len(set(keys)):
        raise TableError("Every group stands once in a table of populations", got=f"{twice} rows that stand twice")


def _matching(rows: Sequence[Mapping[str, str]], levels: Mapping[str, Hashable]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.array([all(row[name] == str(level) for name, level in levels.items()) for row in rows], dtype=bool)


def _refuse_absent(parts: Sequence[Part], people: Sequence[float]) -> None:
    absent = [part.name for part, size in zip(parts, people, strict=True) if not size > 0.0]
    if absent:
        more = len(absent) - _NAMED_AT_MOST
        raise TableError(
            "Every part needs a population to have a rate",
            got=f"none for {spelled(absent[:_NAMED_AT_MOST])}" + (f" and {more} more" if more > 0 else ""),
            hint="Add a row for each level, or estimate by fewer covariates.",
        )
