"""Against the existence verdicts of MultipleSystemsEstimation and SparseMSE.

Their status codes: 0 the extended estimate exists, 1 it does not, 2 it is not identified, 3 both.
"""

from __future__ import annotations

import pytest

import mse
from published import brackets, fit, rows, scope, table

CODES = {"ok": 0, "no estimate": 1, "not identified": 2, "no estimate and not identified": 3}
SCOPES = rows("multiplesystemsestimation/extended_mle_scope.csv")
FAILURES = rows("multiplesystemsestimation/extended_mle_failures.csv")
SPARSE = [row for row in rows("sparsemse/estimatepopulation0.csv") if row["method"] != "stepwise"]


@pytest.mark.parametrize("row", SCOPES, ids=[row["data"] for row in SCOPES])
def test_the_same_models_have_no_estimate(row: dict[str, str]) -> None:
    fits = scope(row["data"], int(row["max_order"]))
    assert len(fits) == int(row["models"])
    ours = {found.generators.masks.tobytes(): CODES[found.status] for found in fits if found.status != "ok"}
    theirs = {
        mse.LogLinear(brackets(failure["model"])).generators(table(row["data"])).masks.tobytes(): int(failure["status"])
        for failure in FAILURES
        if failure["data"] == row["data"]
    }
    assert ours == theirs
    assert all((found.total is None) == (found.status != "ok") for found in fits)


@pytest.mark.parametrize("row", SPARSE, ids=[f"{r['data']}-{r['method']}{r['pair']}" for r in SPARSE])
def test_sparsemse_models_of_pairs(row: dict[str, str]) -> None:
    """Independence, all pairs, and each pair alone; SparseMSE stops at `glm`'s tolerance."""
    k = len(table(row["data"]).lists)
    if row["method"] == "pair":
        first, second = row["pair"]
        found = fit(row["data"], f"[{first}{second}," + ",".join(map(str, range(1, k + 1))) + "]")
    else:
        found = mse.LogLinear(order=1 if row["method"] == "main" else 2).fit(table(row["data"]))
    assert CODES[found.status] == int(row["status"])
    if row["total"]:
        assert found.total == pytest.approx(float(row["total"]), rel=1e-6)
    else:
        assert found.total is None
    if row["deviance"]:
        assert found.deviance == pytest.approx(float(row["deviance"]), abs=1e-6)


def test_sparsemse_has_a_verdict_on_every_pair() -> None:
    pairs = {data: sum(r["data"] == data and r["method"] == "pair" for r in SPARSE) for data in ("Korea", "Ned")}
    assert pairs == {"Korea": 3, "Ned": 15}
