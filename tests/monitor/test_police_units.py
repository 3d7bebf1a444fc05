"""Figure 2.12: police reports of an unknown unit are a row, so that the figure adds up to all police reports."""

from __future__ import annotations

import pandas as pd
from monitor_registers import VICTIM, value

from mse.monitor import Cubes, crosstab, cubes, figures, self_audit
from mse.records.register.registry import Registry


def register(*units: str) -> Registry:
    """One victim of labour exploitation a unit, reported by the police in 2019; "kmar" is a report of the KMar."""
    keys = [str(place) for place in range(len(units))]
    reports = pd.DataFrame(
        {
            "victim": keys,
            "date": 2019,
            "reporter": ["kmar" if unit == "kmar" else "police" for unit in units],
            "police_unit": ["" if unit == "kmar" else unit for unit in units],
        }
    )
    victims = pd.DataFrame([{**VICTIM, "victim": key, "types": "AU"} for key in keys])
    return Registry.from_frames(victims, reports, period=(2019, 2019))


def test_police_reports_without_a_unit_are_a_row() -> None:
    found = figures(register("limburg", "", "", "kmar"))
    units = found["2.12"]
    assert [value(units, code) for code in ("limburg", "unknown", "total")] == [1, 2, 3]
    assert value(units, "unknown", form="AU") == 2
    assert value(found["2.11"], "police") == 3
    frame = units.to_frame()
    assert frame.loc[frame["category_code"] == "unknown", "category"].iloc[0]["nl"] == "Eenheid onbekend"
    assert not self_audit(found).failed
    rows = [row for row in frame.index if frame.at[row, "category_code"] != "total" and frame.at[row, "year"] == "2019"]
    assert any(set(parts) == set(rows) for _, parts in units.sums)


def test_no_row_where_every_unit_is_known() -> None:
    units = figures(register("limburg", "kmar"), only=["2.12"])["2.12"]
    assert "unknown" not in set(units.to_frame()["category_code"])
    assert value(units, "total") == 1


def test_free_tables_and_stored_cubes_have_the_same_row() -> None:
    registry = register("limburg", "", "kmar")
    table = crosstab(registry, "units", measure="police_reports")
    assert [value(table, code) for code in ("limburg", "unknown", "total")] == [1, 1, 2]
    assert value(crosstab(registry, "form", measure="police_reports"), "AU") == 2
    stored = Cubes.from_frame(cubes(registry).to_frame(), period=(2019, 2019))
    assert value(figures(stored, only=["2.12"])["2.12"], "unknown") == 1
