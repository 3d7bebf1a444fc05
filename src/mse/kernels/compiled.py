"""The one way in which kernels are compiled: cached on disk where that can be, uncached where it cannot."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, TypeVar

import numba

__all__ = ["compiled"]

Function = TypeVar("Function", bound=Callable[..., Any])

_UNCACHED = "mse could not find a folder to keep compiled kernels in; they are compiled anew in every process."


def compiled(function: Function) -> Function:
    """Compile a kernel with numba: no Python objects, no fast-math, other threads run meanwhile.

    Without fast-math sums keep their order, so results are the same on every run.
    """
    options = {"nogil": True, "error_model": "numpy", "fastmath": False}
    try:
        return numba.njit(cache=True, **options)(function)  # type: ignore[no-any-return]
    except RuntimeError:
        warnings.filterwarnings("once", message=_UNCACHED)
        warnings.warn(_UNCACHED, RuntimeWarning, stacklevel=2)
        return numba.njit(**options)(function)  # type: ignore[no-any-return]
