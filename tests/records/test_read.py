"""Files as people write them: Dutch and plain CSV, workbooks, Parquet."""

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from mse.errors import TableError
from mse.records.read import read_frame, read_table

DUTCH = "Politie;Café;aantal;jaar;aandeel\n1;0;1.150;2015;0,5\n0;1;30;2015;1,25\n1;1;6;;2\n0;0;;2015;3\n"
PLAIN = "Politie,Café,aantal,jaar,aandeel\n1,0,1150,2015,0.5\n0,1,30,2015,1.25\n1,1,6,,2\n0,0,,2015,3\n"


@pytest.mark.parametrize("text", [DUTCH, PLAIN, PLAIN.replace(",", "\t"), PLAIN.replace(",", "|")])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_files(tmp_path, text, encoding):
    path = tmp_path / "lijsten.csv"
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    frame = read_frame(path)
    assert frame["aantal"].tolist()[:3] == [1150, 30, 6]
    assert frame["aandeel"].tolist() == [0.5, 1.25, 2.0, 3.0]
    table = read_table(path, lists=["Politie", "Café"], count="aantal", covariates=["jaar"])
    assert table.n_observed == 1186
    assert table.covariates == {"jaar": (2015, "missing")}


def test_a_plain_thousand_and_a_plain_decimal(tmp_path):
    path = tmp_path / "lists.csv"
    path.write_text('A,B,count\n1,0,"1,150"\n0,1,30\n')
    assert read_table(path).n_observed == 1180
    path.write_text("A,B,count\n1,0,1.150\n0,1,30\n")
    with pytest.raises(TableError, match="a fraction"):
        read_table(path)
    assert read_table(path, decimal=",").n_observed == 1180


def test_keys_stay_text(tmp_path):
    path = tmp_path / "reports.csv"
    path.write_text("person;code\n0123;12345678901234567890\n0456;1\n")
    frame = read_frame(path)
    assert frame["person"].tolist() == ["0123", "0456"]
    assert frame["code"].tolist() == ["12345678901234567890", "1"]


def test_words_for_missing_are_declared(tmp_path):
    path = tmp_path / "lists.csv"
    path.write_text("A,B,sex,count\n1,0,NA,3\n0,1,m,4\n")
    assert read_table(path, covariates=["sex"]).covariates == {"sex": ("NA", "m")}
    assert read_table(path, covariates=["sex"], missing=["NA"]).covariates == {"sex": ("m", "missing")}


def test_one_row_a_person(tmp_path):
    path = tmp_path / "persons.csv"
    path.write_text("A;B\nja;nee\nja;ja\n")
    assert read_table(path, count=None).n_observed == 2
    with pytest.raises(TableError, match="count=None"):
        read_table(path)


def test_empty_columns_at_the_end_are_left_out(tmp_path):
    path = tmp_path / "lists.csv"
    path.write_text("A;B;count;;\n1;0;3;;\n0;1;4;;\n")
    assert read_frame(path).columns.tolist() == ["A", "B", "count"]
    path.write_text("A;B;count;\n1;0;3;x\n0;1;4;\n")
    with pytest.raises(TableError, match="has no name"):
        read_frame(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("A;A;count\n1;0;3\n", "1 heading that occurs more than once"),
        ("A\n1\n", "one column only"),
        ("A;B;count\n1;0;3;jansen\n", "do not have the 3 columns"),
        ("A;B;count\n1;0;3\n1;0;3;jansen\n", r"do not have the 3 columns.*line"),
        ("", "one column only"),
        ("A;B;count\n", "at least one row"),
    ],
)
def test_refused_without_a_record(tmp_path, text, message):
    path = tmp_path / "lists.csv"
    path.write_text(text)
    with pytest.raises(TableError, match=message) as refused:
        read_table(path)
    assert "jansen" not in str(refused.value)


def test_a_first_row_that_is_a_record_is_not_told(tmp_path):
    path, book = tmp_path / "hist.csv", tmp_path / "hist.xlsx"
    path.write_text("jansen;jansen;almelo;almelo\n1;0;1;0\n")
    pd.DataFrame([["jansen", "jansen", "almelo", "almelo"], [1, 0, 1, 0]]).to_excel(book, index=False, header=False)
    for file in (path, book):
        with pytest.raises(TableError, match="2 headings that occur more than once") as refused:
            read_frame(file)
        assert "jansen" not in str(refused.value)
        assert "almelo" not in str(refused.value)


def test_files_that_are_not_there_or_something_else(tmp_path):
    with pytest.raises(TableError, match="There is no file"):
        read_frame(tmp_path / "nothing.csv")
    with pytest.raises(TableError, match=r"Got: 'data.sas7bdat'"):
        read_frame(tmp_path / "data.sas7bdat")
    for name in ("broken.xlsx", "broken.parquet"):
        (tmp_path / name).write_bytes(b"no such thing")
        with pytest.raises(TableError, match="is no"):
            read_frame(tmp_path / name)
    (tmp_path / "odd.csv").write_bytes(b"A;B\n\x81;1\n")
    with pytest.raises(TableError, match="Name the encoding"):
        read_frame(tmp_path / "odd.csv")
    with pytest.raises(TableError, match="encoding is not known"):
        read_frame(tmp_path / "odd.csv", encoding="utf-99")


@pytest.mark.parametrize("name", ["lists.csv", "lists.xlsx", "lists.parquet", "lists.sav", "lists.dta"])
def test_a_file_in_use_is_not_called_damaged(tmp_path, monkeypatch, name):
    (tmp_path / name).write_bytes(b"A;B;count\n1;1;3\n")

    def refuse(path, *_):
        raise PermissionError(13, "in use", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(TableError, match=f"File '{name}' cannot be opened.*another program"):
        read_frame(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "module", "reader"),
    [
        ("lists.xlsx", pd, "ExcelFile"),
        ("lists.parquet", pd, "read_parquet"),
        ("lists.sav", pyreadstat, "read_sav"),
        ("lists.dta", pyreadstat, "read_dta"),
    ],
)
@pytest.mark.parametrize("error", [MemoryError, KeyError, OSError])
def test_too_little_memory_is_no_fault_of_the_file(tmp_path, monkeypatch, name, module, reader, error):
    (tmp_path / name).touch()

    def fail(*_, **__):
        raise error("jansen")

    monkeypatch.setattr(module, reader, fail)
    with pytest.raises(MemoryError if error is MemoryError else TableError) as refused:
        read_frame(tmp_path / name)
    assert isinstance(refused.value, MemoryError) or "jansen" not in str(refused.value)


def test_workbooks(tmp_path):
    rows = pd.DataFrame(
        {"A": [True, False, True], "B": ["nee", "ja", "ja"], "count": [40, 30, 6], "sex": ["m", "", None]}
    )
    one, two = tmp_path / "one.xlsx", tmp_path / "two.xlsx"
    rows.to_excel(one, index=False)
    table = read_table(one, covariates=["sex"])
    assert table.collapse().counts.tolist() == [[0, 30], [40, 6]]
    assert table.covariates == {"sex": ("m", "missing")}
    with pd.ExcelWriter(two) as book:
        rows.to_excel(book, sheet_name="lijsten", index=False)
        rows.to_excel(book, sheet_name="toelichting", index=False)
    with pytest.raises(TableError, match="'lijsten' and 'toelichting'"):
        read_table(two)
    with pytest.raises(TableError, match="Did you mean 'lijsten'"):
        read_table(two, sheet="lijst")
    assert read_table(two, covariates=["sex"], sheet="lijsten") == table


def test_parquet(tmp_path):
    rows = pd.DataFrame({"A": [1, 0], "B": [0, 1], "count": [40, 30]})
    rows.to_parquet(tmp_path / "lists.parquet")
    assert read_table(tmp_path / "lists.parquet").n_observed == 70


def labelled(path, write, **options):
    """A file with codes, labels for two of the three, and a count."""
    frame = pd.DataFrame({"A": [1, 0, 1], "B": [0, 1, 1], "sex": [1.0, 2.0, 9.0], "count": [40, 30, 6]})
    write(frame, str(path), variable_value_labels={"sex": {1: "man", 2: "vrouw"}}, **options)
    return path


@pytest.mark.parametrize(("name", "write"), [("lists.sav", "write_sav"), ("lists.dta", "write_dta")])
def test_spss_and_stata(tmp_path, name, write):
    path = labelled(tmp_path / name, getattr(pyreadstat, write))
    assert read_table(path, covariates=["sex"]).covariates == {"sex": (1, 2, 9)}
    for labels in (True, ["sex"]):
        assert read_table(path, covariates=["sex"], labels=labels).covariates == {"sex": ("9", "man", "vrouw")}
    with pytest.raises(TableError, match="no value labels for 'A'"):
        read_frame(path, labels=["A"])
    path.write_bytes(b"no such thing")
    with pytest.raises(TableError, match=r"is no (SPSS|Stata) file"):
        read_frame(path)


def test_values_that_spss_declares_missing_are_empty(tmp_path):
    path = labelled(tmp_path / "lists.sav", pyreadstat.write_sav, missing_ranges={"sex": [9]})
    assert read_table(path, covariates=["sex"]).covariates == {"sex": (1, 2, "missing")}
    assert read_table(path, covariates=["sex"], labels=True).covariates == {"sex": ("man", "vrouw", "missing")}


def test_text_of_parquet_as_categories(tmp_path):
    rows = pd.DataFrame({"key": ["a", "b"], "sex": ["m", "m"], "count": [1, 2]})
    rows.to_parquet(tmp_path / "lists.parquet")
    kinds = read_frame(tmp_path / "lists.parquet", plain=["key"]).dtypes
    assert isinstance(kinds["sex"], pd.CategoricalDtype)
    assert not isinstance(kinds["key"], pd.CategoricalDtype)
    assert read_frame(tmp_path / "lists.parquet").equals(rows)
