"""Log-linear models from counts on margins, by maximum likelihood (EM).

The E-step spreads the persons of every row over the cells that they may belong to, in the fitted proportions; the
M-step fits the model to the completed counts (Dempster, Laird and Rubin 1977; Zwane and van der Heijden 2007). Every
two steps are extrapolated along the path they take (SQUAREM, Varadhan and Roland 2008), and the extrapolation is kept
only where the likelihood is no lower than without. Near the end Newton steps take over, by the observed information

    I = Xᵀ diag(μ) X − Σ_m y_m Cov_m(x)      (Louis 1982)

where Cov_m is the covariance of the design rows of the cells of row m in their fitted proportions. The likelihood
never falls: a step that would lower it is not taken.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mse.kernels.em_rows import mean_design_rows
from mse.kernels.margins import MarginRows, completed, log_likelihood
from mse.kernels.newton import PROVED, SINGULAR, UNPROVED
from mse.kernels.strata import StrataFit, fit_strata
from mse.kernels.strata_blocks import Blocks, means, scores, superset_sums, weighted_information

__all__ = ["MarginFit", "fit_margins", "observed_information", "part_seen", "row_gradients", "unseen_gradients"]

_ARRIVED = 1e-10
"""Half the Newton decrement of a fit that has converged: what the log-likelihood could still rise by, near a maximum.
A hundredth of the 10⁻⁸ that results are held to."""

_SLOW = 1e-2
"""When a cycle gains less log-likelihood than this, Newton's steps are tried: the path is then near its end."""

_ROUNDING = 1e-12
"""Share of the log-likelihood by which sums in another order may differ."""

_CYCLES = 500
"""Most cycles. On random tables of 40 to 20,000 persons Newton arrived after 2 to 9; where EM creeps along a likelihood
that is level, a fit ends here and says that it has not converged."""

_NEWTON_STEPS = 30
"""Most Newton steps in a row. Those that arrived took up to 20, on the same tables."""

_HALVINGS = 12
"""Most halvings of a Newton step: two were needed at most. A step that does not help at 1/4000 of its length is a wrong
direction, and EM goes on."""

_LONGEST = -64.0
"""Longest extrapolation, in EM steps squared: further out the path no longer says where it goes."""


class MarginFit(NamedTuple):
    """One model fitted to counts on margins; the names are those of `kernels.strata.StrataFit`.

    Attributes
    ----------
    outcome : int
        PROVED: a stationary point with positive definite information; UNPROVED; SINGULAR: no M-step was possible.
    theta : array of float, shape (p,)
    used : array of bool, shape (p,)
        Columns that do not depend on columns before them in the kept cells.
    mu : array of float, shape (n_strata, 2^K)
        Fitted counts of all cells, the unseen among them; 0 in cells that are gone.
    completed : array of float, same shape
        Expected persons by cell, given the rows: they add up to the persons counted.
    covariance : array of float, shape (p, p)
        Inverse of the observed information; NaN for columns left out, and everywhere where it is not positive.
    log_likelihood : float
    iterations : int
        M-steps and Newton steps.
    trace : array of float
        Log-likelihood after every step that was taken.
    max_score : float
        Largest absolute score at the end.
    decrement : float
        What the log-likelihood could still rise by, to second order.
    converged : bool
    """

    outcome: int
    theta: NDArray[np.float64]
    used: NDArray[np.bool_]
    mu: NDArray[np.float64]
    completed: NDArray[np.float64]
    covariance: NDArray[np.float64]
    log_likelihood: float
    iterations: int
    trace: NDArray[np.float64]
    max_score: float
    decrement: float
    converged: bool


class _Path:
    """Where the algorithm is: the coefficients, their likelihood, and how it got there."""

    def __init__(self, rows: MarginRows, gone: NDArray[np.bool_], blocks: Blocks) -> None:
        self.rows, self.gone, self.blocks = rows, gone, blocks
        self.keep = rows.keep & ~gone
        self.steps = 0
        self.trace: list[float] = []
        self.theta = np.zeros(blocks.columns.shape[1])
        self.used = np.zeros(len(self.theta), dtype=np.bool_)
        self.value = -np.inf

    def fit(self, counts: NDArray[np.float64], start: NDArray[np.float64] | None) -> StrataFit:
        self.steps += 1
        return fit_strata(counts, self.keep, self.blocks, gone=self.gone, start=start)

    def mean(self, theta: NDArray[np.float64]) -> NDArray[np.float64]:
        return means(theta, self.blocks, self.gone)

    def likelihood(self, theta: NDArray[np.float64]) -> float:
        return log_likelihood(self.rows, np.where(self.keep, self.mean(theta), 0.0))

    def begin(self, start: NDArray[np.float64] | None) -> bool:
        """Start from given coefficients, or from persons spread evenly over the cells of their rows."""
        if start is not None and np.isfinite(start).all():
            even = np.where(self.keep, self.mean(start), 0.0)
        else:
            even = self.keep.astype(np.float64)
        first = self.fit(completed(self.rows, even), start)
        self.used = first.used
        return first.outcome != SINGULAR and self.take(first.theta, self.likelihood(first.theta))

    def take(self, theta: NDArray[np.float64], value: float) -> bool:
        """Go to new coefficients unless the likelihood is lower there."""
        if not value >= self.value - _ROUNDING * abs(value):
            return False
        self.theta, self.value = theta, value
        self.trace.append(value)
        return True

    def em_step(self) -> bool:
        """One E-step and one M-step."""
        expected = completed(self.rows, np.where(self.keep, self.mean(self.theta), 0.0))
        theta = self.fit(expected, self.theta).theta
        return self.take(theta, self.likelihood(theta))

    def cycle(self) -> bool:
        """Two EM steps and the extrapolation along them; False when no step raises the likelihood any more."""
        start = self.theta
        if not self.em_step():
            return False
        first = self.theta
        if not self.em_step():
            return False
        step, bend = first - start, self.theta - 2.0 * first + start
        size = float(np.linalg.norm(bend))
        if size == 0.0:
            return False
        length = max(-float(np.linalg.norm(step)) / size, _LONGEST)
        while length < -1.0:
            further = start - 2.0 * length * step + length**2 * bend
            if self.take(further, self.likelihood(further)):
                break
            length = (length - 1.0) / 2.0 if length < -1.1 else -1.0
        return True

    def newton(self) -> tuple[bool, float, float, NDArray[np.float64]]:
        """Newton steps as long as they help; arrived or not, the decrement, the largest score, the covariance."""
        used = np.ix_(self.used, self.used)
        nothing = np.full((len(self.theta), len(self.theta)), np.nan)
        for _ in range(_NEWTON_STEPS):
            mu = np.where(self.keep, self.mean(self.theta), 0.0)
            score = scores(completed(self.rows, mu) - mu, self.blocks)[self.used]
            largest = float(np.abs(score).max(initial=0.0))
            inverse = _inverse(observed_information(self.rows, mu, self.blocks)[used])
            if inverse is None:
                return False, np.inf, largest, nothing
            step = np.zeros_like(self.theta)
            step[self.used] = inverse @ score
            decrement = float(score @ step[self.used]) / 2.0
            if decrement < _ARRIVED:
                covariance = nothing.copy()
                covariance[used] = inverse
                return True, decrement, largest, covariance
            for _ in range(_HALVINGS):
                further = self.theta + step
                value = self.likelihood(further)
                if value > self.value and self.take(further, value):
                    self.steps += 1
                    break
                step /= 2.0
            else:
                return False, decrement, largest, nothing
        return False, decrement, largest, nothing


def fit_margins(
    rows: MarginRows,
    blocks: Blocks,
    *,
    gone: NDArray[np.bool_] | None = None,
    start: NDArray[np.float64] | None = None,
    cycles: int = _CYCLES,
) -> MarginFit:
    """Fit one model to counts on margins.

    Parameters
    ----------
    rows : MarginRows
    blocks : Blocks
    gone : array of bool, shape (n_strata, 2^K), optional
        Cells at −∞, besides those that cannot exist; no person may belong to one.
    start : array of float, shape (p,), optional
        Coefficients to start from.
    cycles : int
        At most so many times two EM steps and Newton's.

    Returns
    -------
    MarginFit
    """
    path = _Path(rows, rows.gone if gone is None else rows.gone | gone, blocks)
    nothing = np.full((len(path.theta), len(path.theta)), np.nan)
    end = (False, np.inf, np.inf, nothing)
    if path.begin(start):
        before = -np.inf
        for _ in range(cycles):
            moved = path.cycle()
            if not moved or path.value - before < _SLOW:
                end = path.newton()
                if end[0] or not moved:
                    break
            before = path.value
    arrived, decrement, largest, covariance = end
    mu = path.mean(path.theta) if path.trace else np.where(path.gone, 0.0, np.nan)
    spread = completed(rows, np.where(path.keep, mu, 0.0))
    outcome = PROVED if arrived else UNPROVED if path.trace else SINGULAR
    return MarginFit(
        outcome, path.theta, path.used, mu, spread, covariance, path.value, path.steps, np.array(path.trace),
        largest, decrement, arrived,
    )  # fmt: skip


def observed_information(rows: MarginRows, mu: NDArray[np.float64], blocks: Blocks) -> NDArray[np.float64]:
    """Observed information of the coefficients (Louis 1982); `mu` is 0 in cells that are not observed.

    Rows of one cell lose nothing, so only the others are gone through.
    """
    several = rows.chosen(np.diff(rows.members.indptr) > 1)
    complete = weighted_information(mu, blocks)
    if not len(several.counts):
        return complete
    middle = row_gradients(several, mu, blocks)
    lost = weighted_information(completed(several, mu), blocks) - middle.T @ (several.counts[:, None] * middle)
    information: NDArray[np.float64] = complete - lost
    return information


def row_gradients(rows: MarginRows, mu: NDArray[np.float64], blocks: Blocks) -> NDArray[np.float64]:
    """Gradient of log ν_m in the coefficients, shape (r, p): the mean design row of each row's cells."""
    members, flat = rows.members, mu.ravel()
    starts, cells = members.indptr.astype(np.int64), members.indices.astype(np.int64)
    shares = members.data * flat[cells] / np.repeat(members @ flat, np.diff(starts))
    gradients = np.zeros((len(rows.counts), blocks.columns.shape[1]))
    mean_design_rows(starts, cells, shares, mu.shape[1], blocks.compressed(), gradients)
    return gradients


def unseen_gradients(
    mu: NDArray[np.float64], unseen: NDArray[np.bool_], blocks: Blocks
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Number unseen by stratum, shape (n_strata,), and its gradient in the coefficients, shape (n_strata, p)."""
    hidden = np.where(unseen, mu, 0.0)
    gradient = superset_sums(hidden)[:, blocks.mask_of] * blocks.columns
    return hidden.sum(axis=1), gradient


def part_seen(
    rows: MarginRows, mu: NDArray[np.float64], strata: NDArray[np.bool_], blocks: Blocks
) -> tuple[float, NDArray[np.float64]]:
    """What is not known of the number seen in some strata, given the rows: its variance and gradient.

    A person of a row of several cells is in these strata with the fitted share of the row that lies there. The
    variance is that of the number so drawn; the gradient is that of its expectation in the coefficients.
    """
    several = rows.chosen(np.diff(rows.members.indptr) > 1)
    part = np.where(strata[:, None], mu, 0.0)
    share = (several.members @ part.ravel()) / (several.members @ mu.ravel())
    inside = np.where(strata[:, None], completed(several, mu), 0.0)
    gradient = scores(inside, blocks) - (several.counts * share) @ row_gradients(several, mu, blocks)
    return float((several.counts * share * (1.0 - share)).sum()), gradient


def _inverse(information: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Inverse of a positive definite matrix, scaled to unit diagonal on the way; None of any other."""
    diagonal = information.diagonal()
    if not (diagonal > 0.0).all():
        return None
    scale = 1.0 / np.sqrt(diagonal)
    try:
        factor = np.linalg.cholesky(information * scale[:, None] * scale)
    except np.linalg.LinAlgError:
        return None
    half = np.linalg.inv(factor) * scale
    return np.asarray(half.T @ half)
