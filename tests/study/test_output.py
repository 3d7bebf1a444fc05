"""The output folder is written as a whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mse.errors import StudyError
from mse.study.output import (
    MANIFEST,
    PRIVATE_MANIFEST,
    is_output,
    new_folder,
    recover,
    require_output,
    require_place,
    written_files,
)


def fill(folder: Path, text: str) -> None:
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    secret = folder / PRIVATE_MANIFEST
    secret.parent.mkdir()
    secret.write_text(text, encoding="utf-8")


def everything(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}


def test_a_new_folder_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "output"
    for text in ("one", "two"):
        with new_folder(out) as partial:
            fill(partial, text)
    assert everything(out) == {MANIFEST: "two", PRIVATE_MANIFEST: "two"}
    assert [path.name for path in out.parent.iterdir()] == ["output"]


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt])
def test_a_failure_leaves_the_old_output(tmp_path: Path, failure: type[BaseException]) -> None:
    out = tmp_path / "output"
    with new_folder(out) as partial:
        fill(partial, "old")

    def fail() -> None:
        with new_folder(out) as partial:
            (partial / MANIFEST).write_text("half", encoding="utf-8")
            raise failure

    with pytest.raises(failure):
        fail()
    assert everything(out) == {MANIFEST: "old", PRIVATE_MANIFEST: "old"}
    assert [path.name for path in tmp_path.iterdir()] == ["output"]


def test_a_failed_rename_puts_the_old_output_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "output"
    with new_folder(out) as partial:
        fill(partial, "old")
    rename = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if self.name.startswith(".output-") and Path(target).name == "output" and "old" not in self.name:
            raise OSError("disk full")
        return rename(self, target)

    def write_anew() -> None:
        with new_folder(out) as partial:
            fill(partial, "new")
            monkeypatch.setattr(Path, "rename", refuse)

    with pytest.raises(OSError, match="disk full"):
        write_anew()
    assert everything(out) == {MANIFEST: "old", PRIVATE_MANIFEST: "old"}
    assert [path.name for path in tmp_path.iterdir()] == ["output"]


KILLED = """
import os, pathlib, sys
from mse.study.output import new_folder
out, after = pathlib.Path(sys.argv[1]), int(sys.argv[2])
rename, done = pathlib.Path.rename, []

def rename_or_die(self, target):
    if len(done) == after:
        os._exit(9)
    done.append(target)
    return rename(self, target)

pathlib.Path.rename = rename_or_die
with new_folder(out) as partial:
    (partial / "manifest.json").write_text("new")
"""
"""Writes an output and dies, without any clearing up, when it has renamed so many folders."""


@pytest.mark.parametrize("renamed", [0, 1])
def test_a_killed_run_is_cleared_up(tmp_path: Path, renamed: int) -> None:
    out = tmp_path / "output"
    with new_folder(out) as partial:
        fill(partial, "old")
    killed = subprocess.run([sys.executable, "-c", KILLED, str(out), str(renamed)], check=False)
    assert (killed.returncode, out.exists()) == (9, renamed == 0)
    (left,) = tmp_path.glob(".output-mse-partial-*")
    recover(out)
    assert everything(out) == {MANIFEST: "old", PRIVATE_MANIFEST: "old"}
    assert left.is_dir()
    an_hour_ago = time.time() - 3600
    os.utime(left, (an_hour_ago, an_hour_ago))
    recover(out)
    assert [path.name for path in tmp_path.iterdir()] == ["output"]


def test_clearing_up_touches_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "output"
    with new_folder(out) as partial:
        fill(partial, "new")
    fill_old = tmp_path / ".output-mse-old-x" / "output"
    fill_old.mkdir(parents=True)
    fill(fill_old, "old")
    for name in (".output-settings", ".other-mse-old-x"):
        (tmp_path / name).mkdir()
    recover(out)
    assert everything(out) == {MANIFEST: "new", PRIVATE_MANIFEST: "new"}
    assert sorted(path.name for path in tmp_path.iterdir()) == [".other-mse-old-x", ".output-settings", "output"]


def test_a_folder_with_something_else_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(StudyError, match="something else"):
        require_output(tmp_path)
    with pytest.raises(StudyError, match="is a folder"):
        require_output(tmp_path / "thesis.txt")


def test_a_folder_cannot_be_made_within_a_file(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(StudyError, match="which is a file"):
        require_place(tmp_path / "thesis.txt" / "deep" / "output")
    require_place(tmp_path / "deep" / "output")
    assert not (tmp_path / "deep").exists()


def test_an_empty_folder_may_be_filled(tmp_path: Path) -> None:
    require_output(tmp_path)
    assert not is_output(tmp_path)


def test_digests_leave_the_private_manifest_out(tmp_path: Path) -> None:
    fill(tmp_path, "x")
    assert list(written_files(tmp_path)) == [MANIFEST]
