"""Kernels compile where no cache folder can be written, and say so once."""

from __future__ import annotations

import warnings
from types import SimpleNamespace
from typing import Any

import numba
import pytest

from mse.kernels import compiled


def test_without_a_cache_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    njit = numba.njit

    def no_cache(*, cache: bool, **options: Any) -> Any:
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return njit(cache=False, **options)

    monkeypatch.setattr(compiled, "numba", SimpleNamespace(njit=no_cache))
    monkeypatch.setattr(compiled, "_warned", False)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        twice = compiled.compiled(lambda x: 2 * x)
        thrice = compiled.compiled(lambda x: 3 * x)
    assert (twice(2), thrice(2)) == (4, 6)
    assert [str(warning.message) for warning in caught] == [compiled._UNCACHED]
