"""Models with strata, against statsmodels on the dense design, dense formulas and the kernel without strata."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.optimize import minimize
from scipy.special import xlogy
from stratified_designs import dense, random_problem

from mse.kernels.existence import check_existence
from mse.kernels.lattice import enumerate_models, interactions, model_masks
from mse.kernels.poisson import fit_poisson, partition
from mse.kernels.strata import (
    PROVED,
    SINGULAR,
    UNPROVED,
    Blocks,
    StrataFit,
    check_strata,
    fit_strata,
    means,
    score_tests,
    scores,
    unseen_gradient,
    weighted_information,
)
from mse.kernels.strata_blocks import DEPENDENT
from published import table

ROUNDING = 1e-10
"""Sums of some hundred numbers in another order."""

ITERATED = 1e-7
"""Two fits that each stop when fitted counts change by less than 10⁻⁷ of themselves."""

CONDITIONED = 1e-5
"""What such fits leave apart in covariances and unseen counts, where the condition of the information multiplies it."""


def unseen_covariance(fit: StrataFit, blocks: Blocks) -> np.ndarray:
    """Covariance of log μ[:, 0] by the delta method, shape (n_strata, n_strata)."""
    gradient = unseen_gradient(fit, blocks)[:, fit.used]
    return gradient @ fit.covariance[np.ix_(fit.used, fit.used)] @ gradient.T


@pytest.mark.parametrize("seed", range(30))
def test_transforms_give_what_the_dense_design_gives(seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts, _, gone, blocks = random_problem(rng, 5.0)
    matrix = dense(blocks, counts.shape[1])
    theta = rng.normal(0.0, 0.3, matrix.shape[2])
    weights = rng.gamma(1.0, 1.0, counts.shape)
    expected = np.einsum("sci,sc,scj->ij", matrix, weights, matrix)
    assert weighted_information(weights, blocks) == pytest.approx(expected, rel=ROUNDING, abs=ROUNDING)
    assert scores(counts - weights, blocks) == pytest.approx(
        np.einsum("sci,sc->i", matrix, counts - weights), rel=ROUNDING, abs=ROUNDING
    )
    assert means(theta, blocks, gone) == pytest.approx(np.where(gone, 0.0, np.exp(matrix @ theta)), rel=ROUNDING)


@pytest.mark.parametrize("rate", [1.0, 20.0])
@pytest.mark.parametrize("whole", [True, False])
def test_a_fit_is_that_of_statsmodels_on_the_dense_design(rate: float, whole: bool) -> None:
    rng = np.random.default_rng(4)
    proved = 0
    for _ in range(40):
        counts, keep, gone, blocks = random_problem(rng, rate)
        counts += 0.0 if whole else rng.random(counts.shape) * (counts > 0.0)
        fit = fit_strata(counts, keep, blocks, gone=gone)
        if fit.outcome != PROVED:
            continue
        proved += 1
        matrix = dense(blocks, counts.shape[1])
        x = matrix[keep][:, fit.used]
        assert np.linalg.matrix_rank(x) == x.shape[1] == np.linalg.matrix_rank(matrix[keep])
        model = sm.GLM(counts[keep], x, family=sm.families.Poisson())
        if len(x) == x.shape[1]:  # Saturated: statsmodels divides by the degrees of freedom.
            assert fit.mu[keep] == pytest.approx(counts[keep], rel=ITERATED)
            continue
        found = model.fit(method="IRLS", tol=1e-12, maxiter=200, scale=1.0)
        spread = np.sqrt(np.diag(found.cov_params()))
        assert fit.theta[fit.used] == pytest.approx(found.params, abs=CONDITIONED * spread.max())
        assert not fit.theta[~fit.used].any()
        assert fit.deviance == pytest.approx(found.deviance, abs=ITERATED)
        assert fit.covariance[np.ix_(fit.used, fit.used)] == pytest.approx(
            found.cov_params(), rel=CONDITIONED, abs=ITERATED
        )
        assert np.isnan(fit.covariance[~fit.used]).all()
        assert fit.mu[~gone] == pytest.approx(np.exp(matrix[~gone] @ fit.theta), rel=ITERATED)
        assert not fit.mu[gone].any()
        assert fit.converged
        assert fit.max_score == pytest.approx(np.abs(x.T @ (counts - fit.mu)[keep]).max(), abs=ROUNDING * counts.sum())
    assert proved > 10


def test_without_covariates_it_is_the_kernel_without_strata() -> None:
    """All models of three tables: outcome, verdict, deviance, fitted counts and covariance."""
    proved = 0
    for data in ("HIV", "Kosovo", "Korea"):
        counts = table(data).counts.ravel().astype(float)
        k = len(counts).bit_length() - 1
        inter = interactions(k, k)
        for bits in enumerate_models(k, k):
            masks = model_masks(int(bits), inter, k)
            plain, verdict = fit_poisson(counts, masks), check_existence(counts, masks)
            finite, _, keep = partition(np.where(np.arange(len(counts)) > 0, counts, 0.0), masks)
            blocks = Blocks(finite, np.arange(len(finite) + 1), np.ones((1, len(finite))))
            gone = ~keep
            gone[0] = False
            fit = fit_strata(counts[None], keep[None], blocks, gone=gone[None])
            found = check_strata(counts[None], keep[None], gone[None], blocks)
            assert (found.exists, found.rank == len(finite)) == (verdict.exists, verdict.identified)
            assert (fit.outcome == PROVED) == verdict.exists
            if plain.outcome != PROVED:
                continue
            proved += 1
            assert fit.used.all()
            assert fit.deviance == pytest.approx(plain.deviance, abs=ITERATED)
            assert fit.mu[0] == pytest.approx(plain.mu, rel=ITERATED)
            assert fit.covariance == pytest.approx(plain.covariance, rel=CONDITIONED)
    assert proved > 150


def test_strata_that_share_nothing_are_fitted_one_by_one() -> None:
    rng = np.random.default_rng(12)
    inter, models = interactions(3, 2), enumerate_models(3, 2)
    for bits in models:
        masks = np.sort(model_masks(int(bits), inter, 3))
        counts = rng.poisson(40.0, (3, 8)).astype(float)
        keep = np.arange(8) > 0
        each = [fit_poisson(row, masks) for row in counts]
        columns = np.tile(np.eye(3), len(masks))
        blocks = Blocks(masks, 3 * np.arange(len(masks) + 1), np.ascontiguousarray(columns))
        together = fit_strata(counts, np.tile(keep, (3, 1)), blocks)
        assert together.outcome == PROVED
        assert together.deviance == pytest.approx(sum(fit.deviance for fit in each), abs=ITERATED)
        assert together.mu == pytest.approx(np.array([fit.mu for fit in each]), rel=ITERATED)
        spread = [fit.covariance[0, 0] for fit in each]
        assert unseen_covariance(together, blocks) == pytest.approx(np.diag(spread), rel=CONDITIONED, abs=ROUNDING)


def test_coding_changes_nothing_but_the_coefficients() -> None:
    """Any invertible mix of the columns of a block, of any scale, gives the same fit and the same verdict."""
    rng = np.random.default_rng(13)
    outcomes = set()
    for _ in range(60):
        counts, keep, gone, blocks = random_problem(rng, float(rng.choice([1.0, 20.0])))
        columns = blocks.columns.copy()
        for begin, end in pairwise(blocks.starts):
            size = int(end - begin)
            mix = np.linalg.qr(rng.normal(size=(size, size)))[0] * 10.0 ** rng.uniform(-3.0, 3.0, size)
            columns[:, begin:end] = columns[:, begin:end] @ mix
        recoded = blocks._replace(columns=columns)
        fit, other = (fit_strata(counts, keep, b, gone=gone) for b in (blocks, recoded))
        assert (other.outcome, other.used.sum()) == (fit.outcome, fit.used.sum())
        verdict, again = (check_strata(counts, keep, gone, b) for b in (blocks, recoded))
        assert (verdict.exists, verdict.identified) == (again.exists, again.identified)
        assert verdict.empty.tolist() == again.empty.tolist()
        outcomes.add(fit.outcome)
        if fit.outcome == PROVED:
            assert other.deviance == pytest.approx(fit.deviance, abs=ITERATED)
            assert other.mu[keep] == pytest.approx(fit.mu[keep], rel=ITERATED)
            if verdict.identified:
                told = ~gone[:, 0]
                assert other.mu[told, 0] == pytest.approx(fit.mu[told, 0], rel=CONDITIONED)
    assert outcomes == {PROVED, UNPROVED}


def test_a_score_test_is_its_formula() -> None:
    rng = np.random.default_rng(6)
    tested = {"full": 0, "short": 0}
    for _ in range(40):
        counts, keep, gone, blocks = random_problem(rng, 20.0)
        fit = fit_strata(counts, keep, blocks, gone=gone)
        if fit.outcome != PROVED:
            continue
        n, size = counts.shape
        masks = [int(rng.integers(size)) for _ in range(3)]
        added = [(mask, rng.normal(size=(n, int(rng.integers(1, 4))))) for mask in masks]
        added.append((0, np.hstack([blocks.columns[:, :1], rng.normal(size=(n, 1))])))
        statistic, df = score_tests(counts, keep, gone, blocks, fit, added)
        matrix = dense(blocks, size)[keep][:, fit.used]
        w = fit.mu[keep]
        for place, (mask, columns) in enumerate(added):
            z = dense(Blocks(np.array([mask]), np.array([0, columns.shape[1]]), columns), size)[keep]
            root = np.sqrt(w)[:, None]
            inside = root * matrix
            left = root * z - inside @ np.linalg.lstsq(inside, root * z, rcond=None)[0]
            _, sizes, directions = np.linalg.svd(left, full_matrices=False)
            told = sizes > np.sqrt(DEPENDENT) * np.linalg.norm(root * z)
            rank = int(told.sum())
            assert df[place] == rank
            u = directions @ z.T @ (counts[keep] - w)
            expected = float(((u[told] / sizes[told]) ** 2).sum())
            tested["full" if rank == columns.shape[1] else "short"] += 1
            assert statistic[place] == pytest.approx(expected, rel=ITERATED, abs=ROUNDING)
    assert min(tested.values()) > 10, tested
    assert score_tests(counts, keep, gone, blocks, fit, [])[1].shape == (0,)


def test_a_warm_start_ends_where_a_cold_one_does() -> None:
    rng = np.random.default_rng(7)
    for _ in range(10):
        counts, keep, gone, blocks = random_problem(rng, 20.0)
        cold = fit_strata(counts, keep, blocks, gone=gone)
        if cold.outcome != PROVED:
            continue
        near = fit_strata(counts, keep, blocks, gone=gone, start=cold.theta)
        far = fit_strata(counts, keep, blocks, gone=gone, start=np.full(len(cold.theta), 40.0))
        lost = fit_strata(counts, keep, blocks, gone=gone, start=np.full(len(cold.theta), np.nan))
        assert near.iterations < cold.iterations
        for fit in (near, far, lost):
            assert fit.outcome == PROVED
            assert fit.mu == pytest.approx(cold.mu, rel=ITERATED)


def minus_log_likelihood(
    x: np.ndarray, y: np.ndarray, first: np.ndarray, weights: np.ndarray, total: float
) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
    """Of cells, and of a total of the weighted unseen; with its gradient, in dense matrices."""

    def height(theta: np.ndarray) -> tuple[float, np.ndarray]:
        mu, mean = np.exp(x @ theta), weights * np.exp(first @ theta)
        m = float(mean.sum())
        value = mu.sum() - y @ (x @ theta) + m - float(xlogy(total, m))
        return float(value), x.T @ (mu - y) + first.T @ mean * (1.0 - total / m)

    return height


def test_an_observed_number_of_unseen_is_one_more_observation() -> None:
    """Against BFGS on the dense design: no better likelihood is found, from numbers below and above the estimate."""
    rng = np.random.default_rng(11)
    done = 0
    for _ in range(25):
        counts, keep, gone, blocks = random_problem(rng, 20.0)
        plain = fit_strata(counts, keep, blocks, gone=gone)
        weights = rng.choice([0.0, 1.0, 2.5], len(counts))
        around = float(weights @ plain.mu[:, 0])
        if plain.outcome != PROVED or not 0.0 < around < 1e6:
            continue
        done += 1
        total = around * float(rng.choice([0.0, 0.5, 1.5]))
        fit = fit_strata(counts, keep, blocks, gone=gone, unseen=(weights, total))
        assert (fit.outcome, fit.converged) == (PROVED, True)
        matrix = dense(blocks, counts.shape[1])
        x, first, y = matrix[keep][:, fit.used], matrix[~gone[:, 0], 0][:, fit.used], counts[keep]
        w = weights[~gone[:, 0]]

        height = minus_log_likelihood(x, y, first, w, total)
        theta = fit.theta[fit.used]
        other = minimize(height, plain.theta[plain.used], jac=True, method="BFGS", options={"gtol": 1e-7})
        assert height(theta)[0] <= other.fun + ROUNDING * abs(other.fun)
        assert fit.max_score == pytest.approx(
            np.abs(height(theta)[1]).max(), abs=ROUNDING * (1.0 + counts.sum() + total)
        )
        m = float(weights @ fit.mu[:, 0])
        extra = total * np.log(total / m) if total else 0.0
        alone = 2.0 * float(np.sum(xlogy(y, y / fit.mu[keep]) - y + fit.mu[keep]))
        assert fit.deviance == pytest.approx(alone + 2.0 * (extra - total + m), rel=ROUNDING, abs=ITERATED)
        pull = first.T @ (w * np.exp(first @ theta))
        fisher = x.T @ (fit.mu[keep][:, None] * x) + np.outer(pull, pull) / m
        assert fit.covariance[np.ix_(fit.used, fit.used)] == pytest.approx(
            np.linalg.inv(fisher), rel=CONDITIONED, abs=ROUNDING
        )
        at_estimate = fit_strata(counts, keep, blocks, gone=gone, unseen=(weights, around))
        assert at_estimate.mu == pytest.approx(plain.mu, rel=CONDITIONED)
    assert done > 10


def test_nothing_to_fit() -> None:
    _, keep, _, blocks = random_problem(np.random.default_rng(8), 1.0)
    assert fit_strata(np.zeros(keep.shape), keep, blocks).outcome == SINGULAR
    assert fit_strata(np.ones(keep.shape), ~np.ones_like(keep), blocks).outcome == SINGULAR
    counts = np.where(keep, 1.0, 0.0)
    assert fit_strata(counts, keep, blocks, unseen=(np.zeros(len(counts)), 5.0)).outcome == SINGULAR


def test_a_fit_that_runs_away_is_not_proved() -> None:
    """Chan, Silverman and Vincent's table: no person on more than one list but one, and the unseen grow."""
    counts = np.array([[0.0, 20.0, 30.0, 0.0, 40.0, 0.0, 6.0, 0.0], [0.0, 5.0, 4.0, 3.0, 6.0, 2.0, 4.0, 1.0]])
    part = np.array([0, 1, 2, 4, 3, 5, 6])
    columns = np.hstack([np.ones((2, 7)), np.tile([[0.0], [1.0]], 7)])
    order = np.argsort(np.tile(part, 2), kind="stable")
    blocks = Blocks(np.sort(part), np.arange(0, 15, 2), np.ascontiguousarray(columns[:, order]))
    keep = np.ones(counts.shape, dtype=bool)
    keep[:, 0] = False
    fit = fit_strata(counts, keep, blocks)
    assert (fit.outcome, check_strata(counts, keep, None, blocks).exists) == (UNPROVED, False)


def test_the_unseen_have_the_covariance_of_the_dense_design() -> None:
    rng = np.random.default_rng(9)
    for _ in range(10):
        counts, keep, gone, blocks = random_problem(rng, 30.0)
        fit = fit_strata(counts, keep, blocks, gone=gone)
        if fit.outcome != PROVED:
            continue
        x = dense(blocks, counts.shape[1])
        x[gone[:, 0], 0] = 0.0
        kept = x[keep][:, fit.used]
        covariance = np.linalg.inv(kept.T @ (fit.mu[keep][:, None] * kept))
        first = x[:, 0][:, fit.used]
        assert unseen_gradient(fit, blocks)[:, fit.used] == pytest.approx(first, abs=0.0)
        assert unseen_covariance(fit, blocks) == pytest.approx(first @ covariance @ first.T, rel=ITERATED, abs=ROUNDING)
