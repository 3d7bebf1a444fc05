"""Small cells, dominant cells, and cells that would betray them: what a reader can work out from what is left."""

from __future__ import annotations

import itertools
import math

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from mse.core.figure import Column, Figure
from mse.monitor.disclosure.suppression import BASE, DOMINANT, MINIMUM, coarse, coarse_estimate, withhold

TEXT = {"en": "x", "nl": "x"}


def grouped(persons: list[int], whole: bool = False, **more: object) -> Figure:
    """One group of rows, with a row for the whole where asked."""
    rows: list[tuple[str | None, int]] = [("all", value) for value in persons]
    if whole:
        rows.append((None, sum(persons)))
    frame = pd.DataFrame(rows, columns=["of", "persons"])
    columns = {"of": Column("of", "van"), "persons": Column("persons", "personen", "persons")}
    return Figure("f", frame, columns, title=TEXT, caption=TEXT, group=("of",), **more)  # type: ignore[arg-type]


def shown(figure: Figure) -> list[int | None]:
    return [None if pd.isna(value) else int(value) for value in withhold(figure).frame["persons"]]


def possible(kept: list[int | None], words: list[str | None], whole: int) -> list[range]:
    """For every row the numbers that agree with everything that is printed, the rounded whole included.

    A reader knows the rules: a printed count was rounded, "too few" is below `MINIMUM`, "not shown" is not.
    """
    slack = BASE // 2
    top = coarse(whole) + slack
    lows, highs = [], []
    for value, word in zip(kept, words, strict=True):
        if value is not None:
            lows.append(max(MINIMUM, value - slack))
            highs.append(value + slack)
        elif word == "word_too_few":
            lows.append(0)
            highs.append(MINIMUM - 1)
        else:
            lows.append(MINIMUM)
            highs.append(top)
    least, most = coarse(whole) - slack, top
    answers = []
    for row in range(len(kept)):
        rest_low, rest_high = sum(lows) - lows[row], sum(highs) - highs[row]
        answers.append(range(max(lows[row], least - rest_high), min(highs[row], most - rest_low) + 1))
    return answers


@given(st.lists(st.one_of(st.integers(0, 25), st.integers(0, 3000)), min_size=2, max_size=8))
@settings(max_examples=400, deadline=None)
def test_too_few_stays_too_few_after_subtracting_everything_else(persons: list[int]) -> None:
    if sum(persons) < 3 * MINIMUM or max(persons) > DOMINANT * sum(persons):
        return
    withheld = withhold(grouped(persons))
    kept = shown(grouped(persons))
    words = [withheld.words.get((row, "persons")) for row in range(len(persons))]
    if all(word is not None for word in words):
        return
    for row, answer in enumerate(possible(kept, words, sum(persons))):
        assert persons[row] in answer
        if words[row] == "word_too_few":
            assert answer == range(0, MINIMUM), (persons, kept, answer)


@given(st.lists(st.integers(0, 400), min_size=1, max_size=8))
@settings(deadline=None)
def test_no_cell_that_is_shown_is_small_exact_or_dominant(persons: list[int]) -> None:
    for value, kept in zip(persons, shown(grouped(persons)), strict=True):
        if kept is not None:
            assert kept % BASE == 0
            assert value >= MINIMUM
            assert value <= DOMINANT * sum(persons)


@given(st.permutations([413, 508, 7, 60, 12]))
@settings(deadline=None)
def test_the_order_of_rows_changes_nothing(persons: list[int]) -> None:
    kept = dict(zip(persons, shown(grouped(persons)), strict=True))
    assert kept == {413: 415, 508: 510, 7: None, 60: 60, 12: None}


def test_two_small_cells_alone_take_a_larger_one_with_them() -> None:
    """9 and 9 add up to 18: without a third cell a reader would know both."""
    assert shown(grouped([9, 9, 100, 200])) == [None, None, None, 200]


def test_a_total_is_no_member_of_its_group() -> None:
    assert shown(grouped([413, 508, 7], whole=True)) == [None, 510, None, 930]


def test_rows_that_overlap_hide_nothing_for_each_other() -> None:
    free = grouped([413, 508, 7])
    assert shown(Figure("f", free.frame, free.columns, title=TEXT, caption=TEXT)) == [415, 510, None]


def test_a_dominant_category_takes_its_whole_group() -> None:
    withheld = withhold(grouped([950, 20, 30]))
    assert set(withheld.words.values()) == {"word_withheld"}
    assert withheld.tally["dominant"] == 3


def parts(part: int, whole: int) -> Figure:
    frame = pd.DataFrame({"persons": [whole], "only": [part], "share": [part / whole]})
    columns = {
        "persons": Column("p", "p", "persons"),
        "only": Column("o", "o", "persons", of=("persons",)),
        "share": Column("s", "s", "percent", of=("only", "persons")),
    }
    return Figure("f", frame, columns, title=TEXT, caption=TEXT)


def test_a_part_leaves_neither_few_others_nor_nine_in_ten() -> None:
    assert withhold(parts(52, 100)).words == {}
    for part, whole in ((91, 100), (45, 52), (3, 52)):
        assert {name for _, name in withhold(parts(part, whole)).words} == {"only", "share"}, (part, whole)


@given(st.integers(10, 5000), st.integers(10, 5000))
@settings(deadline=None)
def test_a_share_follows_from_the_rounded_counts_alone(one: int, other: int) -> None:
    part, whole = sorted((one, other))
    withheld = withhold(parts(part, whole))
    share = withheld.frame["share"].iloc[0]
    if (0, "share") not in withheld.words:
        assert math.isclose(share, coarse(part) / coarse(whole), rel_tol=0.0, abs_tol=0.00501)


def test_what_rests_on_a_small_count_that_is_not_shown_is_withheld() -> None:
    frame = pd.DataFrame({"overlap": [8, 80], "chapman": [71124.4, 500.3]})
    columns = {"chapman": Column("c", "c", "estimate", of=("overlap",))}
    withheld = withhold(Figure("f", frame, columns, title=TEXT, caption=TEXT))
    assert withheld.words == {(0, "chapman"): "word_too_few"}
    assert withheld.frame["chapman"].tolist()[1] == 500
    assert "overlap" not in withheld.frame


def test_rows_that_only_say_that_somebody_is_there_leave() -> None:
    withheld = withhold(grouped([413, 508, 7], only_occurring=True))
    assert withheld.rows_left_out
    assert withheld.frame["persons"].tolist() == [510]
    assert withheld.words == {}


def test_missing_counts_stay_missing() -> None:
    frame = pd.DataFrame({"persons": [413, None]})
    columns = {"persons": Column("p", "p", "persons")}
    withheld = withhold(Figure("f", frame, columns, title=TEXT, caption=TEXT, group=()))
    assert pd.isna(withheld.frame["persons"].iloc[1])


def test_rounding_to_five_and_to_three_digits() -> None:
    assert [coarse(value) for value in (10, 12, 12.5, 13, 8234)] == [10, 10, 15, 15, 8235]
    assert [coarse_estimate(value) for value in (276.4, 143603.2)] == [275, 144000]
    assert all(coarse(a) <= coarse(b) for a, b in itertools.pairwise(range(100)))


def test_a_share_of_a_group_follows_from_the_rounded_counts_too() -> None:
    frame = pd.DataFrame({"persons": [70, 16], "share": [70 / 86, 16 / 86]})
    columns = {"persons": Column("p", "p", "persons"), "share": Column("s", "s", "percent", of=("persons",))}
    withheld = withhold(Figure("f", frame, columns, title=TEXT, caption=TEXT, group=()))
    assert withheld.frame["share"].tolist() == [round(70 / 85, 2), round(15 / 85, 2)]
