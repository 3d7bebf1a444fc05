"""Sample coverage: against CARE1, by hand for three lists, and where there is no estimate."""

from __future__ import annotations

import numpy as np
import pytest

import mse
from published import rows, table

SAME = 1e-12
"""Relative, for closed forms printed with 15 digits."""

OF_DRAWS = 4.0
"""Two bootstraps of 1,000 agree within so many of their joint error."""

PUBLISHED = {
    "congenital": (0.7742, 629.5, 659.5, 649.3),
    "HIV": (0.1263, 11496.6, 222168.0, 12463.7),
    "Kosovo": (0.4710, 7633.5, 15045.9, 9102.6),
}
"""Coverage and the plain, high and low totals, computed independently from the same tables."""

CARE1 = [row for row in rows("care1/estn.csv") if row["what"] in ("plain", "high", "low")]


@pytest.mark.parametrize("row", CARE1, ids=[f"{row['data']}-{row['what']}" for row in CARE1])
def test_totals_and_standard_errors_of_care1(row: dict[str, str]) -> None:
    found = mse.SampleCoverage(row["what"]).fit(table(row["data"]))
    assert found.total == pytest.approx(float(row["total"]), rel=SAME)
    if (row["data"], row["what"]) == ("HAV", "high"):
        return  # its replicates have no variance: a denominator comes near 0
    drawn = found.estimate().draws
    joint_error = np.sqrt(2.0) / np.sqrt(2.0 * len(drawn))
    assert drawn.total.std(ddof=1) == pytest.approx(float(row["standard_error"]), rel=OF_DRAWS * joint_error)


@pytest.mark.parametrize("data", sorted(PUBLISHED))
def test_totals_of_other_tables(data: str) -> None:
    coverage, plain, high, low = PUBLISHED[data]
    found = {kind: mse.SampleCoverage(kind).fit(table(data)) for kind in ("plain", "high", "low")}
    assert found["high"].coverage == pytest.approx(coverage, abs=5e-5)
    for kind, value, half in (("plain", plain, 0.05), ("high", high, 0.5), ("low", low, 0.05)):
        assert found[kind].total == pytest.approx(value, abs=half)


def test_three_lists_by_hand() -> None:
    """The formulas of Chao and others (2001) for three lists, written out."""
    rng = np.random.default_rng(2)
    for _ in range(10):
        c = rng.integers(5, 60, size=(2, 2, 2))
        c[0, 0, 0] = 0
        n1, n2, n3 = c[1].sum(), c[:, 1].sum(), c[:, :, 1].sum()
        b12, b13, b23 = c[1, 1].sum(), c[1, :, 1].sum(), c[:, 1, 1].sum()
        z100, z010, z001, z110, z101, z011 = c[1, 0, 0], c[0, 1, 0], c[0, 0, 1], c[1, 1, 0], c[1, 0, 1], c[0, 1, 1]
        coverage = 1 - (z100 / n1 + z010 / n2 + z001 / n3) / 3
        d = c.sum() - (z100 + z010 + z001) / 3
        a = {(1, 2): z100 + z010 + 2 * z110, (1, 3): z100 + z001 + 2 * z101, (2, 3): z010 + z001 + 2 * z011}
        b = {(1, 2): b12 / (n1 * n2), (1, 3): b13 / (n1 * n3), (2, 3): b23 / (n2 * n3)}
        start = d / coverage
        high = (d / coverage - sum(a.values()) / (3 * coverage)) / (1 - sum(a[p] * b[p] for p in a) / (3 * coverage))
        at = start + sum(a[p] * (start * b[p] - 1) for p in a) / (3 * coverage)
        low = start + sum(a[p] * (at * b[p] - 1) for p in a) / (3 * coverage)
        given = mse.CaptureTable(["A", "B", "C"], c)
        for kind, value in (("plain", start), ("high", high), ("low", low)):
            found = mse.SampleCoverage(kind).fit(given)
            assert found.total == (pytest.approx(value) if value >= c.sum() else None)


def test_order_of_lists_does_not_matter() -> None:
    given = table("Kosovo")
    turned = mse.CaptureTable(given.lists[::-1], given.counts.transpose())
    for kind in ("plain", "high", "low"):
        assert mse.SampleCoverage(kind).fit(turned).total == pytest.approx(mse.SampleCoverage(kind).fit(given).total)


def test_the_same_seed_gives_the_same_limits() -> None:
    found = mse.SampleCoverage("low").fit(table("HAV"))
    first, again, other = (found.estimate(draws=50, seed=seed) for seed in (1, 1, 2))
    assert (first.lower, first.upper) == (again.lower, again.upper) != (other.lower, other.upper)
    assert first.lower < found.total < first.upper


def test_low_coverage_and_no_estimate_are_said() -> None:
    low = mse.SampleCoverage("high").fit(table("HAV"))
    assert [(finding.code, finding.severity.value) for finding in low.findings] == [("coverage_low", "warning")]
    assert not mse.SampleCoverage("low").fit(table("HAV")).findings
    nobody_twice = mse.CaptureTable(["A", "B", "C"], [[[0, 5], [6, 0]], [[7, 0], [0, 0]]])
    for kind in ("plain", "high", "low"):
        found = mse.SampleCoverage(kind).fit(nobody_twice)
        assert (found.total, found.means) == (None, None)
        assert [finding.code for finding in found.findings] == ["coverage_no_estimate"]
        assert found.estimate().total is None
    empty = mse.CaptureTable(["A", "B", "C"], [[[0, 0], [6, 0]], [[7, 0], [3, 0]]])
    found = mse.SampleCoverage("low").fit(empty)
    assert found.coverage is None
    assert "coverage_empty_list" in [finding.code for finding in found.findings]


def test_what_it_refuses() -> None:
    with pytest.raises(mse.ModelError, match="Did you mean 'high'"):
        mse.SampleCoverage("hihg")
    with pytest.raises(mse.TableError, match="at least 3 lists"):
        mse.SampleCoverage().fit(mse.CaptureTable(["A", "B"], [[0, 30], [40, 6]]))
    with pytest.raises(mse.ModelError, match="two draws"):
        mse.SampleCoverage().fit(table("HAV")).estimate(draws=1)
