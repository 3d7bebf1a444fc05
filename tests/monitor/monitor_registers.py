"""Registers for the tests of the monitor: the shipped one, and small ones that are counted by hand."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import pandas as pd

from mse.core.reference import Reference
from mse.records.register.registry import Registry

SHIPPED = Path(__file__).parents[2] / "studies" / "monitor-2015-2019" / "data"

REFERENCE = Reference(
    (2015, 2019), "person-year", "presumed victims", "Netherlands", source="a synthetic register", public=True
)


@functools.cache
def shipped() -> Registry:
    """The synthetic register that has the printed margins of the edition 2015-2019."""
    frames = [pd.read_csv(SHIPPED / name, dtype=str, keep_default_na=False) for name in ("victims.csv", "reports.csv")]
    return Registry.from_frames(*frames, period=(2015, 2019), reference=REFERENCE)


VICTIM: dict[str, Any] = {"types": "", "nationalities": "", "sex": "", "age": None, "sectors_sexual": ""}


def register(people: dict[str, dict[str, Any]], reports: list[tuple[str, int, str]], **fields: Any) -> Registry:
    """A register of people by key, with who reported whom when."""
    victims = pd.DataFrame([{**VICTIM, "victim": key, **told} for key, told in people.items()])
    told = pd.DataFrame(reports, columns=["victim", "date", "reporter"])
    return Registry.from_frames(victims, told, **{"period": (2016, 2019), **fields})


def small() -> Registry:
    """Eight people of 2018 and 2019, among them one known only through the EMM and one only through the KMar."""
    people = {
        "dutch": {
            "types": "SU|CU", "nationalities": "NL|MA", "sex": "female", "age": 17, "sectors_sexual": "home|window",
        },
        "polish": {"types": "AU|CU", "nationalities": "PL", "sex": "male", "age": 30},
        "nobody_knows": {"types": "SU", "sectors_sexual": "home", "age": 22},
        "organ": {"types": "ORG", "nationalities": "IN", "sex": "male", "age": 41},
        "emm_only": {"types": "AU", "nationalities": "RO"},
        "kmar_only": {"types": "SU", "nationalities": "HU", "sex": "female", "age": 25},
        "kmar_labour": {"types": "AU", "nationalities": "HU", "sex": "male", "age": 25},
        "twice": {"types": "CU", "nationalities": "NG", "sex": "male", "age": 20},
    }  # fmt: skip
    reports = [
        ("dutch", 2018, "police"), ("dutch", 2018, "fairwork"), ("polish", 2019, "iszw_do"), ("polish", 2019, "emm"),
        ("nobody_knows", 2019, "police"), ("organ", 2019, "om"), ("emm_only", 2019, "emm"),
        ("kmar_only", 2018, "kmar"), ("kmar_only", 2018, "emm"), ("kmar_labour", 2018, "kmar"),
        ("twice", 2018, "police"), ("twice", 2019, "care_coordinators"), ("twice", 2019, "care_coordinators"),
    ]  # fmt: skip
    return register(people, reports)


def value(figure: Any, code: str, year: str = "total", form: str = "all", measure: str | None = None) -> float:
    """One cell of a tidy figure."""
    frame = figure.to_frame()
    rows = frame[(frame["category_code"] == code) & (frame["year"] == year) & (frame["form"] == form)]
    rows = rows[rows["measure"] == measure] if measure else rows
    assert len(rows) == 1, (figure.name, code, year, form, len(rows))
    return float(rows["value"].iloc[0])
