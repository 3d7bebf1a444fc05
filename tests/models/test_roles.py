"""Passive covariates leave the total as it is; one that was held to be passive and does not is said."""

from __future__ import annotations

import numpy as np
import pytest
from test_search_with_covariates import drawn

import mse
from mse.models.roles import covariate_roles

SAME = 1e-6
"""Relative difference of two fits that iterate to a change of the log-likelihood below 1e-10."""

ACTIVE = 1e-3
"""An active covariate moves the total of these tables by more than this share."""


@pytest.mark.parametrize("seed", range(5))
def test_refits_agree_with_the_graph(seed: int) -> None:
    table = drawn(seed)
    for model in ("[A B][C year][A sex][B sex]", "[A year][B year][C sex]", "[A sex][sex year][B C]"):
        found = covariate_roles(mse.LogLinear(model).fit(table))
        for role, other in zip(found.roles, found.without, strict=True):
            same = other is not None and abs(other / found.total - 1.0) < SAME
            assert same == role.passive, (model, role.name)


def test_a_covariate_that_was_held_to_be_passive_and_is_not() -> None:
    on_two = {"f": (240, 240, 360), "m": (160, 160, 40)}  # of a thousand each: chances of .6 and of .2
    counts = [
        [[0, 0], [on_two["f"][0], on_two["m"][0]]],
        [[on_two["f"][1], on_two["m"][1]], [on_two["f"][2], on_two["m"][2]]],
    ]
    table = mse.CaptureTable(["A", "B"], counts, {"sex": ("f", "m")})
    years = mse.CaptureTable(["A", "B"], np.stack([table.counts] * 2, axis=-1), {**table.covariates, "year": (1, 2)})
    fit = mse.LogLinear("[A sex][B sex][year]").fit(years)
    found = covariate_roles(fit, passive=["sex", "year"])
    assert [finding.subject for finding in found.findings] == ["sex"]
    assert "held to be passive" in str(found.findings[0])
    frame = found.to_frame().set_index("covariate")
    assert frame["role"].to_dict() == {"sex": "active", "year": "passive"}
    assert abs(frame.loc["sex", "change"]) > ACTIVE


def test_a_search_is_judged_by_its_best_model() -> None:
    search = mse.Search().fit(drawn(1))
    assert covariate_roles(search).total == search.total


def test_fits_without_covariates_are_refused() -> None:
    plain = mse.LogLinear(order=1).fit(mse.datasets.load("korea"))
    with pytest.raises(mse.ModelError, match="without covariates"):
        covariate_roles(plain)
    with pytest.raises(mse.ModelError, match="no covariate 'yaer'"):
        covariate_roles(mse.LogLinear(order=1).fit(drawn(0)), passive=["yaer"])
