"""Persons who return in another year: each window counts them once, by the reports that are in it."""

from __future__ import annotations

import pytest
from monitor_registers import register, value

from mse.errors import TableError
from mse.monitor import Cubes, crosstab, cubes, figures, means
from mse.records.register.registry import Registry


def returning() -> Registry:
    """One person reported in 2015 and 2017, one only in 2016, one in 2018 and 2019."""
    people = {
        "early_and_late": {"types": "AU", "sex": "male", "age": 20},
        "early": {"types": "CU", "sex": "female", "age": 40},
        "late": {"types": "CU", "sex": "male", "age": 30},
    }
    reports = [
        ("early_and_late", 2015, "police"), ("early_and_late", 2017, "fairwork"), ("early", 2016, "kmar"),
        ("late", 2018, "police"), ("late", 2019, "police"),
    ]  # fmt: skip
    return register(people, reports, period=(2015, 2019))


def test_who_was_reported_before_the_window_too_is_in_it() -> None:
    found = figures(returning(), unit="person", window=(2017, 2019))
    assert value(found["2.1"], "monitor_population") == 2
    assert value(found["2.8"], "male", "2017") == 1
    assert value(found["2.8"], "male", "2019") == 0
    assert value(figures(returning(), unit="person")["2.8"], "total") == 3
    assert value(figures(returning(), window=(2017, 2019))["2.8"], "total") == 3


def test_reports_of_other_years_are_not_in_the_window() -> None:
    for window, reporters in (((2015, 2015), ("police", "fairwork")), ((2016, 2017), ("fairwork", "police"))):
        figure = figures(returning(), unit="person", window=window)["2.11"]
        assert [value(figure, code, form="AU") for code in reporters] == [1, 0]


def test_free_tables_and_means_count_the_same_persons() -> None:
    table = crosstab(returning(), "sex", unit="person", window=(2017, 2019))
    assert [value(table, code) for code in ("male", "total")] == [2, 2]
    mean = means(returning(), "sex", unit="person", window=(2017, 2019))
    assert value(mean, "male", measure="years") == 25


def test_the_window_is_kept_apart_from_the_period_that_was_counted_before() -> None:
    """What a register counted last is kept; another window is not answered from it."""
    registry = returning()
    whole, part = registry.counted(unit="person"), registry.counted(unit="person", period=(2017, 2019))
    assert (len(whole), len(part), len(registry.counted(unit="person"))) == (3, 2, 3)
    assert int(part.trace.set_index("rule")["touched"]["R3"]) == 1
    with pytest.raises(TableError, match="2015 to 2019"):
        registry.counted(period=(2014, 2019))


def test_persons_of_another_first_year_are_another_count() -> None:
    whole = figures(returning(), unit="person", only=["2.8"])["2.8"]
    late = figures(returning(), unit="person", window=(2017, 2019), only=["2.8"])["2.8"]
    first = figures(returning(), unit="person", window=(2015, 2017), only=["2.8"])["2.8"]

    def of_2017(figure: object) -> set[object]:
        frame = figure.to_frame()
        rows = frame.index[(frame["year"] == "2017") & (frame["category_code"] == "male")]
        return {figure.cells[row] for row in rows}

    assert of_2017(whole) == of_2017(first) != of_2017(late)


def test_stored_persons_have_the_window_that_they_were_counted_in() -> None:
    stored = cubes(returning(), unit="person")
    again = Cubes.from_frame(stored.to_frame(), period=(2015, 2019), unit="person")
    assert value(figures(again, only=["2.8"])["2.8"], "total") == 3
    for source in (stored, again):
        with pytest.raises(TableError, match="once in 2015 to 2019"):
            figures(source, window=(2017, 2019))
    assert value(figures(cubes(returning()), window=(2017, 2019))["2.8"], "total") == 3
