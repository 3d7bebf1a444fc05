"""Figures of one table tell on each other: what a reader can work out from all of them together."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

import mse
from mse.monitor.disclosure.release import Release
from mse.monitor.disclosure.suppression import BASE, MINIMUM
from mse.monitor.estimation import captures_figure, lists_figure, pairs_figure, patterns_figure

History = tuple[int, ...]
Sum = tuple[list[History], float, float]


def histories(lists: int) -> list[History]:
    return [history for history in product((0, 1), repeat=lists) if any(history)]


def table_of(persons: list[int]) -> mse.CaptureTable:
    """A table of two lists for 3 combinations, of three for 7, of four for 15."""
    lists = (len(persons) + 1).bit_length() - 1
    counts = np.zeros((2,) * lists, dtype=int)
    for history, count in zip(histories(lists), persons, strict=True):
        counts[history] = count
    return mse.CaptureTable("ABCDEF"[:lists], counts)


def released(persons: list[int], *, patterns: bool = True) -> tuple[mse.CaptureTable, Release]:
    table = table_of(persons)
    figures = [lists_figure(table), captures_figure(table), pairs_figure(table)]
    return table, mse.release([*figures, patterns_figure(table)] if patterns else figures, "threshold")


def interval(value: object, word: str | None) -> tuple[float, float]:
    """What a printed cell says: a rounded count, too few, or nothing but that it is not too few."""
    if word is None:
        return max(MINIMUM, float(value) - BASE // 2), float(value) + BASE // 2  # type: ignore[arg-type]
    return (0.0, MINIMUM - 1) if word == "word_too_few" else (MINIMUM, math.inf)


def printed(release: Release, table: mse.CaptureTable) -> list[Sum]:
    """Every count of persons that is printed: the combinations that it is the sum of, and its limits."""
    lists, every = table.lists, histories(len(table.lists))
    whole = BASE * round(table.n_observed / BASE)
    sums: list[Sum] = [(every, whole - BASE // 2, whole + BASE // 2)]
    for shown in release.figures:
        columns = [name for name, column in shown.figure.columns.items() if column.kind == "persons"]
        for row, cells in enumerate(shown.to_frame().to_dict("records")):
            for column in columns:
                limits = interval(cells[column], shown.words.get((row, column)))
                sums.append(([each for each in every if counted(shown.name, column, cells, lists, each)], *limits))
    most = len(release["captures"].to_frame())
    return [*sums, ([history for history in every if sum(history) > most], 0.0, 0.0)]


def counted(figure: str, column: str, cells: dict[str, object], lists: tuple[str, ...], history: History) -> bool:
    """Whether persons with a history are counted in a cell; a column that is not known here is a failure."""
    on = {name for name, there in zip(lists, history, strict=True) if there}
    match figure, column:
        case "lists", "persons":
            return cells["list"] in on
        case "lists", "only":
            return on == {cells["list"]}
        case "patterns", "persons":
            return on == {name for name in lists if cells[name]}
        case "captures", "persons":
            return len(on) == int(str(cells["captures"]))
        case "pairs", "overlap":
            return {cells["first"], cells["second"]} <= on
    raise AssertionError(f"{figure}.{column} is printed, and the reader of this test does not know it")


def worked_out(release: Release, table: mse.CaptureTable, history: History) -> tuple[int, int]:
    """The fewest and most persons that a combination can have, in whole persons, by everything that is printed."""
    every, sums = histories(len(table.lists)), printed(release, table)
    rows = np.array([[other in members for other in every] for members, _, _ in sums], dtype=float)
    limits = LinearConstraint(rows, [low for _, low, _ in sums], [high for _, _, high in sums])
    target = np.array([other == history for other in every], dtype=float)
    ends = [
        milp(sign * target, constraints=limits, bounds=Bounds(0, np.inf), integrality=np.ones(len(every)))
        for sign in (1, -1)
    ]
    assert all(end.success for end in ends), [end.message for end in ends]
    return round(ends[0].fun), round(-ends[1].fun)


def known_too_well(release: Release, table: mse.CaptureTable) -> dict[History, tuple[int, int, int]]:
    """Combinations of few that are known within fewer than `BASE` numbers."""
    found = {}
    for history in histories(len(table.lists)):
        count = int(table.counts[history])
        if 0 < count < MINIMUM:
            low, high = worked_out(release, table, history)
            assert low <= count <= high
            if high - low < BASE - 1:
                found[history] = (count, low, high)
    return found


counts = st.one_of(st.integers(0, 12), st.integers(0, 60), st.integers(0, 900))


@pytest.mark.parametrize("patterns", [True, False])
@given(persons=st.lists(counts, min_size=7, max_size=7))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_a_combination_of_few_is_known_no_better_than_a_rounded_count(persons: list[int], patterns: bool) -> None:
    """After lists, captures, overlaps and total are subtracted, at least five numbers are left for it."""
    assume(sum(persons) >= 3 * MINIMUM)
    table, release = released(persons, patterns=patterns)
    assert known_too_well(release, table) == {}


@pytest.mark.parametrize("combinations", [3, 15])
@given(data=st.data())
@settings(max_examples=15, deadline=None, derandomize=True)
def test_so_it_is_with_two_and_with_four_lists(combinations: int, data: st.DataObject) -> None:
    persons = data.draw(st.lists(counts, min_size=combinations, max_size=combinations))
    assume(sum(persons) >= 3 * MINIMUM)
    table, release = released(persons)
    assert known_too_well(release, table) == {}


def test_the_odds_ratio_and_what_it_rests_on_are_shown_only_where_counts_are_public() -> None:
    _, release = released([200, 300, 100, 400, 90, 120, 50])
    shown = release["pairs"]
    assert list(shown.to_frame().columns) == list(shown.figure.columns) == ["first", "second", "overlap"]
    assert shown.figure.spanners == ()
    assert "are not shown" in shown.figure.caption["en"]
    assert "niet getoond" in shown.figure.caption["nl"]


def test_persons_on_all_lists_are_withheld_in_captures_where_they_are_in_the_combinations() -> None:
    """B with C is 35, of whom 5 on no other list: whoever knows how many are on all three knows the 5."""
    _, release = released([400, 300, 5, 500, 60, 70, 30])
    assert [1, 1, 1] not in release["patterns"].to_frame()[["A", "B", "C"]].to_numpy().tolist()
    assert (2, "persons") in release["captures"].words


def test_two_groups_of_nine_are_not_given_away_by_their_sum() -> None:
    """9 and 9 are 18, and both are too few: from 20, rounded, a reader would know them."""
    table, release = released([300, 9, 9])
    assert known_too_well(release, table) == {}
    assert (0, "persons") in release["lists"].words


def test_a_list_that_nearly_all_are_alone_on_is_not_given_away_by_the_combinations() -> None:
    table, release = released([20, 500, 30, 400, 15, 120, 15])
    only = release["lists"].words
    patterns = {tuple(row[name] for name in table.lists) for row in release["patterns"].to_frame().to_dict("records")}
    for row, name in enumerate(table.lists):
        alone = tuple(int(other == name) for other in table.lists)
        assert ((row, "only") in only) == (alone not in patterns), name
    assert table.n_observed == 1100


def test_everything_of_a_large_table_is_shown() -> None:
    _, release = released([200, 300, 100, 400, 90, 120, 50])
    assert len(release["patterns"].to_frame()) == 7
    assert all(release[name].words == {} for name in ("lists", "captures", "pairs"))
