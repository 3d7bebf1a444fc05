"""`protect`: decides which counts of linked figures are printed, and as what.

The order is that of statistics offices (Hundepool et al. 2012): counts that are unsafe by themselves, then counts that
would give those away, then rounding. What is withheld is chosen as if all else were printed exactly, so rounding can
only add to what a reader does not know.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mse.monitor.disclosure.covering import choose
from mse.monitor.disclosure.earlier import Published, key_of
from mse.monitor.disclosure.linked import LinkedCounts, linked
from mse.monitor.disclosure.rounding import round_alone, round_controlled
from mse.monitor.disclosure.secondary import Demand, complete
from mse.monitor.disclosure.windows import nested

if TYPE_CHECKING:
    from mse.core.figure import Figure

__all__ = ["SAME_DIGITS", "CellRules", "Protection", "protect"]

SAME_DIGITS = 6
"""Decimals to which two numbers are the same."""


@dataclass(frozen=True)
class CellRules:
    """Rules for counts of linked figures.

    Parameters
    ----------
    minimum : int
        A count of fewer persons is withheld; every withheld count keeps at least this many possible numbers.
    dominant : float, optional
        No category may be known to hold more than this share of its group; None where that is no matter.
    base : int, optional
        Printed counts become multiples of this.
    additive : bool
        Whether rounded counts still add up where all of them are printed; otherwise each goes to the nearest multiple.
    argus : bool
        Whether tau-ARGUS is asked too, where it is installed.
    earlier : Published, optional
        What the previous release printed.
    known : frozenset of hashable
        Counts that readers know from elsewhere: they are printed, and protect nothing.
    """

    minimum: int = 10
    dominant: float | None = 0.9
    base: int | None = None
    additive: bool = True
    argus: bool = False
    earlier: Published | None = None
    known: frozenset[Hashable] = frozenset()

    @property
    def width(self) -> int:
        """How far apart the limits of a withheld count are at least: then it can be `minimum` different numbers."""
        return self.minimum - 1


@dataclass(frozen=True, eq=False)
class Protection:
    """What was decided of counts.

    Parameters
    ----------
    counts : LinkedCounts
    withheld : mapping of hashable to str
        Withheld counts, and the rule of each.
    printed : mapping of hashable to float
        All other counts, as they are printed.
    exposed : frozenset of hashable
        Withheld counts that earlier publications give away, whatever is done now.
    engine : {"argus", "own", "own_less"}
        What chose the counts that are withheld for others: tau-ARGUS, `mse` alone, or `mse` since it withholds less.
    additive : bool, optional
        Whether rounded counts add up; None where nothing was rounded.
    """

    counts: LinkedCounts
    withheld: Mapping[Hashable, str]
    printed: Mapping[Hashable, float]
    exposed: frozenset[Hashable] = frozenset()
    engine: str = "own"
    additive: bool | None = None

    @property
    def numbers(self) -> frozenset[float]:
        """The numbers that are withheld."""
        return frozenset(round(self.counts.values[cell], SAME_DIGITS) for cell in self.withheld)


def protect(figures: Sequence[Figure], rules: CellRules) -> Protection:
    """Decide which counts of figures are printed.

    Parameters
    ----------
    figures : sequence of Figure
        All linked figures of a release.
    rules : CellRules

    Returns
    -------
    Protection

    Raises
    ------
    mse.errors.ReleaseError
        The figures contradict each other.
    """
    counts = linked(figures)
    own = [cell for cell in counts.values if cell in counts.places]
    states = {} if rules.earlier is None else _states(counts, own, rules.earlier, rules.minimum)
    known = {cell for cell in own if states.get(cell) == "same" or cell in rules.known}
    known |= counts.wholes | counts.empty
    between: frozenset[Hashable] = frozenset()
    if rules.earlier is not None:
        counts, told = rules.earlier.linked_to(counts)
        counts, windows, between = nested(counts, {key_of(cell): cell for cell in own}, rules.earlier.counts)
        known |= told | windows
    primary = _primary(counts, own, rules, states)
    late = [cell for cell in between if counts.values[cell] < rules.minimum]
    withheld, open_ = _complete(counts, primary, known, rules, late)
    engine = "own"
    chosen = choose(counts, primary, known, rules.width) if rules.argus else None
    if chosen is not None:
        start = {**primary, **dict.fromkeys(chosen, "secondary")}
        other = _complete(counts, start, known, rules, late)
        engine = "argus" if len(other[0]) <= len(withheld) else "own_less"
        withheld, open_ = other if engine == "argus" else (withheld, open_)
    shown = {cell: counts.values[cell] for cell in own if cell not in withheld}
    printed, additive = _rounded(counts, shown, rules)
    exposed = {cell for cell in withheld if cell in known} | {demand.cell for demand in open_ if demand.whole is None}
    return Protection(counts, withheld, printed, frozenset(exposed), engine, additive)


def _states(counts: LinkedCounts, cells: Collection[Hashable], earlier: Published, minimum: int) -> dict[Hashable, str]:
    return {cell: earlier.state(cell, counts.values[cell], minimum) for cell in cells}


def _primary(
    counts: LinkedCounts, cells: Collection[Hashable], rules: CellRules, states: Mapping[Hashable, str]
) -> dict[Hashable, str]:
    """Counts that are unsafe by themselves, and why; what readers know from elsewhere is not among them."""
    found: dict[Hashable, str] = {}
    for cell in cells:
        if cell in rules.known or cell in counts.empty:
            continue
        if counts.values[cell] < rules.minimum:
            found[cell] = "few"
        elif states.get(cell) in {"changed", "before"}:
            found[cell] = states[cell]
    return found


def _complete(
    counts: LinkedCounts, start: Mapping[Hashable, str], known: set[Hashable], rules: CellRules, late: list[Hashable]
) -> tuple[dict[Hashable, str], tuple[Demand, ...]]:
    """Withhold what is still needed, also for few persons of years between two windows (`late`); returns all that is
    withheld, and the demands that cannot be met."""
    withheld = dict(start)
    demands = [Demand(cell, rules.width) for cell in (*withheld, *late) if cell not in known]
    demands += _dominant(counts, rules)
    done = complete(counts, withheld, known, demands)
    for cell, demand in done.added.items():
        withheld[cell] = "secondary" if demand.whole is None else "dominant"
    return {cell: why for cell, why in withheld.items() if cell in counts.places}, done.open


def _dominant(counts: LinkedCounts, rules: CellRules) -> list[Demand]:
    """Parts that hold nearly all of a group that is not itself too small to be printed."""
    if rules.dominant is None:
        return []
    return [
        Demand(part, rules.width, whole, rules.dominant)
        for whole, parts in counts.groups
        for part in parts
        if part in counts.places and part not in rules.known and counts.values[whole] >= rules.minimum
        if counts.values[part] > rules.dominant * counts.values[whole]
    ]


def _rounded(
    counts: LinkedCounts, shown: Mapping[Hashable, float], rules: CellRules
) -> tuple[dict[Hashable, float], bool | None]:
    """The numbers that are printed, and whether they add up."""
    if rules.base is None:
        return dict(shown), None
    if rules.additive:
        whole = [(total, parts) for total, parts in counts.sums if {total, *parts} <= set(shown)]
        found = round_controlled(shown, whole, rules.base, argus=rules.argus)
        if found is not None:
            return {cell: float(value) for cell, value in found.items()}, True
    return {cell: float(round_alone(value, rules.base)) for cell, value in shown.items()}, False
