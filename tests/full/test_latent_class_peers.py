"""Latent classes against LCMCR's long runs where those mix, the two modes of the Dutch table, and long joint tests."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import mse
from latent_classes import geweke
from mse.core.fit import FitStatus
from published import ORACLE

pytestmark = pytest.mark.full

FAR = 4.0
"""Standard errors that a Monte Carlo share may lie from its expectation: once in 16,000 by chance."""

BETWEEN = 80_000
"""No total lies here in either mode of the Dutch table: LCMCR's chains end at 80,669 and begin at 111,845."""


def oracle(name: str) -> Any:
    path = ORACLE / f"LCMCR_{name}_lcmCR.json"
    if not path.exists():
        pytest.skip(f"{path.name} is not beside the checkout")
    return json.loads(path.read_text())["result"]["chains"]


@pytest.mark.parametrize(
    ("data", "name"), [("kosovo_1999", "Kosovo"), ("rome_hiv", "HIV"), ("hepatitis_a_taiwan", "HAV")]
)
def test_quantiles_of_pooled_runs(data: str, name: str) -> None:
    """The pooled quantile is the mean of three chains; its share of draws here is that level within both errors."""
    chains = oracle(name)
    fit = mse.LatentClass().fit(mse.datasets.load(data), seed=1)
    assert fit.status is FitStatus.OK
    effective = fit.chains.diagnostics().set_index("name").loc["total", "ess_bulk"]
    theirs = sum(chain["ess_N"] for chain in chains)
    for written in ("5%", "25%", "50%", "75%", "95%"):
        level = float(written[:-1]) / 100.0
        total = np.mean([chain["quantiles"][written] for chain in chains])
        error = np.sqrt(level * (1.0 - level) * (1.0 / effective + 1.0 / theirs))
        assert fit.probability(upper=total) == pytest.approx(level, abs=FAR * error), written


@pytest.mark.parametrize("seed", [1, 2])
def test_every_start_of_the_dutch_table_comes_to_the_same_answer(seed: int) -> None:
    """The lower mode has about a hundredth of the probability: a fit visits it, and no chain stays in it."""
    fit = mse.LatentClass().fit(mse.datasets.load("netherlands_2010_2015"), seed=seed)
    assert fit.status is FitStatus.OK
    totals = fit.chains.values["total"]
    assert 0.0 < (totals < BETWEEN).mean() < 0.05
    assert (np.abs(np.median(totals, axis=1) / 145_000 - 1.0) < 0.05).all()


def test_without_tempering_the_dutch_chains_disagree() -> None:
    spec = mse.LatentClass(temperatures=1, moves=0)
    assert spec.fit(mse.datasets.load("netherlands_2010_2015"), seed=1).total is None


@pytest.mark.parametrize(
    ("strata", "classes", "lists", "moves"), [(1, 2, 3, 0), (1, 4, 3, 4), (2, 3, 2, 1), (3, 2, 2, 2)]
)
def test_jointly_with_data_the_sampler_draws_the_prior(strata: int, classes: int, lists: int, moves: int) -> None:
    """Geweke (2004), long; the largest of a dozen z-scores of four runs lies below 4 with chance .997."""
    z = geweke(7, 400_000, strata=strata, classes=classes, lists=lists, moves=moves)
    assert np.abs(z).max() < FAR
