"""Capture models: against Rcapture, closed forms, direct maximisation and what must not change an answer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import minimize

import mse
from mse.kernels.capture_models import bound_columns, cells_of, fit_bounded, list_columns
from mse.kernels.cell_scoring import deviance
from mse.models.heterogeneity import LAWS
from mse.models.heterogeneity_fit import HeterogeneityFit
from published import rows, table

SAME_TOTAL = 1e-6
"""Relative; `glm` stops at a change of the deviance of 1e-8, which leaves less than this in a total."""

SAME_STANDARD_ERROR = 2e-4
"""Relative; `glm` takes its weights one step before the last, which shows where a law changes them a lot."""

SAME_LIMIT, SAME_LIMIT_WHEN_FEW = 1e-4, 5e-4
"""Relative; Rcapture takes Stirling's formula for log N! and log f₀!, which shows where f₀ is below 50."""

FEW = 50.0

NORMAL_TOTAL, NORMAL_DEVIANCE = 1e-3, 1e-3
"""Rcapture integrates on fewer points and stops its maximiser early: its deviance is at most this much lower."""

SIDES_OF_ERROR = 0.5
"""Rcapture's variance of log f₀ under the normal law is about half of ours; the test below says which is right."""

ROWS = rows("rcapture/closedp_t.csv")
NO_ESTIMATE = {("UKdat_5", "Mb")}
"""Rcapture prints −3,763 persons, with a flag."""

FAR_WEIGHTS = {("Diabetes", "Mb")}
"""`glm` stops at a standard error that is 0.5% off; `test_removal_by_direct_maximisation` proves ours."""


def fit(data: str, model: str, law: str) -> HeterogeneityFit:
    return mse.Heterogeneity(model, law or None).fit(table(data))


@pytest.mark.parametrize("data", sorted({row["data"] for row in ROWS}))
def test_models_of_rcapture(data: str) -> None:
    for row in (row for row in ROWS if row["data"] == data and row["law"] != "normal"):
        found, key = fit(data, row["model"], row["law"]), (data, row["model"])
        if key in NO_ESTIMATE:
            assert found.total is None
            assert float(row["total"]) < 0.0
            continue
        assert found.total == pytest.approx(float(row["total"]), rel=SAME_TOTAL), row
        if key not in FAR_WEIGHTS:
            assert found.standard_error == pytest.approx(float(row["standard_error"]), rel=SAME_STANDARD_ERROR), row
        assert found.deviance == pytest.approx(float(row["deviance"]), abs=1e-7), row
        assert (found.aic, found.bic) == pytest.approx((float(row["aic"]), float(row["bic"])), rel=1e-8), row
        assert found.df == int(row["df"]), row


@pytest.mark.parametrize("data", ["hare", "HIV", "Kosovo"])
def test_profile_limits_of_rcapture(data: str) -> None:
    """Those of Chao's bound hold its coefficients at 0 or above all along the profile."""
    compared = 0
    for row in (row for row in ROWS if row["data"] == data and row["law"] != "normal" and row["lower"]):
        found = fit(data, row["model"], row["law"])
        estimate = found.estimate()
        tolerance = SAME_LIMIT_WHEN_FEW if found.dark_figure < FEW else SAME_LIMIT
        assert estimate.lower == pytest.approx(float(row["lower"]), rel=tolerance), row
        if row["upper"].startswith(">"):
            assert estimate.upper > float(row["upper"][1:])
        else:
            assert estimate.upper == pytest.approx(float(row["upper"]), rel=tolerance), row
        compared += 1
    assert compared == 10


@pytest.mark.parametrize("row", [row for row in ROWS if row["law"] == "normal"], ids=lambda row: "-".join(row.values()))
def test_normal_law_of_rcapture(row: dict[str, str]) -> None:
    found = fit(row["data"], row["model"], "normal")
    assert found.total == pytest.approx(float(row["total"]), rel=NORMAL_TOTAL)
    assert found.deviance == pytest.approx(float(row["deviance"]), abs=NORMAL_DEVIANCE)
    assert found.df == int(row["df"])
    ours, theirs = (error**2 - found.dark_figure for error in (found.standard_error, float(row["standard_error"])))
    assert theirs / ours == pytest.approx(SIDES_OF_ERROR, abs=0.02)


def test_standard_error_of_normal_law_is_that_of_drawn_tables() -> None:
    """Rcapture's is lower by √2; tables drawn from the fit vary as ours says."""
    found = fit("Kosovo", "Mh", "normal")
    cells, rng, replicates = found.means.ravel(), np.random.default_rng(8), 60
    drawn = rng.multinomial(round(cells.sum()), cells / cells.sum(), size=replicates)
    totals = [found.spec.fit(table("Kosovo").with_counts(_seen(one, 4))).total for one in drawn]
    spread = np.std(totals, ddof=1)
    three_errors = 3.0 / np.sqrt(2.0 * (replicates - 1))
    assert spread == pytest.approx(found.standard_error, rel=three_errors)
    assert spread > 902.2 * (1.0 + three_errors / 3.0), "Rcapture's standard error"


def _seen(cells: np.ndarray, k: int) -> np.ndarray:
    counts = cells.reshape((2,) * k).copy()
    counts[(0,) * k] = 0
    return counts


def test_unequal_lists_without_law_are_independence() -> None:
    for data in ("HIV", "Kosovo", "hare"):
        ours, plain = fit(data, "Mt", ""), mse.LogLinear(order=1).fit(table(data))
        assert (ours.total, ours.standard_error) == pytest.approx((plain.total, plain.standard_error), rel=1e-8)
        for interval in ("profile", "lognormal", "wald"):
            a, b = ours.estimate(interval=interval), plain.estimate(interval=interval)
            assert (a.lower, a.upper) == pytest.approx((b.lower, b.upper), rel=1e-7)


def test_lower_bound_in_closed_form() -> None:
    """Chao (1987) as Rivest and Baillargeon (2007): f₀ = (k − 1)/k · f₁²/(2 f₂) where no coefficient left."""
    rng, compared = np.random.default_rng(3), 0
    for k in (3, 4, 5):
        for _ in range(20):
            sizes = cells_of(k).sum(axis=1)
            counts = _seen(rng.poisson(20.0 * np.exp(0.3 * sizes**2 - 1.5 * sizes)), k)
            found = mse.Heterogeneity("Mh").fit(mse.CaptureTable([f"L{j}" for j in range(k)], counts))
            if found.status != "ok" or found.kernel.left_out:
                continue
            f1, f2 = (counts.ravel()[sizes == size].sum() for size in (1, 2))
            assert found.dark_figure == pytest.approx((k - 1) / k * f1**2 / (2.0 * f2), rel=1e-8)
            compared += 1
    assert compared > 20


def test_bound_is_the_maximum_under_its_restriction() -> None:
    """Against a maximiser that takes bounds; deletion alone could stop short of it."""
    rng = np.random.default_rng(5)
    for _ in range(10):
        cells = cells_of(4)
        y = rng.poisson(30.0 * np.exp(-0.8 * cells.sum(axis=1))).astype(float) + 1.0
        y[0] = 0.0
        free, bounded = list_columns(cells, equal=False), bound_columns(cells)
        found, kept = fit_bounded(free, bounded, y)
        assert (found.theta[free.shape[1] :] >= 0.0).all()
        both = np.column_stack([free, bounded])[1:]

        def minus(theta: np.ndarray, x: np.ndarray = both, seen: np.ndarray = y[1:]) -> tuple[float, np.ndarray]:
            mu = np.exp(x @ theta)
            return float(mu.sum() - seen @ (x @ theta)), x.T @ (mu - seen)

        limits = [(None, None)] * free.shape[1] + [(0.0, None)] * bounded.shape[1]
        start = np.concatenate([[3.0], -np.ones(4), np.zeros(2)])
        other = minimize(minus, start, jac=True, bounds=limits, options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 5000})
        ours = float(np.exp(found.log_means[1:]).sum() - y[1:] @ found.log_means[1:])
        assert ours == pytest.approx(other.fun, abs=1e-6)
        assert set(np.flatnonzero(other.x[free.shape[1] :] > 1e-3)) <= set(kept)


def test_removal_by_direct_maximisation() -> None:
    """Mb: N and p from first captures, and the curvature of their likelihood by differences."""
    for data in ("hare", "Diabetes"):
        counts = table(data).counts
        k = counts.ndim
        cells = cells_of(k)
        first = np.bincount(cells[1:].argmax(axis=1), weights=counts.ravel()[1:], minlength=k)

        def minus(at: np.ndarray, u: np.ndarray = first) -> float:
            chance = 1.0 / (1.0 + np.exp(-at[1]))
            mu = np.exp(at[0]) * chance * (1.0 - chance) ** np.arange(len(u))
            return float(mu.sum() - u @ np.log(mu))

        options = {"xatol": 1e-10, "fatol": 1e-12, "maxiter": 4000}
        best = minimize(minus, [np.log(1.2 * first.sum()), 0.0], method="Nelder-Mead", options=options)
        n, log_odds = np.exp(best.x[0]), best.x[1]
        chance = 1.0 / (1.0 + np.exp(-log_odds))
        found = fit(data, "Mb", "")
        assert found.dark_figure == pytest.approx(n * (1.0 - chance) ** k, rel=1e-4)
        hessian = _second_differences(minus, best.x)
        slope = np.array([1.0, -k * chance])
        variance = found.dark_figure + found.dark_figure**2 * (slope @ np.linalg.inv(hessian) @ slope)
        assert found.standard_error == pytest.approx(np.sqrt(variance), rel=2e-3)


def _second_differences(function: Callable[[np.ndarray], float], at: np.ndarray, step: float = 1e-4) -> np.ndarray:
    moves = np.eye(len(at)) * step

    def mixed(a: np.ndarray, b: np.ndarray) -> float:
        return function(at + a + b) - function(at + a - b) - function(at - a + b) + function(at - a - b)

    return np.array([[mixed(a, b) / (4.0 * step**2) for b in moves] for a in moves])


@pytest.mark.parametrize("model", ["Mh", "Mth"])
@pytest.mark.parametrize("law", ["lower_bound", "poisson", "normal"])
def test_order_of_lists_does_not_matter(model: str, law: str) -> None:
    spec, given = mse.Heterogeneity(model, law), table("Kosovo")
    turned = mse.CaptureTable(given.lists[::-1], given.counts.transpose())
    assert spec.fit(turned).total == pytest.approx(spec.fit(given).total, rel=1e-7)


@pytest.mark.parametrize("law", [None, "lower_bound", "darroch", "normal"])
def test_a_list_without_persons_changes_nothing_where_lists_differ(law: str | None) -> None:
    given = table("Kosovo")
    wider = np.zeros((2,) * 5, dtype=np.int64)
    wider[..., 0] = given.counts
    spec = mse.Heterogeneity("Mth", law) if law else mse.Heterogeneity("Mt")
    found, plain = spec.fit(mse.CaptureTable([*given.lists, "empty"], wider)), spec.fit(given)
    assert (found.total, found.deviance) == pytest.approx((plain.total, plain.deviance), rel=1e-9)
    assert found.criteria.infinite == 1
    assert found.means[..., 1].sum() == 0.0


def test_fitted_counts_add_up_to_the_total() -> None:
    for row in (row for row in ROWS if row["data"] in ("HAV", "hare") or row["law"] == "normal"):
        found = fit(row["data"], row["model"], row["law"])
        assert found.means.sum() == pytest.approx(found.total, rel=1e-6)
        assert deviance(found.table.counts.ravel().astype(float), found.means.ravel()) == pytest.approx(found.deviance)


def codes(found: HeterogeneityFit) -> dict[str, str]:
    return {finding.code: finding.severity.value for finding in found.findings}


def test_what_a_reader_must_know() -> None:
    assert codes(fit("Kosovo", "Mth", "lower_bound")) == {"capture_lower_bound": "note", "capture_left_out": "note"}
    assert codes(fit("Kosovo", "Mth", "gamma")) == {"capture_law": "warning"}
    assert "capture_negative" in codes(fit("Korea", "Mh", "darroch"))
    alike = fit("Korea", "Mth", "normal")
    assert "capture_alike" in codes(alike)
    assert alike.spread == 0.0
    assert alike.total == pytest.approx(fit("Korea", "Mt", "").total)
    assert codes(fit("hare", "Mb", "")) == {"capture_order": "warning"}


def test_without_an_estimate_there_is_no_number() -> None:
    two = mse.CaptureTable(["A", "B"], [[0, 30], [40, 6]])
    for law in ("poisson", "normal"):
        found = mse.Heterogeneity("Mth", law).fit(two)
        assert (found.total, found.standard_error, found.means) == (None, None, None)
        assert codes(found)["capture_not_unique"] == "blocking"
        assert found.estimate().blocked
    nobody_twice = mse.CaptureTable(["A", "B", "C"], [[[0, 5], [6, 0]], [[7, 0], [0, 0]]])
    for model, law in (("M0", None), ("Mt", None), ("Mth", None), ("Mh", "gamma")):
        found = mse.Heterogeneity(model, law).fit(nobody_twice)
        assert found.total is None
        assert codes(found)["capture_no_estimate"] == "blocking"
    rising = mse.CaptureTable(["A", "B"], [[0, 40], [10, 6]])
    assert codes(mse.Heterogeneity("Mb").fit(rising)) == {"capture_no_fewer": "blocking"}


def test_assumptions_name_the_law_and_its_parameter() -> None:
    fits = [fit("HAV", model, law) for model in ("Mh", "Mth") for law in LAWS]
    assert len({found.explain(language) for found in fits for language in ("en", "nl")}) == 20
    assert "log 3" in mse.Heterogeneity("Mh", "poisson", 3.0).fit(table("HAV")).assumption
    assert "lower bound" in fit("HAV", "Mth", "").assumption


def test_what_a_specification_refuses() -> None:
    with pytest.raises(mse.ModelError, match="no capture model"):
        mse.Heterogeneity("Mtbh")
    with pytest.raises(mse.ModelError, match="no law"):
        mse.Heterogeneity("Mh", "chao")
    with pytest.raises(mse.ModelError, match="takes no law"):
        mse.Heterogeneity("Mt", "poisson")
    for law, parameter in (("poisson", 1.0), ("gamma", 0.0), ("gamma", float("nan")), ("darroch", 2.0)):
        with pytest.raises(mse.ModelError, match="parameter"):
            mse.Heterogeneity("Mh", law, parameter)
    assert mse.Heterogeneity("Mth") == mse.Heterogeneity("Mth", "lower_bound")
    with pytest.raises(mse.TableError, match="lists alone"):
        mse.Heterogeneity().fit(mse.datasets.load("spina_bifida_621_ethnicity"))
    with pytest.raises(mse.TableError, match="CaptureTable"):
        mse.Heterogeneity().fit([1, 2])


def test_bootstrap_repeats_the_estimator() -> None:
    estimate = mse.bootstrap(mse.Heterogeneity("Mth"), table("Kosovo"), replicates=20, seed=1, kind="parametric")
    assert estimate.lower < 8591.2 < estimate.upper
