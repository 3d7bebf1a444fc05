"""Figures and their release; never a person.

`mse.monitor.figures` counts every figure of the monitor from a register or from small cubes of counts.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mse.core.list_metadata import ListMetadata
    from mse.core.published_estimate import PublishedEstimate
    from mse.monitor.audit import SelfAudit, identities, self_audit
    from mse.monitor.build_figures import figures
    from mse.monitor.change_parts import contributions
    from mse.monitor.claim_files import claims_of
    from mse.monitor.claims import ClaimCheck, check_claims
    from mse.monitor.count_vintages import reconcile_counts
    from mse.monitor.coverage import registered_versus_estimated
    from mse.monitor.coverage_shares import shares_versus_estimated
    from mse.monitor.cross_table import crosstab
    from mse.monitor.edition_comparison import compare_editions
    from mse.monitor.event_calendar import breaks, events
    from mse.monitor.exposure import exposure_rates
    from mse.monitor.figure_set import Figures
    from mse.monitor.figures_of_audit import audit_figure, claims_figure
    from mse.monitor.goals import Goal, goals_figure
    from mse.monitor.group_profile import profile
    from mse.monitor.indicator import Indicator
    from mse.monitor.list_checks import check_lists
    from mse.monitor.list_concentration import concentration
    from mse.monitor.list_failure import grouped_counts, list_failures, reporter_counts
    from mse.monitor.list_reach import capture_profile
    from mse.monitor.mean_table import means
    from mse.monitor.number_words import in_words
    from mse.monitor.ranking import top
    from mse.monitor.shares import Change, Share, change, share
    from mse.monitor.stored_cubes import Cubes, cubes
    from mse.records.published import published_counts, published_estimates
    from mse.records.reporters import read_reporters, reporters

_WHERE = {
    "Change": "shares",
    "ClaimCheck": "claims",
    "Cubes": "stored_cubes",
    "Figures": "figure_set",
    "Goal": "goals",
    "Indicator": "indicator",
    "ListMetadata": "mse.core.list_metadata",
    "PublishedEstimate": "mse.core.published_estimate",
    "SelfAudit": "audit",
    "Share": "shares",
    "audit_figure": "figures_of_audit",
    "breaks": "event_calendar",
    "capture_profile": "list_reach",
    "change": "shares",
    "check_claims": "claims",
    "check_lists": "list_checks",
    "claims_figure": "figures_of_audit",
    "claims_of": "claim_files",
    "compare_editions": "edition_comparison",
    "concentration": "list_concentration",
    "contributions": "change_parts",
    "crosstab": "cross_table",
    "cubes": "stored_cubes",
    "events": "event_calendar",
    "exposure_rates": "exposure",
    "figures": "build_figures",
    "goals_figure": "goals",
    "grouped_counts": "list_failure",
    "identities": "audit",
    "in_words": "number_words",
    "list_failures": "list_failure",
    "means": "mean_table",
    "profile": "group_profile",
    "published_counts": "mse.records.published",
    "published_estimates": "mse.records.published",
    "read_reporters": "mse.records.reporters",
    "reconcile_counts": "count_vintages",
    "registered_versus_estimated": "coverage",
    "reporter_counts": "list_failure",
    "reporters": "mse.records.reporters",
    "self_audit": "audit",
    "share": "shares",
    "shares_versus_estimated": "coverage_shares",
    "top": "ranking",
}
"""File of each public name, in this room or below; it is loaded when it is first asked for."""

__all__ = [
    "Change",
    "ClaimCheck",
    "Cubes",
    "Figures",
    "Goal",
    "Indicator",
    "ListMetadata",
    "PublishedEstimate",
    "SelfAudit",
    "Share",
    "audit_figure",
    "breaks",
    "capture_profile",
    "change",
    "check_claims",
    "check_lists",
    "claims_figure",
    "claims_of",
    "compare_editions",
    "concentration",
    "contributions",
    "crosstab",
    "cubes",
    "events",
    "exposure_rates",
    "figures",
    "goals_figure",
    "grouped_counts",
    "identities",
    "in_words",
    "list_failures",
    "means",
    "profile",
    "published_counts",
    "published_estimates",
    "read_reporters",
    "reconcile_counts",
    "registered_versus_estimated",
    "reporter_counts",
    "reporters",
    "self_audit",
    "share",
    "shares_versus_estimated",
    "top",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'mse.monitor' has no attribute {name!r}")
    path = _WHERE[name]
    value = getattr(importlib.import_module(path if "." in path else f"mse.monitor.{path}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
