"""Hierarchical models as bit sets: closure, generators, enumeration.

A model is a set of interactions that holds, with each interaction, all smaller ones inside it. With up to 64
interactions in play a model is one 64-bit number: bit i stands for interaction i (of size 2 and more; intercept and
main effects are always in).
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "closure",
    "count_models",
    "enumerate_models",
    "faces",
    "hierarchical_models",
    "interactions",
    "maximal",
    "model_masks",
    "needed",
    "neighbours",
]

MAX_INTERACTIONS = 64


def interactions(n_lists: int, max_order: int) -> NDArray[np.int64]:
    """Masks of the interactions of order 2 to `max_order`, by size and then by list.

    Examples
    --------
    >>> interactions(3, 3).tolist()
    [3, 5, 6, 7]
    """
    masks = [
        sum(1 << bit for bit in bits) for size in range(2, max_order + 1) for bits in combinations(range(n_lists), size)
    ]
    return np.array(masks, dtype=np.int64)


def faces(mask: int) -> list[int]:
    """Masks with one list less.

    Examples
    --------
    >>> faces(0b111)
    [6, 5, 3]
    """
    return [mask & ~(1 << bit) for bit in range(mask.bit_length()) if mask >> bit & 1]


def closure(masks: Iterable[int]) -> frozenset[int]:
    """All subsets of the given masks, the empty one included.

    Examples
    --------
    >>> sorted(closure([0b110]))
    [0, 2, 4, 6]
    """
    closed: set[int] = {0}
    for mask in masks:
        subset = mask
        while subset and subset not in closed:
            closed.add(subset)
            subset = (subset - 1) & mask
        while subset:
            closed.add(subset)
            subset = (subset - 1) & mask
    return frozenset(closed)


def maximal(masks: Iterable[int]) -> tuple[int, ...]:
    """Masks that lie in no other mask, largest first: the generators of a closed set.

    Examples
    --------
    >>> maximal([0, 1, 2, 4, 6])
    (6, 1)
    """
    kept: list[int] = []
    for mask in sorted(set(masks), key=lambda m: (-m.bit_count(), -m)):
        if not any(mask & other == mask for other in kept):
            kept.append(mask)
    return tuple(kept)


def model_masks(bits: int, inter: NDArray[np.int64], n_lists: int) -> NDArray[np.int64]:
    """All terms of a model, intercept and main effects first.

    Examples
    --------
    >>> model_masks(0b01, interactions(3, 2), 3).tolist()
    [0, 1, 2, 4, 3]
    """
    chosen = [int(inter[i]) for i in range(len(inter)) if bits >> i & 1]
    return np.array([0, *(1 << j for j in range(n_lists)), *chosen], dtype=np.int64)


def needed(inter: NDArray[np.int64]) -> list[int]:
    """For each interaction, as bits, the interactions of one name less inside it.

    Examples
    --------
    >>> needed(interactions(3, 3))
    [0, 0, 0, 7]
    """
    position = {int(mask): index for index, mask in enumerate(inter)}
    return [sum(1 << position[face] for face in faces(int(mask)) if face.bit_count() >= 2) for mask in inter]


def enumerate_models(
    n_lists: int, max_order: int, *, forced: int = 0, without: int = 0, limit: int | None = None
) -> NDArray[np.uint64] | None:
    """All hierarchical models of order up to `max_order`, the saturated one excluded.

    Goes through the interactions by size and appends each to every model that holds all its faces, so that each
    model appears once.

    Parameters
    ----------
    n_lists, max_order : int
    forced : int
        Interactions (as bits) that every model holds; closed under faces.
    without : int
        Interactions (as bits) that no model holds; with each, all larger ones that contain it.
    limit : int, optional
        Largest number of models wanted.

    Returns
    -------
    array of uint64 or None
        The models; None where there are more than `limit`.

    Examples
    --------
    >>> [len(enumerate_models(k, k)) for k in (3, 4, 5)]
    [8, 113, 6893]
    """
    inter = interactions(n_lists, max_order)
    models = hierarchical_models(inter, forced=forced, without=without, limit=limit)
    if models is not None and max_order >= n_lists:
        saturated = np.uint64((1 << len(inter)) - 1)
        models = models[models != saturated]
    return models


def hierarchical_models(
    inter: NDArray[np.int64], *, forced: int = 0, without: int = 0, limit: int | None = None
) -> NDArray[np.uint64] | None:
    """All hierarchical models over some interactions, which hold the faces of each of them.

    Parameters
    ----------
    inter : array of int
        Interactions by size.
    forced, without, limit
        As in `enumerate_models`.

    Returns
    -------
    array of uint64 or None
        The models; None where there are more than `limit`, or more than 64 interactions.

    Examples
    --------
    >>> len(hierarchical_models(interactions(3, 3)))
    9
    """
    if len(inter) > MAX_INTERACTIONS:
        return None
    models = np.array([forced], dtype=np.uint64)
    for index, need in enumerate(needed(inter)):
        if (forced | without) >> index & 1:
            continue
        wanted = np.uint64(need)
        grown = models[(models & wanted) == wanted] | np.uint64(1 << index)
        if limit is not None and len(models) + len(grown) > limit + 1:
            return None
        models = np.concatenate([models, grown])
    return models


def neighbours(
    models: NDArray[np.uint64], n_lists: int, max_order: int, *, forced: int = 0, without: int = 0
) -> NDArray[np.uint64]:
    """All hierarchical models that differ from one of `models` by a single term, and `models` themselves.

    Parameters
    ----------
    models : array of uint64
        Hierarchical models as bits over `interactions(n_lists, max_order)`.
    n_lists, max_order : int
    forced : int
        Interactions that stay in.
    without : int
        Interactions that stay out.

    Returns
    -------
    array of uint64
        Sorted; the saturated model is left out.

    Examples
    --------
    >>> [format(int(model), "03b") for model in neighbours(np.array([0b001], dtype=np.uint64), 3, 3)]
    ['000', '001', '011', '101']
    """
    inter = interactions(n_lists, max_order)
    full = (1 << n_lists) - 1
    found = [models]
    for index, (mask, need) in enumerate(zip(map(int, inter), needed(inter), strict=True)):
        bit, wanted = np.uint64(1 << index), np.uint64(need)
        above = np.uint64(
            sum(1 << other for other, larger in enumerate(map(int, inter)) if larger & mask == mask != larger)
        )
        inside = (models & bit) != 0
        if mask != full and not without >> index & 1:
            found.append(models[~inside & ((models & wanted) == wanted)] | bit)
        if not forced >> index & 1:
            found.append(models[inside & ((models & above) == 0)] & ~bit)
    return np.unique(np.concatenate(found))


def count_models(n_lists: int, max_order: int, limit: int) -> int | None:
    """Number of hierarchical models of a scope; None where there are more than `limit`.

    Examples
    --------
    >>> count_models(4, 4, 10_000), count_models(7, 7, 10_000)
    (113, None)
    """
    models = enumerate_models(n_lists, max_order, limit=limit)
    return None if models is None else len(models)
