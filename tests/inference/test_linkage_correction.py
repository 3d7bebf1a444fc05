"""Correction for linkage error: the identity, closed forms, and totals of known populations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mse
from mse.core.error_rate import ErrorRate
from mse.core.expected import ExpectedTable
from mse.core.terms import Generators
from mse.errors import ModelError, TableError
from mse.inference.broken_links import break_links
from mse.inference.duplicates import correct_duplicates
from mse.inference.linkage_correction import Linkage, correct_linkage
from mse.kernels.poisson import fit_poisson

FAR = 4.0
"""Standard errors that a mean may lie from its expectation: once in 16,000 by chance."""

LISTS = ("A", "B", "C")


def total(counts, model):
    """Total of a log-linear model; counts may be real."""
    counts = np.asarray(counts, dtype=float).ravel()
    return (
        counts.sum() + fit_poisson(counts, Generators.parse(model, LISTS[: counts.size.bit_length() - 1]).masks).mu[0]
    )


def table(seed=1, covariates=None):
    rng = np.random.default_rng(seed)
    covariates = covariates or {}
    counts = rng.integers(5, 60, (2, 2, 2, *map(len, covariates.values())))
    counts[0, 0, 0] = 0
    return mse.CaptureTable(LISTS, counts, covariates)


@pytest.mark.parametrize("rates", [None, 0, 0.0, {}, {("A", "B"): 0.0}, {"A": 0.0}])
def test_linkage_without_error_is_no_correction(rates):
    source = table(covariates={"year": (1, 2)})
    corrected = correct_linkage(source, missed=rates, false=None if rates == {"A": 0.0} else rates)
    assert (corrected.counts == source.counts).all()
    assert corrected.source is source
    assert not {"linkage_bounded", "linkage_unsettled"} & {finding.code for finding in corrected.findings}


def test_missed_links_of_two_lists_leave_the_lists_and_lower_the_total():
    """Ding and Fienberg's (1994) correction for missed links only: N̂ = α n₁ n₂ / m."""
    source = mse.CaptureTable(["A", "B"], [[0, 348], [448, 552]])
    corrected = correct_linkage(source, missed=0.08)
    assert np.isclose(total(corrected.counts, "[A][B]"), 0.92 * 1000 * 900 / 552)
    assert np.isclose(total(source.counts, "[A][B]") / total(corrected.counts, "[A][B]"), 1 / 0.92)


def test_strata_are_corrected_one_by_one():
    source = table(covariates={"year": (2015, 2016), "sex": ("f", "m")})
    both = correct_linkage(source, missed=0.07, false=0.004)
    for year in (2015, 2016):
        for sex in ("f", "m"):
            alone = correct_linkage(source.select(year=year, sex=sex), missed=0.07, false=0.004)
            assert np.allclose(both.select(year=year, sex=sex).counts, alone.counts, rtol=1e-9)


def test_a_rate_for_all_pairs_is_that_rate_for_every_pair():
    source = table()
    pairs = {("A", "B"): 0.1, ("C", "A"): 0.1, ("B", "C"): 0.1}
    directed = {(a, b): 0.003 for a in LISTS for b in LISTS if a != b}
    one = correct_linkage(source, missed=0.1, false=0.003)
    assert np.allclose(one.counts, correct_linkage(source, missed=pairs, false=directed).counts)
    assert not np.allclose(one.counts, correct_linkage(source, missed=dict.fromkeys(LISTS, 0.1), false=0.003).counts)


def test_order_of_the_lists_does_not_matter():
    source = table()
    turned = mse.CaptureTable(("C", "A", "B"), source.counts.transpose(2, 0, 1))
    rates = {"missed": {("A", "B"): 0.1, ("B", "C"): 0.05}, "false": {("C", "A"): 0.01}}
    left, right = correct_linkage(source, **rates), correct_linkage(turned, **rates)
    assert np.allclose(left.counts, right.counts.transpose(1, 2, 0), rtol=1e-8)


def test_more_links_asked_for_than_there_are_records_is_found():
    source = mse.CaptureTable(["A", "B"], [[0, 2], [40, 60]])
    corrected = correct_linkage(source, missed=0.2)
    assert (corrected.counts >= 0.0).all()
    assert corrected.counts[0, 1] == 0.0
    assert "linkage_bounded" in {finding.code for finding in corrected.findings}


def test_cutting_off_at_nobody_in_small_strata_costs_little():
    """1,000 strata of 20 persons on four lists of three in ten each: what docs/explanation/linkage-error.md says."""
    rng = np.random.default_rng(1)
    seen = np.prod(np.meshgrid(*[[0.7, 0.3]] * 4, indexing="ij"), axis=0)
    seen[0, 0, 0, 0] = 0.0
    true = rng.multinomial(20, (seen / seen.sum()).ravel(), size=1000).T.reshape(2, 2, 2, 2, 1000)
    linked = break_links(mse.CaptureTable("ABCD", true, {"stratum": range(1000)}), missed=0.1, seed=1)
    by_stratum, at_once = (correct_linkage(of, missed=0.1) for of in (linked, linked.collapse()))
    assert "linkage_bounded" in {finding.code for finding in by_stratum.findings}
    right, cut, naive = (
        mse.LogLinear("[A][B][C][D]").fit(of).total for of in (at_once, by_stratum.collapse(), linked.collapse())
    )
    assert 0.0 < cut / right - 1.0 < 0.005
    assert round(naive / right - 1.0, 2) == 0.09


PERSONS, REPLICATES = 20_000, 120


def population():
    """Shares of true histories: A and B depend on each other, C on neither."""
    a_b = np.array([[0.5, 0.15], [0.2, 0.15]])
    return (a_b[:, :, None] * np.array([0.7, 0.3])).ravel()


@pytest.mark.parametrize("by", ["pair", "list"])
def test_the_total_of_a_known_population_comes_back(by):
    rng = np.random.default_rng(11)
    missed = (
        {("A", "B"): 0.12, ("A", "C"): 0.08, ("B", "C"): 0.15} if by == "pair" else {"A": 0.1, "B": 0.05, "C": 0.08}
    )
    naive, corrected = [], []
    for number in range(REPLICATES):
        true = rng.multinomial(PERSONS, population())
        true[0] = 0
        linked = break_links(mse.CaptureTable(LISTS, true.reshape(2, 2, 2)), missed=missed, seed=number)
        naive.append(total(linked.counts, "[A B][C]"))
        corrected.append(total(correct_linkage(linked, missed=missed).counts, "[A B][C]"))
    error = np.std(corrected, ddof=1) / np.sqrt(REPLICATES)
    assert abs(np.mean(corrected) - PERSONS) < FAR * error
    assert np.mean(naive) - PERSONS > 20 * error


def test_false_links_are_undone_too():
    """Rates are small: links are drawn one after another, the correction holds to first order."""
    rng = np.random.default_rng(12)
    rates = {"missed": 0.1, "false": {("A", "B"): 0.004, ("C", "A"): 0.004}}
    corrected, missed_only = [], []
    for number in range(REPLICATES):
        true = rng.multinomial(PERSONS, population())
        true[0] = 0
        linked = break_links(mse.CaptureTable(LISTS, true.reshape(2, 2, 2)), seed=number, **rates)
        corrected.append(total(correct_linkage(linked, **rates).counts, "[A B][C]"))
        missed_only.append(total(correct_linkage(linked, missed=0.1).counts, "[A B][C]"))
    error = np.std(corrected, ddof=1) / np.sqrt(REPLICATES)
    assert abs(np.mean(corrected) - PERSONS) < FAR * error
    assert abs(np.mean(missed_only) - PERSONS) > FAR * error


def test_two_lists_with_missed_links_are_too_high_by_one_over_alpha():
    rng = np.random.default_rng(13)
    alpha, ratios = 0.85, []
    for number in range(200):
        true = rng.multinomial(PERSONS, [0.28, 0.12, 0.42, 0.18])
        true[0] = 0
        linked = break_links(mse.CaptureTable(["A", "B"], true.reshape(2, 2)), missed=1 - alpha, seed=number)
        ratios.append(total(linked.counts, "[A][B]") / PERSONS)
    assert abs(np.mean(ratios) - 1 / alpha) < FAR * np.std(ratios, ddof=1) / np.sqrt(len(ratios))


def test_breaking_links_keeps_records_and_strata():
    source = table(covariates={"year": (1, 2)})
    broken = break_links(source, missed=0.3, seed=2)
    assert broken.n_observed > source.n_observed
    for axis in range(3):
        assert (broken.counts.take(1, axis).sum(axis=(0, 1)) == source.counts.take(1, axis).sum(axis=(0, 1))).all()
    assert break_links(source, missed=0.3, seed=2) == broken
    assert break_links(source, seed=2) == source


@pytest.mark.parametrize(
    ("missed", "false"),
    [
        (1.0, None),
        (-0.1, None),
        ("some", None),
        ((0.1, 0.4), None),
        ((0.0, 0.1), None),
        ({"A": 0.1, ("B", "C"): 0.1}, None),
        ({("A", "B"): 0.1, ("B", "A"): 0.1}, None),
        ({("A", "X"): 0.1}, None),
        ({("A", "A"): 0.1}, None),
        ({("A", "B", "C"): 0.1}, None),
        (None, {"A": 0.1}),
        (np.array([0.1]), None),
    ],
)
def test_rates_that_cannot_be_are_refused(missed, false):
    with pytest.raises(ModelError):
        correct_linkage(table(), missed=missed, false=false)


def test_only_tables_are_corrected():
    with pytest.raises(TableError):
        correct_linkage(table().counts, missed=0.1)
    with pytest.raises(TableError):
        break_links(correct_linkage(table(), missed=0.1), missed=0.1)


def test_rates_are_drawn_from_their_beta_distribution():
    rng = np.random.default_rng(4)
    rate = ErrorRate(0.08, 0.02)
    drawn = np.array([rate.draw(rng) for _ in range(4000)])
    assert abs(drawn.mean() - 0.08) < FAR * 0.02 / np.sqrt(4000)
    assert abs(drawn.std() - 0.02) < 0.001
    assert ErrorRate(0.3).draw(rng) == 0.3
    again = ErrorRate.of(drawn)
    assert np.isclose(again.mean, drawn.mean())
    assert ErrorRate.of((0.08, 0.02)) == rate
    assert np.isclose(ErrorRate.counted(0, 100).mean, 0.5 / 101)


def test_one_rate_for_all_pairs_is_drawn_once_and_those_of_pairs_are_drawn_apart():
    rng = np.random.default_rng(5)
    shared = Linkage(missed=(0.1, 0.03)).drawn(table(), rng).rates(table()).by_pair()
    assert len(set(shared[~np.eye(3, dtype=bool)])) == 1
    apart = {("A", "B"): (0.1, 0.03), ("A", "C"): (0.1, 0.03), ("B", "C"): (0.1, 0.03)}
    drawn = Linkage(missed=apart, false={("A", "B"): (0.01, 0.005)}).drawn(table(), rng).rates(table())
    assert len(set(np.triu(drawn.by_pair(), 1)[np.triu_indices(3, 1)])) == 3
    assert drawn.false_links()[0, 1] > 0.0
    assert drawn.false_links().astype(bool).sum() == 1


# ---------------------------------------------------------------------- persons in two years


@given(st.floats(0.0, 0.6), st.integers(0, 1000))
@settings(deadline=None, max_examples=30)
def test_persons_of_a_period_are_unions_of_two_histories(share, seed):
    source = table(seed, {"sex": ("f", "m"), "year": (1, 2, 3)})
    persons = correct_duplicates(source, share)
    counted = source.collapse(["sex"]).counts.reshape(8, 2).astype(float)
    for s in range(2):
        p = counted[:, s] / counted[:, s].sum()
        twice = np.zeros(8)
        for a in range(8):
            for b in range(8):
                twice[a | b] += p[a] * p[b]
        expected = counted[:, s].sum() / (1 + share) * ((1 - share) * p + share * twice)
        assert np.allclose(persons.counts.reshape(8, 2)[:, s], expected, rtol=1e-9)
    assert np.isclose(persons.n_observed, source.n_observed / (1 + share))
    assert tuple(persons.covariates) == ("sex",)


def test_persons_in_two_years_need_two_years():
    for source in (table(), table(covariates={"year": (1,)})):
        with pytest.raises(TableError):
            correct_duplicates(source, 0.1)
    assert isinstance(correct_duplicates(table(covariates={"jaar": (1, 2)}), 0.1, over="jaar"), ExpectedTable)
