"""Formulas hold what they may and nothing else; what they hold is computed as Python would."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mse.errors import TableError
from mse.monitor.audit.formula import Formula, points_as_growth, quoted

NAMES = {"Y": ("2015", "2016", "2017"), "v": {"2015": 3, "2016": 1, "2017": 2}.get}


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


LEAVES = ("0", "1", "2", ".5", "'a'", "'2015'", "Y", "x", "v('2016')", "open('a')", "Y.count", "f'{Y}'", "None")
AROUND = (
    "-{}", "not {}", "[{}]", "{{{}}}", "({},)", "({})[0]", "Y[{}:]", "[*{}]", "len({})", "min({})", "eval({})", "v({})",
    "sum({} for x in Y)", "any({} for x in (1, 2) if x > 1)", "max(Y, key=lambda x: {})",
    "sum(sum(x) for x in zip({},))",
)  # fmt: skip
BETWEEN = (
    " + ", " - ", " * ", " / ", " < ", " == ", " in ", " and ", " or ", ", ", " % ", " ** ", " is ", " if Y else ",
)  # fmt: skip
EXPRESSIONS = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(AROUND), inner).map(lambda made: made[0].replace("{}", made[1])),
        st.tuples(inner, st.sampled_from(BETWEEN), inner).map(lambda made: f"({''.join(made)})"),
    ),
    max_leaves=6,
)
"""Expressions of Python, made of what formulas may hold and of what they must not."""

PLAIN = {"sum": sum, "min": min, "max": max, "all": all, "any": any, "len": len, "zip": zip}
"""All of Python that a formula may call."""


@given(st.one_of(EXPRESSIONS, st.text(max_size=60)))
@settings(max_examples=400, deadline=None)
def test_any_text_is_refused_or_computes_what_python_does_with_nothing_else_at_hand(text: str) -> None:
    """Where a formula gives a value, Python gives the same, of these names alone; whatever Python would do besides is
    refused with an error of the library and no other."""
    try:
        computed = Formula(text)(NAMES)
    except TableError:
        return
    assert same(computed, eval(text.strip(), {"__builtins__": {}, **PLAIN, **NAMES}))


def same(one: object, other: object) -> bool:
    """Whether two results are of one type and, where they are plain values, equal; a list is compared item by item."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return type(one) is type(other) and all(map(same, one, other)) and len(one) == len(other)
    plain = isinstance(one, str | int | float)
    return type(one) is type(other) and (repr(one) == repr(other) or not plain)


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
