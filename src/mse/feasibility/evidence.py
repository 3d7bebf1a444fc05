"""`Evidence`: what is known of overlapping lists before any estimate, from a table or from published margins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np

from mse.core.partial import PartialTable
from mse.core.reference import Reference
from mse.core.table import CaptureTable
from mse.errors import TableError, did_you_mean

__all__ = ["Evidence", "PublishedMargins", "read_evidence"]

Pair = tuple[str, str]


@dataclass(frozen=True)
class PublishedMargins:
    """Sizes of lists and overlaps of pairs as a report prints them, where the combinations are not public.

    Parameters
    ----------
    lists : mapping of str to int
        Persons on each list.
    overlaps : mapping of (str, str) to int
        Persons on both lists of each pair; every pair stands there.
    n_observed : int, optional
        Persons on at least one list.
    captures : sequence of int, optional
        Persons on exactly one, two, … lists.
    only : mapping of str to int, optional
        Persons on each list and no other.
    reference : Reference, optional
        What the counts are about.

    Raises
    ------
    mse.errors.TableError
        A pair is missing or has a list that is not there, or an overlap is larger than its lists.

    Examples
    --------
    >>> margins = PublishedMargins({"A": 60, "B": 50}, {("A", "B"): 20}, n_observed=90)
    >>> margins.overlap("B", "A")
    20
    """

    lists: Mapping[str, int]
    overlaps: Mapping[Pair, int]
    n_observed: int | None = None
    captures: Sequence[int] | None = None
    only: Mapping[str, int] | None = None
    reference: Reference | None = None

    def __post_init__(self) -> None:
        if len(self.lists) < 2:
            raise TableError("Overlap needs two lists or more", got=f"{len(self.lists)}")
        for pair, both in self.overlaps.items():
            for name in pair:
                if name not in self.lists:
                    raise TableError(f"Pair {pair} names a list that is not there", hint=did_you_mean(name, self.lists))
            if not 0 <= both <= min(self.lists[name] for name in pair):
                raise TableError(f"The overlap of {pair} is at most its smaller list", got=str(both))
        for first, second in combinations(self.lists, 2):
            self.overlap(first, second)

    def overlap(self, first: str, second: str) -> int:
        """Persons on both lists of a pair, in whichever order it was given."""
        for pair in ((first, second), (second, first)):
            if pair in self.overlaps:
                return self.overlaps[pair]
        raise TableError(
            "The overlap of every pair of lists is given",
            got=f"none for {first} and {second}",
            hint="Write 0 for none.",
        )


@dataclass(frozen=True, eq=False)
class Evidence:
    """Lists and overlaps; None where margins do not tell.

    Parameters
    ----------
    sizes : mapping of str to int
        Persons on each list.
    overlaps : mapping of (str, str) to int
        Persons on both lists of each pair.
    n_observed : int or None
    captures : tuple of int or None
        Persons on exactly one, two, … lists.
    only : mapping of str to int or None
        Persons on each list and no other.
    table : CaptureTable or None
        The combinations, covariates added up.
    data : CaptureTable, PartialTable or PublishedMargins
        What was given.
    """

    sizes: Mapping[str, int]
    overlaps: Mapping[Pair, int]
    n_observed: int | None
    captures: tuple[int, ...] | None
    only: Mapping[str, int] | None
    table: CaptureTable | None
    data: Any = field(repr=False)

    @property
    def lists(self) -> tuple[str, ...]:
        """Names of the lists."""
        return tuple(self.sizes)

    @property
    def reference(self) -> Reference | None:
        """What the counts are about."""
        reference: Reference | None = self.data.reference
        return reference

    @property
    def independent_total(self) -> float | None:
        """The total at which overlaps of all pairs together are as large as independent lists would have them.

        Σ n_i n_j / Σ m_ij over pairs: the estimate of Lincoln and Petersen where there are two lists. None where no two
        lists share anybody.
        """
        both = sum(self.overlaps.values())
        return sum(self.sizes[i] * self.sizes[j] for i, j in self.overlaps) / both if both else None

    def expected_overlaps(self) -> Mapping[Pair, float]:
        """Persons on both lists of each pair if lists were independent, n_i n_j / N; empty where nobody is shared."""
        total = self.independent_total
        if total is None:
            return {}
        return {(i, j): self.sizes[i] * self.sizes[j] / total for i, j in self.overlaps}


def read_evidence(data: Any) -> Evidence:
    """Read evidence from a table, from counts of combinations, or from published margins.

    Parameters
    ----------
    data : CaptureTable, PartialTable, PublishedMargins, or mapping of combinations to counts
        A combination is a sequence of lists, ``("P", "K")``, or their names with spaces, ``"P K"``.

    Raises
    ------
    mse.errors.TableError
        The data are something else.

    Examples
    --------
    >>> evidence = read_evidence({"A": 40, "B": 30, "A B": 20})
    >>> evidence.sizes, evidence.independent_total
    ({'A': 60, 'B': 50}, 150.0)
    """
    if isinstance(data, PublishedMargins):
        pairs = {pair: data.overlap(*pair) for pair in combinations(data.lists, 2)}
        captures = None if data.captures is None else tuple(data.captures)
        return Evidence(dict(data.lists), pairs, data.n_observed, captures, data.only, None, data)
    if isinstance(data, Mapping):
        data = _from_combinations(data)
    if isinstance(data, PartialTable):
        table = data.histories()
    elif isinstance(data, CaptureTable):
        table = data.collapse() if data.covariates else data
    else:
        raise TableError(
            "Feasibility is judged from a table, counts of combinations, or published margins",
            got=type(data).__name__,
            hint="Give a CaptureTable, {'P': 4466, 'P K': 44}, or mse.feasibility.PublishedMargins.",
        )
    described = table.describe()
    return Evidence(
        {size.name: size.persons for size in described.sizes},
        {(pair.first, pair.second): pair.overlap for pair in described.overlaps},
        table.n_observed,
        described.captures,
        {size.name: size.only for size in described.sizes},
        table,
        data,
    )


def _from_combinations(counts: Mapping[Any, int]) -> CaptureTable:
    named = [tuple(key.split()) if isinstance(key, str) else tuple(key) for key in counts]
    lists = tuple(dict.fromkeys(name for names in named for name in names))
    cells = np.zeros((2,) * len(lists), dtype=np.int64)
    for names, count in zip(named, counts.values(), strict=True):
        cells[tuple(int(name in names) for name in lists)] += count
    return CaptureTable(lists, cells)
