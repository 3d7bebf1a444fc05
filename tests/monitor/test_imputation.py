"""Imputation of visibility: known sectors stay, strata without enough known ones stay out, and the interval fits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from monitor_registers import shipped

from mse.core.cube import Cube
from mse.errors import ModelError
from mse.monitor import figures
from mse.monitor.counting.imputation import impute

REPLICATES = 4000

MEAN_TOLERANCE = 4.0
"""Standard errors that the mean of the replicates may be off: chance passes this once in 16,000 seeds."""

cells = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 9)).filter(lambda cell: sum(cell) > 0),
    min_size=1, max_size=8,
)  # fmt: skip


def cube(counts: list[tuple[int, int, int]]) -> Cube:
    """Visible, less visible and unknown of every stratum."""
    rows = [
        (f"stratum {place}", level, n)
        for place, row in enumerate(counts)
        for level, n in zip(("visible", "less_visible", "unknown"), row, strict=True)
    ]
    return Cube(pd.DataFrame(rows, columns=["region", "visibility", "count"]))


def test_by_hand() -> None:
    result = impute(cube([(1, 3, 8), (2, 0, 1), (0, 0, 5)]), ["region"])
    assert (result.known_visible, result.known_less_visible) == (3, 3)
    assert result.imputed_visible == 8 * 1 / 4 + 1
    assert (result.imputed, result.not_classified) == (9, 5)
    assert result.coverage == pytest.approx(15 / 20)


@given(cells, st.integers(1, 4))
def test_the_known_stay_and_everybody_is_somewhere(counts: list[tuple[int, int, int]], minimum: int) -> None:
    result = impute(cube(counts), ["region"], minimum=minimum)
    assert result.known_visible == sum(row[0] for row in counts)
    assert result.known_less_visible == sum(row[1] for row in counts)
    assert result.imputed + result.not_classified == sum(row[2] for row in counts)
    assert 0 <= result.imputed_visible <= result.imputed
    assert result.not_classified == sum(row[2] for row in counts if row[0] + row[1] < minimum)


def test_replicates_have_the_imputed_number_as_their_mean() -> None:
    result = impute(cube([(4, 6, 30), (9, 1, 12), (1, 0, 7), (0, 0, 9)]), ["region"])
    drawn = result.replicates(REPLICATES, seed=1)
    error = drawn.std() / np.sqrt(REPLICATES)
    assert abs(drawn.mean() - result.imputed_visible) < MEAN_TOLERANCE * error
    assert (drawn <= result.imputed).all()
    assert np.array_equal(drawn, result.replicates(REPLICATES, seed=1))
    assert not np.array_equal(drawn, result.replicates(REPLICATES, seed=2))
    low, high = result.interval(REPLICATES, seed=1)
    assert low < result.imputed_visible < high


def test_nothing_to_impute_from() -> None:
    result = impute(cube([(0, 0, 5)]), ["region"])
    assert (result.imputed_visible, result.interval(10, 1)) == (0.0, (0.0, 0.0))
    with pytest.raises(ModelError, match="at least 1"):
        impute(cube([(1, 1, 1)]), ["region"], minimum=0)


def test_the_figure_has_the_interval_around_its_number() -> None:
    figure = figures(shipped(), only=["2.4b"])["2.4b"]
    frame = figure.to_frame()
    for period in ("2015-2016", "2017-2019"):
        row = frame[(frame["year"] == period) & (frame["category_code"] == "visible")]
        low, high = figure.marks[f"lower:visible:{period}"], figure.marks[f"upper:visible:{period}"]
        assert low < row["value"].iloc[0] < high
