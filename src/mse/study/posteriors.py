"""Makes the Bayesian estimates of a study; one without a total leaves the other answers as they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from mse.core.draws import Draws
from mse.core.estimate import Estimate
from mse.core.finding import Finding, Severity
from mse.core.posterior_fit import PosteriorFit
from mse.core.sentence import Text
from mse.errors import ModelError
from mse.study.posterior_check import CheckedPosterior

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PosteriorResult", "carry_out_posteriors", "findings_of"]


@dataclass(frozen=True, eq=False)
class PosteriorResult:
    """A Bayesian estimate of a study.

    Parameters
    ----------
    checked : CheckedPosterior
        What was asked for.
    fit : PosteriorFit
        What came out.
    influence : DataFrame, optional
        What other priors make of it; None where none were tried, or there is no single number.
    predictive : Draws or DataFrame, optional
        Draws from the prior alone; None where none were asked for, or nothing can be drawn from it.
    """

    checked: CheckedPosterior
    fit: PosteriorFit
    influence: pd.DataFrame | None = None
    predictive: Draws | pd.DataFrame | None = None

    @property
    def label(self) -> Text:
        """What it is called."""
        return self.checked.label

    @cached_property
    def estimate(self) -> Estimate:
        """Median and interval, at the level that was asked for."""
        return self.fit.estimate(level=self.checked.level, interval=self.checked.section.interval)

    @cached_property
    def divisions(self) -> tuple[Estimate, ...]:
        """The estimate by covariates, one for each division that was asked for."""
        section = self.checked.section
        return tuple(
            self.fit.estimate(by, level=self.checked.level, interval=section.interval) for by in section.divisions
        )

    @property
    def blocked(self) -> bool:
        """Whether there is no single number."""
        return self.fit.total is None or self.estimate.blocked

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a reader must know of this estimate; what is known of its table is said elsewhere."""
        return tuple(finding for finding in self.estimate.findings if finding not in self.fit.table.findings)


def findings_of(results: Sequence[PosteriorResult]) -> list[Finding]:
    """One blocking finding for each estimate without a total: it names the estimate, whose section says why."""
    return [
        Finding("posterior_without_total", Severity.BLOCKING, result.label["en"], {"label": dict(result.label)})
        for result in results
        if result.blocked
    ]


def carry_out_posteriors(
    checked: Sequence[CheckedPosterior], *, progress: bool = False, say: Callable[[str], None] | None = None
) -> tuple[PosteriorResult, ...]:
    """Fit the Bayesian estimates of a study, one after the other.

    Parameters
    ----------
    checked : sequence of CheckedPosterior
    progress : bool
        Whether long work shows a progress bar on a terminal.
    say : callable, optional
        Is told what is being done, as a key of the catalogue.

    Returns
    -------
    tuple of PosteriorResult
    """
    if checked and say is not None:
        say("doing_posterior")
    return tuple(_carried_out(each, progress) for each in checked)


def _carried_out(checked: CheckedPosterior, progress: bool) -> PosteriorResult:
    section, spec, table = checked.section, checked.spec, checked.table
    result = PosteriorResult(checked, spec.fit(table, seed=section.seed, progress=progress))
    influence = predictive = None
    if section.sensitivity and not result.blocked:
        influence = spec.prior_influence(table, seed=section.seed)
    if section.predictive:
        try:
            predictive = spec.prior_predictive(table, draws=section.predictive, seed=section.seed)
        except ModelError:
            predictive = None
    return replace(result, influence=influence, predictive=predictive)
