"""The EM algorithm against direct maximisation, plain fits, numerical derivatives and sums by hand."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import poisson
from stratified_designs import dense

from mse.core.partial import PartialTable
from mse.core.partial_rows import margin_rows
from mse.core.strata_design import StrataDesign
from mse.core.terms import Generators
from mse.kernels.em import fit_margins, observed_information, part_seen, row_gradients, unseen_gradients
from mse.kernels.margins import completed, log_likelihood, saturated_log_likelihood
from mse.kernels.strata import fit_strata, means

SAME = 1e-8
"""Log-likelihood within which two maximisers agree: the issue asks for that; EM stops at a hundredth of it."""
BY_DIFFERENCES = 2e-5
"""Share by which second differences of a log-likelihood of some hundreds may be off: the fourth root of rounding."""
ROUNDING = 1e-9
"""Sums of some hundred numbers, as a share or, of log-likelihoods, in units."""
ITERATED = 1e-7
"""Fitted counts of two fits that each stop when these change by less than 10⁻⁷ of themselves."""
COVARIANCE = 1e-4
"""Covariances where EM stops and at the maximum: the condition of the information multiplies what EM leaves."""
LACKING = 1e-5
"""What the best likelihood of all cells may fall short of, by its own bound."""
STEP = 1e-5
"""Of central differences: errors are its square and rounding over it, so below 10⁻⁶."""
BY_SLOPES = 1e-6
"""Slopes by such differences, as a share and in units."""
EXACT = 1e-12
"""The same numbers in another order of a few operations."""

LISTS = ("A", "B", "C")
LEVELS = {"form": ("SU", "AU"), "year": (2017, 2018, 2019)}
MODELS = (
    "[A form][B form][C][form year]",
    "[A B][B form][C form][A year][form year]",
    "[A form year][B year][C][B C]",
    "[A B][B C][A C][form][year]",
)


@functools.cache
def design(model, lists=LISTS):
    return StrataDesign.of(lists, LEVELS, Generators.parse(model, lists, tuple(LEVELS)), {})


def random_table(seed, model, *, off=False, zeros=False, size=900):
    """Persons drawn from a model with some coefficients, and things hidden of them."""
    rng = np.random.default_rng(seed)
    blocks = design(model).blocks
    theta = rng.normal(0.0, 0.3, blocks.columns.shape[1])
    theta[blocks.mask_of != 0] -= 0.4
    mu = means(theta, blocks, np.zeros((6, 8), dtype=bool))
    operating = {"C": {"year": [2018, 2019]}} if off else None
    blind = {"A": {"form": "AU", "year": 2017}} if zeros else {}
    exclusive = [("B", "C")] if zeros else []
    like = PartialTable(LISTS, LEVELS, {(): _ones()}, None, exclusive, blind)
    mu = np.where(like.possible, mu, 0.0)
    mu *= size / mu.sum()
    counts = rng.poisson(mu).T.reshape(2, 2, 2, 2, 3)
    if off:
        counts[:, :, 0, :, 0] += counts[:, :, 1, :, 0]
        counts[:, :, 1, :, 0] = 0
    counts[0, 0, 0] = 0
    layers, left = {}, counts
    for missing, share in ((("form",), 0.2), (("year",), 0.1), (("form", "year"), 0.05)):
        hidden = rng.binomial(left, share)
        left = left - hidden
        axes = tuple(3 + list(LEVELS).index(name) for name in missing)
        layers[missing] = hidden.sum(axis=axes)
    return PartialTable(LISTS, LEVELS, {(): left, **layers}, operating, exclusive, blind)


def _ones():
    counts = np.zeros((2, 2, 2, 2, 3), dtype=int)
    counts[1, 0, 0, 0, 1:] = counts[0, 1, 0] = 1
    return counts


def directly(rows, blocks):
    """Largest log-likelihood by a trust-region method with its own dense gradient and Hessian."""
    matrix = dense(blocks, 8).reshape(rows.keep.size, -1)
    members = rows.members.toarray()
    keep = rows.keep.ravel().astype(float)
    assert np.linalg.svd(matrix[rows.keep.ravel()], compute_uv=False).min() > ROUNDING, "columns depend on each other"

    def parts(theta):
        mu = np.where(rows.gone.ravel(), 0.0, np.exp(matrix @ theta))
        nu = members @ mu
        value = -(rows.counts @ np.log(nu) - mu @ keep)
        shares = members * mu / nu[:, None]
        middle = shares @ matrix
        gradient = matrix.T @ (mu * keep) - middle.T @ rows.counts
        spread = (rows.counts[:, None] * shares).sum(axis=0)
        lost = matrix.T @ (spread[:, None] * matrix) - middle.T @ (rows.counts[:, None] * middle)
        return value, gradient, matrix.T @ ((mu * keep)[:, None] * matrix) - lost

    start = np.zeros(matrix.shape[1])
    start[0] = np.log(rows.counts.sum() / keep.sum())
    best = minimize(
        lambda t: parts(t)[0],
        start,
        jac=lambda t: parts(t)[1],
        hess=lambda t: parts(t)[2],
        method="trust-exact",
        options={"gtol": 1e-7, "maxiter": 2000},
    )
    theta = best.x
    for _ in range(5):
        theta = theta - np.linalg.solve(parts(theta)[2], parts(theta)[1])
    mu = np.where(rows.gone.ravel(), 0.0, np.exp(matrix @ theta)).reshape(rows.keep.shape)
    return theta, log_likelihood(rows, mu), parts(theta)[2]


CASES = [
    (seed, model, off, zeros)
    for seed in range(3)
    for model in MODELS
    for off, zeros in ((False, False), (True, False), (False, True))
    if not (zeros and "B C" in model)  # B and C exclude each other there, so the term has no cell
]


@pytest.mark.parametrize(("seed", "model", "off", "zeros"), CASES)
def test_em_is_direct_maximisation(seed, model, off, zeros):
    rows = margin_rows(random_table(seed, model, off=off, zeros=zeros))
    blocks = design(model).blocks
    fit = fit_margins(rows, blocks)
    theta, value, information = directly(rows, blocks)
    assert fit.converged
    assert abs(fit.log_likelihood - value) < SAME
    assert (np.diff(fit.trace) >= -ROUNDING).all()
    assert abs(fit.completed.sum() - rows.counts.sum()) < ROUNDING * rows.counts.sum()
    np.testing.assert_allclose(fit.theta, theta, atol=COVARIANCE)
    np.testing.assert_allclose(fit.covariance, np.linalg.inv(information), rtol=COVARIANCE, atol=ITERATED)


@pytest.mark.parametrize("model", MODELS)
def test_complete_data_through_em_is_the_plain_fit(model):
    counts = random_table(7, model).layers[()]
    table = PartialTable(LISTS, LEVELS, {(): counts})
    rows = margin_rows(table)
    fit = fit_margins(rows, design(model).blocks)
    plain = fit_strata(np.ascontiguousarray(counts.reshape(8, -1).T, float), rows.keep, design(model).blocks)
    np.testing.assert_allclose(fit.mu, plain.mu, rtol=ITERATED)
    np.testing.assert_allclose(fit.covariance, plain.covariance, rtol=ITERATED, atol=EXACT)
    np.testing.assert_allclose(fit.completed, counts.reshape(8, -1).T, rtol=EXACT)
    assert 2.0 * (saturated_log_likelihood(rows)[0] - fit.log_likelihood) == pytest.approx(plain.deviance, abs=LACKING)


def test_the_observed_information_is_the_second_derivative():
    model = MODELS[1]
    rows = margin_rows(random_table(3, model, off=True), {"form": {"AU": 2.0}})
    blocks = design(model).blocks
    fit = fit_margins(rows, blocks)

    def value(theta):
        return log_likelihood(rows, np.where(rows.keep, means(theta, blocks, rows.gone), 0.0))

    p, step = len(fit.theta), 2e-3
    numeric = np.zeros((p, p))
    for i in range(p):
        for j in range(p):
            e, f = np.eye(p)[i] * step, np.eye(p)[j] * step
            numeric[i, j] = sum(
                sign * value(fit.theta + a * e + b * f)
                for a, b, sign in ((1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1))
            ) / (4 * step**2)
    louis = observed_information(rows, np.where(rows.keep, fit.mu, 0.0), blocks)
    np.testing.assert_allclose(louis, -numeric, atol=BY_DIFFERENCES * abs(louis).max())


def test_gradients_of_rows_and_of_the_unseen_are_derivatives():
    model = MODELS[0]
    rows = margin_rows(random_table(5, model, off=True))
    blocks = design(model).blocks
    theta = np.random.default_rng(1).normal(0.0, 0.2, blocks.columns.shape[1])
    mu = means(theta, blocks, rows.gone)
    unseen, gradient = unseen_gradients(mu, rows.unseen, blocks)
    by_rows = row_gradients(rows, mu, blocks)
    for j in range(len(theta)):
        up, down = (means(theta + sign * STEP * np.eye(len(theta))[j], blocks, rows.gone) for sign in (1, -1))
        slope = (np.where(rows.unseen, up - down, 0.0)).sum(axis=1) / (2 * STEP)
        np.testing.assert_allclose(gradient[:, j], slope, rtol=BY_SLOPES, atol=BY_SLOPES)
        slope = (np.log(rows.members @ up.ravel()) - np.log(rows.members @ down.ravel())) / (2 * STEP)
        np.testing.assert_allclose(by_rows[:, j], slope, rtol=BY_SLOPES, atol=ROUNDING)
        part = np.array([True, False, True, True, False, False])
        _, of_part = part_seen(rows, np.where(rows.keep, mu, 0.0), part, blocks)
        there = [completed(rows, np.where(rows.keep, one, 0.0))[part].sum() for one in (up, down)]
        assert of_part[j] == pytest.approx((there[0] - there[1]) / (2 * STEP), rel=BY_SLOPES, abs=BY_SLOPES)
    assert unseen[0] == pytest.approx(mu[0, :2].sum())  # C is off in 2017: unseen are those on none, and on C alone
    assert unseen[1] == pytest.approx(mu[1, 0])


def test_odds_of_one_are_missing_at_random():
    table = random_table(2, MODELS[0])
    plain, same = (
        fit_margins(margin_rows(table, odds), design(MODELS[0]).blocks) for odds in (None, {"form": {"AU": 1.0}})
    )
    assert (plain.mu == same.mu).all()
    shares = []
    for odds in (0.5, 1.0, 2.0):
        fit = fit_margins(margin_rows(table, {"form": {"AU": odds}}), design(MODELS[0]).blocks)
        assert fit.converged
        shares.append(fit.completed[3:].sum())
    assert shares[0] < shares[1] < shares[2]


def test_a_row_is_spread_in_fitted_proportions_by_hand():
    # two lists, one covariate, nothing else: A, B by form; persons without form follow the odds among those with
    layers = {(): [[[0, 0], [20, 10]], [[30, 60], [10, 20]]], ("form",): [[0, 9], [18, 0]]}
    table = PartialTable(["A", "B"], {"form": ["SU", "AU"]}, layers)
    saturated = StrataDesign.of(
        ("A", "B"), table.covariates, Generators.parse("[A form][B form]", ("A", "B"), ("form",)), {}
    )
    fit = fit_margins(margin_rows(table), saturated.blocks)
    # saturated within the observed: each form has three cells and three parameters, so known odds stay
    assert fit.completed[:, 1] == pytest.approx([20 + 6, 10 + 3])
    assert fit.completed[:, 2] == pytest.approx([30 + 6, 60 + 12])
    assert fit.mu[:, 0] == pytest.approx([26 * 36 / 10, 13 * 72 / 20])


def test_a_list_that_was_off_by_hand():
    # three independent lists, C off in 2018: there the unseen are A and B alone, by Lincoln and Petersen over both
    # years where capture is the same: closed form for two lists and one stratum
    counts = np.zeros((2, 2, 2), dtype=int)
    counts[1, 0], counts[0, 1], counts[1, 1] = [40, 50], [30, 45], [0, 15]
    table = PartialTable(
        ["A", "B"],
        {"year": [2017, 2018]},
        {(): np.where(np.arange(2) == 1, counts, 0) + _b_off()},
        operating={"B": {"year": [2018]}},
    )
    model = StrataDesign.of(("A", "B"), table.covariates, Generators.parse("[A][B][year]", ("A", "B"), ("year",)), {})
    rows = margin_rows(table)
    fit = fit_margins(rows, model.blocks)
    chance = 15 / (15 + 45)  # of A, from those on B: the year with both lists says it all
    unseen, _ = unseen_gradients(fit.mu, rows.unseen, model.blocks)
    assert unseen[0] == pytest.approx(70 * (1 - chance) / chance)  # 70 on A in 2017
    assert unseen[1] == pytest.approx(50 * 45 / 15)
    spread = fit.completed[0]
    assert spread[2:] == pytest.approx(70 * np.array([1 - 15 / 65, 15 / 65]))


def _b_off():
    counts = np.zeros((2, 2, 2), dtype=int)
    counts[1, 0, 0] = 70
    return counts


def test_saturated_likelihood_is_the_best_of_all_cells():
    rows = margin_rows(random_table(4, MODELS[3], off=True))
    best, lacking = saturated_log_likelihood(rows)
    assert lacking < LACKING
    members, keep = rows.members.toarray(), rows.keep.ravel()

    def negative(log_mu):
        mu = np.where(keep, np.exp(log_mu), 0.0)
        nu = members @ mu
        return -(rows.counts @ np.log(nu) - mu.sum()), -(mu * (members.T @ (rows.counts / nu)) - mu)

    found = minimize(
        negative, np.zeros(len(keep)), jac=True, method="L-BFGS-B", options={"maxiter": 5000, "ftol": 1e-14}
    )
    value = log_likelihood(rows, np.where(keep, np.exp(found.x), 0.0).reshape(rows.keep.shape))
    assert value <= best + lacking
    assert best - value < 1e-3  # the other way stops where cells go to 0


def test_completing_keeps_the_margins():
    table = random_table(6, MODELS[2], off=True)
    rows = margin_rows(table)
    mu = np.where(rows.keep, 1.0, 0.0)
    spread = completed(rows, mu)
    assert spread.sum() == pytest.approx(table.n_observed)
    assert (spread[~rows.keep] == 0.0).all()


def test_the_log_likelihood_is_that_of_the_recorded_counts():
    table = random_table(8, MODELS[0])
    rows = margin_rows(table)
    fit = fit_margins(rows, design(MODELS[0]).blocks)
    persons = sum(layer.reshape(8, -1).sum(axis=1) for layer in table.layers.values())
    total = 0.0
    for missing, layer in table.layers.items():
        axes = tuple(3 + list(LEVELS).index(name) for name in missing)
        cube = np.where(rows.keep, fit.mu, 0.0).T.reshape(2, 2, 2, 2, 3)
        share = layer.reshape(8, -1).sum(axis=1) / np.maximum(persons, 1)
        mean = cube.sum(axis=axes).reshape(8, -1) * share[:, None]
        total += poisson.logpmf(layer.reshape(8, -1)[1:], mean[1:]).sum()
    assert fit.log_likelihood == pytest.approx(total, rel=EXACT)
    assert fit.log_likelihood < saturated_log_likelihood(rows)[0] < 0.0
