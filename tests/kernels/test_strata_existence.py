"""Verdicts on models with strata, against the linear programme on the dense design and with their certificates."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog
from stratified_designs import dense, random_problem

from mse.kernels.strata import PROVED, Blocks, check_strata, fit_strata
from mse.kernels.strata_blocks import null_space

NEGLIGIBLE = 1e-7
"""Ratios of small whole numbers are 0 or far above this."""

FALLS = 1e-4
"""Rays are scaled to a largest coefficient of 1, and those of small designs are ratios of numbers below a hundred."""

SINGULAR_VALUE = 1e-8
"""Singular values of small designs with entries of order 1: those that are not 0 are far above this."""


def rank(matrix: np.ndarray) -> int:
    return int(np.linalg.matrix_rank(matrix, tol=SINGULAR_VALUE)) if len(matrix) else 0


def dense_exists(matrix: np.ndarray, occupied: np.ndarray) -> bool:
    """Whether a positive table has the margins of the table of ones in occupied cells: largest least cell."""
    equalities = np.column_stack([matrix.sum(axis=0), matrix.T])
    cost = np.concatenate([[-1.0], np.zeros(len(matrix))])
    margins = matrix.T @ occupied.astype(float)
    result = linprog(cost, A_eq=equalities, b_eq=margins, bounds=(0.0, None), method="highs")
    return bool(-result.fun > NEGLIGIBLE)


@pytest.mark.parametrize("rate", [0.5, 2.0])
def test_verdicts_are_those_of_the_dense_design(rate: float) -> None:
    rng = np.random.default_rng(21)
    seen = {"exists": 0, "not": 0, "identified": 0, "loose": 0}
    for _ in range(150):
        counts, keep, gone, blocks = random_problem(rng, rate)
        matrix = dense(blocks, counts.shape[1])
        verdict = check_strata(counts, keep, gone, blocks)
        exists = dense_exists(matrix[keep], counts[keep] > 0.0)
        assert verdict.exists == exists
        first = matrix[:, 0]
        told = [rank(np.vstack([matrix[keep], row])) == rank(matrix[keep]) for row in first]
        assert verdict.rank == rank(matrix[keep])
        assert verdict.untold.tolist() == [s for s in range(len(counts)) if not told[s] and not gone[s, 0]]
        assert verdict.identified == (len(verdict.untold) == 0)
        seen["exists" if exists else "not"] += 1
        seen["identified" if verdict.identified else "loose"] += 1
    assert min(seen.values()) > 10, seen


def test_the_screen_of_a_fit_agrees_with_the_programme() -> None:
    """Newton's certificate is a proof, and where an estimate exists it is found."""
    rng = np.random.default_rng(22)
    proved = 0
    for _ in range(300):
        counts, keep, gone, blocks = random_problem(rng, float(rng.choice([0.5, 2.0, 50.0])))
        if not counts[keep].any():
            continue
        found = fit_strata(counts, keep, blocks, gone=gone).outcome == PROVED
        assert found == check_strata(counts, keep, gone, blocks).exists
        proved += found
    assert 50 < proved < 250


def test_a_ray_is_a_ray_and_takes_all_cells_that_fall() -> None:
    """The likelihood never falls along it, and once its cells are gone an estimate exists."""
    rng = np.random.default_rng(23)
    rays = 0
    for _ in range(150):
        counts, keep, gone, blocks = random_problem(rng, 1.0)
        verdict = check_strata(counts, keep, gone, blocks)
        if verdict.exists:
            assert verdict.ray is None
            assert verdict.empty.shape == (0, 2)
            continue
        rays += 1
        matrix = dense(blocks, counts.shape[1])
        fall = matrix @ verdict.ray
        assert np.abs(verdict.ray).max() == 1.0
        assert fall[keep & (counts > 0.0)] == pytest.approx(0.0, abs=NEGLIGIBLE)
        assert fall[keep].min() > -NEGLIGIBLE
        falling = np.zeros(keep.shape, dtype=bool)
        falling[tuple(verdict.empty.T)] = True
        assert np.array_equal(falling, keep & (fall > FALLS))
        assert falling.any()
        assert not counts[falling].any()
        theta = rng.normal(0.0, 0.1, matrix.shape[2])
        etas = [matrix[keep] @ (theta - c * verdict.ray) for c in (0.0, 1.0, 5.0, 25.0)]
        heights = [float((counts[keep] * eta - np.exp(eta)).sum()) for eta in etas]
        assert np.all(np.diff(heights) > -1e-6)
        assert heights[1] > heights[0]
        left = keep & ~falling
        if counts[left].any():
            assert check_strata(counts, keep, gone | falling, blocks).exists
            assert dense_exists(matrix[left], counts[left] > 0.0)
            assert fit_strata(counts, keep, blocks, gone=gone | falling).outcome == PROVED
    assert rays > 40


def test_directions_of_the_null_space_span_it() -> None:
    rng = np.random.default_rng(24)
    for _ in range(40):
        counts, keep, _, blocks = random_problem(rng, 1.0)
        for cells in (keep, keep & (counts > 0.0)):
            directions, used = null_space(blocks.compressed(), cells)
            matrix = dense(blocks, counts.shape[1])
            assert directions.shape[1] == matrix.shape[2] - rank(matrix[cells])
            assert rank(directions) == directions.shape[1]
            assert rank(matrix[cells][:, used]) == used.sum() == rank(matrix[cells])
            assert matrix[cells] @ directions == pytest.approx(0.0, abs=NEGLIGIBLE)


def test_a_relation_names_the_terms_that_cannot_be_told_apart() -> None:
    """Everyone on lists 1 and 2 in the second year was also on list 3: [1 2 year] and [1 2 3 year] are one column."""
    masks = np.array([0, 1, 2, 4, 3, 7])
    columns = np.ones((2, 12))
    columns[0, 1::2] = 0.0
    blocks = Blocks(masks, np.arange(0, 13, 2), columns)
    keep = np.ones((2, 8), dtype=bool)
    keep[:, 0] = False
    gone = np.zeros((2, 8), dtype=bool)
    gone[1, 3] = True
    counts = np.where(keep & ~gone, 7.0, 0.0)
    verdict = check_strata(counts, keep, gone, blocks)
    assert (verdict.exists, verdict.rank, verdict.identified) == (True, 11, True)
    assert verdict.loose[:, 0] == pytest.approx([0.0] * 9 + [-1.0, 0.0, 1.0], abs=NEGLIGIBLE)
    assert np.flatnonzero(verdict.loose).tolist() == [9, 11]
    fit = fit_strata(counts, keep, blocks, gone=gone)
    assert (fit.outcome, fit.used.tolist()) == (PROVED, [True] * 11 + [False])


def test_an_unseen_count_that_no_cell_tells() -> None:
    """Of a list that only one stratum has, the other stratum's unseen cannot be told from its pair of lists."""
    blocks = Blocks(
        np.array([0, 1, 2, 3]), np.array([0, 2, 3, 4, 6]), np.array([[1.0, 0, 1, 1, 1, 0], [1, 1, 1, 1, 1, 1]])
    )
    keep = np.ones((2, 4), dtype=bool)
    keep[:, 0] = False
    keep[1, 1] = False
    counts = np.full((2, 4), 9.0)
    verdict = check_strata(counts, keep, None, blocks)
    assert not verdict.identified
    assert 1 in verdict.untold
    only = np.zeros((2, 4), dtype=bool)
    only[:, 0] = True
    assert check_strata(counts, keep, only, blocks).identified
