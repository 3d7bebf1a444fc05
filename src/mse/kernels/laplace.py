"""Evidence of log-linear models by Laplace's method, and of each model the posterior of the number unseen on a grid.

Lists are coded −1 and 1 (not on the list: 1), so that over the 2^K cells of a stratum

* the linear predictor is a Walsh–Hadamard transform of the coefficients,
* scores are transforms of the residuals, and
* the information of columns with lists S and T is read off the transform of the fitted counts at S xor T.

The prior is θ ~ N(0, σ² P⁻¹) for all but the intercept, which is flat. P is the Gram matrix of the columns over all
cells, centred and divided by their number, so θᵀPθ is the mean squared distance of the log fitted counts from their
mean: the prior does not depend on how a model is coded. σ² is given, or σ² ~ inverse gamma(a/2, b/2).

A number unseen f₀ = Σ_s f₀ₛ is one more Poisson count, with mean Σ_s μ_{s0}. With a flat intercept that is the
multinomial model with p(N) ∝ 1/N. The intercept is integrated exactly, the other coefficients by Laplace's method.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mse.kernels.laplace_curves import IMPOSSIBLE, MOST_NODES, fit_curves
from mse.kernels.laplace_mix import mix_curves
from mse.kernels.laplace_newton import walsh

__all__ = [
    "BLOCK",
    "LAST",
    "CoefficientPrior",
    "Curves",
    "LaplaceData",
    "Mixture",
    "Models",
    "belief_points",
    "curves",
    "fitted_counts",
    "list_columns",
    "mix",
    "nodes",
    "tabulated",
]

Floats = NDArray[np.float64]

BLOCK = 512
"""Models of one block; blocks have fixed borders, so results do not depend on the number of threads."""

LAST = float(np.log(1e9))
"""Largest log(unseen + 1) where nothing else bounds it."""

_BELIEF_STEP = 0.05


class CoefficientPrior(NamedTuple):
    """Scale of the prior: σ² itself, or where it is 0 the shape a and scale b of σ² ~ inverse gamma(a/2, b/2)."""

    scale: float = 1.0
    shape: float = 0.0
    rate: float = 0.0


class LaplaceData(NamedTuple):
    """Counts and all columns that models may hold.

    Attributes
    ----------
    counts : array of float, shape (n_strata, 2^K)
        Column 0, the unseen, is ignored.
    keep : array of bool, same shape
        Cells that are observed.
    columns : array of float, shape (n_strata, P)
        Values over strata; the intercept is the first column.
    masks : array of int, shape (P,)
        Lists of each column.
    gram : array of float, shape (P, P)
        The matrix P of the prior; the row of the intercept is 0.
    """

    counts: Floats
    keep: NDArray[np.bool_]
    columns: Floats
    masks: NDArray[np.int64]
    gram: Floats

    @classmethod
    def of(cls, counts: Floats, columns: Floats, masks: NDArray[np.int64]) -> LaplaceData:
        """Data in which every cell but the unseen ones is observed.

        Columns without lists are taken from their mean over strata, which changes the intercept and nothing else.
        """
        keep = np.ones(counts.shape, dtype=np.bool_)
        keep[:, 0] = False
        centred = np.array(columns, dtype=np.float64)
        composition = masks == 0
        composition[0] = False
        centred[:, composition] -= centred[:, composition].mean(axis=0)
        gram = centred.T @ centred / len(centred)
        gram[masks[:, None] != masks] = 0.0
        gram[0] = gram[:, 0] = 0.0
        return cls(np.ascontiguousarray(counts, np.float64), keep, centred, np.asarray(masks, np.int64), gram)


def list_columns(counts: Floats, terms: NDArray[np.int64]) -> LaplaceData:
    """Data of a table of lists alone; column i is term i, the intercept first.

    Examples
    --------
    >>> data = list_columns(np.array([0.0, 30.0, 40.0, 6.0]), np.array([0, 1, 2]))
    >>> data.gram.tolist()
    [[0.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    return LaplaceData.of(counts[None, :], np.ones((1, len(terms))), terms)


class Models(NamedTuple):
    """Models as sets of columns: model m holds ``columns[offsets[m]:offsets[m + 1]]``, the intercept first."""

    offsets: NDArray[np.int64]
    columns: NDArray[np.int64]

    @classmethod
    def of(cls, models: Sequence[NDArray[np.int64]]) -> Models:
        """Gather models given one by one."""
        offsets = np.zeros(len(models) + 1, dtype=np.int64)
        np.cumsum([len(model) for model in models], out=offsets[1:])
        columns = np.concatenate(models).astype(np.int64) if models else np.zeros(0, dtype=np.int64)
        return cls(offsets, columns)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def part(self, left: int, right: int) -> Models:
        """Models from left up to right."""
        offsets = self.offsets[left : right + 1]
        return Models(offsets - offsets[0], self.columns[offsets[0] : offsets[-1]])


class Curves(NamedTuple):
    """Laplace evidence of models and their curves.

    Attributes
    ----------
    simple : array of float, shape (n_models,)
        Log evidence by one Laplace approximation over the observed cells; NaN where a mode is not reached.
    dark : array of float, shape (n_models,)
        Mean of the unseen at the mode of the observed cells.
    first, steps, counts : arrays, shape (n_models,)
        A curve has `counts` nodes, the first at `first` and `steps` apart on the scale log(unseen + 1).
    values : array of float, shape (n_models, MOST_NODES)
        Log of p(y, unseen | model) at the nodes, under p(N) ∝ 1/N.
    """

    simple: Floats
    dark: Floats
    first: Floats
    steps: Floats
    counts: NDArray[np.int64]
    values: Floats

    @property
    def nodes_of(self) -> Floats:
        """log(unseen + 1) at each node, shape of `values`."""
        return self.first[:, None] + self.steps[:, None] * np.arange(self.values.shape[1])

    def take(self, index: NDArray[np.intp]) -> Curves:
        """Curves of some of the models."""
        return Curves(
            self.simple[index], self.dark[index], self.first[index], self.steps[index], self.counts[index],
            self.values[index],
        )  # fmt: skip

    @classmethod
    def joined(cls, parts: Sequence[Curves]) -> Curves:
        """Curves of several blocks of models."""
        return cls(
            np.concatenate([part.simple for part in parts]),
            np.concatenate([part.dark for part in parts]),
            np.concatenate([part.first for part in parts]),
            np.concatenate([part.steps for part in parts]),
            np.concatenate([part.counts for part in parts]),
            np.concatenate([part.values for part in parts]),
        )

    def rough_evidence(self, belief: Floats) -> Floats:
        """Log evidence by the trapezium rule over the nodes, with the log prior of N times N tabulated in `belief`."""
        x = self.nodes_of
        inside = np.arange(x.shape[1]) < self.counts[:, None]
        table = np.arange(len(belief) - 1) * belief[0]
        heights = np.where(inside, self.values + np.interp(x, table, belief[1:]) + x, -np.inf)
        top = heights.max(axis=1, initial=-np.inf)
        with np.errstate(divide="ignore", invalid="ignore"):
            found = top + np.log(np.exp(heights - top[:, None]).sum(axis=1) * self.steps)
        return np.where(self.counts > 0, found, -np.inf)


def tabulated(log_prior: Floats | None, last: float) -> Floats:
    """Tabulate the log prior of the total, times the total, for the kernels; 0 everywhere for p(N) ∝ 1/N."""
    values = np.zeros(len(belief_points(last))) if log_prior is None else np.maximum(log_prior, IMPOSSIBLE)
    return np.concatenate([[_BELIEF_STEP], values])


def belief_points(last: float) -> Floats:
    """Values of log(unseen + 1) at which `tabulated` wants the prior."""
    return np.asarray(np.arange(int(np.ceil(last / _BELIEF_STEP)) + 2) * _BELIEF_STEP)


def curves(
    data: LaplaceData,
    prior: CoefficientPrior,
    models: Models,
    *,
    belief: Floats | None = None,
    last: float = LAST,
    grid: bool = True,
) -> Curves:
    """Laplace evidence of models, and their curves over the number unseen.

    Parameters
    ----------
    data : LaplaceData
    prior : CoefficientPrior
    models : Models
    belief : array of float, optional
        What `tabulated` makes of the prior of the total; it says how far curves must go, and is not in them.
    last : float
        Largest log(unseen + 1).
    grid : bool
        Whether curves are wanted, and not the evidence of the observed cells alone.

    Returns
    -------
    Curves
    """
    belief = tabulated(None, last) if belief is None else belief
    borders = [*range(0, len(models), BLOCK), len(models)]
    spans = list(pairwise(borders))
    none, reach = np.zeros((0, 0, 0)), _reach(data, belief, last)

    def work(span: tuple[int, int]) -> Curves:
        out = _empty(span[1] - span[0], MOST_NODES if grid else 0)
        part = models.part(*span)
        fit_curves(data, prior, part, reach, grid, out, none)
        return out

    if len(spans) == 1:
        return work(spans[0])
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        parts = list(pool.map(work, spans))
    return Curves.joined(parts)


def _reach(data: LaplaceData, belief: Floats, last: float) -> tuple[float, Floats, float]:
    return float(data.counts[data.keep].sum()), belief, float(last)


def _empty(n: int, nodes: int) -> Curves:
    simple, dark, first, steps = (np.full(n, np.nan) for _ in range(4))
    return Curves(simple, dark, first, steps, np.zeros(n, np.int64), np.full((n, nodes), np.nan))


def nodes(
    data: LaplaceData, prior: CoefficientPrior, model: NDArray[np.int64], *, belief: Floats, last: float
) -> tuple[Floats, Floats, Floats]:
    """Nodes of one model's curve: log(unseen + 1), values, and the modes of the coefficients, shape (nodes, p)."""
    out, modes = _empty(1, MOST_NODES), np.zeros((1, MOST_NODES, len(model)))
    reach = _reach(data, belief, last)
    fit_curves(data, prior, Models.of([model]), reach, True, out, modes)
    n = int(out.counts[0])
    return out.nodes_of[0, :n], out.values[0, :n], modes[0, :n]


def fitted_counts(data: LaplaceData, columns: NDArray[np.int64], theta: Floats) -> Floats:
    """Fitted counts of all cells, shape (n_strata, 2^K)."""
    eta = np.zeros(data.counts.shape)
    np.add.at(eta.T, data.masks[columns], (data.columns[:, columns] * theta).T)
    walsh(eta)
    return np.exp(eta)


class Mixture(NamedTuple):
    """Curves added up over a grid.

    Attributes
    ----------
    probability : array of float, shape (grid,)
        Posterior of the grid points, models mixed.
    log_evidence : array of float, shape (n_models,)
    quantiles : array of int, shape (n_models, levels)
        Places in the grid of each model's quantiles.
    """

    probability: Floats
    log_evidence: Floats
    quantiles: NDArray[np.int64]


def mix(found: Curves, logs: Floats, extra: Floats, levels: Floats) -> Mixture:
    """Add curves up over a grid of numbers unseen, under equal prior probabilities of the models.

    Parameters
    ----------
    found : Curves
    logs : array of float
        log(unseen + 1) at the grid.
    extra : array of float
        Log prior of the total times the total, plus the log of how many numbers a grid point stands for.
    levels : array of float
        Probabilities of the quantiles of each model.

    Returns
    -------
    Mixture
    """
    x, step = found.nodes_of, found.steps[:, None]
    inside = (np.arange(x.shape[1]) < found.counts[:, None]) & (x >= logs[0] - step) & (x <= logs[-1] + step)
    heights = np.where(inside, found.values + np.interp(x, logs, extra), -np.inf)
    anchor = float(heights.max(initial=-np.inf))
    n = len(found.counts)
    mixture, evidence = np.zeros(len(logs)), np.zeros(n)
    quantiles = np.zeros((n, len(levels)), dtype=np.int64)
    mix_curves(
        found.first, found.steps, found.counts, found.values, logs, extra, anchor, levels, mixture, evidence, quantiles
    )
    with np.errstate(divide="ignore"):
        return Mixture(mixture / mixture.sum(), anchor + np.log(evidence), quantiles)
