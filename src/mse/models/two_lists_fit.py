"""`TwoListFit`: an estimate of two lists, in closed form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mse.core.estimate import Estimate, Part
from mse.core.finding import Finding, Severity
from mse.core.fit import FitStatus
from mse.core.intervals import check_level, lognormal_limits
from mse.core.sentence import Sentence
from mse.messages import sentence
from mse.models.classical_fit import ClassicalFit

__all__ = ["TwoListFit"]

FEW_ON_BOTH = 10
"""Fewer persons on both lists are named in a finding: as few as make a term of a log-linear model thin."""


@dataclass(frozen=True, eq=False, repr=False)
class TwoListFit(ClassicalFit):
    """An estimate of two lists.

    Made by `LincolnPetersen.fit` and `Chapman.fit`, not by hand.
    """

    added: int
    """1 for Chapman's estimate, 0 for that of Lincoln and Petersen."""

    @cached_property
    def _cells(self) -> tuple[int, int, int]:
        """Persons on the first list alone, on the second alone, and on both."""
        counts = self.table.counts
        return int(counts[1, 0]), int(counts[0, 1]), int(counts[1, 1])

    @property
    def status(self) -> FitStatus:
        """Whether there is an estimate: not if nobody is on both lists."""
        return FitStatus.OK if self._cells[2] else FitStatus.NO_MLE

    @property
    def dark_figure(self) -> float | None:
        """Estimated number of persons on neither list; None where nobody is on both."""
        first, second, both = self._cells
        return first * second / (both + self.added) if both else None

    @property
    def standard_error(self) -> float | None:
        """Standard error of the total; None where there is no estimate."""
        first, second, both = self._cells
        if not both:
            return None
        variance = first * second * (first + both + self.added) * (second + both + self.added)
        return float(np.sqrt(variance / ((both + self.added) ** 2 * (both + 2 * self.added))))

    @property
    def method(self) -> Sentence:
        """How the estimate was made, in words."""
        return Sentence("method_chapman" if self.added else "method_lincoln_petersen")

    def explain(self, language: str = "en") -> str:
        """The identifying assumption in a sentence, in English or Dutch."""
        return sentence("assumption_two_lists", language, lists=list(self.table.lists))

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What a reader must know: nobody or few on both lists, or a list that holds the other."""
        found = list(self.table.findings)
        first, second, both = self._cells
        name = "".join(f"[{one}]" for one in self.table.lists)
        lists = list(self.table.lists)
        if not both:
            found.append(Finding("two_lists_no_overlap", Severity.BLOCKING, name, {"lists": lists}))
        elif both < FEW_ON_BOTH:
            found.append(Finding("two_lists_few", Severity.WARNING, name, {"lists": lists, "persons": both}))
        if both and not first * second:
            inner, outer = lists if first == 0 else lists[::-1]
            found.append(Finding("two_lists_nested", Severity.WARNING, name, {"inner": inner, "outer": outer}))
        return tuple(found)

    def estimate(self, *, level: float = 0.95) -> Estimate:
        """Return the estimate with limits that treat the number unseen as lognormal (Chao 1987).

        Parameters
        ----------
        level : float
            Level of the interval.

        Returns
        -------
        Estimate

        Raises
        ------
        mse.errors.TableError
            The level is not between 0 and 1.

        Examples
        --------
        >>> import mse
        >>> table = mse.datasets.load("hepatitis_a_taiwan")
        >>> estimate = mse.Chapman().fit(table.drop_list(table.lists[2])).estimate()
        >>> round(estimate.lower), round(estimate.upper)
        (289, 403)
        """
        check_level(level)
        n = self.table.n_observed
        limits: tuple[float | None, float | None] = (None, None)
        if self.dark_figure is not None and self.standard_error is not None:
            limits = lognormal_limits(n, self.dark_figure, self.standard_error, level)
        part = Part("total", n, self.dark_figure, *limits)
        return Estimate((part,), level, "lognormal", self.method, self.table.reference, self.findings)
