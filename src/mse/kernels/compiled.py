"""The one way in which kernels are compiled: cached on disk where that can be, uncached where it cannot."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, cast

import numba

__all__ = ["compiled"]

_warned = False

_UNCACHED = "mse could not find a folder to keep compiled kernels in; they are compiled anew in every process."


def compiled[Function: Callable[..., Any]](function: Function) -> Function:
    """Compile a kernel with numba: no Python objects, no fast-math, other threads run meanwhile.

    Without fast-math sums keep their order, so results are the same on every run.
    """

    def compile_it(cache: bool) -> Function:
        return cast(Function, numba.njit(cache=cache, nogil=True, error_model="numpy", fastmath=False)(function))

    global _warned
    try:
        return compile_it(True)
    except RuntimeError:
        if not _warned:
            _warned = True
            warnings.warn(_UNCACHED, RuntimeWarning, stacklevel=2)
        return compile_it(False)
