"""`CountTable`: how many persons were seen once, twice, … on one list, or on so many of some occasions."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from numbers import Integral
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from mse.core.finding import Finding
from mse.core.reference import Reference
from mse.core.selection import collapsed, picked
from mse.core.shape import check_persons, whole_counts
from mse.errors import TableError

if TYPE_CHECKING:
    import pandas as pd

    from mse.core.table import CaptureTable

__all__ = ["CountTable"]


@dataclass(frozen=True, eq=False)
class CountTable:
    """Numbers of persons by how often each was seen: f₁, f₂, …, over the strata of covariates where there are any.

    One list can be enough where it registers persons again and again. Make one with `from_counts`, `from_persons` or
    `CaptureTable.frequencies`; the constructor takes finished numbers.

    Parameters
    ----------
    frequencies : array of int, shape (t,) + number of levels of each covariate
        Persons seen once in the first place, twice in the second, and so on.
    covariates : mapping of str to sequence, optional
        Levels of each covariate, in the order of the axes.
    lists : sequence of str
        Name of the list; or of the t lists or occasions on which a person was seen or not.
    occasions : int, optional
        Most times that a person can be seen, where that is known.
    reference : Reference, optional
        What the numbers are about.
    findings : sequence of Finding, optional
        What was found while the numbers came in.

    Raises
    ------
    mse.errors.TableError
        Numbers are negative or no whole numbers, there is nobody, levels stand twice, or persons were seen more often
        than there were occasions.

    Examples
    --------
    >>> table = CountTable([43, 16, 8, 6, 0, 2, 1], occasions=18)
    >>> table
    CountTable of 76 persons seen 142 times (list)
    >>> table.counts.tolist()
    [0, 43, 16, 8, 6, 0, 2, 1]
    """

    frequencies: NDArray[np.int64]
    covariates: Mapping[str, tuple[Hashable, ...]] = field(default_factory=dict)
    lists: tuple[str, ...] = ("list",)
    occasions: int | None = None
    reference: Reference | None = None
    findings: tuple[Finding, ...] = ()

    def __post_init__(self) -> None:
        lists = (self.lists,) if isinstance(self.lists, str) else tuple(self.lists)
        covariates = {name: tuple(levels) for name, levels in dict(self.covariates).items()}
        for name, levels in covariates.items():
            if len(set(levels)) < len(levels):
                raise TableError(f"Every level of covariate '{name}' stands once", got="a level more than once")
        given = np.shape(self.frequencies)
        frequencies = whole_counts(self.frequencies, (given[0] if given else 1, *map(len, covariates.values())))
        check_persons([frequencies])
        _check_occasions(self.occasions, frequencies)
        frequencies.setflags(write=False)
        values = {"lists": lists, "frequencies": frequencies, "covariates": covariates}
        for name, value in {**values, "findings": tuple(self.findings)}.items():
            object.__setattr__(self, name, value)

    @classmethod
    def from_counts(
        cls,
        frame: Any,
        *,
        times: str = "times",
        count: str = "count",
        covariates: Sequence[str] = (),
        lists: Sequence[str] = ("list",),
        occasions: int | None = None,
        reference: Reference | None = None,
    ) -> Self:
        """Read numbers of persons by how often they were seen.

        Parameters
        ----------
        frame : data frame
            Pandas, polars or pyarrow; one row a number of times (and stratum), in any order. Rows for persons seen 0
            times may be there with count 0 or empty.
        times : str
            Column of how often persons were seen.
        count : str
            Column of the numbers of persons.
        covariates : sequence of str
            Columns of the covariates.
        lists, occasions, reference
            As in the constructor.

        Returns
        -------
        CountTable

        Raises
        ------
        mse.errors.TableError
            The columns are no whole numbers, a row is repeated, or persons seen 0 times are counted.

        Examples
        --------
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"times": [1, 2, 4], "count": [40, 30, 6]})
        >>> CountTable.from_counts(frame).frequencies.tolist()
        [40, 30, 0, 6]
        """
        from mse.core.count_rows import read_frequencies

        frequencies, levels = read_frequencies(frame, times, count, covariates)
        return cls(frequencies, levels, tuple(lists), occasions, reference)

    @classmethod
    def from_persons(
        cls,
        frame: Any,
        *,
        times: str = "times",
        covariates: Sequence[str] = (),
        lists: Sequence[str] = ("list",),
        occasions: int | None = None,
        reference: Reference | None = None,
    ) -> Self:
        """Count persons, one row each, by how often they were seen; the rows are counted and forgotten.

        Parameters
        ----------
        frame : data frame
            Pandas, polars or pyarrow; one row a person.
        times, covariates, lists, occasions, reference
            As in `from_counts`.

        Returns
        -------
        CountTable

        Raises
        ------
        mse.errors.TableError
            The column is no whole number, or persons were seen 0 times.

        Examples
        --------
        >>> import pandas as pd
        >>> CountTable.from_persons(pd.DataFrame({"times": [1, 3, 1]})).frequencies.tolist()
        [2, 0, 1]
        """
        from mse.core.count_rows import read_persons

        frequencies, levels = read_persons(frame, times, covariates)
        return cls(frequencies, levels, tuple(lists), occasions, reference)

    @classmethod
    def of_table(cls, table: CaptureTable) -> Self:
        """Count the persons of a table of lists by the number of lists they are on.

        Parameters
        ----------
        table : CaptureTable

        Returns
        -------
        CountTable
            With as many occasions as there are lists.
        """
        k = len(table.lists)
        on = np.indices((2,) * k).reshape(k, -1).sum(axis=0)
        cells = table.counts.reshape(2**k, -1)
        numbers = np.array([cells[on == times].sum(axis=0) for times in range(1, k + 1)])
        shape = (k, *map(len, table.covariates.values()))
        return cls(numbers.reshape(shape), table.covariates, table.lists, k, table.reference, table.findings)

    # ------------------------------------------------------------------ reading it

    @property
    def counts(self) -> NDArray[np.int64]:
        """Persons by number of times seen, from 0 on; nobody is counted at 0, where the unseen belong."""
        counts = np.concatenate([np.zeros_like(self.frequencies[:1]), self.frequencies])
        counts.setflags(write=False)
        return counts

    @property
    def n_observed(self) -> int:
        """Number of persons seen at least once."""
        return int(self.frequencies.sum())

    @property
    def n_sightings(self) -> int:
        """Number of times that persons were seen."""
        return int(np.tensordot(np.arange(1, len(self.frequencies) + 1), self.frequencies, 1).sum())

    @property
    def fingerprint(self) -> str:
        """Hash of list, strata and numbers: equal for equal data, whatever file they came from."""
        told = (self.lists, list(self.covariates.items()), self.occasions, self.frequencies.shape)
        digest = hashlib.sha256(repr(told).encode())
        digest.update(np.ascontiguousarray(self.frequencies).tobytes())
        return digest.hexdigest()

    def to_frame(self) -> pd.DataFrame:
        """Return one row per number of times (and stratum) with persons: times, the covariates, count.

        Examples
        --------
        >>> CountTable([40, 30, 0, 6]).to_frame().values.tolist()
        [[1, 40], [2, 30], [4, 6]]
        """
        import pandas as pd

        cells = np.argwhere(self.frequencies > 0)
        columns: dict[str, Any] = {"times": cells[:, 0] + 1}
        for axis, (name, levels) in enumerate(self.covariates.items(), start=1):
            columns[name] = [levels[index] for index in cells[:, axis]]
        return pd.DataFrame({**columns, "count": self.frequencies[tuple(cells.T)]})

    def __repr__(self) -> str:
        by = f" by {', '.join(self.covariates)}" if self.covariates else ""
        return (
            f"CountTable of {self.n_observed:,} persons seen {self.n_sightings:,} times ({', '.join(self.lists)}){by}"
        )

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, CountTable)
            and self.fingerprint == other.fingerprint
            and self.reference == other.reference
        )

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    # ------------------------------------------------------------------ other tables from it

    def collapse(self, keep: Sequence[str] = ()) -> Self:
        """Add the table up over its covariates.

        Parameters
        ----------
        keep : sequence of str
            Covariates that stay; all others are added up.

        Returns
        -------
        CountTable

        Examples
        --------
        >>> CountTable([[40, 30], [6, 2]], {"sex": ("f", "m")}).collapse().frequencies.tolist()
        [70, 8]
        """
        changed = collapsed(_Cells(self), keep)
        return replace(self, frequencies=changed["counts"], covariates=changed["covariates"])

    def select(self, **levels: Any) -> Self:
        """Keep some levels of covariates: ``table.select(sex="f")``; see `CaptureTable.select`.

        Examples
        --------
        >>> CountTable([[40, 30], [6, 2]], {"sex": ("f", "m")}).select(sex="m").frequencies.tolist()
        [30, 2]
        """
        changed = picked(_Cells(self), levels).fields(self.frequencies)
        frequencies = changed.pop("counts")
        return replace(self, frequencies=frequencies, **changed)

    def resample(self, kind: str, rng: np.random.Generator, **options: Any) -> Self:
        """Draw a table like this one; see `mse.core.resample`."""
        from mse.core.resample import resample

        return self.with_counts(resample(self, kind, rng, **options))

    def with_counts(self, counts: NDArray[np.int64]) -> Self:
        """Return a table of the same list and strata with other numbers, laid out as in `counts`."""
        if np.any(np.asarray(counts)[0]):
            raise TableError("Nobody who was counted was seen 0 times", got="persons seen 0 times")
        return replace(self, frequencies=np.asarray(counts)[1:], findings=())


class _Cells:
    """A table as `mse.core.selection` reads it: one axis of how often, then the strata."""

    lists = ("times",)

    def __init__(self, table: CountTable) -> None:
        self.counts, self.covariates, self.reference = table.frequencies, table.covariates, table.reference


def _check_occasions(occasions: Any, frequencies: NDArray[np.int64]) -> None:
    if occasions is None:
        return
    if not isinstance(occasions, Integral) or isinstance(occasions, bool) or occasions < 1:
        raise TableError("Occasions are a whole number from 1 on", got=repr(occasions))
    often = int(np.flatnonzero(frequencies.reshape(len(frequencies), -1).any(axis=1))[-1]) + 1
    if often > occasions:
        raise TableError(
            "Nobody can be seen more often than there are occasions",
            got=f"a person seen {often} times on {occasions} occasions",
        )
