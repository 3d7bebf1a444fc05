"""Goals, vintages of published counts, excluded groups and capacity, on the printed figures and on small cubes.

Published counts and their sources are in `mse.records.published_counts`; the figures are those of Nationaal Rapporteur
Mensenhandel en Seksueel Geweld tegen Kinderen 2020, Slachtoffermonitor mensenhandel 2015-2019. The Hague.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pandas as pd
import pytest
from checked_figures import REFERENCE, checked_figures

import mse
from mse.core.cube import Cube
from mse.core.list_metadata import ListMetadata
from mse.monitor.coverage.count_vintages import reconcile_counts
from mse.monitor.coverage.exposure import exposure_rates
from mse.monitor.coverage.goals import Goal, goals_figure
from mse.monitor.coverage.group_profile import profile
from mse.monitor.coverage.list_failure import reporter_counts
from mse.records.published import published_counts, published_estimates

TEXT = {"en": "Minors", "nl": "Minderjarigen"}


# ---------------------------------------------------------------- vintages


def test_the_monitor_beside_its_earlier_vintages() -> None:
    shown = reconcile_counts(checked_figures(), published_counts("netherlands_counts"))
    frame = shown.to_frame()
    assert frame[["year", "counted", "published"]].values.tolist() == [
        [2015, 1150, 1150], [2016, 952, 952], [2017, 956, 958], [2017, 956, 956], [2018, 668, 668], [2019, 1334, 1334],
    ]  # fmt: skip
    assert [(f.code, f.values["published"]) for f in shown.findings] == [("vintage_differs", 958)]
    assert shown.title["en"] == "Published numbers that differ from this count: 1 of 6"


def test_another_series_and_line() -> None:
    shown = reconcile_counts(
        checked_figures(), published_counts("netherlands_counts"), series="comensha", line="excl_emm_only"
    )
    assert shown.to_frame()[["year", "difference"]].values.tolist() == [[2016, 1033 - 1049], [2019, 0]]


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"series": "x"}, "no series"), ({"published": pd.DataFrame({"year": [1]})}, "a column 'series'")],
)
def test_what_cannot_be_reconciled_is_refused(changed: dict[str, Any], said: str) -> None:
    given = {"published": published_counts("netherlands_counts"), **changed}
    with pytest.raises(mse.TableError, match=said):
        reconcile_counts(checked_figures(), **given)
    early = Cube(pd.DataFrame({"year": [1999], "count": [1]}))
    about = REFERENCE.replace(period=(1999, 1999))
    with pytest.raises(mse.TableError, match="No year"):
        reconcile_counts(early, published_counts("netherlands_counts"), reference=about)


def test_every_published_count_has_a_source() -> None:
    counts = published_counts("netherlands_counts")
    assert (counts["source"].str.len() > 10).all()
    assert not counts.duplicated(["series", "year", "count", "edition"]).any()
    with pytest.raises(mse.TableError, match="netherlands_counts"):
        published_counts("netherlands_2014_2015")
    with pytest.raises(mse.TableError, match="netherlands_2014_2015"):
        published_estimates("netherlands_counts")


# ---------------------------------------------------------------- goals


def goal(**changes: Any) -> Goal:
    given: dict[str, Any] = {
        "name": TEXT, "figure": "2.10", "where": {"category_code": "minor"}, "target": 300, "baseline": 200,
        "date": "2022-12-31",
    }  # fmt: skip
    return Goal(**{**given, **changes})


def test_a_goal_by_year() -> None:
    frame = goals_figure([goal()], checked_figures()).to_frame()
    assert frame["year"].tolist() == ["2015", "2016", "2017", "2018", "2019"]
    assert frame["value"].tolist() == [288, 227, 194, 62, 108]
    assert frame["progress"].tolist() == pytest.approx([0.88, 0.27, -0.06, -1.38, -0.92])
    assert not frame["reached"].any()
    assert goal().date == date(2022, 12, 31)


def test_a_goal_downwards_and_of_a_share() -> None:
    share = goal(of={"category_code": "total"}, baseline=0.25, target=0.10)
    frame = goals_figure([share], checked_figures()).to_frame()
    assert frame["share"].iloc[0] == pytest.approx(288 / 1150)
    assert frame["reached"].tolist() == [False, False, False, True, True]
    assert frame["target_text"].iloc[0]["nl"] == "10,0\N{NO-BREAK SPACE}%"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"figure": "2.99"}, "no figure '2.99'"),
        ({"where": {"category_code": "minors"}}, "names no row"),
        ({"where": {}}, "others there"),
        ({"where": {"measure": "victims"}}, "one row a year"),
        ({"where": {"year": "2015"}}, "chooses by"),
        ({"where": {"category_code": "mean_age"}}, "about counts"),
        ({"target": 200}, "another value"),
        ({"of": {"category_code": "total"}}, "fractions"),
    ],
)
def test_a_goal_that_cannot_be_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(mse.TableError, match=said):
        goals_figure([goal(**changes)], checked_figures())


# ---------------------------------------------------------------- excluded groups and capacity


def test_an_excluded_group_beside_the_others() -> None:
    rows = [
        ("only", "CU", "minor", 30),
        ("only", "AU", "minor", 10),
        ("no", "CU", "minor", 5),
        ("also", "AU", "40+", 95),
    ]
    cube = Cube(pd.DataFrame(rows, columns=["emm", "form", "age_band", "count"]))
    frame = profile(cube, dimension="emm", excluded="only", by=["form", "age_band"]).to_frame()
    assert frame[["level_code", "share_excluded", "share_included"]].values.tolist() == [
        ["AU", 0.25, 0.95], ["CU", 0.75, 0.05], ["40+", 0.0, 0.95], ["minor", 1.0, 0.05],
    ]  # fmt: skip
    with pytest.raises(mse.TableError, match="Did you mean 'only'"):
        profile(cube, dimension="emm", excluded="onl")
    with pytest.raises(mse.TableError, match="hold somebody"):
        profile(cube.where(emm="only"), dimension="emm", excluded="only")


def test_reports_for_each_unit_of_capacity() -> None:
    counts = reporter_counts(checked_figures("2.11"))
    care = ListMetadata("care_coordinators", {"en": "Care", "nl": "Zorg"}, exposure={2018: 13.0, 2020: 5.0})
    frame = exposure_rates(counts, {"care_coordinators": care}).to_frame()
    assert frame[["year", "reports", "capacity", "rate"]].values.tolist() == [["2018", 91, 13.0, 7.0]]
    with pytest.raises(mse.TableError, match="capacity"):
        exposure_rates(counts, {})


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_figures_can_be_released_and_written(language: str) -> None:
    from mse.report.csv import figure_csv

    counts = reporter_counts(checked_figures("2.11"))
    care = ListMetadata("care_coordinators", TEXT, exposure={2018: 13.0}, exposure_unit=TEXT)
    cube = Cube(pd.DataFrame({"emm": ["only", "no"], "form": ["CU", "AU"], "count": [60, 95]}))
    figures = [
        reconcile_counts(checked_figures(), published_counts("netherlands_counts")),
        goals_figure([goal()], checked_figures()),
        profile(cube, dimension="emm", excluded="only", by=["form"], reference=REFERENCE),
        exposure_rates(counts, {"care_coordinators": care}, reference=REFERENCE),
    ]
    for policy in ("public_source", "threshold"):
        released = mse.release(figures, policy)
        for figure in figures:
            text = figure_csv(released[figure.name], language)
            assert len(text.splitlines()) == len(figure.frame) + 1
            assert "{" not in text


def test_vintages_of_counts_that_are_not_public_say_nothing_exact() -> None:
    """That one number differs from a published one, or that none does, would give a rounded count back."""
    cube = Cube(pd.DataFrame({"year": [2017, 2018], "count": [956, 668]}))
    about = REFERENCE.replace(period=(2017, 2018), public=False)
    shown = reconcile_counts(cube, published_counts("netherlands_counts"), reference=about)
    assert shown.findings == ()
    assert [code.code for code in reconcile_counts(
        cube, published_counts("netherlands_counts"), reference=about.replace(public=True)
    ).findings] == ["vintage_differs"]  # fmt: skip
    title = mse.release([shown], "threshold")["vintages"].figure.title["en"]
    assert not re.search(r"\d", title)
