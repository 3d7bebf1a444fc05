"""`expected_width`: how wide the interval will be, before anybody is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.estimator import Estimator
from mse.core.intervals import check_level, lognormal_limits
from mse.core.table import CaptureTable
from mse.core.terms import Generators
from mse.errors import ModelError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ExpectedWidth", "expected_width", "width_of_cells"]

METHODS = ("asymptotic", "simulation")


@dataclass(frozen=True)
class ExpectedWidth:
    """What a design gives: the estimate that it aims at, and how wide its interval will be.

    Parameters
    ----------
    population : float
        Size of the population.
    observed : float
        Persons expected on at least one list.
    smallest_overlap : float
        Persons expected on both lists of the thinnest pair.
    total, lower, upper : float or None
        Estimate with its limits: of the expected counts, or medians over simulated tables. None where most tables have
        no estimate, or no such limit.
    level : float
        Level of the interval.
    how : {"asymptotic", "simulation"}
    replicates : int
        Simulated tables; 0 where none were drawn.
    covered : float or None
        Share of the simulated tables with an estimate whose interval holds the population.
    without_estimate : float or None
        Share of the simulated tables without an estimate.
    """

    population: float
    observed: float
    smallest_overlap: float
    total: float | None
    lower: float | None
    upper: float | None
    level: float
    how: str
    replicates: int = 0
    covered: float | None = None
    without_estimate: float | None = None

    @property
    def ratio(self) -> float | None:
        """Upper over lower limit: 1 is certainty."""
        return None if self.lower is None or self.upper is None else self.upper / self.lower

    def to_frame(self) -> pd.DataFrame:
        """Return one row: the fields, and ratio."""
        import pandas as pd

        return pd.DataFrame([{**vars(self), "ratio": self.ratio}])


def expected_width(
    population: float,
    capture: Mapping[str, float],
    *,
    odds_ratios: Mapping[tuple[str, str], float] | None = None,
    estimator: Estimator | None = None,
    level: float = 0.95,
    how: str = "asymptotic",
    replicates: int = 200,
    seed: int = 1,
) -> ExpectedWidth:
    """Say how wide the interval of an estimate will be, for a population, lists and their dependence.

    "asymptotic" fits the model to the expected counts and takes the lognormal interval (Chao 1987) from its standard
    error there, √(f₀ + f₀² Var θ₀) (Rivest and Baillargeon 2007). "simulation" draws tables and repeats the estimator,
    with the lognormal interval of log-linear models and searches, and the interval that is the default of any other.
    The two agree where overlaps are not thin; where they differ, believe the simulation.

    Parameters
    ----------
    population : float
        Persons in the population.
    capture : mapping of str to float
        Chance to be on each list, between 0 and 1.
    odds_ratios : mapping of (str, str) to float, optional
        Odds ratio of a pair of lists given the others; 1 where a pair is not named.
    estimator : Estimator, optional
        By default the log-linear model with a term for every pair that is named. For "asymptotic" a `LogLinear`.
    level : float
        Level of the interval.
    how : {"asymptotic", "simulation"}
    replicates : int
        Tables to draw.
    seed : int
        Seed of the draws: table r depends on the seed and r alone.

    Returns
    -------
    ExpectedWidth

    Raises
    ------
    mse.errors.ModelError
        Chances do not lie between 0 and 1, a pair names a list that is not there, or the estimator does not go with
        the method.

    Examples
    --------
    >>> three = {"police": 0.3, "shelter": 0.2, "health": 0.1}
    >>> width = expected_width(5000, three)
    >>> round(width.observed), round(width.lower), round(width.upper)
    (2480, 4705, 5334)
    >>> dependent = expected_width(5000, three, odds_ratios={("police", "shelter"): 3})
    >>> round(dependent.ratio, 2)
    1.23
    """
    check_level(level)
    if how not in METHODS:
        raise ModelError(f"There is no method {how!r}", hint=did_you_mean(how, METHODS))
    lists = tuple(capture)
    given = _log_odds(lists, odds_ratios or {})
    cells = planned_cells(capture, given)
    spec = estimator or _model_of(lists, given)
    if how == "asymptotic":
        return _asymptotic(population, lists, cells, spec, level)
    return _simulated(population, lists, cells, spec, level, replicates, seed)


def planned_cells(capture: Mapping[str, float], log_odds: Mapping[tuple[str, str], float]) -> NDArray[np.float64]:
    """Chance of every capture history of a design."""
    from mse.kernels.designed import designed_cells

    lists = tuple(capture)
    chances = np.array([float(capture[name]) for name in lists])
    if len(lists) < 2 or not ((chances > 0.0) & (chances < 1.0)).all():
        raise ModelError("A design has two lists or more, each with a chance between 0 and 1", got=str(dict(capture)))
    matrix = np.zeros((len(lists), len(lists)))
    for (i, j), value in log_odds.items():
        first, second = sorted((lists.index(i), lists.index(j)))
        matrix[first, second] = value
    cells, converged = designed_cells(chances, matrix)
    if not converged:
        raise ModelError("No population has these chances and odds ratios", got=str(dict(capture)))
    return cells


def width_of_cells(
    means: NDArray[np.float64], masks: NDArray[np.int64], level: float
) -> tuple[float, float, float] | None:
    """Total with its limits where the counts are these means, under one model; None where there is no estimate.

    Parameters
    ----------
    means : array of float, shape (2^K,)
        Expected counts by mask of lists; that of the unseen cell is not used.
    masks : array of int
        Terms of the model.
    level : float
    """
    from mse.kernels.poisson import fit_poisson

    fit = fit_poisson(means, masks)
    seen, unseen = float(means[1:].sum()), float(fit.mu[0])
    if not fit.converged or not np.isfinite(fit.covariance).all():
        return None
    error = float(np.sqrt(unseen + unseen**2 * fit.covariance[0, 0]))
    return (seen + unseen, *lognormal_limits(seen, unseen, error, level))


def _log_odds(lists: tuple[str, ...], odds_ratios: Mapping[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    for pair, ratio in odds_ratios.items():
        for name in pair:
            if name not in lists:
                raise ModelError(f"Pair {pair} names a list that is not in the design", hint=did_you_mean(name, lists))
        if not ratio > 0.0:
            raise ModelError("An odds ratio is above 0", got=f"{ratio} for {pair}")
    return {pair: float(np.log(ratio)) for pair, ratio in odds_ratios.items()}


def _model_of(lists: tuple[str, ...], pairs: Mapping[tuple[str, str], float]) -> Any:
    from mse.models.loglinear import LogLinear

    return LogLinear(Generators.from_terms([*pairs, *((name,) for name in lists)], lists).notation())


def _asymptotic(
    population: float, lists: tuple[str, ...], cells: NDArray[np.float64], spec: Any, level: float
) -> ExpectedWidth:
    from mse.models.loglinear import LogLinear

    if not isinstance(spec, LogLinear):
        raise ModelError(
            "The asymptotic width is that of one log-linear model",
            got=type(spec).__name__,
            hint='Say how="simulation" for any other estimator.',
        )
    model = spec.model
    generators = Generators.parse(model, lists, ()) if model else Generators.of_order(int(spec.order or 1), lists, ())
    means = population * cells
    found = width_of_cells(means, generators.masks, level)
    total, lower, upper = found if found is not None else (None, None, None)
    seen, thinnest = _expected(means, len(lists))
    return ExpectedWidth(population, seen, thinnest, total, lower, upper, level, "asymptotic")


def _simulated(
    population: float,
    lists: tuple[str, ...],
    cells: NDArray[np.float64],
    spec: Estimator,
    level: float,
    replicates: int,
    seed: int,
) -> ExpectedWidth:
    if replicates < 1:
        raise ModelError("A simulation draws one table or more", got=f"replicates={replicates}")
    from mse.models.loglinear import LogLinear
    from mse.models.search import Search

    interval = {"interval": "lognormal"} if isinstance(spec, LogLinear | Search) else {}
    found = []
    for stream in np.random.SeedSequence(seed).spawn(replicates):
        counts = np.random.default_rng(stream).multinomial(round(population), cells)
        counts[0] = 0
        if not counts.any():
            continue
        table = CaptureTable(lists, counts.reshape((2,) * len(lists)))
        fit: Any = spec.fit(table, seed=int(stream.generate_state(1)[0]))
        if fit.total is not None:
            estimate = fit.estimate(level=level, **interval)
            lower = -np.inf if estimate.lower is None else estimate.lower
            found.append((estimate.total, lower, np.inf if estimate.upper is None else estimate.upper))
    seen, thinnest = _expected(population * cells, len(lists))
    missing = 1.0 - len(found) / replicates
    if missing > 0.5:
        return ExpectedWidth(
            population, seen, thinnest, None, None, None, level, "simulation", replicates, None, missing
        )
    totals, lowers, uppers = np.array(found, dtype=np.float64).T
    held = float(((lowers <= population) & (population <= uppers)).mean())
    total, lower, upper = (_median(values) for values in (totals, lowers, uppers))
    return ExpectedWidth(
        population, seen, thinnest, total, lower, upper, level, "simulation", replicates, held, missing
    )


def _median(values: NDArray[np.float64]) -> float | None:
    """The median; None where that is the limit of a table without one."""
    middle = float(np.median(values))
    return middle if np.isfinite(middle) else None


def _expected(means: NDArray[np.float64], k: int) -> tuple[float, float]:
    """Persons expected on any list, and on both lists of the thinnest pair."""
    masks = np.arange(len(means))
    bits = [1 << place for place in range(k)]
    pairs = [float(means[(masks & i > 0) & (masks & j > 0)].sum()) for i, j in combinations(bits, 2)]
    return float(means[1:].sum()), min(pairs)
