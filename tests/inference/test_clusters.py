"""Drawing whole cases: as persons where every case is one, and with the variance that copies of persons have."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import chi2_contingency, ks_2samp

import mse
from each_stratum import Separate, by_year_and_form
from mse.core.cases import CaseCounts
from mse.core.resample import sampler

COUNTS = np.array([[[0, 40], [50, 15]], [[60, 20], [25, 10]]])
MODEL = mse.LogLinear(order=1)


def singles(counts: np.ndarray) -> CaseCounts:
    """Every person a case of one."""
    cells = np.repeat(np.arange(counts.size), counts.ravel())
    return CaseCounts(np.arange(len(cells)), cells, np.ones(len(cells), dtype=int))


def copied(counts: np.ndarray, m: int) -> mse.CaptureTable:
    """Every person m times, as one case."""
    cells = np.repeat(np.arange(counts.size), counts.ravel())
    cases = CaseCounts(np.arange(len(cells)), cells, np.full(len(cells), m))
    return mse.CaptureTable(["A", "B", "C"], counts * m, cases=cases)


def codes(estimate: mse.Estimate) -> dict[str, mse.Finding]:
    return {finding.code: finding for finding in estimate.findings}


def test_cases_of_one_are_drawn_as_persons() -> None:
    """Both draws of 4,000 tables: totals by a Kolmogorov–Smirnov test, cells by χ², both refused below 10⁻⁴."""
    table = mse.CaptureTable(["A", "B", "C"], COUNTS, cases=singles(COUNTS))
    rng, total = np.random.default_rng(1), 300.0
    drawn = {
        kind: np.array([one.draw(rng) for _ in range(4000)])
        for kind in ("nonparametric", "case")
        for one in [sampler(table, kind, total=total)]
    }
    seen = [counts.sum(axis=(1, 2, 3)) for counts in drawn.values()]
    assert ks_2samp(*seen).pvalue > 1e-4
    cells = np.array([counts.sum(axis=0).ravel()[1:] for counts in drawn.values()])
    assert chi2_contingency(cells).pvalue > 1e-4
    spread = [counts.reshape(4000, 8)[:, 1:].var(axis=0) for counts in drawn.values()]
    # Two sample variances of 4,000 draws differ by 3 % (one standard error).
    assert np.abs(spread[0] / spread[1] - 1.0).max() < 0.15


@pytest.mark.parametrize("m", [2, 5])
def test_copies_have_m_times_the_variance(m: int) -> None:
    """A table of persons copied m times: the variance of the total is m times that with persons drawn one by one."""
    estimate = mse.bootstrap(MODEL, copied(COUNTS, m), replicates=1500, kind="case", seed=1)
    persons = mse.bootstrap(MODEL, copied(COUNTS, m), replicates=1500, seed=2)
    ratio = np.log(estimate.draws.total).var() / np.log(persons.draws.total).var()
    # The ratio of two variances of 1,500 draws has a standard error of √(2·2/1500) = 5 %; first and last case are cut.
    assert ratio == pytest.approx(m, rel=0.2)
    found = codes(estimate)["case_variance"]
    assert found.severity == "warning"
    assert found.values["ratio"] == pytest.approx(m, rel=0.4)
    seen = estimate.draws.observed
    unseen = estimate.total / estimate.n_observed
    assert seen.var() == pytest.approx(m * estimate.n_observed * (1 - 1 / unseen), rel=0.15)
    assert seen.mean() == pytest.approx(estimate.n_observed, abs=4 * np.sqrt(seen.var() / 1500))


def test_copies_in_whole_cases_have_the_interval_of_one_copy() -> None:
    once = mse.bootstrap(MODEL, mse.CaptureTable(["A", "B", "C"], COUNTS), replicates=1500, seed=1)
    many = mse.bootstrap(MODEL, copied(COUNTS, 4), replicates=1500, kind="case", seed=2)
    assert many.total == pytest.approx(4 * once.total)
    assert (many.lower / 4, many.upper / 4) == pytest.approx((once.lower, once.upper), rel=0.03)


def test_sizes_of_cases_do_not_vary_by_themselves() -> None:
    """n* = Σ m M*, so Var n* = (1 − q) Σ m²; with cases drawn at random alone it would be Σ (m − q m̄)² and more."""
    cases = CaseCounts(np.repeat(np.arange(60), 2), np.tile([1, 3], 60), np.tile([1, 9], 60) * 1)
    counts = cases.counts(8).reshape(2, 2, 2)
    many = CaseCounts(
        np.concatenate([cases.case, 60 + np.arange(300)]),
        np.concatenate([cases.cell, np.full(300, 4)]),
        np.concatenate([cases.count, np.ones(300, dtype=int)]),
    )
    table = mse.CaptureTable(["A", "B", "C"], counts + np.eye(8, dtype=int)[4].reshape(2, 2, 2) * 300, cases=many)
    total = table.n_observed / 0.8
    drawn = sampler(table, "case", total=total)
    rng = np.random.default_rng(3)
    made = np.array([drawn.draw(rng).ravel() for _ in range(4000)])
    seen = made.sum(axis=1)
    assert seen.var() == pytest.approx(0.2 * (many.sizes**2).sum(), rel=0.1)
    # Every person is drawn with the same chance, whatever the size of the case: no cell is favoured.
    error = made.std(axis=0) / np.sqrt(4000)
    assert np.abs(made.mean(axis=0) - table.counts.ravel()).max() < 4 * error.max()


def test_persons_drawn_beside_cases_are_a_finding() -> None:
    found = codes(mse.bootstrap(MODEL, copied(COUNTS, 3), replicates=50))
    assert found["cases_not_drawn"].values["share"] == 1.0
    alone = mse.CaptureTable(["A", "B", "C"], COUNTS, cases=singles(COUNTS))
    assert "cases_not_drawn" not in codes(mse.bootstrap(MODEL, alone, replicates=50))
    beside = codes(mse.bootstrap(MODEL, alone, replicates=200, kind="case"))["case_variance"]
    assert beside.severity == "note"
    assert beside.values["ratio"] == pytest.approx(1.0, abs=0.4)


def test_cases_of_several_parts_go_with_most_of_their_persons() -> None:
    plain = by_year_and_form()
    cells = np.repeat(np.arange(plain.counts.size), plain.counts.ravel())
    number = np.random.default_rng(1).integers(0, 400, len(cells))
    table = mse.CaptureTable(
        plain.lists, plain.counts, plain.covariates, cases=CaseCounts(number, cells, np.ones(len(cells), dtype=int))
    )
    estimate = mse.bootstrap(Separate(), table, replicates=200, kind="case", by=["year"], seed=1)
    assert (estimate.draws.dark_in.sum(axis=1) == estimate.draws.dark_figure).all()
    mean = estimate.draws.observed_in.mean(axis=0)
    error = estimate.draws.observed_in.std(axis=0) / np.sqrt(200)
    # Cases that are drawn with another part move their persons along on average as often as they are.
    assert np.abs(mean - plain.counts.sum(axis=(0, 1, 2)).ravel()).max() < 5 * error.max()


def test_cases_need_a_table_that_carries_them() -> None:
    table = mse.CaptureTable(["A", "B", "C"], COUNTS)
    with pytest.raises(mse.ModelError, match="case="):
        mse.bootstrap(MODEL, table, replicates=5, kind="case")
    with pytest.raises(mse.ModelError, match="fixed_n"):
        mse.bootstrap(MODEL, copied(COUNTS, 2), replicates=5, kind="case", fixed_n=True)


def test_a_checkpoint_of_cases_knows_them(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    whole = mse.bootstrap(MODEL, copied(COUNTS, 2), replicates=60, kind="case")
    mse.bootstrap(MODEL, copied(COUNTS, 2), replicates=30, kind="case", checkpoint=path)
    resumed = mse.bootstrap(MODEL, copied(COUNTS, 2), replicates=60, kind="case", checkpoint=path)
    assert np.array_equal(resumed.draws.dark_figure, whole.draws.dark_figure)
    other = mse.CaptureTable(["A", "B", "C"], COUNTS * 2, cases=singles(COUNTS * 2))
    with pytest.raises(mse.ModelError, match="another bootstrap"):
        mse.bootstrap(MODEL, other, replicates=60, kind="case", checkpoint=path)
