"""Secondary suppression by linear programming: withhold more, until a reader can work out no withheld count too well.

What a reader must not know is a `Demand`. For a demand that is not met, one programme looks for two other tables that
add up alike and leave the reader in doubt, and moves as little as it can; the counts that it moves are withheld too
(Fischetti and Salazar 2000, in the relaxed form of Hundepool et al. 2012, chapter 4). A demand that is met stays met
when more is withheld, so each is looked at once.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mse.lazy import lazy
from mse.monitor.disclosure.attack import Attack

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mse.monitor.disclosure.linked import LinkedCounts
else:
    np = lazy("numpy")

__all__ = ["Completed", "Demand", "complete"]

_MOVES = 1e-6
"""A count that moves less than this in a programme does not move: HiGHS meets constraints within 1e-7."""


@dataclass(frozen=True)
class Demand:
    """What a reader must not be able to work out.

    Parameters
    ----------
    cell : hashable
        A withheld count, whose limits must be at least `width` apart; or a part that must not be known to be more than
        a share of its whole.
    width : float
        Distance of the limits.
    whole : hashable, optional
        The whole of the part.
    share : float
        The largest share that may be known.
    """

    cell: Hashable
    width: float = 0.0
    whole: Hashable = None
    share: float = 0.0

    def met(self, attack: Attack) -> bool:
        """Whether it is met by what a reader knows."""
        if self.whole is None:
            return attack.is_wide(self.cell, self.width)
        return attack.can_be_below(self.cell, self.whole, self.share)


@dataclass(frozen=True, eq=False)
class Completed:
    """What secondary suppression came to.

    Parameters
    ----------
    added : mapping of hashable to Demand
        Counts that are withheld too, and the demand that each is withheld for.
    open : tuple of Demand
        Demands that no suppression can meet, because the counts around are known already.
    """

    added: Mapping[Hashable, Demand]
    open: tuple[Demand, ...]


def complete(
    counts: LinkedCounts, withheld: Collection[Hashable], known: Collection[Hashable], demands: Iterable[Demand]
) -> Completed:
    """Withhold counts until all demands are met, and until all that is withheld is as uncertain as they ask.

    Parameters
    ----------
    counts : LinkedCounts
        All counts.
    withheld : collection of hashable
        Counts that are withheld already.
    known : collection of hashable
        Counts that readers know, whatever is done; they may be among the withheld.
    demands : iterable of Demand
        What must hold; added counts ask for the largest width among these.

    Returns
    -------
    Completed
    """
    queue = list(demands)
    width = max((demand.width for demand in queue), default=0.0)
    search = _Search(counts, set(withheld) | counts.unprinted, set(known))
    added: dict[Hashable, Demand] = {}
    open_: list[Demand] = []
    for demand in queue:
        while not demand.met(search.attack):
            more = search.for_(demand)
            if not more:
                open_.append(demand)
                break
            added.update(dict.fromkeys(more, demand))
            queue += [Demand(cell, width) for cell in more]
    return Completed(added, tuple(open_))


class _Search:
    """Looks for the counts that a demand needs; remembers what is withheld."""

    def __init__(self, counts: LinkedCounts, withheld: set[Hashable], known: set[Hashable]) -> None:
        self.counts, self.withheld, self.known = counts, withheld, known
        self.cells = [cell for cell in counts.values if cell not in known]
        self.place = {cell: index for index, cell in enumerate(self.cells)}
        self.values = np.array([counts.values[cell] for cell in self.cells], dtype=float)
        self.prices = np.array([self._price(cell) for cell in self.cells], dtype=float)
        self.sums: Any = None
        self.attack = self._attack()

    def for_(self, demand: Demand) -> list[Hashable]:
        """Counts that must be withheld too; none where the demand cannot be met."""
        from scipy.optimize import linprog
        from scipy.sparse import block_array

        if self.sums is None:
            self.sums = self._sums()
        row, limit = self._row(demand)
        free = np.array([cell in self.withheld for cell in self.cells])
        price = np.where(free, 0.0, self.prices)
        moves = block_array([[self.sums, None], [None, self.sums]])
        most = np.tile(np.column_stack([np.full(len(self.cells), np.inf), self.values]).ravel(), 2)
        solve: Any = linprog
        found = solve(
            np.tile(np.repeat(price, 2), 2),
            A_ub=row[None, :],
            b_ub=[limit],
            A_eq=moves,
            b_eq=np.zeros(moves.shape[0]),
            bounds=np.column_stack([np.zeros(len(most)), most]),
            method="highs",
        )
        if not found.success:
            return []
        moved = np.abs(found.x).reshape(2, len(self.cells), 2).max(axis=(0, 2)) > _MOVES
        more = [self.cells[index] for index in np.flatnonzero(moved & ~free)]
        self.withheld.update(more)
        self.attack = self._attack()
        return more

    def _row(self, demand: Demand) -> tuple[NDArray[np.float64], float]:
        """The demand as a row over the moves of both tables, up and down by turns, and its upper limit."""
        up = np.zeros((2, len(self.cells), 2))

        def move(table: int, cell: Hashable, factor: float) -> None:
            if cell in self.place:
                up[table, self.place[cell]] += (factor, -factor)

        if demand.whole is None:
            move(0, demand.cell, -1.0)
            move(1, demand.cell, 1.0)
            return up.ravel(), -demand.width
        move(0, demand.cell, 1.0)
        move(0, demand.whole, -demand.share)
        values = self.counts.values
        return up.ravel(), demand.share * values[demand.whole] - values[demand.cell]

    def _price(self, cell: Hashable) -> float:
        """What it costs to withhold a count: more persons, and more figures that print it, cost more."""
        return (1.0 + math.log1p(self.counts.values[cell])) * max(1, len(self.counts.places.get(cell, ())))

    def _sums(self) -> Any:
        """What adds up, over the moves of one table: up and down by turns."""
        from scipy.sparse import lil_array

        matrix = lil_array((len(self.counts.sums), 2 * len(self.cells)))
        for row, (whole, parts) in enumerate(self.counts.sums):
            for sign, cells in ((-1.0, (whole,)), (1.0, parts)):
                for cell in cells:
                    if cell in self.place:
                        matrix[row, 2 * self.place[cell]] += sign
                        matrix[row, 2 * self.place[cell] + 1] -= sign
        return matrix.tocsr()

    def _attack(self) -> Attack:
        return Attack(self.counts, self.withheld - self.known)
