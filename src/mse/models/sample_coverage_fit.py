"""`SampleCoverageFit`: an estimate by sample coverage, with limits by bootstrap."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from mse.core.draw_findings import check_total, failed_draws
from mse.core.draws import Draws
from mse.core.estimate import Estimate, Part
from mse.core.finding import Finding, Severity
from mse.core.fit import FitStatus
from mse.core.intervals import check_level, lognormal_limits
from mse.core.point_fit import kernel_counts
from mse.core.sentence import Sentence
from mse.errors import ModelError
from mse.messages import sentence
from mse.models.classical_fit import ClassicalFit

if TYPE_CHECKING:
    from mse.kernels.coverage import CoverageTotals

__all__ = ["SampleCoverageFit"]

ENOUGH = 0.55
"""Below this coverage Chao and others (2001) advise the one-step estimator."""


@dataclass(frozen=True, eq=False, repr=False)
class SampleCoverageFit(ClassicalFit):
    """An estimate by sample coverage.

    Made by `SampleCoverage.fit`, not by hand.
    """

    @cached_property
    def _totals(self) -> CoverageTotals:
        from mse.kernels.coverage import coverage_totals

        return coverage_totals(kernel_counts(self.table)[None])

    @property
    def coverage(self) -> float | None:
        """Estimated coverage Ĉ; None where nobody is on some list."""
        found = float(self._totals.coverage[0])
        return found if np.isfinite(found) else None

    @property
    def dark_figure(self) -> float | None:
        """Estimated number of persons on no list; None where there is no estimate."""
        found = float(getattr(self._totals, self.spec.kind)[0]) - self.table.n_observed
        return found if np.isfinite(found) and found >= 0.0 else None

    @property
    def status(self) -> FitStatus:
        """Whether there is an estimate."""
        return FitStatus.NO_MLE if self.dark_figure is None else FitStatus.OK

    @property
    def method(self) -> Sentence:
        """How the estimate was made, in words."""
        return Sentence(f"method_sample_coverage_{self.spec.kind}")

    def explain(self, language: str = "en") -> str:
        """The identifying assumption in a sentence, in English or Dutch."""
        return sentence(f"assumption_coverage_{self.spec.kind}", language)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What a reader must know: why there is no estimate, or that coverage is low."""
        found, name = list(self.table.findings), f"coverage {self.spec.kind}"
        if self.coverage is None:
            counts = self.table.counts
            empty = [one for axis, one in enumerate(self.table.lists) if not counts.take(1, axis=axis).any()]
            return (*found, Finding("coverage_empty_list", Severity.BLOCKING, name, {"lists": empty}))
        values = {"coverage": self.coverage, "enough": ENOUGH}
        if self.dark_figure is None:
            found.append(Finding("coverage_no_estimate", Severity.BLOCKING, name, values))
        elif self.spec.kind == "high" and self.coverage < ENOUGH:
            found.append(Finding("coverage_low", Severity.WARNING, name, values))
        return tuple(found)

    def estimate(self, *, level: float = 0.95, draws: int = 1000, seed: int = 1) -> Estimate:
        """Return the estimate with lognormal limits (Chao 1987) around a bootstrapped standard error.

        Tables of as many persons as were estimated are drawn, the unseen among them (Chao and Tsay 1998).

        Parameters
        ----------
        level : float
            Level of the interval.
        draws : int
            Number of drawn tables.
        seed : int
            Seed of the draws.

        Returns
        -------
        Estimate

        Raises
        ------
        mse.errors.TableError
            The level is not between 0 and 1.
        mse.errors.ModelError
            There are fewer than two draws, or no persons can be drawn from so large an estimate.
        """
        check_level(level)
        if draws < 2:
            raise ModelError("Limits take at least two draws", got=str(draws))
        n, dark = self.table.n_observed, self.dark_figure
        if dark is None:
            part = Part("total", n, None, None, None)
            return Estimate((part,), level, "lognormal", self.method, self.table.reference, self.findings)
        held = self._drawn(draws, seed)
        found = held.total
        limits: tuple[float | None, float | None] = (None, None)
        if len(found) > 1:
            limits = lognormal_limits(n, dark, float(found.std(ddof=1)), level)
        findings = (*self.findings, *failed_draws(held, self.spec.kind))
        part = Part("total", n, dark, *limits)
        return Estimate((part,), level, "lognormal", self.method, self.table.reference, findings, (), held)

    def _drawn(self, draws: int, seed: int) -> Draws:
        """Estimates of drawn tables; none where a total is not finite or below the persons drawn."""
        from mse.kernels.coverage import coverage_totals

        assert self.means is not None
        cells = self.means.ravel()
        check_total(float(cells.sum()), self.model)
        drawn = np.random.default_rng(seed).multinomial(round(cells.sum()), cells / cells.sum(), size=draws)
        seen = drawn[:, 1:].sum(axis=1).astype(np.float64)
        dark = getattr(coverage_totals(drawn.astype(np.float64)), self.spec.kind) - seen
        dark[~(np.isfinite(dark) & (dark >= 0.0))] = np.nan
        return Draws(seen, dark, (self.model,) * draws)
