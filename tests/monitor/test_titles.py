"""Titles say no more than the counts: ties have no largest group, unknown forms are unknown, nobody is said plainly."""

from __future__ import annotations

import pytest
from monitor_registers import register, value

from mse.core.figure import Figure
from mse.monitor import contributions, figures

SEX = ("female", "male")


def by_form(*types: str) -> Figure:
    """Figure 2.7 of people of these types, all reported by the police in 2019."""
    people = {str(place): {"types": one} for place, one in enumerate(types)}
    return figures(register(people, [(key, 2019, "police") for key in people]), only=["2.7"])["2.7"]


def test_equal_groups_have_no_largest() -> None:
    figure = by_form("AU", "CU", "", "")
    assert value(figure, "UNK", form="UNK") == 2
    assert figure.title["en"] == "Number of presumed victims by form of trafficking, 2016–2019"
    assert figure.title["nl"] == "Aantal vermoedelijke slachtoffers naar vorm van mensenhandel, 2016–2019"


@pytest.mark.parametrize("unknown", [2, 3])
def test_an_unknown_form_is_unknown(unknown: int) -> None:
    """As many of unknown form as of the largest known one, or more."""
    title = by_form("AU", "AU", "CU", *[""] * unknown).title["en"]
    assert title.startswith("Labour exploitation is the largest known group: ")


def test_a_single_largest_group_is_named() -> None:
    assert by_form("AU", "AU", "AU", "CU", "").title["en"].startswith("Labour exploitation: six in ten")
    assert "is the largest group: half" in by_form("AU", "AU", "CU", "").title["en"]


@pytest.mark.parametrize(
    ("years", "title"),
    [
        ((2018, 2018), "No presumed victims in 2019, some in 2018"),
        ((2019, 2019), "No presumed victims in 2018, some in 2019"),
    ],
)
def test_from_and_to_nobody(years: tuple[int, ...], title: str) -> None:
    people = {str(place): {"types": "AU", "sex": SEX[place]} for place in range(2)}
    registry = register(people, [(key, year, "police") for key, year in zip(people, years, strict=True)])
    assert figures(registry, only=["2.1"])["2.1"].title["en"] == title


def test_a_change_to_nobody() -> None:
    people = {str(place): {"types": kind} for place, kind in enumerate(("AU", "AU", "CU"))}
    registry = register(people, [(key, 2018, "police") for key in people])
    title = contributions(figures(registry), 2018, 2019).title
    assert title["en"] == "No presumed victims in 2019, some in 2018; the largest part: Labour exploitation"
