"""Completing tables: against MSEincomplete, by hand, and what cannot be told is refused."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

import mse
from mse.core.expected import ExpectedTable
from mse.core.partial import PartialTable
from mse.core.partial_fit import fit_partial
from mse.core.strata_design import StrataDesign
from mse.core.table import CaptureTable
from mse.core.terms import Generators
from mse.errors import ModelError, TableError
from mse.models.completion import complete
from mse.models.loglinear import LogLinear
from mse.models.missing_odds import missing_odds
from mse.simulate.deal import stream
from mse.simulate.incomplete import lose_values
from mse.simulate.known_truth import KnownTruth

REFERENCE = Path(__file__).parents[1] / "reference" / "mseincomplete"
PRINTED = 1e-6
"""MSEincomplete stops when the log-likelihood gains 1e-8 of itself; its coefficients are then right to this."""


def lcaimp():
    import pandas as pd

    frame = pd.read_csv(REFERENCE / "lcaimp.csv", dtype={"a": "object", "b": "object", "c": "object"})
    frame = frame.rename(columns={"a": "x", "b": "y", "c": "z"})  # names here differ by more than case
    frame = frame[(frame["A"] + frame["B"] + frame["C"]) > 0]
    return PartialTable.from_counts(frame, lists=["A", "B", "C"], covariates=["x", "y", "z"])


def peer(name):
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8") as lines:
        return {row["term"]: (float(row["estimate"]), float(row["se"] or "nan")) for row in csv.DictReader(lines)}


def fitted(table, model, **options):
    generators = Generators.parse(model, table.lists, tuple(table.covariates))
    return fit_partial(table, StrataDesign.of(table.lists, table.covariates, generators, {}), **options)


def test_mseincomplete_with_covariates_that_are_missing():
    table, expected = lcaimp(), peer("lcaimp_main")
    fit = fitted(table, "[A][B][C][x][y][z]")
    assert fit.has_estimate
    assert table.n_observed + fit.unseen.sum() == pytest.approx(expected["N"][0], rel=PRINTED)
    found = dict(zip(fit.design.labels, fit.kernel.theta, strict=True))
    errors = dict(zip(fit.design.labels, np.sqrt(np.diag(fit.kernel.covariance)), strict=True))
    for term, (value, error) in expected.items():
        if term != "N":
            assert found[term] == pytest.approx(value, rel=PRINTED)
            if not np.isnan(error):
                assert errors[term] == pytest.approx(error, rel=1e-3), term


def test_completed_counts_add_up():
    table = lcaimp()
    expected = complete(table, LogLinear("[A B][C x][y z][x y]"))
    assert isinstance(expected, ExpectedTable)
    assert expected.n_observed == pytest.approx(table.n_observed)
    assert (expected.counts >= table.layers[()]).all()
    assert expected.source is table
    assert "[A B]" in str(expected.origin)
    histories = expected.counts.sum(axis=(3, 4, 5))
    np.testing.assert_allclose(histories, table.histories().counts, rtol=1e-9)


def test_a_saturated_model_spreads_in_observed_proportions():
    layers = {(): [[[0, 0], [20, 10]], [[30, 60], [10, 30]]], ("form",): [[0, 9], [18, 8]]}
    table = PartialTable(["A", "B"], {"form": ["SU", "AU"]}, layers)
    expected = complete(table, "[A B form]")
    np.testing.assert_allclose(expected.counts[1, 1], [12, 36], rtol=1e-6)
    assert not fitted(table, "[A B form]").has_estimate  # the unseen are not told


def test_a_whole_table_with_a_level_missing():
    table = CaptureTable(
        ["A", "B"], [[[0, 0, 0], [20, 10, 9]], [[30, 60, 18], [10, 20, 0]]], {"form": ["SU", "AU", "missing"]}
    )
    assert complete(table, "[A form][B form]").counts[0, 1] == pytest.approx([26, 13])


@pytest.mark.parametrize("odds", [0.25, 0.5, 2.0, 4.0])
def test_odds_by_hand(odds):
    # one row without form among those of A alone: the share of AU solves its own equation
    layers = {(): [[[0, 0], [20, 20]], [[30, 60], [10, 20]]], ("form",): [[0, 0], [18, 0]]}
    table = PartialTable(["A", "B"], {"form": ["SU", "AU"]}, layers)
    su, au = complete(table, "[A form][B form]", odds={"form": {"AU": odds}}).counts[1, 0]
    assert su + au == pytest.approx(108)
    assert (au - 60) / (su - 30) == pytest.approx(odds * au / su, rel=1e-6)


def test_odds_are_said_and_checked():
    table = lcaimp()
    said = complete(table, "[A][B][C][x][y][z]", odds={"x": {"2": 1.5}}).origin
    assert "x: 2 × 1.5" in str(said)
    for odds, message in (
        ({"d": {"1": 2.0}}, "no covariate"),
        ({"x": {"3": 2.0}}, "no level '3'"),
        ({"x": {"1": 0.0}}, "positive numbers"),
    ):
        with pytest.raises(TableError, match=message):
            complete(table, "[A][B][C][x][y][z]", odds=odds)


def off_table(**more):
    """Three lists in three years; C is off in 2017."""
    rng = np.random.default_rng(1)
    counts = rng.poisson(30.0, (2, 2, 2, 3))
    counts[0, 0, 0] = 0
    counts[:, :, 1, 0] = 0
    return PartialTable(
        ["A", "B", "C"], {"year": [2017, 2018, 2019]}, {(): counts}, {"C": {"year": [2018, 2019]}}, **more
    )


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("[A year][B year][C]", True),
        ("[A B][A C][B C][year]", True),
        ("[A year][B][B C]", True),
        ("[A][B][C year]", False),  # how C would have done in 2017 cannot be known
        ("[A B][A C][B C][C year]", False),  # but by the mixture that it makes there, which is no knowledge
        ("[A B][B C year]", False),
        ("[A B year][C year]", False),
    ],
)
def test_a_list_that_was_off_limits_the_model(model, told):
    fit = fitted(off_table(), model)
    assert fit.existence.identified is told
    assert fit.has_estimate is told
    if not told:
        assert 0 in fit.existence.untold
        with pytest.raises(ModelError, match=r"does not tell how to spread.*\[C"):
            complete(off_table(), model)


def test_a_two_list_year_does_not_tell_their_dependence():
    fit = fitted(off_table(), "[A B year][C]")
    assert not fit.existence.identified
    assert fit.existence.untold.tolist() == [0]


def test_the_reference_level_may_be_one_where_the_list_was_off():
    # the same model with years in another order: what is told does not hang on the coding
    table = off_table()
    turned = PartialTable(
        table.lists,
        {"year": [2019, 2018, 2017]},
        {(): table.layers[()][..., ::-1]},
        {"C": {"year": [2018, 2019]}},
    )
    for model in ("[A year][B year][C]", "[A B][A C][B C][C year]", "[A B][A C][year]"):
        first, second = fitted(table, model), fitted(turned, model)
        assert first.existence.identified == second.existence.identified
        if first.has_estimate:
            np.testing.assert_allclose(first.unseen, second.unseen[::-1], rtol=1e-6)


def test_a_covariate_that_is_never_known_in_a_year():
    layers = {
        (): np.zeros((2, 2, 2, 2), dtype=int),
        ("form",): np.zeros((2, 2, 2), dtype=int),
    }
    layers[()][1, 0], layers[()][0, 1], layers[()][1, 1] = ([[40, 0], [30, 0]], [[20, 0], [30, 0]], [[10, 0], [6, 0]])
    layers[("form",)][1, 0, 1], layers[("form",)][0, 1, 1], layers[("form",)][1, 1, 1] = 60, 50, 12
    table = PartialTable(["A", "B"], {"form": ["SU", "AU"], "year": [2018, 2019]}, layers)
    assert fitted(table, "[A form][B form][year]").existence.identified
    assert fitted(table, "[A form][B form][form year]").existence.identified  # by what is known of each form's lists
    untold = fitted(table, "[A year][B year][form year]").existence
    assert not untold.identified
    assert untold.untold.tolist() == [1, 3]
    with pytest.raises(ModelError, match=r"\[form=AU year=2019\]"):
        complete(table, "[A year][B year][form year]")


def test_a_model_without_an_estimate_is_refused():
    layers = {(): np.zeros((2, 2, 2, 2), dtype=int), ("form",): np.zeros((2, 2, 2), dtype=int)}
    counts = layers[()].reshape(8, 2)
    counts[:] = [[0, 0], [5, 4], [6, 3], [0, 0], [7, 5], [4, 2], [3, 6], [0, 0]]
    layers[("form",)][1, 0, 0] = 4
    table = PartialTable(["A", "B", "C"], {"form": ["SU", "AU"]}, layers)
    assert complete(table, "[A form][B C]").n_observed == pytest.approx(table.n_observed)  # B C leaves with its cells
    counts[3] = [1, 2]
    table = PartialTable(["A", "B", "C"], {"form": ["SU", "AU"]}, layers)
    fit = fitted(table, "[A B][A C][B C][form]")  # as many terms as histories, and nobody on all three lists
    assert not fit.existence.exists
    assert not fit.has_estimate
    with pytest.raises(ModelError, match=r"\[A B\]\[A C\]\[B C\]\[form\] has no estimate"):
        complete(table, "[A B][A C][B C][form]")


@pytest.mark.parametrize(
    ("spec", "message"),
    [("[A][B][C]", "names each of them"), (3, "LogLinear, Generators or text")],
)
def test_specifications_that_are_none(spec, message):
    with pytest.raises(ModelError, match=message):
        complete(lcaimp(), spec)


def test_only_tables_are_completed():
    with pytest.raises(TableError, match="PartialTable"):
        complete([1, 2], "[A]")


def test_standard_errors_hold_what_is_lost():
    table = lcaimp()
    model = "[A x][B y][C z][x y]"
    partial = fitted(table, model)
    whole = np.rint(partial.completed).astype(int)
    complete_fit = fitted(PartialTable(table.lists, table.covariates, {(): whole}), model)
    everywhere = np.ones(8, dtype=bool)
    assert partial.total_variance(everywhere) > complete_fit.total_variance(everywhere)
    assert partial.deviance >= 0.0
    assert partial.df == 7 * 8 - len(partial.kernel.theta)


def test_variance_of_a_whole_table_is_the_plain_one():
    table = PartialTable(("A", "B"), {"form": ["SU", "AU"]}, {(): [[[0, 0], [20, 10]], [[30, 60], [10, 20]]]})
    fit = fitted(table, "[A form][B form]")
    for place, (a, b, both) in enumerate(((30, 20, 10), (60, 10, 20))):
        unseen = a * b / both
        plain = unseen + unseen**2 * (1 / a + 1 / b + 1 / both)
        assert fit.total_variance(np.arange(2) == place) == pytest.approx(plain, rel=1e-6)


def test_variance_of_a_part_is_that_of_simulated_errors():
    rng = np.random.default_rng(11)
    chance = {"A": (0.5, 0.4), "B": (0.4, 0.5)}
    size, lacking, n_draws = np.array([700, 500]), 0.3, 300
    errors, variances = [], []
    for _ in range(n_draws):
        counts = np.zeros((2, 2, 2), dtype=int)
        for form in range(2):
            on = [rng.random(size[form]) < chance[name][form] for name in "AB"]
            np.add.at(counts[..., form], (on[0].astype(int), on[1].astype(int)), 1)
        counts[0, 0] = 0
        hidden = rng.binomial(counts, lacking)
        layers = {(): counts - hidden, ("form",): hidden.sum(axis=2)}
        fit = fitted(PartialTable(["A", "B"], {"form": ["SU", "AU"]}, layers), "[A form][B form]")
        part = np.array([True, False])
        errors.append(fit.completed[..., 0].sum() + fit.unseen[0] - size[0])
        variances.append(fit.total_variance(part))
    ratio = np.var(errors) / np.mean(variances)
    assert abs(ratio - 1.0) < 4.0 * np.sqrt(2.0 / n_draws)  # four standard errors of a variance
    assert abs(np.mean(errors)) < 4.0 * np.sqrt(np.mean(variances) / n_draws)


def test_a_range_of_odds():
    table = lcaimp()
    model = "[A x][B][C][y][z]"
    frame = missing_odds(table, model, "x", "2", odds=(2.0, 1.0, 0.5), by=["x"])
    assert frame["odds"].tolist() == [0.5] * 3 + [1.0] * 3 + [2.0] * 3
    for _, rows in frame.groupby("odds"):
        total, *parts = rows["total"]
        assert sum(parts) == pytest.approx(total)
        assert rows["observed"].iloc[0] == pytest.approx(table.n_observed)
    plain = fitted(table, model)
    at_one = frame[(frame["odds"] == 1.0) & (frame["part"] == "total")].iloc[0]
    assert at_one["dark_figure"] == pytest.approx(plain.unseen.sum(), rel=1e-6)
    assert at_one["standard_error"] == pytest.approx(np.sqrt(plain.total_variance(np.ones(8, dtype=bool))), rel=1e-6)
    seen = frame[frame["part"] == "2"]["observed"]
    assert seen.is_monotonic_increasing
    with pytest.raises(ModelError, match="does not tell how to estimate"):
        missing_odds(table, "[A B C][x][y][z]", "x", "2")
    with pytest.raises(TableError, match="no level '3'"):
        missing_odds(table, model, "x", "3")


def test_an_estimate_on_the_border_is_none() -> None:
    """Nobody of form AU is known to be on A and B, and everybody who is on both lacks the form: where AU goes to 0."""
    layers = {(): [[[0, 0], [20, 10]], [[30, 60], [10, 0]]], ("form",): [[0, 9], [18, 1]]}
    table = PartialTable(["A", "B"], {"form": ["SU", "AU"]}, layers)
    fit = mse.LogLinear("[A form][B form]").fit(table)
    assert fit.status is mse.FitStatus.NO_MLE
    assert fit.total is None
    assert "partial_on_border" in {finding.code for finding in fit.findings}
    with pytest.raises(ModelError, match="has no estimate on this table"):
        missing_odds(table, "[A form][B form]", "form", "AU")


@pytest.mark.parametrize(("seed", "status"), [(144, mse.FitStatus.NO_MLE), (132, mse.FitStatus.OK)])
def test_iterations_that_end_where_the_likelihood_is_level_have_run_to_infinity(seed, status) -> None:
    """They are as near the border as numbers reach: no inverse of the information, and yet nothing left to gain.

    In the second register nobody is known of the combination that is emptied, and its limit is the estimate.
    """
    known = KnownTruth.draw(seed)
    table = known.table("year", "form", "minor").select(form=["BL-SU", "GO-SU", "AU", "CU"])
    lost = lose_values(table, "form", 0.2, stream(seed, "lost .2"))
    fit = mse.LogLinear(known.model + "[year form minor]").fit(lost)
    assert fit.status is status
    assert ("partial_on_border" in {finding.code for finding in fit.findings}) == (status is mse.FitStatus.NO_MLE)


PARTS_RUNS = 150
"""Tables of the simulation below: the Monte Carlo error of a share of .025 is .013."""

BELOW = 0.075
"""A truth below the lower limit in 1 of 40 is meant; four Monte Carlo errors more."""


def test_limits_of_parts_hold_that_unknown_persons_may_be_in_them() -> None:
    """Most persons are seen, so that what is not known of them matters more than who was not seen."""
    rng = np.random.default_rng(11)
    below = above = made = 0
    for _ in range(PARTS_RUNS):
        known, lacking = np.zeros((2, 2, 2, 2), dtype=np.int64), np.zeros((2, 2, 2), dtype=np.int64)
        for form in range(2):
            on = (rng.random((300, 3)) < 0.8).astype(int)
            lost = rng.random(300) < 0.1
            np.add.at(known, (*on[~lost].T, np.full((~lost).sum(), form)), 1)
            np.add.at(lacking, tuple(on[lost].T), 1)
        known[0, 0, 0], lacking[0, 0, 0] = 0, 0
        table = PartialTable(["A", "B", "C"], {"form": ("f1", "f2")}, {(): known, ("form",): lacking})
        part = mse.LogLinear("[A][B][C][form]").fit(table).estimate(by=["form"]).parts[1]
        made += 1
        below += part.lower > 300
        above += part.upper < 300
    assert below <= BELOW * made
    assert above <= BELOW * made


def test_a_covariate_that_is_never_known_in_a_year_is_said() -> None:
    known = np.array([[[[0, 0], [0, 0]], [[0, 25], [0, 40]]], [[[0, 30], [0, 20]], [[0, 12], [0, 9]]]])
    lacking = np.array([[[0, 0], [50, 4]], [[60, 3], [20, 2]]])
    table = PartialTable(["A", "B"], {"form": ("f1", "f2"), "year": (2018, 2019)}, {(): known, ("form",): lacking})
    found = next(finding for finding in table.findings if finding.code == "covariate_never_known")
    assert found.sentence().startswith("In year 2018 form is known of nobody")


def test_a_search_gives_no_total_to_a_model_that_a_fit_refuses() -> None:
    """A table with an estimate on the border: what the search ranks, a fit of the same model gives."""
    layers = {
        (): [
            [[[0, 0], [0, 0], [0, 0]], [[9, 4], [4, 6], [4, 4]]],
            [[[5, 7], [0, 0], [34, 1]], [[1, 9], [4, 1], [5, 10]]],
        ],
        ("form",): [[[0, 0], [3, 5]], [[5, 0], [6, 1]]],
    }
    table = PartialTable(["A", "B"], {"form": ("f1", "f2", "f3"), "year": (2018, 2019)}, layers)
    found = {method: mse.Search(method=method).fit(table) for method in ("stepwise", "exhaustive")}
    for search in found.values():
        for row in search.to_frame().to_dict("records"):
            assert mse.LogLinear(row["model"]).fit(table).total == pytest.approx(row["total"], rel=1e-6)
    assert found["stepwise"].total == pytest.approx(found["exhaustive"].total, rel=1e-6)


def test_a_combination_that_nobody_known_is_in_leaves_as_in_a_whole_table() -> None:
    """Nobody of form AU is known to be on C, and one person on C lacks the form: in the limit that is no AU."""
    counts = np.array([[[[0, 0], [25, 0]], [[30, 40], [9, 0]]], [[[35, 50], [8, 0]], [[12, 22], [6, 0]]]])
    lacking = np.zeros((2, 2, 2), dtype=np.int64)
    lacking[0, 1, 1] = 1
    table = PartialTable(["A", "B", "C"], {"form": ("SU", "AU")}, {(): counts, ("form",): lacking})
    known = counts.copy()
    known[..., 0] += lacking
    fit, whole = (
        mse.LogLinear("[A form][B form][C form]").fit(one)
        for one in (table, mse.CaptureTable(["A", "B", "C"], known, {"form": ("SU", "AU")}))
    )
    assert fit.status is mse.FitStatus.OK
    assert fit.total == pytest.approx(whole.total, rel=1e-6)
    assert fit.n_infinite == whole.n_infinite == 1
    assert "strata_infinite" in {finding.code for finding in fit.findings}
