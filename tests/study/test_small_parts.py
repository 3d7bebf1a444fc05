"""Studies by year and form of which one year is small: no file that may be shared tells of it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from strata_study import BOOTSTRAP, STUDY, write_study

import mse

pytestmark = pytest.mark.usefixtures("no_pictures")

SMALL = 2019
"""The year with seven persons."""


def small_study(folder: Path, policy: str) -> Path:
    """The study by year and form, with few persons in the middle year."""
    path = write_study(folder, f'{STUDY}{BOOTSTRAP}\n[release]\npolicy = "{policy}"\n')
    table = path.parent / "counts.csv"
    head, *rows = (row.split(",") for row in table.read_text(encoding="utf-8").splitlines())
    few = iter([3, 2, 1, 1])
    for row in rows:
        if row[3] == str(SMALL):
            row[5] = str(next(few, 0)) if row[4] == "SU" else "0"
    table.write_text("\n".join(",".join(row) for row in [head, *rows]), encoding="utf-8")
    return path


def shared(folder: Path) -> dict[str, bytes]:
    """Files that may be shared, byte for byte."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and "private" not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def rows_of(folder: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / "figures" / f"{name}.csv").read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("policy", ["threshold", "protected"])
def test_a_small_year_is_in_no_shared_file(tmp_path: Path, policy: str) -> None:
    path = small_study(tmp_path / "one", policy)
    done = mse.run(path, progress=False)
    assert done.release.policy == policy
    by_year = {row["year"]: row for row in rows_of(done.folder, "parts-year")}
    withheld = {year for year, row in by_year.items() if not any(map(str.isdigit, row["total"]))}
    assert str(SMALL) in withheld
    assert len(withheld) > 1
    assert all(not any(map(str.isdigit, by_year[year][name])) for year in withheld for name in ("observed", "lower"))
    for row in rows_of(done.folder, "changes"):
        assert not any(map(str.isdigit, row["change"] + row["change_lower"] + row["change_upper"] + row["decline"]))
    written = json.loads((done.folder / "figures.json").read_text(encoding="utf-8"))
    changes = next(figure for figure in written["figures"] if figure["id"] == "changes")
    numbers = [cell for row in changes["rows"] for name, cell in row.items() if name not in ("what", "level")]
    assert not [cell for cell in numbers if isinstance(cell, int | float)]
    again = mse.run(small_study(tmp_path / "two", policy), progress=False)
    assert shared(done.folder) == shared(again.folder)
    assert mse.run(path, progress=False).verified
