"""The labels that a figure counts under are those that its printed counterpart is read with."""

from __future__ import annotations

from mse.monitor.counting.indicators import INDICATORS
from mse.records.editions import CATEGORY_DIMENSIONS, printed


def test_figures_and_their_printed_counterparts_have_the_same_labels() -> None:
    entries = INDICATORS["2015-2019"]
    assert set(CATEGORY_DIMENSIONS) == set(printed()) == set(entries)
    assert {name: set(indicator.labels) for name, indicator in entries.items()} == {
        name: set(dimensions) for name, dimensions in CATEGORY_DIMENSIONS.items()
    }
