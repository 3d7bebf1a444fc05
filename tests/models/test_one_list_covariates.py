"""Chances to be seen that depend on covariates: by hand, by statsmodels, by singleRcapture, and in a bootstrap."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from one_list import COTTONTAILS, METHODS
from scipy.optimize import minimize

import mse

ROWS = Path(__file__).parents[1] / "reference" / "singlercapture" / "netherlandsimmigrant.csv"

TABLE = mse.CountTable(
    [[[60, 40], [31, 22]], [[20, 9], [18, 12]], [[6, 4], [9, 5]], [[2, 0], [4, 3]]],
    {"sex": ("f", "m"), "year": (2018, 2019)},
)

SAME = 1e-6
"""Relative: peers stop when their steps are about 1e-8 long, and squares of errors of 1e-6 are lost on neither side."""

MODEL = "gender + age + nation"


def expanded() -> tuple[np.ndarray, np.ndarray]:
    """How often each person was seen, and the columns of sex + year."""
    rows = TABLE.to_frame()
    rows = rows.loc[rows.index.repeat(rows["count"])]
    columns = np.column_stack([np.ones(len(rows)), rows["sex"] == "m", rows["year"] == 2019]).astype(float)
    return rows["times"].to_numpy(), columns


def test_the_poisson_as_statsmodels() -> None:
    from statsmodels.discrete.truncated_model import TruncatedLFPoisson

    times, columns = expanded()
    peer = TruncatedLFPoisson(times, columns, truncation=0)
    fit = mse.TruncatedPoisson("sex + year").fit(TABLE)
    beta = fit.coefficients["estimate"].to_numpy()
    assert peer.loglike(beta) == pytest.approx(fit.log_likelihood, rel=1e-9)
    # Where the likelihood of another program has its top, its slopes are 0; its slopes are differences.
    assert np.abs(peer.score(beta)).max() < 1e-4
    assert fit.aic == pytest.approx(6.0 - 2.0 * peer.loglike(beta), rel=1e-9)
    assert fit.dark_figure == pytest.approx(np.sum(1.0 / np.expm1(np.exp(columns @ beta))), rel=1e-9)


def test_the_negative_binomial_as_statsmodels() -> None:
    from statsmodels.discrete.truncated_model import TruncatedLFNegativeBinomialP

    times, columns = expanded()
    fit = mse.TruncatedNegativeBinomial("sex + year").fit(TABLE)
    start = np.append(fit.coefficients["estimate"].to_numpy()[:-1], np.exp(fit.coefficients["estimate"].iloc[-1]))
    peer = TruncatedLFNegativeBinomialP(times, columns, truncation=0)
    assert peer.loglike(start) == pytest.approx(fit.log_likelihood, rel=1e-9)
    assert np.abs(peer.score(start)).max() < 1e-4


@pytest.mark.parametrize("base", ["poisson", "geometric"])
def test_the_one_inflated_by_hand(base: str) -> None:
    """The likelihood of Godwin and Böhning written person by person, and climbed without derivatives of ours."""
    times, columns = expanded()
    times = np.where(np.arange(len(times)) % 3 == 0, 1, times)
    frame = pd.DataFrame({"times": times, "sex": columns[:, 1], "year": columns[:, 2]})
    table = mse.CountTable.from_persons(frame, covariates=["sex", "year"])

    def minus(theta: np.ndarray) -> float:
        mean, share = np.exp(columns @ theta[:3]), 1.0 / (1.0 + np.exp(-theta[3]))
        if base == "poisson":
            chance = mean**times * np.exp(-mean) / np.array([1.0, 1, 2, 6, 24])[times] / -np.expm1(-mean)
        else:
            chance = (mean / (1 + mean)) ** (times - 1) / (1 + mean)
        return -np.log((times == 1) * share + (1 - share) * chance).sum()

    found = minimize(minus, np.zeros(4), method="BFGS", options={"gtol": 1e-7})
    fit = mse.OneInflated("sex + year", base=base).fit(table)
    # BFGS with differences of 1e-8 finds the top to about 1e-4 and its height to the square of that.
    assert fit.log_likelihood == pytest.approx(-found.fun, rel=1e-8)
    assert fit.coefficients["estimate"].to_numpy() == pytest.approx(found.x, abs=1e-3)


def test_logistic_regressions_as_statsmodels() -> None:
    from statsmodels.discrete.discrete_model import Logit

    times, columns = expanded()
    few = times < 3
    peer = Logit((times[few] == 2).astype(float), columns[few]).fit(disp=0, method="newton", tol=1e-12)
    rate = 2.0 * np.exp(columns @ peer.params)
    zelterman, chao = (family("sex + year").fit(TABLE) for family in (mse.Zelterman, mse.ChaoCounts))
    assert zelterman.dark_figure == pytest.approx(np.sum(1 / np.expm1(rate)), rel=SAME)
    assert chao.dark_figure == pytest.approx(np.sum(1 / (rate + rate**2 / 2)[few]), rel=SAME)
    assert zelterman.coefficients["standard_error"].to_numpy() == pytest.approx(peer.bse, rel=SAME)


@pytest.mark.parametrize("method", [mse.TruncatedPoisson, mse.TruncatedGeometric, mse.Zelterman, mse.ChaoCounts])
def test_a_saturated_predictor_is_the_strata_by_themselves(method: type) -> None:
    whole = method("sex*year").fit(TABLE)
    alone = [method().fit(TABLE.select(sex=sex, year=year)) for sex in TABLE.covariates["sex"] for year in (2018, 2019)]
    assert whole.unseen == pytest.approx([fit.dark_figure for fit in alone], rel=1e-8)
    assert whole.standard_error**2 == pytest.approx(sum(fit.standard_error**2 for fit in alone), rel=1e-6)
    parts = whole.estimate(by=["sex", "year"]).parts[1:]
    for part, fit in zip(parts, alone, strict=True):
        assert (part.lower, part.upper) == pytest.approx((fit.estimate().lower, fit.estimate().upper), rel=1e-6)


@pytest.mark.parametrize("method", METHODS, ids=repr)
def test_parts_add_up(method: mse.ChaoCounts) -> None:
    fit = method.fit(TABLE)
    assert fit.unseen.sum() == pytest.approx(fit.total - TABLE.n_observed, rel=1e-12)
    assert method.fit(TABLE.collapse()).total == pytest.approx(fit.total, rel=1e-8)


def test_a_group_that_nobody_comes_back_in_has_no_estimate() -> None:
    table = mse.CountTable([[30, 13], [9, 0], [6, 0]], {"sex": ("f", "m")})
    for method in (mse.TruncatedPoisson, mse.TruncatedGeometric, mse.Zelterman, mse.ChaoCounts, mse.OneInflated):
        fit = method("sex").fit(table)
        assert fit.status is mse.FitStatus.NO_MLE
        assert fit.findings[0].code == "counts_no_estimate"
        assert method().fit(table).total is not None


def test_a_group_with_nobody_is_not_told_apart() -> None:
    table = mse.CountTable([[30, 0], [9, 0]], {"sex": ("f", "m")})
    fit = mse.TruncatedPoisson("sex").fit(table)
    assert fit.status is mse.FitStatus.NOT_IDENTIFIED
    assert fit.findings[0].code == "counts_not_identified"


def test_over_dispersion_is_found_as_often_as_it_should_be() -> None:
    """Under the Poisson the score test rejects at 5% about one time in twenty; under a geometric almost always."""
    rng = np.random.default_rng(20)
    rejected = {"poisson": 0, "geometric": 0}
    for _ in range(60):
        for name, times in (("poisson", rng.poisson(1.0, 600)), ("geometric", rng.geometric(0.5, 600) - 1)):
            counts = np.bincount(times)[1:]
            found = mse.TruncatedPoisson().fit(mse.CountTable(counts)).findings
            rejected[name] += any(finding.code == "counts_over_dispersed" for finding in found)
    # 3 of 60 are expected with a standard error of 1.7.
    assert rejected["poisson"] <= 9
    assert rejected["geometric"] >= 58


def test_bootstrap_by_parts() -> None:
    estimate = mse.bootstrap(mse.TruncatedPoisson("sex"), TABLE, replicates=25, by=["sex"], seed=2)
    assert estimate.lower < estimate.total < estimate.upper
    assert estimate.total == pytest.approx(sum(part.total for part in estimate.parts[1:]))
    assert estimate.draws.stratified


@pytest.mark.parametrize(("kind", "interval"), [("nonparametric", "bca"), ("parametric", "percentile")])
def test_bootstrap_of_frequencies(kind: str, interval: str) -> None:
    estimate = mse.bootstrap(mse.ChaoCounts(), COTTONTAILS.table, replicates=40, kind=kind, interval=interval, seed=1)
    assert estimate.lower < estimate.total < estimate.upper
    with pytest.raises(mse.ModelError, match="Cases"):
        mse.bootstrap(mse.ChaoCounts(), COTTONTAILS.table, replicates=5, kind="case")


def test_side_by_side() -> None:
    found = mse.side_by_side(COTTONTAILS.table, METHODS)
    assert not found.errors
    assert found.to_frame()["total"].notna().all()
    assert len(set(found.assumptions("nl").values())) >= 8
    assert len(mse.side_by_side(COTTONTAILS.table).rows) == 6


@pytest.mark.parametrize(
    ("method", "total", "variance", "log_likelihood"),
    [
        (mse.TruncatedPoisson(MODEL), 12690.3536525695, 7885812.21276007, -848.450400952786),
        (mse.TruncatedGeometric(MODEL), 24663.8140062671, 32092015.0708322, -834.452118777026),
        (mse.Zelterman(MODEL), 16129.3870215757, 9865291.32287611, -557.874089017411),
        (mse.ChaoCounts(MODEL), 15983.8293556032, 9773651.07689044, -557.874089017411),
        (mse.OneInflated(MODEL), 6766.20529630741, 2216560.77272565, -832.573819641978),
        (mse.OneInflated(MODEL, base="geometric"), 18106.4567770086, 20515086.8399968, -831.046467591897),
    ],
    ids=repr,
)
def test_as_singlercapture(method: mse.ChaoCounts, total: float, variance: float, log_likelihood: float) -> None:
    """singleRcapture 0.2.3: estimatePopsize(capture ~ gender + age + nation, method = "IRLS")."""
    fit = method.fit(mse.CountTable.from_counts(pd.read_csv(ROWS), covariates=["gender", "age", "nation"]))
    assert fit.total == pytest.approx(total, rel=SAME)
    assert fit.standard_error**2 == pytest.approx(variance, rel=SAME)
    assert fit.log_likelihood == pytest.approx(log_likelihood, rel=SAME)
