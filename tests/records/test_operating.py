"""Where lists operated: by levels, by years and by dates; overlaps and parts of years are refused."""

from __future__ import annotations

import datetime as dt
from itertools import product

import numpy as np
import pandas as pd
import polars as pl
import pytest

from mse.core.partial import PartialTable
from mse.core.table import CaptureTable
from mse.errors import TableError
from mse.records.operating import read_operating_table
from mse.records.tabulate import tabulate

LISTS = ("P", "K", "S")
LEVELS = {"form": ("SU", "AU"), "year": (2015, 2016, 2017)}


def strata_off(rows, make=pd.DataFrame, levels=LEVELS):
    """Strata in which each list is off."""
    on = read_operating_table(make(rows) if isinstance(rows, dict) else rows, LISTS, levels)
    strata = list(product(*levels.values()))
    return {name: [strata[place] for place in np.flatnonzero(~on[row])] for row, name in enumerate(LISTS)}


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
def test_levels_that_a_list_operates_for(make):
    found = strata_off({"list": ["K", "S"], "form": ["AU", None], "year": [None, 2016]}, make)
    assert found["P"] == []
    assert found["K"] == [("SU", 2015), ("SU", 2016), ("SU", 2017)]
    assert found["S"] == [(form, year) for form in ("SU", "AU") for year in (2015, 2017)]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ([2016], [None]),
        (["2016-01-01"], ["2030-12-31"]),
        (["01-01-2016"], [""]),
        ([dt.date(2016, 1, 1)], [dt.date(2017, 12, 31)]),
        ([2016.0], ["31/12/2017"]),
    ],
)
def test_dates_and_years(first, last):
    found = strata_off({"list": ["K"], "from": first, "until": last})
    assert found == {"P": [], "K": [("SU", 2015), ("AU", 2015)], "S": []}


def test_parts_that_join_are_one():
    rows = {"list": ["K", "K"], "from": ["2015-03-01", "2016-05-01"], "until": ["2016-04-30", None]}
    with pytest.raises(TableError, match=r"part of 2015.*Decide whether it counts as there in 2015"):
        strata_off(rows)
    rows["from"][0] = "2015-01-01"
    assert strata_off(rows)["K"] == []


def test_dates_by_form():
    rows = {"list": ["K", "K"], "form": ["SU", "AU"], "from": [2016, None], "until": [None, 2016]}
    assert strata_off(rows)["K"] == [("SU", 2015), ("AU", 2017)]


def test_a_mapping_is_that_of_the_partial_table():
    assert strata_off({"K": {"year": [2016, 2017]}}, make=dict)["K"] == [("SU", 2015), ("AU", 2015)]
    assert read_operating_table(None, LISTS, LEVELS).all()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({"list": ["K", "K"], "year": [2016, 2016]}, "two of list 'K' overlap.*year 2016"),
        ({"list": ["K", "K"], "form": ["SU", None]}, "two of list 'K' overlap.*form SU, year 2015"),
        ({"list": ["K", "K"], "from": [2015, "2016-12-31"], "until": [2016, 2017]}, "overlap.*year 2016"),
        ({"list": ["X"], "year": [2016]}, "names list 'X'"),
        ({"list": ["K"], "yaer": [2016]}, "Did you mean 'year'"),
        ({"list": ["K"], "year": [2020]}, "a level of 'year'"),
        ({"list": ["K"], "from": ["soon"]}, "holds dates"),
        ({"list": ["K"], "from": [2017], "until": [2016]}, "from its first to its last day"),
        ({"list": ["K"], "year": [2016], "from": [2016]}, "in place of its column"),
        ({"lists": ["K"], "year": [2016]}, "Column 'list'"),
        ({"list": ["P", "K", "S"], "from": [2019] * 3}, "a list that operates"),
    ],
)
def test_tables_that_are_none(rows, message):
    with pytest.raises(TableError, match=message):
        strata_off(rows)


def test_dates_need_years():
    with pytest.raises(TableError, match="belong to a table by 'year'"):
        strata_off({"list": ["K"], "from": [2016]}, levels={"form": ("SU", "AU")})
    with pytest.raises(TableError, match="need years as levels"):
        strata_off({"list": ["K"], "from": [2016]}, levels={"year": ("early", "late")})


REPORTS = {
    "person": [1, 1, 2, 3, 3, 4, 5],
    "reporter": ["police", "kmar", "police", "police", "shelter", "kmar", "shelter"],
    "date": [2016, 2016, 2015, 2015, 2015, 2016, 2016],
    "form": ["SU", None, "AU", None, None, "AU", "SU"],
}
MAPPING = {"P": ["police"], "K": ["kmar"], "S": ["shelter"]}


def test_reports_with_a_list_that_was_not_there_yet():
    table = tabulate(
        pd.DataFrame(REPORTS), person="person", reporter="reporter", lists=MAPPING, date="date",
        covariates=["year", "form"], operating=pd.DataFrame({"list": ["K"], "from": [2016]}),
    )  # fmt: skip
    assert isinstance(table, PartialTable)
    assert repr(table).splitlines()[1:] == ["  1 lack form", "  K is off in year 2015"]
    assert table.reconciliation.persons == 5
    for missing in ("drop", "partial"):
        both = tabulate(
            pd.DataFrame(REPORTS).dropna(), person="person", reporter="reporter", lists=MAPPING, date="date",
            covariates=["year", "form"], operating={"K": {"year": 2016}}, missing=missing,
        )  # fmt: skip
        assert isinstance(both, PartialTable)
        assert both.n_lacking("form") == 0


def test_persons_on_a_list_that_was_not_there():
    with pytest.raises(TableError, match=r"List 'K' is off in year 2016, form"):
        tabulate(
            pd.DataFrame(REPORTS), person="person", reporter="reporter", lists=MAPPING, date="date",
            covariates=["year", "form"], operating={"K": {"year": 2015}},
        )  # fmt: skip


def test_a_list_that_operates_everywhere_makes_no_partial_table():
    table = tabulate(
        pd.DataFrame(REPORTS), person="person", reporter="reporter", lists=MAPPING, date="date",
        covariates=["year"], operating=pd.DataFrame({"list": ["K"], "from": [2010]}),
    )  # fmt: skip
    assert isinstance(table, CaptureTable)
