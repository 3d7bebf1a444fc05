"""`LinkageRates`: which links are missed and which are false, how often, and how surely that is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from mse.core.error_rate import ErrorRate
from mse.core.sentence import Sentence
from mse.errors import ModelError, did_you_mean

__all__ = ["LinkageRates", "Rates"]

Key = str | tuple[str, str] | None
Rates = tuple[tuple[Key, ErrorRate], ...]


@dataclass(frozen=True)
class LinkageRates:
    """Rates of missed and false links over some lists.

    Made by `LinkageRates.read`, not by hand.

    Parameters
    ----------
    lists : sequence of str
    missed : sequence of (key, ErrorRate)
        The key is a pair of lists, a list (records that cannot be linked at all), or None for every pair.
    false : sequence of (key, ErrorRate)
        The key is a pair (from, to), or None for every pair in both directions.
    """

    lists: tuple[str, ...]
    missed: Rates
    false: Rates

    @classmethod
    def read(cls, lists: tuple[str, ...], missed: Any, false: Any) -> Self:
        """Read rates as a user writes them.

        Parameters
        ----------
        lists : sequence of str
            Lists of the table.
        missed, false
            A rate for all pairs, or a mapping of rates by pair; `missed` also by list.

        Raises
        ------
        mse.errors.ModelError
            A rate is none, a list is not in the table, a pair is there twice, or lists and pairs are mixed.
        """
        read_missed, read_false = _read(missed, lists, "missed"), _read(false, lists, "false")
        kinds = {type(key) for key, _ in read_missed}
        if len(kinds) > 1:
            raise ModelError(
                "Missed links are given by list or by pair of lists", got="some of each", hint="Choose one of the two."
            )
        pairs = [frozenset(key) for key, _ in read_missed if isinstance(key, tuple)]
        if len(set(pairs)) < len(pairs):
            raise ModelError("Missed links of a pair of lists have one rate", got="a pair in both orders")
        if any(isinstance(key, str) for key, _ in read_false):
            raise ModelError(
                "False links are given by pair of lists", got="a list", hint='Write false={("A", "B"): 0.01}.'
            )
        return cls(lists, read_missed, read_false)

    def drawn(self, rng: np.random.Generator) -> Self:
        """Draw every rate once; a rate for all pairs is one rate, so all pairs share its draw."""

        def draw(rates: Rates) -> Rates:
            return tuple((key, ErrorRate.drawn(rate, rng)) for key, rate in rates)

        return replace(self, missed=draw(self.missed), false=draw(self.false))

    def split(self) -> NDArray[np.float64]:
        """Expected clusters of each history, from one person of each history."""
        from mse.kernels.linkage import split_by_pairs, split_by_records

        if any(isinstance(key, str) for key, _ in self.missed):
            return split_by_records(self.by_record())
        return split_by_pairs(self.by_pair())

    def by_record(self) -> NDArray[np.float64]:
        """Share of the records of each list that cannot be linked at all."""
        rates = np.zeros(len(self.lists))
        for key, rate in self.missed:
            if isinstance(key, str):
                rates[self.lists.index(key)] = rate.mean
        return rates

    def by_pair(self) -> NDArray[np.float64]:
        """Share of the links of each pair of lists that is missed by itself; symmetric."""
        rates = _by_pair([(key, rate) for key, rate in self.missed if not isinstance(key, str)], self.lists)
        return np.maximum(rates, rates.T)

    def false_links(self) -> NDArray[np.float64]:
        """Element i, j: of the records on i whose person is not on j, the share linked to a record there."""
        return _by_pair(self.false, self.lists)

    def missed_text(self) -> Mapping[str, str]:
        """The rates of missed links in words."""
        return _text(self.missed)

    def false_text(self) -> Mapping[str, str]:
        """The rates of false links in words."""
        return _text(self.false)


def _by_pair(rates: Any, lists: tuple[str, ...]) -> NDArray[np.float64]:
    filled = np.zeros((len(lists), len(lists)))
    for key, rate in rates:
        for i, j in [key] if key else permutations(lists, 2):
            filled[lists.index(i), lists.index(j)] = rate.mean
    return filled


def _read(given: Any, lists: tuple[str, ...], what: str) -> Rates:
    if given is None:
        return ()
    if not isinstance(given, Mapping):
        rate = ErrorRate.of(given)
        return ((None, rate),) if rate.mean else ()
    read: list[tuple[Key, ErrorRate]] = []
    for key, value in given.items():
        names = (key,) if isinstance(key, str) else tuple(key)
        for name in names:
            if name not in lists:
                raise ModelError(f"There is no list '{name}' in the table", hint=did_you_mean(str(name), lists))
        if len(names) > 2 or len(set(names)) < len(names):
            raise ModelError(f"Rates of {what} links stand by list or by pair of lists", got=" and ".join(names))
        read.append((key if isinstance(key, str) else (names[0], names[1]), ErrorRate.of(value)))
    return tuple(read)


def _text(rates: Rates) -> Mapping[str, str]:
    if not rates:
        return Sentence("rate_none")
    if rates[0][0] is None:
        return rates[0][1].text()
    parts = [
        Sentence("rate_of", {"name": key if isinstance(key, str) else "–".join(key or ()), "rate": rate.text()})
        for key, rate in rates
    ]
    return Sentence("rate_names", {"names": parts})
