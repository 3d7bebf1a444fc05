"""Trimmed dual-system estimation: an example by hand, the stopping rule, and lists with known erroneous records."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mse
from mse.core.fit import Fit, FitStatus
from mse.errors import ModelError, TableError
from mse.models.trimmed import TrimmedDualSystem

FAR = 4.0
"""Standard errors that a mean may lie from its expectation: once in 16,000 by chance."""

TABLE = mse.CaptureTable(["A", "B"], [[0, 100], [600, 400]])
STEPS = [(100, 5), (50, 10), (60, 30)]


def codes(thing):
    return {finding.code: finding for finding in thing.findings}


def test_an_example_by_hand():
    """n₁ = 1000, n₂ = 500, m = 400. Totals: 1000·500/400, 900·500/395, 850·500/385; a third step would give
    790·500/355 = 1112.7, and its 30 of 60 are matched more often than the 385 of 850 left: stop after two."""
    fit = TrimmedDualSystem("A", STEPS).fit(TABLE)
    assert fit.path["total"].tolist() == pytest.approx([1250.0, 900 * 500 / 395, 850 * 500 / 385, 790 * 500 / 355])
    assert fit.path["match_rate"].tolist()[1:] == [0.05, 0.2, 0.5]
    assert fit.path["overall_rate"].tolist()[1:] == pytest.approx([0.4, 395 / 900, 385 / 850])
    assert fit.path["taken"].tolist() == [True, True, True, False]
    assert fit.stop == 2
    assert fit.total == pytest.approx(850 * 500 / 385)
    assert fit.trimmed_table.counts.tolist() == [[0, 115], [465, 385]]
    assert fit.dark_figure == pytest.approx(465 * 115 / 385)
    assert fit.means.sum() == pytest.approx(fit.total)
    assert codes(fit)["trimmed"].values["removed"] == 150


def test_the_estimate_is_that_of_the_trimmed_table():
    fit = TrimmedDualSystem("A", STEPS).fit(TABLE)
    assert mse.LogLinear("[A][B]").fit(fit.trimmed_table).total == pytest.approx(fit.total)


def test_the_other_list_may_be_trimmed():
    turned = mse.CaptureTable(["B", "A"], TABLE.counts.T)
    fit, same = TrimmedDualSystem("A", STEPS).fit(turned), TrimmedDualSystem("A", STEPS).fit(TABLE)
    assert fit.total == same.total
    assert (fit.trimmed_table.counts == same.trimmed_table.counts.T).all()
    assert (fit.estimate(draws=50).draws.total == same.estimate(draws=50).draws.total).all()


def test_steps_come_from_a_frame_as_well():
    frame = pd.DataFrame(STEPS, columns=["removed", "matched"])
    assert TrimmedDualSystem("A", frame) == TrimmedDualSystem("A", STEPS)
    assert hash(TrimmedDualSystem("A", frame)) == hash(TrimmedDualSystem("A", STEPS))


@st.composite
def trimmings(draw):
    alone, other, both = (draw(st.integers(5, 200)) for _ in range(3))
    steps, left, matched = [], alone, both
    for _ in range(draw(st.integers(0, 4))):
        single, hit = draw(st.integers(0, left)), draw(st.integers(0, matched))
        if single + hit:
            steps.append((single + hit, hit))
            left, matched = left - single, matched - hit
    return mse.CaptureTable(["A", "B"], [[0, other], [alone, both]]), steps


@given(trimmings())
@settings(deadline=None, max_examples=80)
def test_steps_are_taken_just_while_the_estimate_falls(drawn):
    table, steps = drawn
    fit = TrimmedDualSystem("A", steps).fit(table)
    totals = fit.path["total"].to_numpy()
    stop = 0
    while stop < len(steps) and totals[stop + 1] < totals[stop] * (1 - 1e-12):
        stop += 1
    assert fit.stop == stop
    assert fit.total == pytest.approx(totals[stop])
    assert fit.trimmed_table.n_observed + fit.dark_figure == pytest.approx(fit.total)
    assert isinstance(fit, Fit)


def test_without_steps_it_is_the_plain_estimate():
    fit = TrimmedDualSystem("A", []).fit(TABLE)
    assert fit.total == 1250.0
    assert fit.trimmed_table == TABLE
    assert "trimming_not_stopped" not in codes(fit)


def test_records_that_are_matched_like_all_others_stop_it_at_once():
    """No erroneous records: steps with the match rate of the list leave the estimate where it is."""
    fit = TrimmedDualSystem("A", [(50, 20), (100, 40)]).fit(TABLE)
    assert fit.stop == 0
    assert fit.total == 1250.0


def test_a_step_that_chance_explains_is_named():
    fit = TrimmedDualSystem("A", [(50, 19)]).fit(TABLE)
    assert fit.stop == 1
    assert codes(fit)["trimming_by_chance"].values["steps"] == ["1"]
    assert "trimming_not_stopped" in codes(fit)
    assert "trimming_by_chance" not in codes(TrimmedDualSystem("A", [(50, 2)]).fit(TABLE))


def test_no_match_is_no_estimate():
    fit = TrimmedDualSystem("A", [(5, 0)]).fit(mse.CaptureTable(["A", "B"], [[0, 10], [20, 0]]))
    assert fit.status is FitStatus.NO_MLE
    assert fit.total is fit.dark_figure is fit.means is None
    assert fit.estimate().total is None


def simulated(rng, persons=5000, erroneous=600):
    """List A holds erroneous records; marks find 9 in 10 of them, with 1 in 20 of the others."""
    on_a, on_b = rng.random(persons) < 0.5, rng.random(persons) < 0.3
    marked = rng.random(persons) < 0.05
    bad = rng.random(erroneous) < 0.9
    counts = [[0, int((on_b & ~on_a).sum())], [int((on_a & ~on_b).sum()) + erroneous, int((on_a & on_b).sum())]]
    hit = int((marked & on_a & on_b).sum())
    removed = int((marked & on_a).sum()) + int(bad.sum())
    rest = erroneous - int(bad.sum())
    return mse.CaptureTable(["A", "B"], counts), [(removed, hit)], rest


def test_erroneous_records_are_trimmed_and_what_is_left_of_them_biases_as_predicted():
    """Left are a tenth of the erroneous records e: E N̂ ≈ N (1 + e_left / n₁)."""
    rng = np.random.default_rng(2)
    ratios, plain = [], []
    for _ in range(300):
        table, steps, rest = simulated(rng)
        fit = TrimmedDualSystem("A", steps).fit(table)
        at = fit.trimmed_table.counts
        ratios.append(fit.total / (1 + rest / (at[1].sum() - rest)) / 5000)
        plain.append(fit.path["total"][0] / 5000)
    error = np.std(ratios, ddof=1) / np.sqrt(len(ratios))
    assert abs(np.mean(ratios) - 1) < FAR * error
    assert np.mean(plain) > 1.2


def test_limits_hold_the_choice_of_where_to_stop():
    estimate = TrimmedDualSystem("A", STEPS).fit(TABLE).estimate(draws=2000, seed=4)
    assert estimate.lower < estimate.total < estimate.upper
    assert len(estimate.draws) == 2000
    seen = set(np.round(estimate.draws.observed).astype(int))
    assert len(seen) > 50
    plain = TrimmedDualSystem("A", []).fit(TABLE).estimate(draws=2000, seed=4)
    n, n1, n2, m = 1100, 1000, 500, 400
    variance = n1 * n2 * (n1 - m) * (n2 - m) / m**3
    assert n == plain.n_observed
    assert np.var(plain.draws.total) == pytest.approx(variance, rel=0.15)
    assert "trimmed" in codes(estimate)
    assert "draws" not in estimate.method["nl"]


@pytest.mark.parametrize("steps", [[(0, 0)], [(3, 4)], [(3, -1)], [(900, 400), (200, 1)], [(10, 0), (600, 0)]])
def test_steps_that_cannot_be_are_refused(steps):
    with pytest.raises(TableError):
        TrimmedDualSystem("A", steps).fit(TABLE)


def test_tables_that_cannot_be_trimmed_are_refused():
    three = mse.CaptureTable(["A", "B", "C"], np.arange(8).reshape(2, 2, 2))
    by_year = mse.CaptureTable(["A", "B"], [[[0, 0], [3, 4]], [[5, 6], [1, 2]]], {"year": (1, 2)})
    for wrong in (three, by_year, "table"):
        with pytest.raises(TableError):
            TrimmedDualSystem("A", []).fit(wrong)
    with pytest.raises(TableError):
        TrimmedDualSystem("X", []).fit(TABLE)
    with pytest.raises(ModelError):
        TrimmedDualSystem("A", []).fit(TABLE).estimate(draws=1)
