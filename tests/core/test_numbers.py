"""How estimates are rounded and written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mse.messages import number, rounded


@pytest.mark.parametrize(
    ("value", "expected"), [(12_349.6, 12_300), (12_350.0, 12_400), (999.5, 1_000), (9_995.0, 10_000), (0.5, 1), (0, 0)]
)
def test_half_goes_up_once(value: float, expected: int) -> None:
    assert rounded(value) == expected


@given(st.floats(min_value=1.0, max_value=1e15))
def test_three_digits_and_no_more_than_half_a_unit_away(value: float) -> None:
    result = rounded(value)
    assert len(str(result).rstrip("0")) <= 3
    unit = 10 ** max(len(str(int(value))) - 3, 0)
    assert abs(Decimal(value) - result) <= Decimal(unit) / 2


@pytest.mark.parametrize(
    ("value", "en", "nl"),
    [
        (30.0, "30.0", "30,0"),
        (0.51234, "0.512", "0,512"),
        (123.6, "124", "124"),
        (12_345.6, "12,346", "12.346"),
        (0, "0", "0"),
    ],
)
def test_rates_have_three_digits_and_no_digit_of_a_whole_number_is_rounded_away(value: float, en: str, nl: str) -> None:
    assert (number(value, "en", "rate"), number(value, "nl", "rate")) == (en, nl)


def test_in_dutch_and_english() -> None:
    assert number(143_603.2, "en", "estimate") == "144,000"
    assert number(143_603.2, "nl", "estimate") == "144.000"
