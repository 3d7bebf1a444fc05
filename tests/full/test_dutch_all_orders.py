"""All 7,785,061 hierarchical models of the Dutch six-list table, by both criteria."""

from __future__ import annotations

import pytest

import mse
from mse.core.ensemble import EnsembleFit
from published import brackets, table

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def by_bic() -> EnsembleFit:
    return mse.Search(max_order=None).fit(table("Ned"))


def test_the_best_model_rests_on_seven_persons(by_bic: EnsembleFit) -> None:
    assert by_bic.n_models == 7_785_061
    assert by_bic.best.generators == mse.LogLinear(brackets("[346,25,45,16]")).generators(by_bic.table)
    assert round(by_bic.total) == 143_603
    assert round(by_bic.best.deviance, 3) == 44.422
    pairs = mse.Search().fit(table("Ned"))
    assert round(pairs.best.bic - by_bic.best.bic) == 18


def test_all_orders_have_one_mode(by_bic: EnsembleFit) -> None:
    (mode,) = by_bic.modes()
    assert [round(limit, -3) for limit in (mode.lower, mode.upper)] == [127_000, 250_000]
    assert mode.weight > 0.95


def test_the_rivals_of_both_scopes_leave_no_single_estimate(by_bic: EnsembleFit) -> None:
    assert "rivals_disagree" in {finding.code for finding in by_bic.findings if finding.severity == "blocking"}
    assert by_bic.rivals.n_unproved == pytest.approx(627_084 - 109_178, rel=0.02)


def test_the_lowest_aic() -> None:
    assert round(mse.Search(criterion="aic", max_order=None).fit(table("Ned")).total) == 147_317
