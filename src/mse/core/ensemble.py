"""`EnsembleFit`: what a search says of a table: the best model, its rivals, and how far they agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.estimate import Estimate, Part, Range
from mse.core.finding import Finding, Severity
from mse.core.fit import FitStatus
from mse.core.intervals import check_level
from mse.core.judge import NOTICED, Judgement, judge
from mse.core.mixture import mixture_limits
from mse.core.modes import BANDWIDTH
from mse.core.point_fit import PointFit
from mse.core.rivals import PROVED, Rivals
from mse.core.search_findings import SPREAD, search_findings
from mse.core.sentence import Sentence
from mse.core.table import CaptureTable
from mse.core.terms import Generators
from mse.messages import sentence

if TYPE_CHECKING:
    import pandas as pd

    from mse.core.model_space import ModelSpace
    from mse.core.partial import PartialTable
    from mse.core.stratified_fit import StratifiedFit

__all__ = ["RIVAL", "SPREAD", "EnsembleFit", "Mode"]

RIVAL = 10.0
"""Models within this difference of the best criterion are rivals: the data do not rule them out."""

SHOWN = 10_000


@dataclass(frozen=True)
class Mode:
    """One of the separate answers that rival models give.

    Parameters
    ----------
    weight : float
        Share of the weight between the neighbouring minima of the density.
    lower, upper : float
        Range of the totals of its models within ΔIC 10 of the best; of those with most weight where none is.
    peak : float
        Total at the local maximum of the density.
    best_model : str
    best_total : float
    """

    weight: float
    lower: float
    upper: float
    peak: float
    best_model: str
    best_total: float


@dataclass(frozen=True, eq=False)
class EnsembleFit:
    """The models of a search on one table.

    Made by `Search.fit`, not by hand.

    Parameters
    ----------
    spec : Search
    table : CaptureTable or PartialTable
    rivals : Rivals
        Models near the best, and the weight of all; as the sweep's screen left them.
    scope : int
        Largest number of lists in a term that was searched.
    best : PointFit or StratifiedFit or None
        The best model with an estimate; None where no model has one.
    alternative : PointFit or StratifiedFit or None
        The best model where terms at −∞ are counted the other way.
    steps : sequence of mapping
        Path of a stepwise search.
    exhaustive : bool
        Whether every model of the scope was fitted.
    extra_findings : sequence of Finding
        What the search itself found.
    known_space : ModelSpace, optional
        The models of the scope with what was found out about them while searching; else it is found out again.
    """

    spec: Any
    table: CaptureTable | PartialTable
    rivals: Rivals
    scope: int
    best: PointFit | StratifiedFit | None
    alternative: PointFit | StratifiedFit | None = None
    steps: tuple[dict[str, Any], ...] = ()
    exhaustive: bool = True
    extra_findings: tuple[Finding, ...] = field(default=())
    known_space: ModelSpace | None = field(default=None, repr=False)

    # ------------------------------------------------------------------ the answer

    @property
    def status(self) -> FitStatus:
        """Status of the best model."""
        return FitStatus.NO_MLE if self.best is None else self.best.status

    @property
    def total(self) -> float | None:
        """Total of the best model. Not the answer where rivals disagree: see `findings`."""
        return None if self.best is None else self.best.total

    @property
    def dark_figure(self) -> float | None:
        """Dark figure of the best model."""
        return None if self.best is None else self.best.dark_figure

    @property
    def model(self) -> str:
        """The best model in brackets; empty where no model has an estimate."""
        return "" if self.best is None else self.best.model

    @property
    def means(self) -> NDArray[np.float64] | None:
        """Fitted counts of the best model in the shape of the table; None where no model has an estimate."""
        return None if self.best is None else self.best.means

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the table."""
        return self.table.fingerprint

    @property
    def assumption(self) -> str:
        """The identifying assumption in a sentence."""
        return self.explain("en")

    def explain(self, language: str = "en") -> str:
        """The identifying assumption in a sentence, in English or Dutch."""
        return sentence("assumption_search", language, order=self.scope)

    @property
    def n_models(self) -> int:
        """Number of models that were fitted."""
        return self.rivals.n_models

    @property
    def criterion(self) -> str:
        """The criterion by which models are ranked."""
        return str(self.spec.ranking)

    # ------------------------------------------------------------------ the rivals

    @cached_property
    def proved(self) -> Rivals:
        """The rivals after the linear programme judged those that matter (see `mse.core.judge`)."""
        return self._judgement.rivals

    @cached_property
    def _judgement(self) -> Judgement:
        return judge(self.rivals, self.space, self.member, self.table.n_observed, RIVAL)

    @cached_property
    def space(self) -> ModelSpace:
        """The models of the scope."""
        space: ModelSpace = self.known_space or self.spec.space(self.table)
        return space

    def member(self, index: int) -> PointFit | StratifiedFit:
        """Fit one of the kept models in full, by its rank in the screen's order."""
        generators = self._generators(index)
        if self.best is not None and generators == self.best.generators:
            return self.best
        return self.space.compute(generators, self.spec.model_spec(generators.notation()))

    @cached_property
    def members(self) -> tuple[PointFit | StratifiedFit, ...]:
        """The models that carry more than 10⁻⁴ of the weight, fitted in full, best first."""
        weights = self.proved.weights()
        return tuple(self.member(int(index)) for index in np.flatnonzero(weights > NOTICED))

    def to_frame(self, within: float = RIVAL, most: int = SHOWN) -> pd.DataFrame:
        """Return the models with an estimate near the best one, best first.

        Parameters
        ----------
        within : float
            Largest difference of the criterion; up to 30 is kept.
        most : int
            Largest number of rows.

        Returns
        -------
        pandas.DataFrame
            Columns model, order, n_parameters, n_infinite, deviance, df, log_likelihood, aic, aicc, bic, delta
            (difference of the criterion), weight, total, dark_figure, proved_by ("programme" or "screen").
        """
        import pandas as pd

        found = self.proved
        rows = np.flatnonzero((found.outcome == PROVED) & (self._delta(found) <= within))[:most]
        weights = found.weights()
        models = [self._generators(int(row)) for row in rows]
        minus_twice = found.deviance[rows] + self.spec.convention(self.table, "aic").minus_twice_saturated
        counted = found.finite[rows].astype(float) + (found.infinite[rows] if self.spec.count_infinite else 0.0)
        criteria = {
            name: self.spec.convention(self.table, name).values(
                found.deviance[rows], found.finite[rows], found.infinite[rows]
            )
            for name in ("aic", "aicc", "bic")
        }
        return pd.DataFrame(
            {
                "model": [model.notation() for model in models],
                "order": [model.order for model in models],
                "n_parameters": counted.astype(int),
                "n_infinite": found.infinite[rows].astype(int),
                "deviance": found.deviance[rows],
                "df": (found.cells[rows] - found.finite[rows]).astype(int),
                "log_likelihood": -minus_twice / 2.0,
                **criteria,
                "delta": self._delta(found)[rows],
                "weight": weights[rows],
                "total": self.table.n_observed + found.dark_figure[rows],
                "dark_figure": found.dark_figure[rows],
                "proved_by": np.where(np.isin(rows, self._judgement.ranks), "programme", "screen"),
            }
        )

    @property
    def path(self) -> pd.DataFrame:
        """Path of a stepwise search: start, step, move, term, model, criterion, value, total."""
        import pandas as pd

        names = ["start", "step", "move", "term", "model", "criterion", "value", "total"]
        return pd.DataFrame(list(self.steps), columns=names)

    def modes(self, bandwidth: float = BANDWIDTH) -> tuple[Mode, ...]:
        """The separate answers: local maxima of the weight density of the log total.

        Parameters
        ----------
        bandwidth : float
            Bandwidth of the Gaussian on the log scale; look at 0.05 and 0.15 too.

        Returns
        -------
        tuple of Mode
            By total; modes with less than 2 % of the weight are left out.
        """
        found = self.proved
        if not found.density.total > 0.0:
            return ()
        usable = found.outcome == PROVED
        logs = np.log(self.table.n_observed + np.where(usable, found.dark_figure, 0.0))
        delta = self._delta(found)
        answers = []
        for valley in found.density.valleys(bandwidth):
            inside = usable & (logs >= valley.lower) & (logs < valley.upper)
            if not inside.any():
                continue
            near = inside & (delta <= RIVAL)
            near = near if near.any() else inside & (delta <= delta[inside].min() + 2.0)
            first = int(np.flatnonzero(inside)[0])
            answers.append(
                Mode(
                    valley.weight,
                    float(np.exp(logs[near].min())),
                    float(np.exp(logs[near].max())),
                    float(np.exp(valley.peak)),
                    self._generators(first).notation(),
                    float(np.exp(logs[first])),
                )
            )
        return tuple(answers)

    def rival_range(self, within: float = RIVAL) -> tuple[float, float] | None:
        """Smallest and largest total among the rivals; None where no model has an estimate."""
        found = self.proved
        rows = (found.outcome == PROVED) & (self._delta(found) <= within)
        if not rows.any():
            return None
        totals = self.table.n_observed + found.dark_figure[rows]
        return float(totals.min()), float(totals.max())

    # ------------------------------------------------------------------ reading it

    def estimate(self, by: Sequence[str] = (), *, level: float = 0.95, interval: str = "profile") -> Estimate:
        """Return the best model's estimate with everything that speaks against it.

        The interval holds the model fixed. Under a blocking finding the estimate prints the modes' ranges. With
        covariates, `by` splits the population as `StratifiedFit.estimate` does. A profile has no limits where the best
        model's number unseen is above 10¹⁰: there it is flatter than the rounding of its values.
        """
        if self.best is None:
            check_level(level)
            part = Part("total", self.table.n_observed, None, None, None)
            return Estimate((part,), level, interval, self.description, self.table.reference, self.findings)
        single = self.best.estimate(by, level=level, interval=interval)
        return replace(single, findings=(*self.findings, *single.findings), ranges=self.ranges)

    def average(self, *, level: float = 0.95) -> Estimate:
        """Return the criterion-weighted average over all models of the scope.

        Weights are exp(−Δ/2) (Buckland, Burnham and Augustin 1997; Hook and Regal 1997). The limits are quantiles
        of the mixture of the models' lognormal intervals. An average over models that disagree says so.
        """
        check_level(level)
        found = self.proved
        n = self.table.n_observed
        if not found.density.total > 0.0:
            return self.estimate(level=level)
        total = found.weighted_total / found.density.total
        lower, upper = mixture_limits(self.space, found, n, level)
        findings = list(self.findings)
        span = self.rival_range()
        if span is not None and (len(self.modes()) > 1 or span[1] > SPREAD * span[0]):
            values = {"total": total, "lower": span[0], "upper": span[1]}
            findings.append(Finding("between_modes", Severity.WARNING, self.label, values))
        return Estimate(
            (Part("total", n, total - n, lower, upper),),
            level,
            "mixture",
            Sentence("method_average", {"criterion": self.criterion.upper(), "models": self.n_models}),
            self.table.reference,
            tuple(findings),
            self.ranges,
        )

    @property
    def ranges(self) -> tuple[Range, ...]:
        """Ranges of the modes."""
        return tuple(Range(mode.lower, mode.upper, mode.weight) for mode in self.modes())

    @property
    def label(self) -> str:
        """The search in a few words of English."""
        return str(self.description)

    @property
    def description(self) -> Sentence:
        """The search in a few words of every language."""
        key = "method_exhaustive" if self.exhaustive else "method_stepwise"
        values = {"criterion": self.criterion.upper(), "order": self.scope, "models": self.n_models}
        return Sentence(key, values)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What a reader must know of the search and of its best model."""
        return search_findings(self)

    def _generators(self, index: int) -> Generators:
        return self.space.generators(int(self.rivals.bits[index]))

    def _delta(self, found: Rivals) -> NDArray[np.float64]:
        usable = found.outcome == PROVED
        best = found.criterion[usable].min(initial=np.inf)
        delta: NDArray[np.float64] = found.criterion - best
        return delta

    def __repr__(self) -> str:
        if self.best is None:
            return f"{self.label}: {self.findings[-1]}"
        lines = [self.label, f"  best: {self.best!r}", f"  {self.estimate().headline()}"]
        lines += [f"  {finding.severity.value}: {finding}" for finding in self.findings]
        return "\n".join(lines)
