"""`CaseCounts`: which persons of a table belong together, as counts of cases over cells and without keys."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mse.errors import TableError
from mse.kernels.resample import Kinds

__all__ = ["CaseCounts"]


@dataclass(frozen=True, eq=False)
class CaseCounts:
    """Persons by case and cell of a table. It holds no keys, and is printed as sizes only.

    Parameters
    ----------
    case : array of int, shape (rows,)
        Number that tells cases apart; a person without a case is a case of one.
    cell : array of int, shape (rows,)
        Cell of the table, as its place in ``counts.ravel()``.
    count : array of int, shape (rows,)
        Persons of the case in the cell, at least one.

    Raises
    ------
    mse.errors.TableError
        The arrays differ in length, are empty, or hold numbers that cannot be.

    Examples
    --------
    >>> cases = CaseCounts(np.array([7, 7, 9]), np.array([1, 3, 3]), np.array([2, 1, 1]))
    >>> cases
    CaseCounts of 4 persons in 2 cases (largest: 3)
    """

    case: NDArray[np.int64]
    cell: NDArray[np.int64]
    count: NDArray[np.int64]

    def __post_init__(self) -> None:
        case, cell, count = (np.asarray(values, dtype=np.int64) for values in (self.case, self.cell, self.count))
        if not len(case) == len(cell) == len(count) > 0:
            raise TableError("Case, cell and count have a row each", got=f"{len(case)}, {len(cell)}, {len(count)} rows")
        if (cell < 0).any() or (count < 1).any():
            raise TableError("A row of cases has a cell and at least one person", got="a negative cell or no person")
        rows, place = np.unique(np.column_stack([case, cell]), axis=0, return_inverse=True)
        added = np.bincount(place.ravel(), weights=count).astype(np.int64)
        numbered = np.unique(rows[:, 0], return_inverse=True)[1]
        for name, values in (("case", numbered), ("cell", rows[:, 1].copy()), ("count", added)):
            values.setflags(write=False)
            object.__setattr__(self, name, values)

    @property
    def n_persons(self) -> int:
        """Number of persons."""
        return int(self.count.sum())

    @property
    def n_cases(self) -> int:
        """Number of cases, those of one person included."""
        return int(self.case[-1]) + 1

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Number of persons of each case."""
        return np.bincount(self.case, weights=self.count).astype(np.int64)

    def counts(self, size: int) -> NDArray[np.int64]:
        """Persons by cell of a table with so many cells."""
        return np.bincount(self.cell, weights=self.count, minlength=size).astype(np.int64)

    def moved(self, target: NDArray[np.int64]) -> Self | None:
        """Return the cases in another table.

        Parameters
        ----------
        target : array of int, shape (cells,)
            New place of each cell; -1 where its persons are not in that table.

        Returns
        -------
        CaseCounts or None
            None where nobody is left.
        """
        to = target[self.cell]
        return self._where(to >= 0, to)

    def up_to(self, size: int) -> Self | None:
        """Return the cases of at most so many persons; None where there are none."""
        return self._where(self.sizes[self.case] <= size, self.cell)

    def _where(self, keep: NDArray[np.bool_], cell: NDArray[np.int64]) -> Self | None:
        return type(self)(self.case[keep], cell[keep], self.count[keep]) if keep.any() else None

    @cached_property
    def kinds(self) -> Kinds:
        """Cases by what they hold, cases of one person first and in the order of their cells."""
        starts = np.searchsorted(self.case, np.arange(self.n_cases + 1)).tolist()
        rows = np.column_stack([self.cell, self.count]).tolist()
        held: dict[tuple[tuple[int, int], ...], int] = {}
        for start, end in pairwise(starts):
            holds = tuple((cell, count) for cell, count in rows[start:end])
            held[holds] = held.get(holds, 0) + 1
        order = sorted(held, key=lambda holds: (sum(count for _, count in holds), holds))
        cell, persons = np.array([pair for holds in order for pair in holds], dtype=np.int64).T.copy()
        return Kinds(
            np.array([held[holds] for holds in order], dtype=np.int64),
            np.array([sum(count for _, count in holds) for holds in order], dtype=np.int64),
            np.cumsum([0, *map(len, order)], dtype=np.int64),
            cell,
            persons,
        )

    def __repr__(self) -> str:
        return f"CaseCounts of {self.n_persons:,} persons in {self.n_cases:,} cases (largest: {self.sizes.max():,})"
