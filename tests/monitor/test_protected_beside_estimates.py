"""Registered beside estimated under `protected`: what is left of a whole without a withheld part is withheld too."""

from __future__ import annotations

import pandas as pd
import pytest

import mse
from mse.monitor import Protected
from mse.monitor.disclosure.release import Release
from mse.records.register.registry import Registry

FEW = {2017: 3, 2018: 4, 2019: 5}
"""Domestic sexual exploitation by year: fewer than ten, and together few enough to be withheld."""

OTHERS = {"SU": ("PL", 60), "AU": ("RO", 50), "CU": ("NG", 40)}


@pytest.fixture(scope="module")
def released() -> Release:
    victims, reports = [], []
    for year, few in FEW.items():
        kinds = [("SU", "NL")] * few + [(kind, nation) for kind, (nation, n) in OTHERS.items() for _ in range(n)]
        for place, (kind, nation) in enumerate(kinds):
            key = f"{year}-{place}"
            victims.append({"victim": key, "types": kind, "nationalities": nation, "age": 17 + place % 30})
            reports.append({"victim": key, "date": year, "reporter": "police", "police_unit": "limburg"})
    about = mse.Reference((2017, 2019), "person-year", "presumed victims, made up", "Netherlands")
    registry = Registry.from_frames(pd.DataFrame(victims), pd.DataFrame(reports), period=(2017, 2019), reference=about)
    figures = mse.monitor.figures(registry)
    estimates = mse.monitor.published_estimates("netherlands_2014_2015")
    allow = ("period", "population", "definition")
    beside = mse.monitor.registered_versus_estimated(figures, estimates, allow=allow)
    shares = mse.monitor.shares_versus_estimated(figures, estimates, allow=allow)
    return mse.release([*figures, beside, shares], Protected(), findings=beside.findings)


def test_the_whole_less_a_withheld_part_is_withheld(released: Release) -> None:
    forms = released["2.7"].to_frame()
    domestic = forms[(forms["category_code"] == "BL-SU") & (forms["year"] != "total")]
    assert domestic["value"].isna().all()
    beside = released["registered"]
    frame = beside.to_frame()
    labels = frame["group"].map(lambda text: text["en"] if isinstance(text, dict) else str(text))
    whole = frame[labels == "All presumed victims"]
    assert whole["registered"].notna().any()
    outside = frame[labels == "Outside domestic sexual exploitation"]
    assert len(outside) > 0
    assert outside["registered"].isna().all()


def test_withheld_cells_have_one_word(released: Release) -> None:
    for name in ("2.7", "registered", "registered-shares"):
        if name in released.names:
            assert "word_too_few" not in set(released[name].words.values())
