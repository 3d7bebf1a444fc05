"""`CaptureTable`: values that do not change, other tables made of it, and errors that name what is there."""

import numpy as np
import pytest

from mse.core.reference import Reference
from mse.core.table import CaptureTable
from mse.errors import TableError

COUNTS = [[[0, 5], [4, 3]], [[2, 1], [1, 6]]]


@pytest.fixture
def table():
    return CaptureTable(["A", "B", "C"], COUNTS)


@pytest.fixture
def by_year():
    counts = np.zeros((2, 2, 3), dtype=int)
    counts[0, 1], counts[1, 0], counts[1, 1] = [5, 2, 0], [4, 1, 1], [3, 3, 0]
    reference = Reference((2015, 2017), "person", "presumed victims", "Netherlands")
    return CaptureTable(["A", "B"], counts, {"year": (2015, 2016, 2017)}, reference)


def test_counts_are_read_only_and_copied(table):
    with pytest.raises(ValueError, match="read-only"):
        table.counts[0, 0, 1] = 9
    source = np.array(COUNTS)
    made = CaptureTable(["A", "B", "C"], source)
    source[0, 0, 1] = 99
    assert made == table


def test_status_marks_the_unobserved_cell(table):
    assert table.status[0, 0, 0] == "unobserved"
    assert (table.status == "observed").sum() == 7


def test_equality_and_fingerprint(table):
    same = CaptureTable(("A", "B", "C"), COUNTS)
    renamed = CaptureTable(["A", "B", "D"], COUNTS)
    assert table == same
    assert hash(table) == hash(same)
    assert table.fingerprint != renamed.fingerprint
    assert table != CaptureTable(["A", "B", "C"], COUNTS, reference=Reference((2015, 2015), "person", "p", "q"))
    crossed = np.zeros((2, 2, 2, 2), dtype=int)
    crossed[1, 1] = [[1, 2], [3, 4]]
    levels = {"x": (0, 1), "y": (0, 1)}
    turned = {"y": (0, 1), "x": (0, 1)}
    assert CaptureTable(["A", "B"], crossed, levels) != CaptureTable(["A", "B"], crossed, turned)


def test_frame_has_occupied_cells_by_size(table):
    frame = table.to_frame()
    assert frame["count"].tolist() == [6, 5, 4, 3, 2, 1, 1]
    assert frame.iloc[0].tolist() == [1, 1, 1, 6]


def test_drop_list_forgets_who_was_only_there(table):
    dropped = table.drop_list("C")
    assert dropped.counts.tolist() == [[0, 7], [3, 7]]


def test_merged_list_takes_the_place_of_the_first(table):
    merged = table.merge_lists({"AC": ["A", "C"]})
    assert merged.lists == ("AC", "B")
    assert merged.counts.tolist() == [[0, 4], [8, 10]]


def test_collapse_adds_up(by_year):
    assert by_year.collapse().counts.tolist() == [[0, 7], [6, 6]]
    assert by_year.collapse(keep=["year"]) == by_year


def test_select_follows_the_reference(by_year):
    one = by_year.select(year=2015)
    assert one.covariates == {}
    assert one.n_observed == 12
    assert one.reference.period == (2015, 2015)
    two = by_year.select(year=[2015, 2016])
    assert two.covariates == {"year": (2015, 2016)}
    assert two.reference.period == (2015, 2016)
    gap = by_year.select(year=[2015, 2017])
    assert gap.reference.period == (2015, 2017)
    assert gap.reference.population == "presumed victims; year: 2015, 2017"


def test_derived_tables_say_what_is_odd_about_them(by_year):
    codes = [finding.code for finding in by_year.select(year=2017).findings]
    assert codes == ["empty_list", "one_history"]


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda t: t.drop_list("D"), "There is no list 'D'"),
        (lambda t: t.merge_lists({"AD": ["A", "D"]}), "There is no list 'D'"),
        (lambda t: t.merge_lists({"AB": ["A", "B"], "BC": ["B", "C"]}), "one merged list only"),
        (lambda t: t.merge_lists({"C": ["A", "B"]}), "a name of its own"),
        (lambda t: t.merge_lists({"all": ["A", "B", "C"]}), "2 to 12 lists"),
        (lambda t: t.collapse(keep=["year"]), "There is no covariate 'year'"),
        (lambda t: t.select(year=2015), "There is no covariate 'year'"),
    ],
)
def test_names_that_are_not_there(table, act, message):
    with pytest.raises(TableError, match=message):
        act(table)


def test_levels_that_are_not_there(by_year):
    with pytest.raises(TableError, match=r"no level 2018. There are: 2015, 2016, 2017"):
        by_year.select(year=2018)


@pytest.mark.parametrize(
    ("lists", "counts", "message"),
    [
        (["A", "B"], [[0, 1], [2, -3]], "a negative count"),
        (["A", "B"], [[4, 1], [2, 3]], "a positive count for persons on no list"),
        (["A", "B"], [[0, 0], [0, 0]], "only zero counts"),
        (["A", "B"], [0, 1, 2], "have shape"),
        (["A", "A"], [[0, 1], [2, 3]], "which are equal"),
    ],
)
def test_arrays_that_are_no_table(lists, counts, message):
    with pytest.raises(TableError, match=message):
        CaptureTable(lists, counts)


@pytest.mark.parametrize("counts", [[[0, 1.5], [2, 3]], [[0, 1], [2, float("nan")]], [[0, "many"], [2, 3]]])
def test_fractions_are_refused_not_rounded(counts):
    with pytest.raises(TableError, match="Counts are whole"):
        CaptureTable(["A", "B"], counts)


@pytest.mark.parametrize("name", ["A[1]", "police`s"])
def test_names_that_the_notation_of_models_cannot_hold(name):
    with pytest.raises(TableError, match="brackets and back-ticks"):
        CaptureTable([name, "B"], [[0, 30], [40, 6]])


def test_a_level_is_kept_once_however_often_it_is_asked_for(by_year):
    one = by_year.covariates["year"][0]
    assert by_year.select(year=[one, one]) == by_year.select(year=one)
    with pytest.raises(TableError, match="at least one level"):
        by_year.select(year=[])
    with pytest.raises(TableError, match="stands once"):
        CaptureTable(["A", "B"], np.ones((2, 2, 2), dtype=int), {"year": (2014, 2014)})


def test_a_merged_list_holds_a_list(table):
    with pytest.raises(TableError, match="at least one list"):
        table.merge_lists({"X": []})
