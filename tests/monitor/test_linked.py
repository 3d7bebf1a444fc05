"""Figures of one table tell on each other: what a reader can work out from all of them together."""

from __future__ import annotations

import math
from itertools import combinations, product

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import mse
from mse.monitor.estimation import lists_figure, pairs_figure, patterns_figure
from mse.monitor.release import Release
from mse.monitor.suppression import BASE, MINIMUM

LISTS = ("A", "B", "C")
HISTORIES = [history for history in product((0, 1), repeat=3) if any(history)]
Bounds = dict[tuple[int, ...], list[float]]


def released(persons: list[int]) -> tuple[mse.CaptureTable, Release]:
    counts = np.zeros((2, 2, 2), dtype=int)
    for history, count in zip(HISTORIES, persons, strict=True):
        counts[history] = count
    table = mse.CaptureTable(LISTS, counts)
    return table, mse.release([lists_figure(table), patterns_figure(table), pairs_figure(table)], "threshold")


def interval(value: object, word: str | None) -> tuple[float, float]:
    """What a printed cell says: a rounded count, too few, or nothing."""
    if word is None:
        return float(value) - BASE // 2, float(value) + BASE // 2  # type: ignore[arg-type]
    return (0.0, MINIMUM - 1) if word == "word_too_few" else (0.0, math.inf)


def worked_out(release: Release, n_observed: int) -> Bounds:
    """Bounds of every combination, from the rounded total, lists, overlaps and the combinations that are shown."""
    bounds: Bounds = {history: [0.0, math.inf] for history in HISTORIES}
    shown = release["patterns"].to_frame()
    for row in shown.to_dict("records"):
        low, high = interval(row["persons"], None)
        bounds[tuple(int(row[name]) for name in LISTS)] = [max(low, MINIMUM), high]
    sums = [(HISTORIES, interval(5 * round(n_observed / 5), None))]
    for figure, column, keys in (("lists", "persons", ["list"]), ("pairs", "overlap", ["first", "second"])):
        for row, cells in enumerate(release[figure].to_frame().to_dict("records")):
            places = [LISTS.index(str(cells[key])) for key in keys]
            rows = [history for history in HISTORIES if all(history[place] for place in places)]
            sums.append((rows, interval(cells[column], release[figure].words.get((row, column)))))
    for row, cells in enumerate(release["lists"].to_frame().to_dict("records")):
        alone = tuple(int(name == cells["list"]) for name in LISTS)
        sums.append(([alone], interval(cells["only"], release["lists"].words.get((row, "only")))))
    for _ in range(20):
        for rows, (low, high) in sums:
            for history in rows:
                rest = [bounds[other] for other in rows if other != history]
                bounds[history][0] = max(bounds[history][0], low - sum(other[1] for other in rest))
                bounds[history][1] = min(bounds[history][1], high - sum(other[0] for other in rest))
    return bounds


counts = st.lists(st.one_of(st.integers(0, 12), st.integers(0, 60), st.integers(0, 900)), min_size=7, max_size=7)


@given(counts)
@settings(max_examples=60, deadline=None)
def test_a_combination_of_few_is_known_no_better_than_a_rounded_count(persons: list[int]) -> None:
    """After lists, overlaps and total are subtracted, at least five numbers are left for it."""
    assume(sum(persons) >= 3 * MINIMUM)
    margins = [
        sum(count for history, count in zip(HISTORIES, persons, strict=True) if all(history[p] for p in places))
        for size in (1, 2)
        for places in combinations(range(3), size)
    ]
    few_only = [
        all(c < MINIMUM for h, c in zip(HISTORIES, persons, strict=True) if all(h[p] for p in places))
        for size in (1, 2)
        for places in combinations(range(3), size)
    ]
    assume(not any(few and margin >= MINIMUM for few, margin in zip(few_only, margins, strict=True)))
    table, release = released(persons)
    bounds = worked_out(release, table.n_observed)
    for history, count in zip(HISTORIES, persons, strict=True):
        low, high = bounds[history]
        assert low <= count <= high
        if 0 < count < MINIMUM:
            assert high - low >= BASE - 1, (history, persons, bounds)


def test_a_list_that_nearly_all_are_alone_on_is_not_given_away_by_the_combinations() -> None:
    table, release = released([20, 500, 30, 400, 15, 120, 15])
    only = release["lists"].words
    patterns = {tuple(row[name] for name in LISTS) for row in release["patterns"].to_frame().to_dict("records")}
    for row, name in enumerate(LISTS):
        alone = tuple(int(other == name) for other in LISTS)
        assert ((row, "only") in only) == (alone not in patterns), name
    assert table.n_observed == 1100


def test_everything_of_a_large_table_is_shown() -> None:
    _, release = released([200, 300, 100, 400, 90, 120, 50])
    assert len(release["patterns"].to_frame()) == 7
    assert release["lists"].words == {}
