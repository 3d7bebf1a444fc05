"""Random designs over lists and strata, in blocks and dense, for the tests of the kernels."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from mse.kernels.lattice import enumerate_models, interactions, model_masks
from mse.kernels.strata import Blocks

N_MODELS = {k: enumerate_models(k, k) for k in (2, 3, 4)}


def coded(levels: tuple[int, ...], rng: np.random.Generator) -> list[np.ndarray]:
    """Columns of each covariate: treatment contrasts, or now and then an orthogonal polynomial."""
    grid = np.indices(levels).reshape(len(levels), -1)
    out = []
    for place, size in zip(grid, levels, strict=True):
        contrasts = np.eye(size)[:, 1:]
        if size > 2 and rng.random() < 0.3:
            contrasts = np.linalg.qr(np.vander(np.arange(2010.0, 2010.0 + size) - 2010.0, increasing=True))[0][:, 1:]
        out.append(contrasts[place])
    return out


def product(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return (left[:, :, None] * right[:, None, :]).reshape(len(left), -1)


def random_blocks(rng: np.random.Generator, k: int, levels: tuple[int, ...]) -> Blocks:
    """A hierarchical model: terms of lists and covariates with all terms inside them."""
    covariates = coded(levels, rng)
    n = int(np.prod(levels))
    models = N_MODELS[k]
    bits = int(models[rng.integers(len(models))])
    masks = sorted(int(mask) for mask in model_masks(bits, interactions(k, k), k))
    parts: dict[int, list[np.ndarray]] = {mask: [np.ones((n, 1))] for mask in masks}
    parts[0] += covariates
    for left, right in combinations(covariates, 2):
        if rng.random() < 0.5:
            parts[0].append(product(left, right))
    single = {1 << j: [c for c in covariates if rng.random() < 0.5] for j in range(k)}
    for mask in masks[1:]:
        inside = [bit for bit in single if mask & bit]
        for c in covariates:
            shared = all(any(c is other for other in single[bit]) for bit in inside)
            if shared and (len(inside) == 1 or (len(inside) == 2 and rng.random() < 0.3)):
                parts[mask].append(c)
    sizes = [sum(c.shape[1] for c in parts[mask]) for mask in masks]
    columns = np.ascontiguousarray(np.hstack([np.hstack(parts[mask]) for mask in masks]))
    return Blocks(np.array(masks), np.concatenate([[0], np.cumsum(sizes)]), columns)


def dense(blocks: Blocks, n_cells: int) -> np.ndarray:
    """The matrix that the kernels never make: (n_strata, n_cells, p), read off the definition."""
    inside = (np.arange(n_cells)[:, None] & blocks.mask_of) == blocks.mask_of
    return blocks.columns[:, None, :] * inside


def random_problem(rng: np.random.Generator, rate: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, Blocks]:
    """Counts, kept cells, cells that are gone, and a model; the lower the rate, the emptier the table."""
    k = int(rng.choice([2, 3, 4]))
    levels = ((2,), (3,), (4,), (2, 2), (3, 2))[rng.integers(5)]
    blocks = random_blocks(rng, k, levels)
    shape = (len(blocks.columns), 1 << k)
    counts = rng.poisson(rng.gamma(0.7, rate, shape)).astype(float)
    keep = np.ones(shape, dtype=bool)
    keep[:, 0] = False
    gone = np.zeros(shape, dtype=bool)
    if rng.random() < 0.5:
        gone = (counts == 0) & (rng.random(shape) < 0.2)
        keep &= rng.random(shape) < 0.9
    counts[:, 0] = rng.poisson(5.0, len(counts))
    return counts, keep & ~gone, gone, blocks
