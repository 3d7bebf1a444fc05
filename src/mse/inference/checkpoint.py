"""Checkpoints: replicates on disk, so that a bootstrap that was stopped goes on where it was.

A checkpoint holds numbers and models of replicates, never the table at hand. It belongs to one bootstrap: estimator,
table, kind and seed are hashed into its key. It is a compressed NumPy archive.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from mse.errors import ModelError
from mse.inference.replicate import Replicate

__all__ = ["Checkpoint", "replaced"]

_FORMAT = 2
"""Raised when the arrays change, so that a file of an earlier version is told from one that is no checkpoint."""

Arrays = dict[str, NDArray[Any]]


class Checkpoint:
    """Replicates kept in a file.

    Parameters
    ----------
    path : path or None
        The file; None keeps nothing.
    what : mapping
        What identifies the bootstrap, as plain values.

    Raises
    ------
    mse.errors.ModelError
        The file is no checkpoint, was made by an earlier version, or belongs to another bootstrap.
    """

    def __init__(self, path: str | os.PathLike[str] | None, what: dict[str, Any]) -> None:
        self.path = None if path is None else Path(path)
        self.key = hashlib.sha256(json.dumps(what, sort_keys=True, default=str).encode()).hexdigest()

    def load(self) -> list[Replicate]:
        """Replicates made so far."""
        if self.path is None or not self.path.exists():
            return []
        held = _read(self.path)
        if str(held["key"]) != self.key:
            raise ModelError(
                f"The checkpoint '{self.path.name}' belongs to another bootstrap",
                got="another estimator, table, kind or seed",
                hint="Give another path, or delete the file.",
            )
        return _unpacked(held)

    def save(self, replicates: Sequence[Replicate]) -> None:
        """Write all replicates; a file that is there is replaced whole or not at all."""
        if self.path is None:
            return
        arrays: dict[str, Any] = {"format": _FORMAT, "key": self.key, **_packed(replicates)}
        with replaced(self.path) as file:
            np.savez_compressed(file, **arrays)


@contextmanager
def replaced(path: Path) -> Iterator[IO[bytes]]:
    """A file to write in place of `path`: when the block ends it is there whole, and on an error the old one stays."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _packed(replicates: Sequence[Replicate]) -> Arrays:
    models = sorted({replicate.model for replicate in replicates})
    place = {model: index for index, model in enumerate(models)}
    arrays: Arrays = {
        "models": np.array(models, dtype=np.str_),
        "model": np.array([place[replicate.model] for replicate in replicates], dtype=np.int32),
        "observed": np.array([replicate.observed for replicate in replicates], dtype=np.float64),
        "dark_figure": np.array([replicate.dark_figure for replicate in replicates], dtype=np.float64),
        "on_border": np.array([replicate.on_border for replicate in replicates], dtype=np.bool_),
    }
    if replicates and replicates[0].observed_in is not None:
        arrays["observed_in"] = np.array([replicate.observed_in for replicate in replicates], dtype=np.float64)
        arrays["dark_in"] = np.array([replicate.dark_in for replicate in replicates], dtype=np.float64)
    return arrays


def _unpacked(held: Arrays) -> list[Replicate]:
    models = [str(model) for model in held["models"]]
    seen, unseen = held.get("observed_in"), held.get("dark_in")
    return [
        Replicate(
            float(held["observed"][row]),
            float(held["dark_figure"][row]),
            models[held["model"][row]],
            bool(held["on_border"][row]),
            None if seen is None else seen[row],
            None if unseen is None else unseen[row],
        )
        for row in range(len(held["observed"]))
    ]


def _read(path: Path) -> Arrays:
    """Arrays of a checkpoint; refuses a file that is none, and one of an earlier version."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            held = {name: stored[name] for name in stored.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error, AttributeError, TypeError):
        held = {}
    if {"key", "model", "models", "observed", "dark_figure", "on_border"} <= set(held) and held["format"] == _FORMAT:
        return held
    if held.get("format") is not None or _is_first_format(path):
        raise ModelError(
            f"The checkpoint '{path.name}' was made by another version of mse",
            got="a file without numbers by stratum",
            hint="Delete it; the replicates are made again.",
        )
    raise ModelError(f"The file '{path.name}' is no checkpoint of a bootstrap", hint="Give another path.")


def _is_first_format(path: Path) -> bool:
    """Whether a file is a checkpoint as the first version wrote it, in JSON."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError):
        return False
    return isinstance(stored, dict) and {"key", "replicates"} <= set(stored)
