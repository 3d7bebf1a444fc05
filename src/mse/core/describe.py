"""Describes a table before anything is estimated: lists, captures per person, overlaps of pairs of lists."""

from __future__ import annotations

import math
import textwrap
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from mse.core.finding import Finding
from mse.core.reference import Reference
from mse.core.text_table import aligned
from mse.messages import Guard, number, sentence

if TYPE_CHECKING:
    import pandas as pd

    from mse.core.table import CaptureTable

__all__ = ["MIN_OVERLAP", "Description", "ListSize", "Overlap", "chapman", "describe", "overlaps"]

MIN_OVERLAP = 7
"""With fewer persons on both lists the bias of Chapman's estimate may be large; from 7 on it is below
2 per cent with 95 per cent confidence (Robson and Regier 1964)."""


WIDTH = 80
"""Columns of a terminal, for the sentences under the tables."""


@dataclass(frozen=True)
class ListSize:
    """Persons on a list, and those on no other."""

    name: str
    persons: int
    only: int

    @property
    def share_only(self) -> float | None:
        """Share of the list's persons who are on no other list; None for an empty list."""
        return self.only / self.persons if self.persons else None


@dataclass(frozen=True)
class Overlap:
    """A pair of lists: persons on both, and the two-by-two counts among persons on at least one other list.

    The odds ratio is taken among those persons only. Among all observed persons the cell "on neither" lacks
    everyone who was never seen, which drags the ratio below 1 whatever the lists do.
    """

    first: str
    second: str
    persons_first: int
    persons_second: int
    overlap: int
    both: int
    only_first: int
    only_second: int
    neither: int

    @property
    def odds_ratio(self) -> float | None:
        """Odds ratio among persons on at least one other list; None where a zero leaves it undefined."""
        across = self.only_first * self.only_second
        return self.both * self.neither / across if across else None

    @property
    def chapman(self) -> float | None:
        """Chapman's estimate of the total from these two lists; None below `MIN_OVERLAP` persons on both."""
        if self.overlap < MIN_OVERLAP:
            return None
        return chapman(self.persons_first, self.persons_second, self.overlap)[0]


def chapman(first: int, second: int, both: int) -> tuple[float, float]:
    """Estimate a total from two lists (Chapman 1951), with its standard error (Seber 1982, page 60).

    Parameters
    ----------
    first, second : int
        Persons on each list.
    both : int
        Persons on both.

    Returns
    -------
    total, standard_error : float

    Examples
    --------
    >>> total, standard_error = chapman(135, 122, 49)
    >>> round(total, 1), round(standard_error, 1)
    (333.6, 28.7)
    """
    total = (first + 1) * (second + 1) / (both + 1) - 1
    spread = (first + 1) * (second + 1) * (first - both) * (second - both)
    return total, math.sqrt(spread / ((both + 1) ** 2 * (both + 2)))


@dataclass(frozen=True)
class Description:
    """What a table shows before any model: printed as a text table in English or Dutch.

    Parameters
    ----------
    n_observed : int
        Persons on at least one list.
    captures : tuple of int
        Persons on exactly one, two, … lists (f_1, f_2, …).
    sizes : tuple of ListSize
        Persons per list.
    overlaps : tuple of Overlap
        Every pair of lists.
    reference : Reference, optional
        What the counts are about.
    findings : tuple of Finding
        What was found in the table.
    """

    n_observed: int
    captures: tuple[int, ...]
    sizes: tuple[ListSize, ...]
    overlaps: tuple[Overlap, ...]
    reference: Reference | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def lists(self) -> pd.DataFrame:
        """One row a list: list, persons, only (on no other list), share_only."""
        import pandas as pd

        rows = [(size.name, size.persons, size.only, size.share_only) for size in self.sizes]
        return pd.DataFrame(rows, columns=["list", "persons", "only", "share_only"]).astype({"share_only": float})

    @property
    def pairs(self) -> pd.DataFrame:
        """One row a pair of lists: the fields of `Overlap`, odds_ratio and chapman (missing: too few)."""
        import pandas as pd

        rows = [{**asdict(pair), "odds_ratio": pair.odds_ratio, "chapman": pair.chapman} for pair in self.overlaps]
        return pd.DataFrame(rows).astype({"odds_ratio": float, "chapman": float})

    def to_frame(self) -> pd.DataFrame:
        """Return everything as one tidy frame: kind ("list", "captures", "pair"), subject, measure, value."""
        import pandas as pd

        rows: list[tuple[str, str, str, float | None]] = []
        for size in self.sizes:
            for measure in ("persons", "only", "share_only"):
                rows.append(("list", size.name, measure, getattr(size, measure)))
        rows += [("captures", str(times), "persons", n) for times, n in enumerate(self.captures, start=1)]
        for pair in self.overlaps:
            subject = f"{pair.first} {pair.second}"
            for measure in (
                "overlap",
                "both",
                "only_first",
                "only_second",
                "neither",
                "odds_ratio",
                "chapman",
            ):
                rows.append(("pair", subject, measure, getattr(pair, measure)))
        return pd.DataFrame(rows, columns=["kind", "subject", "measure", "value"]).astype({"value": float})

    def text(self, language: str = "en", *, guard: Guard | None = None) -> str:
        """Write the description as plain text.

        Parameters
        ----------
        language : {"en", "nl"}
            Language of the text.
        guard : callable, optional
            Writes counts of persons; `release` passes one that coarsens small counts.

        Returns
        -------
        str
        """

        def say(key: str, **fields: object) -> str:
            return sentence(key, language, guard=guard, **fields)

        def persons(value: int) -> str:
            return number(value, language, "persons", guard=guard)

        lines = [say("describe_title", n=self.n_observed, lists=len(self.sizes))]
        if self.reference is not None:
            about = self.reference
            lines.append(f"{about.population}, {about.place}, {about.period_label}")
        header = [say(f"describe_{word}") for word in ("list", "persons", "only", "share")]
        rows = [
            [
                size.name,
                persons(size.persons),
                persons(size.only),
                say("describe_nobody") if size.share_only is None else number(size.share_only, language, "percent"),
            ]
            for size in self.sizes
        ]
        lines += ["", *aligned(header, rows)]
        header = [say("describe_captures"), *map(str, range(1, len(self.captures) + 1))]
        lines += ["", *aligned(header, [[say("describe_persons"), *map(persons, self.captures)]])]
        words = ("pair", "both", "odds_ratio", "two_by_two", "chapman")
        header = [say(f"describe_{word}") for word in words]
        rows = []
        for pair in self.overlaps:
            four = (pair.both, pair.only_first, pair.only_second, pair.neither)
            if len(self.sizes) == 2:
                ratio = say("describe_no_other_list")
            elif pair.odds_ratio is None:
                ratio = say("describe_undefined")
            else:
                ratio = number(pair.odds_ratio, language, "ratio")
            total = say("describe_too_few") if pair.chapman is None else number(pair.chapman, language, "estimate")
            rows.append(
                [
                    f"{pair.first} {pair.second}",
                    persons(pair.overlap),
                    ratio,
                    " / ".join(map(persons, four)),
                    total,
                ]
            )
        lines += ["", *aligned(header, rows), ""]
        notes = [say("describe_odds_ratio_note"), say("describe_chapman_note", least=MIN_OVERLAP)]
        notes += [finding.sentence(language, guard=guard) for finding in self.findings]
        return "\n".join([*lines, *(textwrap.fill(note, WIDTH) for note in notes)])

    def __repr__(self) -> str:
        return self.text()


def describe(table: CaptureTable) -> Description:
    """Summarise a table: persons per list, captures per person, overlaps of all pairs of lists.

    Covariates are added up.

    Parameters
    ----------
    table : CaptureTable
        The table.

    Returns
    -------
    Description

    Examples
    --------
    >>> from mse.core.table import CaptureTable
    >>> described = describe(CaptureTable(["A", "B", "C"], [[[0, 5], [4, 3]], [[2, 1], [1, 1]]]))
    >>> described.captures
    (11, 5, 1)
    """
    k = len(table.lists)
    histories = table.counts.reshape((2,) * k + (-1,)).sum(axis=-1)
    on = np.argwhere(histories > 0).astype(bool)
    persons = histories[tuple(on.T.astype(np.intp))]
    times = on.sum(axis=1)

    def count(mask: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> int:
        return int(persons[mask].sum())

    sizes = tuple(
        ListSize(name, count(on[:, axis]), count(on[:, axis] & (times == 1))) for axis, name in enumerate(table.lists)
    )
    pairs = []
    for i, j in combinations(range(k), 2):
        a, b = on[:, i], on[:, j]
        elsewhere = times > a.astype(int) + b
        four = (count(elsewhere & x & y) for x, y in ((a, b), (a, ~b), (~a, b), (~a, ~b)))
        pairs.append(Overlap(table.lists[i], table.lists[j], sizes[i].persons, sizes[j].persons, count(a & b), *four))
    captures = tuple(count(times == lists) for lists in range(1, k + 1))
    return Description(table.n_observed, captures, sizes, tuple(pairs), table.reference, table.findings)


def overlaps(table: CaptureTable) -> pd.DataFrame:
    """Return every pair of lists with its overlap, odds ratio and Chapman's estimate.

    Parameters
    ----------
    table : CaptureTable
        The table.

    Returns
    -------
    pandas.DataFrame
        Columns first, second, persons_first, persons_second, overlap; both, only_first, only_second, neither
        and odds_ratio among persons on at least one other list; chapman, missing where fewer than
        `MIN_OVERLAP` persons are on both.

    Examples
    --------
    >>> from mse.core.table import CaptureTable
    >>> overlaps(CaptureTable(["A", "B"], [[0, 30], [40, 6]]))["overlap"].tolist()
    [6]
    """
    return describe(table).pairs
