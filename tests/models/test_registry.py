"""Specifications go into plain values and come back equal."""

from __future__ import annotations

import json

import pytest

import mse
from mse.models.registry import SPECS, from_json, to_json

EXAMPLES = [
    mse.LogLinear("[A B][C]"),
    mse.LogLinear(order=2),
    mse.Search(),
    mse.Search(criterion=("bic", "aic"), method="stepwise", starts=("independence",), forced="[A B]", max_order=None),
    mse.LogLinear("[A year]", coding={"year": mse.Poly(2)}),
    mse.Search(coding={"year": mse.Step(2018), "age": mse.Scores({"young": 1, "old": 3})}, forbidden="[A B]"),
    mse.ModelAverage("g", total_prior=mse.TotalPrior.uniform(900), coding={"year": mse.Poly(2)}),
    mse.LatentClass(classes=5, prior=mse.TotalPrior.negative_binomial(2.0, 0.01)),
    mse.TrimmedDualSystem("A", [(100, 5), (50, 10)]),
    mse.FixedDependence("[A][B]", ("A", "B"), 2.0),
    mse.Heterogeneity("Mh", "poisson", 3),
    mse.Heterogeneity("Mb"),
    mse.SampleCoverage("low"),
    mse.LincolnPetersen(),
    mse.Chapman(),
    mse.TruncatedPoisson("sex + year", coding={"year": mse.Poly(2)}),
    mse.TruncatedGeometric(),
    mse.TruncatedNegativeBinomial("sex"),
    mse.OneInflated("sex", base="geometric"),
    mse.Zelterman("sex"),
    mse.ChaoCounts(bias_corrected=True),
    mse.ModifiedChao(bias_corrected=True),
    mse.Hierarchical(prior=mse.TotalPrior.lognormal(3_000, 0.5)),
    mse.DecomposableAverage(0.5, mse.TotalPrior.from_interval(500, 900), True, 5_000, "shared"),
]


@pytest.mark.parametrize("spec", EXAMPLES, ids=repr)
def test_there_and_back(spec: mse.LogLinear | mse.Search | mse.TrimmedDualSystem) -> None:
    written = json.loads(json.dumps(to_json(spec)))
    assert from_json(written) == spec
    assert hash(from_json(written)) == hash(spec)


def test_every_family_has_an_example() -> None:
    assert {type(spec).__name__ for spec in EXAMPLES} == set(SPECS)


def test_what_is_not_known() -> None:
    with pytest.raises(mse.ModelError, match="Did you mean 'Search'"):
        from_json({"family": "search"})
    with pytest.raises(mse.ModelError, match="Did you mean 'criterion'"):
        from_json({"family": "Search", "criterium": "bic"})
    with pytest.raises(mse.ModelError, match="no family"):
        to_json(object())
