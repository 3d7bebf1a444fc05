"""`Protected`: the release policy of an office that publishes many linked figures, year after year."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from mse.core.figure import Figure
from mse.errors import ReleaseError
from mse.monitor.disclosure.earlier import Printed, Published
from mse.monitor.disclosure.policies import Judged, judge_with
from mse.monitor.disclosure.protection import CellRules

__all__ = ["Protected"]

LARGEST_BASE = 10
"""Counts are rounded to a multiple of at most this: of more, nothing is left of small counts."""


@dataclass(frozen=True)
class Protected:
    """Counts of linked figures are printed exactly, or rounded so that they still add up; small ones are withheld.

    Parameters
    ----------
    minimum : int
        A count of fewer persons is withheld. Whatever is withheld keeps at least this many possible numbers, by all
        that is printed and was printed before.
    dominant : float, optional
        No category may be known to hold more than this share of its group; None where that does not matter.
    rounding : int, optional
        All other counts become multiples of this (3 or 5), and still add up. By default they are printed exactly.
    previous : Published or Release, optional
        The previous release. Counts that it withheld stay withheld; a count that differs from it by fewer persons than
        the minimum is withheld.
    known : collection of hashable
        What readers know already (`Figure.cells`): counts that are nought by definition, or printed elsewhere. They
        are printed, and are not used to protect others.
    argus : bool
        Whether tau-ARGUS, where it is installed, chooses what protects others as well; whichever of it and `mse`
        withholds fewer counts is taken. Its solvers stop by the clock, so the release may come out otherwise on another
        machine.

    Raises
    ------
    mse.errors.ReleaseError
        A setting is not possible.

    Examples
    --------
    >>> Protected(minimum=10, rounding=5)
    Protected(minimum=10, dominant=0.9, rounding=5, previous=None, known=frozenset(), argus=False)
    """

    minimum: int = 10
    dominant: float | None = 0.9
    rounding: int | None = None
    previous: Published | Printed | None = None
    known: frozenset[Hashable] = frozenset()
    argus: bool = False

    name = "protected"

    def __post_init__(self) -> None:
        if self.minimum < 2:
            raise ReleaseError("The minimum is 2 persons or more", got=str(self.minimum))
        if self.dominant is not None and not 0.5 < self.dominant < 1.0:
            raise ReleaseError(
                "The share that dominates is between a half and one", got=str(self.dominant), hint="Give 0.9 or None."
            )
        if self.rounding is not None and not 2 <= self.rounding <= LARGEST_BASE:
            raise ReleaseError(f"Counts are rounded to multiples of 2 to {LARGEST_BASE}", got=str(self.rounding))
        object.__setattr__(self, "known", frozenset(self.known))

    @property
    def rules(self) -> CellRules:
        """The rules for counts."""
        before = self.previous
        earlier = before if before is None or isinstance(before, Published) else before.published
        return CellRules(
            self.minimum, self.dominant, self.rounding, argus=self.argus, earlier=earlier, known=self.known
        )

    def judge(self, figures: Sequence[Figure]) -> Judged:
        """Judge figures together."""
        return judge_with(self.name, self.rules, figures)
