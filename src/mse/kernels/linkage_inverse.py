"""The way back from clusters to true histories: inversion, and the likeliest table where that is negative."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mse.kernels.linkage import mixing

__all__ = ["Corrected", "correct"]

Array = NDArray[np.float64]

SMALL = 1e-9
"""A corrected count within this share of the persons of 0 is 0 with the error of solving; below, it is negative."""

STEADY = 1e-10
"""Largest change of a count in one step, as a share of the persons, at which iterations stop: below what is printed."""

NOBODY = 1e-6
"""A count below this share of the persons is 0: EM comes near 0 but never gets there."""

STEPS = 500
"""Most steps of EM; the rest is for Newton steps."""

NEWTONS = 100
"""Most Newton steps. From where EM ends it takes about 5."""

ROUNDING = 1e-13
"""A log-likelihood that is lower by this share is not lower."""

LEVEL = 1e-9
"""Rise of the log-likelihood for each person that may be left: no count moves in its printed digits."""

ROUNDS = 200
"""Most rounds in which the partners of false links follow the corrected counts; rates of a few per cent take 10."""


class Corrected(NamedTuple):
    """Corrected counts, one column a stratum.

    Parameters
    ----------
    counts : array of float, shape (2**K, n)
    bounded : array of bool, shape (n,)
        Strata in which exact inversion would give a negative count, so that the likeliest table is given.
    converged : array of bool, shape (n,)
    """

    counts: Array
    bounded: NDArray[np.bool_]
    converged: NDArray[np.bool_]


def correct(counts: Array, split: Array, false: Array) -> Corrected:
    """True counts that make the counts of clusters likeliest.

    Where exact inversion gives no negative count it is the answer. Elsewhere the Poisson likelihood of the clusters
    is maximised over true counts of 0 or more by EM, whose step multiplies a count by the mean ratio of observed to
    expected clusters that its persons would leave, and finished by Newton steps.

    Parameters
    ----------
    counts : array of float, shape (2**K, n)
        Counts of clusters, one column a stratum.
    split, false : array of float
        As in `mse.kernels.linkage.mixing`.

    Returns
    -------
    Corrected
    """
    if not false.any():
        return _correct_missed(counts, split)
    columns = [_correct_both(counts[:, [s]], split, false) for s in range(counts.shape[1])]
    return Corrected(*(np.concatenate(parts, axis=-1) for parts in zip(*columns, strict=True)))


def _correct_missed(counts: Array, split: Array) -> Corrected:
    exact = _inverse(split, counts)
    bounded = (exact < -SMALL * counts.sum(axis=0)).any(axis=0)
    settled = np.ones(counts.shape[1], dtype=bool)
    if bounded.any():
        exact[:, bounded], settled[bounded] = _likeliest(counts[:, bounded], split)
    exact[exact < SMALL * counts.sum(axis=0)] = 0.0
    return Corrected(exact, bounded, settled)


def _correct_both(counts: Array, split: Array, false: Array) -> Corrected:
    """Correct one stratum: the partners of false links follow the corrected counts, round by round."""
    true, size, bounded = counts, counts.sum(), False
    for _ in range(ROUNDS):
        mixed = mixing(true[:, 0], split, false)
        new = _inverse(mixed, counts)
        bounded, settled = bool((new < -SMALL * size).any()), True
        if bounded:
            new, good = _likeliest(counts, mixed)
            settled = bool(good[0])
        new[new < SMALL * size] = 0.0
        change, true = float(np.abs(new - true).max()), new
        if change <= STEADY * size:
            return Corrected(true, np.array([bounded]), np.array([settled]))
    return Corrected(true, np.array([bounded]), np.array([False]))


def _inverse(mixed: Array, counts: Array) -> Array:
    """Solve for all histories but the unseen one; where links say nothing of a history, the smallest solution."""
    seen = mixed[1:, 1:]
    solved = np.zeros_like(counts)
    try:
        solved[1:] = np.linalg.solve(seen, counts[1:])
    except np.linalg.LinAlgError:
        solved[1:] = np.linalg.lstsq(seen, counts[1:])[0]
    return solved


def _likeliest(counts: Array, mixed: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Maximise the Poisson likelihood over counts of 0 or more: EM, then Newton steps. Whether columns settled."""
    weight = mixed.sum(axis=0)
    possible = weight > 0.0
    true = np.where(possible[:, None], counts.sum(axis=0) / possible.sum(), 0.0)
    size = counts.sum(axis=0)
    for _ in range(STEPS):
        expected = mixed @ true
        ratio = np.divide(counts, expected, out=np.zeros_like(counts), where=expected > 0.0)
        new = np.divide(true * (mixed.T @ ratio), weight[:, None], out=np.zeros_like(true), where=possible[:, None])
        change, true = np.abs(new - true).max(axis=0), new
        if (change <= STEADY * size).all():
            break
    settled = np.zeros(counts.shape[1], dtype=bool)
    for s in range(counts.shape[1]):
        true[:, s], settled[s] = _finished(true[:, s], counts[:, s], mixed)
    true[true < NOBODY * size] = 0.0
    return true, settled


def _finished(true: Array, counts: Array, mixed: Array) -> tuple[Array, bool]:
    """Finish by Newton steps, each a least-squares problem over counts of 0 or more.

    EM creeps where a count is 0 and the likelihood is level there; Newton steps do not. At the maximum the expected
    clusters are as many as there are, n = wᵀx. So −(n/2)(wᵀx/n − 1)² may be added without moving it; that turns
    the linear part −wᵀx into a square, −(wᵀx)²/2n up to a constant.
    """
    from scipy.optimize import nnls

    size, weight, at = counts.sum(), mixed.sum(axis=0), counts > 0.0
    seen, rows = counts[at], mixed[at]
    for _ in range(NEWTONS):
        if not (rows @ true > 0.0).all():
            return true, False
        if _left(true, counts, mixed) <= LEVEL * size:
            return true, True
        root = np.sqrt(seen)
        squares = np.vstack([(root / (rows @ true))[:, None] * rows, weight / np.sqrt(size)])
        try:
            aim = nnls(squares, np.append(2.0 * root, 0.0))[0]
        except RuntimeError:
            return true, False
        step, height = 1.0, _height(true, seen, rows, weight, size)
        height -= ROUNDING * abs(height)
        while step > STEADY and _height(true + step * (aim - true), seen, rows, weight, size) < height:
            step /= 2.0
        true = true + step * (aim - true)
    return true, False


def _height(true: Array, seen: Array, rows: Array, weight: Array, size: float) -> float:
    """What the Newton steps climb; minus infinity where a count is met by no expectation."""
    expected = rows @ true
    if not (expected > 0.0).all():
        return -np.inf
    return float(seen @ np.log(expected) - (weight @ true) ** 2 / (2.0 * size))


def _left(true: Array, counts: Array, mixed: Array) -> float:
    """A bound of what the log-likelihood can still rise, from its slope: it is concave."""
    expected = mixed @ true
    ratio = np.divide(counts, expected, out=np.zeros_like(counts), where=expected > 0.0)
    weight = mixed.sum(axis=0)
    slope = np.divide(mixed.T @ ratio, weight, out=np.ones_like(weight), where=weight > 0.0)
    return float(counts.sum() * max(slope.max() - 1.0, 0.0) + weight @ true - counts.sum())
