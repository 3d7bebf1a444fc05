"""Lists of a register: the same counts as `tabulate` makes of the same reports; keys told apart by year and period."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mini import register, victim

from mse.core.reference import Reference
from mse.errors import TableError
from mse.records.register.registry import Registry
from mse.records.register.rules import Rules
from mse.records.tabulate import tabulate

LISTS = {"P": ["police"], "K": ["kmar", "iszw_do"], "S": ["other_reporters:shelter"], "O": ["other_reporters", "om"]}
HOME = {"police": "P", "kmar": "K", "iszw_do": "K", "other_reporters": "O", "om": "O"}
PERIOD = (2015, 2017)

rows = st.lists(
    st.tuples(
        st.integers(0, 7),
        st.sampled_from(["police", "kmar", "iszw_do", "other_reporters", "om", "fairwork", "emm"]),
        st.integers(2014, 2018),
        st.sampled_from(["", "shelter", "hotline"]),
    ),
    min_size=1,
    max_size=30,
)
types = st.lists(st.sampled_from(["SU", "AU", "CU", ""]), min_size=8, max_size=8)

FORM = {"SU": "BL-SU", "AU": "AU", "CU": "CU", "": "UNK"}


def frames(rows, types):
    """Victims and reports; the reports name the source as `tabulate` needs it, and repeat the form."""
    victims = pd.DataFrame({"victim": [f"v{at}" for at in range(8)], "types": types, "nationalities": "NL"})
    reports = pd.DataFrame(rows, columns=["victim", "reporter", "date", "organisation"])
    shelter = (reports["reporter"] == "other_reporters") & (reports["organisation"] == "shelter")
    source = reports["reporter"].where(~shelter, "shelter")
    form = [FORM[types[at]] for at in reports["victim"]]
    return victims, reports.assign(victim="v" + reports["victim"].astype(str), source=source, form=form)


@settings(max_examples=60, deadline=None)
@given(rows=rows, types=types, unit=st.sampled_from(["person", "person-year"]))
def test_the_same_counts_as_tabulate(rows, types, unit):
    victims, reports = frames([*rows, (0, "other_reporters", 2014, "shelter")], types)
    inside = reports[reports["date"].between(*PERIOD)]
    listed = inside[inside["source"].isin(["shelter", *HOME])]
    if listed.empty:
        return
    registry = Registry.from_frames(victims, reports, period=PERIOD)
    sources = {"P": ["police"], "K": ["kmar", "iszw_do"], "S": ["shelter"], "O": ["other_reporters", "om"]}
    # A person counted once is of the year of the first report; that may be of a source on no list, so years are
    # compared for person-years only.
    covariates = ["year", "form"] if unit == "person-year" else ["form"]
    found = registry.table(LISTS, covariates=covariates, unit=unit)
    expected = tabulate(
        reports, person="victim", reporter="source", lists=sources, covariates=covariates, date="date", period=PERIOD,
        unit=unit, year_rule="each_report" if unit == "person-year" else "first_report", unknown_reporters="drop",
        outside_period="drop",
    )  # fmt: skip
    by = [*sources, *covariates]
    one, other = (
        table.to_frame().query("count > 0").set_index(by)["count"].sort_index() for table in (found, expected)
    )
    pd.testing.assert_series_equal(one, other, check_index_type=False)


def test_an_organisation_goes_before_its_reporter():
    victims = pd.DataFrame({"victim": ["a", "b", "c"]})
    reports = pd.DataFrame(
        {
            "victim": ["a", "b", "c", "c"],
            "date": 2015,
            "reporter": ["other_reporters", "other_reporters", "other_reporters", "police"],
            "organisation": ["shelter", "hotline", "", ""],
        }
    )
    registry = Registry.from_frames(victims, reports, period=PERIOD)
    frame = registry.table(LISTS).to_frame().query("count > 0").set_index(["P", "K", "S", "O"])["count"]
    assert frame.to_dict() == {(0, 0, 1, 0): 1, (0, 0, 0, 1): 1, (1, 0, 0, 1): 1}


def test_emm_is_on_no_list_unless_it_is_named():
    people = [victim("emm 2015", types="AU"), victim("emm 2015", "police 2015"), victim("kmar 2015", types="SU")]
    registry = register(people)
    lists = {"P": ["police"], "K": ["kmar"]}
    assert registry.table(lists).n_observed == 2
    assert registry.table({**lists, "E": ["emm"]}).n_observed == 3
    assert registry.table({**lists, "E": ["emm"]}, line="excl_emm_only").n_observed == 2
    assert registry.table(lists, line="monitor_population").n_observed == 1


def test_rules_and_line_decide_whom_a_table_holds():
    people = [victim("police 2015", status="unfounded"), victim("police 2015", "kmar 2015")]
    lists = {"P": ["police"], "K": ["kmar"]}
    assert register(people).table(lists).n_observed == 1
    assert register(people).table(lists, rules=Rules(off=["R1"])).n_observed == 2


@pytest.mark.parametrize(("unit", "persons"), [("person-year", 3), ("person", 2)])
def test_a_person_is_unique_per_year_or_per_period(unit, persons):
    about = Reference(PERIOD, unit, "presumed victims, made up", "nowhere")
    registry = register(
        [victim("police 2015", "kmar 2016"), victim("kmar 2016", "police 2016")], period=PERIOD, reference=about
    )
    table = registry.table({"P": ["police"], "K": ["kmar"]}, unit=unit)
    assert table.n_observed == persons
    assert table.reference.unit == unit
    assert table.reference.population != about.population
    both = table.to_frame().query("P == 1 and K == 1")["count"].sum()
    assert both == (1 if unit == "person-year" else 2)


def test_a_key_that_is_split_or_shared_moves_the_overlap():
    """What an error of linkage does: one person under two keys loses an overlap, two under one key gain one."""
    lists = {"P": ["police"], "K": ["kmar"]}

    def overlap(keys):
        victims = pd.DataFrame({"victim": sorted(set(keys))})
        reports = pd.DataFrame({"victim": keys, "date": 2015, "reporter": ["police", "kmar", "police", "kmar"]})
        return (
            Registry.from_frames(victims, reports, period=PERIOD)
            .table(lists)
            .to_frame()
            .query("count > 0")["count"]
            .tolist()
        )

    assert overlap(["a", "a", "b", "c"]) == [1, 1, 1]
    assert overlap(["a", "d", "b", "c"]) == [2, 2]
    assert overlap(["a", "a", "b", "b"]) == [2]


def test_an_organisation_belongs_to_the_reporter_that_names_it():
    victims = pd.DataFrame({"victim": ["a", "b"]})
    told = {"date": 2015, "reporter": ["police", "other_reporters"], "organisation": ["", "shelter"]}
    registry = Registry.from_frames(victims, pd.DataFrame({"victim": ["a", "b"], **told}), period=PERIOD)
    assert registry.table({"P": ["police"], "S": ["other_reporters:shelter"]}).n_observed == 2
    assert registry.table({"P": ["police"], "K": ["kmar"]}).n_observed == 1
    for source, hint in (
        ("police:shelter", "'police' name 0 organisations"),
        ("other_reporters:sheltr", "'other_reporters' name 1 organisation;"),
        ("polize:shelter", "There are: police, other_reporters. Did you mean 'police'"),
    ):
        with pytest.raises(TableError, match=f"No report is of source '{source}'") as refused:
            registry.table({"P": ["police"], "S": [source]})
        assert hint in str(refused.value)
        assert "shelter" not in str(refused.value).replace(source, "")


def test_lists_that_cannot_be():
    registry = register([victim("police 2015", "kmar 2015")])
    with pytest.raises(TableError, match=r"No report is of source 'polize'.*Did you mean 'police'"):
        registry.table({"P": ["polize"], "K": ["kmar"]})
    with pytest.raises(TableError, match="A reporter belongs to one list"):
        registry.table({"P": ["police"], "K": ["police"]})
    with pytest.raises(TableError, match="no dimension 'vorm'"):
        registry.table({"P": ["police"], "K": ["kmar"]}, covariates=["vorm"])
