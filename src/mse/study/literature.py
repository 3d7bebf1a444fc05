"""Publications by the keys that methods give in their `references`."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Mapping
from importlib import resources

__all__ = ["citations", "literature"]


@functools.cache
def literature() -> Mapping[str, str]:
    """All publications by key."""
    return tomllib.loads(resources.files("mse.study").joinpath("literature.toml").read_text(encoding="utf-8"))


def citations(keys: Iterable[str]) -> tuple[str, ...]:
    """Return the publications of some keys, each once, in alphabetical order.

    Examples
    --------
    >>> citations(["fienberg_1972"])[0].split(".")[0]
    'Fienberg, S'
    """
    return tuple(sorted({literature()[key] for key in keys}))
