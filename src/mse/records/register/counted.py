"""`Counted`: what is counted, with everything that the rules decided; it hands out cubes, never rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.cube import COUNT, Cube
from mse.core.reference import Reference
from mse.errors import ReleaseError, TableError, did_you_mean
from mse.lazy import lazy
from mse.records.register.columns import UNKNOWN, Codes, Sets
from mse.records.register.parse_registry import Column
from mse.records.register.rules import Rules
from mse.records.register.rules_population import LINES

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["Counted"]

_HIDDEN = frozenset({"case", "enriched", "echoes", "kmar_only_su", "leading_type", "nationalities", "stratum"})
_FEW = 1 << 16
"""Below this many possible cells a margin is counted by place instead of by sorting."""


@dataclass(frozen=True, eq=False)
class Counted:
    """Victims by year, or victims, with the columns that the rules decided.

    Parameters
    ----------
    columns : mapping of str to column
        Decided columns.
    rules : Rules
        What decided them.
    touched : mapping of str to int
        How many each rule touched.
    unit : {"person-year", "person"}
        What is counted.
    reference : Reference, optional
        What the counts are about.
    """

    columns: Mapping[str, Column]
    rules: Rules
    touched: Mapping[str, int]
    unit: str
    reference: Reference | None = None

    def __len__(self) -> int:
        return len(self.columns["year"])

    def __repr__(self) -> str:
        return f"Counted({len(self):,} rows by {self.unit}, {len(self.dimensions)} dimensions)"

    def __getstate__(self) -> dict[str, Any]:
        """Refuse to be pickled or copied: a row is a person, and a file of rows is a file of records."""
        raise ReleaseError(
            "Records of people are not written",
            got="a pickle or copy of what is counted",
            hint="Write counts: registry.cube('year', 'form').",
        )

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Dimensions that a cube may have."""
        return (*(name for name in self.columns if name not in _HIDDEN), "case_size")

    @property
    def trace(self) -> pd.DataFrame:
        """Which rule decided, whether it was on, and how many it touched."""
        rows = [(code, self.rules.is_on(code), n) for code, n in self.touched.items()]
        return pd.DataFrame(rows, columns=["rule", "on", "touched"])

    def cube(self, *dimensions: str, line: str = "monitor_population") -> Cube:
        """Count over dimensions.

        Parameters
        ----------
        *dimensions : str
            Some of `dimensions`.
        line : {"monitor_population", "excl_emm_only", "all_registered"}
            Which registrations count (figure 2.1).

        Returns
        -------
        Cube
            Levels are codes, "unknown" where none is known; years and ages are numbers, an unknown age is -1.

        Raises
        ------
        mse.errors.TableError
            There is no such dimension or line.
        """
        if line not in LINES:
            raise TableError(f"There is no line '{line}'", hint=did_you_mean(line, LINES))
        population = self.columns["population"]
        assert isinstance(population, Codes)
        kept = np.isin(population.values, [population.levels.index(name) for name in LINES[line]])
        parts = [self._numbered(name) for name in dimensions]
        key, radix = np.zeros(int(kept.sum()), dtype=np.int64), 1
        for numbers, levels, _ in parts:
            key += numbers[kept] * radix
            radix *= len(levels)
        found, counts = _tally(key, radix)
        frame = {}
        for name, (_, levels, _) in zip(dimensions, parts, strict=True):
            frame[name] = [levels[place] for place in (found % len(levels)).tolist()]
            found = found // len(levels)
        frame[COUNT] = counts.tolist()
        sets = frozenset(name for name, (_, _, is_set) in zip(dimensions, parts, strict=True) if is_set)
        return Cube(pd.DataFrame(frame), sets)

    def _numbered(self, name: str) -> tuple[NDArray[np.int64], list[Any], bool]:
        """A column as numbers from 0, what they stand for, and whether they are sets."""
        if name not in self.dimensions:
            raise TableError(f"There is no dimension '{name}' to count over", hint=did_you_mean(name, self.dimensions))
        column = _case_sizes(np.asarray(self.columns["case"])) if name == "case_size" else self.columns[name]
        if isinstance(column, Codes):
            numbers = np.where(column.values < 0, len(column.levels), column.values)
            return numbers.astype(np.int64), [*column.levels, UNKNOWN], False
        if isinstance(column, Sets):
            return _packed(column.bits, column.text, is_set=True)
        if column.dtype == np.bool_:
            return column.astype(np.int64), ["no", "yes"], False
        return _packed(column, int, is_set=False)


def _tally(key: NDArray[np.int64], radix: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if radix <= max(_FEW, len(key)):
        counts = np.bincount(key, minlength=1)
        found = np.flatnonzero(counts)
        return found, counts[found]
    return np.unique(key, return_counts=True)


def _packed(
    values: NDArray[Any], write: Callable[[int], Any], *, is_set: bool
) -> tuple[NDArray[np.int64], list[Any], bool]:
    """Number the values that occur."""
    low, high = (int(values.min()), int(values.max())) if len(values) else (0, 0)
    if high - low < _FEW:
        present = np.flatnonzero(np.bincount(values.astype(np.int64) - low, minlength=1))
        place = np.zeros(high - low + 1, dtype=np.int64)
        place[present] = np.arange(len(present))
        return place[values.astype(np.int64) - low], [write(int(value) + low) for value in present], is_set
    found, numbers = np.unique(values, return_inverse=True)
    return numbers.astype(np.int64), [write(int(value)) for value in found], is_set


def _case_sizes(case: NDArray[Any]) -> NDArray[np.int64]:
    """Number of victims of the case that each is part of; 1 for who is in none."""
    known = case >= 0
    sizes = np.bincount(case[known], minlength=1)
    return np.where(known, sizes[np.where(known, case, 0)], 1).astype(np.int64)
