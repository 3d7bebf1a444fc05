"""Small registers made by hand: a victim a line, with who reported it when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from mse.records.register.registry import Registry
from mse.records.register.rules import Rules

FIELDS = (
    "types", "sectors_sexual", "sectors_labour", "kinds_criminal", "sex", "age", "age_exploitation", "nationalities",
    "case", "procedure", "place", "status", "recruitment", "technology",
)  # fmt: skip
"""What may be said of a victim."""


def victim(*reports: str, **said: Any) -> dict[str, Any]:
    """A victim with reports, each "reporter year" with, where needed, "role" or "police unit" after it."""
    return {"reports": reports, **said}


def register(people: Sequence[dict[str, Any]], period: tuple[int, int] = (2015, 2019), **options: Any) -> Registry:
    """A register of some victims; their keys are their places."""
    rows = [{name: person.get(name) for name in FIELDS} for person in people]
    victims = pd.DataFrame(rows, dtype=object)
    victims.insert(0, "victim", [f"k{at}" for at in range(len(people))])
    told = []
    for at, person in enumerate(people):
        for report in person["reports"]:
            reporter, year, *more = report.split()
            role = next((word for word in more if word in ("reporter", "enrichment", "echo")), None)
            told.append((f"k{at}", year, reporter, role, next((word for word in more if word != role), None)))
    reports = pd.DataFrame(told, columns=["victim", "date", "reporter", "role", "police_unit"])
    return Registry.from_frames(victims, reports, period=period, **options)


def levels(
    registry: Registry, dimension: str, *, line: str = "all_registered", unit: str = "person-year", **rules: Any
) -> dict[Any, int]:
    """Counts by one dimension, under some rules."""
    return registry.counted(Rules(**rules), unit=unit).cube(dimension, line=line).by(dimension)


def touched(registry: Registry, rule: str, **rules: Any) -> int:
    """How many a rule touched, under some rules."""
    frame = registry.counted(Rules(**rules)).trace.set_index("rule")
    return int(frame["touched"][rule])
