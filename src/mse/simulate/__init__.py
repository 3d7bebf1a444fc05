"""Populations and registers with known properties, to prove figures and estimators on.

Two makers that are never mixed: `published_register` has the printed figures and no truth, `register` has a truth and
the printed figures in expectation only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mse.lazy import public_names

if TYPE_CHECKING:
    from mse.simulate.known_register import register
    from mse.simulate.published import published_register

__all__ = ["published_register", "register"]

_WHERE = {"published_register": "mse.simulate.published", "register": "mse.simulate.known_register"}

__getattr__, __dir__ = public_names(__name__, _WHERE)
