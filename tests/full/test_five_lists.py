"""Every one of the 6,893 five-list models of two tables, against Rcapture and MultipleSystemsEstimation.

Their results are megabytes and stand outside the project; without them the proof is skipped.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import mse
from mse.core.fit import FitStatus
from published import ORACLE, brackets, table

pytestmark = pytest.mark.full

SAME_TOTAL = 1e-6
"""Relative; what `glm`'s tolerance leaves."""


def oracle(name: str) -> Any:
    path = ORACLE / f"{name}.json"
    if not path.exists():
        pytest.skip(f"{path.name} is not beside the checkout")
    return json.loads(path.read_text())["result"]


def masks(model: str, data: str) -> bytes:
    return mse.LogLinear(brackets(model)).generators(table(data)).masks.tobytes()


@pytest.mark.parametrize("data", ["UKdat_5", "Ned_5"])
def test_all_models_of_five_lists(data: str) -> None:
    """MultipleSystemsEstimation keeps models of up to three lists in a term; Rcapture also fits four."""
    rcapture = oracle(f"Rcapture_{data}_closedpMS_t")["models_sorted_by_BIC"]
    kept = oracle(f"MultipleSystemsEstimation_{data}_bic")["value"]["bic_results"]["res"]
    totals = {masks(m, data): total for m, total in zip(kept["model"], kept["abundance"], strict=True)}
    assert len(rcapture["model"]) == 6893
    ours, differ = set(), []
    for model, printed, bic in zip(rcapture["model"], rcapture["abundance"], rcapture["BIC"], strict=True):
        found = mse.LogLinear(brackets(model)).fit(table(data))
        assert found.status is not FitStatus.NOT_CONVERGED
        if found.total is None:
            continue
        if found.bic != pytest.approx(float(bic), rel=1e-7):
            differ.append((model, "bic", found.bic, bic))
        expected = float(printed)
        if found.generators.order <= 3:
            key = masks(model, data)
            ours.add(key)
            expected = totals.get(key, expected)
        if not np.isclose(found.total, expected, rtol=SAME_TOTAL):
            differ.append((model, "total", found.total, expected))
    assert ours == set(totals)
    assert not differ
