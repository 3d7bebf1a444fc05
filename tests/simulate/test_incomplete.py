"""Lost values and lists that are off: nobody appears or goes but those who should, at the chances asked for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import mse.simulate
from mse.core.table import CaptureTable
from mse.errors import TableError
from mse.simulate.incomplete import lose_values, switch_off
from mse.simulate.known_truth import KnownTruth

LISTS = ("A", "B", "C")
COVARIATES = {"year": (2017, 2018, 2019), "form": ("SU", "AU")}

MANY = 200_000
"""Persons in a cell: shares then lie within .005 of their chances, four standard errors and more."""


def drawn(counts: np.ndarray) -> CaptureTable:
    counts = counts.copy()
    counts[0, 0, 0] = 0
    counts[1, 1, 1, 0, 0] += 1  # somebody is seen
    return CaptureTable(LISTS, counts, COVARIATES)


tables = arrays(np.int64, (2, 2, 2, 3, 2), elements=st.integers(0, 30)).map(drawn)


@settings(deadline=None)  # the first call imports SciPy
@given(tables, st.floats(0.0, 0.95), st.integers(0, 9))
def test_losing_a_value_adds_and_removes_nobody(table: CaptureTable, share: float, seed: int) -> None:
    partial = lose_values(table, "form", share, np.random.default_rng(seed), odds={"A": 0.2, "C": 3.0})
    kept, lost = partial.layers[()], partial.layers.get(("form",), np.zeros(table.counts.shape[:-1], dtype=int))
    assert (kept.sum(axis=-1) + lost == table.counts.sum(axis=-1)).all()
    assert (kept <= table.counts).all()


def test_values_are_lost_at_the_share_and_odds_asked_for() -> None:
    counts = np.full((2, 2, 2, 3, 2), MANY)
    counts[0, 0, 0] = 0
    counts[..., 0] //= 2
    partial = lose_values(
        CaptureTable(LISTS, counts, COVARIATES), "form", 0.2, np.random.default_rng(1), odds={"A": 0.25}
    )
    lost = 1.0 - partial.layers[()] / np.maximum(counts, 1)
    assert partial.n_lacking("form") / counts.sum() == pytest.approx(0.2, abs=0.005)
    on_a, off_a = lost[1], lost[0, 0, 1]
    assert max(np.ptp(on_a), np.ptp(off_a)) < 0.01  # neither the value nor another list or covariate matters
    odds = (on_a.mean() / (1.0 - on_a.mean())) / (off_a.mean() / (1.0 - off_a.mean()))
    assert odds == pytest.approx(0.25, rel=0.02)


def test_no_share_loses_nothing() -> None:
    table = drawn(np.full((2, 2, 2, 3, 2), 7))
    assert lose_values(table, "year", 0.0, np.random.default_rng(1)).is_complete


@settings(deadline=None)  # the first call imports SciPy
@given(tables, st.sampled_from(LISTS))
def test_a_list_that_is_off_holds_nobody_and_only_its_own_persons_go(table: CaptureTable, name: str) -> None:
    partial = switch_off(table, name, year=[2018, 2019], form="AU")
    place = LISTS.index(name)
    after = partial.layers[()]
    alone = tuple(int(other == name) for other in LISTS)
    off = np.zeros((3, 2), dtype=bool)
    off[1:, 1] = True
    assert not np.take(after, 1, axis=place)[..., off].any()
    assert (after[..., ~off] == table.counts[..., ~off]).all()
    assert partial.n_observed == table.n_observed - table.counts[alone][off].sum()
    others = after.sum(axis=place)[..., off], table.counts.sum(axis=place)[..., off]
    seen = np.indices((2, 2)).sum(axis=0) > 0
    assert (others[0][seen] == others[1][seen]).all()
    assert (partial.operating[place] == ~off.ravel()).all()
    assert partial.operating[[k for k in range(3) if k != place]].all()


def test_what_is_not_in_the_table_is_refused() -> None:
    table, rng = drawn(np.full((2, 2, 2, 3, 2), 7)), np.random.default_rng(1)
    with pytest.raises(TableError, match="no covariate 'fom'"):
        lose_values(table, "fom", 0.1, rng)
    with pytest.raises(TableError, match="between 0 and 1"):
        lose_values(table, "form", 1.0, rng)
    with pytest.raises(TableError, match="no list 'Q'"):
        lose_values(table, "form", 0.1, rng, odds={"Q": 2.0})
    with pytest.raises(TableError, match="larger than 0"):
        lose_values(table, "form", 0.1, rng, odds={"A": 0.0})
    with pytest.raises(TableError, match="not said where"):
        switch_off(table, "A")
    with pytest.raises(TableError, match="no list 'Q'"):
        switch_off(table, "Q", year=2018)
    with pytest.raises(TableError, match="no covariate 'age'"):
        switch_off(table, "A", age=1)
    with pytest.raises(TableError, match="no level 2020"):
        switch_off(table, "A", year=2020)


def test_the_register_by_year_form_and_minor_is_the_draw() -> None:
    known = KnownTruth.draw(3)
    table = known.table("year", "form", "minor")
    assert (table.collapse(keep=["year", "form"]).counts == known.table("year", "form").counts).all()
    listed = known.by("year", "recorded_form", "minor").set_index(["year", "recorded_form", "minor"])["on_lists"]
    seen = table.counts.sum(axis=(0, 1, 2, 3, 4, 5))
    for (i, year), (j, form), minor in (
        (y, f, m)
        for y in enumerate(table.covariates["year"])
        for f in enumerate(table.covariates["form"])
        for m in (0, 1)
    ):
        assert seen[i, j, minor] == listed.get((year, form, bool(minor)), 0)


def test_the_makers_are_public() -> None:
    assert mse.simulate.lose_values is lose_values
    assert mse.simulate.switch_off is switch_off
