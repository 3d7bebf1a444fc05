"""Rates and rounding of parts: at the edge, never inside."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mse
from mse.core.estimate import Estimate, Part
from mse.core.rounded_parts import largest_remainder

PEOPLE = pd.DataFrame(
    {
        "year": ["2018", "2018", "2019", "2019", "2020"],
        "sex": ["f", "m", "f", "m", "f"],
        "population": [200_000, 300_000, 200_000, 400_000, 9],
    }
)


def estimate(*unseen: float) -> Estimate:
    parts = [
        Part(str(year), 100, dark, 150.0, 450.0, {"year": year})
        for year, dark in zip((2018, 2019), unseen, strict=True)
    ]
    return Estimate((Part("total", 200, sum(unseen), 350.0, 900.0), *parts), 0.95, "percentile", "[A][B]")


def test_rates_are_of_the_population_of_each_part_and_of_the_parts_together() -> None:
    frame = estimate(150.0, 200.0).rates(PEOPLE)
    assert frame["population"].tolist() == [1_100_000, 500_000, 600_000]
    assert frame["total_rate"].tolist() == pytest.approx([550 / 11, 250 / 5, 300 / 6])
    assert frame["observed_rate"].tolist() == pytest.approx([200 / 11, 20.0, 100 / 6])
    assert frame["lower_rate"].tolist() == pytest.approx([350 / 11, 30.0, 25.0])
    per_thousand = estimate(150.0, 200.0).rates(PEOPLE, per=1000)
    assert per_thousand["upper_rate"].tolist() == pytest.approx((frame["upper_rate"] / 100).tolist())


def test_other_kinds_of_frames_give_the_same_rates() -> None:
    polars, pyarrow = pytest.importorskip("polars"), pytest.importorskip("pyarrow")
    expected = estimate(150.0, 200.0).rates(PEOPLE)
    for frame in (polars.from_pandas(PEOPLE), pyarrow.Table.from_pandas(PEOPLE)):
        pd.testing.assert_frame_equal(estimate(150.0, 200.0).rates(frame), expected)


@pytest.mark.parametrize(
    ("people", "says"),
    [
        (PEOPLE[PEOPLE["year"] != "2019"], "none for '2019'"),
        (PEOPLE.drop(columns="year"), "Column 'year'"),
        (pd.concat([PEOPLE, PEOPLE.tail(1)]), "stand twice"),
        (PEOPLE.assign(population=-1), "numbers of persons"),
        (PEOPLE.assign(population="many"), "numbers of persons"),
        (PEOPLE.assign(population=0), "needs a population"),
    ],
)
def test_populations_that_do_not_do(people: pd.DataFrame, says: str) -> None:
    with pytest.raises(mse.TableError, match=says):
        estimate(150.0, 200.0).rates(people)


def test_parts_without_levels_have_no_rate() -> None:
    loose = Estimate((Part("total", 1, 1.0, 1.0, 3.0), Part("2018", 1, 1.0, 1.0, 3.0)), 0.95, "profile", "[A][B]")
    with pytest.raises(mse.TableError, match="without levels"):
        loose.rates(PEOPLE)


@given(st.lists(st.floats(0.0, 1e6), min_size=1, max_size=20), st.sampled_from([1, 5, 10, 100]))
@settings(deadline=None)
def test_rounded_parts_add_up_and_no_part_moves_by_a_base(values: list[float], base: int) -> None:
    total = base * int(np.floor(sum(values) / base + 0.5))
    rounded = largest_remainder(values, total, base)
    assert rounded.sum() == total
    assert (rounded % base == 0).all()
    assert (np.abs(rounded - np.array(values)) < base * (1 + 1e-9)).all()
    # The largest remainders go up: no other rounding to the same total is nearer in sum.
    lost = np.array(values) / base - np.floor(np.array(values) / base)
    up = rounded > base * np.floor(np.array(values) / base)
    assert not up.any() or up.all() or lost[up].min() >= lost[~up].max()


def test_rounding_happens_at_the_edge_only() -> None:
    exact = estimate(33.4, 33.4)
    frame = exact.rounded_parts(10)
    assert frame["total"].tolist() == [270, 140, 130]
    assert frame["lower"].tolist() == [350.0, 150.0, 150.0]
    assert frame["year"].tolist() == [None, 2018, 2019]
    assert exact.total == 266.8
    assert exact.rounded_parts(7)["upper"].tolist() == [903.0, 455.0, 455.0]


def test_what_is_no_division_is_not_rounded() -> None:
    half = Estimate(estimate(100.0, 100.0).parts[:2], 0.95, "percentile", "[A][B]")
    with pytest.raises(mse.TableError, match="add up"):
        half.rounded_parts()
    nothing = Estimate((Part("total", 5, None, None, None),), 0.95, "percentile", "[A][B]")
    with pytest.raises(mse.TableError, match="no estimate"):
        nothing.rounded_parts()
    for base in (0, 2.5, True):
        with pytest.raises(mse.TableError, match="whole number"):
            estimate(1.0, 1.0).rounded_parts(base)
