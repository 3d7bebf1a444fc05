"""Dependence between pairs of lists: taken from a table, and held fixed in a fit.

The log mean of history w is α + Σ β_g + Σ θ_gh over the lists g and pairs g, h in w. Where nearly nobody is on both
lists of a pair, θ_gh runs off; a ridge ½ · λ · Σ θ² keeps it finite and hardly touches the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mse.core.estimate import Estimate, Part
from mse.core.intervals import check_level, lognormal_limits
from mse.core.table import CaptureTable
from mse.errors import ModelError
from mse.kernels.existence import check_existence

__all__ = ["RIDGE", "GivenPairs", "Pairs", "log_odds_of_pairs", "pair_log_odds"]

Pairs = Mapping[tuple[str, str], float]
"""Log odds ratio θ of pairs of lists."""

RIDGE = 0.5
"""Weight λ of the ridge: that of the design note, where four pairs of 2010-2015 are nearly empty."""

_FIRST_GUESS = 3.0
"""Fits start from this many times the persons seen, on independent lists."""

_STEPS = 200
_FLAT = 1e-9
"""Log-likelihoods of a few thousand differ by rounding alone by less than this."""

_ARRIVED = 1e-8
"""A Newton step that moves no coefficient further is the last: convergence is quadratic, the error far smaller."""


def pair_log_odds(table: CaptureTable, ridge: float = RIDGE) -> dict[tuple[str, str], float]:
    """Fit all pairs of lists to a table with a small ridge, and return their log odds ratios.

    Parameters
    ----------
    table : CaptureTable
        A table without covariates.
    ridge : float
        Weight of the ridge on the pairs.

    Returns
    -------
    dict
        θ by pair of lists, in the order of the table's lists.

    Examples
    --------
    >>> import mse
    >>> theta = pair_log_odds(mse.datasets.load("netherlands_2010_2015"))
    >>> round(theta["O", "Z"], 2), round(theta["K", "P"], 2)
    (2.21, -0.96)
    """
    on = _histories(len(table.lists))
    places = list(combinations(range(len(table.lists)), 2))
    design = np.column_stack([np.ones(len(on)), on, *(on[:, a] * on[:, b] for a, b in places)])[1:]
    counts = table.counts.ravel().astype(float)[1:]
    fitted = _newton(design, counts, np.r_[np.zeros(1 + len(table.lists)), np.full(len(places), ridge)])
    names = [(table.lists[a], table.lists[b]) for a, b in places]
    return dict(zip(names, fitted.coefficients[1 + len(table.lists) :].tolist(), strict=True))


def log_odds_of_pairs(on: NDArray[Any], lists: Sequence[str], theta: Pairs) -> NDArray[np.float64]:
    """Sum of θ over the pairs of lists that each history holds.

    Parameters
    ----------
    on : array of shape (histories, lists)
        Which lists each history holds.
    lists : sequence of str
        Names of the lists.
    theta : mapping
        θ by pair, in either order; pairs that are not there have 0.
    """
    total = np.zeros(len(on))
    for (a, first), (b, second) in combinations(enumerate(lists), 2):
        value = theta.get((first, second), theta.get((second, first), 0.0))
        total += value * (on[:, a] & on[:, b])
    return total


@dataclass(frozen=True)
class GivenPairs:
    """All pairs of lists, with their log odds ratios given instead of estimated.

    It is the right model of a register of `mse.simulate.register(seed, truth="modelled")`, since it knows what no
    study knows. It shows that the register is drawn as it says; no estimate from data of people can rest on it.

    Parameters
    ----------
    theta : mapping
        θ by pair of lists.
    by : sequence of str
        Covariates of the table whose strata are fitted apart, and added up.

    Examples
    --------
    >>> table = CaptureTable(["A", "B"], [[0, 30], [40, 6]])
    >>> round(GivenPairs({("A", "B"): 0.0}).estimate(table).total)
    276
    """

    theta: Pairs
    by: tuple[str, ...] = ()

    def __hash__(self) -> int:
        return hash((tuple(sorted(self.theta.items())), self.by))

    def estimate(self, table: CaptureTable, *, level: float = 0.95) -> Estimate:
        """Fit each stratum; return the sum of the totals with a lognormal interval.

        Parameters
        ----------
        table : CaptureTable
            A table with the covariates of `by`; others are added up.
        level : float
            Level of the interval.

        Returns
        -------
        Estimate
            Without a total where a stratum has no estimate: nobody is on two lists, say, or everybody is on one.
        """
        check_level(level)
        strata = table.collapse(keep=self.by).counts.reshape(2 ** len(table.lists), -1).T
        fits = [self._unseen(table.lists, counts.astype(float)) for counts in strata if counts.any()]
        found = [fit for fit in fits if fit is not None]
        part = Part("total", table.n_observed, None, None, None)
        if len(found) == len(fits):
            unseen, variance = (float(sum(part)) for part in zip(*found, strict=True))
            limits = lognormal_limits(table.n_observed, unseen, variance**0.5, level)
            part = Part("total", table.n_observed, unseen, *limits)
        return Estimate((part,), level, "lognormal", "given pairs", table.reference)

    def _unseen(self, lists: Sequence[str], counts: NDArray[np.float64]) -> tuple[float, float] | None:
        """Dark figure of a stratum and its variance f₀ + f₀² Var α; lists that nobody is on say nothing."""
        on = _histories(len(lists))
        held = (on * counts[:, None]).sum(axis=0) > 0
        main_effects = np.array([0, *(1 << bit for bit in range(len(lists)))], dtype=np.int64)
        verdict = check_existence(counts, main_effects)
        if not (verdict.exists and verdict.identified):
            return None
        kept = (on[:, ~held].sum(axis=1) == 0) & (on.sum(axis=1) > 0)
        offset = log_odds_of_pairs(on.astype(bool), lists, self.theta)[kept]
        design = np.column_stack([np.ones(kept.sum()), on[kept][:, held]])
        fitted = _newton(design, counts[kept], np.zeros(design.shape[1]), offset)
        unseen = float(np.exp(fitted.coefficients[0]))
        return unseen, unseen + unseen**2 * float(fitted.covariance[0, 0])


@dataclass(frozen=True)
class _Newton:
    coefficients: NDArray[np.float64]
    covariance: NDArray[np.float64]


def _histories(lists: int) -> NDArray[np.int64]:
    """All histories in the order of a table's counts: the first list is the highest bit."""
    masks = np.arange(2**lists)
    return np.column_stack([masks >> (lists - 1 - place) & 1 for place in range(lists)])


def _newton(
    design: NDArray[np.float64],
    counts: NDArray[np.float64],
    penalty: NDArray[np.float64],
    offset: NDArray[np.float64] | None = None,
) -> _Newton:
    """Poisson regression with log link, an offset and a ridge, by Newton's method."""
    offset = np.zeros(len(counts)) if offset is None else offset
    everybody = _FIRST_GUESS * counts.sum()
    listed = design.T @ counts
    beta = np.log((listed + 0.5) / everybody)
    beta[0], beta[penalty > 0] = np.log(everybody), 0.0

    def height(at: NDArray[np.float64]) -> float:
        with np.errstate(over="ignore"):  # a step that is far too long has no height, and is halved
            return float(counts @ (design @ at) - np.exp(design @ at + offset).sum() - penalty @ at**2 / 2.0)

    for _ in range(_STEPS):
        mean = np.exp(design @ beta + offset)
        curvature = design.T @ (design * mean[:, None]) + np.diag(penalty)
        step = np.linalg.solve(curvature, design.T @ (counts - mean) - penalty * beta)
        if float(np.abs(step).max()) < _ARRIVED:
            return _Newton(beta, np.linalg.inv(curvature))
        length = 1.0
        while length > _ARRIVED and height(beta + length * step) < height(beta) - _FLAT:
            length /= 2.0
        beta = beta + length * step
    raise ModelError("The fit of the pairs did not arrive", got=f"{_STEPS} steps")
