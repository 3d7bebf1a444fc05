"""`CountTable`: what it takes, what it refuses, and what other tables come from it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mse

COTTONTAILS = [43, 16, 8, 6, 0, 2, 1]


def test_numbers_of_a_table() -> None:
    table = mse.CountTable(COTTONTAILS, occasions=18)
    assert (table.n_observed, table.n_sightings) == (76, 142)
    assert table.counts[0] == 0
    assert table.to_frame()["times"].tolist() == [1, 2, 3, 4, 6, 7]
    assert repr(table) == "CountTable of 76 persons seen 142 times (list)"


def test_a_table_does_not_change() -> None:
    given = np.array(COTTONTAILS)
    table = mse.CountTable(given)
    given[0] = 1
    assert table.frequencies[0] == 43
    for array in (table.frequencies, table.counts):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 5


def test_equal_data_are_equal() -> None:
    frame = pd.DataFrame({"times": range(1, 8), "count": COTTONTAILS})
    shuffled = mse.CountTable.from_counts(frame.sample(frac=1, random_state=1))
    persons = mse.CountTable.from_persons(pd.DataFrame({"times": np.repeat(frame["times"], frame["count"])}))
    assert mse.CountTable(COTTONTAILS) == shuffled == persons
    assert len({shuffled, persons}) == 1
    assert mse.CountTable(COTTONTAILS, occasions=18) != shuffled


def test_strata_from_persons() -> None:
    frame = pd.DataFrame({"n": [1, 2, 1, 3], "sex": ["f", "m", "m", "f"], "year": [2018, 2018, 2019, 2018]})
    table = mse.CountTable.from_persons(frame, times="n", covariates=["sex", "year"])
    assert table.covariates == {"sex": ("f", "m"), "year": (2018, 2019)}
    assert table.frequencies.shape == (3, 2, 2)
    assert table.collapse(["sex"]).frequencies.tolist() == [[1, 1], [0, 1], [1, 0]]
    assert table.select(year=2018, sex="f").frequencies.tolist() == [1, 0, 1]
    assert "by sex, year" in repr(table)


def test_lists_of_a_capture_table() -> None:
    table = mse.datasets.load("kosovo_1999")
    counted = table.frequencies()
    on = np.indices(table.counts.shape).sum(axis=0)
    assert counted.frequencies.tolist() == [int(table.counts[on == times].sum()) for times in range(1, 5)]
    assert (counted.occasions, counted.lists, counted.reference) == (4, table.lists, table.reference)
    strata = mse.datasets.load("netherlands_2010_2015")
    assert strata.frequencies().collapse() == strata.collapse().frequencies()


@pytest.mark.parametrize(
    ("numbers", "options", "said"),
    [
        ([0, 0], {}, "at least one person"),
        ([3, -1], {}, "0 or more"),
        ([3, 1.5], {}, "whole numbers"),
        ([3, 1], {"occasions": 1}, "more often than there are occasions"),
        ([3, 1], {"occasions": 0}, "whole number from 1"),
        ([[3, 1]], {"covariates": {"sex": ("f", "f")}}, "stands once"),
        ([[3, 1]], {"covariates": {"sex": ("f", "m", "x")}}, "shape"),
    ],
)
def test_what_is_no_table(numbers: list[object], options: dict[str, object], said: str) -> None:
    with pytest.raises(mse.TableError, match=said):
        mse.CountTable(numbers, **options)


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        ({"times": [1, 1], "count": [3, 4]}, "has one row"),
        ({"times": [0, 1], "count": [3, 4]}, "seen 0 times"),
        ({"times": [1, None], "count": [3, 4]}, "an empty cell"),
        ({"times": [1, 2], "count": [3, None]}, "an empty cell"),
        ({"time": [1, 2], "count": [3, 4]}, "not in the frame"),
    ],
)
def test_what_is_no_frame(frame: dict[str, list[object]], said: str) -> None:
    with pytest.raises(mse.TableError, match=said):
        mse.CountTable.from_counts(pd.DataFrame(frame))


def test_nobody_seen_is_no_row_that_counts() -> None:
    frame = pd.DataFrame({"times": [0, 1, 2], "count": [None, 4, 1]})
    assert mse.CountTable.from_counts(frame).frequencies.tolist() == [4, 1]


def test_drawn_tables_are_like_the_one_at_hand() -> None:
    table = mse.CountTable([[300, 60], [100, 30]], {"sex": ("f", "m")})
    rng = np.random.default_rng(3)
    drawn = [table.resample("nonparametric", rng, total=980.0).counts for _ in range(400)]
    # 400 means of binomials with a standard deviation below 13 are within 5 · 13/20 = 3.3 of what is expected.
    assert np.abs(np.mean(drawn, axis=0) - table.counts).max() < 3.3
    with pytest.raises(mse.TableError, match="seen 0 times"):
        table.with_counts(table.counts + 1)
