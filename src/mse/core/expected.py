"""`ExpectedTable`: the real-valued table that completing or correcting a table gives."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NoReturn, Self

import numpy as np
from numpy.typing import NDArray

from mse.core.cells_frame import cells_frame
from mse.core.finding import Finding
from mse.core.reference import Reference
from mse.core.selection import collapsed, picked
from mse.core.sentence import Sentence
from mse.core.shape import check_names, table_findings, table_shape
from mse.core.table import CaptureTable
from mse.errors import TableError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Counted", "ExpectedTable"]


@dataclass(frozen=True, eq=False)
class ExpectedTable:
    """Expected counts of persons over capture histories and strata; for point estimates only.

    Made by methods that complete or correct a table, seldom by hand. Its counts are no sums over persons: nobody
    was counted 3.7 times. So it has no likelihood of its own, and cannot be drawn from. Intervals go back
    through its `source`: draw a table like that, and complete or correct that table again.

    Parameters
    ----------
    lists : sequence of str
        Names of the lists, in the order of the axes.
    counts : array of float, shape (2,)·K + number of levels of each covariate
        As in `CaptureTable`, real-valued and 0 or more. The 0…0 slot of every stratum holds 0.
    covariates : mapping of str to sequence, optional
        Levels of each covariate, in the order of the axes after the lists.
    reference : Reference, optional
        What the counts are about.
    source : table
        The table it was made from: whole, incomplete, or itself expected. It stays the whole one when strata are
        added up or selected.
    origin : Sentence
        How it was made, in words of every language.
    findings : sequence of Finding, optional
        What was found while it was made.

    Raises
    ------
    mse.errors.TableError
        Names or shape are not those of a table, a count is negative or no number, or nobody is left.

    Examples
    --------
    >>> import mse
    >>> from mse.core.sentence import Sentence
    >>> table = mse.CaptureTable(["A", "B"], [[0, 30], [40, 6]])
    >>> origin = Sentence("origin_linkage", {"missed": {"en": "0.2", "nl": "0,2"}, "false": {"en": "0", "nl": "0"}})
    >>> expected = ExpectedTable(["A", "B"], [[0, 28.5], [38.5, 7.5]], source=table, origin=origin)
    >>> expected.n_observed
    74.5
    """

    lists: tuple[str, ...]
    counts: NDArray[np.float64]
    covariates: Mapping[str, tuple[Hashable, ...]] = field(default_factory=dict)
    reference: Reference | None = None
    source: Any = field(kw_only=True, repr=False)
    origin: Sentence = field(kw_only=True)
    findings: tuple[Finding, ...] = ()

    def __post_init__(self) -> None:
        lists = tuple(self.lists)
        covariates = {name: tuple(levels) for name, levels in dict(self.covariates).items()}
        check_names(lists, tuple(covariates))
        shape = table_shape(lists, covariates)
        counts = np.array(self.counts, dtype=np.float64)
        if counts.shape != shape:
            raise TableError(f"Counts over these lists and levels have shape {shape}", got=str(counts.shape))
        if not np.isfinite(counts).all() or (counts < 0.0).any():
            raise TableError("Expected counts are 0 or more", got="a negative count, or none at all")
        if counts[(0,) * len(lists)].any():
            raise TableError(
                "The number of persons on no list is what is estimated, so it cannot be a count",
                got="a positive count for persons on no list",
            )
        if not counts.any():
            raise TableError("A table needs at least one person", got="only zero counts")
        counts.setflags(write=False)
        for name, value in (("lists", lists), ("counts", counts), ("covariates", covariates)):
            object.__setattr__(self, name, value)
        found = (*self.findings, *table_findings(lists, (counts > 0.0).astype(np.int64)))
        object.__setattr__(self, "findings", tuple(dict.fromkeys(found)))

    @property
    def n_observed(self) -> float:
        """Expected number of persons on at least one list."""
        return float(self.counts.sum())

    @property
    def fingerprint(self) -> str:
        """Hash of lists, strata and counts; never that of a table of whole counts."""
        digest = hashlib.sha256(repr(("expected", self.lists, list(self.covariates.items()))).encode())
        digest.update(np.ascontiguousarray(self.counts).tobytes())
        return digest.hexdigest()

    def to_frame(self) -> pd.DataFrame:
        """Return one row per combination with an expected count, largest first.

        Returns
        -------
        pandas.DataFrame
            A 0/1 column per list, one per covariate, and `count`.
        """
        return cells_frame(self.lists, self.covariates, self.counts)

    def collapse(self, keep: Sequence[str] = ()) -> Self:
        """Add the table up over its covariates.

        Parameters
        ----------
        keep : sequence of str
            Covariates that stay; all others are added up.

        Returns
        -------
        ExpectedTable
        """
        return replace(self, **collapsed(self, keep))

    def select(self, **levels: Hashable | Iterable[Hashable]) -> Self:
        """Keep some levels of covariates, as `CaptureTable.select` does."""
        return replace(self, **picked(self, levels).fields(self.counts))

    def resample(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse: expected counts are not persons that could be drawn."""
        raise TableError(
            "An expected table cannot be drawn from: its counts are no persons",
            got=str(self.origin),
            hint="Draw from its source, and complete or correct each drawn table in the same way.",
        )

    def __repr__(self) -> str:
        by = f" by {', '.join(self.covariates)}" if self.covariates else ""
        size = f"{self.n_observed:,.1f} persons on {len(self.lists)} lists ({', '.join(self.lists)}){by}"
        return f"ExpectedTable of {size}\n  {self.origin}"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, ExpectedTable)
            and self.fingerprint == other.fingerprint
            and self.reference == other.reference
            and self.origin == other.origin
        )

    def __hash__(self) -> int:
        return hash(self.fingerprint)


Counted = CaptureTable | ExpectedTable
"""What corrections take: a table as it was counted, or one that another correction gave."""
