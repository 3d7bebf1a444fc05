"""Against Rcapture: every hierarchical model of six published tables, and profile limits."""

from __future__ import annotations

import pytest

from published import fit, rows

SAME_TOTAL = 1e-6
"""Relative; `glm` stops at a change of the deviance of 1e-8, which leaves less than this in a total."""

SAME_CRITERION = 1e-8
"""Relative, for AIC and BIC, and absolute for the deviance at 1e-7."""

SAME_STANDARD_ERROR = 3e-5
"""Relative; `glm` takes its weights one step before the last, so its standard errors are that far off."""

SAME_LIMIT, SAME_LIMIT_WHEN_FEW = 1e-4, 5e-4
"""Relative; Rcapture takes Stirling's formula for log N! and log f₀!, which shows where f₀ is below 50."""

FEW = 50.0

NO_ESTIMATE = {(row["data"], row["model"]) for row in rows("multiplesystemsestimation/extended_mle_failures.csv")}
MODELS = rows("rcapture/closedpms_t.csv")
LIMITS = rows("rcapture/closedpci_t.csv")


@pytest.mark.parametrize("data", ["HIV", "Kosovo", "Diabetes", "HAV", "Korea", "Artificial_3"])
def test_every_model_agrees_or_has_no_estimate(data: str) -> None:
    """Where MultipleSystemsEstimation says that no estimate exists, Rcapture prints a number and we None."""
    for row in (row for row in MODELS if row["data"] == data):
        found = fit(data, row["model"])
        if (data, row["model"]) in NO_ESTIMATE:
            assert found.total is None, row
            assert float(row["total"]) > 0.0
            continue
        assert found.total == pytest.approx(float(row["total"]), rel=SAME_TOTAL), row
        assert found.standard_error == pytest.approx(float(row["standard_error"]), rel=SAME_STANDARD_ERROR), row
        assert found.deviance == pytest.approx(float(row["deviance"]), abs=1e-7), row
        assert found.aic == pytest.approx(float(row["aic"]), rel=SAME_CRITERION), row
        assert found.bic == pytest.approx(float(row["bic"]), rel=SAME_CRITERION), row
        # Rcapture counts every cell and every term; we count those that stay.
        cells_gone = len(found.kernel.mu) - 1 - int(found.kernel.retained.sum())
        assert found.df + cells_gone - found.n_infinite == int(row["df"]), row


def test_each_table_has_all_its_models() -> None:
    counted = {data: sum(row["data"] == data for row in MODELS) for data in ("HIV", "Kosovo", "Diabetes", "HAV")}
    assert counted == {"HIV": 113, "Kosovo": 113, "Diabetes": 113, "HAV": 8}


@pytest.mark.parametrize("row", LIMITS, ids=[f"{r['data']}-{r['model']}-{r['level']}" for r in LIMITS])
def test_profile_limits(row: dict[str, str]) -> None:
    found = fit(row["data"], row["model"])
    estimate = found.estimate(level=float(row["level"]))
    tolerance = SAME_LIMIT_WHEN_FEW if found.dark_figure < FEW else SAME_LIMIT
    assert found.total == pytest.approx(float(row["total"]), rel=SAME_TOTAL)
    assert found.standard_error == pytest.approx(float(row["standard_error"]), rel=SAME_STANDARD_ERROR)
    assert estimate.lower == pytest.approx(float(row["lower"]), rel=tolerance)
    assert estimate.upper == pytest.approx(float(row["upper"]), rel=tolerance)


def test_the_peak_of_the_profile_is_the_multinomial_point() -> None:
    """Rcapture's `closedpCI.t` reports it: a few persons below the Poisson estimate."""
    from mse.core.point_fit import kernel_counts
    from mse.kernels.profile import profile_limits

    for row in LIMITS:
        found = fit(row["data"], row["model"])
        limits = profile_limits(
            kernel_counts(found.table), found.kernel.retained, found.kernel.masks, found.dark_figure, 1.92
        )
        tolerance = SAME_LIMIT_WHEN_FEW if found.dark_figure < FEW else SAME_LIMIT
        assert found.table.n_observed + limits.peak == pytest.approx(float(row["profile_peak"]), rel=tolerance)
        assert found.table.n_observed + limits.peak < found.total
