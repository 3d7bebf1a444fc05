"""`PosteriorFit`: the posterior of a total, exact on a grid or drawn, and what is read off it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.draws import Draws, quantiles
from mse.core.estimate import Estimate, Part, Range
from mse.core.finding import Finding, Severity
from mse.core.fit import FitStatus
from mse.core.hdi import shortest_interval
from mse.core.intervals import check_level
from mse.core.margins import margins
from mse.core.modes import BANDWIDTH, Density
from mse.errors import ModelError, did_you_mean
from mse.messages import number

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from mse.core.chains import Chains
    from mse.core.model_weights import ModelWeights
    from mse.core.sentence import Sentence

__all__ = ["INTERVALS", "LIGHT_TAIL", "Peak", "PosteriorFit"]

INTERVALS = ("equal-tailed", "hdi")

LIGHT_TAIL = 3.0
"""Tail index from which mean and standard deviation are given: below it they hang on totals that nobody believes."""

_INNER = 0.95
"""Share of a peak's draws that its range holds."""


@dataclass(frozen=True)
class Peak:
    """One of the separate peaks of a posterior.

    Parameters
    ----------
    weight : float
        Probability between the neighbouring minima of the density of the log total.
    lower, upper : float
        Limits of the middle 95 % of the totals there.
    place : float
        Total at the maximum.
    """

    weight: float
    lower: float
    upper: float
    place: float


@dataclass(frozen=True, eq=False)
class PosteriorFit:
    """The posterior of the total that a method gives for one table.

    Made by a method's `fit`, not by hand.

    Parameters
    ----------
    spec : object
        The specification that was fitted.
    table : CaptureTable or PartialTable
        Its data.
    draws : Draws
        Weighted draws. An exact posterior holds every point of its grid once, with its probability as weight.
    description : Sentence
        The method in a few words.
    assumption_text : Sentence
        The identifying assumption.
    status : FitStatus
        NOT_MIXED where chains disagree; there is no total then.
    own_findings : sequence of Finding
        What the method found.
    means : array of float, optional
        Posterior mean of the expected counts, in the shape of the table.
    model : str
        The most probable model in brackets, where there are models.
    exact : bool
        Whether the draws are a grid.
    tail_index : float, optional
        Power with which the chance of more than x falls; below 3 mean and standard deviation are withheld.
    weights : ModelWeights, optional
        Probabilities of models and terms.
    chains : Chains, optional
        Draws by chain, where there are chains.
    """

    spec: Any
    table: Any
    draws: Draws
    description: Sentence
    assumption_text: Sentence
    status: FitStatus = FitStatus.OK
    own_findings: tuple[Finding, ...] = ()
    means: NDArray[np.float64] | None = None
    model: str = ""
    exact: bool = False
    tail_index: float | None = None
    weights: ModelWeights | None = None
    chains: Chains | None = None

    # ------------------------------------------------------------------ the answer

    @property
    def total(self) -> float | None:
        """Posterior median; None where chains disagree."""
        return float(self.quantile(0.5)) if self.status is FitStatus.OK else None

    @property
    def dark_figure(self) -> float | None:
        """Posterior median less the persons seen."""
        return None if self.total is None else self.total - self.table.n_observed

    @property
    def mean(self) -> float | None:
        """Posterior mean; None where it is withheld."""
        return None if self._withheld else float(np.average(self.draws.total, weights=self.draws.valid_weight))

    @property
    def standard_deviation(self) -> float | None:
        """Posterior standard deviation; None where it is withheld."""
        mean = self.mean
        if mean is None:
            return None
        return float(np.sqrt(np.average((self.draws.total - mean) ** 2, weights=self.draws.valid_weight)))

    @property
    def _withheld(self) -> bool:
        heavy = self.tail_index is not None and self.tail_index < LIGHT_TAIL
        return heavy or self.status is not FitStatus.OK

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the table."""
        return str(self.table.fingerprint)

    @property
    def assumption(self) -> str:
        """The identifying assumption in a sentence."""
        return self.explain("en")

    def explain(self, language: str = "en") -> str:
        """The identifying assumption in a sentence, in English or Dutch."""
        return self.assumption_text.write(language)

    # ------------------------------------------------------------------ the posterior

    @cached_property
    def posterior(self) -> pd.DataFrame:
        """One row a total: total, probability. Where the fit is drawn, the share of the draws."""
        import pandas as pd

        weight = self.draws.valid_weight
        share = np.full(len(self.draws.total), 1.0 / len(self.draws.total)) if weight is None else weight
        totals, place = np.unique(self.draws.total, return_inverse=True)
        return pd.DataFrame({"total": totals, "probability": np.bincount(place, weights=share)})

    def quantile(self, probability: float | NDArray[np.float64]) -> NDArray[np.float64]:
        """Quantiles of the total; of an exact posterior the smallest total that reaches the probability."""
        return self.draws.quantile(probability)

    def hdi(self, level: float = 0.95) -> tuple[float, float]:
        """Shortest interval that holds the level; see `mse.core.hdi.shortest_interval`."""
        check_level(level)
        return shortest_interval(self.draws.total, self.draws.valid_weight, level)

    def probability(self, lower: float | None = None, upper: float | None = None) -> float:
        """Probability that the total lies between two numbers, both included; None leaves a side open."""
        inside = (self.draws.total >= (-np.inf if lower is None else lower)) & (
            self.draws.total <= (np.inf if upper is None else upper)
        )
        return float(np.average(inside, weights=self.draws.valid_weight))

    def modes(self, bandwidth: float = BANDWIDTH) -> tuple[Peak, ...]:
        """The separate peaks of the posterior of the log total, lowest first.

        Parameters
        ----------
        bandwidth : float
            Bandwidth of the Gaussian on the log scale.
        """
        totals, weight = self.draws.total, self.draws.valid_weight
        share = np.full(len(totals), 1.0 / len(totals)) if weight is None else weight
        density = Density.empty(self.table.n_observed).add(np.maximum(totals, self.table.n_observed), share)
        logs = np.log(totals)
        found = []
        for valley in density.valleys(bandwidth):
            inside = (logs >= valley.lower) & (logs < valley.upper)
            own = None if weight is None else weight[inside] / weight[inside].sum()
            limits = quantiles(totals[inside], np.array([0.5 - _INNER / 2.0, 0.5 + _INNER / 2.0]), own)
            found.append(Peak(valley.weight, float(limits[0]), float(limits[1]), float(np.exp(valley.peak))))
        return tuple(found)

    @property
    def ranges(self) -> tuple[Range, ...]:
        """Ranges of the peaks."""
        return tuple(Range(peak.lower, peak.upper, peak.weight) for peak in self.modes())

    # ------------------------------------------------------------------ models and priors

    def model_weights(self) -> pd.DataFrame:
        """One row a model, most probable first: model, probability and, where known, its median and limits."""
        return self._known_weights.to_frame()

    def inclusion(self) -> pd.DataFrame:
        """One row a term: term and the probability of the models that hold it."""
        return self._known_weights.inclusion_frame()

    @property
    def _known_weights(self) -> ModelWeights:
        if self.weights is None:
            raise ModelError(
                "This posterior holds no model probabilities",
                got=f"{type(self.spec).__name__} on {self.table!r}",
                hint="Methods that average have them; where strata have models of their own, select a stratum first.",
            )
        return self.weights

    def prior_influence(self, *, seed: int | None = 0) -> pd.DataFrame:
        """One row a prior: what median and limits become under other priors.

        Parameters
        ----------
        seed : int, optional
            Seed of a method that draws.
        """
        frame: pd.DataFrame = self.spec.prior_influence(self.table, seed=seed)
        return frame

    # ------------------------------------------------------------------ reading it

    def estimate(self, by: Sequence[str] = (), *, level: float = 0.95, interval: str = "equal-tailed") -> Estimate:
        """Return the posterior median with a credible interval.

        Parameters
        ----------
        by : sequence of str
            Covariates to split by: every combination of their levels is a part, with its own median.
        level : float
            Probability that the interval holds.
        interval : {"equal-tailed", "hdi"}
            Between two quantiles, or the shortest interval.

        Returns
        -------
        Estimate
            With the draws behind it.

        Raises
        ------
        mse.errors.TableError
            The level is not between 0 and 1, or parts are asked for and the draws are of the whole alone.
        mse.errors.ModelError
            The interval is of no known kind, or the table carries no such covariate.
        """
        check_level(level)
        if interval not in INTERVALS:
            raise ModelError(f"There is no interval {interval!r}", hint=did_you_mean(str(interval), INTERVALS))
        cut = margins(self.table.covariates, by) if by else ()
        parts = [self._part("total", self.draws, {}, level, interval)]
        parts += [self._part(m.name, self.draws.part(m.levels), m.levels, level, interval) for m in cut]
        said = (Finding("medians_do_not_add_up", Severity.NOTE, "parts"),) if cut and self.total is not None else ()
        return Estimate(
            tuple(parts),
            level,
            interval,
            self.description,
            self.table.reference,
            (*self.findings, *said),
            self.ranges,
            self.draws,
        )

    def _part(self, name: str, draws: Draws, levels: Any, level: float, interval: str) -> Part:
        seen = _number(draws.observed, draws.weight) if levels else self.table.n_observed
        if self.total is None:
            return Part(name, seen, None, None, None, levels)
        if interval == "hdi":
            lower, upper = shortest_interval(draws.total, draws.valid_weight, level)
        else:
            lower, upper = map(float, draws.quantile(np.array([0.5 - level / 2.0, 0.5 + level / 2.0])))
        return Part(name, seen, float(draws.quantile(0.5)) - seen, lower, upper, levels)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What a reader must know: the table's findings, the method's own, a heavy tail, separate peaks."""
        found = [*self.table.findings, *self.own_findings]
        if self.tail_index is not None and self.tail_index < LIGHT_TAIL:
            found.append(Finding("heavy_tail", Severity.WARNING, "total", {"index": self.tail_index}))
        peaks = self.modes() if self.status is FitStatus.OK else ()
        if len(peaks) > 1:
            places = [{language: number(p.place, language, "estimate") for language in ("en", "nl")} for p in peaks]
            found.append(Finding("posterior_peaks", Severity.WARNING, "total", {"peaks": len(peaks), "places": places}))
        return tuple(dict.fromkeys(found))

    def to_datatree(self) -> xr.DataTree:
        """Return the posterior in ArviZ's container; see `mse.core.datatree`."""
        from mse.core.datatree import datatree

        return datatree(self)

    def __repr__(self) -> str:
        return repr(self.estimate())


def _number(observed: NDArray[np.float64], weight: NDArray[np.float64] | None) -> float:
    """Persons seen: as counted where all draws agree, else their posterior mean."""
    if np.ptp(observed) == 0.0:
        return int(observed[0]) if float(observed[0]).is_integer() else float(observed[0])
    return float(np.average(observed, weights=weight))
