"""Imputation of visibility: known sectors stay, strata without enough known ones stay out, and the interval fits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from monitor_registers import shipped

from mse.core.cube import Cube
from mse.errors import ModelError
from mse.monitor import figures
from mse.monitor.counting.imputation import impute

REPLICATES = 4000

SIMULATIONS = 250

LEAST_HELD = 0.85
"""Of an interval that holds the truth in 91 per cent 250 simulations fall below this once in a thousand seeds."""

WIDTH_TOLERANCE = 0.15
"""Widths of intervals from 1,000 draws are off by some per cent each."""

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
@settings(deadline=None)
def test_the_known_stay_and_everybody_is_somewhere(counts: list[tuple[int, int, int]], minimum: int) -> None:
    result = impute(cube(counts), ["region"], minimum=minimum)
    assert result.known_visible == sum(row[0] for row in counts)
    assert result.known_less_visible == sum(row[1] for row in counts)
    assert result.imputed + result.not_classified == sum(row[2] for row in counts)
    assert 0 <= result.imputed_visible <= result.imputed
    assert result.not_classified == sum(row[2] for row in counts if row[0] + row[1] < minimum)


def test_draws_have_the_mean_of_shares_that_lean_towards_that_of_all() -> None:
    """Of 21 known sectors 14 are visible: 14.5 / 22 counts for two persons in each stratum."""
    result = impute(cube([(4, 6, 30), (9, 1, 12), (1, 0, 7), (0, 0, 9)]), ["region"])
    drawn = result.replicates(REPLICATES, seed=1)
    error = drawn.std() / np.sqrt(REPLICATES)
    lean = 2 * 14.5 / 22
    mean = 30 * (4 + lean) / 12 + 12 * (9 + lean) / 12 + 7 * (1 + lean) / 3
    assert abs(drawn.mean() - mean) < MEAN_TOLERANCE * error
    assert (drawn <= result.imputed).all()
    assert np.array_equal(drawn, result.replicates(REPLICATES, seed=1))
    assert not np.array_equal(drawn, result.replicates(REPLICATES, seed=2))
    low, high = result.interval(REPLICATES, seed=1)
    assert low < result.imputed_visible < high


@pytest.mark.parametrize("share", [0.5, 0.1])
def test_the_interval_holds_the_truth_in_small_strata(share: float) -> None:
    """40 strata of four persons on average. Drawing known sectors again holds it in 73 per cent, a draw that leans
    towards one half in 38 where a tenth is visible."""
    rng, held = np.random.default_rng(3), 0
    for seed in range(SIMULATIONS):
        persons = 1 + rng.poisson(3, 40)
        shares = rng.beta(4 * share, 4 * (1 - share), 40)
        known = rng.binomial(persons, 0.6)
        visible, truth = rng.binomial(known, shares), rng.binomial(persons - known, shares)
        counts = zip(visible.tolist(), (known - visible).tolist(), (persons - known).tolist(), strict=True)
        low, high = impute(cube(list(counts)), ["region"]).interval(300, seed)
        held += bool(low <= truth[known > 0].sum() <= high)
    assert held / SIMULATIONS > LEAST_HELD


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


def test_the_whole_period_has_an_interval_of_independent_parts() -> None:
    figure = figures(shipped(), only=["2.4b"])["2.4b"]
    frame = figure.to_frame()
    row = frame[(frame["year"] == "total") & (frame["category_code"] == "visible")]
    marks = figure.marks
    low, high = marks["lower:visible:2015-2019"], marks["upper:visible:2015-2019"]
    assert low < row["value"].iloc[0] < high
    widths = [marks[f"upper:visible:{p}"] - marks[f"lower:visible:{p}"] for p in ("2015-2016", "2017-2019")]
    assert max(widths) < high - low < sum(widths)
    assert high - low == pytest.approx(np.hypot(*widths), rel=WIDTH_TOLERANCE)
