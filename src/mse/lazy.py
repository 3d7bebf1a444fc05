"""Load heavy packages when they are first used, not when `mse` is imported."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

__all__ = ["lazy", "public_names"]


class _LazyModule:
    """Stands for a module until one of its attributes is asked for."""

    __slots__ = ("_loaded", "_name")

    def __init__(self, name: str) -> None:
        self._name = name
        self._loaded: ModuleType | None = None

    def __getattr__(self, attribute: str) -> Any:
        if self._loaded is None:
            self._loaded = importlib.import_module(self._name)
        return getattr(self._loaded, attribute)

    def __repr__(self) -> str:
        return f"<lazy module {self._name}>"


def lazy(name: str) -> Any:
    """Return a stand-in for the module `name` that imports it on first use.

    Examples
    --------
    >>> pd = lazy("pandas")
    >>> pd
    <lazy module pandas>
    """
    return _LazyModule(name)


def public_names(package: str, where: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return the `__getattr__` and the `__dir__` of a package whose names load when they are first asked for.

    Parameters
    ----------
    package : str
        The package.
    where : mapping of str to str
        The module of each name.

    Examples
    --------
    >>> look_up, names = public_names("mse.lazy", {"TableError": "mse.errors"})
    >>> look_up("TableError").__name__, "TableError" in names()
    ('TableError', True)
    """

    def look_up(name: str) -> Any:
        if name not in where:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(where[name]), name)
        setattr(sys.modules[package], name, value)
        return value

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *where})

    return look_up, names
