"""Partial tables: what goes in comes out, nothing that cannot be gets in, and draws are like the table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mse.core.cases import CaseCounts
from mse.core.partial import PartialTable
from mse.core.partial_resample import partial_sampler
from mse.core.partial_rows import margin_rows
from mse.core.table import CaptureTable
from mse.errors import ModelError, TableError

FORMS = {"form": ["SU", "AU"], "year": [2015, 2016, 2017]}
FEW = settings(deadline=None, max_examples=30)
FAR = 4.5
"""Standard errors: a right draw is further off once in 150,000 numbers."""


def counts_of(draw, shape, k):
    counts = draw(arrays(np.int64, shape, elements=st.integers(0, 9)))
    counts[(0,) * k] = 0
    return counts


@st.composite
def tables(draw, k=3):
    lists = ["A", "B", "C"][:k]
    layers = {
        (): counts_of(draw, (2,) * k + (2, 3), k),
        ("form",): counts_of(draw, (2,) * k + (3,), k),
        ("year",): counts_of(draw, (2,) * k + (2,), k),
        ("form", "year"): counts_of(draw, (2,) * k, k),
    }
    layers[()][(1,) * k + (0, 0)] += 1
    return PartialTable(lists, FORMS, layers)


@given(tables())
@FEW
def test_a_frame_gives_the_table_back(table):
    again = PartialTable.from_counts(table.to_frame(), lists=table.lists, covariates=list(FORMS), levels=FORMS)
    assert again == table
    assert again.n_observed == table.to_frame()["count"].sum()


@given(tables())
@FEW
def test_every_cell_is_in_one_row_of_every_layer(table):
    full = {missing: np.ones_like(layer) for missing, layer in table.layers.items()}
    for layer in full.values():
        layer[0, 0, 0] = 0
    rows = margin_rows(table.with_counts(full))
    per_cell = np.asarray(rows.members.sum(axis=0)).reshape(rows.keep.shape)
    assert (per_cell == np.where(rows.keep, len(full), 0)).all()
    assert rows.counts.sum() == sum(layer.sum() for layer in full.values())


def test_rows_by_hand():
    layers = {(): np.zeros((2, 2, 2), int), ("form",): [[0, 4], [0, 0]]}
    layers[()][1, 0] = [7, 0]
    table = PartialTable(["A", "B"], {"form": ["SU", "AU"]}, layers, operating={"B": {"form": ["SU"]}})
    rows = margin_rows(table, {"form": {"AU": 2.0}})
    # cells: SU 00 01 10 11, AU 00 01 10 11; B is off in AU, so B alone cannot be recorded there and 10 may be 11
    assert rows.counts.tolist() == [7.0, 4.0]
    assert rows.members.toarray().tolist() == [[0, 0, 1, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0, 0, 0]]
    assert rows.keep.astype(int).tolist() == [[0, 1, 1, 1], [0, 0, 1, 1]]
    assert rows.unseen.astype(int).tolist() == [[1, 0, 0, 0], [1, 1, 0, 0]]
    layers[("form",)] = [[0, 0], [5, 0]]
    rows = margin_rows(
        PartialTable(["A", "B"], {"form": ["SU", "AU"]}, layers, operating={"B": {"form": "SU"}}), {"form": {"AU": 2.0}}
    )
    assert rows.members.toarray()[1].tolist() == [0, 0, 1, 0, 0, 0, 2, 2]
    assert rows.support.tolist() == [[0, 0, 1, 0], [0, 0, 1, 1]]


def two_years(**options):
    layers = {(): [[[0, 0], [9, 0]], [[8, 5], [3, 0]]], ("year",): [[0, 2], [4, 1]]}
    return PartialTable(["A", "B"], {"year": [2017, 2018]}, layers, **options)


def test_what_it_says():
    table = two_years(operating=np.array([[True, True], [True, False]]))
    assert repr(table) == (
        "PartialTable of 32 persons on 2 lists (A, B) by year\n  7 lack year\n  B is off in year 2018"
    )
    found = {finding.code: finding for finding in table.findings}
    assert "21.9%" in found["covariate_unknown"].sentence()
    assert found["covariate_unknown"].severity == "warning"
    assert "year 2018" in found["list_off"].sentence("nl")
    assert table.n_lacking("year") == 7
    assert not table.is_complete
    assert table.histories().counts.tolist() == [[0, 11], [17, 4]]
    assert table == two_years(operating={"B": {"year": 2017}})
    assert table != two_years()


def test_off_strata_in_few_words():
    on = np.ones((2, 6), dtype=bool)
    on[1].reshape(2, 3)[:, 2] = False
    table = PartialTable(
        ["A", "B"], FORMS, {(): np.eye(4, 6, 2, dtype=int).reshape(2, 2, 2, 3) * 0 + _on_a()}, operating=on
    )
    assert repr(table).endswith("B is off in year 2017")
    assert table.select(year=[2015, 2016]).operating.all()
    assert not table.collapse(["year"]).operating.all()
    with pytest.raises(TableError, match="off for some levels of 'year'"):
        table.collapse(["form"])


def _on_a():
    counts = np.zeros((2, 2, 2, 3), dtype=int)
    counts[1, 0] = 4
    return counts


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"operating": {"B": {"year": [2018]}}}, r"List 'B' is off in year 2017"),
        ({"operating": {"A": {"year": [2017]}}}, r"List 'A' is off in year 2018"),
        ({"exclusive": [("A", "B")]}, r"Persons on 'A' and 'B' in year 2017 cannot exist"),
        ({"blind": {"A": {"year": [2018]}}}, r"Persons on 'A' in year 2018 cannot exist"),
        ({"exclusive": [("A", "A")]}, "pairs of lists"),
        ({"exclusive": [("A", "D")]}, "no list 'D'"),
        ({"blind": {"A": {"yaer": [2018]}}}, "Did you mean 'year'"),
        ({"blind": {"A": {"year": [2020]}}}, "no level 2020"),
        ({"blind": {"A": {}}}, "names covariates"),
        ({"operating": np.ones((2, 3), dtype=bool)}, "for 2 lists and 2 strata"),
        ({"operating": np.zeros((2, 2), dtype=bool)}, "a list that operates"),
        ({"operating": {"D": {"year": [2018]}}}, "no list 'D'"),
    ],
)
def test_what_cannot_be(change, message):
    with pytest.raises(TableError, match=message):
        two_years(**change)


@pytest.mark.parametrize(
    ("layers", "covariates", "message"),
    [
        ({("sex",): [[0, 1], [1, 1]]}, {"year": [1, 2]}, "'sex', which is no covariate"),
        ({("year",): [[3, 1], [1, 1]]}, {"year": [1, 2]}, "on no list"),
        ({("year",): [[0, 0], [0, 0]]}, {"year": [1, 2]}, "at least one person"),
        ({(): [[0, 1], [1, 1]]}, {"year": [1, 2]}, "shape"),
        ({("year",): [[0, 1], [1, 1]]}, {"year": [1, "missing"]}, "not knowing it is none"),
        ({("year",): [[0, 1], [1, 1]]}, {"year": []}, "no known value"),
    ],
)
def test_layers_that_are_none(layers, covariates, message):
    with pytest.raises(TableError, match=message):
        PartialTable(["A", "B"], covariates, layers)


def test_a_covariate_that_nobody_has():
    frame = pd.DataFrame({"A": [1, 1], "B": [0, 1], "form": [None, None], "count": [3, 4]})
    with pytest.raises(TableError, match="no known value at all"):
        PartialTable.from_counts(frame, lists=["A", "B"], covariates=["form"])


def test_a_person_without_a_year_may_be_of_a_year_in_which_the_list_was_on():
    rows = margin_rows(two_years(operating={"B": {"year": 2017}}))
    table = rows.members.toarray().reshape(-1, 2, 4)
    without = table[-3:]  # recorded as B, A, AB without a year
    assert without[0].tolist() == [[0, 1, 0, 0], [0, 0, 0, 0]]
    assert without[1].tolist() == [[0, 0, 1, 0], [0, 0, 1, 1]]
    assert without[2].tolist() == [[0, 0, 0, 1], [0, 0, 0, 0]]


def test_complete_cases_and_their_loss():
    whole = two_years().complete_cases()
    assert isinstance(whole, CaptureTable)
    assert whole.n_observed == 25
    assert "7 of 32 persons (21.9%)" in whole.findings[0].sentence()
    with pytest.raises(TableError, match="can see everybody"):
        two_years(operating={"B": {"year": 2017}}).complete_cases()


@given(tables())
@FEW
def test_adding_up_is_adding_up_of_layers(table):
    for keep in ([], ["form"], ["year"]):
        added = table.collapse(keep)
        assert added.n_observed == table.n_observed
        assert added.histories() == table.histories()
        assert all(added.n_lacking(name) == table.n_lacking(name) for name in keep)
    assert table.collapse(["form", "year"]) == table


@given(tables())
@FEW
def test_lists_left_out_and_merged_as_in_a_whole_table(table):
    assert table.merge_lists({"BC": ["B", "C"]}).histories() == table.histories().merge_lists({"BC": ["B", "C"]})
    dropped = table.drop_list("B")
    assert dropped.histories() == table.histories().drop_list("B")
    whole = {(): table.layers[()]}
    alone = PartialTable(table.lists, FORMS, whole)
    if table.layers[()].any():
        assert alone.drop_list("C").complete_cases() == alone.complete_cases().drop_list("C")
        assert alone.select(year=2015).complete_cases() == alone.complete_cases().select(year=2015)


def test_zeros_follow_the_lists():
    layers = {(): np.zeros((2, 2, 2, 2), dtype=int)}
    layers[()][1, 0, 0] = [5, 0]
    layers[()][0, 0, 1] = [5, 3]
    table = PartialTable(
        ["A", "B", "C"], {"form": ["SU", "AU"]}, layers, exclusive=[("B", "A")], blind={"A": {"form": "AU"}}
    )
    assert table.exclusive == (("A", "B"),)
    assert table.possible.sum() == 16 - 4 - 2
    assert table.drop_list("B").exclusive == ()
    assert table.drop_list("B").blind == table.blind
    assert table.drop_list("A").blind == {}
    assert table.select(form="SU").blind == {}
    with pytest.raises(TableError, match="cannot see any"):
        table.select(form="AU")
    with pytest.raises(TableError, match="blind to levels"):
        table.collapse()
    with pytest.raises(TableError, match="different groups"):
        table.merge_lists({"AB": ["A", "B"]})
    with pytest.raises(TableError, match="Only some"):
        table.merge_lists({"BC": ["B", "C"]})
    assert "A and B exclude each other\n  A cannot see form AU" in repr(table)


def test_lists_of_different_strata_are_not_merged():
    with pytest.raises(TableError, match="different strata"):
        PartialTable(
            ["A", "B", "C"], {"year": [1, 2]}, {(): np.pad([[[[4, 0]]]], ((1, 0), (0, 1), (0, 1), (0, 0)))},
            operating={"A": {"year": [1]}},
        ).merge_lists({"AB": ["A", "B"]})  # fmt: skip


def test_a_selection_needs_what_everybody_has():
    with pytest.raises(TableError, match="7 of 32 without it"):
        two_years().select(year=2017)


def test_nonparametric_draws_have_the_right_mean_and_spread():
    table, rng, total, n_draws = two_years(), np.random.default_rng(1), 64.0, 4000
    drawn = [table.resample("nonparametric", rng, total=total) for _ in range(n_draws)]
    sizes = np.array([one.n_observed for one in drawn])
    spread = np.sqrt(64 * 0.5 * 0.5)
    assert abs(sizes.mean() - 32) < FAR * spread / np.sqrt(n_draws)
    assert abs(sizes.std() / spread - 1) < FAR / np.sqrt(2 * n_draws)
    lacking = np.array([one.n_lacking("year") for one in drawn])
    assert abs(lacking.mean() - 7) < FAR * np.sqrt(7 / n_draws)
    assert {two_years().resample("nonparametric", rng, total=total, fixed_n=True).n_observed for _ in range(9)} == {32}


def test_parametric_draws_hide_what_the_table_hides():
    table, rng, n_draws = two_years(operating={"B": {"year": 2017}}), np.random.default_rng(2), 4000
    means = np.array([[[10.0, 20.0], [6.0, 5.0]], [[8.0, 7.0], [3.0, 4.0]]])
    drawn = [table.resample("parametric", rng, total=means.sum(), means=means) for _ in range(n_draws)]
    total = sum(one.histories().counts for one in drawn) / n_draws
    recorded = np.array([[0.0, 6.0], [8.0 + 7.0 + 4.0, 3.0]])  # B alone in 2018 is unseen; AB there is recorded A
    assert (abs(total - recorded) <= FAR * np.sqrt(recorded / n_draws)).all()
    hidden = sum(one.layers.get(("year",), np.zeros((2, 2))) for one in drawn) / n_draws
    # nobody has a year for sure, so shares are by history: 2 of 11, 4 of 17, 1 of 4
    expected = recorded * np.array([[0.0, 2 / 11], [4 / 17, 1 / 4]])
    assert (abs(hidden - expected) < FAR * np.sqrt(np.maximum(expected, 1e-9) / n_draws)).all()


def test_draws_that_cannot_be():
    with pytest.raises(ModelError, match="a table that carries them"):
        two_years().resample("case", np.random.default_rng(1), total=50.0)
    with pytest.raises(ModelError, match="no bootstrap of kind 'person'"):
        two_years().resample("person", np.random.default_rng(1), total=50.0)
    with pytest.raises(ModelError, match="needs the fitted counts"):
        two_years().resample("parametric", np.random.default_rng(1), total=50.0)


def test_draws_of_cases():
    counts = np.zeros((2, 2, 3), dtype=int)
    counts[0, 1], counts[1, 0], counts[1, 1] = [4, 2, 6], [8, 0, 4], [2, 2, 2]
    whole = CaptureTable(["A", "B"], counts, {"form": ["SU", "AU", "missing"]})
    cell = np.repeat(np.arange(counts.size), counts.ravel())
    alone = PartialTable.from_table(replace(whole, cases=CaseCounts(np.arange(30), cell, np.ones(30, dtype=int))))
    pairs = PartialTable.from_table(replace(whole, cases=CaseCounts(np.arange(30) // 2, cell, np.ones(30, dtype=int))))
    rng, n_draws = np.random.default_rng(4), 3000
    spread = {}
    for name, table in (("alone", alone), ("pairs", pairs)):
        assert table.cases.n_persons == 30
        sampler = partial_sampler(table, "case", total=60.0)
        drawn = np.array([sampler.draw(rng) for _ in range(n_draws)])
        flat = np.concatenate([layer.ravel() for layer in table.layers.values()])
        assert (abs(drawn.mean(axis=0) - flat) <= FAR * np.sqrt(2 * np.maximum(flat, 1) / n_draws)).all()
        spread[name] = drawn.sum(axis=1).var()
    assert abs(spread["pairs"] / spread["alone"] - 2.0) < FAR * 2.0 * np.sqrt(4.0 / n_draws)
    with pytest.raises(TableError, match="do not add up"):
        replace(alone, cases=CaseCounts(np.arange(29), cell[:29], np.ones(29, dtype=int)))


def test_groups_of_strata_keep_their_own_size():
    layers = {(): np.zeros((2, 2, 2, 3), dtype=int), ("form",): np.zeros((2, 2, 3), dtype=int)}
    layers[()][1, 0], layers[()][0, 1] = [[20, 8, 5], [7, 9, 4]], 6
    layers[("form",)][1, 1] = [3, 40, 2]
    table = PartialTable(["A", "B"], FORMS, layers)
    means = np.ones((2, 2, 2, 3)) * 20.0
    rng, n_draws = np.random.default_rng(3), 3000
    years = [np.tile(np.arange(3) == year, 2) for year in range(3)]
    sampler = partial_sampler(table, "nonparametric", total=1.0, means=means, groups=years)
    drawn = [table.with_counts(sampler.draw(rng)) for _ in range(n_draws)]
    seen = np.array([sum(layer.reshape(-1, 3).sum(axis=0) for layer in one.layers.values()) for one in drawn])
    n = sum(layer.reshape(-1, 3).sum(axis=0) for layer in table.layers.values())
    spread = np.sqrt(n * 40 / (n + 40))  # 40 unseen a year
    assert (abs(seen.mean(axis=0) - n) < FAR * spread / np.sqrt(n_draws)).all()
    assert (abs(seen.std(axis=0) / spread - 1) < FAR / np.sqrt(2 * n_draws)).all()
    forms = [np.repeat([True, False], 3), np.repeat([False, True], 3)]
    one = partial_sampler(table, "nonparametric", total=400.0, means=means, groups=forms)  # forms are not all known
    sizes = np.array([one.draw(rng).sum() for _ in range(n_draws)])
    assert abs(sizes.mean() - n.sum()) < FAR * np.sqrt(n.sum() / n_draws)
