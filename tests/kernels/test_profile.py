"""Profile limits: where the likelihood ratio crosses its quantile, and what is said where it does not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import chdtri, gammaln

import mse
from mse.core.point_fit import kernel_counts
from mse.kernels.profile import profile_limits, profile_values
from published import fit


@pytest.mark.parametrize(
    ("data", "model"),
    [("HIV", "[1,2,3,4]"), ("Kosovo", "[123,14,34]"), ("HAV", "[12,13,23]"), ("hare", "[1,2,3,4,5,6]")],
)
@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_the_likelihood_ratio_at_the_limits(data: str, model: str, level: float) -> None:
    found = fit(data, model)
    counts, kernel = kernel_counts(found.table), found.kernel
    drop = float(chdtri(1, 1.0 - level)) / 2.0
    limits = profile_limits(counts, kernel.retained, kernel.masks, found.dark_figure, drop)
    at = np.array([limits.lower, limits.peak, limits.upper])
    lower, peak, upper = profile_values(counts, kernel.retained, kernel.masks, at)
    assert peak - upper == pytest.approx(drop, rel=1e-6)
    if limits.lower > 0.0:
        assert peak - lower == pytest.approx(drop, rel=1e-6)
    else:
        assert peak - lower < drop
    estimate = found.estimate(level=level)
    n = found.table.n_observed
    assert (estimate.lower, estimate.upper) == pytest.approx((n + limits.lower, n + limits.upper), rel=1e-9)


def test_two_independent_lists_have_a_closed_profile() -> None:
    """ℓ(N) = log N! − log(N − n)! + Σ over lists of n_j log(n_j/N) + (N − n_j) log(1 − n_j/N)."""
    table = mse.CaptureTable("AB", [[0, 254], [781, 167]])
    found = mse.LogLinear(order=1).fit(table)
    unseen = np.array([500.0, 900.0, 1188.0, 1500.0, 4000.0])
    total = unseen + table.n_observed
    expected = gammaln(total + 1.0) - gammaln(unseen + 1.0)
    for size in (948.0, 421.0):
        expected += size * np.log(size / total) + (total - size) * np.log1p(-size / total)
    values = profile_values(kernel_counts(table), found.kernel.retained, found.kernel.masks, unseen)
    assert np.diff(values) == pytest.approx(np.diff(expected), abs=1e-6)


def test_a_profile_that_stays_inside_down_to_nobody_has_the_persons_seen_as_limit() -> None:
    found = mse.LogLinear(order=1).fit(mse.CaptureTable("AB", [[0, 1], [1, 50]]))
    assert found.estimate().lower == 52.0


def test_an_upper_limit_that_is_not_reached_is_none() -> None:
    found = mse.LogLinear(order=1).fit(mse.CaptureTable("AB", [[0, 1000], [1000, 1]]))
    assert found.estimate(level=0.95).upper is not None
    estimate = found.estimate(level=1.0 - 1e-13)
    assert estimate.upper is None
    assert "no_upper_limit" in {finding.code for finding in estimate.findings}
    assert "None" not in estimate.headline()


@pytest.mark.parametrize("interval", ["profile", "lognormal", "wald"])
def test_no_limits_without_an_estimate(interval: str) -> None:
    estimate = fit("Korea", "[12,13,23]").estimate(interval=interval)
    assert (estimate.total, estimate.lower, estimate.upper) == (None, None, None)
    assert estimate.blocked
