"""Parts of an estimate: what belongs to the whole stays with it, and limits run upwards."""

from __future__ import annotations

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
