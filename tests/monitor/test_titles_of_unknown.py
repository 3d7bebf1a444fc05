"""A figure of which only the unknown is counted does not say that there is nobody."""

from __future__ import annotations

import pandas as pd
import pytest

import mse
from mse.records.register.registry import Registry


def test_a_kind_that_nobody_recorded_is_not_nobody() -> None:
    victims = pd.DataFrame({"victim": list("abc"), "types": ["CU"] * 3, "nationalities": ["PL"] * 3})
    reports = pd.DataFrame({"victim": list("abc"), "date": [2018, 2018, 2019], "reporter": ["police"] * 3})
    registry = Registry.from_frames(victims, reports, period=(2018, 2019))
    title = mse.monitor.figures(registry, only=["2.6"])["2.6"].title
    assert title["en"].startswith("Number of presumed victims")
    assert title["nl"].startswith("Aantal vermoedelijke slachtoffers")


def test_a_period_without_reports_is_refused_with_the_years_that_there_are() -> None:
    victims = pd.DataFrame({"victim": ["a"], "types": ["CU"]})
    reports = pd.DataFrame({"victim": ["a", "a"], "date": [2021, 2023], "reporter": ["police"] * 2})
    with pytest.raises(mse.RegistryError, match="Reports are of 2021 to 2023"):
        Registry.from_frames(victims, reports, period=(2015, 2019))
