"""An attacker who has everything that is published, and a linear programme. Nothing here is the library's own.

The attacker knows of every figure which counts are the same and what adds up (that is in any report), each printed
number and how it was rounded, and what an earlier release printed, taking it that nothing was revised since. For each
withheld count the smallest and largest number that agree with all of it are two linear programmes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import lil_matrix

from mse.core.figure import Figure
from mse.monitor.disclosure.release import Release

NEARLY = 1e-6
"""A limit this close to a whole number is that number: the solver meets constraints within 1e-7."""

Interval = tuple[float, float]


@dataclass
class Attacker:
    """What the attacker knows: limits of counts, and what adds up."""

    limits: dict[Hashable, Interval] = field(default_factory=dict)
    sums: list[tuple[Hashable, tuple[Hashable, ...]]] = field(default_factory=list)
    withheld: set[Hashable] = field(default_factory=set)

    def read(self, figures: Sequence[Figure], release: Release, around: Callable[[float], Interval]) -> None:
        """Read a release: `around` says what a printed number tells of the count."""
        for figure in figures:
            shown = release[figure.name].to_frame()["value"]
            for row, cell in figure.cells.items():
                if pd.isna(shown[row]):
                    assert (row, "value") in release[figure.name].words
                    assert cell not in self.limits or cell in self.withheld, "withheld here, printed there"
                    self.withheld.add(cell)
                    self.limits.setdefault(cell, (0.0, math.inf))
                else:
                    assert cell not in self.withheld, "printed here, withheld there"
                    assert self.limits.setdefault(cell, around(float(shown[row]))) == around(float(shown[row]))
            self.sums += [(figure.cells[whole], tuple(figure.cells[part] for part in parts))
                          for whole, parts in figure.sums]  # fmt: skip

    def relates(self, relations: Iterable[tuple[Hashable, tuple[Hashable, ...], bool]]) -> None:
        """Take relations between figures for known: a count is the sum of others, or at least that."""
        for whole, parts, is_more in relations:
            rest: tuple[Hashable, ...] = (("rest", whole, parts),) if is_more else ()
            self.limits.update(dict.fromkeys(rest, (0.0, math.inf)))
            self.sums.append((whole, (*parts, *rest)))

    def knows(self, earlier: Mapping[Hashable, float]) -> None:
        """Take counts for known."""
        for cell, value in earlier.items():
            low, high = self.limits.get(cell, (0.0, math.inf))
            self.limits[cell] = (max(low, value), min(high, value))

    def worked_out(self, cells: Iterable[Hashable] | None = None) -> dict[Hashable, Interval]:
        """The smallest and largest whole number that each withheld count can be."""
        order, matrix, right, bounds = self._programme()
        place = {cell: index for index, cell in enumerate(order)}
        found = {}
        for cell in sorted(self.withheld if cells is None else cells, key=str):
            if cell not in place:
                found[cell] = self.limits[cell]
                continue
            target = np.zeros(len(order))
            target[place[cell]] = 1.0
            ends = [self._end(sign * target, matrix, right, bounds) for sign in (1, -1)]
            low, high = ends[0], -ends[1]
            found[cell] = (
                math.ceil(low - NEARLY), math.floor(high + NEARLY) if math.isfinite(high) else high
            )  # fmt: skip
        return found

    def least(self, weights: Mapping[Hashable, float]) -> float:
        """The smallest that a weighted sum of counts can be."""
        order, matrix, right, bounds = self._programme()
        target = np.array([weights.get(cell, 0.0) for cell in order])
        fixed = sum(weight * self.limits[cell][0] for cell, weight in weights.items() if cell not in order)
        return fixed + (self._end(target, matrix, right, bounds) if target.any() else 0.0)

    def _programme(self) -> tuple[list[Hashable], object, np.ndarray, list[Interval]]:
        """Counts that are not known, the sums over them, and their limits."""
        order = [cell for cell, (low, high) in self.limits.items() if low < high]
        place = {cell: index for index, cell in enumerate(order)}
        sums = [(whole, parts) for whole, parts in self.sums if not place.keys().isdisjoint((whole, *parts))]
        matrix, right = lil_matrix((len(sums), len(order))), np.zeros(len(sums))
        for row, (whole, parts) in enumerate(sums):
            for sign, cell in ((-1.0, whole), *((1.0, part) for part in parts)):
                if cell in place:
                    matrix[row, place[cell]] += sign
                else:
                    right[row] -= sign * self.limits[cell][0]
        return order, matrix.tocsr(), right, [self.limits[cell] for cell in order]

    @staticmethod
    def _end(target: np.ndarray, matrix: object, right: np.ndarray, bounds: list[Interval]) -> float:
        solved = linprog(target, A_eq=matrix, b_eq=right, bounds=bounds, method="highs")
        if solved.status == 3:
            return -math.inf
        assert solved.status == 0, solved.message
        return float(solved.fun)


def exact(value: float) -> Interval:
    """A number that is printed as it is."""
    return value, value


def up_or_down(base: int, minimum: int) -> Callable[[float], Interval]:
    """A multiple that is next to the count, which is not small; a nought is one."""
    return lambda value: (max(minimum, value - base + 1), value + base - 1) if value else (0.0, 0.0)


def nearest(base: int, minimum: int) -> Callable[[float], Interval]:
    """The multiple that is nearest to the count, which is not small; a nought is one."""
    return lambda value: (max(minimum, value - base // 2), value + base // 2) if value else (0.0, 0.0)
