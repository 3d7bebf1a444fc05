"""Files of an office, in every format and with its own columns and codes, become the same register."""

import pandas as pd
import pyreadstat
import pytest

from mse.errors import RegistryError
from mse.records.register.read_registry import read_registry
from mse.records.register.register_mapping import RegisterMapping

PERIOD = (2015, 2019)

MAPPING = """
version = "2026-1"
source = "extract of the office, made up for this test"

[reading]
missing = ["onbekend", "n.v.t.", "99"]
several = "+"

[victims.columns]
victim = "SLNR"
types = {SU = "sek", AU = "arb", CU = "crim", ORG = "org"}
sex = "GESLACHT"
age = "LFT"
nationalities = ["NAT1", "NAT2"]
sectors_sexual = "BRANCHE"
status = ""

[reports.columns]
victim = "SLNR"
date = "DATUM"
reporter = "MELDER"
police_unit = "EENHEID"
sectors_labour = "SECTOR"

[codes.sex]
1 = "male"
2 = "female"
9 = ""

[codes.nationalities]
5002 = "PL"
6030 = "NL"

[codes.sectors_sexual]
raam = "window"
straat = "street"
"*" = ""

[codes.reporter]
pol = "police"
fw = "fairwork"
isz = "iszw_do"

[crosswalk.sectors_labour.fairwork]
F1 = "cleaning"
F2 = "construction"

[crosswalk.sectors_labour.iszw_do]
10 = "construction"
"""

VICTIMS = pd.DataFrame(
    {
        "SLNR": ["0012", "7", "8", "9"],
        "sek": ["1", "0", "0", "1"],
        "arb": ["1", "1", "1", "0"],
        "crim": ["0", "", "0", "0"],
        "org": ["nee", "ja", "nee", "nee"],
        "GESLACHT": ["1", "2", "9", "onbekend"],
        "LFT": ["17", "99", "31", "22,0"],
        "NAT1": ["6030", "5002", "MA", ""],
        "NAT2": ["", "NL", "", "onbekend"],
        "BRANCHE": ["raam+straat", "", "", "kas"],
        "OPM": ["Jansen", "De Vries", "", ""],
        "status": ["open", "dicht", "open", "open"],
    }
)
REPORTS = pd.DataFrame(
    {
        "SLNR": ["0012", "0012", "7", "7", "8", "9"],
        "DATUM": ["03-04-2018", "2018-05-01", "1-1-2019", "02/02/2019", "2019", "31-12-2014"],
        "MELDER": ["pol", "fw", "fw", "isz", "isz", "pol"],
        "EENHEID": ["amsterdam", "", "", "", "", "rotterdam"],
        "SECTOR": ["", "F1", "F3", "10", "20", ""],
    }
)


@pytest.fixture
def mapping(tmp_path):
    path = tmp_path / "mapping.toml"
    path.write_text(MAPPING, encoding="utf-8")
    return path


def written(folder, frame, name, kind):
    """A frame as a file of some kind."""
    path = folder / f"{name}.{kind.split(':')[0]}"
    if kind.startswith("csv"):
        separator, encoding = kind.split(":")[1:]
        path.write_bytes(frame.to_csv(index=False, sep=separator, lineterminator="\r\n").encode(encoding))
    elif kind == "xlsx":
        frame.to_excel(path, index=False)
    elif kind == "parquet":
        frame.to_parquet(path)
    elif kind == "sav":
        pyreadstat.write_sav(frame, str(path))
    else:
        pyreadstat.write_dta(frame, str(path))
    return path


KINDS = ("csv:;:utf-8", "csv:,:cp1252", "csv:;:utf-16", "csv:\t:utf-8-sig", "xlsx", "parquet", "sav", "dta")


def facts(registry):
    """What is counted of the made-up office."""
    dimensions = (
        "year",
        "types",
        "sex",
        "age",
        "nationality",
        "sectors_sexual",
        "sectors_labour",
        "reporters",
        "units",
    )
    return registry.cube(*dimensions, line="all_registered").by(*dimensions)


EXPECTED = {
    (2018, "AU|SU", "male", 17, "NL", "street|window", "cleaning", "fairwork|police", "amsterdam"): 1,
    (2019, "AU|ORG", "female", -1, "NL", "", "construction", "fairwork|iszw_do", ""): 1,
    (2019, "AU", "unknown", 31, "MA", "", "", "iszw_do", ""): 1,
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_office_with_its_own_columns_and_codes(tmp_path, mapping, kind):
    paths = [
        written(tmp_path, frame, name, kind) for frame, name in ((VICTIMS, "slachtoffers"), (REPORTS, "meldingen"))
    ]
    registry = read_registry(*paths, mapping=mapping, period=PERIOD)
    assert facts(registry) == EXPECTED
    assert not registry.synthetic


def test_what_has_no_counterpart_is_counted(tmp_path, mapping):
    paths = [written(tmp_path, VICTIMS, "v", "parquet"), written(tmp_path, REPORTS, "r", "parquet")]
    registry = read_registry(*paths, mapping=mapping, period=PERIOD)
    reading = registry.reconciliation.reading
    found = {(item.column, item.reporter): (item.rows, item.of, item.codes) for item in reading.unmapped}
    assert found == {
        ("sectors_sexual", ""): (1, 2, 1),
        ("sectors_labour", "fairwork"): (1, 2, 1),
        ("sectors_labour", "iszw_do"): (1, 2, 1),
    }
    assert (reading.version, reading.source) == ("2026-1", "extract of the office, made up for this test")
    assert reading.unread == 2
    assert {"case", "kinds_criminal", "status"} <= set(reading.absent)
    said = "\n".join(finding.sentence() for finding in registry.findings)
    assert (
        "reports of fairwork with a value of sectors_labour, 50.0% hold a code without a counterpart (1 of 2)" in said
    )
    for secret in ("Jansen", "kas", "F3", "OPM"):
        assert secret not in said


def test_one_file_of_reports_with_everything_repeated(tmp_path):
    frame = REPORTS.merge(VICTIMS.drop(columns=["OPM", "status"]), on="SLNR")
    path = written(tmp_path, frame, "alles", "csv:;:utf-8")
    parsed = RegisterMapping.of(_file(tmp_path), "2015-2019")
    columns = {**parsed.columns["victims"], **parsed.columns["reports"]}
    single = RegisterMapping({"reports": columns}, parsed.codes, parsed.crosswalk, reading=parsed.reading)
    registry = read_registry(path, mapping=single, period=PERIOD)
    counted = {(key[0], *key[2:6], *key[7:]): n for key, n in facts(registry).items()}
    assert counted == {(key[0], *key[2:6], *key[7:]): n for key, n in EXPECTED.items()}
    assert registry.reconciliation.outside_period == 1


def _file(folder):
    path = folder / "mapping.toml"
    path.write_text(MAPPING, encoding="utf-8")
    return path


def test_value_labels_and_user_missings_of_spss(tmp_path):
    victims = pd.DataFrame({"victim": [1.0, 2.0, 3.0], "sex": [1.0, 2.0, 9.0], "age": [17.0, 999.0, 44.0]})
    labels = {"sex": {1.0: "male", 2.0: "female", 9.0: "weet niet"}}
    path = tmp_path / "v.sav"
    pyreadstat.write_sav(victims, str(path), variable_value_labels=labels,
                         missing_ranges={"age": [{"lo": 997.0, "hi": 999.0}], "sex": [9.0]})  # fmt: skip
    reports = tmp_path / "r.csv"
    reports.write_text("victim;date;reporter\n1;2018;police\n2;2018;police\n3;2018;police\n")
    read = read_registry(path, reports, mapping={"reading": {"labels": True}}, period=PERIOD)
    assert read.cube("sex", "age").by("sex", "age") == {("male", 17): 1, ("female", -1): 1, ("unknown", 44): 1}
    named = read_registry(path, reports, mapping={"reading": {"labels": ["sex"]}}, period=PERIOD)
    assert facts(named) == facts(read)
    with pytest.raises(RegistryError, match=r"victims\.sex: 2 rows with 2 codes not in the code list"):
        read_registry(path, reports, period=PERIOD)
    codes = {"codes": {"sex": {"1": "male", "2": "female"}}}
    assert facts(read_registry(path, reports, mapping=codes, period=PERIOD)) == facts(read)


def test_value_labels_and_dates_of_stata(tmp_path):
    reports = pd.DataFrame(
        {
            "victim": [1, 2, 3],
            "date": pd.to_datetime(["2018-03-01", "2018-12-31", "2019-01-01"]),
            "reporter": [1, 2, 1],
        }
    )
    path = tmp_path / "r.dta"
    pyreadstat.write_dta(reports, str(path), variable_value_labels={"reporter": {1: "police", 2: "fairwork"}})
    read = read_registry(path, mapping={"reading": {"labels": True}}, period=PERIOD)
    assert read.cube("year", "reporters").by("year", "reporters") == {
        (2018, "police"): 1, (2018, "fairwork"): 1, (2019, "police"): 1,
    }  # fmt: skip


def test_sheets_of_one_workbook(tmp_path):
    path = tmp_path / "register.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame({"victim": [1, 2], "age": [17, None]}).to_excel(book, sheet_name="personen", index=False)
        pd.DataFrame({"victim": [1, 2], "date": pd.to_datetime(["2018-03-01", "2019-01-01"]),
                      "reporter": ["police", "kmar"]}).to_excel(book, sheet_name="meldingen", index=False)  # fmt: skip
    sheets = {"victims": {"sheet": "personen"}, "reports": {"sheet": "meldingen"}}
    registry = read_registry(path, path, mapping=sheets, period=PERIOD)
    assert registry.cube("year", "age").by("year", "age") == {(2018, 17): 1, (2019, -1): 1}
    with pytest.raises(RegistryError, match="more than one sheet") as error:
        read_registry(path, path, period=PERIOD)
    assert [problem.key for problem in error.value.problems] == ["victims", "reports"]


def test_dates_of_birth_are_not_read(tmp_path):
    mapping = {"victims": {"columns": {"victim": "nr", "date_of_birth": "GEBDAT"}}}
    with pytest.raises(RegistryError, match="Dates of birth are not read: let the office compute the age"):
        read_registry(tmp_path / "v.csv", tmp_path / "r.csv", mapping=mapping, period=PERIOD)


def test_the_year_of_birth_is_used_and_forgotten(tmp_path):
    (tmp_path / "v.csv").write_text("victim;GEBJAAR\n1;2001\n2;1990\n")
    (tmp_path / "r.csv").write_text("victim;date;reporter\n1;2018-02-01;police\n2;2018-02-01;police\n")
    mapping = {"victims": {"columns": {"birth_year": "GEBJAAR"}}}
    registry = read_registry(tmp_path / "v.csv", tmp_path / "r.csv", mapping=mapping, period=PERIOD)
    assert registry.cube("age").by("age") == {17: 1, 28: 1}
    assert "may be a year too high" in "".join(map(str, registry.findings))


@pytest.mark.parametrize("said", ["True", "true", "1"])
def test_files_of_invented_persons_say_so(tmp_path, said):
    (tmp_path / "v.csv").write_text(f"victim,synthetic\n1,{said}\n2,{said}\n")
    (tmp_path / "r.csv").write_text("victim,date,reporter\n1,2018,police\n2,2018,police\n")
    assert read_registry(tmp_path / "v.csv", tmp_path / "r.csv", period=PERIOD).synthetic
    read_registry(tmp_path / "v.csv", tmp_path / "r.csv", period=PERIOD).write(tmp_path / "again")
    again = read_registry(tmp_path / "again" / "victims.csv", tmp_path / "again" / "reports.csv", period=PERIOD)
    assert again.synthetic
    (tmp_path / "d.csv").write_text(f"victim,date,reporter,synthetic\n1,2018,police,{said}\n2,2018,police,no\n")
    assert not read_registry(tmp_path / "v.csv", tmp_path / "d.csv", period=PERIOD).synthetic
    (tmp_path / "v.csv").write_text(f"victim,synthetic\n1,{said}\n2,\n")
    assert not read_registry(tmp_path / "v.csv", tmp_path / "r.csv", period=PERIOD).synthetic


WRONG = {
    "victims": {"columns": {"naam": "NAAM", "sex": ["a", "b"], "types": {"XX": "x"}, "age": 3, "sectors_labour": []}},
    "reports": {"columns": {"reporter": {"police": "p"}}},
    "codes": {"sex": {"1": "man", "2": 2}, "naam": {}, "victim": {}, "nationalities": {"1": "Polen"}, "age": 7},
    "crosswalk": {"sectors_labour": {"fair": {"1": "shop"}}, "sectors_sexual": 1},
    "differing": {"types": "first", "sex": "best"},
    "reading": {"decimal": ",", "missing": "x", "labels": "sex"},
}


def test_everything_wrong_with_a_mapping_is_said_at_once():
    with pytest.raises(RegistryError, match="cannot be used") as error:
        RegisterMapping.of(WRONG, "2015-2019")
    assert {problem.key for problem in error.value.problems} == {
        "victims.columns.naam", "victims.columns.sex", "victims.columns.types", "victims.columns.age",
        "victims.columns.sectors_labour", "reports.columns.reporter", "codes.sex", "codes.naam", "codes.victim",
        "codes.nationalities", "codes.age", "crosswalk.sectors_labour.fair", "crosswalk.sectors_sexual",
        "differing.types", "differing.sex", "reading.decimal", "reading.missing", "reading.labels",
    }  # fmt: skip
    assert "'man', which is in no code list" in str(error.value)
    assert "Did you mean 'fairwork'" in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [("[codes", "is no TOML"), ("[kodes]\n", "Did you mean 'codes'"), ("codes = 3\n", "This is a table")],
)
def test_files_that_are_no_mapping(tmp_path, text, message):
    (tmp_path / "mapping.toml").write_text(text)
    with pytest.raises(RegistryError, match=message):
        read_registry(tmp_path / "v.csv", mapping=tmp_path / "mapping.toml", period=PERIOD)
    with pytest.raises(RegistryError, match="There is no mapping file"):
        read_registry(tmp_path / "v.csv", mapping=tmp_path / "none.toml", period=PERIOD)


def test_columns_that_the_mapping_names_and_the_file_lacks(tmp_path, mapping):
    paths = [written(tmp_path, VICTIMS.drop(columns=["SLNR", "crim"]), "v", "csv:;:utf-8"),
             written(tmp_path, REPORTS.drop(columns="SECTOR").assign(MELDER="xx"), "r", "csv:;:utf-8")]  # fmt: skip
    with pytest.raises(RegistryError) as error:
        read_registry(*paths, mapping=mapping, period=PERIOD)
    keys = [problem.key for problem in error.value.problems]
    assert keys == ["victims.victim", "victims.types", "reports.sectors_labour"]


def test_flags_that_say_neither_yes_nor_no(tmp_path, mapping):
    paths = [written(tmp_path, VICTIMS.assign(sek="misschien"), "v", "csv:;:utf-8"),
             written(tmp_path, REPORTS.assign(MELDER="xx", SECTOR=""), "r", "csv:;:utf-8")]  # fmt: skip
    with pytest.raises(RegistryError) as error:
        read_registry(*paths, mapping=mapping, period=PERIOD)
    assert {problem.key for problem in error.value.problems} == {"victims.types", "reports.reporter"}
    assert "4 rows in 'sek' with neither yes nor no" in str(error.value)
    assert "misschien" not in str(error.value)


def test_a_crosswalk_needs_the_field_on_the_reports(tmp_path):
    (tmp_path / "v.csv").write_text("victim;sectors_labour\n1;F1\n")
    (tmp_path / "r.csv").write_text("victim;date;reporter\n1;2018;fairwork\n")
    mapping = {"crosswalk": {"sectors_labour": {"fairwork": {"F1": "cleaning"}}}}
    with pytest.raises(RegistryError, match="The crosswalk needs it on the reports"):
        read_registry(tmp_path / "v.csv", tmp_path / "r.csv", mapping=mapping, period=PERIOD)


def test_a_crosswalk_goes_before_the_codes_of_the_field_and_those_before_the_library(tmp_path):
    (tmp_path / "v.csv").write_text("victim;sex\n1;\n2;\n3;\n")
    (tmp_path / "r.csv").write_text("victim;date;reporter;sectors_labour\n1;2018;fairwork;7\n2;2018;police;7\n"
                                    "3;2018;police;cleaning\n")  # fmt: skip
    mapping = {
        "codes": {"sectors_labour": {"7": "construction", "cleaning": "domestic_work"}},
        "crosswalk": {"sectors_labour": {"fairwork": {"7": "hospitality"}}},
    }
    registry = read_registry(tmp_path / "v.csv", tmp_path / "r.csv", mapping=mapping, period=PERIOD)
    assert registry.cube("sectors_labour").by("sectors_labour") == {
        "construction": 1, "domestic_work": 1, "hospitality": 1,
    }  # fmt: skip
    assert registry.reconciliation.reading.unmapped == ()
    assert registry.counted().touched["R26"] == registry.reconciliation.reading.crosswalked == 1


def test_a_heading_may_be_a_record_and_is_never_said(tmp_path):
    (tmp_path / "v.csv").write_text("Jansen;Jansen;1980\nDe Vries;x;1990\n")
    (tmp_path / "r.csv").write_text("Jansen;2018;police\nDe Vries;2018;police\n")
    mapping = {"reports": {"columns": {"reporter": "MELDER"}}}
    with pytest.raises(RegistryError) as error:
        read_registry(tmp_path / "v.csv", tmp_path / "r.csv", mapping=mapping, period=PERIOD)
    assert "Jansen" not in str(error.value)
    assert {problem.key for problem in error.value.problems} == {"victims", "reports.reporter"}


def test_a_version_is_told_or_made_of_the_content():
    one, two = ({"codes": {"sex": {code: "male"}}} for code in "12")
    versions = [RegisterMapping.of(plain, "2015-2019").version for plain in (one, two, one)]
    assert versions[0] == versions[2] != versions[1]
    assert RegisterMapping.of({"version": "3"}, "2015-2019").version == "3"
