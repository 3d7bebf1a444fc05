"""What a reader works out: from everything that several figures print, how closely is a small group known?

Every printed cell is a sum of the smallest groups (`Figure.atoms`) within a few numbers of what is printed. The
smallest and largest size of a group that agree with all cells at once are two linear programmes; the cells that
bind them are those that give the group away (auditing; Hundepool et al. 2012, chapter 4).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mse.lazy import lazy

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = lazy("numpy")

__all__ = ["Known", "Reader"]

_BINDS = 1e-9
_WHOLE = 1e-6


@dataclass(frozen=True)
class Known:
    """What is printed of a sum of atoms.

    Parameters
    ----------
    low, high : float
        The sum lies between these.
    shown : bool
        Whether it is printed as a number, so that it could be withheld.
    """

    low: float
    high: float
    shown: bool = False


class Reader:
    """Someone who has all figures of one table and subtracts.

    Parameters
    ----------
    atoms : mapping of hashable to int
        Persons in each of the smallest groups.
    known : mapping of frozenset to Known
        What is printed of each sum of atoms.

    Examples
    --------
    >>> both = frozenset(["few", "many"])
    >>> shown = {both: Known(33, 37, True), frozenset(["many"]): Known(28, 32, True)}
    >>> reader = Reader({"few": 6, "many": 30}, shown)
    >>> reader.bounds("few")
    (1, 9)
    """

    def __init__(self, atoms: Mapping[Hashable, int], known: Mapping[frozenset[Hashable], Known]) -> None:
        self.atoms, self.known = dict(atoms), dict(known)
        place = {atom: index for index, atom in enumerate(self.atoms)}
        self._rows = np.zeros((len(self.known), len(place)))
        for row, group in enumerate(self.known):
            self._rows[row, [place[atom] for atom in group]] = 1.0
        self._place = place
        self._least, self._most = np.full(len(place), math.inf), np.zeros(len(place))

    def bounds(self, atom: Hashable) -> tuple[float, float]:
        """Return the smallest and largest number of persons that the atom can have."""
        (low, _), (high, _) = self._extreme(atom, 1), self._extreme(atom, -1)
        return math.ceil(low - _WHOLE), math.floor(high + _WHOLE) if math.isfinite(high) else high

    def to_withhold(self, small: Iterable[Hashable], width: int, least: int) -> set[frozenset[Hashable]]:
        """Return what must not be shown for each small atom to be known no better than within `width`.

        Parameters
        ----------
        small : iterable of hashable
            Atoms to protect.
        width : int
            The largest size that an atom can have is to be at least this much above the smallest, which is 1
            at least: readers may know that somebody is there.
        least : int
            Size of a sum that is withheld though it is not small: a reader knows that it is this at least.
        """
        withheld: set[frozenset[Hashable]] = set()
        for atom in small:
            while group := self._giving_away(atom, width):
                self.known[group] = replace(self.known[group], low=least, high=math.inf, shown=False)
                withheld.add(group)
        return withheld

    def _giving_away(self, atom: Hashable, width: int) -> frozenset[Hashable] | None:
        """The smallest shown sum that binds the atom; None where it is safe, or nothing shown binds it."""
        seen = self._least[self._place[atom]], self._most[self._place[atom]]
        if self._apart(*seen) >= width:
            return None
        (low, binds_low), (high, binds_high) = self._extreme(atom, 1), self._extreme(atom, -1)
        if self._apart(low, high) >= width:
            return None
        binding = (group for group in binds_low | binds_high if self.known[group].shown)
        return min(
            binding, key=lambda group: (sum(map(self.atoms.__getitem__, group)), sorted(map(str, group))), default=None
        )

    @staticmethod
    def _apart(low: float, high: float) -> float:
        """How far apart the whole numbers within the limits of an atom are, of which it is known not to be empty."""
        return -math.inf if high < low else math.floor(high + _WHOLE) - max(1, math.ceil(low - _WHOLE))

    def _extreme(self, atom: Hashable, sign: int) -> tuple[float, set[frozenset[Hashable]]]:
        """The smallest (sign 1) or largest (-1) size of an atom, and the sums that bind it.

        The sizes of all atoms that come with it are possible ones, and stay so when more is withheld: they spare
        most atoms a programme of their own.
        """
        from scipy.optimize import linprog

        groups = list(self.known)
        low = np.array([known.low for known in self.known.values()])
        high = np.array([known.high for known in self.known.values()])
        above, below = np.isfinite(high), low > 0
        target = np.zeros(len(self.atoms))
        target[self._place[atom]] = sign
        found: Any = linprog(
            target,
            A_ub=np.vstack([self._rows[above], -self._rows[below]]),
            b_ub=np.concatenate([high[above], -low[below]]),
            method="highs",
        )
        if not found.success:
            raise RuntimeError(f"The figures contradict each other: {found.message}")
        self._least, self._most = np.minimum(self._least, found.x), np.maximum(self._most, found.x)
        origin: NDArray[np.intp] = np.concatenate([np.flatnonzero(above), np.flatnonzero(below)])
        binding = origin[np.abs(found.ineqlin.marginals) > _BINDS]
        return sign * float(found.fun), {groups[row] for row in binding}
