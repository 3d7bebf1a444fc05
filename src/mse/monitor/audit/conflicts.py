"""`Conflict`: failed checks that have one cause, and the smallest change that would settle them.

Every cell of a failed check is tried in turn: the value that makes the check hold is put in, totals that held follow,
and the change counts only where no check that held is broken. Cells that other checks confirm are cleared this way.
"""

from __future__ import annotations

import math
from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mse.core.finding import Finding, Severity
from mse.monitor.audit.cell_words import cell_in_words, where_in_words
from mse.monitor.audit.identity import Check, Identity
from mse.monitor.audit.lookup import RANK, Cell, figure_order

__all__ = ["Conflict", "Part", "Repair", "conflicts", "transposed"]

Support = Callable[[Mapping[Cell, float]], int]
"""How many statements of the text agree with values."""


@dataclass(frozen=True)
class Repair:
    """A change that settles checks.

    Parameters
    ----------
    cell : Cell
        What is changed.
    printed, value : float
        What stands there, and what would have to.
    follows : tuple of (Cell, float)
        Totals that change with it, and what they become.
    """

    cell: Cell
    printed: float
    value: float
    follows: tuple[tuple[Cell, float], ...] = ()

    @property
    def transposed(self) -> bool:
        """Whether two neighbouring digits changed places."""
        return transposed(self.printed, self.value)

    @property
    def changes(self) -> dict[Cell, float]:
        """All values that change."""
        return {self.cell: self.value, **dict(self.follows)}

    def __str__(self) -> str:
        return f"{self.cell}: {self.value:g}, not {self.printed:g}"


@dataclass(frozen=True, eq=False)
class Part:
    """Failed checks that one change settles, and the changes that do; none where no single change does."""

    checks: tuple[Check, ...]
    repairs: tuple[Repair, ...]


@dataclass(frozen=True, eq=False)
class Conflict:
    """Failed checks that have one cause.

    Parameters
    ----------
    parts : tuple of Part
        Parts that are settled one by one, such as the years of a row.
    """

    parts: tuple[Part, ...]

    @property
    def checks(self) -> tuple[Check, ...]:
        """Its failed checks."""
        return tuple(dict.fromkeys(check for part in self.parts for check in part.checks))

    @property
    def figures(self) -> tuple[str, ...]:
        """Figures that it is about."""
        names = {name for check in self.checks for name in check.identity.figures}
        return tuple(sorted(names, key=figure_order))

    @property
    def settled(self) -> tuple[Repair, ...]:
        """The changes that settle it; empty where there is none, or a choice between several."""
        one = all(len(part.repairs) == 1 for part in self.parts)
        return tuple(part.repairs[0] for part in self.parts) if one else ()

    @property
    def suspects(self) -> tuple[Cell, ...]:
        """Cells of which one is wrong, as far as single changes can tell."""
        return tuple(dict.fromkeys(repair.cell for part in self.parts for repair in part.repairs))

    @property
    def finding(self) -> Finding:
        """The conflict as a finding."""
        values: dict[str, Any] = {"n": len(self.checks), "figures": list(self.figures)}
        about = {check.identity.where: check.identity.figures for check in reversed(self.checks)}
        places = dict.fromkeys(check.identity.where for check in self.checks)
        values["where"] = [where_in_words(place, about[place]) for place in places]
        subject = "/".join(self.figures)
        if not self.suspects:
            return Finding("conflict_open", Severity.WARNING, subject, values)
        values["suspects"] = [cell_in_words(cell) for cell in self.suspects]
        if not self.settled:
            return Finding("conflict_choice", Severity.WARNING, subject, values)
        first = self.settled[0]
        if first.cell.measure == RANK or first.value != round(first.value):
            return Finding("conflict_other", Severity.WARNING, subject, values)
        values |= {"printed": first.printed, "value": first.value}
        code = "conflict_transposed" if first.transposed else "conflict_settled"
        return Finding(code, Severity.WARNING, subject, values)

    def __repr__(self) -> str:
        return f"Conflict of {', '.join(self.figures)}: {self.finding}"


def transposed(first: float, second: float) -> bool:
    """Whether two numbers differ by two neighbouring digits that changed places.

    Examples
    --------
    >>> transposed(1108, 1018), transposed(1173, 1178), transposed(282, 228)
    (True, False, True)
    """
    one, other = f"{first:g}", f"{second:g}"
    if len(one) != len(other):
        return False
    differ = [place for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    neighbours = len(differ) == 2 and differ[1] == differ[0] + 1
    return neighbours and one[differ[0]] == other[differ[1]] and one[differ[1]] == other[differ[0]]


def conflicts(
    checks: Sequence[Check], values: Mapping[Cell, float], support: Support | None = None
) -> tuple[Conflict, ...]:
    """Group the checks that fail by their cause.

    Parameters
    ----------
    checks : sequence of Check
        What must hold, tested on the values.
    values : mapping of Cell to float
        The values of the figures.
    support : callable, optional
        How many statements of a text agree with values: it decides between changes that are equally small.

    Returns
    -------
    tuple of Conflict
        In the order of the figures.
    """
    place = {check: position for position, check in enumerate(checks)}
    found = sorted(_Search(checks, values, support).parts(), key=lambda part: place[part.checks[0]])
    grouped = (Conflict(tuple(group)) for group in _joined(found))
    return tuple(sorted(grouped, key=lambda conflict: [figure_order(name) for name in conflict.figures]))


@dataclass(frozen=True, eq=False)
class _Trial:
    """A change, and the failed checks that it settles."""

    repair: Repair
    fixes: frozenset[Identity]

    @property
    def weight(self) -> tuple[int, int]:
        """More checks settled weigh more, then fewer cells changed."""
        return len(self.fixes), -len(self.repair.changes)


class _Search:
    """Looks for changes that settle failed checks, the most at a time, as few cells as possible."""

    def __init__(self, checks: Sequence[Check], values: Mapping[Cell, float], support: Support | None) -> None:
        self.values, self.support = dict(values), support
        self.of: dict[Cell, list[Identity]] = {}
        for check in checks:
            for cell in check.identity.cells:
                self.of.setdefault(cell, []).append(check.identity)
        self.first = {check.identity: check for check in checks}
        self.open = [identity for identity, check in self.first.items() if check.failed]

    def parts(self) -> list[Part]:
        """Take the change that settles most, until no change settles anything."""
        found = []
        while trials := self._trials():
            best = max(trials, key=lambda trial: trial.weight)
            equal = [trial for trial in trials if (trial.weight, trial.fixes) == (best.weight, best.fixes)]
            repairs = self._supported([trial.repair for trial in equal])
            checks = dict.fromkeys(identity for identity in self.open if identity in best.fixes)
            self.open = [identity for identity in self.open if identity not in best.fixes]
            if len(repairs) == 1:
                self.values |= repairs[0].changes
                touched = (identity for cell in repairs[0].changes for identity in self.of[cell])
                checks |= dict.fromkeys(identity for identity in touched if self.first[identity].failed)
            found.append(Part(tuple(self.first[identity] for identity in checks), tuple(repairs)))
        return found + [Part((self.first[identity],), ()) for identity in self.open]

    def _trials(self) -> list[_Trial]:
        proposals = {
            (cell, value): None
            for identity in self.open
            for cell, value in _proposals(identity, identity.check(self.values), self.values)
        }
        tried = (self._try(cell, value) for cell, value in proposals)
        return [trial for trial in tried if trial is not None]

    def _try(self, cell: Cell, value: float) -> _Trial | None:
        """Change a cell and the totals that follow; None where that breaks a check that held, or settles none."""
        changes = self._spread(cell, value)
        if any(number < 0 for number in changes.values()):
            return None
        after = ChainMap(changes, self.values)
        touched = dict.fromkeys(identity for changed in changes for identity in self.of[changed])
        fixes = []
        for identity in touched:
            check = identity.check(after)
            if check.failed and not identity.check(self.values).failed:
                return None
            if check.holds and identity in self.open:
                fixes.append(identity)
        follows = tuple((other, number) for other, number in changes.items() if other != cell)
        repair = Repair(cell, self.values[cell], value, follows)
        return _Trial(repair, frozenset(fixes)) if fixes else None

    def _spread(self, cell: Cell, value: float) -> dict[Cell, float]:
        """The change and what totals that held become by it."""
        changes, queue = {cell: value}, [cell]
        while queue:
            for identity in self.of[queue.pop(0)]:
                total = identity.total
                if total is None or total in changes or identity.check(self.values).holds is not True:
                    continue
                check = identity.check(ChainMap(changes, self.values))
                if check.failed:
                    changes[total] = self.values[total] + check.left - check.right
                    queue.append(total)
        return changes

    def _supported(self, repairs: list[Repair]) -> list[Repair]:
        """Those that most statements of the text agree with."""
        if self.support is None or len(repairs) == 1:
            return repairs
        agreeing = [self.support({**self.values, **repair.changes}) for repair in repairs]
        return [repair for repair, count in zip(repairs, agreeing, strict=True) if count == max(agreeing)]


def _proposals(identity: Identity, check: Check, values: Mapping[Cell, float]) -> Iterable[tuple[Cell, float]]:
    """Values of single cells that would make a check hold."""
    if identity.relation in ("rank", "mean"):
        yield identity.right[0][1], check.left if identity.relation == "rank" else _one_decimal(check.left)
    if identity.relation == "mean":
        weights = [sum(values[cell] for cell in cells) for cells in identity.others]
        for weight, (_, cell) in zip(weights, identity.left, strict=True):
            if weight > 0:
                yield cell, _one_decimal(values[cell] + (check.right - check.left) * sum(weights) / weight)
    if identity.relation in ("=", ">="):
        signs: dict[Cell, int] = {}
        for side, terms in ((1, identity.left), (-1, identity.right)):
            for sign, cell in terms:
                signs[cell] = signs.get(cell, 0) + side * sign
        for cell, sign in signs.items():
            if sign and not math.isnan(values[cell]):
                yield cell, values[cell] + (check.right - check.left) / sign


def _one_decimal(value: float) -> float:
    """As means are printed."""
    return round(value, 1)


def _joined(parts: list[Part]) -> list[list[Part]]:
    """Parts by their cause: one misprint in several figures, or one row that is wrong in several places."""
    groups: list[list[Part]] = []
    for part in parts:
        same = [group for group in groups if any(_belong(part, other) for other in group)]
        joined = [*(other for group in same for other in group), part]
        groups = [group for group in groups if group not in same] + [joined]
    return groups


def _belong(one: Part, other: Part) -> bool:
    if len(one.repairs) == len(other.repairs) == 1:
        first, second = one.repairs[0], other.repairs[0]
        return (first.cell[1:], first.printed, first.value) == (second.cell[1:], second.printed, second.value)
    return bool(_rows(one) & _rows(other))


def _rows(part: Part) -> set[tuple[tuple[str, ...], str]]:
    return {(check.identity.figures, check.identity.row) for check in part.checks if check.identity.row}
