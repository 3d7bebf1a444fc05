"""Cells of any kind as text, and columns by their distinct texts."""

from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from mse.records.register.factored import factored, keys_of, text_of


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (7, "7"), (7.0, "7"), (np.float64(7), "7"), (np.int8(7), "7"), (Decimal("7.00"), "7"), ("7 ", "7"),
        ("07", "07"), (7.5, "7.5"), (True, "1"), (np.bool_(False), "0"), (None, None), (float("nan"), None),
        (pd.NA, None), (pd.NaT, None), ("  ", None), (float("inf"), "inf"), (Decimal("NaN"), "NaN"), (1e300, "1e+300"),
        (date(2018, 3, 1), "2018-03-01"), (datetime(2018, 3, 1, 9), "2018-03-01T09:00:00"),
        (["a"], "['a']"), (np.array([7]), "7"),
    ],
)  # fmt: skip
def test_a_cell_as_text(cell, text):
    assert text_of(cell) == text


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(["b", " a", "", None, "a "]),
        pd.Series(["b", " a", "", None, "a "], dtype=object),
        pd.Series(["b", " a", "", None, "a "], dtype="string"),
        pd.Series(pd.Categorical(["b", "a", "", None, "a"], categories=["never", "b", "a", "", "neither"])),
    ],
)
def test_equal_texts_have_one_number_and_unused_categories_none(column):
    few = factored(column)
    assert few.numbers.tolist() == [0, 1, -1, -1, 1]
    assert few.values == ("b", "a")
    assert (few.n_empty, few.rows([1]), few.rows([])) == (2, 2, 0)


def test_renamed_values_may_fall_together_or_away():
    few = factored(pd.Series(["a", "b", "c"])).renamed({"a": "x", "b": "x", "c": ""}.get)
    assert few.numbers.tolist() == [0, 0, -1]
    assert few.to_series("f").astype(object).where(lambda s: s.notna(), None).tolist() == ["x", "x", None]


@pytest.mark.parametrize("kind", ["float64", "Int64", "object", "str", "category"])
def test_keys(kind):
    assert keys_of(pd.Series([7, 12345678, 7]).astype(kind)).to_pylist() == ["7", "12345678", "7"]


def test_long_keys_and_empty_ones():
    keys = keys_of(pd.Series(["0" * 30, " ", None, "12345678901234567890"]))
    assert keys.to_pylist() == ["0" * 30, None, None, "12345678901234567890"]
    assert keys_of(pd.Series([7.0, np.nan, 7.5])).to_pylist() == ["7", None, "7.5"]
