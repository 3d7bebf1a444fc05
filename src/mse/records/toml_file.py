"""TOML files that an office writes: mappings, and what is known of its lists."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from mse.errors import MseError, TableError

__all__ = ["read_toml"]


def read_toml(path: Path, what: str = "file", error: type[MseError] = TableError) -> dict[str, Any]:
    """Read a TOML file, with or without a mark of its encoding.

    Parameters
    ----------
    path : Path
        The file.
    what : str
        What it is, in the words of the error.
    error : type
        The error.

    Raises
    ------
    mse.errors.MseError
        There is no such file, or it is no TOML.
    """
    if not path.is_file():
        raise error(f"There is no {what} '{path}'")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise error(f"{what.capitalize()} '{path.name}' is no TOML", got=str(problem)) from None
