"""Populations and registers with known properties, to prove figures and estimators on.

Two makers that are never mixed: `published_register` has the printed figures and no truth, `register` has a truth and
the printed figures in expectation only. `lose_values` and `switch_off` take knowledge away from a table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mse.lazy import public_names

if TYPE_CHECKING:
    from mse.simulate.incomplete import lose_values, switch_off
    from mse.simulate.known_register import register
    from mse.simulate.published import published_register

__all__ = ["lose_values", "published_register", "register", "switch_off"]

_WHERE = {
    "lose_values": "mse.simulate.incomplete",
    "published_register": "mse.simulate.published",
    "register": "mse.simulate.known_register",
    "switch_off": "mse.simulate.incomplete",
}

__getattr__, __dir__ = public_names(__name__, _WHERE)
