"""Linkage error in arrays: what missed and false links make of true histories.

Histories are masks: list j at bit K − 1 − j. A person on the lists of h has one record on each. A missed link breaks
those records into several clusters; a false link joins a cluster of one person to a cluster of another.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["members", "mixing", "split_by_pairs", "split_by_records"]

Array = NDArray[np.float64]


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


def mixing(true: Array, split: Array, false: Array) -> Array:
    """Clusters by history from one person of each history, when all others are as in `true`.

    A cluster b of a person h who is not on j starts a false link to j with probability Σ_{i in b} β_ij. Its partner
    is drawn from the clusters that hold j and share no list with b. The joined cluster counts with the one
    that starts; the partner is gone.

    Parameters
    ----------
    true : array of float, shape (2**K,)
        True counts of one stratum.
    split : array of float, shape (2**K, 2**K)
        Expected clusters from one person of each history, by `split_by_pairs` or `split_by_records`.
    false : array of float, shape (K, K)
        Element i, j: of the records on i whose person is not on j, the share that is linked to a record there.

    Returns
    -------
    array of float, shape (2**K, 2**K)
        Its product with `true` are the expected counts of clusters.
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
    made = split * (1.0 - gone)[:, None]
    for j in range(k):
        made[:, ~on[j]] += moves[j] @ split[:, ~on[j]]
    return np.maximum(made, 0.0)


def members(k: int, position: int) -> NDArray[np.bool_]:
    """Which of the 2^K histories hold a list."""
    return (np.arange(2**k) >> (k - 1 - position) & 1).astype(bool)
