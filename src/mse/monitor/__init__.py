"""Figures and their release; never a person.

`mse.monitor.figures` counts every figure of the monitor from a register or from small cubes of counts.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mse.core.list_metadata import ListMetadata
    from mse.core.published_estimate import PublishedEstimate
    from mse.monitor.audit.claim_files import claims_of
    from mse.monitor.audit.claims import ClaimCheck, check_claims
    from mse.monitor.audit.figures_of_audit import audit_figure, claims_figure
    from mse.monitor.audit.self_audit import SelfAudit, identities, self_audit
    from mse.monitor.counting.build_figures import figures
    from mse.monitor.counting.change_parts import contributions
    from mse.monitor.counting.condition import has, is_in, not_in
    from mse.monitor.counting.cross_table import crosstab
    from mse.monitor.counting.edition_comparison import compare_editions
    from mse.monitor.counting.event_calendar import breaks, events
    from mse.monitor.counting.figure_set import Figures
    from mse.monitor.counting.indicator import Category, Indicator, levels
    from mse.monitor.counting.mean_table import means
    from mse.monitor.counting.number_words import in_words
    from mse.monitor.counting.ranking import top
    from mse.monitor.counting.shares import Change, Share, change, share
    from mse.monitor.counting.stored_cubes import Cubes, cubes
    from mse.monitor.counting.three_units import units
    from mse.monitor.coverage.beside import registered_versus_estimated
    from mse.monitor.coverage.count_vintages import reconcile_counts
    from mse.monitor.coverage.coverage_shares import shares_versus_estimated
    from mse.monitor.coverage.exposure import exposure_rates
    from mse.monitor.coverage.goals import Goal, goals_figure
    from mse.monitor.coverage.group_profile import profile
    from mse.monitor.coverage.list_checks import check_lists
    from mse.monitor.coverage.list_concentration import concentration
    from mse.monitor.coverage.list_failure import grouped_counts, list_failures, reporter_counts
    from mse.monitor.coverage.list_reach import capture_profile
    from mse.monitor.disclosure.earlier import Published
    from mse.monitor.disclosure.protected import Protected
    from mse.records.editions import printed
    from mse.records.published import published_counts, published_estimates
    from mse.records.register.completeness import completeness
    from mse.records.register.report_sources import report_sources
    from mse.records.reporters import read_reporters, reporters

_WHERE = {
    "Category": "counting.indicator",
    "Change": "counting.shares",
    "ClaimCheck": "audit.claims",
    "Cubes": "counting.stored_cubes",
    "Figures": "counting.figure_set",
    "Goal": "coverage.goals",
    "Indicator": "counting.indicator",
    "ListMetadata": "mse.core.list_metadata",
    "Protected": "disclosure.protected",
    "Published": "disclosure.earlier",
    "PublishedEstimate": "mse.core.published_estimate",
    "SelfAudit": "audit.self_audit",
    "Share": "counting.shares",
    "audit_figure": "audit.figures_of_audit",
    "breaks": "counting.event_calendar",
    "capture_profile": "coverage.list_reach",
    "change": "counting.shares",
    "check_claims": "audit.claims",
    "check_lists": "coverage.list_checks",
    "claims_figure": "audit.figures_of_audit",
    "claims_of": "audit.claim_files",
    "compare_editions": "counting.edition_comparison",
    "completeness": "mse.records.register.completeness",
    "concentration": "coverage.list_concentration",
    "contributions": "counting.change_parts",
    "crosstab": "counting.cross_table",
    "cubes": "counting.stored_cubes",
    "events": "counting.event_calendar",
    "exposure_rates": "coverage.exposure",
    "figures": "counting.build_figures",
    "goals_figure": "coverage.goals",
    "grouped_counts": "coverage.list_failure",
    "has": "counting.condition",
    "identities": "audit.self_audit",
    "in_words": "counting.number_words",
    "is_in": "counting.condition",
    "levels": "counting.indicator",
    "list_failures": "coverage.list_failure",
    "means": "counting.mean_table",
    "not_in": "counting.condition",
    "printed": "mse.records.editions",
    "profile": "coverage.group_profile",
    "published_counts": "mse.records.published",
    "published_estimates": "mse.records.published",
    "read_reporters": "mse.records.reporters",
    "reconcile_counts": "coverage.count_vintages",
    "registered_versus_estimated": "coverage.beside",
    "report_sources": "mse.records.register.report_sources",
    "reporter_counts": "coverage.list_failure",
    "reporters": "mse.records.reporters",
    "self_audit": "audit.self_audit",
    "share": "counting.shares",
    "shares_versus_estimated": "coverage.coverage_shares",
    "top": "counting.ranking",
    "units": "counting.three_units",
}
"""File of each public name, in this room or below; it is loaded when it is first asked for."""

__all__ = [
    "Category",
    "Change",
    "ClaimCheck",
    "Cubes",
    "Figures",
    "Goal",
    "Indicator",
    "ListMetadata",
    "Protected",
    "Published",
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
    "completeness",
    "concentration",
    "contributions",
    "crosstab",
    "cubes",
    "events",
    "exposure_rates",
    "figures",
    "goals_figure",
    "grouped_counts",
    "has",
    "identities",
    "in_words",
    "is_in",
    "levels",
    "list_failures",
    "means",
    "not_in",
    "printed",
    "profile",
    "published_counts",
    "published_estimates",
    "read_reporters",
    "reconcile_counts",
    "registered_versus_estimated",
    "report_sources",
    "reporter_counts",
    "reporters",
    "self_audit",
    "share",
    "shares_versus_estimated",
    "top",
    "units",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'mse.monitor' has no attribute {name!r}")
    path = _WHERE[name]
    value = getattr(importlib.import_module(path if path.startswith("mse.") else f"mse.monitor.{path}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
