"""Figures and their release; never a person.

`mse.monitor.figures` counts every figure of the monitor from a register or from small cubes of counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mse.lazy import public_names

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
    from mse.monitor.estimation.beside_figures import side_by_side_figure
    from mse.monitor.estimation.chain_figures import traces_figure
    from mse.monitor.estimation.contrast_figures import contrasts_figure, rates_figure
    from mse.monitor.estimation.feasibility_figures import (
        conditions_figure,
        expected_overlaps_figure,
        lights_figure,
        what_if_figure,
    )
    from mse.monitor.estimation.part_figures import parts_figure
    from mse.monitor.estimation.posterior_figures import posterior_figure, posterior_table
    from mse.monitor.estimation.prior_figures import prior_influence_figure, prior_predictive_figure
    from mse.monitor.estimation.sensitivity_figures import sensitivity_figure, sensitivity_figures
    from mse.monitor.estimation.weight_figures import inclusion_figure, model_weights_figure
    from mse.records.editions import printed
    from mse.records.published import published_counts, published_estimates
    from mse.records.register.completeness import completeness
    from mse.records.register.report_sources import report_sources
    from mse.records.reporters import read_reporters, reporters

_WHERE = {
    "Category": "mse.monitor.counting.indicator",
    "Change": "mse.monitor.counting.shares",
    "ClaimCheck": "mse.monitor.audit.claims",
    "Cubes": "mse.monitor.counting.stored_cubes",
    "Figures": "mse.monitor.counting.figure_set",
    "Goal": "mse.monitor.coverage.goals",
    "Indicator": "mse.monitor.counting.indicator",
    "ListMetadata": "mse.core.list_metadata",
    "Protected": "mse.monitor.disclosure.protected",
    "Published": "mse.monitor.disclosure.earlier",
    "PublishedEstimate": "mse.core.published_estimate",
    "SelfAudit": "mse.monitor.audit.self_audit",
    "Share": "mse.monitor.counting.shares",
    "audit_figure": "mse.monitor.audit.figures_of_audit",
    "breaks": "mse.monitor.counting.event_calendar",
    "capture_profile": "mse.monitor.coverage.list_reach",
    "change": "mse.monitor.counting.shares",
    "check_claims": "mse.monitor.audit.claims",
    "check_lists": "mse.monitor.coverage.list_checks",
    "claims_figure": "mse.monitor.audit.figures_of_audit",
    "claims_of": "mse.monitor.audit.claim_files",
    "compare_editions": "mse.monitor.counting.edition_comparison",
    "completeness": "mse.records.register.completeness",
    "concentration": "mse.monitor.coverage.list_concentration",
    "conditions_figure": "mse.monitor.estimation.feasibility_figures",
    "contrasts_figure": "mse.monitor.estimation.contrast_figures",
    "contributions": "mse.monitor.counting.change_parts",
    "crosstab": "mse.monitor.counting.cross_table",
    "cubes": "mse.monitor.counting.stored_cubes",
    "events": "mse.monitor.counting.event_calendar",
    "expected_overlaps_figure": "mse.monitor.estimation.feasibility_figures",
    "exposure_rates": "mse.monitor.coverage.exposure",
    "figures": "mse.monitor.counting.build_figures",
    "goals_figure": "mse.monitor.coverage.goals",
    "grouped_counts": "mse.monitor.coverage.list_failure",
    "has": "mse.monitor.counting.condition",
    "identities": "mse.monitor.audit.self_audit",
    "in_words": "mse.monitor.counting.number_words",
    "inclusion_figure": "mse.monitor.estimation.weight_figures",
    "is_in": "mse.monitor.counting.condition",
    "levels": "mse.monitor.counting.indicator",
    "lights_figure": "mse.monitor.estimation.feasibility_figures",
    "list_failures": "mse.monitor.coverage.list_failure",
    "means": "mse.monitor.counting.mean_table",
    "model_weights_figure": "mse.monitor.estimation.weight_figures",
    "not_in": "mse.monitor.counting.condition",
    "parts_figure": "mse.monitor.estimation.part_figures",
    "posterior_figure": "mse.monitor.estimation.posterior_figures",
    "posterior_table": "mse.monitor.estimation.posterior_figures",
    "printed": "mse.records.editions",
    "prior_influence_figure": "mse.monitor.estimation.prior_figures",
    "prior_predictive_figure": "mse.monitor.estimation.prior_figures",
    "profile": "mse.monitor.coverage.group_profile",
    "published_counts": "mse.records.published",
    "published_estimates": "mse.records.published",
    "rates_figure": "mse.monitor.estimation.contrast_figures",
    "read_reporters": "mse.records.reporters",
    "reconcile_counts": "mse.monitor.coverage.count_vintages",
    "registered_versus_estimated": "mse.monitor.coverage.beside",
    "report_sources": "mse.records.register.report_sources",
    "reporter_counts": "mse.monitor.coverage.list_failure",
    "reporters": "mse.records.reporters",
    "self_audit": "mse.monitor.audit.self_audit",
    "sensitivity_figure": "mse.monitor.estimation.sensitivity_figures",
    "sensitivity_figures": "mse.monitor.estimation.sensitivity_figures",
    "share": "mse.monitor.counting.shares",
    "shares_versus_estimated": "mse.monitor.coverage.coverage_shares",
    "side_by_side_figure": "mse.monitor.estimation.beside_figures",
    "top": "mse.monitor.counting.ranking",
    "traces_figure": "mse.monitor.estimation.chain_figures",
    "units": "mse.monitor.counting.three_units",
    "what_if_figure": "mse.monitor.estimation.feasibility_figures",
}
"""Module of each public name, in this room or below; it is loaded when it is first asked for."""

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
    "conditions_figure",
    "contrasts_figure",
    "contributions",
    "crosstab",
    "cubes",
    "events",
    "expected_overlaps_figure",
    "exposure_rates",
    "figures",
    "goals_figure",
    "grouped_counts",
    "has",
    "identities",
    "in_words",
    "inclusion_figure",
    "is_in",
    "levels",
    "lights_figure",
    "list_failures",
    "means",
    "model_weights_figure",
    "not_in",
    "parts_figure",
    "posterior_figure",
    "posterior_table",
    "printed",
    "prior_influence_figure",
    "prior_predictive_figure",
    "profile",
    "published_counts",
    "published_estimates",
    "rates_figure",
    "read_reporters",
    "reconcile_counts",
    "registered_versus_estimated",
    "report_sources",
    "reporter_counts",
    "reporters",
    "self_audit",
    "sensitivity_figure",
    "sensitivity_figures",
    "share",
    "shares_versus_estimated",
    "side_by_side_figure",
    "top",
    "traces_figure",
    "units",
    "what_if_figure",
]

__getattr__, __dir__ = public_names(__name__, _WHERE)
