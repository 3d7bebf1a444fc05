"""Two lists: against CARE1 and seber_2list of Rcapture, log-linear models and the exact expectation."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import hypergeom

import mse
from published import rows, table

SAME = 1e-12
"""Relative, for closed forms printed with 15 digits."""

SAME_LIMIT = 5e-6
"""Relative; CARE1 takes 1.96 for the normal quantile."""

ROWS = {(row["data"], row["what"]): row for row in rows("care1/estn.csv")}


@pytest.mark.parametrize("data", ["HAV", "Diabetes"])
def test_pairs_of_care1(data: str) -> None:
    """Limits of CARE1 are around persons seen on either list, as ours."""
    whole = table(data)
    for i, j in combinations(range(len(whole.lists)), 2):
        pair = whole
        for name in set(whole.lists) - {whole.lists[i], whole.lists[j]}:
            pair = pair.drop_list(name)
        row = ROWS[data, f"chapman {i + 1}{j + 1}"]
        estimate = mse.Chapman().fit(pair).estimate()
        assert estimate.total == pytest.approx(float(row["total"]), rel=SAME)
        assert mse.Chapman().fit(pair).standard_error == pytest.approx(float(row["standard_error"]), rel=SAME)
        assert (estimate.lower, estimate.upper) == pytest.approx(
            (float(row["lower"]), float(row["upper"])), rel=SAME_LIMIT
        )
        plain = mse.LincolnPetersen().fit(pair)
        assert plain.total == pytest.approx(float(ROWS[data, f"petersen {i + 1}{j + 1}"]["total"]), rel=SAME)


@pytest.mark.parametrize("counts", [[[0, 30], [40, 6]], [[0, 1], [2, 1]], [[0, 500], [900, 250]]])
def test_lincoln_petersen_is_independence(counts: list[list[int]]) -> None:
    given = mse.CaptureTable(["A", "B"], counts)
    ours, plain = mse.LincolnPetersen().fit(given), mse.LogLinear(order=1).fit(given)
    assert (ours.total, ours.standard_error) == pytest.approx((plain.total, plain.standard_error), rel=1e-9)
    a, b = ours.estimate(level=0.9), plain.estimate(level=0.9, interval="lognormal")
    assert (a.lower, a.upper) == pytest.approx((b.lower, b.upper), rel=1e-9)


@pytest.mark.parametrize(("n", "first", "second"), [(30, 18, 15), (50, 20, 35), (12, 7, 6)])
def test_chapman_and_its_variance_have_no_bias(n: int, first: int, second: int) -> None:
    """Where n₁ + n₂ > N, over all numbers m on both (Seber 1982)."""
    numbers = np.arange(first + second - n, min(first, second) + 1)
    tables = [mse.CaptureTable(["A", "B"], [[0, second - m], [first - m, m]]) for m in numbers]
    fits = [mse.Chapman().fit(one) for one in tables]
    totals, variances = (
        np.array(values) for values in zip(*((f.total, f.standard_error**2) for f in fits), strict=True)
    )
    chance = hypergeom.pmf(numbers, n, first, second)
    assert chance @ totals == pytest.approx(n, rel=1e-9)
    assert chance @ variances == pytest.approx(chance @ (totals - n) ** 2, rel=1e-9)


@pytest.mark.parametrize("spec", [mse.Chapman(), mse.LincolnPetersen()])
def test_nobody_on_both_is_no_estimate(spec: mse.Chapman | mse.LincolnPetersen) -> None:
    found = spec.fit(mse.CaptureTable(["A", "B"], [[0, 30], [40, 0]]))
    assert (found.total, found.dark_figure, found.standard_error, found.means) == (None, None, None, None)
    assert [(finding.code, finding.severity.value) for finding in found.findings] == [
        ("two_lists_no_overlap", "blocking")
    ]
    estimate = found.estimate()
    assert (estimate.total, estimate.lower, estimate.upper, estimate.blocked) == (None, None, None, True)


def test_few_on_both_and_a_list_within_another_are_said() -> None:
    thin = mse.Chapman().fit(mse.CaptureTable(["A", "B"], [[0, 30], [40, 9]]))
    assert [finding.code for finding in thin.findings] == ["two_lists_few"]
    nested = mse.LincolnPetersen().fit(mse.CaptureTable(["A", "B"], [[0, 30], [0, 20]]))
    assert [finding.sentence("nl").split(".")[0] for finding in nested.findings] == ["Iedereen op A staat ook op B"]
    assert (nested.total, nested.estimate().lower, nested.estimate().upper) == (50, 50.0, 50.0)


def test_more_lists_or_covariates_are_refused() -> None:
    with pytest.raises(mse.TableError, match=r"takes 2 lists.*drop_list"):
        mse.Chapman().fit(table("HAV"))
    with pytest.raises(mse.TableError, match="lists alone"):
        mse.LincolnPetersen().fit(mse.datasets.load("spina_bifida_621_ethnicity"))
