"""What a table of lists may look like: its names, its size, and what is odd about its counts."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.finding import Finding, Severity
from mse.errors import TableError, spelled

if TYPE_CHECKING:
    from mse.core.cases import CaseCounts

__all__ = [
    "MAX_CELLS",
    "MAX_LISTS",
    "check_cases",
    "check_names",
    "check_persons",
    "seen_counts",
    "table_findings",
    "table_shape",
    "whole_counts",
]

MAX_LISTS = 12
MAX_CELLS = 50_000_000
"""Largest table that is held: 5·10⁷ cells are 400 MB of counts."""


def check_names(lists: Sequence[str], covariates: Sequence[str] = (), *others: str) -> None:
    """Refuse names of lists, covariates and other columns that cannot be told apart."""
    for what, names in (("Lists", lists), ("Covariates", covariates)):
        if isinstance(names, str) or not isinstance(names, Iterable):
            raise TableError(
                f"{what} are a sequence of names", got=repr(names), hint=f"Write {what.lower()}=['A', 'B']."
            )
    if not 2 <= len(lists) <= MAX_LISTS:
        raise TableError(
            f"Multiple systems estimation needs 2 to {MAX_LISTS} lists",
            got=f"{len(lists)} ({spelled(map(str, lists))})" if lists else "none",
            hint="Merge small lists." if len(lists) > MAX_LISTS else None,
        )
    for name in (*lists, *covariates, *others):
        if not isinstance(name, str) or not name.strip():
            raise TableError("Names of lists, covariates and columns are non-empty text", got=repr(name))
        if strange := sorted(set(name) & set("[]`")):
            raise TableError(
                "Names of lists, covariates and columns hold no brackets and back-ticks: models are written with those",
                got=f"'{name}' with {' '.join(strange)}",
                hint="Rename it.",
            )
    folded: dict[str, str] = {}
    for name in (*lists, *covariates, *others):
        key = " ".join(name.split()).casefold()
        if key in folded:
            what = "are equal" if folded[key] == name else "differ only by case or blanks"
            raise TableError(
                "Lists, covariates and the column of counts need different names",
                got=f"{spelled([folded[key], name])}, which {what}",
            )
        folded[key] = name


def table_shape(lists: Sequence[str], covariates: Mapping[str, Sequence[Hashable]]) -> tuple[int, ...]:
    """Shape of the counts; refuses a table that is too large and names the covariate to collapse."""
    shape = (2,) * len(lists) + tuple(len(levels) for levels in covariates.values())
    cells = 1
    for length in shape:
        cells *= length
    if cells > MAX_CELLS:
        widest = max(covariates, key=lambda name: len(covariates[name]))
        raise TableError(
            f"A table may have at most {MAX_CELLS:,} cells",
            got=f"{cells:,}",
            hint=f"Collapse '{widest}', which has {len(covariates[widest]):,} levels.",
        )
    return shape


def whole_counts(counts: Any, shape: tuple[int, ...]) -> NDArray[np.int64]:
    """Return counts as an array of their own; refuses other shapes, fractions and negative counts."""
    try:
        given = np.array(counts)
    except ValueError:
        raise TableError(
            f"Counts over these lists and levels have shape {shape}", got="rows of different length"
        ) from None
    if given.shape != shape:
        raise TableError(f"Counts over these lists and levels have shape {shape}", got=str(given.shape))
    if given.dtype.kind not in "iuf" or not np.isfinite(given).all() or (given != np.floor(given)).any():
        raise TableError("Counts are whole numbers", got="something else")
    if (given < 0).any():
        raise TableError("Counts are 0 or more", got="a negative count")
    return given.astype(np.int64)


def seen_counts(counts: Any, shape: tuple[int, ...], n_lists: int) -> NDArray[np.int64]:
    """Return counts of persons who were seen as an array of their own; refuses any on no list."""
    seen = whole_counts(counts, shape)
    if seen[(0,) * n_lists].any():
        raise TableError(
            "The number of persons on no list is what is estimated, so it cannot be a count",
            got="a positive count for persons on no list",
            hint="Leave that row out, or give it the count 0.",
        )
    return seen


def check_persons(counts: Iterable[NDArray[np.int64]]) -> None:
    """Refuse a table that is empty."""
    if not any(some.any() for some in counts):
        raise TableError("A table needs at least one person", got="only zero counts")


def check_cases(cases: CaseCounts | None, counts: NDArray[np.int64]) -> None:
    """Refuse cases that hold other persons than the table does."""
    if cases is not None and not np.array_equal(cases.counts(counts.size), counts):
        raise TableError("The cases of a table hold its persons", got="cases that do not add up to the counts")


def table_findings(lists: tuple[str, ...], counts: NDArray[np.int64]) -> list[Finding]:
    k = len(lists)
    histories = counts.reshape((2,) * k + (-1,)).sum(axis=-1)
    found = [
        Finding("empty_list", Severity.WARNING, name, {"name": name})
        for axis, name in enumerate(lists)
        if not np.take(histories, 1, axis=axis).any()
    ]
    occupied = np.argwhere(histories > 0)
    if len(occupied) == 1:
        on = [name for name, member in zip(lists, occupied[0], strict=True) if member]
        found.append(Finding("one_history", Severity.WARNING, "table", {"names": on}))
    return found
