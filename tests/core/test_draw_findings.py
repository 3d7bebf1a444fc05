"""Draws without an estimate, shares of the variance, and estimates that nothing can be drawn from: one rule each."""

import numpy as np
import pytest

import mse
from mse.core.draw_findings import FEW_FAILED, LARGEST, check_total, failed_draws, severity_of_variance
from mse.core.draws import Draws
from mse.errors import ModelError


def draws_of(failed: int, number: int) -> Draws:
    dark = np.full(number, 5.0)
    dark[:failed] = np.nan
    return Draws(np.full(number, 20.0), dark)


@pytest.mark.parametrize(
    ("failed", "severity"), [(1, "note"), (2, "note"), (3, "warning"), (100, "warning"), (101, "blocking")]
)
def test_failed_draws_weigh_by_their_share(failed: int, severity: str) -> None:
    (finding,) = failed_draws(draws_of(failed, 200), "bootstrap")
    assert (finding.code, finding.severity.value) == ("replicates_failed", severity)
    assert finding.values == {"failed": failed, "replicates": 200, "share": failed / 200}


def test_nothing_is_said_where_every_draw_has_an_estimate() -> None:
    assert failed_draws(draws_of(0, 200), "bootstrap") == []


def test_a_failed_share_that_is_a_note_moves_a_limit_by_a_percent_at_most() -> None:
    """Of 1000 totals the highest 1% are left out: the quantile of 97.5% of the rest is one of 96.5% of all."""
    totals = np.arange(1000.0)
    kept = totals[: round(1000 * (1.0 - FEW_FAILED))]
    assert np.mean(totals <= np.quantile(kept, 0.975)) == pytest.approx(0.965, abs=0.001)


def test_most_of_the_variance_is_a_warning() -> None:
    assert [severity_of_variance(share).value for share in (0.5, 0.51)] == ["note", "warning"]


def test_no_draws_of_more_persons_than_ever_lived() -> None:
    check_total(LARGEST, "[A][B]")
    with pytest.raises(ModelError, match="above 1,000,000,000,000 from \\[A\\]\\[B\\]"):
        check_total(2.0 * LARGEST, "[A][B]")


def test_trimming_weighs_failed_draws_by_the_same_rule() -> None:
    """With three persons on both lists, about e⁻³ of the draws have none of them."""
    spec = mse.TrimmedDualSystem("A", steps=[(10, 2)])
    estimate = spec.fit(mse.CaptureTable(["A", "B"], [[0, 60], [60, 3]])).estimate(draws=300)
    (finding,) = [finding for finding in estimate.findings if finding.code == "replicates_failed"]
    assert estimate.draws is not None
    assert finding == failed_draws(estimate.draws, "A")[0]


def test_trimming_without_one_draw_with_an_estimate_has_no_limits() -> None:
    fit = mse.TrimmedDualSystem("A", steps=[(10, 0)]).fit(mse.CaptureTable(["A", "B"], [[0, 60], [60, 1]]))
    nothing = [estimate for seed in range(20) if not (estimate := fit.estimate(draws=2, seed=seed)).draws.valid.any()]
    assert nothing
    for estimate in nothing:
        assert (estimate.lower, estimate.upper, estimate.total) == (None, None, fit.total)
        assert [f.severity.value for f in estimate.findings if f.code == "replicates_failed"] == ["blocking"]
