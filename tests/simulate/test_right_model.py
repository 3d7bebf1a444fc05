"""The model that the truth names is the one the registers are drawn from: on expected counts it gives the truth."""

from __future__ import annotations

import numpy as np
import pytest

import mse
from mse.simulate.capture import capture_model
from mse.simulate.known_truth import KnownTruth
from mse.simulate.settled import FORMS, YEARS
from mse.simulate.sources import LISTS, on_lists, reporting

SCALE = 10**6
"""Expected persons are counted in millionths: rounding to whole ones then changes no total by 1e-4."""


def expected() -> tuple[mse.CaptureTable, np.ndarray]:
    """Expected counts by history, year and form, and the number unseen by year and form."""
    capture = capture_model()
    counts = np.zeros((2,) * len(LISTS) + (len(YEARS), len(FORMS)))
    for held, by_group in zip(on_lists(reporting()), np.moveaxis(capture.expected, -1, 0), strict=True):
        counts[tuple(held.astype(int))] += by_group
    whole = np.rint(SCALE * counts).astype(np.int64)
    return mse.CaptureTable(tuple(LISTS), whole, {"year": YEARS, "form": FORMS}), capture.unseen


def test_on_expected_counts_the_model_of_the_truth_gives_the_truth() -> None:
    table, unseen = expected()
    fit = mse.LogLinear(KnownTruth.draw(1).model).fit(table)
    assert fit.means is not None
    assert fit.means[(0,) * len(LISTS)] / SCALE == pytest.approx(unseen, rel=1e-3)


def test_a_model_of_pairs_alone_does_not() -> None:
    """List P has a rate of its own in every year and form: without that the total is another."""
    table, unseen = expected()
    pairs = KnownTruth.draw(1).model.replace("[P year form]", "[P year][P form][year form]")
    fit = mse.LogLinear(pairs).fit(table)
    assert abs(fit.dark_figure / SCALE / unseen.sum() - 1.0) > 0.01
