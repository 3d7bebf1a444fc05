"""Load heavy packages when they are first used, not when `mse` is imported."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

__all__ = ["lazy"]


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
