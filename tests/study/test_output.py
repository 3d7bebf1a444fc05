"""The output folder is written as a whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from mse.errors import StudyError
from mse.study.output import MANIFEST, PRIVATE_MANIFEST, is_output, new_folder, require_output, written_files


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


def test_a_folder_with_something_else_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(StudyError, match="something else"):
        require_output(tmp_path)
    with pytest.raises(StudyError, match="is a folder"):
        require_output(tmp_path / "thesis.txt")


def test_an_empty_folder_may_be_filled(tmp_path: Path) -> None:
    require_output(tmp_path)
    assert not is_output(tmp_path)


def test_digests_leave_the_private_manifest_out(tmp_path: Path) -> None:
    fill(tmp_path, "x")
    assert list(written_files(tmp_path)) == [MANIFEST]
