"""Priors of the total: their mass is that of scipy.stats, they add up to 1, and they go through JSON."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import mse

ROUNDING = 1e-12
PRIORS = (
    mse.TotalPrior.uniform(900),
    mse.TotalPrior.negative_binomial(13.14, 1 / 55.17),
    mse.TotalPrior.lognormal(700, 0.4),
    mse.TotalPrior.from_interval(400, 1_600),
)


@pytest.mark.parametrize("prior", PRIORS)
def test_proper_priors_add_up_to_one(prior: mse.TotalPrior) -> None:
    assert prior.proper
    assert np.exp(prior.log_mass(np.arange(0.0, 2e5))).sum() == pytest.approx(1.0, abs=1e-9)


def test_the_negative_binomial_is_that_of_scipy() -> None:
    n, (shape, rate) = np.arange(0.0, 3_000.0), (13.14, 1 / 55.17)
    expected = stats.nbinom(shape, rate / (1.0 + rate)).logpmf(n)
    np.testing.assert_allclose(mse.TotalPrior.negative_binomial(shape, rate).log_mass(n), expected, rtol=1e-10)


def test_the_lognormal_is_the_density_of_scipy() -> None:
    n = np.arange(1.0, 3_000.0)
    expected = stats.lognorm(0.4, scale=700).logpdf(n)
    np.testing.assert_allclose(mse.TotalPrior.lognormal(700, 0.4).log_mass(n), expected, rtol=ROUNDING)


def test_a_published_interval_gives_its_own_limits_back() -> None:
    median, sigma = mse.TotalPrior.from_interval(8_000, 20_000, 0.9).values
    limits = stats.lognorm(sigma, scale=median).ppf([0.05, 0.95])
    np.testing.assert_allclose(limits, [8_000, 20_000], rtol=ROUNDING)


def test_the_inverse_prior_falls_as_one_over_the_total() -> None:
    prior = mse.TotalPrior.inverse()
    assert not prior.proper
    assert prior.upper is None
    np.testing.assert_allclose(prior.log_mass(np.array([1.0, 10.0, 1e9])), -np.log([1.0, 10.0, 1e9]), rtol=ROUNDING)


def test_a_uniform_prior_rules_out_what_lies_above_its_bound() -> None:
    prior = mse.TotalPrior.uniform(10.5)
    assert prior.upper == 10.5
    assert np.isfinite(prior.log_mass(np.array([1.0, 10.0]))).all()
    assert np.isneginf(prior.log_mass(np.array([0.0, 11.0]))).all()


@pytest.mark.parametrize("prior", [mse.TotalPrior.inverse(), *PRIORS])
def test_json_gives_the_prior_back(prior: mse.TotalPrior) -> None:
    assert mse.TotalPrior.from_json(prior.to_json()) == prior
    assert hash(prior) == hash(mse.TotalPrior.from_json(prior.to_json()))
    assert prior.sentence("en") != prior.sentence("nl")


@pytest.mark.parametrize(
    ("kind", "values", "message"),
    [
        ("gamma", (1.0,), "no prior of the total 'gamma'"),
        ("uniform", (), "takes upper"),
        ("lognormal", (700.0, -1.0), "takes median and sigma"),
        ("inverse", (1.0,), "takes no numbers"),
    ],
)
def test_a_prior_that_cannot_be_is_refused(kind: str, values: tuple[float, ...], message: str) -> None:
    with pytest.raises(mse.ModelError, match=message):
        mse.TotalPrior(kind, values)


def test_a_value_that_the_family_lacks_is_refused() -> None:
    with pytest.raises(mse.ModelError, match="has no value 'sigma'"):
        mse.TotalPrior.from_json({"kind": "uniform", "upper": 900, "sigma": 1})


def test_an_interval_upside_down_is_refused() -> None:
    with pytest.raises(mse.ModelError, match="upwards"):
        mse.TotalPrior.from_interval(20_000, 8_000)
