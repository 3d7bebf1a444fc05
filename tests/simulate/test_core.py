"""The core table, before rounding: the margins that both registers rest on."""

from __future__ import annotations

import pytest

from mse.simulate.core import DIMENSIONS, core_table
from mse.simulate.settled import AGES, FORMS, Settled

NEAR = 0.1
"""Fitting stops at a number of rounds; a tenth of a person does not matter to a rounding or a simulation."""


@pytest.fixture(scope="module")
def table():
    return core_table()


def test_it_has_one_row_a_cell(table):
    assert not table.duplicated(list(DIMENSIONS)).any()
    assert (table["x"] >= 0).all()


def test_it_adds_up_to_the_printed_forms_and_ages(table):
    figures = Settled.of()
    for form in FORMS:
        found = table[table["form"] == form].groupby("year")["x"].sum()
        assert found.to_dict() == pytest.approx(figures.by_year("2.7", form, form=form), abs=NEAR)
    for band in AGES:
        found = table[table["age_band"] == band].groupby("form")["x"].sum()
        assert found.to_dict() == pytest.approx(figures.by_form("2.10", band), abs=NEAR)


def test_domestic_exploitation_is_of_dutch_victims_only(table):
    assert set(table[table["form"] == "BL-SU"]["region"]) == {"netherlands"}
    assert not {"netherlands", "unknown"} & set(table[table["form"] == "GO-SU"]["region"])
