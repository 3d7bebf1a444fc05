"""`correct_over_coverage`: a table without the records that are no members of the population."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mse.core.error_rate import ErrorRate
from mse.core.expected import Counted, ExpectedTable
from mse.core.sentence import Sentence
from mse.errors import ModelError, TableError, did_you_mean

__all__ = ["CELLS", "OverCoverage", "correct_over_coverage"]

CELLS = ("alone", "any")


@dataclass(frozen=True)
class OverCoverage:
    """A correction for over-coverage, to give to `mse.inference.correction_draws.correction_draws`.

    Parameters
    ----------
    rates : mapping of str to rate
    cells : {"alone", "any"}
        As in `correct_over_coverage`.
    """

    rates: Mapping[str, Any]
    cells: str = "alone"

    def drawn(self, table: Counted, rng: np.random.Generator) -> OverCoverage:
        """The same correction with every rate drawn once."""
        drawn = {name: ErrorRate.drawn(rate, rng) for name, rate in self.rates.items()}
        return OverCoverage(drawn, self.cells)

    def correct(self, table: Counted) -> ExpectedTable:
        """Correct a table; see `correct_over_coverage`."""
        return correct_over_coverage(table, self.rates, cells=self.cells)


def correct_over_coverage(table: Counted, rates: Mapping[str, Any], *, cells: str = "alone") -> ExpectedTable:
    """Take records out that are no members of the population: not victims, not in the period, or not in the country.

    Parameters
    ----------
    table : CaptureTable or ExpectedTable
        The table as it was counted.
    rates : mapping of str to rate
        Share of the records of a list that is erroneous; lists not named have none.
    cells : {"alone", "any"}
        Where erroneous records are; the table does not say. "alone": such a person is on no other list, so all of
        them leave those on that list only, spread over strata as these are. "any": the record is erroneous whatever
        other lists the person is on; the person stays on those.

    Returns
    -------
    ExpectedTable

    Raises
    ------
    mse.errors.TableError
        There is no such list; or more records would be erroneous than there are persons on that list alone.
    mse.errors.ModelError
        A rate is none, or `cells` is neither.

    Examples
    --------
    >>> import mse
    >>> table = mse.CaptureTable(["A", "B"], [[0, 30], [40, 60]])
    >>> correct_over_coverage(table, {"A": 0.03}).counts.tolist()
    [[0.0, 30.0], [37.0, 60.0]]
    >>> correct_over_coverage(table, {"A": 0.03}, cells="any").counts.round(1).tolist()
    [[0.0, 31.8], [38.8, 58.2]]
    """
    if cells not in CELLS:
        raise ModelError(f"Erroneous records are not in cells {cells!r}", hint=did_you_mean(str(cells), CELLS))
    counts = table.counts.astype(np.float64)
    parts = []
    for name, given in rates.items():
        if name not in table.lists:
            raise TableError(f"There is no list '{name}' in the table", hint=did_you_mean(str(name), table.lists))
        rate = ErrorRate.of(given)
        parts.append(Sentence("rate_of", {"name": name, "rate": rate.text()}))
        axis = table.lists.index(name)
        if cells == "any":
            counts = moved(counts, axis, rate.mean * _on(counts, axis))
        else:
            counts = _without(counts, table, name, rate.mean)
    counts[(0,) * len(table.lists)] = 0.0
    return ExpectedTable(
        table.lists,
        counts,
        table.covariates,
        table.reference,
        source=table,
        origin=Sentence(f"origin_over_coverage_{cells}", {"rates": Sentence("rate_names", {"names": parts})}),
        findings=table.findings,
    )


def moved(counts: NDArray[Any], axis: int, leaving: NDArray[Any]) -> NDArray[Any]:
    """Take persons off a list; they stay on their other lists, and in the 0…0 slot where they have none.

    Parameters
    ----------
    counts : array
        Counts over lists and covariates.
    axis : int
        The list.
    leaving : array
        Persons who leave it, in the shape of `counts` without that axis.
    """
    off, on = np.take(counts, 0, axis=axis), np.take(counts, 1, axis=axis)
    return np.stack([off + leaving, on - leaving], axis=axis)


def _on(counts: NDArray[Any], axis: int) -> NDArray[Any]:
    return np.asarray(np.take(counts, 1, axis=axis))


def _without(counts: NDArray[np.float64], table: Counted, name: str, rate: float) -> NDArray[np.float64]:
    """Take the erroneous records of a list from those on that list alone."""
    axis = table.lists.index(name)
    alone = tuple(int(other == axis) for other in range(len(table.lists)))
    listed, available = float(_on(table.counts, axis).sum()), float(counts[alone].sum())
    erroneous = rate * listed
    if erroneous > available:
        raise TableError(
            f"More records of list '{name}' would be erroneous than there are persons on that list alone",
            got=f"a rate of {rate:.3g}, where at most {available / listed:.3g} is possible",
            hint='Lower the rate, or write cells="any": erroneous whatever other lists the person is on.',
        )
    counts = counts.copy()
    if erroneous:
        counts[alone] *= 1.0 - erroneous / available
    return counts
