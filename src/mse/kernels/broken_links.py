"""Persons drawn into clusters: links missed and made by chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mse.kernels.linkage import members

__all__ = ["draw_clusters"]

Whole = NDArray[np.int64]
Array = NDArray[np.float64]


def draw_clusters(true: Whole, by_pair: Array, by_record: Array, false: Array, rng: np.random.Generator) -> Whole:
    """Draw the clusters that persons are linked into.

    Parameters
    ----------
    true : array of int, shape (2**K,)
        Persons by true history; the first, on no list, is left alone.
    by_pair : array of float, shape (K, K)
        Share of the links of each pair that is missed by itself.
    by_record : array of float, shape (K,)
        Share of the records of each list that can be linked to nothing.
    false : array of float, shape (K, K)
        Element i, j: of the records on i whose person is not on j, the share linked to a record there.
    rng : numpy.random.Generator

    Returns
    -------
    array of int, shape (2**K,)
        Clusters by history.
    """
    k = len(by_record)
    clusters = np.zeros(2**k, dtype=np.int64)
    clusters[0] = true[0]
    starting = np.zeros((k, 2**k), dtype=np.int64)
    for history in np.flatnonzero(true[1:]) + 1:
        lists = [i for i in range(k) if history >> (k - 1 - i) & 1]
        parts = _parts(int(true[history]), lists, by_pair, by_record, rng)
        drawn = np.bincount(parts.ravel(), minlength=2**k)
        drawn[0] = 0
        clusters += drawn
        for j in range(k):
            if j not in lists:
                starting[j] += drawn
    if false.any():
        _join(clusters, starting, false, rng)
    return clusters


def _parts(persons: int, lists: list[int], by_pair: Array, by_record: Array, rng: np.random.Generator) -> Whole:
    """Clusters of each person on some lists: one row a person, the rest of the row 0."""
    n = len(lists)
    k = len(by_record)
    linkable = rng.random((persons, n)) >= by_record[lists]
    linked = np.zeros((persons, n, n), dtype=bool)
    linked[:, range(n), range(n)] = True
    for a in range(n):
        for b in range(a):
            made = rng.random(persons) >= by_pair[lists[a], lists[b]]
            linked[:, a, b] = linked[:, b, a] = made & linkable[:, a] & linkable[:, b]
    for via in range(n):
        linked |= linked[:, :, [via]] & linked[:, [via], :]
    bits = np.array([1 << (k - 1 - i) for i in lists], dtype=np.int64)
    masks = linked @ bits
    first = np.argmax(linked, axis=2) == np.arange(n)
    return np.where(first, masks, 0)


def _join(clusters: Whole, starting: Whole, false: Array, rng: np.random.Generator) -> None:
    """Join clusters of different persons, in place: each is in one false link at most."""
    k = len(false)
    on = np.array([members(k, j) for j in range(k)])
    masks = np.arange(2**k)
    chance = np.minimum(on.T.astype(float) @ false, 1.0)
    free = clusters.copy()
    attempts = [
        (history, j)
        for j in range(k)
        for history in masks[1:]
        for _ in range(rng.binomial(starting[j, history], chance[history, j]))
    ]
    for at in rng.permutation(len(attempts)):
        history, j = attempts[at]
        partners = np.where(on[j] & ((masks & history) == 0), free, 0)
        if not free[history] or not partners.any():
            continue
        partner = rng.choice(masks, p=partners / partners.sum())
        for gone in (history, partner):
            clusters[gone] -= 1
            free[gone] -= 1
        clusters[history | partner] += 1
