"""Checkpoints: replicates on disk, so that a bootstrap that was stopped goes on where it was.

A checkpoint holds totals and models of replicates, never a table. It belongs to one bootstrap: estimator, table, kind
and seed are hashed into its key.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mse.errors import ModelError
from mse.inference.replicate import Replicate

__all__ = ["Checkpoint"]


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
        The file is no checkpoint, or belongs to another bootstrap.
    """

    def __init__(self, path: str | os.PathLike[str] | None, what: dict[str, Any]) -> None:
        self.path = None if path is None else Path(path)
        self.key = hashlib.sha256(json.dumps(what, sort_keys=True, default=str).encode()).hexdigest()

    def load(self) -> list[Replicate]:
        """Replicates made so far."""
        if self.path is None or not self.path.exists():
            return []
        try:
            stored = json.loads(self.path.read_text(encoding="utf-8"))
            key, rows = stored["key"], stored["replicates"]
        except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError):
            raise ModelError(
                f"The file '{self.path.name}' is no checkpoint of a bootstrap", hint="Give another path."
            ) from None
        if key != self.key:
            raise ModelError(
                f"The checkpoint '{self.path.name}' belongs to another bootstrap",
                got="another estimator, table, kind or seed",
                hint="Give another path, or delete the file.",
            )
        return [
            Replicate(observed, float("nan") if dark is None else dark, model, border)
            for observed, dark, model, border in rows
        ]

    def save(self, replicates: Sequence[Replicate]) -> None:
        """Write all replicates; a file that is there is replaced whole or not at all."""
        if self.path is None:
            return
        rows = [
            [r.observed, None if r.dark_figure != r.dark_figure else r.dark_figure, r.model, r.on_border]
            for r in replicates
        ]
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=self.path.name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({"key": self.key, "replicates": rows}, file)
            os.replace(name, self.path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
