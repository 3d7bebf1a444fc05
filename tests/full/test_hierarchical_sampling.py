"""`Hierarchical` drawn in full: an exact grid, known truth with pooled strata, margins, the other sampler, priors."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy.stats import nbinom, norm

import mse

pytestmark = pytest.mark.full

ERRORS = 4.0
"""Monte Carlo standard errors: one comparison in 16,000 lies outside by chance."""


def test_independent_lists_have_the_posterior_of_an_exact_grid() -> None:
    """Given the effects the number seen m is Gamma(n, 1) under 1/M, and the number unseen negative binomial."""
    first, second, both = 120, 70, 15
    spec = mse.Hierarchical(order=1, target_accept=0.9)
    fit = spec.fit(mse.CaptureTable(["A", "B"], [[0, second], [first, both]]), seed=3)
    grid = np.linspace(-6.0, 3.0, 1_201)
    a, b = grid[:, None], grid[None, :]
    seen = np.exp(a) + np.exp(b) + np.exp(a + b)
    log_weight = first * a + second * b + both * (a + b) - (first + second + both) * np.log(seen)
    log_weight = log_weight + norm.logpdf(a, -2.0, 2.0) + norm.logpdf(b, -2.0, 2.0)
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    draws = float(fit.chains.diagnostics().set_index("name").loc["total", "ess_bulk"])
    for unseen in np.quantile(fit.draws.dark_figure, [0.05, 0.25, 0.5, 0.75, 0.95]).round():
        exact = float((weight * nbinom.cdf(unseen, fit.table.n_observed, seen / (1.0 + seen))).sum())
        drawn = float((fit.draws.dark_figure <= unseen).mean())
        assert drawn == pytest.approx(exact, abs=ERRORS * np.sqrt(exact * (1.0 - exact) / draws))


def pooled(seed: int) -> tuple[mse.CaptureTable, np.ndarray]:
    """Four lists, four years and two forms, about 10,000 persons; two pairs of lists depend on each other."""
    rng = np.random.default_rng(seed)
    on = np.array(list(np.ndindex((2,) * 4)), dtype=float)
    walk = rng.normal(0.0, 0.2, (4, 1, 4)).cumsum(axis=0)
    effects = np.array([-1.6, -1.3, -2.0, -1.4]) + walk + rng.normal(0.0, 0.3, (1, 2, 4))
    eta = (effects.reshape(8, 4) @ on.T) + 1.0 * on[:, 0] * on[:, 1] - 0.8 * on[:, 1] * on[:, 3]
    share = np.exp(eta) / np.exp(eta).sum(axis=1, keepdims=True)
    counts = rng.poisson(rng.integers(600, 2_000, (8, 1)) * share)
    unseen = counts[:, 0].copy()
    counts[:, 0] = 0
    covariates = {"year": (2016, 2017, 2018, 2019), "form": ("SU", "AU")}
    return mse.CaptureTable(tuple("ABCD"), counts.T.reshape(2, 2, 2, 2, 4, 2), covariates), unseen


@pytest.mark.parametrize("sampler", ["nutpie", "pymc"])
def test_known_truth_is_recovered(sampler: str) -> None:
    table, unseen = pooled(4)
    fit = mse.Hierarchical(sampler=sampler).fit(table, seed=1)
    assert fit.total is not None
    assert not [finding for finding in fit.findings if finding.code == "divergences"]
    estimate = fit.estimate(by=["year", "form"], level=0.99)
    assert estimate.lower <= table.n_observed + unseen.sum() <= estimate.upper
    truth = table.counts.reshape(16, 8).sum(axis=0) + unseen
    inside = [part.lower <= size <= part.upper for part, size in zip(estimate.parts[1:], truth, strict=True)]
    assert sum(inside) >= 7
    drawn = fit.chains.values["interaction_mean"].mean(axis=(0, 1))
    terms = dict(zip(fit.to_datatree()["posterior"]["term"].values.tolist(), drawn, strict=True))
    assert terms["[A B]"] == pytest.approx(1.0, abs=0.3)
    assert terms["[B D]"] == pytest.approx(-0.8, abs=0.3)


def test_unknown_forms_and_a_list_that_was_off_leave_the_total_where_it_was() -> None:
    """Losing a fifth of the forms and a list in one year widens limits; they still hold the truth."""
    table, unseen = pooled(4)
    lost = mse.simulate.lose_values(table, "form", 0.2, np.random.default_rng(5))
    partial = mse.simulate.switch_off(table, "D", year=2017)
    truth = table.n_observed + unseen.sum()
    for data in (lost, partial):
        fit = mse.Hierarchical().fit(data, seed=1)
        estimate = fit.estimate(level=0.99)
        assert estimate.lower <= truth <= estimate.upper
        assert np.allclose(fit.draws.observed_in.sum(axis=1), data.n_observed)
    assert fit.to_datatree()["log_likelihood"]["count"].dims == ("chain", "draw", "row")


def test_the_influence_of_the_prior_is_shown_for_each_of_its_parts() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        frame = mse.Hierarchical(draws=500, tune=500).prior_influence(mse.datasets.load("spina_bifida_621"), seed=1)
    assert frame["prior"].tolist()[:3] == ["as given", "shrinkage", "shrinkage"]
    assert set(frame["prior"]) == {"as given", "shrinkage", "slab_scale", "global_scale", "list_mean"}
    known = frame.dropna()
    assert (known["lower"] < known["median"]).all()
    assert (known["median"] < known["upper"]).all()
