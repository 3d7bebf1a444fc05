"""`Condition`: what must hold on one dimension of a cube for a victim to be counted."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from mse.core.cube import members_of

__all__ = ["Condition", "has", "is_in", "not_in"]


@dataclass(frozen=True)
class Condition:
    """A condition on one dimension of a cube.

    Parameters
    ----------
    dimension : str
    levels : tuple of str
    kind : {"in", "not in", "has"}
        The level is one of `levels`, is none of them, or is a set that holds one of them.
    """

    dimension: str
    levels: tuple[str, ...]
    kind: str = "in"

    def holds(self, level: Any) -> bool:
        """Whether a level of the dimension meets the condition."""
        if self.kind == "has":
            return not set(self.levels).isdisjoint(members_of(level))
        return (level in self.levels) == (self.kind == "in")

    @property
    def key(self) -> Hashable:
        """What the condition says, the same for conditions that say the same."""
        same = _SAME.get(self, self)
        return (same.dimension, same.kind, tuple(sorted(same.levels)))


def is_in(dimension: str, *levels: str) -> Condition:
    """The level is one of some.

    Examples
    --------
    >>> is_in("sex", "male", "female").holds("male")
    True
    """
    return Condition(dimension, levels)


def not_in(dimension: str, *levels: str) -> Condition:
    """The level is none of some.

    Examples
    --------
    >>> not_in("sex", "unknown").holds("unknown")
    False
    """
    return Condition(dimension, levels, "not in")


def has(dimension: str, *members: str) -> Condition:
    """The set holds one of some members.

    Examples
    --------
    >>> has("types", "AU", "CU").holds("SU|CU")
    True
    """
    return Condition(dimension, members, "has")


_SAME = {is_in("nationality", "NL"): is_in("region", "netherlands")}
"""Conditions that say the same: region of origin follows from nationality (R31)."""
