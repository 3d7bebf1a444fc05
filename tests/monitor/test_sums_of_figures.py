"""Sums that figures state: every category is in them, also one that nobody is in."""

from __future__ import annotations

import pytest
from monitor_registers import register

from mse.core.figure import Figure
from mse.monitor import figures
from mse.monitor.audit.identities_within import AGGREGATES


def of_whole_window(figure: Figure, whole: str) -> list[set[str]]:
    """Parts of a category over the whole window, without those that are its years and forms."""
    frame = figure.frame
    found = []
    for row, parts in figure.sums:
        if (frame.at[row, "category_code"], frame.at[row, "year"]) == (whole, "total"):
            codes = {str(frame.at[part, "category_code"]) for part in parts}
            found += [codes] if codes != {whole} else []
    return found


@pytest.fixture(scope="module")
def sparse() -> dict[str, Figure]:
    """Two persons, so that most categories are empty."""
    people = {
        "one": {"types": "SU|CU", "nationalities": "NL", "sex": "male", "kinds_criminal": "begging"},
        "other": {"types": "AU", "sex": "female"},
    }
    return dict(figures(register(people, [(key, 2019, "police") for key in people])).items())


@pytest.mark.parametrize("name", ["2.3", "2.4a", "2.6", "2.7", "2.8", "2.9", "2.10", "2.11", "2.12", "2.13"])
def test_the_total_is_made_of_all_categories(sparse: dict[str, Figure], name: str) -> None:
    codes = set(sparse[name].frame["category_code"])
    assert codes - {"total"} - AGGREGATES.get(name, frozenset()) in of_whole_window(sparse[name], "total")


def test_derived_categories_are_made_of_categories_that_nobody_is_in_too(sparse: dict[str, Figure]) -> None:
    assert {"begging", "unknown"} in of_whole_window(sparse["2.6"], "not_drug_offences")
    assert {"minor", "18-22"} in of_whole_window(sparse["2.10"], "under_23")
    assert {"care_coordinators", "fairwork", "other_reporters"} in of_whole_window(
        sparse["2.11"], "without_legal_basis"
    )
    assert any("SU+CU" in parts for parts in of_whole_window(sparse["2.3"], "any_SU"))
