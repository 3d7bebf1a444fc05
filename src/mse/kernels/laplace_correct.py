"""What Laplace's method misses of one model's evidence, by importance sampling on quasi-random points.

At a node of a curve the coefficients are written as z = A⁻¹(θ − mode), with A Aᵀ the inverse of the curvature, so that
Laplace's method is the claim that z is standard normal. Rounds of importance sampling at the highest node give about
the mean and the covariance that z really has. A multivariate t with these is the proposal of all nodes: its tails are
heavier than those of a normal prior times a likelihood, so weights are bounded and the sum converges.

Points are scrambled Sobol sequences (Owen 1998), the same for all nodes and models: curves stay smooth, and errors of
models with the same terms are alike. Independent scrambles give the standard error. Nothing depends on a seed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, gammaln, ndtri

from mse.kernels.laplace import CoefficientPrior, LaplaceData
from mse.kernels.laplace_draws import conditional_spread, design_matrix, third_order_shift

__all__ = ["ENOUGH", "Correction", "correction"]

Floats = NDArray[np.float64]

FREEDOM = 7.0
"""Degrees of freedom of the proposal: with more, a cell of a person or two has a longer tail than the proposal."""

REPLICATES = 8
"""Independent scrambles, of which the spread is the standard error."""

TRIED = 2_048
"""Points of each round that looks for the mean and the covariance."""

ROUNDS, GOOD = 4, 0.35
"""Most of these rounds, and the share of effective draws at which a proposal is good enough."""

STRIDE = 4
"""Every so manyth node is sampled, one in two posterior standard deviations; in between lie straight lines."""

MATTERS = 10.0
"""Nodes further below the top of the curve than this take the correction of the nearest that is not."""

BESIDE = 2
"""Replicates used away from the highest node, where only the difference from that node is wanted."""

DRAWS = (512, 2_048)
"""Points of one replicate at the highest node, and how many where these leave too large an error."""

ENOUGH = 0.02
"""Standard error of a log evidence that is small enough."""

_SEED = 20_261_124


class Correction(NamedTuple):
    """What is to be added to a curve.

    Attributes
    ----------
    shift : array of float, shape (nodes,)
        Added to the log of p(y, unseen | model) at every node.
    level : float
        The same at the highest node.
    error : float
        Standard error of the log evidence.
    effective : float
        Smallest share of independent draws that the draws at a node are worth.
    """

    shift: Floats
    level: float
    error: float
    effective: float


class _Points(NamedTuple):
    """Standard t points: shape (k, replicates · draws), and the log density there."""

    z: Floats
    log_density: Floats


@lru_cache(maxsize=256)
def _points(k: int, draws: int, replicates: int, first: int = 0) -> _Points:
    """Points of a standard multivariate t; kept, because making them costs more than using them."""
    from scipy.stats import qmc

    cubes = [
        qmc.Sobol(k + 1, rng=np.random.default_rng([_SEED, replicate])).random(draws)
        for replicate in range(first, first + replicates)
    ]
    uniform = np.clip(np.concatenate(cubes), 1e-12, 1.0 - 1e-12).T
    z = ndtri(uniform[:k]) * np.sqrt(FREEDOM / 2.0 / gammaincinv(FREEDOM / 2.0, uniform[k]))
    constant = gammaln((FREEDOM + k) / 2.0) - gammaln(FREEDOM / 2.0) - k / 2.0 * np.log(FREEDOM * np.pi)
    log_density = constant - (FREEDOM + k) / 2.0 * np.log1p((z**2).sum(axis=0) / FREEDOM)
    z.setflags(write=False)
    log_density.setflags(write=False)
    return _Points(z, log_density)


class _Proposal(NamedTuple):
    """Mean and Cholesky factor of the covariance of z."""

    mean: Floats
    factor: Floats

    def improved(self, integrand: _Integrand, points: _Points) -> tuple[_Proposal, float]:
        """The moments of z that the weights give, and the share of draws that these are worth.

        Weights above the root of the number of draws times their mean are cut off there (Ionides 2008): moments of a
        poor proposal then hang on no single draw.
        """
        log_weight = integrand.log_weights(self, points)
        weight = np.exp(log_weight - log_weight.max())
        share = _effective(weight)
        weight = np.minimum(weight, weight.mean() * np.sqrt(len(weight)))
        weight /= weight.sum()
        mean = points.z @ weight
        away, k = points.z - mean[:, None], len(mean)
        known = share * len(weight)
        covariance = (known * (away * weight) @ away.T + k * np.eye(k)) / (known + k)
        inner = np.linalg.cholesky(covariance)
        return _Proposal(self.mean + self.factor @ mean, self.factor @ inner), share


class _Integrand:
    """Log of p(y, unseen, θ | model) in z at one node, relative to Laplace's evidence."""

    def __init__(
        self, data: LaplaceData, prior: CoefficientPrior, columns: NDArray[np.int64], mode: Floats, unseen: float
    ) -> None:
        matrix = design_matrix(data, columns)[:, 1:]
        first = np.zeros(data.counts.shape, dtype=np.bool_)
        first[:, 0] = True
        seen = data.keep.ravel()
        y = np.where(data.keep, data.counts, 0.0).ravel()
        self.prior, self.unseen, self.total = prior, unseen, float(y.sum()) + unseen
        self.strata = len(data.counts)
        cells, scores = np.concatenate([matrix[first.ravel()], matrix[seen]]), y @ matrix
        half = np.linalg.cholesky(data.gram[np.ix_(columns[1:], columns[1:])]).T
        self.rows = np.concatenate([cells, scores[None, :], half])
        self.root = conditional_spread(data, prior, columns, mode, unseen)
        self.start = np.linalg.solve(self.root, third_order_shift(data, prior, columns, mode, unseen))
        self.at_mode = self.rows @ mode[1:]
        level = float(np.log(np.exp(self.at_mode[: len(cells)]).sum()))
        self.at_mode[: len(cells)] -= level
        self.at_mode[len(cells)] -= float(y.sum()) * level
        self.cells = len(cells)
        k = len(self.root)
        self.top = float(self._height(self.at_mode[:, None].copy())[0]) + k / 2.0 * np.log(2.0 * np.pi)

    def log_weights(self, proposal: _Proposal, points: _Points) -> Floats:
        """Log weights of a proposal's points."""
        turned = self.rows @ self.root
        values = (turned @ proposal.factor) @ points.z
        values += (self.at_mode + turned @ proposal.mean)[:, None]
        log_det = np.log(np.abs(proposal.factor.diagonal())).sum()
        return np.asarray(self._height(values) - self.top - points.log_density + log_det)

    def _height(self, values: Floats) -> Floats:
        """Log integrand from the linear predictors, the scores and the halves of the prior's quadratic form."""
        with np.errstate(over="ignore", invalid="ignore"):
            mu = np.exp(values[: self.cells])
            dark = mu[: self.strata].sum(axis=0)
            whole = dark + mu[self.strata :].sum(axis=0)
            height = values[self.cells] + self.unseen * np.log(dark) - self.total * np.log(whole)
        size = (values[self.cells + 1 :] ** 2).sum(axis=0)
        if self.prior.scale > 0.0:
            height -= 0.5 * size / self.prior.scale
        else:
            height -= 0.5 * (self.prior.shape + len(self.root)) * np.log(self.prior.rate + size)
        return np.asarray(np.where(np.isnan(height), -np.inf, height))


def _effective(weight: Floats) -> float:
    """Share of independent draws that weights are worth."""
    return float(weight.sum() ** 2 / (weight**2).sum() / len(weight))


def correction(
    data: LaplaceData,
    prior: CoefficientPrior,
    columns: NDArray[np.int64],
    modes: Floats,
    unseen: Floats,
    heights: Floats,
) -> Correction:
    """Correct the curve of one model.

    Parameters
    ----------
    data : LaplaceData
    prior : CoefficientPrior
    columns : array of int
        Columns of the model, the intercept first.
    modes : array of float, shape (nodes, p)
    unseen : array of float, shape (nodes,)
        Number unseen at the nodes.
    heights : array of float, shape (nodes,)
        Log posterior of log(unseen + 1) at the nodes, up to a constant.

    Returns
    -------
    Correction
    """
    k, middle = modes.shape[1] - 1, int(np.argmax(heights))
    integrand = _Integrand(data, prior, columns, modes[middle], float(unseen[middle]))
    proposal = _adapted(integrand)
    for draws in DRAWS:
        every = _logs(proposal, integrand, _points(k, draws, REPLICATES), REPLICATES)
        relative = np.exp(every.means - every.means.max())
        error = float(relative.std(ddof=1) / relative.mean() / np.sqrt(REPLICATES))
        if error <= ENOUGH:
            break
    level = every.means.max() + np.log(relative.mean())
    some, points = np.logaddexp.reduce(every.means[:BESIDE]), _points(k, draws, BESIDE)
    near = np.flatnonzero(heights > heights[middle] - MATTERS)
    places = [place for place in near if (place - middle) % STRIDE == 0]
    logs, effective = np.zeros(len(places)), every.effective
    for at, place in enumerate(places):
        if place == middle:
            continue
        there = _Integrand(data, prior, columns, modes[place], float(unseen[place]))
        found = _logs(proposal, there, points, BESIDE)
        logs[at], effective = np.logaddexp.reduce(found.means) - some, min(effective, found.effective)
    shift = level + np.interp(np.arange(len(heights)), places, logs)
    return Correction(shift, float(level), error, effective)


def _adapted(integrand: _Integrand) -> _Proposal:
    """The best of the proposals that rounds of importance sampling lead to."""
    k = len(integrand.root)
    proposal, best, most = _Proposal(integrand.start, np.eye(k)), None, -1.0
    for at in range(ROUNDS):
        better, share = proposal.improved(integrand, _points(k, TRIED, 1, REPLICATES + at))
        if best is None or share > most:
            best, most = proposal, share
        if share > GOOD:
            break
        proposal = better
    assert best is not None
    return best


class _Logs(NamedTuple):
    means: Floats
    effective: float


def _logs(proposal: _Proposal, integrand: _Integrand, points: _Points, replicates: int) -> _Logs:
    """Log mean weight of each replicate, and the share of draws that all are worth."""
    log_weight = integrand.log_weights(proposal, points)
    top = log_weight.max()
    weight = np.exp(log_weight - top)
    with np.errstate(divide="ignore"):
        means = top + np.log(weight.reshape(replicates, -1).mean(axis=1))
    return _Logs(means, _effective(weight))
