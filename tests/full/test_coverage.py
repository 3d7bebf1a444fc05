"""How often bootstrap intervals hold the truth, on two simulated independent lists of N = 1,000 persons.

The bands are those asked of the method: nominal .95 gives .93 to .97 where half or .85 of the persons are seen, and
at least .92 where .95 are; with 2,000 tables the Monte Carlo error is .005.
"""

from __future__ import annotations

import numpy as np
import pytest
from joblib import Parallel, delayed

import mse

pytestmark = pytest.mark.full

PERSONS, TABLES, REPLICATES = 1_000, 2_000, 400


def drawn(share_seen: float, number: int) -> mse.CaptureTable:
    """Two independent lists of equal size that together see this share of the persons."""
    p = 1.0 - np.sqrt(1.0 - share_seen)
    rng = np.random.default_rng([2026, number])
    both, one, other, _ = rng.multinomial(PERSONS, [p * p, p * (1 - p), p * (1 - p), (1 - p) ** 2])
    return mse.CaptureTable(["A", "B"], [[0, other], [one, both]])


def holds(share_seen: float, number: int, options: dict[str, object]) -> bool:
    estimate = mse.bootstrap(
        mse.LogLinear(order=1), drawn(share_seen, number), replicates=REPLICATES, seed=number, **options
    )
    return bool(estimate.lower <= PERSONS <= estimate.upper)


def coverage(share_seen: float, **options: object) -> float:
    runs = Parallel(n_jobs=2)(delayed(holds)(share_seen, number, options) for number in range(TABLES))
    share = float(np.mean(runs))
    print(f"{share:.3f} of {TABLES:,} intervals hold {PERSONS:,} persons of whom {share_seen:.0%} are seen; {options}")
    return share


@pytest.mark.parametrize(("share_seen", "least", "most"), [(0.5, 0.93, 0.97), (0.85, 0.93, 0.97), (0.95, 0.92, 1.0)])
def test_intervals_hold_the_truth_as_often_as_they_say(share_seen: float, least: float, most: float) -> None:
    assert least <= coverage(share_seen) <= most


def test_parametric_intervals_do_too() -> None:
    assert 0.93 <= coverage(0.5, kind="parametric") <= 0.97


def test_with_the_number_seen_fixed_they_hold_it_too_rarely() -> None:
    """.87 for .95 at n/N = .84."""
    assert coverage(0.84, fixed_n=True) == pytest.approx(0.87, abs=0.02)
