"""Columns of records as whole numbers: one code a row, or a set of codes a row as bits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mse.core.cube import joined

__all__ = ["UNKNOWN", "Codes", "Sets", "bit_counts", "taken"]

UNKNOWN = "unknown"
"""Level of rows whose code is not known."""

_FEW = 12
"""Sets of at most this many members are numbered by place instead of by sorting."""


@dataclass(frozen=True, eq=False)
class Codes:
    """One code a row.

    Parameters
    ----------
    values : numpy.ndarray
        Place of each row's code in `levels`; -1 where it is not known.
    levels : tuple of str
        The codes.
    """

    values: NDArray[np.integer]
    levels: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        return f"Codes({len(self):,} rows, {len(self.levels):,} levels)"

    def take(self, rows: NDArray[np.intp]) -> Codes:
        """The codes of some rows; those of row -1 are not known."""
        return Codes(taken(self.values, rows, -1), self.levels)

    def equals(self, *codes: str) -> NDArray[np.bool_]:
        """Rows with one of some codes."""
        found = np.zeros(len(self.values), dtype=np.bool_)
        for place in {self.levels.index(code) for code in codes if code in self.levels}:
            found |= self.values == place
        return found

    @property
    def known(self) -> NDArray[np.bool_]:
        """Rows whose code is known."""
        return np.asarray(self.values >= 0)


@dataclass(frozen=True, eq=False)
class Sets:
    """A set of codes a row.

    Parameters
    ----------
    bits : numpy.ndarray
        Of each row, a bit for every member; 0 for the empty set.
    members : tuple of str
        The codes, at most 63.
    """

    bits: NDArray[np.signedinteger[Any]]
    members: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.bits)

    def __repr__(self) -> str:
        return f"Sets({len(self):,} rows, {len(self.members):,} members)"

    def take(self, rows: NDArray[np.intp]) -> Sets:
        """The sets of some rows; that of row -1 is empty."""
        return Sets(taken(self.bits, rows, 0), self.members)

    @staticmethod
    def width(members: Sequence[str]) -> type[np.signedinteger[Any]]:
        """The smallest whole number that has a bit for every member, besides its sign."""
        return next(kind for kind in (np.int8, np.int16, np.int32, np.int64) if len(members) < np.iinfo(kind).bits)

    def numbered(self) -> tuple[NDArray[np.int64], list[int]]:
        """Number of every row's set among those that occur, and the bits of these."""
        if len(self.members) <= _FEW:
            counts = np.bincount(self.bits, minlength=1 << len(self.members))
            place = np.cumsum(counts > 0) - 1
            return place[self.bits], np.flatnonzero(counts).tolist()
        found, places = np.unique(self.bits, return_inverse=True)
        return places.astype(np.int64), found.tolist()

    def bit(self, *codes: str) -> int:
        """Bits of some members together; codes that are no members have none."""
        return sum(1 << self.members.index(code) for code in set(codes) if code in self.members)

    def has(self, *codes: str) -> NDArray[np.bool_]:
        """Rows whose set holds at least one of some members."""
        return np.asarray((self.bits & self.bit(*codes)) != 0)

    def only(self, code: str) -> NDArray[np.bool_]:
        """Rows whose set is this one member."""
        return np.asarray(self.bits == self.bit(code))

    @property
    def empty(self) -> NDArray[np.bool_]:
        """Rows with the empty set."""
        return np.asarray(self.bits == 0)

    @property
    def several(self) -> NDArray[np.bool_]:
        """Rows with more than one member."""
        return np.asarray((self.bits & (self.bits - 1)) != 0)

    def first(self, order: Iterable[str]) -> Codes:
        """The member that comes first in an order; not known where the set has none of them."""
        levels = tuple(order)
        values = np.full(len(self.bits), -1, dtype=np.int16)
        for place in range(len(levels) - 1, -1, -1):
            values[self.has(levels[place])] = place
        return Codes(values, levels)

    def text(self, bits: int) -> str:
        """Write a set as one text."""
        return joined(member for place, member in enumerate(self.members) if bits >> place & 1)


def bit_counts(column: Sets, rows: NDArray[np.bool_]) -> dict[str, int]:
    """How often each member occurs among some rows."""
    return {member: int((column.has(member) & rows).sum()) for member in column.members}


def taken(values: NDArray[Any], rows: NDArray[np.intp], missing: int) -> NDArray[Any]:
    """The values of some rows; that of row -1 is `missing`."""
    found = values[rows]
    if len(rows) and rows.min() < 0:
        found[rows < 0] = missing
    return found
