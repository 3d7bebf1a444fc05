"""Mappings of reporters to lists: from dicts and files, versioned, every reporter in one list."""

import pytest

from mse.errors import TableError
from mse.records.mapping import ReporterMapping

TOML = """
version = "2026-01"
source = "classification of reporters, annex 2"
ignore = ["EMM"]

[lists]
P = ["Police", "National Police"]
R = ["Care North"]
"""


def test_toml(tmp_path):
    path = tmp_path / "lists.toml"
    path.write_text(TOML)
    mapping = ReporterMapping.of(path)
    assert mapping.version == "2026-01"
    assert mapping.source == "classification of reporters, annex 2"
    assert mapping.list_of() == {"police": "P", "national police": "P", "care north": "R", "emm": ""}
    assert mapping.to_frame()["list"].tolist()[:3] == ["P", "P", "R"]
    assert ReporterMapping(**{**mapping.to_dict(), "ignore": ("EMM",)}) == mapping


@pytest.mark.parametrize("heading", ["reporter;list;version", "Melder;Lijst;version"])
def test_csv(tmp_path, heading):
    path = tmp_path / "lijsten.csv"
    path.write_text(f"{heading}\nPolitie;P;3\nKMar;K;3\nZorg Noord;P;3\n", encoding="cp1252")
    mapping = ReporterMapping.of(str(path))
    assert mapping.lists == {"P": ("Politie", "Zorg Noord"), "K": ("KMar",)}
    assert mapping.version == "3"


def test_a_mapping_without_version_gets_one_of_its_content():
    one = ReporterMapping.of({"P": ["police"], "R": ["care"]})
    same = ReporterMapping.of({"P": ["police"], "R": ["care"]})
    other = ReporterMapping.of({"P": ["police"], "R": ["care", "shelter"]})
    assert one.version == same.version != other.version
    assert hash(one) == hash(same)
    assert ReporterMapping.of(one) is one


@pytest.mark.parametrize(
    ("lists", "message"),
    [
        ({"P": ["police"], "R": ["care", " POLICE "]}, "' POLICE ' in lists 'P' and 'R'"),
        ({"P": "police", "R": ["care"]}, "List 'P' is made of one or more reporters"),
        ({"P": [], "R": ["care"]}, "List 'P'"),
        ({"P": ["police"]}, "2 to 12 lists"),
        ({"P": ["police"], "p": ["care"]}, "differ only by case"),
        (17, "Got: a int"),
        ("nowhere.toml", "There is no file"),
        ("nowhere.csv", "There is no file"),
    ],
)
def test_refused(lists, message):
    with pytest.raises(TableError, match=message):
        ReporterMapping.of(lists)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.toml", "lists = [", "is no TOML"),
        ("a.toml", "[list]\nP = ['police']", "unknown key 'list'.*Did you mean 'lists'"),
        ("a.toml", "version = '1'", "has no lists"),
        ("a.toml", "ignore = ['police']\n[lists]\nP = ['police']\nR = ['care']", "in list 'P' and ignored"),
        ("a.csv", "reporter;lst\na;b\n", "columns 'reporter' and 'list'"),
        ("a.csv", "reporter;list\na;\n", "an empty cell"),
        ("a.csv", "reporter;list;version\na;P;1\nb;R;2\n", "one version"),
    ],
)
def test_files_that_are_no_mapping(tmp_path, name, text, message):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(TableError, match=message):
        ReporterMapping.of(path)
