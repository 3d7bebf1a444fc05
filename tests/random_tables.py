"""Random sparse tables with models, and a proof of existence without the screen or the programme."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy as np

from mse.kernels.existence import check_existence, design
from mse.kernels.lattice import enumerate_models, interactions, model_masks
from mse.kernels.poisson import PROVED, PoissonFit, fit_poisson, superset_sums, sweep

LISTS = (2, 3, 3, 4, 4, 4, 5)


class Draw(NamedTuple):
    """One table with one model."""

    counts: np.ndarray
    masks: np.ndarray
    bits: int
    k: int


class Tally(NamedTuple):
    """How many pairs were tried, had an estimate, and where verdicts differed."""

    tried: int
    with_estimate: int
    differences: list[tuple[list[int], list[int]]]


@cache
def scope(k: int) -> tuple[np.ndarray, np.ndarray]:
    models = enumerate_models(k, k)
    assert models is not None
    return interactions(k, k), models


def draws(seed: int, number: int) -> Iterator[Draw]:
    """Tables of 2 to 5 lists with a mean count of 0.1 to 30 a cell, most cells far below it."""
    rng = np.random.default_rng(seed)
    for _ in range(number):
        k = int(rng.choice(LISTS))
        mean = 10.0 ** rng.uniform(-1.0, 1.5)
        counts = rng.poisson(rng.gamma(0.4, mean / 0.4, 1 << k)).astype(np.float64)
        counts[0] = 0.0
        if not counts.any():
            counts[rng.integers(1, 1 << k)] = 1.0
        inter, models = scope(k)
        bits = int(models[rng.integers(len(models))])
        yield Draw(counts, model_masks(bits, inter, k), bits, k)


def is_interior(counts: np.ndarray, fit: PoissonFit) -> bool:
    """Whether some table that is positive in every retained cell has exactly the margins of the counts.

    The fitted counts, moved by the least change that sets their margins right, are such a table. That is what
    existence means (Fienberg and Rinaldo 2012).
    """
    cells = np.flatnonzero(fit.retained)
    matrix = design(cells, fit.masks)
    missing = superset_sums(counts)[fit.masks] - matrix.T @ fit.mu[cells]
    change, _, rank, _ = np.linalg.lstsq(matrix.T, missing, rcond=None)
    moved = fit.mu[cells] + change
    exact = np.allclose(matrix.T @ moved, superset_sums(counts)[fit.masks], rtol=1e-12, atol=1e-9)
    return bool(rank == len(fit.masks) and exact and moved.min() > 0.0)


def judge(draw: Draw) -> tuple[bool, bool, bool]:
    """Whether the fit and the sweep claim an estimate, and whether the fit arrived; claims are proved on the spot."""
    fit = fit_poisson(draw.counts, draw.masks)
    swept = sweep(draw.counts, scope(draw.k)[0], np.array([draw.bits], dtype=np.uint64))
    if fit.outcome == PROVED:
        assert is_interior(draw.counts, fit), draw
        assert np.isfinite(fit.mu[0])
        assert fit.mu[0] > 0.0
        assert fit.covariance[0, 0] > 0.0
    claimed = bool(swept.outcome[0] == PROVED)
    assert not claimed or np.isclose(swept.dark_figure[0], fit.mu[0], rtol=1e-5), draw
    return bool(fit.outcome == PROVED), claimed, fit.converged


def tally(seed: int, number: int, *, programme: bool) -> Tally:
    """Try a number of pairs.

    With the programme nothing may claim an estimate where it finds none, and where it finds one the fit must arrive:
    that is what the status of a fit rests on. A fit need not prove it by itself; with fitted counts of 10⁻¹⁴ it cannot.
    """
    tried, found, differences = 0, 0, []
    with np.errstate(all="raise"):
        for draw in draws(seed, number):
            by_fit, by_sweep, arrived = judge(draw)
            verdict = check_existence(draw.counts, draw.masks) if programme else None
            exists = by_fit if verdict is None else verdict.exists and verdict.identified
            if by_fit > exists or by_sweep > exists or exists > arrived:
                differences.append((draw.counts.astype(int).tolist(), draw.masks.tolist()))
            tried, found = tried + 1, found + by_fit
    return Tally(tried, found, differences)
