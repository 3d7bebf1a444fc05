"""A register without its large cases."""

from __future__ import annotations

import pandas as pd
import pytest

import mse
from mse.records.register.registry import Registry

ABOUT = mse.Reference((2018, 2019), "person-year", "made-up persons", "Nowhere", source="nobody", public=True)


def registry(cases: list[str]) -> Registry:
    keys = [f"k{place}" for place in range(len(cases))]
    victims = pd.DataFrame({"victim": keys, "case": cases, "types": ["SU", "AU"] * (len(keys) // 2)})
    reports = pd.DataFrame({
        "victim": keys * 2, "date": [2018] * len(keys) + [2019] * len(keys), "reporter": ["police"] * 2 * len(keys),
    })  # fmt: skip
    return Registry.from_frames(victims, reports, period=(2018, 2019), reference=ABOUT)


def test_figures_with_and_without_large_cases() -> None:
    whole = registry(["big"] * 4 + ["small", "small", "", ""])
    left = whole.without_large_cases(2)
    before, after = (mse.monitor.figures(one, only=["2.7"])["2.7"].to_frame() for one in (whole, left))
    total = (before["category_code"] == "total") & (before["year"] == "2018")
    assert before.loc[total, "value"].tolist() == [8]
    total = (after["category_code"] == "total") & (after["year"] == "2018")
    assert after.loc[total, "value"].tolist() == [4]
    assert left.reference is not None
    assert left.reference.population == "made-up persons (cases of up to 2 persons)"


def test_a_person_counts_once_in_a_case_whatever_the_years() -> None:
    """Two persons of one case, reported in two years each, are a case of two."""
    assert registry(["a", "a", "", ""]).without_large_cases(2).counted().cube("year").total == 8


@pytest.mark.parametrize(
    ("cases", "size", "said"),
    [(["", ""], 2, "names no cases"), (["a", "a"], 1, "only cases of more than 1"), (["a", "a"], 0, "at least one")],
)
def test_what_cannot_be_left_out_is_refused(cases: list[str], size: int, said: str) -> None:
    with pytest.raises(mse.TableError, match=said):
        registry(cases).without_large_cases(size)
