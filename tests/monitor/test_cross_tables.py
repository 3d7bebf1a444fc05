"""Free tables, means, changes by category and comparison of editions, on small registers and on the shipped one."""

from __future__ import annotations

import pandas as pd
import pytest
from monitor_registers import register, shipped, small, value

import mse
from mse.errors import ModelError, TableError
from mse.monitor import compare_editions, contributions, crosstab, cubes, figures, means
from mse.monitor.disclosure.linked import linked
from mse.records.editions import printed


def test_rows_and_columns_of_a_small_register() -> None:
    figure = crosstab(small(), "sex", "form")
    assert value(figure, "male", form="AU") == 2
    assert value(figure, "unknown", form="UNK") == 1
    assert value(figure, "total") == 7
    assert figure.layout is not None
    assert figure.layout.columns == ("year", "form")


def test_other_columns_have_a_column_of_their_own() -> None:
    frame = crosstab(small(), "form", "sex").to_frame()
    row = frame[(frame["category_code"] == "AU") & (frame["sex"] == "male")]
    assert row["value"].tolist() == [2]
    assert set(frame["form"]) == {"all"}


def test_the_same_population_as_the_figures() -> None:
    table = crosstab(shipped(), "region", "form")
    figure = figures(shipped(), only=["2.9"])["2.9"]
    for region in ("africa", "netherlands", "unknown"):
        assert value(table, region, form="CU") == value(figure, region, form="CU")
    assert linked([table, figure]).ties
    everyone = crosstab(shipped(), "region", "form", line="all_registered")
    assert value(everyone, "total") > value(table, "total")


def test_statements_of_the_report_that_need_the_records() -> None:
    """Section 2.4.2: 85 per cent of drug-related criminal exploitation reported in 2019 is of African victims."""
    where = {"types": "CU", "kind_criminal": "drug_offences"}
    table = crosstab(shipped(), "region", where=where, percent="all")
    assert value(table, "total", "2019") == 252
    assert round(100 * value(table, "africa", "2019", measure="percent_of_victims")) == 85


def test_reports_and_distinct_victims_of_the_same_group() -> None:
    """R45: shares without legal basis are of reports, or of distinct victims with at least one such report."""
    reports = crosstab(shipped(), "reporters", measure="reports")
    distinct = crosstab(shipped(), "legal_basis", measure="victims_distinct", percent="all")
    consent = ("care_coordinators", "fairwork", "other_reporters")
    n_reports = sum(value(reports, reporter) for reporter in consent)
    n_victims = value(distinct, "without_legal_basis", measure="victims")
    assert (value(reports, "total"), n_reports) == (5691, 2353)
    assert max(value(reports, reporter) for reporter in consent) < n_victims < n_reports
    assert value(distinct, "total", measure="victims") == 5060
    share = value(distinct, "without_legal_basis", measure="percent_of_victims")
    assert share == pytest.approx(n_victims / 5060)
    assert not any(len(parts) == 2 for _, parts in distinct.sums)


def test_sets_of_victims_are_rows_that_exclude_each_other() -> None:
    table = crosstab(small(), "reporters", "form")
    assert value(table, "fairwork|police") == 1
    assert value(table, "police") == 2
    assert value(table, "unknown") == 1
    assert value(table, "total") == 7


def test_shares_of_the_known_leave_the_unknown_out() -> None:
    table = crosstab(small(), "sex", "form", percent="known")
    assert value(table, "male", measure="percent_of_known") == pytest.approx(5 / 6)
    frame = table.to_frame()
    at = int(frame.index[(frame["measure"] == "percent_of_known") & (frame["form"] == "all")][0])
    assert len(table.rests[at]) == 3
    assert frame["base"][at] == 6
    assert "unknown" not in set(frame[frame["measure"] == "percent_of_known"]["category_code"])


def test_from_cubes_that_were_counted_for_it() -> None:
    stored = cubes(small(), also=[("sex", "region")])
    pd.testing.assert_frame_equal(
        crosstab(stored, "sex", "region").to_frame(), crosstab(small(), "sex", "region").to_frame()
    )
    with pytest.raises(TableError, match="also="):
        crosstab(stored, "procedure", "region")


@pytest.mark.parametrize(
    ("choices", "error", "match"),
    [
        ({"rows": "sex", "columns": "sex"}, TableError, "two different"),
        ({"rows": "sex", "measure": "people"}, ModelError, "no measure"),
        ({"rows": "sex", "percent": "some"}, ModelError, "all"),
        ({"rows": "sex", "where": {"year": 2018}}, TableError, "condition"),
        ({"rows": "shoe_size"}, TableError, "shoe_size"),
        ({"rows": "sex", "line": "second"}, TableError, "no line"),
    ],
)
def test_refusals(choices: dict, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        crosstab(small(), **choices)


def test_a_table_goes_through_the_release() -> None:
    table = crosstab(shipped(), "region", where={"types": "CU"})
    released = mse.release([table], policy="threshold")["region_by_year"].to_frame()
    small_cells = table.to_frame()["value"] < 10
    assert small_cells.any()
    assert released.loc[small_cells, "value"].isna().all()


def test_means_are_over_the_known() -> None:
    people = {"a": {"types": "CU", "age": 20}, "b": {"types": "CU", "age": 31}, "c": {"types": "CU"}}
    figure = means(register(people, [(key, 2019, "police") for key in people]))
    assert (value(figure, "CU", measure="years"), value(figure, "CU", measure="victims")) == (25.5, 2)
    printed_mean = figures(shipped(), only=["2.10"])["2.10"]
    assert value(means(shipped()), "AU", measure="years") == value(printed_mean, "mean_age", form="AU")
    with pytest.raises(TableError, match="no numbers"):
        means(small(), number="sex")


@pytest.mark.parametrize("dimension", ["form", "region", "sex", "age_band", "reporters", "units", "combination"])
def test_contributions_add_up_to_the_change(dimension: str) -> None:
    found = figures(shipped())
    frame = contributions(found, 2018, 2019, dimension).to_frame()
    points = frame[frame["measure"] == "percentage_points"].set_index("category_code")["value"]
    total = frame[(frame["measure"] == "percent_change") & (frame["category_code"] == "total")]["value"].iloc[0]
    assert points["total"] == pytest.approx(total)
    assert points.drop("total").sum() == pytest.approx(total)
    assert len(points) > 3


def test_who_causes_the_rise_of_2019() -> None:
    figure = contributions(figures(shipped(), only=["2.9"]), 2018, 2019, "region")
    assert "most of it by Africa" in figure.title["en"]
    frame = figure.to_frame()
    africa = frame[(frame["category_code"] == "africa") & (frame["measure"] == "percentage_points")]
    assert africa["value"].iloc[0] == pytest.approx((791 - 328) / 668)


def test_contributions_of_any_dimension_of_a_register() -> None:
    frame = contributions(shipped(), 2018, 2019, "nationality").to_frame()
    points = frame[frame["measure"] == "percentage_points"].set_index("category_code")["value"]
    assert points.drop("total").sum() == pytest.approx(points["total"])
    assert points["NG"] == pytest.approx((512 - 149) / 668)


def test_contributions_that_cannot_be() -> None:
    found = figures(small())
    with pytest.raises(TableError, match="No figure counts"):
        contributions(found, 2018, 2019, "nationality")
    with pytest.raises(TableError, match="counted in 2014"):
        contributions(found, 2014, 2019)
    with pytest.raises(TableError, match="Nobody was counted in 2016"):
        contributions(found, 2016, 2019)


def test_editions_with_overlapping_years() -> None:
    before = figures(shipped(), window=(2015, 2018))
    same = compare_editions(before, figures(shipped())).to_frame()
    assert "revised" not in {str(what).split()[0] for what in same["what"]}
    window = same[(same["figure"] == "2.9") & (same["form"] == "all")]
    assert window[["old", "new"]].values.tolist() == [[3726, 5060]]


def test_what_the_audit_settled_shows_as_revisions() -> None:
    frame = compare_editions(printed(), figures(shipped())).to_frame()
    revised = frame[[str(what) == "revised year" for what in frame["what"]]]
    cells = {tuple(row) for row in revised[["figure", "year", "old", "new"]].values.tolist()}
    assert ("2.4a", "2015", 240, 241) in cells
    assert ("2.6", "2018", 64, 63) in cells
    assert set(revised["figure"]) == {"2.1", "2.4a", "2.6", "2.13", "tab2.1"}


def test_a_new_category_is_listed_as_a_break() -> None:
    old = {"2.6": printed()["2.6"]}
    new = compare_editions(old, figures(shipped())).to_frame()
    breaks = new[[str(what) == "new category" for what in new["what"]]]
    assert {text["en"] for text in breaks["category"]} >= {"Fraud", "Theft"}
    with pytest.raises(TableError, match="in common"):
        compare_editions({"9.9": printed()["2.6"]}, figures(small()))
