"""Frames as people write them become tables; everything else is refused with one clear error."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from mse.core.table import CaptureTable
from mse.errors import TableError

ROWS = {"A": [1, 0, 1], "B": [0, 1, 1], "count": [40, 30, 6]}
EXPECTED = [[0, 30], [40, 6]]
PERSON = "jansen-1987-04-12"


def counts_of(frame, **options):
    return CaptureTable.from_counts(frame, **{"lists": ["A", "B"], **options}).counts.tolist()


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table, pl.LazyFrame])
def test_every_kind_of_frame_is_read(make):
    assert counts_of(make(ROWS)) == EXPECTED


@pytest.mark.parametrize(
    ("on", "off"),
    [(True, False), ("1", "0"), ("ja", "nee"), ("Ja ", " NEE"), ("yes", "no"), (1.0, 0.0), ("TRUE", "FALSE")],
)
@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
def test_memberships_as_people_write_them(make, on, off):
    written = {name: [on if value else off for value in ROWS[name]] for name in "AB"}
    assert counts_of(make({**ROWS, **written})) == EXPECTED


def test_membership_as_categories():
    frame = pd.DataFrame({**ROWS, "A": pd.Categorical(["ja", "nee", "ja"])})
    assert counts_of(frame) == EXPECTED


def test_declared_coding():
    frame = pd.DataFrame({**ROWS, "A": [1, 2, 1], "B": [2, 1, 1]})
    with pytest.raises(TableError, match="coding="):
        counts_of(frame)
    assert counts_of(frame, coding={1: True, 2: False}) == EXPECTED
    assert counts_of(frame.astype({"A": str}), coding={1: True, 2: False}) == EXPECTED


def test_empty_cells_need_a_declaration():
    frame = pd.DataFrame({**ROWS, "A": [1, None, 1]})
    with pytest.raises(TableError, match="empty is not the same as not on the list"):
        counts_of(frame)
    assert counts_of(frame, coding={1: True, 0: False, None: False}) == EXPECTED


@pytest.mark.parametrize("written", [["1.150", "30", "6"], ["1150", "30,0", "6.0"], [" 1.150,00", "30", "6"]])
def test_counts_as_dutch_text(written):
    assert counts_of(pd.DataFrame({**ROWS, "count": written})) == [[0, 30], [1150, 6]]


@pytest.mark.parametrize("unseen", [0, None, np.nan])
def test_a_row_for_the_unseen_may_be_there(unseen):
    frame = pd.DataFrame({"A": [0, 1, 0, 1], "B": [0, 0, 1, 1], "count": [unseen, 40, 30, 6]})
    assert counts_of(frame) == EXPECTED


def test_empty_text_count_of_the_unseen():
    frame = pl.DataFrame({"A": [0, 1, 0, 1], "B": [0, 0, 1, 1], "count": ["", "40", "30", "6"]})
    assert counts_of(frame) == EXPECTED


def test_covariates_keep_missing_values_and_sort_their_levels():
    frame = pd.DataFrame(
        {"A": [1, 1, 0, 1], "B": [1, 0, 1, 1], "year": [2016, 2015, None, None], "count": [1, 2, 3, 4]}
    )
    table = CaptureTable.from_counts(frame, lists=["A", "B"], covariates=["year"])
    assert table.covariates == {"year": (2015, 2016, "missing")}
    assert table.counts[..., 2].tolist() == [[0, 3], [0, 4]]
    assert all(type(level) is int for level in table.covariates["year"][:2])


def test_declared_levels_make_empty_strata():
    frame = pd.DataFrame({**ROWS, "sex": ["m", "f", "m"]})
    table = CaptureTable.from_counts(frame, lists=["A", "B"], covariates=["sex"], levels={"sex": ["m", "f", "x"]})
    assert table.covariates == {"sex": ("m", "f", "x")}
    with pytest.raises(TableError, match="1 other value"):
        CaptureTable.from_counts(frame, lists=["A", "B"], covariates=["sex"], levels={"sex": ["m"]})
    with pytest.raises(TableError, match="which is no covariate"):
        CaptureTable.from_counts(frame, lists=["A", "B"], covariates=["sex"], levels={"sexe": ["m"]})


def test_ordered_categories_keep_their_order():
    ages = pd.Categorical(["young", "old", "young"], categories=["young", "old", "ancient"], ordered=True)
    table = CaptureTable.from_counts(pd.DataFrame({**ROWS, "age": ages}), lists=["A", "B"], covariates=["age"])
    assert table.covariates == {"age": ("young", "old")}


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table, pl.LazyFrame])
def test_histories_are_counted(make):
    rows = {"A": [1, 1, 0, 1], "B": [0, 1, 1, 0], "sex": ["m", None, "f", "m"]}
    table = CaptureTable.from_histories(make(rows), lists=["A", "B"], covariates=["sex"])
    assert table.covariates == {"sex": ("f", "m", "missing")}
    assert table.collapse().counts.tolist() == [[0, 1], [2, 1]]


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({"A": ["x", "y", "z"]}, {}, "column of list 'A'"),
        ({"A": [0.5, 1, 0]}, {}, "column of list 'A'"),
        ({"A": [[1], [0], [1]]}, {}, "one plain value a row"),
        ({"A": pd.to_datetime(["2015-01-01"] * 3)}, {}, "column of list 'A'"),
        ({"count": [40, -1, 6]}, {}, "a negative count in 1 of 3 rows"),
        ({"count": ["40", "-1", "6"]}, {}, "a negative count"),
        ({"count": [40, 1.15, 6]}, {}, "a fraction.*read_table"),
        ({"count": ["40", "1,5", "6"]}, {}, "a fraction"),
        ({"count": ["40", "many", "6"]}, {}, "text that is no number"),
        ({"count": [True, False, True]}, {}, "true or false"),
        ({"count": [40, float("inf"), 6]}, {}, "larger than any population"),
        ({"count": [40, None, 6]}, {}, "an empty cell in 1 of 3 rows"),
        ({"count": [0, 0, 0]}, {}, "at least one person"),
        ({"B": [0, 0, 1], "A": [1, 0, 1]}, {}, "on no list"),
        ({"A": [1, 1, 1], "B": [0, 0, 1]}, {}, "1 repeated, the first on 'A'"),
        ({}, {"lists": ["A"]}, r"2 to 12 lists. Got: 1 \('A'\)"),
        ({}, {"lists": []}, "2 to 12 lists. Got: none"),
        ({}, {"lists": "AB"}, "a sequence of names"),
        ({}, {"covariates": "sex"}, "Covariates are a sequence of names"),
        ({}, {"lists": ["A", "A"]}, "'A' and 'A', which are equal"),
        ({}, {"lists": ["A", "a "]}, "'A' and 'a ', which differ only by case or blanks"),
        ({}, {"lists": ["A", "B"], "covariates": ["A"]}, "different names"),
        ({}, {"lists": ["A", "B", "count"]}, "different names"),
        ({}, {"lists": ["A", ""]}, "non-empty text"),
        ({}, {"lists": ["A", "Bee"]}, "Column 'Bee' is not in the frame"),
        ({}, {"count": "counts"}, "Did you mean 'count'"),
    ],
)
def test_refused_with_one_clear_error(change, options, message):
    with pytest.raises(TableError, match=message):
        counts_of(pd.DataFrame({**ROWS, **change}), **options)


def test_a_frame_without_rows_or_names_of_its_own_is_refused():
    with pytest.raises(TableError, match="at least one row"):
        counts_of(pd.DataFrame(ROWS).head(0))
    doubled = pd.DataFrame([[1, 0, 1, 4]], columns=["A", "B", "B", "count"])
    with pytest.raises(TableError, match="its own name"):
        counts_of(doubled)
    with pytest.raises(TableError, match="pandas, polars or pyarrow"):
        counts_of([ROWS])


def test_histories_of_nobody_are_refused():
    frame = pd.DataFrame({"A": [1, 0], "B": [1, 0]})
    with pytest.raises(TableError, match="1 of 2 rows on none of the lists"):
        CaptureTable.from_histories(frame, lists=["A", "B"])


def test_a_table_too_large_names_the_covariate():
    rows = 20_000
    lists = list("ABCDEFGHIJKL")
    frame = pd.DataFrame({**{name: [1] * rows for name in lists}, "postcode": range(rows)})
    with pytest.raises(TableError, match=r"81,920,000.*Collapse 'postcode', which has 20,000 levels"):
        CaptureTable.from_histories(frame, lists=lists, covariates=["postcode"])


@pytest.mark.parametrize("place", ["A", "count", "sex"])
def test_no_value_of_a_person_is_in_a_message(place):
    frame = pd.DataFrame({**{k: [str(v) for v in ROWS[k]] for k in ROWS}, "sex": ["m", "f", "m"]})
    frame.loc[1, place] = PERSON
    with pytest.raises(TableError) as refused:
        CaptureTable.from_counts(frame, lists=["A", "B"], covariates=["sex"], levels={"sex": ["m", "f"]})
    assert "jansen" not in str(refused.value)


def test_empty_list_and_single_history_are_findings():
    frame = pd.DataFrame({"A": [1, 1], "B": [0, 0]})
    codes = [finding.code for finding in CaptureTable.from_histories(frame, lists=["A", "B"]).findings]
    assert codes == ["empty_list", "one_history"]
