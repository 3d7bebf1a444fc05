"""Writes the output of a study as a whole or not at all, and compares it with what is there."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mse.errors import StudyError

__all__ = ["MANIFEST", "PRIVATE_MANIFEST", "digest", "is_output", "new_folder", "require_output", "written_files"]

MANIFEST = "manifest.json"
PRIVATE_MANIFEST = "private/manifest-private.json"

_SHARED_FOLDER = 0o755


def digest(content: bytes) -> str:
    """Return the SHA-256 of some bytes."""
    return hashlib.sha256(content).hexdigest()


def is_output(folder: Path) -> bool:
    """Whether a folder holds the output of a study."""
    return (folder / MANIFEST).is_file() and (folder / PRIVATE_MANIFEST).is_file()


def require_output(folder: Path) -> None:
    """Refuse a folder that holds something else than the output of a study.

    Raises
    ------
    mse.errors.StudyError
        The folder is a file, or holds other files.
    """
    if folder.exists() and not folder.is_dir():
        raise StudyError("The output of a study is a folder", got=f"the file '{folder}'")
    if folder.is_dir() and any(folder.iterdir()) and not is_output(folder):
        raise StudyError(
            f"Folder '{folder}' holds something else than the output of a study",
            hint="It is not overwritten. Name another one: --out.",
        )


def written_files(folder: Path) -> dict[str, str]:
    """Return the digest of every shared file of an output folder, by its path in it."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    names = {path.relative_to(folder).as_posix(): path for path in files}
    return {name: digest(path.read_bytes()) for name, path in names.items() if name != PRIVATE_MANIFEST}


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Hand out an empty folder that takes the place of `folder` when the block ends well.

    The new folder stands beside the old one while it is filled, so a reader sees the old output or the new one. When
    the block fails, or is interrupted, the new folder goes and the old one stays.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield partial
        partial.chmod(_SHARED_FOLDER)
        _flush(partial)
        _take_place(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _flush(folder: Path) -> None:
    """Have everything on disk before it takes the place of what was there."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as handle:
                os.fsync(handle.fileno())


def _take_place(partial: Path, folder: Path) -> None:
    if not folder.exists():
        partial.rename(folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent)) / folder.name
    folder.rename(old)
    try:
        partial.rename(folder)
    except BaseException:
        old.rename(folder)
        raise
    finally:
        shutil.rmtree(old.parent, ignore_errors=True)
