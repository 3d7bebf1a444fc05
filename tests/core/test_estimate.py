"""Parts of an estimate: what belongs to the whole stays with it, and limits run upwards."""

from __future__ import annotations

from dataclasses import replace

import pytest

import mse
from mse.core.draws import Draws
from mse.core.estimate import Estimate, Part, Range
from mse.core.finding import Finding
from mse.core.reference import Reference

ABOUT = Reference((2015, 2019), "person-year", "presumed victims", "Netherlands", source="x", public=True)
BLOCK = Finding("rivals_disagree", "blocking", "total", {"criterion": "bic", "lower": 1, "upper": 2})


def estimate(*parts: Part, **changes: object) -> Estimate:
    given = {"level": 0.95, "interval": "profile", "method": "[A B]", "reference": ABOUT, **changes}
    return Estimate(parts, **given)  # type: ignore[arg-type]


WHOLE, LABOUR = Part("total", 1000, 4000.0, 4000.0, 6000.0), Part("AU", 300, 700.0, 800.0, 1200.0)


def test_ranges_of_the_whole_are_not_those_of_a_part() -> None:
    blocked = estimate(WHOLE, LABOUR, findings=(BLOCK,), ranges=(Range(2000, 3000, 0.5), Range(8000, 9000, 0.5)))
    assert blocked["AU"].ranges == ()
    assert blocked["AU"].blocked
    assert "2,000" not in blocked["AU"].headline()
    assert blocked["total"].ranges == blocked.ranges


def test_draws_of_the_whole_are_not_those_of_a_part() -> None:
    draws = object.__new__(Draws)
    both = estimate(WHOLE, LABOUR, draws=draws)
    assert both["AU"].draws is None
    assert both["total"].draws is draws


@pytest.mark.parametrize("made", [lambda: Part("x", 1, 2.0, 5.0, 4.0), lambda: Range(5.0, 4.0, 0.5)])
def test_limits_that_run_backwards_are_refused(made: object) -> None:
    with pytest.raises(mse.TableError, match="run upwards"):
        made()  # type: ignore[operator]


def test_limits_may_be_equal_or_missing() -> None:
    assert Part("x", 1, 2.0, 4.0, 4.0).upper == 4.0
    assert Part("x", 1, 2.0, 4.0, None).upper is None


def test_single_years_are_not_divided_by_the_number_of_years() -> None:
    split = estimate(WHOLE, LABOUR, *(Part(str(year), 200, 800.0, 900.0, 1100.0) for year in range(2015, 2020)))
    assert [(part.name, part.total) for part in split.per_year().parts] == [("total", 1000.0), ("AU", 200.0)]
    with pytest.raises(mse.ReferenceError, match="a year already"):
        split["2016"].per_year()


def test_parts_of_single_years_by_form_are_not_divided_either() -> None:
    levels = {"year": 2016, "form": "AU"}
    split = estimate(WHOLE, replace(LABOUR, levels={"form": "AU"}), Part("2016, AU", 60, 140.0, 160.0, 300.0, levels))
    kept = split.per_year().parts
    assert [(part.name, part.total, part.levels) for part in kept] == [
        ("total", 1000.0, {}),
        ("AU", 200.0, {"form": "AU"}),
    ]


def test_a_part_is_found_by_its_levels_in_any_order() -> None:
    one = Part("2016, AU", 60, 140.0, 160.0, 300.0, {"year": 2016, "form": "AU"}, "simultaneous")
    split = estimate(WHOLE, one)
    for name in ("2016, AU", "AU, 2016", {"form": "AU", "year": 2016}):
        assert split[name].whole is one
        assert split[name].interval == "simultaneous"
    assert hash(one) == hash(replace(one, levels={}))
    with pytest.raises(mse.TableError, match="no part '2016'"):
        split[{"year": 2016}]


def test_two_parts_of_one_name_are_told_apart_by_levels_only() -> None:
    twins = [Part(f"{a}, {b}", 6, 1.0, 6.0, 9.0, {"x": a, "y": b}) for a, b in (("p", "q"), ("q", "p"))]
    split = estimate(WHOLE, *twins)
    assert split["p, q"].whole is twins[0]
    assert split[{"y": "p", "x": "q"}].whole is twins[1]


def test_that_limits_do_not_add_up_is_said_where_there_are_parts_with_limits() -> None:
    part = replace(LABOUR, levels={"form": "AU"})
    assert [finding.code for finding in estimate(WHOLE, part).findings] == ["limits_do_not_add_up"]
    assert estimate(WHOLE, LABOUR).findings == estimate(WHOLE).findings == ()
    assert estimate(WHOLE, part)["AU"].findings == ()
    assert estimate(WHOLE, replace(part, lower=None, upper=None)).findings == ()
    assert "limits_add_up" not in estimate(WHOLE, LABOUR).to_frame()
