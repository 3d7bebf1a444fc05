"""Formulas hold what they may and nothing else; what they hold is computed as Python would."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mse.errors import TableError
from mse.monitor.audit.formula import Formula, points_as_growth, quoted

NAMES = {"Y": ("2015", "2016", "2017"), "v": {"2015": 3, "2016": 1, "2017": 2}.__getitem__}


@pytest.mark.parametrize(
    "formula",
    [
        "1 + 2 * 3 - 4 / 5",
        "-2 + (+3)",
        "not 1 > 2",
        "1 < 2 <= 2 and 3 != 4 or 0",
        "2 in (1, 2) and 5 not in [1, 2]",
        "sum(v(y) for y in Y)",
        "sum(v(y) for y in Y if v(y) > 1)",
        "min(Y, key=lambda y: v(y)) == '2016'",
        "max(100 * v(y) / 2 for y in Y[1:])",
        "all(v(b) < v(a) for a, b in zip(Y, Y[1:]))",
        "any(a == b for a in Y for b in Y[::2])",
        "len(Y[:-1]) + len([1, 2])",
        "sum(x + z for (x, z) in ((1, 2), (3, 4)))",
    ],
)
def test_a_formula_is_what_python_says(formula: str) -> None:
    assert Formula(formula)(NAMES) == eval(formula, dict(NAMES))


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("Y.index('2015')", "a name after a dot"),
        ("().__class__.__bases__[0].__subclasses__()", "a name after a dot"),
        ("[y for y in Y]", "a list made by for"),
        ("{y for y in Y}", "a set"),
        ("{1: 2}", "a dictionary"),
        ("f'{Y}'", "a text with values in it"),
        ("(z := 3)", "an assignment"),
        ("1 if Y else 2", "if"),
        ("9 ** 9 ** 9", "a power"),
        ("1 << 900", "a shift"),
        ("7 % 2", "a remainder"),
        ("7 // 2", "whole division"),
        ("~1", "~"),
        ("Y is Y", "is"),
        ("sum(*Y)", "a star"),
        ("b'x'", "numbers and texts"),
        ("None", "numbers and texts"),
        ("(lambda: 1)()", "by their name"),
        ("sum(Y, start=1)", "named argument"),
        ("(lambda *a: 1)", "plain arguments"),
        ("(lambda a=1: a)", "plain arguments"),
        ("__import__('os')", "no name '__import__'"),
        ("open('x')", "no name 'open'"),
        ("eval('1')", "no name 'eval'"),
        ("1 2", "no formula"),
        ("import os", "no formula"),
        ("x = 1", "no formula"),
        ("", "no formula"),
        ("1 " + "+ 1" * 2000, "at most"),
        ("(" * 500 + "1" + ")" * 500, "no formula"),
        ("'a' * 99999999", "cannot be computed"),
        ("Y * 99999999", "cannot be computed"),
        ("Y['2015']", "cannot be computed"),
        ("v[0]", "cannot be computed"),
        ("Y[7]", "cannot be computed"),
        ("1 < 'a'", "cannot be computed"),
        ("sum(a for a, b in Y)", "cannot be computed"),
        ("sum(1 for Y[0] in Y)", "goes over names"),
        ("len(3)", "cannot be computed"),
    ],
)
def test_anything_else_is_refused_by_name(formula: str, said: str) -> None:
    with pytest.raises(TableError, match=said.replace("(", r"\(")):
        Formula(formula)(NAMES)


@given(st.text(max_size=60))
def test_no_text_does_anything_but_compute_or_be_refused(text: str) -> None:
    try:
        Formula(text)({})
    except TableError:
        return


def test_a_quoted_count_is_a_cell_and_a_sum_is_not() -> None:
    assert quoted("q('2.8', '2019', 'all', 'male') + 1") is None
    assert quoted("q('2.8', y, 'all', 'male')") is None
    assert quoted("q('2.8', '2019')") is None
    cell = quoted(" q('2.8','2019','all','male')")
    assert cell is not None
    assert cell[:4] == ("2.8", "2019", "all", "male")


def test_percentage_points_are_told_from_growth() -> None:
    assert points_as_growth("100*(q('a')-q('b'))/q('c')") == "100 * (q('a') / q('b') - 1)"
    assert points_as_growth("100*(q('a')-q('b'))/q('b')") is None
    assert points_as_growth("100*q('a')/q('b')") is None
