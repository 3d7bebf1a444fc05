"""Finds the line of every key of a TOML file, for messages."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

__all__ = ["key_lines", "key_path"]

Place = tuple[str | int, ...]


def key_path(place: Place) -> str:
    """Write the place of a key as a study file does.

    Examples
    --------
    >>> key_path(("context", 1, "period"))
    'context[1].period'
    """
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def key_lines(text: str) -> dict[Place, int]:
    """Return the line on which every key of a TOML text starts.

    The text is parsed line by line: a key stands where it appears first. A prefix that does not parse ends within a
    value of several lines, which starts on the line after the last prefix that did.

    Parameters
    ----------
    text : str
        A valid TOML text.

    Returns
    -------
    dict of tuple to int

    Examples
    --------
    >>> key_lines("[estimate]\\nscopes = [\\n  2,\\n]\\n\\nlevel = 0.9\\n")[("estimate", "level")]
    6
    """
    found: dict[Place, int] = {}
    lines = text.splitlines()
    start = 1
    for number, line in enumerate(lines, start=1):
        if start == number and not _says_something(line):
            start = number + 1
            continue
        try:
            plain = tomllib.loads("\n".join(lines[:number]) + "\n")
        except tomllib.TOMLDecodeError:
            continue
        for place in _places(plain):
            found.setdefault(place, start)
        start = number + 1
    return found


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _places(value: Any, place: Place = ()) -> Iterator[Place]:
    if place:
        yield place
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _places(item, (*place, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _places(item, (*place, index))
