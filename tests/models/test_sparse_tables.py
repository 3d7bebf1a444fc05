"""10⁵ random sparse tables and models: no total without existence, no crash, no warning from NumPy."""

from __future__ import annotations

import numpy as np

import mse
from mse.core.fit import FitStatus
from random_tables import Draw, draws, tally

KERNEL_PAIRS = 100_000
PUBLIC_PAIRS = 3_000


def test_every_claimed_estimate_exists() -> None:
    """Each is proved by a positive table with the same margins, so without the linear programme."""
    result = tally(1, KERNEL_PAIRS, programme=False)
    assert result.tried == KERNEL_PAIRS
    assert result.with_estimate > KERNEL_PAIRS / 5
    assert not result.differences


def as_model(draw: Draw) -> tuple[mse.CaptureTable, mse.LogLinear]:
    names = "ABCDE"[: draw.k]
    table = mse.CaptureTable(tuple(names), draw.counts.astype(int).reshape((2,) * draw.k))
    terms = [[n for j, n in enumerate(names) if mask >> (draw.k - 1 - j) & 1] for mask in draw.masks if mask]
    return table, mse.LogLinear("".join("[" + " ".join(term) + "]" for term in terms))


def test_what_people_see_of_sparse_tables() -> None:
    """A total with its interval, or a status with a sentence; never a number that is not there."""
    statuses = dict.fromkeys(FitStatus, 0)
    with np.errstate(all="raise"):
        for place, draw in enumerate(draws(2, PUBLIC_PAIRS)):
            table, model = as_model(draw)
            found = model.fit(table)
            statuses[found.status] += 1
            text = str(found)
            if found.status is not FitStatus.OK:
                assert (found.total, found.dark_figure, found.standard_error) == (None, None, None)
                estimate = found.estimate()
                assert (estimate.total, estimate.lower, estimate.upper, estimate.blocked) == (
                    None,
                    None,
                    None,
                    True,
                )
                assert "nan" not in text.lower()
                if place % 50 == 0:
                    estimates = found.coefficients["estimate"]
                    assert estimates[np.isfinite(estimates)].empty
                    assert found.fitted()["fitted"].isna().all()
                continue
            assert np.isfinite(found.total)
            assert found.total > table.n_observed
            assert found.standard_error > 0.0
            if place % 5 == 0:
                estimate = found.estimate()
                assert table.n_observed <= estimate.lower <= found.total + 1e-6
                assert estimate.upper is None or estimate.upper > estimate.lower
    never = {FitStatus.NOT_CONVERGED, FitStatus.NOT_MIXED}  # the latter is of chains, and nothing is drawn here
    assert {status for status, times in statuses.items() if not times} == never, statuses
