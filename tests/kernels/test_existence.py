"""Existence verdicts with their certificates: the ray rebuilds the divergence it speaks of."""

from __future__ import annotations

import numpy as np
import pytest

import mse
from mse.kernels.existence import check_existence, design
from mse.kernels.lattice import enumerate_models, interactions, model_masks
from mse.kernels.poisson import PROVED, fit_poisson, partition, superset_sums

LISTS = (2, 3, 4)


def random_pair(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A sparse table and a model, list j at bit K − 1 − j."""
    k = int(rng.choice(LISTS))
    counts = rng.poisson(rng.gamma(0.5, 4.0, 1 << k)).astype(float)
    counts[0] = 0.0
    counts[1] += counts.sum() == 0.0
    models = enumerate_models(k, k)
    return counts, model_masks(int(models[rng.integers(len(models))]), interactions(k, k), k)


def log_likelihood(counts: np.ndarray, masks: np.ndarray, theta: np.ndarray) -> float:
    cells = np.flatnonzero(partition(counts, masks)[2])
    eta = design(cells, partition(counts, masks)[0]) @ theta
    return float((counts[cells] * eta - np.exp(eta)).sum())


def test_a_ray_is_a_direction_in_which_the_likelihood_never_falls() -> None:
    """Aλ ≥ 0, tᵀλ = 0 and Aλ ≠ 0: moving along −λ raises the likelihood for ever, and it stays finite."""
    rng = np.random.default_rng(11)
    seen = {"infinite": 0, "zero": 0, "elsewhere": 0}
    for _ in range(1500):
        counts, masks = random_pair(rng)
        verdict = check_existence(counts, masks)
        if verdict.exists:
            assert verdict.ray is None
            continue
        finite, _, keep = partition(counts, masks)
        matrix = design(np.flatnonzero(keep), finite)
        fall = matrix @ verdict.ray
        assert fall.min() >= -1e-9
        assert fall.max() > 1e-7
        assert superset_sums(counts)[finite] @ verdict.ray == pytest.approx(0.0, abs=1e-6)
        assert set(np.flatnonzero(keep)[fall > 1e-7]) == set(verdict.empty)
        assert all(counts[verdict.empty] == 0.0)
        theta = np.linalg.lstsq(matrix, np.log(counts[np.flatnonzero(keep)] + 0.5), rcond=None)[0]
        heights = [log_likelihood(counts, masks, theta - c * verdict.ray) for c in (0.0, 1.0, 3.0, 10.0, 30.0)]
        assert np.all(np.isfinite(heights))
        assert np.all(np.diff(heights) >= -1e-9)
        assert heights[1] > heights[0]
        unseen = theta[0] - 30.0 * verdict.ray[0]
        way = "elsewhere" if verdict.ray[0] == 0.0 else "infinite" if verdict.ray[0] < 0.0 else "zero"
        seen[way] += 1
        assert (unseen > theta[0]) == (way == "infinite")
        assert (unseen < theta[0]) == (way == "zero")
    assert min(seen.values()) > 5, seen


def test_where_an_estimate_exists_newton_finds_it() -> None:
    """The other half of the verdict: a fit whose margins are those of the table, positive in every cell."""
    rng = np.random.default_rng(12)
    found = 0
    for _ in range(1500):
        counts, masks = random_pair(rng)
        verdict = check_existence(counts, masks)
        fit = fit_poisson(counts, masks)
        assert (fit.outcome == PROVED) == (verdict.exists and verdict.identified)
        if fit.outcome == PROVED:
            found += 1
            seen = np.where(fit.retained, fit.mu, 0.0)
            assert seen[fit.retained].min() > 0.0
            assert superset_sums(seen)[fit.masks] == pytest.approx(superset_sums(counts)[fit.masks], rel=1e-5)
    assert found > 200


def test_terms_at_minus_infinity_leave_with_their_cells() -> None:
    counts = np.array([0.0, 9.0, 8.0, 0.0, 7.0, 3.0, 4.0, 0.0])
    masks = np.array([0, 1, 2, 4, 3, 5, 6])
    finite, infinite, keep = partition(counts, masks)
    assert infinite.tolist() == [3]
    assert finite.tolist() == [0, 1, 2, 4, 5, 6]
    assert np.flatnonzero(~keep).tolist() == [0, 3, 7]


SENTENCES = {
    "no_estimate_infinite": ([[[0, 20], [30, 0]], [[40, 0], [6, 0]]], "[A B][C]"),
    "no_estimate_zero": ([[[0, 0], [9, 3]], [[7, 2], [4, 1]]], "[A B][A C][B C]"),
    "no_estimate_elsewhere": ([[[0, 1], [0, 1]], [[0, 1], [0, 0]]], "[A B][B C]"),
}


@pytest.mark.parametrize("code", SENTENCES)
def test_the_three_ways_have_three_sentences(code: str) -> None:
    """f₀ → ∞ (artificial table of Chan, Silverman and Vincent), f₀ → 0, and a ray that leaves f₀ alone."""
    counts, model = SENTENCES[code]
    found = mse.LogLinear(model).fit(mse.CaptureTable("ABC", counts))
    assert found.total is None
    assert [f.code for f in found.findings if f.code.startswith("no_estimate")] == [code]
    assert all(f.severity == "blocking" for f in found.findings if f.code == code)
    assert "no estimate" in str(found)
