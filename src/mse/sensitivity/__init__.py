"""What an estimate would have been if something had been otherwise: lists, criteria, assumptions, errors in the data.

Each function takes any estimator and a table, and returns a `Sensitivity`. `run_scenarios` takes scenarios of your own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mse.lazy import public_names

if TYPE_CHECKING:
    from mse.sensitivity.dependence import dependence
    from mse.sensitivity.highest import highest_order
    from mse.sensitivity.lists import leave_one_list_out, merge_lists, reporter_maps
    from mse.sensitivity.result import Sensitivity
    from mse.sensitivity.runner import run_scenarios
    from mse.sensitivity.scenario import Outcome, Scenario
    from mse.sensitivity.tipping import TippingPoint, tipping_point

_WHERE = {
    "Outcome": "mse.sensitivity.scenario",
    "Scenario": "mse.sensitivity.scenario",
    "Sensitivity": "mse.sensitivity.result",
    "TippingPoint": "mse.sensitivity.tipping",
    "dependence": "mse.sensitivity.dependence",
    "highest_order": "mse.sensitivity.highest",
    "leave_one_list_out": "mse.sensitivity.lists",
    "merge_lists": "mse.sensitivity.lists",
    "reporter_maps": "mse.sensitivity.lists",
    "run_scenarios": "mse.sensitivity.runner",
    "tipping_point": "mse.sensitivity.tipping",
}
"""Module of each public name; it is loaded when it is first asked for."""

__all__ = [
    "Outcome",
    "Scenario",
    "Sensitivity",
    "TippingPoint",
    "dependence",
    "highest_order",
    "leave_one_list_out",
    "merge_lists",
    "reporter_maps",
    "run_scenarios",
    "tipping_point",
]

__getattr__, __dir__ = public_names(__name__, _WHERE)
