"""A study is done, written as a whole, verified when unchanged, and refused when changed."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

import mse
from mse.errors import StudyError
from mse.study.output import written_files
from mse.study.run import StudyRun

pytestmark = pytest.mark.usefixtures("no_pictures")

FILES = ["estimates.csv", "manifest.json", "report.html", "tables.xlsx"]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> StudyRun:
    """One run of a small public study."""
    folder = tmp_path_factory.mktemp("study")
    path = folder / "study.toml"
    path.write_text('[study]\ntitle = "HIV in Rome"\n[data]\ndataset = "rome_hiv"\n[bootstrap]\nreplicates = 20\n')
    return mse.run(path, progress=False)


def test_what_is_written(done: StudyRun) -> None:
    assert sorted(written_files(done.folder)) == FILES
    assert [path.name for path in done.written] == ["report.html", "tables.xlsx", "estimates.csv", "manifest.json"]
    assert [path.name for path in done.folder.parent.iterdir() if path.name.startswith(".")] == []


def test_the_answer_is_that_of_the_library(done: StudyRun) -> None:
    table = mse.datasets.load("rome_hiv")
    search = mse.Search().fit(table)
    again = mse.bootstrap(mse.Search(), table, replicates=20, seed=1)
    answer = done.results.answer
    assert (answer.total, answer.lower, answer.upper) == (search.total, again.lower, again.upper)
    assert not done.blocked
    assert repr(done).startswith("11,100 (")


def test_the_private_manifest_is_for_its_owner_alone(done: StudyRun) -> None:
    secret = done.folder / "private" / "manifest-private.json"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert stat.S_IMODE(secret.parent.stat().st_mode) == 0o700
    assert json.loads(secret.read_text())["identity"]["table_fingerprint"] == done.results.table.fingerprint


def test_the_manifest_says_how_it_was_made(done: StudyRun) -> None:
    manifest = json.loads((done.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["seeds"] == {"bootstrap": 1}
    assert manifest["versions"]["mse"] == mse.__version__
    assert manifest["machine"]["processor"]
    assert manifest["choices"]["estimate"]["scopes"] == [2, "all"]
    assert {finding["code"] for finding in manifest["findings"]} >= {"few_replicates"}
    digests = {name: value for name, value in written_files(done.folder).items() if name != "manifest.json"}
    assert manifest["written"] == {"files": list(digests), "sha256": digests}


def test_an_unchanged_study_is_verified(public_study: Path) -> None:
    first = mse.run(public_study, progress=False)
    before = written_files(first.folder)
    again = mse.run(public_study, progress=False)
    assert not first.verified
    assert again.verified
    assert written_files(again.folder) == before


def test_the_output_that_a_killed_run_left_aside_is_verified(public_study: Path) -> None:
    folder = mse.run(public_study, progress=False).folder
    aside = folder.parent / ".output-mse-old-abc"
    aside.mkdir()
    folder.rename(aside / "output")
    assert mse.run(public_study, progress=False).verified
    assert sorted(path.name for path in public_study.parent.iterdir()) == ["output", "study.toml"]


def test_a_file_changed_by_hand_is_found(public_study: Path) -> None:
    folder = mse.run(public_study, progress=False).folder
    (folder / "estimates.csv").write_text("label,total\nall,12\n", encoding="utf-8")
    with pytest.raises(StudyError, match=r"another content of 'estimates\.csv'"):
        mse.run(public_study, progress=False)


def test_a_damaged_manifest_is_no_manifest(public_study: Path) -> None:
    folder = mse.run(public_study, progress=False).folder
    (folder / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(StudyError, match=r"another content of 'manifest\.json'"):
        mse.run(public_study, progress=False)
    (folder / "private" / "manifest-private.json").write_text("[1]", encoding="utf-8")
    with pytest.raises(StudyError, match="--force"):
        mse.run(public_study, progress=False)


def test_another_machine_may_verify(public_study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mse.run(public_study, progress=False)
    monkeypatch.setattr("mse.study.manifest.machine", lambda: {"processor": "another one"})
    assert mse.run(public_study, progress=False).verified


def test_a_changed_study_needs_a_word(public_study: Path, tmp_path: Path) -> None:
    folder = mse.run(public_study, progress=False).folder
    before = written_files(folder)
    public_study.write_text(public_study.read_text() + "seed = 2\n", encoding="utf-8")
    heard: list[str] = []
    with pytest.raises(StudyError, match=r"the study file.*--force"):
        mse.run(public_study, progress=False, say=heard.append)
    assert heard == ["doing_check"]
    assert written_files(folder) == before
    elsewhere = mse.run(public_study, progress=False, out=tmp_path / "elsewhere")
    assert written_files(folder) == before
    forced = mse.run(public_study, progress=False, force=True)
    assert written_files(forced.folder) == written_files(elsewhere.folder) != before


def test_a_comment_is_no_change(public_study: Path) -> None:
    mse.run(public_study, progress=False)
    public_study.write_text("# A comment.\n" + public_study.read_text(), encoding="utf-8")
    assert mse.run(public_study, progress=False).verified


def test_changed_data_are_another_study(private_study: Path) -> None:
    mse.run(private_study, progress=False)
    counts = private_study.parent / "counts.csv"
    counts.write_text(counts.read_text(encoding="cp1252").replace("431", "432"), encoding="cp1252")
    with pytest.raises(StudyError, match="the data"):
        mse.run(private_study, progress=False)


def test_a_failure_in_writing_leaves_the_old_output(public_study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = mse.run(public_study, progress=False).folder
    before = written_files(folder)

    def fail(*_: object, **__: object) -> str:
        raise OSError("disk full")

    monkeypatch.setattr("mse.report.csv.estimates_csv", fail)
    with pytest.raises(OSError, match="disk full"):
        mse.run(public_study, progress=False, force=True)
    assert written_files(folder) == before
    assert sorted(path.name for path in public_study.parent.iterdir()) == ["output", "study.toml"]


def test_the_numbers_do_not_depend_on_the_number_of_workers(public_study: Path, tmp_path: Path) -> None:
    one = mse.run(public_study, progress=False, out=tmp_path / "one")
    public_study.write_text(public_study.read_text() + "workers = 2\n", encoding="utf-8")
    two = mse.run(public_study, progress=False, out=tmp_path / "two")
    for name in ("estimates.csv", "report.html", "tables.xlsx"):
        assert (one.folder / name).read_bytes() == (two.folder / name).read_bytes()
