"""Figures of an estimation: what went in, what came out, and what speaks against it."""

from __future__ import annotations

from mse.monitor.estimation.beside_figures import side_by_side_figure
from mse.monitor.estimation.chain_figures import traces_figure
from mse.monitor.estimation.contrast_figures import contrasts_figure, rates_figure
from mse.monitor.estimation.data_figures import (
    captures_figure,
    lists_figure,
    pairs_figure,
    patterns_figure,
    reconciliation_figure,
)
from mse.monitor.estimation.estimate_figures import (
    Context,
    context_figure,
    draws_figure,
    estimates_figure,
    headline_text,
    selected_figure,
)
from mse.monitor.estimation.feasibility_figures import (
    conditions_figure,
    expected_overlaps_figure,
    lights_figure,
    what_if_figure,
)
from mse.monitor.estimation.model_figures import BANDWIDTHS, modes_figure, search_figure
from mse.monitor.estimation.part_figures import parts_figure
from mse.monitor.estimation.posterior_figures import posterior_figure, posterior_table
from mse.monitor.estimation.prior_figures import prior_influence_figure, prior_predictive_figure
from mse.monitor.estimation.sensitivity_figures import sensitivity_figure
from mse.monitor.estimation.weight_figures import inclusion_figure, model_weights_figure

__all__ = [
    "BANDWIDTHS",
    "Context",
    "captures_figure",
    "conditions_figure",
    "context_figure",
    "contrasts_figure",
    "draws_figure",
    "estimates_figure",
    "expected_overlaps_figure",
    "headline_text",
    "inclusion_figure",
    "lights_figure",
    "lists_figure",
    "model_weights_figure",
    "modes_figure",
    "pairs_figure",
    "parts_figure",
    "patterns_figure",
    "posterior_figure",
    "posterior_table",
    "prior_influence_figure",
    "prior_predictive_figure",
    "rates_figure",
    "reconciliation_figure",
    "search_figure",
    "selected_figure",
    "sensitivity_figure",
    "side_by_side_figure",
    "traces_figure",
    "what_if_figure",
]
