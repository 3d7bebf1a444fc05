"""Codings of covariates: independent columns, orthogonal polynomials, splines that hold lines, steps and breaks."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pytest
from formulaic.transforms.contrasts import TreatmentContrasts
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from mse.core.coding import Break, Coding, Levels, Poly, Scores, Spline, Step
from mse.core.level_numbers import number_of
from mse.errors import ModelError

EXAMPLES = settings(max_examples=60, deadline=None, derandomize=True)

ROUNDING = 1e-8
"""Bases of up to 9 levels, spaced by up to 1 : 8, are well conditioned: rounding grows from 1e-16 to 1e-10 at most."""

YEARS = (2014, 2015, 2016, 2017, 2018, 2019)

years = st.lists(st.integers(2000, 2030), min_size=3, max_size=9, unique=True).map(lambda found: tuple(sorted(found)))


@st.composite
def codings(draw: st.DrawFn) -> tuple[Coding, tuple[int, ...]]:
    levels = draw(years)
    last = len(levels) - 1
    inner = st.sampled_from(levels[1:])
    kind = draw(st.sampled_from(["levels", "poly", "spline", "step", "break", "scores"]))
    if kind == "poly":
        return Poly(draw(st.integers(1, min(last, 4)))), levels
    if kind == "spline":
        return Spline(draw(st.integers(2, last))), levels
    if kind == "step":
        return Step(draw(st.lists(inner, min_size=1, max_size=last, unique=True))), levels
    if kind == "break":
        return Break(draw(st.lists(st.sampled_from(levels[1:-1]), min_size=1, max_size=2, unique=True))), levels
    if kind == "scores":
        return Scores({level: place**2 for place, level in enumerate(levels)}), levels
    return Levels(), levels


def holds(columns: NDArray[np.float64], wanted: NDArray[np.float64]) -> bool:
    """Whether the columns and a constant make a vector."""
    basis = np.column_stack([np.ones(len(columns)), columns])
    fitted = basis @ np.linalg.lstsq(basis, wanted, rcond=None)[0]
    return bool(np.allclose(fitted, wanted, atol=ROUNDING * max(1.0, float(np.abs(wanted).max()))))


@EXAMPLES
@given(codings())
def test_columns_and_a_constant_are_independent_and_named(case: tuple[Coding, tuple[int, ...]]) -> None:
    coding, levels = case
    columns, names = coding.matrix(levels)
    assert columns.shape == (len(levels), len(names))
    assert len(set(names)) == len(names)
    centred = columns - columns.mean(axis=0)
    assert np.linalg.matrix_rank(centred / np.linalg.norm(centred, axis=0), tol=ROUNDING) == columns.shape[1]


@EXAMPLES
@given(codings())
def test_text_comes_back(case: tuple[Coding, tuple[int, ...]]) -> None:
    coding, levels = case
    again = Coding.from_json(json.loads(json.dumps(coding.to_json())))
    assert again == coding
    assert hash(again) == hash(coding)
    assert (again.matrix(levels)[0] == coding.matrix(levels)[0]).all()


@EXAMPLES
@given(codings(), st.integers(-2000, 2000))
def test_the_origin_of_numbers_does_not_matter(case: tuple[Coding, tuple[int, ...]], shift: int) -> None:
    """Years and years since the start give the same columns, but for codings that name years."""
    coding, levels = case
    if isinstance(coding, Poly | Spline):
        moved = coding.matrix([level + shift for level in levels])[0]
        assert np.allclose(moved, coding.matrix(levels)[0], atol=ROUNDING)


@EXAMPLES
@given(years, st.integers(1, 4))
def test_polynomials_are_orthogonal_and_hold_all_powers(levels: tuple[int, ...], degree: int) -> None:
    degree = min(degree, len(levels) - 1)
    columns, _ = Poly(degree).matrix(levels)
    assert np.allclose(columns.T @ columns, np.eye(degree), atol=ROUNDING)
    assert np.allclose(columns.sum(axis=0), 0.0, atol=ROUNDING)
    x = (np.array(levels) - 2015) / 15
    for power in range(degree + 1):
        assert holds(columns, x**power)
    if degree < len(levels) - 1:
        assert not holds(columns, np.eye(len(levels))[0])


@pytest.mark.parametrize(
    ("levels", "line", "parabola"),
    [
        ((2014, 2015, 2017), (-4, -1, 5), (2, -3, 1)),  # unequal: one over the products of the differences
        ((1, 2, 3, 4, 5), (-2, -1, 0, 1, 2), (2, -1, -2, -1, 2)),  # equal: Fisher and Yates' table
    ],
)
def test_polynomials_by_hand(levels: tuple[int, ...], line: tuple[int, ...], parabola: tuple[int, ...]) -> None:
    columns, _ = Poly(2).matrix(levels)
    wanted = np.array([line, parabola], dtype=float).T
    assert columns == pytest.approx(wanted / np.linalg.norm(wanted, axis=0))


@EXAMPLES
@given(years, st.integers(2, 8), st.data())
def test_splines_hold_lines_and_are_natural_cubics(levels: tuple[int, ...], df: int, data: st.DataObject) -> None:
    """Against SciPy's natural cubic splines through random values at the same knots."""
    df = min(df, len(levels) - 1)
    columns, _ = Spline(df).matrix(levels)
    x = np.array(levels, dtype=float)
    assert holds(columns, x - 2015)
    knots = np.quantile(x, np.linspace(0, 1, df + 1))
    values = data.draw(st.lists(st.integers(-5, 5), min_size=df + 1, max_size=df + 1))
    assert holds(columns, CubicSpline(knots, values, bc_type="natural")(x))


def test_a_spline_of_all_levels_is_a_column_for_each() -> None:
    columns, _ = Spline(5).matrix(YEARS)
    assert all(holds(columns, row) for row in np.eye(6))


def test_levels_are_treatment_contrasts() -> None:
    levels = ["SU", "AU", "CU", "ORG"]
    columns, names = Levels().matrix(levels)
    assert (columns == TreatmentContrasts().get_coding_matrix(levels).to_numpy()).all()
    assert names == ("=AU", "=CU", "=ORG")
    assert Levels().matrix(["SU"])[0].shape == (1, 0)


@pytest.mark.parametrize("at", [2018, 2018.0, "2018", "2018-01-01", dt.date(2018, 1, 1), "2017-07-01", "2017-02"])
def test_a_step_at_a_date_begins_with_the_first_year_after_it(at: object) -> None:
    columns, _ = Step(at).matrix(YEARS)
    assert columns.ravel().tolist() == [0, 0, 0, 0, 1, 1]
    text = tuple(map(str, YEARS))
    assert (Step(at).matrix(text)[0] == columns).all()


def test_steps_at_levels_that_are_no_numbers_follow_the_table() -> None:
    columns, names = Step(["during", "after"]).matrix(("before", "during", "after"))
    assert columns.tolist() == [[0, 0], [1, 0], [1, 1]]
    assert names == (">=during", ">=after")


@EXAMPLES
@given(years, st.data())
def test_a_break_changes_the_slope_there_and_nowhere_else(levels: tuple[int, ...], data: st.DataObject) -> None:
    at = data.draw(st.floats(levels[0] + 0.125, levels[-1] - 0.125))
    columns, names = Break(at).matrix(levels)
    x = np.array(levels, dtype=float)
    assert names[0] == "^1"
    assert holds(columns, x - 2015)
    assert holds(columns, np.where(x > at, 3.0 * (x - at), -1.0 * (x - at)))


def test_dates_are_years_with_a_fraction() -> None:
    quarters = ("2018-01-01", "2018-04-01", "2018-07-01", "2018-10-01")
    numbers = [number_of(level) for level in quarters]
    assert numbers == pytest.approx([2018, 2018 + 90 / 365, 2018 + 181 / 365, 2018 + 273 / 365])
    assert number_of("2016-12-31") == pytest.approx(2016 + 365 / 366)
    assert [number_of(level) for level in ("2018-13-01", "18-25", True, None, float("nan"), "missing")] == [None] * 6


def test_scores_stand_for_levels_that_are_no_numbers() -> None:
    ages = ("child", "minor", "adult")
    scores = {"child": 6, "minor": 15, "adult": 40}
    assert Scores(scores).matrix(ages)[0].ravel().tolist() == [6, 15, 40]
    assert (Poly(2, scores=scores).matrix(ages)[0] == Poly(2).matrix((6, 15, 40))[0]).all()
    assert (Spline(2, scores=scores).matrix(ages)[0] == Spline(2).matrix((6, 15, 40))[0]).all()
    assert Coding.from_json({"kind": "scores", "scores": [["2014", 1], ["2015", 4]]}).matrix((2014, 2015))[0][1, 0] == 4


@pytest.mark.parametrize(
    ("coding", "levels", "message"),
    [
        (Poly(1), ("SU", 2, 3), "'SU'"),
        (Poly(1), (2015, 2016, "missing"), "'missing'"),
        (Poly(3), (1, 2, 3), "needs 4 levels"),
        (Poly(2), (2018, "2018", 2019), "needs 3 levels"),
        (Spline(3), (1, 2, 3), "needs 4 levels"),
        (Step(2014), (2014, 2015), "before it and after it"),
        (Step(2016), (2014, 2015), "before it and after it"),
        (Step(2015), (2014, 2015, "missing"), "'missing'"),
        (Step("b"), ("a", "b", "missing"), "'a', 'b' and 'missing'"),
        (Step("c"), ("a", "b"), "no level 'c'"),
        (Step("north"), (2014, 2015), "a number or an ISO date"),
        (Step([2015, "2014-06-01"]), (2014, 2015), "cannot be told apart"),
        (Break(2014), (2014, 2015, 2016), "between the first and the last"),
        (Break(2016), (2014, 2015, 2016), "between the first and the last"),
        (Break("2014-06-01"), (2014, 2015), "cannot be told apart"),
        (Break("north"), (2014, 2015, 2016), "ISO date"),
        (Scores({"a": 1}), ("a", "b"), "none for 'b'"),
        (Scores({"a": 1, "b": 1}), ("a", "b"), "cannot be told apart"),
    ],
)
def test_levels_that_cannot_be_coded_so_are_refused(coding: Coding, levels: tuple[object, ...], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        coding.matrix(levels)


@pytest.mark.parametrize(
    "value",
    [
        {"kind": "poly"},
        {"kind": "poly", "degree": 0},
        {"kind": "poly", "degree": True},
        {"kind": "poly", "degree": 2, "df": 2},
        {"kind": "spline", "df": 1},
        {"kind": "step", "at": []},
        {"kind": "scores", "scores": {"a": "much"}},
        {"kind": "scores", "scores": {"a": float("inf")}},
        {"kind": "loess"},
        {"degree": 2},
        "poly",
    ],
)
def test_text_that_is_no_coding_is_refused(value: dict[str, object]) -> None:
    with pytest.raises(ModelError):
        Coding.from_json(value)
