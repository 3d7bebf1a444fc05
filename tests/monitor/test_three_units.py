"""Three units of the same records: victims, reports by group, reports by police unit."""

from __future__ import annotations

import pandas as pd

import mse
from mse.records.register.registry import Registry


def test_the_shipped_figures_in_three_units_from_a_register_and_from_cubes(published_register: Registry) -> None:
    expected = {"victims": 5060, "reports": 5691, "police_reports": 3046}
    assert mse.monitor.units(published_register) == expected
    assert mse.monitor.units(mse.monitor.cubes(published_register)) == expected


def test_one_victim_of_two_groups_and_two_police_units() -> None:
    victims = pd.DataFrame({"victim": ["a", "b"], "types": ["SU", "AU"], "nationalities": ["NL", "PL"]})
    reports = pd.DataFrame(
        {
            "victim": ["a", "a", "a", "a", "b"],
            "date": ["2018-01-01", "2018-02-01", "2018-03-01", "2018-04-01", "2018-05-01"],
            "reporter": ["police", "police", "fairwork", "emm", "kmar"],
            "police_unit": ["amsterdam", "rotterdam", "", "", ""],
        }
    )
    registry = Registry.from_frames(victims, reports, period=(2018, 2018))
    assert mse.monitor.units(registry) == {"victims": 2, "reports": 3, "police_reports": 2}


def test_a_police_report_of_an_unknown_unit_counts_as_in_figure_2_12() -> None:
    victims = pd.DataFrame({"victim": ["a", "b"], "types": ["SU", "AU"], "nationalities": ["NL", "PL"]})
    reports = pd.DataFrame(
        {"victim": ["a", "b"], "date": ["2018-01-01"] * 2, "reporter": ["police"] * 2, "police_unit": ["limburg", ""]}
    )
    registry = Registry.from_frames(victims, reports, period=(2018, 2018))
    assert mse.monitor.units(registry)["police_reports"] == 2
    figure = mse.monitor.figures(registry, only=["2.12"])["2.12"].to_frame()
    whole = figure[(figure["category_code"] == "total") & (figure["year"] == "total") & (figure["form"] == "all")]
    assert whole["value"].tolist() == [2]
