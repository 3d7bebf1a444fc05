"""`CaptureTable`: how many persons were seen on which combination of lists."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from mse.core.cells_frame import cells_frame
from mse.core.finding import Finding
from mse.core.reference import Reference
from mse.core.shape import check_cases, check_names, check_persons, seen_counts, table_findings, table_shape
from mse.errors import TableError

if TYPE_CHECKING:
    import pandas as pd

    from mse.core.cases import CaseCounts
    from mse.core.counts import CountTable
    from mse.core.describe import Description

__all__ = ["CaptureTable"]


@dataclass(frozen=True, eq=False)
class CaptureTable:
    """Counts of persons over capture histories, and over the strata of covariates where there are any.

    Make one with `from_counts`, `from_histories` or `mse.tabulate`; the constructor takes a finished array.

    Parameters
    ----------
    lists : sequence of str
        Names of the 2 to 12 lists, in the order of the axes.
    counts : array of int, shape (2,)·K + number of levels of each covariate
        Index 1 on a list's axis means "on the list". The 0…0 slot of every stratum is unobserved and holds 0.
    covariates : mapping of str to sequence, optional
        Levels of each covariate, in the order of the axes after the lists.
    reference : Reference, optional
        What the counts are about.
    findings : sequence of Finding, optional
        What was found while the counts came in.
    reconciliation : object, optional
        How rows became persons (`mse.tabulate`).
    cases : CaseCounts, optional
        Which persons belong together in a case; tables are equal whether they know it or not.

    Raises
    ------
    mse.errors.TableError
        Too few or too many lists, equal names, negative counts, a positive 0…0 count, nobody at all, or cases that do
        not add up to the counts.

    Examples
    --------
    >>> table = CaptureTable(["A", "B"], [[0, 30], [40, 6]])
    >>> table.n_observed
    76
    >>> table
    CaptureTable of 76 persons on 2 lists (A, B)
    """

    lists: tuple[str, ...]
    counts: NDArray[np.int64]
    covariates: Mapping[str, tuple[Hashable, ...]] = field(default_factory=dict)
    reference: Reference | None = None
    findings: tuple[Finding, ...] = ()
    reconciliation: Any = None
    cases: CaseCounts | None = None

    def __post_init__(self) -> None:
        lists = tuple(self.lists)
        covariates = {name: tuple(levels) for name, levels in dict(self.covariates).items()}
        check_names(lists, tuple(covariates))
        for name, levels in covariates.items():
            if len(set(levels)) < len(levels):
                raise TableError(f"Every level of covariate '{name}' stands once", got="a level more than once")
        counts = seen_counts(self.counts, table_shape(lists, covariates), len(lists))
        check_persons([counts])
        check_cases(self.cases, counts.ravel())
        counts.setflags(write=False)
        for name, value in (("lists", lists), ("counts", counts), ("covariates", covariates)):
            object.__setattr__(self, name, value)
        found = (*self.findings, *table_findings(lists, counts))
        object.__setattr__(self, "findings", tuple(dict.fromkeys(found)))

    @classmethod
    def from_counts(
        cls,
        frame: Any,
        *,
        lists: Sequence[str],
        count: str = "count",
        covariates: Sequence[str] = (),
        coding: Mapping[Any, bool] | None = None,
        levels: Mapping[str, Sequence[Hashable]] | None = None,
        reference: Reference | None = None,
    ) -> Self:
        """Read a table of capture histories with their counts.

        Parameters
        ----------
        frame : data frame
            Pandas, polars or pyarrow; one row a history (and stratum), in any order. Histories that are not
            there have count 0. A row for persons on no list may be there with count 0 or empty.
        lists : sequence of str
            Columns of the lists: 0/1, booleans, "0"/"1", yes/no or ja/nee.
        count : str
            Column of the counts.
        covariates : sequence of str
            Columns of the covariates.
        coding : mapping, optional
            What the values of the list columns mean, where they are something else: ``{1: True, 2: False}``.
        levels : mapping, optional
            Levels of a covariate that may occur, in order, for strata nobody was seen in.
        reference : Reference, optional
            What the counts are about.

        Returns
        -------
        CaptureTable

        Raises
        ------
        mse.errors.TableError
            The columns are no lists or counts, a history is repeated, persons on no list are counted.

        Examples
        --------
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"A": [1, 0, 1], "B": [0, 1, 1], "count": [40, 30, 6]})
        >>> CaptureTable.from_counts(frame, lists=["A", "B"]).n_observed
        76
        """
        from mse.core.parse import read_counts

        return read_counts(
            cls, frame, lists=lists, count=count, covariates=covariates, coding=coding, levels=levels,
            reference=reference,
        )  # fmt: skip

    @classmethod
    def from_histories(
        cls,
        frame: Any,
        *,
        lists: Sequence[str],
        covariates: Sequence[str] = (),
        coding: Mapping[Any, bool] | None = None,
        levels: Mapping[str, Sequence[Hashable]] | None = None,
        reference: Reference | None = None,
    ) -> Self:
        """Count persons, one row each, by capture history; the rows are counted and forgotten.

        Parameters
        ----------
        frame : data frame
            Pandas, polars or pyarrow; one row a person.
        lists, covariates, coding, levels, reference
            As in `from_counts`.

        Returns
        -------
        CaptureTable

        Raises
        ------
        mse.errors.TableError
            The columns are no lists, or persons on no list are among the rows.

        Examples
        --------
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"A": [1, 1, 0], "B": [0, 1, 1]})
        >>> CaptureTable.from_histories(frame, lists=["A", "B"]).n_observed
        3
        """
        from mse.core.parse import read_histories

        return read_histories(
            cls, frame, lists=lists, covariates=covariates, coding=coding, levels=levels, reference=reference
        )

    @property
    def n_observed(self) -> int:
        """Number of persons seen on at least one list."""
        return int(self.counts.sum())

    @property
    def fingerprint(self) -> str:
        """Hash of lists, strata and counts: equal for equal data, whatever file they came from."""
        digest = hashlib.sha256(repr((self.lists, list(self.covariates.items()))).encode())
        digest.update(np.ascontiguousarray(self.counts).tobytes())
        return digest.hexdigest()

    @property
    def status(self) -> NDArray[np.str_]:
        """Status of every cell, in the shape of `counts`: "observed" or "unobserved"."""
        status = np.full(self.counts.shape, "observed", dtype="<U10")
        status[(0,) * len(self.lists)] = "unobserved"
        return status

    def overlaps(self) -> pd.DataFrame:
        """Return persons per list and pair of lists; see `mse.core.describe.overlaps`."""
        from mse.core.describe import overlaps

        return overlaps(self)

    def frequencies(self) -> CountTable:
        """Count persons by the number of lists they are on; see `mse.core.counts.CountTable`.

        Examples
        --------
        >>> CaptureTable(["A", "B"], [[0, 30], [40, 6]]).frequencies().frequencies.tolist()
        [70, 6]
        """
        from mse.core.counts import CountTable

        return CountTable.of_table(self)

    def describe(self) -> Description:
        """Summarise lists, overlaps and capture frequencies; see `mse.core.describe.Description`."""
        from mse.core.describe import describe

        return describe(self)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per observed combination, histories with most persons first.

        Returns
        -------
        pandas.DataFrame
            A 0/1 column per list, one per covariate, and `count`; combinations without persons are left out.

        Examples
        --------
        >>> CaptureTable(["A", "B"], [[0, 30], [40, 6]]).to_frame()["count"].tolist()
        [40, 30, 6]
        """
        return cells_frame(self.lists, self.covariates, self.counts)

    def __repr__(self) -> str:
        by = f" by {', '.join(self.covariates)}" if self.covariates else ""
        return f"CaptureTable of {self.n_observed:,} persons on {len(self.lists)} lists ({', '.join(self.lists)}){by}"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, CaptureTable)
            and self.fingerprint == other.fingerprint
            and self.reference == other.reference
        )

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def drop_list(self, name: str) -> Self:
        """Leave a list out; persons seen only there are no longer observed.

        Parameters
        ----------
        name : str
            The list.

        Returns
        -------
        CaptureTable
            A table without that list.

        Examples
        --------
        >>> table = CaptureTable(["A", "B", "C"], [[[0, 5], [4, 3]], [[2, 1], [1, 1]]])
        >>> table.drop_list("C").n_observed
        12
        """
        from mse.core.reshape import drop_list

        return drop_list(self, name)

    def merge_lists(self, groups: Mapping[str, Sequence[str]]) -> Self:
        """Merge lists into one: a person is on the merged list who was on any of them.

        Parameters
        ----------
        groups : mapping
            New name of each group and the lists in it: ``{"IO": ["I", "O"]}``. The merged list takes the
            place of the group's first list.

        Returns
        -------
        CaptureTable

        Examples
        --------
        >>> table = CaptureTable(["A", "B", "C"], [[[0, 5], [4, 3]], [[2, 1], [1, 1]]])
        >>> table.merge_lists({"BC": ["B", "C"]}).lists
        ('A', 'BC')
        """
        from mse.core.reshape import merge_lists

        return merge_lists(self, groups)

    def collapse(self, keep: Sequence[str] = ()) -> Self:
        """Add the table up over its covariates.

        Parameters
        ----------
        keep : sequence of str
            Covariates that stay; all others are added up.

        Returns
        -------
        CaptureTable
        """
        from mse.core.reshape import collapse

        return collapse(self, keep)

    def select(self, **levels: Hashable | Iterable[Hashable]) -> Self:
        """Keep some levels of covariates: ``table.select(year=2015)`` or ``year=[2014, 2015]``.

        A covariate of which one level stays disappears; one of which several stay keeps those. The reference
        follows: its population names the selection, and a covariate "year" sets the period.
        """
        from mse.core.reshape import select

        return select(self, levels)

    def without_large_cases(self, size: int) -> Self:
        """Leave out the persons of cases with more than `size` persons, to see what rests on a few large cases.

        Parameters
        ----------
        size : int
            Persons of the largest case that stays.

        Returns
        -------
        CaptureTable

        Raises
        ------
        mse.errors.TableError
            The table carries no cases, or all of them are larger.

        Examples
        --------
        >>> from mse.core.cases import CaseCounts
        >>> cases = CaseCounts([0, 0, 1, 2], [1, 3, 2, 3], [2, 4, 1, 1])
        >>> table = CaptureTable(["A", "B"], [[0, 2], [1, 5]], cases=cases)
        >>> table.without_large_cases(5).n_observed
        2
        """
        from mse.core.reshape import without_large_cases

        return without_large_cases(self, size)

    def resample(self, kind: str, rng: np.random.Generator, **options: Any) -> Self:
        """Draw a table like this one; see `mse.core.resample`."""
        from mse.core.resample import resample

        return self.with_counts(resample(self, kind, rng, **options))

    def with_counts(self, counts: NDArray[np.int64]) -> Self:
        """Return a table over the same lists and strata with other counts, of persons without cases."""
        return replace(self, counts=counts, findings=(), reconciliation=None, cases=None)
