"""`correct_duplicates`: persons counted in two years, counted once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mse.core.error_rate import ErrorRate
from mse.core.expected import Counted, ExpectedTable
from mse.core.sentence import Sentence
from mse.errors import TableError, did_you_mean

__all__ = ["Duplicates", "correct_duplicates"]


@dataclass(frozen=True)
class Duplicates:
    """A correction for persons in two years, to give to `mse.inference.correction_draws.correction_draws`.

    Parameters
    ----------
    share : rate
    over : str
        As in `correct_duplicates`.
    """

    share: Any
    over: str = "year"

    def drawn(self, table: Counted, rng: np.random.Generator) -> Duplicates:
        """The same correction with the share drawn once."""
        return Duplicates(ErrorRate.drawn(self.share, rng), self.over)

    def correct(self, table: Counted) -> ExpectedTable:
        """Correct a table; see `correct_duplicates`."""
        return correct_duplicates(table, self.share, over=self.over)


def correct_duplicates(table: Counted, share: Any, *, over: str = "year") -> ExpectedTable:
    """Turn a table of person-years into one of persons, when a known share of persons stands in two years.

    Of n persons a share d was counted twice, with a history in each year; a person's history over all years is the
    union of both. The two histories are taken as drawn independently from those counted, so

        y = n (1 + d) π,    x_h = n [(1 − d) π_h + d Σ_{a ∪ b = h} π_a π_b].

    Where a person's two histories are alike, the union is smaller and more persons are on one list only.

    Parameters
    ----------
    table : CaptureTable or ExpectedTable
        A table with a covariate of years, in which every person-year counts.
    share : rate
        Share of the persons seen in the period that is counted in two years.
    over : str
        The covariate of years; it is added up.

    Returns
    -------
    ExpectedTable
        Persons of the period, n = n_observed / (1 + d) in every stratum.

    Raises
    ------
    mse.errors.TableError
        The table has no such covariate, or that has one level.
    mse.errors.ModelError
        The share is none.

    Examples
    --------
    >>> import mse
    >>> counts = [[[0, 0], [30, 25]], [[40, 35], [10, 10]]]
    >>> table = mse.CaptureTable(["A", "B"], counts, {"year": (2018, 2019)})
    >>> persons = correct_duplicates(table, 0.2)
    >>> table.n_observed, persons.n_observed
    (150, 125.0)
    >>> persons.counts.round(2).tolist()
    [[0.0, 40.03], [56.25, 28.72]]
    """
    rate = ErrorRate.of(share)
    years = table.covariates.get(over, ())
    if len(years) < 2:
        raise TableError(
            "Persons in two years take a covariate of at least two years",
            got=f"'{over}' with one" if years else f"no covariate '{over}'",
            hint=did_you_mean(over, table.covariates),
        )
    whole = table.collapse([name for name in table.covariates if name != over])
    k = len(table.lists)
    counted = whole.counts.reshape(2**k, -1).astype(np.float64)
    persons = counted.sum(axis=0)
    shares = np.divide(counted, persons, out=np.zeros_like(counted), where=persons > 0.0)
    twice = _over_subsets(_over_subsets(shares, k, 1) ** 2, k, -1)
    counts = persons / (1.0 + rate.mean) * ((1.0 - rate.mean) * shares + rate.mean * twice)
    values = {"share": rate.text(), "over": over, "first": str(years[0]), "last": str(years[-1])}
    return ExpectedTable(
        table.lists,
        np.maximum(counts, 0.0).reshape(whole.counts.shape),
        whole.covariates,
        table.reference,
        source=table,
        origin=Sentence("origin_duplicates", values),
        findings=table.findings,
    )


def _over_subsets(values: NDArray[np.float64], k: int, sign: int) -> NDArray[np.float64]:
    """For every history the sum over the histories within it (+1), or the values whose sums these are (−1)."""
    cube = values.reshape((2,) * k + (-1,)).copy()
    for axis in range(k):
        off, on = np.moveaxis(cube, axis, 0)
        on += sign * off
    return cube.reshape(values.shape)
