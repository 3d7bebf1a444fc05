"""Bootstraps of the Dutch six-list table against those made with MaartenCruyff/mse.

Its stepwise searches were repeated on multinomial samples with the number seen fixed. The limits themselves are
random; what can be compared is the share of our replicates beyond each of them, which is 2.5 % within the error of
two samples.
"""

from __future__ import annotations

import numpy as np
import pytest

import mse
from published import table

pytestmark = pytest.mark.full

REPLICATES = 400


@pytest.mark.parametrize(
    ("criterion", "total", "lower", "upper", "median", "theirs"),
    [("bic", 43_585, 34_419, 140_619, 100_946, 400), ("aic", 41_561, 34_263, 85_750, 48_263, 200)],
)
def test_stepwise_repeated_in_every_replicate(
    criterion: str, total: int, lower: int, upper: int, median: int, theirs: int
) -> None:
    spec = mse.Search(method="stepwise", criterion=criterion, starts=("independence",))
    estimate = mse.bootstrap(spec, table("Ned"), replicates=REPLICATES, fixed_n=True, workers=2, seed=1)
    assert round(estimate.total) == total
    for limit, share in ((lower, 0.025), (median, 0.5), (upper, 0.975)):
        error = np.sqrt(share * (1 - share) * (1 / REPLICATES + 1 / theirs))
        assert np.mean(estimate.draws.total <= limit) == pytest.approx(share, abs=4 * error)


def test_a_model_held_fixed() -> None:
    """Limits 38,252 to 50,942 of the multinomial bootstrap that holds the model at 43,585 fixed."""
    best = mse.Search(method="stepwise", starts=("independence",)).fit(table("Ned")).best
    estimate = mse.bootstrap(best.spec, table("Ned"), replicates=REPLICATES, fixed_n=True, seed=1)
    error = np.sqrt(0.025 * 0.975 * 2 / REPLICATES)
    assert np.mean(estimate.draws.total <= 38_252) == pytest.approx(0.025, abs=4 * error)
    assert np.mean(estimate.draws.total <= 50_942) == pytest.approx(0.975, abs=4 * error)
