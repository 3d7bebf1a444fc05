"""What an estimate would have been if something had been otherwise: lists, criteria, assumptions, errors in the data.

Each function takes any estimator and a table, and returns a `Sensitivity`. `run_scenarios` takes scenarios of your own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mse.lazy import public_names

if TYPE_CHECKING:
    from mse.sensitivity.all_of_it import Everything, everything
    from mse.sensitivity.data_errors import linkage_error, missing_not_at_random, over_coverage
    from mse.sensitivity.highest import highest_order
    from mse.sensitivity.lists import leave_one_list_out, merge_lists, reporter_maps
    from mse.sensitivity.odds_ratio import dependence
    from mse.sensitivity.persons import changed_records, one_person
    from mse.sensitivity.prior_choice import priors
    from mse.sensitivity.procedure import criteria, years
    from mse.sensitivity.result import Sensitivity
    from mse.sensitivity.runner import run_scenarios
    from mse.sensitivity.scenario import Outcome, Scenario
    from mse.sensitivity.tipping import TippingPoint, tipping_point

_WHERE = {
    "Everything": "mse.sensitivity.all_of_it",
    "Outcome": "mse.sensitivity.scenario",
    "Scenario": "mse.sensitivity.scenario",
    "Sensitivity": "mse.sensitivity.result",
    "TippingPoint": "mse.sensitivity.tipping",
    "changed_records": "mse.sensitivity.persons",
    "criteria": "mse.sensitivity.procedure",
    "dependence": "mse.sensitivity.odds_ratio",
    "everything": "mse.sensitivity.all_of_it",
    "highest_order": "mse.sensitivity.highest",
    "leave_one_list_out": "mse.sensitivity.lists",
    "linkage_error": "mse.sensitivity.data_errors",
    "merge_lists": "mse.sensitivity.lists",
    "missing_not_at_random": "mse.sensitivity.data_errors",
    "one_person": "mse.sensitivity.persons",
    "over_coverage": "mse.sensitivity.data_errors",
    "priors": "mse.sensitivity.prior_choice",
    "reporter_maps": "mse.sensitivity.lists",
    "run_scenarios": "mse.sensitivity.runner",
    "tipping_point": "mse.sensitivity.tipping",
    "years": "mse.sensitivity.procedure",
}
"""Module of each public name; it is loaded when it is first asked for."""

__all__ = [
    "Everything",
    "Outcome",
    "Scenario",
    "Sensitivity",
    "TippingPoint",
    "changed_records",
    "criteria",
    "dependence",
    "everything",
    "highest_order",
    "leave_one_list_out",
    "linkage_error",
    "merge_lists",
    "missing_not_at_random",
    "one_person",
    "over_coverage",
    "priors",
    "reporter_maps",
    "run_scenarios",
    "tipping_point",
    "years",
]

__getattr__, __dir__ = public_names(__name__, _WHERE)
