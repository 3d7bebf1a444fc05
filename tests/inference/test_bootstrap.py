"""The bootstrap: what it draws, what it repeats, what it says of itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest

import mse
from mse.core.draws import Draws
from mse.core.resample import resample
from mse.inference.bca import acceleration, bca_probabilities, share_below, without_one
from mse.inference.replicate import BATCH
from published import rows, table


@pytest.fixture(scope="module")
def spina() -> mse.CaptureTable:
    return mse.datasets.load("spina_bifida_621")


def codes(estimate: mse.Estimate) -> dict[str, str]:
    return {finding.code: finding.severity.value for finding in estimate.findings}


def two_lists(both: int, first: int, second: int) -> mse.CaptureTable:
    return mse.CaptureTable(["A", "B"], [[0, second], [first, both]])


def test_the_number_seen_varies_as_a_binomial(spina: mse.CaptureTable) -> None:
    rng = np.random.default_rng(1)
    total = 900.0
    seen = [int(resample(spina, "nonparametric", rng, total=total).sum()) for _ in range(4000)]
    share = spina.n_observed / total
    assert np.mean(seen) == pytest.approx(spina.n_observed, abs=4 * np.sqrt(900 * share * (1 - share) / 4000))
    assert np.var(seen) == pytest.approx(900 * share * (1 - share), rel=0.1)
    fixed = {int(resample(spina, "nonparametric", rng, total=total, fixed_n=True).sum()) for _ in range(50)}
    assert fixed == {spina.n_observed}


def test_parametric_draws_follow_the_fitted_cells(spina: mse.CaptureTable) -> None:
    fit = mse.LogLinear("[S1][S2 S3]").fit(spina)
    rng = np.random.default_rng(2)
    drawn = [resample(spina, "parametric", rng, total=fit.total, means=fit.means) for _ in range(3000)]
    assert {int(counts[0, 0, 0]) for counts in drawn} == {0}
    mean = np.mean(drawn, axis=0)
    expected = fit.means.copy()
    expected[0, 0, 0] = 0.0
    assert np.abs(mean - expected).max() < 4 * np.sqrt(expected.max() / 3000)


@pytest.mark.parametrize("kind", ["nonparametric", "parametric"])
def test_two_lists_agree_with_the_textbook_standard_error(kind: str) -> None:
    """Spread of the replicates against the closed form of Lincoln and Petersen (Seber 1982)."""
    table = two_lists(300, 500, 200)
    estimate = mse.bootstrap(mse.LogLinear(order=1), table, replicates=2000, kind=kind, seed=3)
    n1, n2, m = 800, 500, 300
    closed = np.sqrt(n1 * n2 * (n1 - m) * (n2 - m) / m**3)
    assert estimate.total == pytest.approx(n1 * n2 / m)
    assert estimate.draws.total.std() == pytest.approx(closed, rel=0.08)


def test_a_search_chooses_anew_and_a_model_does_not() -> None:
    table = mse.datasets.load("netherlands_2010_2015_five")
    free = mse.bootstrap(mse.Search(), table, replicates=60, seed=1)
    best = mse.Search().fit(table).best
    held = mse.bootstrap(best.spec, table, replicates=60, seed=1)
    assert len(set(free.draws.model)) > 1
    assert set(held.draws.model) == {best.model}
    assert free.upper / free.lower > held.upper / held.lower
    assert "ignores_model_choice" in codes(held)
    assert "ignores_model_choice" not in codes(free)
    share = free.draws.model_shares().set_index("model")["share"].get(best.model, 0.0)
    found = next(finding for finding in free.findings if finding.code == "choice_in_replicates")
    assert found.values["share"] == pytest.approx(share)


def test_each_replicate_has_the_best_of_all_models() -> None:
    """The totals of replicates are those of exhaustive searches of the same tables."""
    table = mse.datasets.load("kosovo_1999")
    search = mse.Search(max_order=None)
    estimate = mse.bootstrap(search, table, replicates=5, seed=8)
    total = search.fit(table).total
    for number in range(5):
        rng = np.random.default_rng(np.random.SeedSequence(8, spawn_key=(number,)))
        drawn = table.with_counts(resample(table, "nonparametric", rng, total=total))
        again = search.fit(drawn)
        assert estimate.draws.model[number] == again.model
        assert estimate.draws.total[number] == pytest.approx(again.total, rel=1e-9)


def test_same_numbers_for_any_number_of_workers_and_any_backend(spina: mse.CaptureTable) -> None:
    alone = mse.bootstrap(mse.Search(), spina, replicates=2 * BATCH + 3, seed=5)
    pair = mse.bootstrap(mse.Search(), spina, replicates=2 * BATCH + 3, seed=5, workers=2)
    others = [pair]
    for backend in ("threading", "multiprocessing"):
        with joblib.parallel_config(backend=backend):
            others.append(mse.bootstrap(mse.Search(), spina, replicates=2 * BATCH + 3, seed=5, workers=2))
    for other in others:
        assert np.array_equal(alone.draws.dark_figure, other.draws.dark_figure)
        assert alone.draws.model == other.draws.model
    assert (alone.lower, alone.upper) == (pair.lower, pair.upper)
    more = mse.bootstrap(mse.Search(), spina, replicates=3 * BATCH, seed=5)
    assert np.array_equal(alone.draws.dark_figure, more.draws.dark_figure[: len(alone.draws)])


@dataclass(frozen=True)
class StopsAt:
    """An estimator that is interrupted at one of its fits."""

    calls: list[int]
    at: int

    def fit(self, data: Any, *, seed: int | None = None) -> Any:
        self.calls.append(1)
        if len(self.calls) == self.at:
            raise KeyboardInterrupt
        return mse.LogLinear(order=1).fit(data)

    def __repr__(self) -> str:
        return "StopsAt"


def test_a_stopped_bootstrap_goes_on(spina: mse.CaptureTable, tmp_path: Path) -> None:
    path = tmp_path / "replicates.json"
    calls: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        mse.bootstrap(StopsAt(calls, 60), spina, replicates=100, seed=5, checkpoint=path)
    calls.clear()
    resumed = mse.bootstrap(StopsAt(calls, 999), spina, replicates=100, seed=5, checkpoint=path)
    assert len(calls) == 1 + 100 - 2 * BATCH
    whole = mse.bootstrap(mse.LogLinear(order=1), spina, replicates=100, seed=5)
    assert np.array_equal(resumed.draws.dark_figure, whole.draws.dark_figure)
    assert sorted(tmp_path.iterdir()) == [path]


def test_a_killed_process_loses_nothing_but_its_batch(tmp_path: Path) -> None:
    path = tmp_path / "replicates.json"
    script = textwrap.dedent("""
        import sys, mse
        table = mse.datasets.load("spina_bifida_621")
        estimate = mse.bootstrap(mse.Search(), table, replicates=int(sys.argv[1]), seed=2, checkpoint=sys.argv[2])
        print(repr(estimate.lower), repr(estimate.upper))
    """)
    first = subprocess.Popen([sys.executable, "-c", script, "100000", str(path)], stdout=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    assert path.exists()
    resumed = mse.bootstrap(
        mse.Search(), mse.datasets.load("spina_bifida_621"), replicates=100, seed=2, checkpoint=path
    )
    whole = mse.bootstrap(mse.Search(), mse.datasets.load("spina_bifida_621"), replicates=100, seed=2)
    assert (resumed.lower, resumed.upper) == (whole.lower, whole.upper)


def test_a_checkpoint_of_another_bootstrap_is_refused(spina: mse.CaptureTable, tmp_path: Path) -> None:
    path = tmp_path / "replicates.json"
    mse.bootstrap(mse.LogLinear(order=1), spina, replicates=5, checkpoint=path)
    for options in ({"seed": 2}, {"kind": "parametric"}, {"fixed_n": True}):
        with pytest.raises(mse.ModelError, match="another bootstrap"):
            mse.bootstrap(mse.LogLinear(order=1), spina, replicates=5, checkpoint=path, **options)
    with pytest.raises(mse.ModelError, match="another bootstrap"):
        mse.bootstrap(mse.LogLinear(order=2), spina, replicates=5, checkpoint=path)
    path.write_text("{}")
    with pytest.raises(mse.ModelError, match="no checkpoint"):
        mse.bootstrap(mse.LogLinear(order=1), spina, replicates=5, checkpoint=path)


def test_bca_against_a_jackknife_person_by_person(spina: mse.CaptureTable) -> None:
    """One refit a cell with its weight equals one refit a person; the limits are the formula of Efron (1987)."""
    from scipy.stats import norm

    spec = mse.LogLinear("[S1][S2 S3]")
    estimate = mse.bootstrap(spec, spina, replicates=800, interval="bca", seed=4)
    assert estimate.interval == "bca"
    totals = []
    for cell in map(tuple, np.argwhere(spina.counts > 0)):
        counts = spina.counts.copy()
        counts[cell] -= 1
        totals += [spec.fit(spina.with_counts(counts)).total] * int(spina.counts[cell])
    gap = np.mean(totals) - np.array(totals)
    a = (gap**3).sum() / (6 * (gap**2).sum() ** 1.5)
    z0 = norm.ppf(np.mean(estimate.draws.total < estimate.total))
    z = z0 + norm.ppf([0.025, 0.975])
    lower, upper = np.quantile(estimate.draws.total, norm.cdf(z0 + z / (1 - a * z)), method="median_unbiased")
    assert (estimate.lower, estimate.upper) == pytest.approx((lower, upper), rel=1e-9)


def test_acceleration_of_a_skewed_jackknife() -> None:
    totals, weights = np.array([1.0, 2.0, 7.0]), np.array([2.0, 1.0, 1.0])
    spelled_out = np.array([1.0, 1.0, 2.0, 7.0])
    gap = spelled_out.mean() - spelled_out
    assert acceleration(totals, weights) == pytest.approx((gap**3).sum() / (6 * (gap**2).sum() ** 1.5))
    assert acceleration(np.full(3, 5.0), np.ones(3)) == 0.0


def test_bca_says_why_not_when_one_person_changes_the_model() -> None:
    table = mse.datasets.load("western_us")
    estimate = mse.bootstrap(mse.Search(), table, replicates=60, interval="bca", seed=1)
    assert estimate.interval == "percentile"
    assert codes(estimate)["bca_model_changes"] == "warning"


def test_bca_says_why_not_when_one_person_takes_the_estimate_away() -> None:
    estimate = mse.bootstrap(mse.LogLinear("[A][B]"), two_lists(1, 40, 30), replicates=60, interval="bca")
    assert estimate.interval == "percentile"
    assert codes(estimate)["bca_no_estimate"] == "warning"


def test_findings_on_the_replicates() -> None:
    thin = two_lists(2, 60, 60)
    estimate = mse.bootstrap(mse.LogLinear(order=1), thin, replicates=60, seed=1, fixed_n=True)
    found = codes(estimate)
    assert found["fixed_n"] == "warning"
    assert found["few_replicates"] == "warning"
    assert found["replicates_failed"] == "warning"
    assert estimate.draws.failed > 0
    assert len(estimate.draws.total) == 60 - estimate.draws.failed
    failed = next(finding for finding in estimate.findings if finding.code == "replicates_failed")
    assert failed.values["failed"] == estimate.draws.failed
    calm = mse.bootstrap(mse.LogLinear(order=1), two_lists(300, 500, 200), replicates=200, seed=1)
    assert set(codes(calm)) == {"ignores_model_choice"}


def test_collapsed_limits_are_a_finding(spina: mse.CaptureTable) -> None:
    estimate = mse.bootstrap(mse.LogLinear(order=1), spina, replicates=1, seed=1)
    assert codes(estimate)["limits_collapsed"] == "warning"


def test_no_estimate_no_bootstrap() -> None:
    table = mse.datasets.load("artificial_three_lists")
    estimate = mse.bootstrap(mse.LogLinear(order=2), table, replicates=10)
    assert estimate.total is estimate.lower is estimate.upper is None
    assert estimate.draws is None
    assert estimate.blocked


def test_blocking_findings_of_the_search_stay(spina: mse.CaptureTable) -> None:
    table = mse.datasets.load("netherlands_2010_2015_five")
    estimate = mse.bootstrap(mse.Search(), table, replicates=5, seed=1)
    assert estimate.blocked
    assert estimate.headline().startswith("No single estimate")
    assert not mse.bootstrap(mse.Search(), spina, replicates=5, seed=1).blocked


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"replicates": 0}, mse.TableError, "replicates"),
        ({"workers": 0}, mse.TableError, "workers"),
        ({"level": 1.5}, mse.TableError, "level"),
        ({"seed": -1}, mse.TableError, "seed"),
        ({"replicates": 2.5}, mse.TableError, "replicates"),
        ({"kind": "parametrik"}, mse.ModelError, "Did you mean 'parametric'"),
        ({"interval": "bc"}, mse.ModelError, "Did you mean 'bca'"),
        ({"kind": "parametric", "fixed_n": True}, mse.ModelError, "fixed_n"),
    ],
)
def test_options_that_cannot_be(spina: mse.CaptureTable, options: dict[str, Any], error: type, says: str) -> None:
    with pytest.raises(error, match=says):
        mse.bootstrap(mse.LogLinear(order=1), spina, **options)


@pytest.mark.parametrize("name", ["Korea", "Kosovo", "UKdat_5", "Ned_5"])
def test_the_acceleration_of_sparsemse(name: str) -> None:
    """Its jackknife repeats the stepwise choice too; 1e-8 is its precision in print, far below what limits show."""
    data, spec = table(name), mse.Search(method="stepwise", criterion="p-value")
    expected = next(float(row["acceleration"]) for row in rows("sparsemse/bootstrap.csv") if row["data"] == name)
    refits = without_one(spec, data)
    weights = np.array([weight for _, weight in refits], dtype=float)
    assert acceleration(np.array([fit.total for fit, _ in refits]), weights) == pytest.approx(expected, rel=1e-8)


def sparsemse_limits(name: str, below: float | None = None) -> tuple[np.ndarray, np.ndarray]:
    """BCa quantiles from the replicates of SparseMSE, and the ones it gives itself."""
    found = [row for row in rows("sparsemse/bootstrap.csv") if row["data"] == name]
    made = np.array([float(r["total"]) for r in rows("sparsemse/bootstrap_replicates.csv") if r["data"] == name])
    total, a = float(found[0]["total"]), float(found[0]["acceleration"])
    share = share_below(made, total) if below is None else below
    corrected = bca_probabilities(share, a, np.array([float(row["probability"]) for row in found]))
    limits = Draws(np.zeros(len(made)), made).quantile(corrected)
    return limits, np.array([float(row["quantile"]) for row in found])


def test_the_bca_quantiles_of_sparsemse() -> None:
    """The same replicates and acceleration give the same limits."""
    ours, theirs = sparsemse_limits("UKdat_5")
    assert ours == pytest.approx(theirs, rel=1e-9)


def test_ties_that_sparsemse_leaves_to_rounding() -> None:
    """On Korea some replicates equal the estimate but for rounding; it counts those that rounding puts below it."""
    made = np.array([float(r["total"]) for r in rows("sparsemse/bootstrap_replicates.csv") if r["data"] == "Korea"])
    total = float(next(row["total"] for row in rows("sparsemse/bootstrap.csv") if row["data"] == "Korea"))
    tied = int((np.abs(made - total) < 1e-6).sum())
    below = int((made < total - 1e-6).sum())
    assert tied > 1
    shares = [(below + counted) / len(made) for counted in range(tied + 1)]
    agrees = [np.allclose(*sparsemse_limits("Korea", share), rtol=1e-9) for share in shares]
    assert sum(agrees) == 1


def test_replicates_are_distributed_as_those_of_sparsemse() -> None:
    """Two samples of the stepwise procedure with n fixed: a Kolmogorov–Smirnov test, refused below 10⁻⁴."""
    from scipy.stats import ks_2samp

    spec = mse.Search(method="stepwise", criterion="p-value")
    ours = mse.bootstrap(spec, table("Korea"), replicates=400, fixed_n=True, seed=1).draws.total
    theirs = [float(r["total"]) for r in rows("sparsemse/bootstrap_replicates.csv") if r["data"] == "Korea"]
    assert ks_2samp(ours.round(6), np.round(theirs, 6)).pvalue > 1e-4
