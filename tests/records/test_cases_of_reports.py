"""Cases of a tabulation: joined where they share a person, without keys, each person once."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pandas as pd
import pytest

from mse.records.cases import CASE, NO_CASE, case_counts, numbered

REPORTS = pd.DataFrame(
    {
        "_person": [1, 1, 2, 3, 4, 5, 5, 6],
        "case": ["a", "b", "b", "c", None, "d", "d", " "],
    }
)
"""Persons 1 and 2 share case b, and so does case a; 4 and 6 have none."""


def joined(reports: pd.DataFrame, keep: list[bool] | None = None) -> np.ndarray:
    """Number of the case of every person who is kept; every person is in a cell of their own."""
    rows = nw.from_native(reports, eager_only=True)
    rows = rows.with_columns(numbered(rows["case"]))
    units = rows.select("_person").unique().sort("_person")
    kept = np.ones(len(units), dtype=bool) if keep is None else np.array(keep)
    counts = case_counts(units, rows, ["_person"], kept, np.arange(kept.sum()))
    assert counts.count.tolist() == [1] * int(kept.sum())
    return counts.case[np.argsort(counts.cell)]


def test_cases_that_share_a_person_are_one_and_persons_without_a_case_are_alone() -> None:
    case = joined(REPORTS)
    together = case[:, None] == case[None, :]
    expected = np.eye(6, dtype=bool)
    expected[0, 1] = expected[1, 0] = True
    assert (together == expected).all()


def test_the_order_of_reports_does_not_matter() -> None:
    shuffled = REPORTS.sample(frac=1.0, random_state=3)
    assert sorted(np.bincount(joined(shuffled))) == sorted(np.bincount(joined(REPORTS)))


def test_a_person_who_is_left_out_still_joins_two_cases() -> None:
    chain = pd.DataFrame({"_person": [1, 2, 2, 3], "case": ["a", "a", "b", "b"]})
    case = joined(chain, keep=[True, False, True])
    assert case[0] == case[1]


@pytest.mark.parametrize("empty", [None, "", float("nan")])
def test_empty_cells_are_no_case(empty: object) -> None:
    column = nw.from_native(pd.DataFrame({"case": pd.Series(["a", empty], dtype="object")}), eager_only=True)["case"]
    assert numbered(column).to_list() == [0, NO_CASE]
    assert numbered(column).name == CASE
