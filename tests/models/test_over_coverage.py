"""Records outside the population, and referrals: where they leave from, and what is left."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mse
from mse.core.expected import ExpectedTable
from mse.errors import ModelError, TableError
from mse.models.over_coverage import OverCoverage, correct_over_coverage
from mse.models.referrals import Referrals, correct_referrals

FAR = 4.0
"""Standard errors that a mean may lie from its expectation: once in 16,000 by chance."""


def table(seed=1, least=3):
    counts = np.random.default_rng(seed).integers(least, 40, (2, 2, 2, 2))
    counts[0, 0, 0] = 0
    return mse.CaptureTable(["A", "B", "C"], counts, {"year": (2015, 2016)})


def listed(of, axis):
    return of.counts.take(1, axis).sum()


@given(st.integers(0, 500), st.floats(0.0, 0.9), st.floats(0.0, 0.9))
@settings(deadline=None, max_examples=40)
def test_erroneous_records_anywhere_leave_every_cell_of_the_list(seed, a, b):
    source = table(seed)
    corrected = correct_over_coverage(source, {"A": a, "B": b}, cells="any")
    assert listed(corrected, 0) == pytest.approx((1 - a) * listed(source, 0))
    assert listed(corrected, 1) == pytest.approx((1 - b) * listed(source, 1))
    assert listed(corrected, 2) == pytest.approx(listed(source, 2))
    assert corrected.counts[1, 1, 1] == pytest.approx((1 - a) * (1 - b) * source.counts[1, 1, 1])
    turned = correct_over_coverage(source, {"B": b, "A": a}, cells="any")
    assert np.allclose(corrected.counts, turned.counts)


def test_erroneous_records_alone_leave_that_cell_only():
    source = table()
    corrected = correct_over_coverage(source, {"A": 0.03, "C": 0.01})
    gone = source.counts - corrected.counts
    assert gone[1, 0, 0].sum() == pytest.approx(0.03 * listed(source, 0))
    assert gone[0, 0, 1].sum() == pytest.approx(0.01 * listed(source, 2))
    gone[1, 0, 0] = gone[0, 0, 1] = 0.0
    assert (gone == 0.0).all()
    shares = corrected.counts[1, 0, 0] / source.counts[1, 0, 0]
    assert shares[0] == pytest.approx(shares[1])
    assert "alone" not in corrected.origin["nl"]


def test_no_erroneous_records_is_no_correction():
    for cells in ("alone", "any"):
        assert (correct_over_coverage(table(), {"A": 0.0}, cells=cells).counts == table().counts).all()
        assert (correct_over_coverage(table(), {}, cells=cells).counts == table().counts).all()


def test_the_total_of_a_list_with_erroneous_records_comes_back():
    """N̂ = n₁ n₂ / m is linear in n₁, so without the e records that only A holds it is unbiased up to 1/m."""
    rng = np.random.default_rng(3)
    totals = []
    for _ in range(400):
        both, one, other, _ = rng.multinomial(20_000, [0.12, 0.28, 0.18, 0.42])
        bad = rng.binomial(round((both + one) / 0.95), 0.05)
        got = correct_over_coverage(mse.CaptureTable(["A", "B"], [[0, other], [one + bad, both]]), {"A": 0.05})
        x = got.counts
        totals.append(x[1].sum() * x[:, 1].sum() / x[1, 1])
    assert abs(np.mean(totals) - 20_000) < FAR * np.std(totals, ddof=1) / np.sqrt(len(totals)) + 20_000 / 2400


@pytest.mark.parametrize(
    ("error", "rates", "cells"),
    [
        (TableError, {"X": 0.1}, "alone"),
        (TableError, {"A": 0.9}, "alone"),
        (ModelError, {"A": 1.0}, "any"),
        (ModelError, {"A": 0.1}, "alnoe"),
    ],
)
def test_over_coverage_that_cannot_be_is_refused(error, rates, cells):
    with pytest.raises(error):
        correct_over_coverage(table(), rates, cells=cells)


def test_rates_of_over_coverage_are_drawn():
    drawn = OverCoverage({"A": (0.1, 0.03), "B": 0.05}).drawn(table(), np.random.default_rng(1))
    assert drawn.rates["B"].mean == 0.05
    assert drawn.rates["A"].mean != 0.1
    assert drawn.rates["A"].error == 0.0
    assert isinstance(drawn.correct(table()), ExpectedTable)


# ---------------------------------------------------------------------- referrals


def by_person(seed=2):
    """Persons on A, B and C; of those on A a third is referred to B, and is on B for that reason."""
    rng = np.random.default_rng(seed)
    persons = 40_000
    on = rng.random((persons, 3)) < [0.3, 0.25, 0.2]
    sent = on[:, 0] & ~on[:, 1] & (rng.random(persons) < 1 / 3)
    seen = on.copy()
    seen[sent, 1] = True
    return on, seen, sent


def counted(on, sent=None):
    columns = (on,) if sent is None else (on, sent[:, None])
    rows = np.concatenate(columns, axis=1).astype(int)
    counts = np.zeros((2,) * rows.shape[1], dtype=int)
    np.add.at(counts, tuple(rows.T), 1)
    counts[0, 0, 0] = 0
    return counts


@pytest.mark.parametrize("levels", [(False, True), (0, 1), ("no", "yes"), ("Nee", "Ja")])
def test_a_flag_gives_back_the_table_without_referrals(levels):
    on, seen, sent = by_person()
    flagged = mse.CaptureTable(["A", "B", "C"], counted(seen, sent), {"referred": levels})
    corrected = correct_referrals(flagged, "referred", source="A", target="B")
    assert isinstance(corrected, mse.CaptureTable)
    assert (corrected.counts == counted(on)).all()
    assert {f.code for f in corrected.findings} == {"referrals_removed"}


def test_a_table_of_persons_referred_is_a_flag():
    on, seen, sent = by_person()
    every, referred = (mse.CaptureTable(["A", "B", "C"], counted(rows)) for rows in (seen, seen & sent[:, None]))
    corrected = correct_referrals(every, referred, source="A", target="B")
    assert (corrected.counts == counted(on)).all()


def test_an_assumed_rate_gives_the_table_back_on_average():
    """A and B are independent, so the rate is right in every other cell but for chance."""
    on, seen, sent = by_person()
    rate = sent.sum() / (seen[:, 0] & seen[:, 1]).sum()
    corrected = correct_referrals(mse.CaptureTable(["A", "B", "C"], counted(seen)), rate, source="A", target="B")
    expected = counted(on)
    assert (abs(corrected.counts - expected) <= FAR * np.sqrt(expected + 1)).all()
    assert corrected.counts.sum() == pytest.approx(expected.sum())
    assert (corrected.counts[0] == counted(seen)[0]).all()
    assert corrected.counts[1, 1].sum() == pytest.approx((1 - rate) * (seen[:, 0] & seen[:, 1]).sum())


def test_referral_lowers_the_estimate_and_removal_repairs_it():
    _, seen, sent = by_person()
    flagged = mse.CaptureTable(["A", "B", "C"], counted(seen, sent), {"referred": (False, True)})
    model = mse.LogLinear("[A][B][C]")
    low, right = (
        model.fit(flagged.collapse()),
        model.fit(correct_referrals(flagged, "referred", source="A", target="B")),
    )
    assert abs(right.total - 40_000) < FAR * right.standard_error
    assert low.total < 40_000 - FAR * low.standard_error


def test_referred_persons_whom_the_source_did_not_see_are_found():
    flagged = mse.CaptureTable(["A", "B"], [[[0, 0], [30, 7]], [[40, 0], [45, 15]]], {"referred": (False, True)})
    corrected = correct_referrals(flagged, "referred", source="A", target="B")
    assert corrected.n_observed == flagged.n_observed - 7
    assert {f.code: f for f in corrected.findings}["referrals_alone"].values["gone"] == 7


def test_no_referral_is_no_correction_and_strata_stay():
    source = table()
    assert (correct_referrals(source, 0.0, source="A", target="C").counts == source.counts).all()
    gone = source.counts - correct_referrals(source, 0.2, source="C", target="A").counts
    assert gone[1, :, 1] == pytest.approx(0.2 * source.counts[1, :, 1])
    assert gone[0, :, 1] == pytest.approx(-0.2 * source.counts[1, :, 1])
    assert (gone[:, :, 0] == 0.0).all()
    drawn = Referrals((0.2, 0.05), "A", "B").drawn(source, np.random.default_rng(1))
    assert drawn.rate.error == 0.0
    assert drawn.rate.mean != 0.2


def test_referrals_that_cannot_be_are_refused():
    source = table()
    expected = correct_referrals(source, 0.1, source="A", target="B")
    more = source.with_counts(source.counts + 1 - (source.counts == 0))
    for error, of, referrals, lists in (
        (TableError, source, 0.1, ("A", "X")),
        (ModelError, source, 0.1, ("A", "A")),
        (ModelError, source, -0.1, ("A", "B")),
        (TableError, source, "refered", ("A", "B")),
        (TableError, source, "year", ("A", "B")),
        (TableError, source, more, ("A", "B")),
        (TableError, source, source.collapse(), ("A", "B")),
        (TableError, expected, "year", ("A", "B")),
        (TableError, expected, source, ("A", "B")),
    ):
        with pytest.raises(error):
            correct_referrals(of, referrals, source=lists[0], target=lists[1])
