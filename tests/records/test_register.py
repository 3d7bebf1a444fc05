"""A register from frames: what it counts, what it refuses, and what it never says."""

import copy
import pickle

import pandas as pd
import pytest
from mini import register, victim

from mse.errors import ModelError, RegistryError, ReleaseError, TableError
from mse.records.register.assemble import assembled
from mse.records.register.codebook import codebook
from mse.records.register.factored import factored
from mse.records.register.mapped import mapped
from mse.records.register.read_registry import read_registry
from mse.records.register.register_mapping import RegisterMapping
from mse.records.register.registry import Registry
from mse.records.register.units import gathered

KEY, TEXT = "zz-secret-key-77", "Jansen was seen in Almelo"

VICTIMS = pd.DataFrame({"victim": ["a", "b", "c"], "types": ["SU", "AU", ""], "sex": ["male", "female", None]})
REPORTS = pd.DataFrame(
    {"victim": ["a", "b", "b", "c"], "date": [2015, 2015, 2016, 2017], "reporter": ["police", "kmar", "emm", "om"]}
)


def made(victims=VICTIMS, reports=REPORTS, **options):
    return Registry.from_frames(victims, reports, **{"period": (2015, 2017), **options})


def refused(victims=VICTIMS, reports=REPORTS, **options):
    """Keys of the problems, with what each says."""
    with pytest.raises(RegistryError) as error:
        made(victims, reports, **options)
    text = str(error.value)
    assert KEY not in text
    assert TEXT not in text
    return {problem.key: f"{problem.what} {problem.hint or ''}" for problem in error.value.problems}


def test_it_prints_sizes_only():
    assert repr(made()) == "Registry of 3 persons and 4 reports, 2015-2017"


@pytest.mark.parametrize("kind", ["text", "whole", "float", "mixed", "category", "Int64", "string"])
def test_keys_are_text(kind):
    """7, 7.0 and "7" are one person, in both files."""
    kinds = {
        "text": pd.Series(["7", "8", "9"]),
        "whole": pd.Series([7, 8, 9]),
        "float": pd.Series([7.0, 8.0, 9.0]),
        "mixed": pd.Series([7, "8", 9.0], dtype=object),
        "category": pd.Series(["7", "8", "9"], dtype="category"),
        "Int64": pd.Series([7, 8, 9], dtype="Int64"),
        "string": pd.Series([" 7", "8 ", "9"], dtype="string"),
    }
    for other in kinds.values():
        registry = made(VICTIMS.assign(victim=kinds[kind]), REPORTS.iloc[:3].assign(victim=other))
        assert (registry.n_victims, registry.n_without_report) == (3, 0)


def test_leading_zeros_tell_keys_apart():
    registry = made(VICTIMS.assign(victim=["7", "07", "007"]), REPORTS.assign(victim=["7", "07", "7", "07"]))
    assert registry.n_victims == 3
    assert registry.n_without_report == 1


def test_keys_that_are_no_whole_numbers_stay():
    registry = made(VICTIMS.assign(victim=[0.5, 1.5, 7.0]), REPORTS.assign(victim=["0.5", "1.5", "7", "7"]))
    assert registry.n_without_report == 0


def test_one_row_for_every_year():
    victims = pd.DataFrame({"victim": ["a", "a", "b"], "year": [2015, 2016, 2016], "age": [17, 18, 30]})
    reports = pd.DataFrame({"victim": ["a", "a", "b"], "date": [2015, 2016, 2016], "reporter": ["police"] * 3})
    counts = made(victims, reports).cube("year", "age").by("year", "age")
    assert counts == {(2015, 17): 1, (2016, 18): 1, (2016, 30): 1}
    assert made(victims, reports).counted(unit="person").cube("age").by("age") == {17: 1, 30: 1}


def test_a_report_without_a_row_of_its_year_is_a_problem():
    victims = pd.DataFrame({"victim": ["a", "b"], "year": [2015, 2016]})
    problems = refused(victims, pd.DataFrame({"victim": ["a", "a", "b"], "date": [2015, 2016, 2016],
                                              "reporter": ["police"] * 3}))  # fmt: skip
    assert problems["reports.year"].startswith("1 victim and year of a report without a row")
    outside = pd.DataFrame({"victim": ["a", "a", "b"], "date": [2015, 2014, 2016], "reporter": ["police"] * 3})
    assert made(victims, outside).n_reports == 3


def test_fields_may_stand_on_the_reports():
    victims = VICTIMS.drop(columns=["types", "sex"])
    reports = REPORTS.assign(types=["SU", "AU", "CU", ""], sex=["male", "", "female", ""])
    counts = made(victims, reports).cube("types", "sex", line="all_registered").by("types", "sex")
    assert counts == {("SU", "male"): 1, ("AU|CU", "female"): 2, ("", "unknown"): 1}


def test_everything_may_stand_on_the_reports():
    reports = REPORTS.assign(types=["SU", "AU", "CU", ""], age=[16, 30, 31, None])
    registry = made(None, reports)
    assert registry.cube("year", "types", "age", line="all_registered").by("year", "types", "age") == {
        (2015, "SU", 16): 1, (2015, "AU", 30): 1, (2016, "CU", 31): 1, (2017, "", -1): 1,
    }  # fmt: skip


@pytest.mark.parametrize(("rule", "expected"), [("first", "male"), ("last", "female"), ("unknown", "unknown")])
def test_reports_that_differ(rule, expected):
    victims = VICTIMS[["victim"]]
    reports = REPORTS.assign(sex=["male", "male", "female", None], date=["2015", "2015-02-03", "2015-02-04", "2017"])
    problems = refused(victims, reports)
    assert problems["reports.sex"].startswith("1 victim whose reports differ")
    registry = made(victims, reports, differing={"sex": rule})
    assert registry.cube("reporters", "sex").count(reporters="kmar", sex=expected) == 1
    assert registry.reconciliation.differing == {"sex": 1}


def test_differing_is_about_single_values():
    with pytest.raises(RegistryError, match="no column of single values"):
        made(differing={"types": "first"})
    with pytest.raises(RegistryError, match="'refuse', 'first', 'last' and 'unknown'"):
        made(differing={"sex": "best"})


def test_ages_from_the_year_of_birth():
    victims = VICTIMS.assign(birth_year=[2000, 1990, None], age=[14, None, None])
    registry = made(victims)
    assert registry.cube("year", "age", line="all_registered").by("year", "age") == {
        (2015, 14): 1, (2015, 25): 1, (2016, 25): 1, (2017, -1): 1,
    }  # fmt: skip
    assert registry.reconciliation.ages_from_birth == 1
    assert "birth_year" not in registry.counted().columns
    by_year = made(None, REPORTS.assign(birth_year=[2000, 1990, 1990, None]))
    assert by_year.cube("age", line="all_registered").by("age") == {15: 1, 25: 1, 26: 1, -1: 1}
    problems = refused(VICTIMS.assign(birth_year=[2020, 1880, None]))
    assert problems["victims.birth_year"].startswith("2 rows with an age at the report outside 0 to 120")


def test_every_problem_is_said_at_once():
    victims = pd.DataFrame(
        {
            "victim": [KEY, KEY, None, "d"],
            "types": ["SU", "XX|YY", "SU|XX", ""],
            "sex": [TEXT, "male", "male", ""],
            "age": ["seventeen", 130, -1, 17.5],
            "nationalities": ["Dutch", "NL", "XX", ""],
        }
    )
    reports = pd.DataFrame(
        {
            "victim": [KEY, "e", None, "d"],
            "date": ["2015-02-30", "", "2015", TEXT],
            "reporter": ["police", TEXT, "", "emm"],
            "role": ["", "", "boss", "reporter"],
        }
    )
    problems = refused(victims, reports)
    expected = {
        "victims.victim": "1 row more than one for a victim.",
        "victims.types": "2 rows with 2 codes not in the code list.",
        "victims.sex": "1 row with 1 code not in the code list.",
        "victims.age": "4 rows with no whole number from 0 to 120.",
        "victims.nationalities": "2 rows with a value that is no country.",
        "reports.victim": "1 row about a victim who is not in the file of victims.",
        "reports.date": "1 row without a date.",
        "reports.reporter": "1 row without a reporter.",
        "reports.role": "1 row of an enriching source with another role.",
    }
    assert set(problems) == set(expected)
    for key, said in expected.items():
        assert problems[key].startswith(said)


def test_only_a_source_that_enriches_has_that_role():
    roles = REPORTS.assign(reporter=["police", "emm", "kmar", "om"], role=["enrichment", "enrichment", "echo", ""])
    problems = refused(VICTIMS, roles)
    assert set(problems) == {"reports.role"}
    assert problems["reports.role"].startswith("1 row of a reporter that reports, as an enrichment.")
    assert "emm" in problems["reports.role"]
    made(VICTIMS, roles.assign(role=["", "enrichment", "echo", ""]))


def test_nobody_was_exploited_at_an_age_that_was_still_to_come():
    ages = {"age": 16, "age_exploitation": [17, *[16] * (len(VICTIMS) - 1)]}
    problems = refused(VICTIMS.assign(**ages))
    assert set(problems) == {"victims.age_exploitation"}
    assert problems["victims.age_exploitation"].startswith("1 row with an age at exploitation above")
    made(VICTIMS.assign(**{**ages, "age": ""}))


@pytest.mark.parametrize(
    ("victims", "reports", "key"),
    [
        (VICTIMS.rename(columns={"victim": TEXT}), REPORTS, "victims.victim"),
        (VICTIMS, REPORTS.drop(columns="reporter"), "reports.reporter"),
        (VICTIMS.iloc[:0], REPORTS, "victims"),
        (VICTIMS, REPORTS.iloc[:0], "reports"),
        (VICTIMS, REPORTS.assign(date=2014), "reports.date"),
        (VICTIMS, REPORTS.assign(sex="male"), "reports.sex"),
        (pd.concat([VICTIMS, VICTIMS], axis=1), REPORTS, "victims"),
        (VICTIMS, REPORTS.assign(reporter=[["police"], "kmar", "emm", "om"]), "reports.reporter"),
        (VICTIMS, REPORTS.assign(date=[True, "2015", "2016", "2017"]), "reports.date"),
    ],
)
def test_refused(victims, reports, key):
    assert set(refused(victims, reports)) == {key}


@pytest.mark.parametrize("period", [(2017, 2015), 2015, ("2015", "2017"), (2015,), None])
def test_a_period_is_two_years(period):
    with pytest.raises(RegistryError, match="first and the last year"):
        made(period=period)


def test_dates_as_people_write_them():
    dates = [
        "2015-03-01",
        "1-3-2015",
        "01/03/2015",
        "20150301",
        "2015",
        2015,
        2015.0,
        pd.Timestamp("2015-03-01"),
        "1.3.2015",
    ]
    reports = pd.DataFrame({"victim": ["a"] * len(dates), "date": pd.Series(dates, dtype=object), "reporter": "police"})
    assert made(reports=reports).cube("year").by("year") == {2015: 1}
    stamps = REPORTS.assign(date=pd.to_datetime(["2015-01-01", "2015-01-02", "2016-01-01", "2017-01-01"]))
    assert made(reports=stamps).cube("year", line="all_registered").by("year") == {2015: 2, 2016: 1, 2017: 1}
    assert refused(reports=stamps.assign(date=stamps["date"].where(stamps["victim"] != "a")))["reports.date"] == (
        "1 row without a date. "
    )


def test_nothing_is_lost_silently():
    people = [
        victim("police 2015", "police 2016", "police 2015", "om 2016", types="AU"),
        victim("emm 2015", "fairwork 2014"),
        victim("police 2014"),
        victim(),
        victim("police 2016", status="unfounded"),
    ]
    told = register(people, period=(2015, 2016)).reconciliation
    assert told.reports == told.outside_period + told.in_period == 8
    assert told.in_period == told.by_reporters + told.enriching + told.echoes == 6
    assert (told.by_reporters, told.enriching, told.echoes, told.repeated) == (4, 1, 1, 1)
    assert told.persons == told.without_report + told.only_outside_period + told.persons_in == 5
    assert (told.without_report, told.only_outside_period, told.persons_in) == (1, 1, 3)
    assert (told.person_years, told.persons_in_two_years, told.unfounded) == (4, 1, 1)
    frame = told.to_frame().set_index("step")
    assert frame["n"]["outside_period"] == 2
    codes = {finding.code for finding in told.findings}
    assert {"register_late", "register_unreported", "register_status"} <= codes
    for language, word in (("en", "Person-years"), ("nl", "Persoonsjaren")):
        assert word in told.text(language)
        assert all(finding.sentence(language) for finding in told.findings)
    guarded = told.text(guard=lambda n, language: "<10")
    assert "<10" in guarded
    assert " 8" not in guarded


def test_only_a_synthetic_register_is_written(tmp_path):
    with pytest.raises(ReleaseError, match="Records of people are not written"):
        made().write(tmp_path)
    assert list(tmp_path.iterdir()) == []
    paths = made(VICTIMS.assign(synthetic=True), synthetic=True).write(tmp_path)
    again = read_registry(*paths, period=(2015, 2017))
    assert again.synthetic
    assert again.cube("year", "types", "sex").to_frame().equals(made().cube("year", "types", "sex").to_frame())
    with pytest.raises(ModelError, match="frame of victims"):
        made(None, REPORTS, synthetic=True)


@pytest.mark.parametrize(
    ("marks", "told", "problems"),
    [
        ({}, {}, {"victims.synthetic": "3 rows without 'true'"}),
        ({"synthetic": ["true", "", "no"]}, {}, {"victims.synthetic": "2 rows without 'true'"}),
        ({"synthetic": True}, {"synthetic": [True, True, False, True]}, {"reports.synthetic": "1 row without 'true'"}),
    ],
)
def test_a_synthetic_register_says_so_in_every_row(marks, told, problems):
    found = refused(VICTIMS.assign(**marks), REPORTS.assign(**told), synthetic=True)
    assert found.keys() == problems.keys()
    assert all(text in found[key] for key, text in problems.items())


def test_frames_that_change_later_are_not_written(tmp_path):
    victims = VICTIMS.assign(synthetic="true")
    registry = made(victims, synthetic=True)
    victims["types"] = TEXT
    assert TEXT not in registry.write(tmp_path)[0].read_text()


@pytest.mark.parametrize("write", [copy.copy, copy.deepcopy, *(lambda x, n=n: pickle.dumps(x, n) for n in range(6))])
def test_records_are_not_pickled(write):
    for thing in (made(), made().counted()):
        with pytest.raises(ReleaseError, match="Records of people are not written"):
            write(thing)


def test_a_synthetic_register_is_pickled():
    registry = made(VICTIMS.assign(synthetic=True), synthetic=True)
    cube = registry.cube("year", "form")
    again = pickle.loads(pickle.dumps(registry))
    assert (again.synthetic, repr(again)) == (True, repr(registry))
    assert again.cube("year", "form").to_frame().equals(cube.to_frame())


def test_nothing_prints_a_record():
    """Neither a value nor a code that no list has, nor what stands in the rows."""
    victims = VICTIMS.assign(victim=[KEY, "b", "c"], case=TEXT, nationalities="NL|MA")
    reports = REPORTS.assign(victim=[KEY, "b", "b", "c"], organisation=TEXT)
    read = assembled(victims, reports, book=codebook(), period=(2015, 2017))
    units = gathered(read.victims, read.reports, (2015, 2017), "person-year", codebook())
    counted = made(victims, reports).counted()
    texts = {
        "Codes(4 rows, 1 levels)": read.reports["organisation"],
        "Codes(3 rows, 1 levels)": read.victims["nationalities"],
        "Sets(3 rows, 4 members)": read.victims["types"],
        "Factored(4 rows, 1 values)": factored(reports["organisation"]),
        "Assembled(3 rows of victims, 4 of reports)": read,
        "MappedFile(4 rows, 4 columns)": mapped(reports, "reports", RegisterMapping.of({}, "2015-2019"), codebook()),
        f"Units(4 rows, {len(units.columns)} columns)": units,
        f"Counted(4 rows by person-year, {len(counted.dimensions)} dimensions)": counted,
    }
    assert {text: repr(thing) for text, thing in texts.items()} == {text: text for text in texts}


def test_codes_and_units_that_are_none():
    with pytest.raises(ModelError, match="by 'person-year' or by 'person'"):
        made().counted(unit="report")
    with pytest.raises(TableError, match="no code lists of edition"):
        made(edition="1999")
    with pytest.raises(TableError, match="no line 'monitor'"):
        made().cube(line="monitor")
    with pytest.raises(TableError, match="no dimension 'case'"):
        made().cube("case")


def test_sizes_of_cases():
    people = [victim("police 2015", case=case) for case in ("x", "x", "y", None, None)]
    assert register(people).cube("case_size").by("case_size") == {1: 3, 2: 2}
