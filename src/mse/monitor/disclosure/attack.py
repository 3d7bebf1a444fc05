"""What a reader works out of the counts that are withheld: for each the smallest and largest number that it can have.

The reader knows all counts that are shown, that counts are not negative, and all that adds up. The limits of a
withheld count are two linear programmes (Hundepool et al. 2012, *Statistical Disclosure Control*, chapter 4). Counts
that no sum of withheld ones connects are looked at apart.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mse.lazy import lazy

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mse.monitor.disclosure.linked import LinkedCounts, Sum
else:
    np = lazy("numpy")

__all__ = ["Attack", "blocks"]

_WHOLE = 1e-6
"""A limit this close to a whole number is that number: HiGHS meets constraints within 1e-7."""

_UNBOUNDED = 3
"""Status of a programme whose value grows without end."""


@dataclass(eq=False)
class _Block:
    """Withheld counts that sums connect, and what has been seen of each: numbers that it can have."""

    cells: tuple[Hashable, ...]
    matrix: Any
    right: NDArray[np.float64]
    least: NDArray[np.float64]
    most: NDArray[np.float64]


class Attack:
    """A reader of figures in which some counts are withheld.

    Parameters
    ----------
    counts : LinkedCounts
        All counts.
    withheld : collection of hashable
        Counts that the reader does not know.
    """

    def __init__(self, counts: LinkedCounts, withheld: Collection[Hashable]) -> None:
        self.counts = counts
        self._unknown = set(withheld)
        self._block_of: dict[Hashable, int] = {}
        self._members = blocks(self._unknown, counts.sums)
        for number, cells in enumerate(self._members):
            self._block_of.update(dict.fromkeys(cells, number))
        self._sums: dict[int, list[Sum]] = {}
        for whole, parts in counts.sums:
            found = next((self._block_of[cell] for cell in (whole, *parts) if cell in self._block_of), None)
            if found is not None:
                self._sums.setdefault(found, []).append((whole, parts))
        self._made: dict[int, _Block] = {}

    def is_wide(self, cell: Hashable, width: float) -> bool:
        """Whether the largest number that a count can be is at least `width` above the smallest."""
        block = self._block(self._block_of[cell])
        place = block.cells.index(cell)
        for sign in (-1.0, 1.0):
            if self._apart(block, place) >= width:
                return True
            self._push(block, {place: sign})
        return self._apart(block, place) >= width

    def can_be_below(self, part: Hashable, whole: Hashable, share: float) -> bool:
        """Whether a part can be at most this share of its whole, by all that the reader knows."""
        hidden = [cell for cell in (part, whole) if cell in self._block_of]
        factor = {part: 1.0, whole: -share}
        fixed = sum(factor[cell] * self.counts.values[cell] for cell in (part, whole) if cell not in self._block_of)
        if not hidden:
            return fixed <= _WHOLE
        least = fixed
        for number in {self._block_of[cell] for cell in hidden}:
            block = self._block(number)
            inside = {block.cells.index(cell): factor[cell] for cell in hidden if self._block_of[cell] == number}
            least += self._push(block, inside)
        return least <= _WHOLE

    @staticmethod
    def _apart(block: _Block, place: int) -> float:
        least, most = float(block.least[place]), float(block.most[place])
        return (math.floor(most + _WHOLE) if math.isfinite(most) else most) - math.ceil(least - _WHOLE)

    def _push(self, block: _Block, target: Mapping[int, float]) -> float:
        """The smallest value of a combination of counts; what all counts of the block are there has been seen."""
        from scipy.optimize import linprog

        cost = np.zeros(len(block.cells))
        cost[list(target)] = list(target.values())
        if block.matrix.shape[0] == 0:
            block.least[:] = np.where(cost > 0, 0.0, block.least)
            block.most[:] = np.where(cost < 0, np.inf, block.most)
            return -math.inf if bool((cost < 0).any()) else 0.0
        found: Any = linprog(cost, A_eq=block.matrix, b_eq=block.right, method="highs")
        if found.status == _UNBOUNDED:
            block.most[cost < 0] = np.inf
            return -math.inf
        if not found.success:
            raise RuntimeError(f"The figures contradict each other: {found.message}")
        np.minimum(block.least, found.x, out=block.least)
        np.maximum(block.most, found.x, out=block.most)
        return float(found.fun)

    def _block(self, number: int) -> _Block:
        if number not in self._made:
            self._made[number] = self._make(tuple(self._members[number]), self._sums.get(number, []))
        return self._made[number]

    def _make(self, cells: tuple[Hashable, ...], sums: list[Sum]) -> _Block:
        from scipy.sparse import lil_array

        place = {cell: index for index, cell in enumerate(cells)}
        matrix, right = lil_array((len(sums), len(cells))), np.zeros(len(sums))
        for row, (whole, parts) in enumerate(sums):
            for sign, members in ((-1.0, (whole,)), (1.0, parts)):
                for cell in members:
                    if cell in place:
                        matrix[row, place[cell]] += sign
                    else:
                        right[row] -= sign * self.counts.values[cell]
        true = np.array([self.counts.values[cell] for cell in cells], dtype=float)
        return _Block(cells, matrix.tocsr(), right, true.copy(), true.copy())


def blocks(cells: Collection[Hashable], sums: Collection[Sum]) -> list[list[Hashable]]:
    """Split counts into those that sums connect, directly or through each other.

    Examples
    --------
    >>> blocks(["a", "b", "c", "d"], [("t", ("a", "b")), ("s", ("c", "t"))])
    [['a', 'b'], ['c'], ['d']]
    """
    up = {cell: cell for cell in cells}

    def root(cell: Hashable) -> Hashable:
        while up[cell] != cell:
            up[cell] = up[up[cell]]
            cell = up[cell]
        return cell

    for whole, parts in sums:
        inside = [cell for cell in (whole, *parts) if cell in up]
        for cell in inside[1:]:
            up[root(cell)] = root(inside[0])
    found: dict[Hashable, list[Hashable]] = {}
    for cell in up:
        found.setdefault(root(cell), []).append(cell)
    return list(found.values())
