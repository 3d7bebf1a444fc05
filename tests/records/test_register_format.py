"""The page on the format of a register names every column and every code, in its row."""

import re
from pathlib import Path

import pytest

from mse.records.register.codebook import codebook
from mse.records.register.parse_registry import REPORT_COLUMNS, VICTIM_COLUMNS

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "register-format.md").read_text(encoding="utf-8")
PARTS = dict(re.findall(r"^## (Victims|Reports)$\n(.*?)(?=^## )", PAGE, flags=re.MULTILINE | re.DOTALL))


def row(part, column):
    """The row of a column in the table of a file."""
    (found,) = re.findall(rf"^\| `{column}` \|.*$", PARTS[part], flags=re.MULTILINE)
    return found


@pytest.mark.parametrize(
    ("part", "column"),
    [*(("Victims", name) for name in VICTIM_COLUMNS), *(("Reports", name) for name in REPORT_COLUMNS)],
)
def test_every_column_and_code_is_on_the_page(part, column):
    codes = row(part, column).split("|")[-2]
    assert set(re.findall(r"`([^`]+)`", codes)) - {"stateless"} == set(codebook().codes.get(column, ()))


def test_no_other_column_is_on_the_page():
    for part, columns in (("Victims", VICTIM_COLUMNS), ("Reports", REPORT_COLUMNS)):
        assert re.findall(r"^\| `(\w+)` \|", PARTS[part], flags=re.MULTILINE) == list(columns)


def test_the_edition_is_the_one_described():
    assert f"edition {codebook().edition}, version {codebook().version}." in PAGE
