"""Reports become persons on lists; every report and every person is accounted for."""

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from mse.core.partial import PartialTable
from mse.core.reference import Reference
from mse.core.table import CaptureTable
from mse.errors import TableError
from mse.records.mapping import ReporterMapping
from mse.records.tabulate import tabulate

LISTS = {"P": ["police"], "C": ["care north", "care south"], "S": ["shelter"]}
REPORTS = {
    "victim": ["a", "a", "a", "b", "b", "c", "d", "e", "e"],
    "reporter": [
        "Police", "care north", "care south", "police", "shelter", " POLICE", "shelter", "police", "police",
    ],
    "date": [
        "2015-03-01", "2015-01-05", "2016-02-02", "2016-01-01", "2016-01-01", "2017-05-05", "2015-12-31",
        "2016-06-06", "2017-07-07",
    ],
    "form": ["labour", "sexual", None, "labour", "labour", None, "sexual", "labour", "criminal"],
}  # fmt: skip
MAKERS = [pd.DataFrame, pl.DataFrame, pa.table, pl.LazyFrame]


def table_of(reports=REPORTS, make=pd.DataFrame, **options):
    frame = make(reports) if isinstance(reports, dict) else reports
    return tabulate(frame, **{"person": "victim", "reporter": "reporter", "lists": LISTS, **options})


def cells(table):
    """Occupied cells, as lists joined by + and levels."""
    frame = table.to_frame()
    found = {}
    for row in frame.to_dict("records"):
        on = "+".join(name for name in table.lists if row[name])
        found[(on, *(row[name] for name in table.covariates))] = row["count"]
    return found


@pytest.mark.parametrize("make", MAKERS)
def test_persons_on_lists(make):
    table = table_of(make=make)
    assert cells(table) == {("P+C",): 1, ("P+S",): 1, ("P",): 2, ("S",): 1}
    told = table.reconciliation
    assert (told.reports, told.used, told.duplicates, told.memberships) == (9, 9, 2, 7)
    assert (told.persons_in, told.persons, told.units) == (5, 5, 5)


@pytest.mark.parametrize("make", MAKERS)
def test_year_of_the_first_report(make):
    table = table_of(make=make, date="date", period=(2015, 2017), covariates=["year"])
    assert cells(table) == {
        ("P+C", 2015): 1, ("P+S", 2016): 1, ("P", 2016): 1, ("P", 2017): 1, ("S", 2015): 1,
    }  # fmt: skip
    assert table.reconciliation.persons_in_two_years == 2


@pytest.mark.parametrize("make", MAKERS)
def test_person_years_of_each_report(make):
    table = table_of(make=make, date="date", unit="person-year", year_rule="each_report", covariates=["year"])
    assert cells(table) == {
        ("P+C", 2015): 1, ("C", 2016): 1, ("P+S", 2016): 1, ("P", 2016): 1, ("P", 2017): 2, ("S", 2015): 1,
    }  # fmt: skip
    told = table.reconciliation
    assert (told.persons, told.units, told.persons_in_two_years) == (5, 7, 2)
    assert "person-years in the table" in told.text()


def test_year_of_exploitation():
    exploited = {**REPORTS, "since": [2014, 2013, None, None, None, 2015, 2015, 2016, 2016]}
    rule = {"year_rule": "exploitation", "exploitation_date": "since", "covariates": ["year"], "missing": "level"}
    table = table_of(exploited, **rule)
    assert cells(table) == {
        ("P+C", 2013): 1, ("P+S", "missing"): 1, ("P", 2015): 1, ("S", 2015): 1, ("P", 2016): 1,
    }  # fmt: skip
    years = table_of(exploited, unit="person-year", **rule)
    assert cells(years)[("P", 2014)] == 1
    assert cells(years)[("C", "missing")] == 1


@pytest.mark.parametrize(
    "dates",
    [
        [dt.date.fromisoformat(day) for day in REPORTS["date"]],
        [dt.datetime.fromisoformat(day) for day in REPORTS["date"]],
        ["-".join(reversed(day.split("-"))) for day in REPORTS["date"]],
        ["/".join(str(int(part)) for part in reversed(day.split("-"))) for day in REPORTS["date"]],
        [day + "T10:30:00" for day in REPORTS["date"]],
        [int(day[:4]) for day in REPORTS["date"]],
        [day[:4] for day in REPORTS["date"]],
    ],
)
@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
def test_dates_as_people_write_them(make, dates):
    table = table_of({**REPORTS, "date": dates}, make, date="date", covariates=["year"])
    assert table == table_of(date="date", covariates=["year"])


@pytest.mark.parametrize("dates", [["soon"] * 9, ["2015-13-01"] * 9, [True] * 9, [12] * 9, ["31-02-2015"] * 9])
def test_dates_that_are_none(dates):
    with pytest.raises(TableError, match="Column 'date' holds dates") as refused:
        table_of({**REPORTS, "date": dates}, date="date")
    assert "soon" not in str(refused.value)


def test_reports_without_a_date_stay_and_are_counted():
    table = table_of({**REPORTS, "date": [None, *REPORTS["date"][1:8], ""]}, date="date", period=(2015, 2017))
    assert table.reconciliation.without_date == 2
    assert table.n_observed == 5


def test_outside_the_period():
    with pytest.raises(TableError, match=r"of 2015 to 2016. Got: 2 of 9 reports outside"):
        table_of(date="date", period=(2015, 2016))
    told = table_of(date="date", period=(2015, 2016), outside_period="drop").reconciliation
    assert (told.outside_period, told.persons_outside_period, told.persons, told.used) == (2, 1, 4, 7)
    with pytest.raises(TableError, match="at least one report"):
        table_of(date="date", period=(1999, 1999), outside_period="drop")


def test_unknown_reporters():
    reports = {
        **REPORTS,
        "reporter": ["municipality", *REPORTS["reporter"][1:6], "municipality", None, "police"],
    }
    with pytest.raises(TableError, match=r"Got: '\(empty\)' and 'municipality', which the mapping does not know"):
        table_of(reports)
    told = table_of(reports, unknown_reporters="drop").reconciliation
    assert told.unknown == {"(empty)": 1, "municipality": 2}
    assert (told.persons_on_no_list, told.persons, told.used) == (1, 4, 6)
    ignored = table_of(reports, lists=ReporterMapping(LISTS, ignore=("municipality",)), unknown_reporters="drop")
    assert (ignored.reconciliation.ignored, ignored.reconciliation.unknown) == (2, {"(empty)": 1})


def test_the_wrong_column_for_the_reporter_names_nobody():
    with pytest.raises(TableError, match="No reporter of the mapping is in column 'form'") as refused:
        table_of(reporter="form")
    assert "sexual" not in str(refused.value)


@pytest.mark.parametrize("keys", [[None, *"aabbcdee"], [" ", *"aabbcdee"], [float("nan"), *range(8)]])
@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
def test_reports_without_a_person_are_refused(make, keys):
    keys = [float(key) if isinstance(keys[-1], int) and key is not None else key for key in keys]
    with pytest.raises(TableError, match="1 of 9 reports without one"):
        table_of({**REPORTS, "victim": keys}, make)


def forms(rule, make=pd.DataFrame, **options):
    options = {"covariates": ["form"], "date": "date", "resolve": {"form": rule}, "missing": "level", **options}
    table = table_of(make=make, **options)
    return cells(table), table.reconciliation


def test_two_values_fail_by_default():
    with pytest.raises(TableError, match=r"'form' has two values for one person. Got: 2 such persons") as refused:
        table_of(covariates=["form"])
    assert "labour" not in str(refused.value)


@pytest.mark.parametrize("make", MAKERS)
def test_rules_for_two_values(make):
    rest = {("P+S", "labour"): 1, ("P", "missing"): 1, ("S", "sexual"): 1}
    assert forms("first", make)[0] == {**rest, ("P+C", "sexual"): 1, ("P", "labour"): 1}
    assert forms("last", make)[0] == {**rest, ("P+C", "labour"): 1, ("P", "criminal"): 1}
    assert forms("missing", make)[0] == {**rest, ("P+C", "missing"): 1, ("P", "missing"): 2}
    order = ("hierarchy", ["sexual", "labour", "criminal"])
    assert forms(order, make)[0] == {**rest, ("P+C", "sexual"): 1, ("P", "labour"): 1}
    both = forms(lambda values: " and ".join(values), make)
    assert both[0] == {**rest, ("P+C", "labour and sexual"): 1, ("P", "criminal and labour"): 1}
    assert both[1].resolved == {"form": 2}
    assert forms(lambda values: None, make)[0] == {**rest, ("P+C", "missing"): 1, ("P", "missing"): 2}


def test_rules_that_are_none():
    with pytest.raises(TableError, match="'random'"):
        forms("random")
    with pytest.raises(TableError, match=r"names every level.*1 value"):
        forms(("hierarchy", ["sexual", "labour"]))
    with pytest.raises(TableError, match=r"which is no covariate.*Did you mean 'form'"):
        table_of(covariates=["form"], resolve={"forms": "first"})
    with pytest.raises(TableError, match="Give date="):
        table_of(covariates=["form"], resolve={"form": "first"})


def test_missing_values_by_covariate_and_list():
    table = table_of(covariates=["form"], resolve={"form": "missing"})
    found = {(item.covariate, item.list): (item.missing, item.persons) for item in table.reconciliation.missing}
    assert found == {("form", "P"): (3, 4), ("form", "C"): (1, 1), ("form", "S"): (0, 2)}
    dropped = table_of(covariates=["form"], resolve={"form": "missing"}, missing="drop")
    assert dropped.n_observed == 2
    assert dropped.covariates == {"form": ("labour", "sexual")}
    assert (dropped.reconciliation.persons_left_out, dropped.reconciliation.persons) == (3, 2)
    with pytest.raises(TableError, match="3 persons without 'form'"):
        table_of(covariates=["form"], resolve={"form": "missing"}, missing="fail")


def test_persons_with_missing_values_are_counted_on_the_margin_that_is_known():
    table = table_of(covariates=["form", "year"], resolve={"form": "missing"}, date="date")
    assert isinstance(table, PartialTable)
    assert repr(table).endswith("on 3 lists (P, C, S) by form, year\n  3 lack form")
    assert table.covariates == {"form": ("labour", "sexual"), "year": (2015, 2016, 2017)}
    alone = table.layers[("form",)]
    assert {tuple(map(int, cell)) for cell in np.argwhere(alone)} == {(1, 1, 0, 0), (1, 0, 0, 1), (1, 0, 0, 2)}
    told = table.reconciliation
    assert (told.persons, told.persons_left_out, len(told.missing)) == (5, 0, 3)
    whole = table_of(covariates=["year"], date="date")
    assert isinstance(whole, CaptureTable)
    nobody = {**REPORTS, "form": [None] * 9}
    with pytest.raises(TableError, match="missing values only"):
        table_of(nobody, covariates=["form"])
    assert table_of(nobody, covariates=["form"], missing="level").covariates == {"form": ("missing",)}


def test_declared_levels():
    levels = {"form": ["sexual", "labour", "criminal", "organ removal"]}
    table = table_of(covariates=["form"], resolve={"form": "missing"}, levels=levels, missing="level")
    assert table.covariates["form"] == ("sexual", "labour", "criminal", "organ removal", "missing")
    partial = table_of(covariates=["form"], resolve={"form": "missing"}, levels=levels)
    assert partial.covariates["form"] == ("sexual", "labour", "criminal", "organ removal")
    assert partial == PartialTable.from_table(table)
    with pytest.raises(TableError, match="1 other value"):
        table_of(covariates=["form"], resolve={"form": "missing"}, levels={"form": ["sexual"]})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"person": "victims"}, "Did you mean 'victim'"),
        ({"person": "reporter"}, "two columns"),
        ({"covariates": ["P"]}, "different names"),
        ({"covariates": ["year"]}, "Column 'year' is not in the frame"),
        ({"unit": "dossier"}, "unit= is one of 'person' and 'person-year'"),
        ({"unit": "person-year"}, "needs the dates"),
        ({"period": (2015, 2019)}, "needs the dates"),
        ({"period": (2019, 2015), "date": "date"}, "first and the last year"),
        ({"unit": "person-year", "date": "date"}, "a first report is in one"),
        ({"year_rule": "each_report", "date": "date"}, "unit='person-year'"),
        ({"year_rule": "exploitation", "date": "date"}, "belong together"),
        ({"exploitation_date": "date"}, "belong together"),
        ({"levels": {"sex": ["m"]}}, "which is no covariate"),
        ({"missing": "maybe"}, "missing= is one of"),
        ({"missing": "keep"}, "'partial', 'level', 'drop' and 'fail'"),
        ({"missing": "level", "operating": {"P": {"form": ["labour"]}}}, "known on margins only"),
        ({"reference": Reference((2015, 2017), "person-year", "p", "nl")}, "reference is about unit"),
        (
            {
                "reference": Reference((2015, 2019), "person", "p", "nl"),
                "date": "date",
                "period": (2015, 2017),
            },
            "reference is about the period",
        ),
    ],
)
def test_options_that_cannot_be(options, message):
    with pytest.raises(TableError, match=message):
        table_of(**options)


def test_reference_and_mapping_stay_with_the_table(tmp_path):
    path = tmp_path / "lists.toml"
    path.write_text("version = '7'\n[lists]\nP = ['police']\nC = ['care north', 'care south']\nS = ['shelter']\n")
    reference = Reference((2015, 2017), "person", "presumed victims", "Netherlands")
    table = table_of(lists=path, date="date", period=(2015, 2017), reference=reference)
    assert table.reference == reference
    assert table.reconciliation.mapping.version == "7"
    assert "mapping 7 (lists.toml)" in repr(table.reconciliation)


def test_reconciliation_as_frame_and_text():
    told = table_of(covariates=["form"], resolve={"form": "missing"}).reconciliation
    frame = told.to_frame()
    assert frame[frame["step"] == "reports"]["n"].item() == 9
    assert frame[(frame["step"] == "missing") & (frame["list"] == "P")]["n"].item() == 3
    assert frame[frame["step"] == "resolved"][["subject", "n"]].to_numpy().tolist() == [["form", 2]]
    assert "meldingen" in told.text("nl")
    coarse = told.text(guard=lambda n, language: "few" if n < 10 else str(n))
    assert not any(character.isdigit() for line in coarse.splitlines()[:-1] for character in line)


def test_cases_go_with_whole_and_partial_tables():
    reports = {**REPORTS, "case": ["x", "x", None, "x", "x", "y", None, "y", "y"]}
    whole = table_of(reports, case="case")
    assert repr(whole.cases) == "CaseCounts of 5 persons in 3 cases (largest: 2)"
    partial = table_of(reports, case="case", covariates=["form"], resolve={"form": "missing"})
    assert isinstance(partial, PartialTable)
    assert sorted(partial.cases.sizes.tolist()) == [1, 2, 2]
    flat = np.concatenate([layer.ravel() for layer in partial.layers.values()])
    assert (partial.cases.counts(flat.size) == flat).all()
    drawn = partial.resample("case", np.random.default_rng(1), total=7.0)
    assert drawn.lists == partial.lists
    assert drawn.cases is None
    with pytest.raises(TableError, match="Column 'cases'"):
        table_of(reports, case="cases")
    with pytest.raises(TableError, match="case= is the name of a column"):
        table_of(reports, case=3)
