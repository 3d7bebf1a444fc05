"""Columns of records by their distinct values: whatever people write in cells, as text and numbers of that text.

A register has millions of cells and few different ones. Everything that is decided about a cell is decided once for
each different text; only keys, which are nearly all different, stay columns of text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.values import is_missing
from mse.lazy import lazy

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

pa, pc = lazy("pyarrow"), lazy("pyarrow.compute")

__all__ = ["Factored", "factored", "keys_of", "text_of"]

_WHOLE = re.compile(r"(0|[1-9][0-9]*)\.0")
"""Whole numbers as other programs write columns that have empty cells too."""

_EXACT = 2**53
"""From here on a floating number does not tell whole numbers apart."""


@dataclass(frozen=True, eq=False)
class Factored:
    """A column by its distinct values.

    Parameters
    ----------
    numbers : numpy.ndarray
        Place of each row's value in `values`; -1 for an empty cell.
    values : tuple of str
        The different values as text, without outer blanks.
    """

    numbers: NDArray[np.int32]
    values: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.numbers)

    def __repr__(self) -> str:
        return f"Factored({len(self):,} rows, {len(self.values):,} values)"

    def translated(self, meaning: Sequence[int] | NDArray[Any], empty: int = -1, dtype: Any = np.int32) -> NDArray[Any]:
        """The meaning of every row's value, as a number."""
        return np.array([*meaning, empty], dtype=dtype)[self.numbers]

    def renamed(self, new: Callable[[str], str | None]) -> Factored:
        """Write every value otherwise; None, and blank text, make the cell empty."""
        return merged(self.numbers, [new(value) for value in self.values])

    def rows(self, places: Iterable[int]) -> int:
        """Number of rows with one of some values, given by their places."""
        wanted = np.zeros(len(self.values) + 1, dtype=np.bool_)
        wanted[list(places)] = True
        return int(wanted[self.numbers].sum()) if wanted.any() else 0

    @property
    def n_empty(self) -> int:
        """Number of empty cells."""
        return int((self.numbers < 0).sum())

    def to_series(self, name: str) -> pd.Series[Any]:
        """The column as categories."""
        return pd.Series(pd.Categorical.from_codes(self.numbers, pd.Index(self.values, dtype=object)), name=name)


def text_of(value: Any) -> str | None:
    """Write a cell as text: no outer blanks, 7.0 as 7, true as 1, a date as 2018-03-01; None where it is empty.

    Examples
    --------
    >>> [text_of(value) for value in (7, 7.0, " 7", "7.0", "07", True, None)]
    ['7', '7', '7', '7', '07', '1', None]
    """
    if is_missing(value):
        return None
    if hasattr(value, "item") and not isinstance(value, str):
        value = value.item() if getattr(value, "size", 1) == 1 else str(value)
    if isinstance(value, str):
        text = value.strip()
        return (text.removesuffix(".0") if _WHOLE.fullmatch(text) else text) or None
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, Decimal):
        value = float(value) if value.is_finite() and abs(value) < _EXACT else str(value)
    if isinstance(value, float):
        return str(int(value)) if abs(value) < _EXACT and value.is_integer() else str(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def merged(numbers: NDArray[Any], texts: Sequence[str | None]) -> Factored:
    """Give equal texts one number; None and blank text are empty cells."""
    places: dict[str, int] = {}
    meaning = [places.setdefault(text.strip(), len(places)) if text and text.strip() else -1 for text in texts]
    if meaning == list(range(len(meaning))):
        return Factored(numbers.astype(np.int32, copy=False), tuple(places))
    return Factored(np.array([*meaning, -1], dtype=np.int32)[numbers], tuple(places))


def factored(column: pd.Series[Any]) -> Factored:
    """Factor a column of any kind."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes = column.cat.codes.to_numpy()
        used = np.bincount(codes.astype(np.int64) + 1, minlength=len(column.cat.categories) + 1)[1:] > 0
        texts = [text_of(value) if there else None for value, there in zip(column.cat.categories, used, strict=True)]
        return merged(codes, texts)
    try:
        numbers, values = pd.factorize(column)
    except TypeError:  # cells that are lists
        numbers, values = pd.factorize(column.map(text_of))
    return merged(numbers, [text_of(value) for value in values])


def keys_of(column: pd.Series[Any]) -> Any:
    """Keys as a column of text: 7, 7.0 and "7" are one key, "07" is another; empty cells are null."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        few = factored(column)
        return pa.array([*few.values, None], pa.large_string()).take(pa.array(few.translated(range(len(few.values)))))
    if column.dtype.kind == "f" and bool((column.isna() | ((column % 1 == 0) & column.abs().lt(_EXACT))).all()):
        column = column.astype("Int64")
    if column.dtype == object or column.dtype.kind not in "OUiu":
        return pa.array([text_of(value) for value in column], pa.large_string())
    text = pa.array(column, from_pandas=True)
    text = text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text
    text = pc.utf8_trim_whitespace(pc.cast(text, pa.large_string()))
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.large_string()), text)
