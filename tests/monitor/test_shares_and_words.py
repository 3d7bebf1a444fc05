"""Shares, changes, words for numbers, ranks and the event calendar."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mse.core.cube import Cube
from mse.errors import ModelError, TableError
from mse.monitor import breaks, change, events, in_words, share, top
from mse.monitor.counting.event_calendar import calendar
from mse.monitor.counting.number_words import CHANGES, SHARES, change_in_words, share_in_words
from mse.monitor.counting.ranking import competition_ranks
from mse.monitor.counting.shares import half_up
from mse.records.register.codebook import codebook
from mse.records.register.rules import Rules


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [(291, 1166, 25), (456, 1233, 37), (924, 1915, 48), (62, 668, 9), (837, 3058, 27), (1, 200, 1), (1, 201, 0)],
)
def test_shares_are_rounded_half_up(part: int, whole: int, percent: int) -> None:
    """Values of the audit of the printed report (A14, A17, A18, A20)."""
    assert share(part, whole).percent == percent


@pytest.mark.parametrize(("part", "half_up", "half_even"), [(1, 1, 0), (3, 2, 2), (5, 3, 2), (9, 5, 4), (4, 2, 2)])
def test_what_becomes_of_a_half_is_an_option(part: int, half_up: int, half_even: int) -> None:
    even = Rules(options={"R43": {"rounding": "half_even"}})
    assert (share(part, 200).percent, share(part, 200, rules=even).percent) == (half_up, half_even)


def test_changes_are_rounded_as_their_shares_are() -> None:
    even = Rules(options={"R43": {"rounding": "half_even"}})
    assert (str(change(200, 205)), str(change(200, 205, rules=even))) == ("+3 per cent", "+2 per cent")
    shares = [share(part, 200, rules=even) for part in (100, 105)]
    assert str(change(*shares)) == "+2 percentage points (+5 per cent)"
    assert str(change(share(100, 200), share(105, 200))) == "+3 percentage points (+5 per cent)"
    with pytest.raises(ModelError, match="rounded alike"):
        change(shares[0], share(105, 200))


def test_a_share_names_its_base_and_the_unknown() -> None:
    assert share(833, 1310, of="reports").measure == "percent_of_reports"
    assert str(share(833, 1178)) == "833 of 1,178 presumed victims (71%), the unknown in the base"
    known = share(1238, 1676, unknown="left out", n_unknown=148)
    assert (known.percent, known.measure, known.denominator) == (81, "percent_of_known", 1528)
    assert "van wie het bekend is" in known.sentence["nl"]


@pytest.mark.parametrize(
    "choices",
    [
        {"numerator": 3, "base": 2}, {"numerator": -1, "base": 2}, {"numerator": 0, "base": 0},
        {"numerator": 2, "base": 3, "unknown": "left out", "n_unknown": 2}, {"numerator": 1, "base": 2, "of": "people"},
        {"numerator": 1, "base": 2, "unknown": "somewhere"}, {"numerator": 1, "base": 2, "n_unknown": 3},
        {"numerator": 1, "base": 2, "n_unknown": -1, "unknown": "left out"}, {"numerator": 1, "base": math.inf},
        {"numerator": math.nan, "base": 2},
    ],
)  # fmt: skip
def test_shares_that_are_none(choices: dict) -> None:
    with pytest.raises(ModelError):
        share(**choices)


def test_per_cent_and_percentage_points_are_kept_apart() -> None:
    """A24: 80 - 44 is 36 percentage points, and 82 per cent."""
    rise = change(share(1380, 3148), share(2506, 3148))
    assert str(rise) == "+36 percentage points (+82 per cent)"
    assert change(261, 519).points is None
    assert str(change(261, 519)) == "+99 per cent"
    assert change(433, 244).sentence["nl"] == "-44 procent"


def test_the_unknown_in_the_base_are_said_where_they_are_given() -> None:
    told = share(833, 1310, n_unknown=132)
    assert (told.percent, told.denominator) == (64, 1310)
    assert str(told) == "833 of 1,310 presumed victims (64%), the unknown (132) in the base"


@pytest.mark.parametrize(
    ("old", "new", "percent"),
    [(200, 201, "+1"), (200, 203, "+2"), (200, 209, "+5"), (200, 229, "+15"), (40, 23, "-42"), (200, 199, "0"),
     (1000, 1001, "0"), (8, 0, "-100")],
)  # fmt: skip
def test_changes_are_rounded_half_up(old: int, new: int, percent: str) -> None:
    """A half goes to the larger number, as in shares (R43): -42.5 is -42."""
    assert str(change(old, new)) == f"{percent} per cent"


@given(st.integers(1, 10**4), st.integers(0, 10**4))
def test_a_change_is_rounded_from_the_exact_fraction(old: int, new: int) -> None:
    whole = (200 * (new - old) + old) // (2 * old)
    assert str(change(old, new)) == (f"{whole:+d} per cent" if whole else "0 per cent")


@pytest.mark.parametrize(
    ("old", "new", "points"), [(58, 87, "+15"), (57, 86, "+15"), (86, 57, "-14"), (100, 101, "+1")]
)
def test_percentage_points_are_rounded_half_up(old: int, new: int, points: str) -> None:
    """Differences of 14.5 points of 200, and of half a point."""
    assert str(change(share(old, 200), share(new, 200))).startswith(f"{points} percentage points")


def test_changes_that_are_none() -> None:
    for counts in ((-1, 2), (2, -1), (math.nan, 1), (1, math.inf)):
        with pytest.raises(ModelError, match="not negative"):
            change(*counts)
    with pytest.raises(ModelError, match="one of each"):
        change(3, share(1, 2))
    with pytest.raises(ModelError, match="of the same"):
        change(share(1, 2), share(1, 2, of="reports"))
    with pytest.raises(ModelError, match="from 0"):
        change(0, 3)


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_half_up_is_the_nearest_whole(part: int, whole: int) -> None:
    number = 100 * part / whole
    assert abs(half_up(number) - number) <= 0.5 + 1e-9  # binary fractions of numbers below 1e8 are far closer


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0.2490, "about a quarter"), (0.2502, "about a quarter"), (0.3312, "about one in three"),
        (0.0966, "about one in ten"), (0.5166, "more than half"), (0.5242, "more than half"), (0.4999, "almost half"),
        (0.5, "half"), (0.6127, "more than six in ten"), (0.7268, "about three quarters"), (1.0, "all"), (0.0, "none"),
        (0.6, "six in ten"), (0.8, "four in five"), (0.801, "more than four in five"), (0.601, "more than six in ten"),
    ],
)  # fmt: skip
def test_words_for_shares(number: float, words: str) -> None:
    """Shares of the report with the words that hold for them; "almost half" of 52 per cent does not (A13)."""
    assert in_words(number)["en"] == words


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (668, 1334, "almost doubled"), (261, 519, "almost doubled"), (112, 117, "stayed about the same"),
        (62, 80, "rose"), (33, 173, "more than tripled"), (30, 53, "rose considerably"), (2, 4, "doubled"),
        (4, 4, "stayed the same"), (0, 3, "rose from nobody"), (3, 0, "fell to nobody"),
        (124, 5, "fell to less than half"),
    ],
)  # fmt: skip
def test_words_for_changes(old: int, new: int, words: str) -> None:
    """Police reports of figure 2.13; a rise of 29 per cent is not slight (A25)."""
    assert str(change_in_words(old, new)) == words


@given(st.floats(0, 1))
def test_every_share_has_the_word_of_its_band(number: float) -> None:
    word = share_in_words(number).key.removeprefix("share_")
    if number not in (0.0, 0.5, 0.6, 0.8, 1.0):
        names = [name for _, name in SHARES]
        place = names.index(word)
        low = SHARES[place - 1][0] if place else 0.0
        assert low <= number < SHARES[place][0]


@given(st.floats(1e-3, 1e3))
def test_every_change_has_the_word_of_its_band(ratio: float) -> None:
    word = change_in_words(1.0, ratio).key.removeprefix("change_")
    if word != "same":
        place = [name for _, name in CHANGES].index(word)
        low = CHANGES[place - 1][0] if place else 0.0
        assert low <= ratio < CHANGES[place][0]


def test_bands_are_in_order_and_words_have_no_numbers() -> None:
    for bands, last in ((SHARES, 1.0), (CHANGES, math.inf)):
        ends = [end for end, _ in bands]
        assert ends == sorted(set(ends))
        assert ends[-1] == last
    with pytest.raises(ModelError, match="share"):
        in_words(0.5, "number")
    with pytest.raises(ModelError, match="0 to 1"):
        in_words(1.2)
    for counts in ((-1, 2), (1, math.inf), (math.nan, 1)):
        with pytest.raises(ModelError, match="negative"):
            change_in_words(*counts)
    with pytest.raises(ModelError, match="negative"):
        in_words(math.inf, "ratio")
    assert change_in_words(1e-300, 1e300).key == "change_more_than_tripled"


@given(st.integers(1, 400), st.integers(1, 400))
def test_words_that_say_more_than_a_number_are_of_larger_shares(part: int, whole: int) -> None:
    """Of shares of counts, which may be exactly what a word names."""
    named = {"more_than_tenth": (1, 10), "more_than_quarter": (1, 4), "more_than_third": (1, 3), "six_in_ten": (6, 10),
             "more_than_half": (1, 2), "more_than_four_fifths": (4, 5)}  # fmt: skip
    if part <= whole and (word := share_in_words(part / whole).key.removeprefix("share_")) in named:
        top, bottom = named[word]
        assert part * bottom > top * whole


def test_ties_share_the_better_rank_and_unknown_has_none() -> None:
    """2015 in table 2.1: two nationalities are fourth and none is fifth."""
    counts = {"NL": 433, "PL": 90, "BG": 85, "NG": 44, "RO": 44, "HU": 42, "unknown": 500, "VN": 0}
    cube = Cube(pd.DataFrame({"nationality": list(counts), "count": list(counts.values())}))
    assert top(cube, "nationality", 5)["rank"].tolist() == [1, 2, 3, 4, 4]
    assert top(cube, "nationality", 6)["nationality"].tolist()[-1] == "HU"
    with pytest.raises(TableError, match="1 or more"):
        top(cube, "nationality", 0)


def test_the_unknown_form_is_not_ranked() -> None:
    cube = Cube(pd.DataFrame({"form": ["UNK", "AU", "CU"], "count": [9, 3, 2]}))
    assert top(cube, "form", 5).values.tolist() == [[1, "AU", 3], [2, "CU", 2]]


def test_members_of_sets_are_ranked_one_by_one() -> None:
    cube = Cube(pd.DataFrame({"reporters": ["police|fairwork", "police", ""], "count": [2, 3, 9]}), {"reporters"})
    assert top(cube, "reporters", 2).values.tolist() == [[1, "police", 5], [2, "fairwork", 2]]


@given(st.dictionaries(st.integers(0, 9), st.integers(0, 5)))
def test_a_rank_is_one_more_than_the_number_of_larger_counts(counts: dict[int, int]) -> None:
    ranks = competition_ranks(counts)
    assert ranks == {level: 1 + sum(o > n for o in counts.values()) for level, n in counts.items() if n > 0}


def test_the_calendar_has_the_events_of_the_report() -> None:
    assert [event.key for event in calendar()] == ["supreme_court", "gdpr", "coordination_centre", "covid"]
    frame = events()
    assert frame["date"].tolist()[1] == "2018-05-25"
    reporters = set(codebook().codes["reporter"])
    assert all(set(event.lists) <= reporters for event in calendar())
    assert all(event.name["en"] and event.name["nl"] and event.source for event in calendar())


def test_break_dates_of_a_series() -> None:
    assert breaks((2015, 2019)) == {"supreme_court": 2016, "gdpr": 2018, "coordination_centre": 2019}
    assert breaks((2018, 2019)) == {"coordination_centre": 2019}
    assert set(breaks((2015, 2020), lists="fairwork")) == {"gdpr", "coordination_centre", "covid"}
    with pytest.raises(TableError, match="first to its last"):
        breaks((2019, 2015))
