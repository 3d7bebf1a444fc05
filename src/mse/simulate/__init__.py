"""Populations and registers with known properties, to prove figures and estimators on.

Two makers that are never mixed: `published_register` has the printed figures and no truth, `register` has a truth and
the printed figures in expectation only.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mse.simulate.known_register import register
    from mse.simulate.published import published_register

__all__ = ["published_register", "register"]

_WHERE = {"published_register": "mse.simulate.published", "register": "mse.simulate.known_register"}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'mse.simulate' has no attribute {name!r}")
    value = getattr(importlib.import_module(_WHERE[name]), name)
    globals()[name] = value
    return value
