"""Exhaustive search: fit every hierarchical model of a scope, keep the best, average the rest."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mse.core.model_space import ModelSpace
from mse.core.rivals import Convention, Rivals
from mse.errors import ModelError
from mse.kernels.lattice import enumerate_models, hierarchical_models, interactions
from mse.kernels.poisson import SweepResult, superset_sums, sweep
from mse.models.progress import bar

__all__ = ["BLOCK", "MAX_MODELS", "fit_all", "fit_all_strata", "redundant", "scope_models", "sweep_blocks"]

MAX_MODELS = 10_000_000
"""Largest scope that is searched model by model."""

MAX_STRATIFIED = 20_000
"""Largest scope with covariates that is searched model by model."""

STRATIFIED_BLOCK = 64
"""Models of one block with covariates, between two steps of the progress bar."""

BLOCK = 1 << 15
"""Models of one block; blocks have fixed borders, so results do not depend on the number of threads."""


def scope_models(
    counts: NDArray[np.float64], max_order: int, *, forced: int = 0, without: int = 0, count_infinite: bool = True
) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """List the models of a scope.

    Where terms at −∞ are not counted as parameters, models with the same finite terms and the same cells are one
    model. It is represented by the one that holds only minimal empty overlaps, so overlaps that contain a smaller
    empty one leave the scope.

    Returns
    -------
    interactions : array of int
    models : array of uint64

    Raises
    ------
    mse.errors.ModelError
        The scope holds more than 10⁷ models.
    """
    n_lists = len(counts).bit_length() - 1
    inter = interactions(n_lists, max_order)
    models = enumerate_models(n_lists, max_order, forced=forced, without=without, limit=MAX_MODELS)
    if models is None:
        raise ModelError(
            f"An exhaustive search takes at most {MAX_MODELS:,} models",
            got=f"all models of up to {max_order} of {n_lists} lists in a term",
            hint='Lower max_order, or use method="stepwise".',
        )
    if not count_infinite:
        models = models[(models & np.uint64(redundant(counts, inter) & ~forced)) == 0]
    return inter, models


def fit_all(
    counts: NDArray[np.float64],
    inter: NDArray[np.int64],
    models: NDArray[np.uint64],
    conventions: tuple[Convention, ...],
    advance: Callable[[int], None] | None = None,
    *,
    forced: int = 0,
) -> tuple[Rivals, ...]:
    """Fit the models and collect them under each convention; the first is the one asked for.

    Memory stays flat: a block at a time is fitted, on as many threads as there are cores, and reduced in order.
    """
    n = round(float(counts[1:].sum()))
    collected = [Rivals.none(inter, n) for _ in conventions]
    merged = np.uint64(redundant(counts, inter) & ~forced)
    for bits, result in sweep_blocks(counts, inter, models):
        for place, convention in enumerate(conventions):
            distinct = np.flatnonzero(convention.count_infinite | ((bits & merged) == 0))
            collected[place] = collected[place].add(bits[distinct], result.take(distinct), convention, n)
        if advance is not None:
            advance(len(bits))
    return tuple(collected)


def fit_all_strata(
    space: ModelSpace, conventions: tuple[Convention, ...], forced: int, without: int, progress: bool
) -> tuple[Rivals, ...]:
    """Fit every model of a scope with covariates and collect them under each convention.

    Raises
    ------
    mse.errors.ModelError
        The scope holds more than 20,000 models.
    """
    models = hierarchical_models(space.interactions, forced=forced, without=without, limit=MAX_STRATIFIED)
    if models is None:
        raise ModelError(
            f"An exhaustive search with covariates takes at most {MAX_STRATIFIED:,} models",
            got=f"all models of {len(space.interactions)} terms of lists and covariates",
            hint='Use method="stepwise", or force and forbid terms.',
        )
    n = space.table.n_observed
    collected = [Rivals.none(space.interactions, n) for _ in conventions]
    with bar("search", len(models), progress) as advance:
        for left in range(0, len(models), STRATIFIED_BLOCK):
            bits = models[left : left + STRATIFIED_BLOCK]
            result = space.sweep([int(model) for model in bits])
            collected = [
                rivals.add(bits, result, convention, n)
                for rivals, convention in zip(collected, conventions, strict=True)
            ]
            if advance is not None:
                advance(len(bits))
    return tuple(collected)


def sweep_blocks(
    counts: NDArray[np.float64], inter: NDArray[np.int64], models: NDArray[np.uint64]
) -> Iterator[tuple[NDArray[np.uint64], SweepResult]]:
    """Fit blocks of models, several at a time, and hand them out in order."""
    borders = [*range(0, len(models), BLOCK), len(models)]
    blocks = [models[left:right] for left, right in pairwise(borders)]
    if len(blocks) <= 1:
        for block in blocks:
            yield block, sweep(counts, inter, block)
        return
    threads = os.cpu_count() or 1
    with ThreadPoolExecutor(threads) as pool:
        waiting: list[tuple[NDArray[np.uint64], Future[SweepResult]]] = []
        for block in blocks:
            waiting.append((block, pool.submit(sweep, counts, inter, block)))
            if len(waiting) > 2 * threads:
                first, future = waiting.pop(0)
                yield first, future.result()
        for first, future in waiting:
            yield first, future.result()


def redundant(counts: NDArray[np.float64], inter: NDArray[np.int64]) -> int:
    """Bits of empty overlaps that contain a smaller empty one (a pair, a larger overlap or an empty list)."""
    sums = superset_sums(counts)
    bits = 0
    for index, mask in enumerate(map(int, inter)):
        smaller = (mask & ~(1 << bit) for bit in range(mask.bit_length()) if mask >> bit & 1)
        if any(sums[face] == 0.0 for face in smaller):
            bits |= 1 << index
    return bits
