"""Whatever a register holds: the order of its rows is irrelevant, forms exclude each other, rules decide once, all sums
hold, and small cubes give the same figures."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from monitor_registers import register

from mse.monitor import cubes, figures
from mse.monitor.disclosure.linked import linked
from mse.records.register.codebook import codebook
from mse.records.register.columns import Codes, Sets
from mse.records.register.registry import Registry
from mse.records.register.rules import Rules

BOOK = codebook()
YEARS = (2016, 2019)


def some(field: str, most: int = 3) -> st.SearchStrategy[str]:
    """Sets of codes of a field, as they are written."""
    return st.lists(st.sampled_from(BOOK.codes[field]), max_size=most, unique=True).map("|".join)


person = st.fixed_dictionaries(
    {
        "types": some("types", 4), "nationalities": st.sampled_from(["", "NL", "PL", "NG", "NL|MA", "stateless", "NA"]),
        "sex": st.sampled_from(["", "male", "female"]), "age": st.one_of(st.none(), st.integers(0, 70)),
        "sectors_sexual": some("sectors_sexual"), "sectors_labour": some("sectors_labour"),
        "kinds_criminal": some("kinds_criminal"), "status": st.sampled_from(["", "presumed", "unfounded"]),
    }
)  # fmt: skip
people = st.lists(person, min_size=1, max_size=12)
told = st.lists(
    st.tuples(st.integers(0, 11), st.integers(*YEARS), st.sampled_from(BOOK.codes["reporter"])), min_size=1, max_size=30
)


def made(persons: list[dict[str, Any]], reports: list[tuple[int, int, str]], seed: int | None = None) -> Registry:
    """A register of these people, its rows in an order of their own."""
    keyed = [(f"p{at}", one) for at, one in enumerate(persons)]
    rows = [(f"p{who % len(persons)}", year, reporter) for who, year, reporter in reports]
    if seed is not None:
        random.Random(seed).shuffle(keyed)
        random.Random(seed).shuffle(rows)
    return register(dict(keyed), rows, period=YEARS)


@settings(max_examples=12, deadline=None)
@given(people, told, st.integers(0, 99))
def test_the_order_of_rows_is_irrelevant(persons: list, reports: list, seed: int) -> None:
    first, second = figures(made(persons, reports)), figures(made(persons, reports, seed))
    for one, other in zip(first, second, strict=True):
        pd.testing.assert_frame_equal(one.to_frame(), other.to_frame())
    assert first.findings == second.findings


@settings(max_examples=12, deadline=None)
@given(people, told)
def test_sums_hold_and_cubes_give_the_same(persons: list, reports: list) -> None:
    registry = made(persons, reports)
    found = figures(registry)
    for figure in found:
        values = figure.frame["value"]
        for whole, parts in figure.sums:
            assert values[whole] == values[list(parts)].sum()
    linked(tuple(found))
    for one, other in zip(found, figures(cubes(registry)), strict=True):
        pd.testing.assert_frame_equal(one.to_frame(), other.to_frame())


@settings(max_examples=40, deadline=None)
@given(people, told)
def test_a_victim_is_in_exactly_one_form(persons: list, reports: list) -> None:
    counted = made(persons, reports).counted()
    form = counted.columns["form"]
    assert isinstance(form, Codes)
    assert form.known.all()
    for year, n in counted.cube("year").by("year").items():
        assert counted.cube("year", "form").count(year=year) == n
    unknown = counted.cube("combination", "form", "types", "region")
    sexual = unknown.containing("types", "SU").count(region="unknown")
    assert unknown.count(form="UNK") == unknown.count(combination="unknown") + unknown.count(combination="ORG") + sexual


@settings(max_examples=40, deadline=None)
@given(people, told, st.sets(st.sampled_from(["R7", "R8", "R16", "R17", "R20", "R36"]), max_size=3))
def test_rules_that_decide_again_decide_the_same(persons: list, reports: list, off: set[str]) -> None:
    rules = Rules(off=off)
    once = made(persons, reports).counted(rules).columns
    twice, _ = rules.apply(once)
    assert set(once) == set(twice)
    for name, column in once.items():
        again = twice[name]
        if isinstance(column, Codes):
            assert isinstance(again, Codes)
            assert decoded(column) == decoded(again), name
        elif isinstance(column, Sets):
            assert isinstance(again, Sets)
            assert (column.bits == again.bits).all(), name
        else:
            assert np.array_equal(column, np.asarray(again)), name


def decoded(column: Codes) -> list[str]:
    """The codes themselves, wherever they stand in the list of levels."""
    levels = [*column.levels, ""]
    return [levels[value] for value in column.values.tolist()]


@settings(max_examples=25, deadline=None)
@given(people, told)
def test_lines_lie_within_each_other(persons: list, reports: list) -> None:
    frame = figures(made(persons, reports), only=["2.1"])["2.1"].to_frame()
    wide = frame.pivot_table(index="year", columns="category_code", values="value")
    assert (wide["monitor_population"] <= wide["excl_emm_only"]).all()
    assert (wide["excl_emm_only"] <= wide["all_registered"]).all()
