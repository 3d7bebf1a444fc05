"""Writes the output of a study as a whole or not at all, and compares it with what is there.

A folder cannot take the place of another in one step everywhere, so the old output first steps aside. A run that is
killed in between leaves it there, and the next one puts it back: `recover`.
"""

from __future__ import annotations

import glob
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mse.errors import StudyError

__all__ = [
    "MANIFEST",
    "PRIVATE_MANIFEST",
    "digest",
    "is_output",
    "new_folder",
    "recover",
    "require_output",
    "require_place",
    "written_files",
]

MANIFEST = "manifest.json"
PRIVATE_MANIFEST = "private/manifest-private.json"

_PRIVATE = "private/"

_SHARED_FOLDER = 0o755

_PARTIAL, _OLD = ".{name}-mse-partial-", ".{name}-mse-old-"
"""How the folders beside an output begin: one that is being filled, one that holds the output that stepped aside."""

_ABANDONED = 600
"""Seconds after which a folder that nobody fills is that of a killed run; filling one takes seconds."""


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


def require_place(folder: Path) -> None:
    """Refuse a place where no folder can be made, before any work is done.

    Raises
    ------
    mse.errors.StudyError
        What is there is a file, or may not be written to.
    """
    above = next(place for place in folder.absolute().parents if place.exists())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise StudyError(
            f"No folder '{folder}' can be made",
            got=f"'{above}', which is {'not writable' if above.is_dir() else 'a file'}",
            hint="Name another one: --out.",
        )


def written_files(folder: Path) -> dict[str, str]:
    """Return the digest of every shared file of an output folder, by its path in it."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    names = {path.relative_to(folder).as_posix(): path for path in files}
    return {name: digest(path.read_bytes()) for name, path in names.items() if not name.startswith(_PRIVATE)}


def recover(folder: Path) -> None:
    """Clear up after runs that were killed while they wrote to `folder`.

    Where the old output had stepped aside and no new one came in its place, it comes back. What else they left, which
    holds a private manifest too, is removed.
    """
    aside = [place / folder.name for place in _beside(folder, _OLD)]
    kept = [place for place in aside if is_output(place)]
    if kept and not folder.exists():
        max(kept, key=lambda place: place.stat().st_mtime).rename(folder)
    for place in aside:
        if is_output(folder) or not is_output(place):
            shutil.rmtree(place.parent, ignore_errors=True)
    for partial in _beside(folder, _PARTIAL):
        if time.time() - partial.stat().st_mtime > _ABANDONED:
            shutil.rmtree(partial, ignore_errors=True)


def _beside(folder: Path, prefix: str) -> list[Path]:
    return list(folder.parent.glob(glob.escape(prefix.format(name=folder.name)) + "*"))


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Hand out an empty folder that takes the place of `folder` when the block ends well.

    The new folder stands beside the old one while it is filled. When the block fails, or is interrupted, the new
    folder goes and the old one stays. After a kill, `recover` does that.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=_PARTIAL.format(name=folder.name), dir=folder.parent))
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
    old = Path(tempfile.mkdtemp(prefix=_OLD.format(name=folder.name), dir=folder.parent)) / folder.name
    folder.rename(old)
    try:
        partial.rename(folder)
    except BaseException:
        old.rename(folder)
        raise
    finally:
        shutil.rmtree(old.parent, ignore_errors=True)
