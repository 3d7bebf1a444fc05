"""A bootstrap by parts: they add up in every draw, are drawn by themselves, and are covered one by one or together."""

from __future__ import annotations

import json
from pathlib import Path

import joblib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mse
from each_stratum import Separate, SeparateFit, by_year_and_form
from mse.core.expected import ExpectedTable
from mse.core.partial import PartialTable
from mse.core.resample import sampler
from mse.core.sentence import Sentence
from mse.inference.bands import pointwise, simultaneous
from mse.inference.bca import without_one
from mse.inference.replicate import BATCH
from mse.kernels.resample import whole_sizes


@pytest.fixture(scope="module")
def table() -> mse.CaptureTable:
    return by_year_and_form()


@pytest.fixture(scope="module")
def crossed(table: mse.CaptureTable) -> mse.Estimate:
    return mse.bootstrap(Separate(), table, replicates=400, by=["form", "year"], seed=2)


def codes(estimate: mse.Estimate) -> dict[str, str]:
    return {finding.code: finding.severity.value for finding in estimate.findings}


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from([["year"], ["form"], ["year", "form"], ["form", "year"]]),
    st.sampled_from(["nonparametric", "parametric"]),
    st.integers(0, 1000),
)
def test_parts_are_exactly_the_total_in_every_draw(by: list[str], kind: str, seed: int) -> None:
    estimate = mse.bootstrap(Separate(), by_year_and_form(seed), replicates=20, by=by, kind=kind, seed=seed)
    draws = estimate.draws
    parts = [draws.part(part.levels) for part in estimate.parts[1:]]
    assert (np.sum([part.observed for part in parts], axis=0) == draws.observed).all()
    assert (np.sum([part.dark_figure for part in reversed(parts)], axis=0) == draws.dark_figure).all()
    for year in (2017, 2018, 2019):
        forms = [draws.part({"year": year, "form": form}).dark_figure for form in ("SU", "AU")]
        assert (forms[0] + forms[1] == draws.part({"year": year}).dark_figure).all()
    assert sum(part.observed for part in estimate.parts[1:]) == estimate.n_observed
    assert sum(part.total for part in estimate.parts[1:]) == pytest.approx(estimate.total, rel=1e-12)


def test_parts_have_levels_limits_and_draws_of_their_own(crossed: mse.Estimate) -> None:
    one = crossed[{"year": 2018, "form": "AU"}]
    assert one.parts == crossed["AU, 2018"].parts == crossed["2018, AU"].parts
    assert one.draws.quantile(np.array([0.025, 0.975])).tolist() == [one.lower, one.upper]
    frame = crossed.to_frame()
    assert frame.columns[:4].tolist() == ["part", "form", "year", "observed"]
    assert frame["year"].tolist() == [None, 2017, 2018, 2019, 2017, 2018, 2019]
    assert not frame["limits_add_up"].any()
    assert codes(crossed)["limits_do_not_add_up"] == "note"
    assert "limits_do_not_add_up" not in codes(one)
    for name in ("2018", "AU, 2020"):
        with pytest.raises(mse.TableError, match="has no part"):
            crossed[name]


def test_the_size_of_a_part_is_the_same_in_every_draw(table: mse.CaptureTable) -> None:
    """Persons of a part are n* ~ Binomial(N̂, n/N̂); drawn from the whole table they would vary as n(1 − n/ΣN̂)."""
    fit = Separate().fit(table)
    groups = [np.arange(6) == place for place in range(6)]
    drawn = sampler(table, "nonparametric", total=fit.total, means=fit.means, groups=groups)
    rng = np.random.default_rng(1)
    seen = np.array([drawn.draw(rng).sum(axis=(0, 1, 2)).ravel() for _ in range(4000)])
    n, unseen = table.counts.sum(axis=(0, 1, 2)).ravel(), fit.means[0, 0, 0].ravel()
    expected = n * unseen / (n + unseen)
    assert np.abs(seen.mean(axis=0) - n).max() < 4 * np.sqrt(expected.max() / 4000)
    # A sample variance of 4,000 draws has a standard error of √(2/4000) = 2.2 %; systematic rounding adds below 1/4.
    assert np.abs(seen.var(axis=0) / expected - 1.0).max() < 0.1
    correlation = np.corrcoef(seen.T)[np.triu_indices(6, 1)]
    assert np.abs(correlation).max() < 4 / np.sqrt(4000)
    fixed = sampler(table, "nonparametric", total=fit.total, means=fit.means, groups=groups, fixed_n=True)
    assert fixed.draw(rng).sum(axis=(0, 1, 2)).ravel().tolist() == n.tolist()


@given(st.lists(st.floats(0.0, 500.0), min_size=2, max_size=12), st.integers(0, 10**6))
@settings(deadline=None)
def test_sizes_are_rounded_together(totals: list[float], seed: int) -> None:
    whole = whole_sizes(np.array(totals), np.random.default_rng(seed))
    assert (np.abs(whole - np.array(totals)) < 1.0 + 1e-9).all()
    assert abs(whole.sum() - sum(totals)) < 1.0 + 1e-6


def test_small_sizes_are_right_on_average() -> None:
    rng, totals = np.random.default_rng(2), np.array([0.3, 1.5, 2.2, 0.9])
    mean = np.mean([whole_sizes(totals, rng) for _ in range(4000)], axis=0)
    assert np.abs(mean - totals).max() < 4 * 0.5 / np.sqrt(4000)


def test_one_group_draws_the_same_numbers_as_none(table: mse.CaptureTable) -> None:
    fit = Separate().fit(table)
    everything = [np.ones(6, dtype=bool)]
    for kind in ("nonparametric", "parametric"):
        plain = sampler(table, kind, total=fit.total, means=fit.means).draw(np.random.default_rng(5))
        grouped = sampler(table, kind, total=fit.total, means=fit.means, groups=everything)
        assert (grouped.draw(np.random.default_rng(5)) == plain).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(20, 400), st.integers(1, 8), st.sampled_from([0.5, 0.8, 0.9, 0.95]), st.integers(0, 10**6))
def test_a_band_holds_its_share_of_the_draws_and_not_much_more(n: int, parts: int, level: float, seed: int) -> None:
    totals = np.random.default_rng(seed).normal(size=(n, parts)).cumsum(axis=1)
    band = simultaneous(totals, level)
    inside = ((totals >= band.lower) & (totals <= band.upper)).all(axis=1).mean()
    assert inside >= level - 1e-12
    each = pointwise(totals, level)
    assert (band.lower <= each.lower).all()
    assert (band.upper >= each.upper).all()
    ordered = np.sort(totals, axis=0)
    if band.beyond < (n + 1) // 2:
        narrower = (totals >= ordered[band.beyond]) & (totals <= ordered[n - band.beyond - 1])
        assert n - narrower.all(axis=1).sum() > (1.0 - level) * n - 1.0


def test_ties_do_not_widen_a_band() -> None:
    totals = np.repeat([0.0, 1.0], [90, 10])[:, None]
    assert simultaneous(np.tile(totals, (1, 5)), 0.7).upper.tolist() == [0.0] * 5
    assert simultaneous(np.tile(totals, (1, 5)), 0.95).upper.tolist() == [1.0] * 5


def test_the_band_of_normal_parts_is_that_of_the_largest_of_them() -> None:
    """For independent normal parts the critical value is Φ⁻¹((1 + level^(1/k))/2), here 2.569 for 5 parts."""
    from scipy.stats import norm

    totals = np.random.default_rng(4).normal(size=(40_000, 5))
    band = simultaneous(totals, 0.95)
    critical = norm.ppf(0.5 + 0.95 ** (1 / 5) / 2)
    # Quantile of 40,000 draws at a tail of 0.5 %: a standard error of about 0.02 for each limit.
    assert np.abs(band.upper - critical).max() < 0.1
    assert np.abs(band.lower + critical).max() < 0.1


def test_a_simultaneous_estimate_says_what_its_limits_are(table: mse.CaptureTable) -> None:
    options = {"replicates": 400, "by": ["year"], "seed": 2}
    each = mse.bootstrap(Separate(), table, **options)
    together = mse.bootstrap(Separate(), table, simultaneous=True, **options)
    assert (together.lower, together.upper) == (each.lower, each.upper)
    for one, other in zip(each.parts[1:], together.parts[1:], strict=True):
        assert other.lower < one.lower < one.upper < other.upper
        assert (one.interval, other.interval) == ("percentile", "simultaneous")
    totals = np.column_stack([together.draws.part(part.levels).total for part in together.parts[1:]])
    limits = [np.array([getattr(part, side) for part in together.parts[1:]]) for side in ("lower", "upper")]
    assert ((totals >= limits[0]) & (totals <= limits[1])).all(axis=1).mean() == pytest.approx(0.95, abs=0.01)
    assert codes(together)["simultaneous_band"] == "note"
    assert codes(together)["band_few_replicates"] == "warning"
    assert together["2018"].interval == "simultaneous"


def test_parts_beside_a_whole_with_bca_limits(table: mse.CaptureTable) -> None:
    estimate = mse.bootstrap(Separate(), table, replicates=200, by=["year"], interval="bca")
    assert estimate.interval == "bca"
    assert {part.interval for part in estimate.parts[1:]} == {"percentile"}
    assert codes(estimate)["parts_percentile"] == "note"


def test_other_parts_are_refused(table: mse.CaptureTable) -> None:
    with pytest.raises(mse.ModelError, match="no covariate 'yaer'"):
        mse.bootstrap(Separate(), table, replicates=5, by=["yaer"])
    with pytest.raises(mse.ModelError, match="one of parts"):
        mse.bootstrap(Separate(), table, replicates=5, simultaneous=True)


def test_a_fit_that_does_not_tell_strata_apart_has_no_parts(table: mse.CaptureTable) -> None:
    class Whole(Separate):
        def fit(self, data: mse.CaptureTable, *, seed: int | None = None) -> SeparateFit:
            found = super().fit(data, seed=seed)
            return SeparateFit(None, found.total, found.dark_figure)

    with pytest.raises(mse.ModelError, match="all strata"):
        mse.bootstrap(Whole(), table, replicates=5, by=["year"])
    assert not mse.bootstrap(Whole(), table, replicates=5).draws.stratified


def test_parts_of_no_estimate_have_what_was_seen() -> None:
    counts = np.zeros((2, 2, 2), dtype=np.int64)
    counts[:, :, 0], counts[:, :, 1] = [[0, 30], [40, 6]], [[0, 5], [5, 0]]
    table = mse.CaptureTable(["A", "B"], counts, {"year": (2018, 2019)})
    estimate = mse.bootstrap(Separate(), table, replicates=5, by=["year"])
    assert [(part.name, part.observed, part.total) for part in estimate.parts] == [
        ("total", 86, None),
        ("2018", 76, None),
        ("2019", 10, None),
    ]


def test_a_stratified_checkpoint_gives_the_same_strata(table: mse.CaptureTable, tmp_path: Path) -> None:
    path, options = tmp_path / "kept", {"by": ["year"], "seed": 3}
    whole = mse.bootstrap(Separate(), table, replicates=60, **options)
    mse.bootstrap(Separate(), table, replicates=30, checkpoint=path, **options)
    resumed = mse.bootstrap(Separate(), table, replicates=60, checkpoint=path, **options)
    assert np.array_equal(resumed.draws.dark_in, whole.draws.dark_in)
    assert np.array_equal(resumed.draws.observed_in, whole.draws.observed_in)
    assert resumed.parts == whole.parts
    with pytest.raises(mse.ModelError, match="another bootstrap"):
        mse.bootstrap(Separate(), table, replicates=60, checkpoint=path, by=["form"], seed=3)


def test_strata_are_the_same_for_any_number_of_workers(table: mse.CaptureTable) -> None:
    options = {"replicates": 2 * BATCH + 3, "by": ["year"], "seed": 4}
    alone = mse.bootstrap(Separate(), table, **options)
    with joblib.parallel_config(backend="threading"):
        pair = mse.bootstrap(Separate(), table, workers=2, **options)
    assert np.array_equal(alone.draws.dark_in, pair.draws.dark_in)
    assert alone.parts == pair.parts


def test_a_checkpoint_of_an_earlier_version_says_so(table: mse.CaptureTable, tmp_path: Path) -> None:
    path = tmp_path / "kept"
    path.write_text(json.dumps({"key": "0" * 64, "replicates": [[10, 1.5, "[A][B]", False]]}))
    with pytest.raises(mse.ModelError, match="another version"):
        mse.bootstrap(Separate(), table, replicates=5, checkpoint=path)
    for content in (b"PK\x03\x04 broken", b"", b"\x93NUMPY\x01\x00", b"\xff\xfe"):
        path.write_bytes(content)
        with pytest.raises(mse.ModelError, match="no checkpoint"):
            mse.bootstrap(Separate(), table, replicates=5, checkpoint=path)


def test_a_checkpoint_is_small(tmp_path: Path) -> None:
    """300 replicates of 6 strata: their two arrays of 8 bytes a number are 29 kB; packed they take less than that."""
    path = tmp_path / "kept"
    mse.bootstrap(Separate(), by_year_and_form(), replicates=300, by=["year"], checkpoint=path)
    assert path.stat().st_size < 300 * 6 * 16


def test_an_unknown_part_of_draws_is_refused(crossed: mse.Estimate) -> None:
    with pytest.raises(mse.ModelError, match="no level 2030"):
        crossed.draws.part({"year": 2030})
    with pytest.raises(mse.TableError, match="of the whole"):
        crossed["AU, 2018"].draws.part({"year": 2018})
    with pytest.raises(mse.TableError, match="add up"):
        mse.Draws(
            np.ones(2), np.ones(2), covariates={"x": (1, 2)}, observed_in=np.ones((2, 2)), dark_in=np.ones((2, 2))
        )


def partial(share: float) -> PartialTable:
    """The table by year and form, in which the form of some persons is not known."""
    table = by_year_and_form()
    lacking = np.random.default_rng(1).binomial(table.counts, share)
    return PartialTable(table.lists, table.covariates, {(): table.counts - lacking, ("form",): lacking.sum(axis=4)})


@pytest.mark.parametrize("kind", ["nonparametric", "parametric"])
def test_parts_of_a_partial_table_add_up_in_every_draw(kind: str) -> None:
    model = mse.LogLinear("[A year][B][C][year form]")
    estimate = mse.bootstrap(model, partial(0.2), replicates=12, by=["form"], kind=kind, seed=1)
    draws = estimate.draws
    parts = [draws.part({"form": form}) for form in ("SU", "AU")]
    assert (parts[0].observed + parts[1].observed == draws.observed).all()
    assert (parts[0].dark_figure + parts[1].dark_figure == draws.dark_figure).all()
    assert sum(part.observed for part in estimate.parts[1:]) == pytest.approx(estimate.n_observed)
    assert not float(estimate["SU"].parts[0].observed).is_integer()
    assert ("parts_drawn_together" in codes(estimate)) == (kind == "nonparametric")


def test_years_that_are_known_of_all_are_drawn_by_themselves() -> None:
    model = mse.LogLinear("[A year][B][C][year form]")
    assert "parts_drawn_together" not in codes(mse.bootstrap(model, partial(0.2), replicates=6, by=["year"]))


def test_the_jackknife_of_a_table_that_lacks_nothing_is_that_of_the_whole_table() -> None:
    table, model = by_year_and_form(), mse.LogLinear("[A year][B][C][year form]")
    complete = PartialTable(table.lists, table.covariates, {(): table.counts})
    ours, theirs = (without_one(model, one) for one in (complete, table))
    assert [weight for _, weight in ours] == [weight for _, weight in theirs]
    assert [fit.total for fit, _ in ours] == pytest.approx([fit.total for fit, _ in theirs], rel=1e-6)


def test_expected_tables_are_not_drawn_from() -> None:
    table = by_year_and_form()
    origin = Sentence("origin_linkage", {"missed": {"en": "0.2", "nl": "0,2"}, "false": {"en": "0", "nl": "0"}})
    expected = ExpectedTable(table.lists, 0.5 * table.counts, table.covariates, source=table, origin=origin)
    with pytest.raises(mse.TableError, match="cannot be drawn from"):
        sampler(expected, "nonparametric", total=1.0)


def test_a_band_over_parts_with_few_unseen_warns() -> None:
    counts = np.zeros((2, 2, 2), dtype=np.int64)
    counts[:, :, 0], counts[:, :, 1] = [[0, 40], [40, 120]], [[0, 90], [90, 160]]
    table = mse.CaptureTable(["A", "B"], counts, {"year": (2018, 2019)})
    estimate = mse.bootstrap(Separate(), table, replicates=50, by=["year"], simultaneous=True)
    assert estimate["2018"].dark_figure < 30 < estimate["2019"].dark_figure
    found = next(finding for finding in estimate.findings if finding.code == "band_small_parts")
    assert found.values["parts"] == ["2018"]
    assert "band_small_parts" not in codes(mse.bootstrap(Separate(), table, replicates=50, by=["year"]))
