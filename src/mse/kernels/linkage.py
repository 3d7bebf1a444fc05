"""Linkage error in arrays: what missed and false links make of true histories, and the way back.

Histories are masks: list j at bit K − 1 − j. A person on the lists of h has one record on each. A missed link breaks
those records into several clusters; a false link joins a cluster of one person to a cluster of another.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Corrected", "correct", "expected_counts", "split_by_pairs", "split_by_records"]

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


def split_by_pairs(missed: Array) -> Array:
    """Expected clusters of each history from one person of each history, where links of pairs are missed.

    Every pair of a person's records is linked or not by itself, and records that are connected are one cluster.
    So a cluster b of a person h needs b to hang together and no link from b to the rest:

        S[b, h] = C(b) · Π_{i in b, j in h∖b} q_ij
        C(b) = 1 − Σ_{s ⊊ b, s ∋ first of b} C(s) · Π_{i in s, j in b∖s} q_ij

    Parameters
    ----------
    missed : array of float, shape (K, K)
        Share of the links of each pair of lists that is missed; symmetric.

    Returns
    -------
    array of float, shape (2**K, 2**K)
        Column h sums to the expected number of clusters of a person with history h.
    """
    k = len(missed)
    size = 2**k
    to_list = np.ones((size, k))
    for i in range(k):
        to_list[members(k, i)] *= missed[i]
    apart = np.ones((size, size))
    for j in range(k):
        apart[:, members(k, j)] *= to_list[:, [j]]
    whole = np.ones(size)
    for mask in range(1, size):
        first, rest = 1 << (mask.bit_length() - 1), mask & ~(1 << (mask.bit_length() - 1))
        smaller, part = 0.0, rest
        while part:
            part = (part - 1) & rest
            smaller += whole[first | part] * apart[first | part, rest & ~part]
        whole[mask] = max(1.0 - smaller, 0.0)
    return _clusters(whole, apart)


def split_by_records(missed: Array) -> Array:
    """Expected clusters of each history, where some records cannot be linked at all.

    A record on list i is unlinkable with probability u_i and stands alone; a person's other records hang together.

    Parameters
    ----------
    missed : array of float, shape (K,)
        Share of the records of each list that cannot be linked.

    Returns
    -------
    array of float, shape (2**K, 2**K)
    """
    k = len(missed)
    size = 2**k
    linked, alone = np.ones(size), np.ones(size)
    for i in range(k):
        linked[members(k, i)] *= 1.0 - missed[i]
        alone[members(k, i)] *= missed[i]
    split = _clusters(linked, np.broadcast_to(alone, (size, size)))
    for i in range(k):
        cell = 1 << (k - 1 - i)
        with_i = np.flatnonzero(members(k, i))
        split[cell, with_i] = missed[i] + (1.0 - missed[i]) * alone[with_i ^ cell]
        split[cell, cell] = 1.0
    return split


def _clusters(whole: Array, apart: Array) -> Array:
    """Chance of hanging together times that of standing apart from the rest, for every part of every history."""
    size = len(whole)
    masks = np.arange(size)
    split = np.zeros((size, size))
    for part in range(1, size):
        within = masks[(masks & part) == part]
        split[part, within] = whole[part] * apart[part, within ^ part]
    return split


def expected_counts(true: Array, split: Array, false: Array) -> Array:
    """Expected counts of clusters from true counts of one stratum, shape (2**K,).

    Parameters
    ----------
    true : array of float, shape (2**K,)
    split : array of float, shape (2**K, 2**K)
    false : array of float, shape (K, K)
        Element i, j: of the records on i whose person is not on j, the share that is linked to a record there.
    """
    return np.asarray(_mixing(true, split, false) @ true)


def _mixing(true: Array, split: Array, false: Array) -> Array:
    """Clusters by history from one person of each history, when all others are as in `true`.

    A cluster b of a person h who is not on j starts a false link to j with probability Σ_{i in b} β_ij. Its partner
    is drawn from the clusters that hold j and share no list with b. The joined cluster counts with the one
    that starts; the partner is gone.
    """
    size = len(split)
    k = len(false)
    masks = np.arange(size)
    clusters = split @ true
    on = np.array([members(k, j) for j in range(k)])
    apart = (masks[:, None] & masks[None, :]) == 0
    taken = np.zeros(size)
    moves = []
    for j in range(k):
        partners = np.where(apart & on[j][None, :], clusters[None, :], 0.0)
        available = partners.sum(axis=1)
        chance = np.where(available > 0.0, on.T.astype(float) @ false[:, j], 0.0)
        share = np.divide(partners, available[:, None], out=np.zeros_like(partners), where=available[:, None] > 0.0)
        start, partner = np.nonzero(share * chance[:, None])
        move = np.zeros((size, size))
        np.add.at(move, (start | partner, start), chance[start] * share[start, partner])
        move[masks, masks] -= chance
        moves.append(move)
        starting = chance * (split[:, ~on[j]] @ true[~on[j]])
        taken += starting @ share
    gone = np.minimum(np.divide(taken, clusters, out=np.zeros(size), where=clusters > 0.0), 1.0)
    mixing = split * (1.0 - gone)[:, None]
    for j in range(k):
        mixing[:, ~on[j]] += moves[j] @ split[:, ~on[j]]
    return np.maximum(mixing, 0.0)


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
        As in `expected_counts`.

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
    true, size, bounded, settled = counts, counts.sum(), False, True
    for _ in range(ROUNDS):
        mixing = _mixing(true[:, 0], split, false)
        new = _inverse(mixing, counts)
        bounded = bool((new < -SMALL * size).any())
        if bounded:
            new, good = _likeliest(counts, mixing)
            settled = bool(good[0])
        new[new < SMALL * size] = 0.0
        change, true = float(np.abs(new - true).max()), new
        if change <= STEADY * size:
            return Corrected(true, np.array([bounded]), np.array([settled]))
    return Corrected(true, np.array([bounded]), np.array([False]))


def _inverse(mixing: Array, counts: Array) -> Array:
    """Solve for all histories but the unseen one; where links say nothing of a history, the smallest solution."""
    seen = mixing[1:, 1:]
    solved = np.zeros_like(counts)
    try:
        solved[1:] = np.linalg.solve(seen, counts[1:])
    except np.linalg.LinAlgError:
        solved[1:] = np.linalg.lstsq(seen, counts[1:])[0]
    return solved


def _likeliest(counts: Array, mixing: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Maximise the Poisson likelihood over counts of 0 or more: EM, then Newton steps. Whether columns settled."""
    weight = mixing.sum(axis=0)
    possible = weight > 0.0
    true = np.where(possible[:, None], counts.sum(axis=0) / possible.sum(), 0.0)
    size = counts.sum(axis=0)
    for _ in range(STEPS):
        expected = mixing @ true
        ratio = np.divide(counts, expected, out=np.zeros_like(counts), where=expected > 0.0)
        new = np.divide(true * (mixing.T @ ratio), weight[:, None], out=np.zeros_like(true), where=possible[:, None])
        change, true = np.abs(new - true).max(axis=0), new
        if (change <= STEADY * size).all():
            break
    settled = np.zeros(counts.shape[1], dtype=bool)
    for s in range(counts.shape[1]):
        true[:, s], settled[s] = _finished(true[:, s], counts[:, s], mixing)
    true[true < NOBODY * size] = 0.0
    return true, settled


def _finished(true: Array, counts: Array, mixing: Array) -> tuple[Array, bool]:
    """Finish by Newton steps, each a least-squares problem over counts of 0 or more.

    EM creeps where a count is 0 and the likelihood is level there; Newton steps do not. At the maximum the expected
    clusters are as many as there are, n = wᵀx. So −(n/2)(wᵀx/n − 1)² may be added without moving it; that turns
    the linear part −wᵀx into a square, −(wᵀx)²/2n up to a constant.
    """
    from scipy.optimize import nnls

    size, weight, at = counts.sum(), mixing.sum(axis=0), counts > 0.0
    seen, rows = counts[at], mixing[at]
    for _ in range(NEWTONS):
        if _left(true, counts, mixing) <= LEVEL * size:
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


def _left(true: Array, counts: Array, mixing: Array) -> float:
    """A bound of what the log-likelihood can still rise, from its slope: it is concave."""
    expected = mixing @ true
    ratio = np.divide(counts, expected, out=np.zeros_like(counts), where=expected > 0.0)
    weight = mixing.sum(axis=0)
    slope = np.divide(mixing.T @ ratio, weight, out=np.ones_like(weight), where=weight > 0.0)
    return float(counts.sum() * max(slope.max() - 1.0, 0.0) + weight @ true - counts.sum())


def members(k: int, position: int) -> NDArray[np.bool_]:
    """Which of the 2^K histories hold a list."""
    return (np.arange(2**k) >> (k - 1 - position) & 1).astype(bool)
