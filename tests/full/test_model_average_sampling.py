"""Averages over models against long runs: importance sampling, a chain of our own, and a short one of conting."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mse
from mse.core.point_fit import kernel_counts
from mse.kernels.laplace import list_columns
from mse.kernels.laplace_draws import design_matrix, log_prior
from mse.models.model_average import ModelAverage
from mse.models.model_average_space import AverageSpace
from published import REFERENCE

pytestmark = pytest.mark.full

ERRORS = 4.0
"""Monte-Carlo standard errors."""

TABLES = ["rome_hiv", "kosovo_1999", "netherlands_2010_2015_five", "united_kingdom_2013_five"]

KNOWN = 0.02
"""Standard error of a log evidence that a fit promises for the models that lead."""

MOVED = 0.02
"""Largest share of the weight of twenty models that moves: errors of 0.02, partly the same for all of them."""

SHIFTED = 0.02
"""Largest relative shift of a model's median total, a twentieth of what its posterior spreads on these tables."""


@pytest.mark.parametrize("prior", ["unit_information", "g"])
@pytest.mark.parametrize("name", TABLES)
def test_twenty_models_by_importance_sampling(name: str, prior: str) -> None:
    check = ModelAverage(prior).check(mse.datasets.load(name), models=20, draws=40_000, seed=1)
    apart, error = check["used"] - check["sampled"], np.hypot(check["standard_error"], KNOWN)
    assert (apart.abs() / error).max() < ERRORS
    ours, sampled = (np.exp(check[which] - np.logaddexp.reduce(check[which])) for which in ("used", "sampled"))
    assert np.abs(ours - sampled).sum() / 2.0 < MOVED
    assert (check["sampled_median"] / check["median"] - 1.0).abs().max() < SHIFTED


@pytest.mark.parametrize(("masks", "forced", "forbidden"), [([0, 1, 2, 4, 3], "[S2 S3]", "[S1 S2][S1 S3]")])
def test_own_chain_of_one_model(masks: list[int], forced: str, forbidden: str) -> None:
    """Metropolis steps on the coefficients over the observed cells, then the unseen from their Poisson law."""
    table = mse.datasets.load("spina_bifida_621")
    data, prior = list_columns(kernel_counts(table), np.array(masks)), ModelAverage().coefficient_prior
    columns = np.arange(len(masks))
    matrix = design_matrix(data, columns)
    y, seen = data.counts[0], data.keep[0]
    rng = np.random.default_rng(1)

    def height(theta: np.ndarray) -> float:
        eta = matrix @ theta
        return float(
            y[seen] @ eta[seen] - np.exp(eta[seen]).sum() + log_prior(data, prior, columns, theta[None, 1:])[0]
        )

    theta = np.linalg.lstsq(matrix[seen], np.log(y[seen] + 0.5), rcond=None)[0]
    weight = np.exp(matrix[seen] @ theta)
    root = np.linalg.cholesky(np.linalg.inv(matrix[seen].T @ (weight[:, None] * matrix[seen]) + np.eye(len(masks))))
    here, kept = height(theta), []
    for step in range(80_000):
        proposed = theta + root @ rng.standard_normal(len(masks)) * 2.4 / np.sqrt(len(masks))
        there = height(proposed)
        if np.log(rng.random()) < there - here:
            theta, here = proposed, there
        if step >= 4_000 and step % 4 == 0:
            kept.append(rng.poisson(np.exp(theta.sum())))
    drawn = np.array(kept, dtype=np.float64)
    batches = drawn[: len(drawn) // 50 * 50].reshape(50, -1)
    fit = ModelAverage(max_order=2, forced=forced, forbidden=forbidden).fit(table)
    assert abs(drawn.mean() - (fit.mean - table.n_observed)) < ERRORS * batches.mean(axis=1).std(ddof=1) / np.sqrt(50)
    for p in (0.025, 0.5, 0.975):
        share = (batches <= float(fit.quantile(p)) - table.n_observed).mean(axis=1)
        assert abs(share.mean() - p) < ERRORS * share.std(ddof=1) / np.sqrt(50) + 0.005


def test_conting_on_four_lists() -> None:
    """Its chain is worth 57 draws only, so its own errors are wide; models and mean still agree."""
    peer = pd.read_csv(REFERENCE / "conting" / "bict.csv").query("file == 'HIV'").set_index(["kind", "name"])
    fit = ModelAverage("g", max_order=2).fit(mse.datasets.load("rome_hiv"))
    mean, error = peer.loc[("total", "mean"), ["value", "error"]]
    assert abs(fit.mean - mean) < ERRORS * error
    best = fit.model_weights().iloc[0]
    assert best["model"] == "[c1][c2][c3][c4]"
    share, effective = peer.loc[("model", "c1+c2+c3+c4"), "value"], peer.loc[("total", "ess"), "value"]
    assert abs(best["probability"] - share) < ERRORS * np.sqrt(share * (1.0 - share) / effective)


def test_chains_over_five_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    table = mse.datasets.load("united_kingdom_2013_five")
    listed = ModelAverage().fit(table)
    monkeypatch.setattr(AverageSpace, "all_models", None)
    visited = ModelAverage(steps=40_000).fit(table, seed=1)
    assert visited.total == pytest.approx(listed.total, rel=0.03)
    assert visited.inclusion()["probability"].to_numpy() == pytest.approx(
        listed.inclusion()["probability"].to_numpy(), abs=0.05
    )


def test_screen_of_six_lists() -> None:
    """Of pairs of six lists, which can be listed, the screen keeps what it says it keeps."""
    spec = ModelAverage(max_order=2)
    space, _ = spec.prepared(mse.datasets.load("united_kingdom_2013"))
    fit = spec.fit(space.table)
    weights = fit.model_weights().set_index("model")["probability"]
    for window, least in ((10.0, 0.6), (20.0, 0.9)):
        near, _ = space.near_by_bic(window)
        held = [space.notation(int(model)) for model in near]
        assert weights.reindex(held).sum() > least
