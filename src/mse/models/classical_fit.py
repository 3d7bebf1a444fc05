"""`ClassicalFit`: what fits of the older estimators have in common, and the tables that they take."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.finding import Finding
from mse.core.fit import FitStatus
from mse.core.table import CaptureTable
from mse.errors import TableError
from mse.messages import sentence

if TYPE_CHECKING:
    from mse.core.sentence import Sentence

__all__ = ["ClassicalFit", "plain_table"]


@dataclass(frozen=True, eq=False)
class ClassicalFit:
    """A fit whose answer is a number unseen; its kinds say where that comes from."""

    spec: Any
    table: CaptureTable

    @property
    @abstractmethod
    def status(self) -> FitStatus:
        """Whether there is an estimate, and if not, why."""

    @property
    @abstractmethod
    def findings(self) -> tuple[Finding, ...]:
        """What a reader must know."""

    @property
    @abstractmethod
    def dark_figure(self) -> float | None:
        """Estimated number of persons on no list; None where there is no estimate."""

    @property
    @abstractmethod
    def method(self) -> Sentence:
        """How the estimate was made, in words."""

    @property
    def total(self) -> float | None:
        """Persons seen plus the dark figure; None where there is no estimate."""
        return None if self.dark_figure is None else self.table.n_observed + self.dark_figure

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the table."""
        return self.table.fingerprint

    @property
    def model(self) -> str:
        """The model behind the total, in words."""
        return str(self.method)

    @property
    def means(self) -> NDArray[np.float64] | None:
        """Counts of all cells, the estimated number unseen among them; None without an estimate."""
        if self.dark_figure is None:
            return None
        means = self.table.counts.astype(np.float64)
        means[(0,) * means.ndim] = self.dark_figure
        return means

    @property
    def assumption(self) -> str:
        """The identifying assumption in a sentence."""
        return self.explain("en")

    @abstractmethod
    def explain(self, language: str = "en") -> str:
        """The identifying assumption in a sentence, in English or Dutch."""

    def __repr__(self) -> str:
        total = sentence("headline_none") if self.total is None else f"total {self.total:,.1f}"
        return "\n".join([f"{self.method}: {total}", *(f"  {finding}" for finding in self.findings)])


def plain_table(data: Any, fewest: int, most: int | None = None) -> CaptureTable:
    """Refuse anything but a table of so many lists without covariates.

    Raises
    ------
    mse.errors.TableError
        The data are of another kind, have covariates, or too few or too many lists.
    """
    if not isinstance(data, CaptureTable):
        raise TableError(
            "This estimator needs a CaptureTable",
            got=type(data).__name__,
            hint="Make one with mse.CaptureTable.from_counts, from_histories or mse.tabulate.",
        )
    if data.covariates:
        raise TableError(
            "This estimator takes lists alone",
            got=f"a table with {', '.join(data.covariates)}",
            hint="Add the groups up with table.collapse(keep=[]), or fit each with table.select.",
        )
    if len(data.lists) < fewest:
        raise TableError(f"This estimator takes at least {fewest} lists", got=str(len(data.lists)))
    if most is not None and len(data.lists) > most:
        raise TableError(
            f"This estimator takes {most} lists",
            got=str(len(data.lists)),
            hint="Leave lists out with table.drop_list, or make them one with table.merge_lists.",
        )
    return data
