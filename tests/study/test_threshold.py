"""Under the policy for counts that are not published, no file of a study holds an exact or small count."""

from __future__ import annotations

import base64
import csv
import json
import re
import zipfile
from pathlib import Path

import pytest

import mse
from mse.monitor.disclosure.policies import Threshold
from mse.study.check import check_study
from mse.study.manifest import identity
from mse.study.output import PRIVATE_MANIFEST, digest, written_files
from mse.study.run import StudyRun

pytestmark = pytest.mark.usefixtures("no_pictures")

EXACT = (1157, 431, 613, 2313, 1241, 506, 682)
"""Cells, lists and total of the private study: none is a multiple of 5, so none survives rounding."""


def texts(folder: Path) -> dict[str, str]:
    """Everything that may be shared, as text: the page with what is encoded in it, the workbook unpacked."""
    page = (folder / "report.html").read_text(encoding="utf-8")
    encoded = re.findall(r"data:([^;\"']+)[^,\"']*;base64,([A-Za-z0-9+/=]+)", page)
    parts = [(kind, base64.b64decode(part).decode()) for kind, part in encoded]
    found = {f"report.html, {i}": cells(text) if kind == "text/csv" else text for i, (kind, text) in enumerate(parts)}
    found["report.html"] = page
    with zipfile.ZipFile(folder / "tables.xlsx") as book:
        found |= {name: book.read(name).decode() for name in book.namelist() if "sheet" in name or "String" in name}
    found["estimates.csv"] = cells((folder / "estimates.csv").read_text(encoding="utf-8"))
    found["manifest.json"] = (folder / "manifest.json").read_text(encoding="utf-8")
    return found


def cells(text: str) -> str:
    """The cells of a CSV file, one a line."""
    return "\n".join(cell for row in csv.reader(text.splitlines()) for cell in row)


def spelled(number: int) -> list[str]:
    return [str(number), f"{number:,}", f"{number:,}".replace(",", ".")]


@pytest.fixture
def private_run(private_study: Path) -> StudyRun:
    return mse.run(private_study, progress=False)


def leaks(folder: Path) -> set[tuple[int, str]]:
    """Exact counts, and the files that they are in."""
    return {
        (number, name)
        for name, text in texts(folder).items()
        for number in EXACT
        for written in spelled(number)
        if re.search(rf"(?<![\w.,]){re.escape(written)}(?!\w|[.,]\d)", text)
    }


def test_exact_counts_are_in_no_file(private_run: StudyRun) -> None:
    assert leaks(private_run.folder) == set()


def test_the_search_for_exact_counts_finds_them_where_they_are_public(private_study: Path) -> None:
    text = private_study.read_text(encoding="utf-8")
    public = text.replace('place = "Nowhere"', 'place = "Nowhere"\nsource = "A report"\npublic = true')
    private_study.write_text(public, encoding="utf-8")
    found = leaks(mse.run(private_study, progress=False).folder)
    assert {number for number, _ in found} == set(EXACT)
    places = {name.split(",")[0].split("/")[0] for _, name in found}
    assert places == {"report.html", "xl", "estimates.csv"}
    assert any(name.startswith("report.html,") for _, name in found)


def test_rounded_counts_are_there(private_run: StudyRun) -> None:
    assert private_run.release.policy == "threshold"
    assert "2.315 personen" in (private_run.folder / "report.html").read_text(encoding="utf-8")


def test_small_counts_are_withheld(private_run: StudyRun) -> None:
    persons = private_run.release["patterns"].to_frame()["persons"].dropna()
    assert len(persons)
    assert persons.min() >= 10
    assert (persons % 5 == 0).all()


def test_no_hash_of_the_data_is_shared(private_run: StudyRun) -> None:
    fingerprint = private_run.results.table.fingerprint
    assert all(fingerprint not in text for text in texts(private_run.folder).values())


def test_hashes_of_the_written_files_stay_in_the_office(private_run: StudyRun) -> None:
    manifest = json.loads((private_run.folder / "manifest.json").read_text(encoding="utf-8"))
    private = json.loads((private_run.folder / PRIVATE_MANIFEST).read_text(encoding="utf-8"))
    digests = {name: value for name, value in written_files(private_run.folder).items() if name != "manifest.json"}
    assert manifest["written"] == {"files": list(digests)}
    assert private["written_sha256"] == digests


def test_the_report_prints_the_choices_of_the_release(private_study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    section = Threshold.section
    monkeypatch.setattr(
        Threshold,
        "section",
        lambda self, name, value: (
            {**value, "estimate": "as released"} if name == "choices" else section(self, name, value)
        ),
    )
    page = mse.run(private_study, progress=False).page
    assert 'estimate = "as released"' in page.sections[-1].code
    assert "bootstrap.replicates = 20" in page.sections[-1].code


def test_two_inputs_of_one_name_are_two_inputs(reports_study: Path) -> None:
    folder = reports_study.parent
    (folder / "lists").mkdir()
    (folder / "lists" / "reports.csv").write_text(
        "reporter,list\npolice,P\ncare north,C\ncare south,C\nshelter,S\n", encoding="utf-8"
    )
    text = reports_study.read_text(encoding="utf-8").replace("mapping.toml", "lists/reports.csv")
    reports_study.write_text(text, encoding="utf-8")
    inputs = identity(check_study(reports_study))["inputs_sha256"]
    assert inputs == {name: digest((folder / name).read_bytes()) for name in ("reports.csv", "lists/reports.csv")}


def test_reports_become_persons_without_their_keys(reports_study: Path) -> None:
    done = mse.run(reports_study, progress=False)
    assert done.release.policy == "threshold"
    assert "reconciliation" in done.release.names
    everything = texts(done.folder)
    assert all("secret-" not in text for text in everything.values())
    assert "2022-1" in everything["report.html"]
    assert "care south" in everything["manifest.json"]
    assert done.results.checked.table.reconciliation.outside_period > 0
    assert str(reports_study.parent) not in "".join(everything.values())
