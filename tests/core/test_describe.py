"""Descriptions: numbers as the publications have them, and words where there is no number."""

import math

import pytest

from mse.core.describe import chapman, describe
from mse.core.table import CaptureTable
from mse.records import datasets


@pytest.fixture(scope="module")
def dutch():
    return describe(datasets.load("netherlands_2010_2015"))


def pair(described, first, second):
    frame = described.pairs
    return frame[(frame["first"] == first) & (frame["second"] == second)].iloc[0]


def test_dutch_lists(dutch):
    """Computed from Silverman (2020), Table 2."""
    frame = dutch.lists.set_index("list")
    assert frame["persons"].to_dict() == {"I": 398, "K": 1348, "O": 536, "P": 4812, "R": 742, "Z": 848}
    assert frame["only"].to_dict() == {"I": 352, "K": 1299, "O": 403, "P": 4466, "R": 650, "Z": 632}
    assert frame["share_only"].round(4)["P"] == 0.9281
    assert dutch.captures == (7802, 414, 18, 0, 0, 0)
    assert dutch.n_observed == 8234


def test_odds_ratio_is_among_persons_on_another_list(dutch):
    row = pair(dutch, "P", "Z")
    assert (row["both"], row["only_first"], row["only_second"], row["neither"]) == (12, 209, 79, 2711)
    assert row["odds_ratio"] == pytest.approx(1.97, abs=0.005)
    everyone = 137 * (8234 - 4812 - 848 + 137) / ((4812 - 137) * (848 - 137))
    assert everyone == pytest.approx(0.11, abs=0.005)


def test_chapman_only_for_seven_or_more(dutch):
    """Two-list estimates of the Dutch table, from overlaps of 7 or more."""
    expected = {"KP": 144282, "IP": 71124, "PR": 41581, "OP": 35404, "PZ": 29609, "IZ": 16130, "OZ": 7013}
    found = dutch.pairs.dropna(subset=["chapman"])
    named = {row.first + row.second: round(row.chapman) for row in found.itertuples()}
    assert named == expected
    assert (dutch.pairs["overlap"] >= 7).sum() == len(expected)


def test_chapman_of_hepatitis_a():
    """Totals and standard errors as CARE1 prints them (Seber 1982, page 60)."""
    found = [chapman(135, 122, 49), chapman(135, 126, 45), chapman(122, 126, 46)]
    assert [round(total, 1) for total, _ in found] == [333.6, 374.5, 331.4]
    assert [round(error, 1) for _, error in found] == [28.7, 35.6, 29.9]


def test_covariates_are_added_up():
    scotland = datasets.load("scotland_drug_injection")
    assert describe(scotland).sizes == describe(scotland.collapse()).sizes
    assert describe(scotland).captures == (5181, 463, 26, 0)


def test_words_where_there_is_no_number(dutch):
    assert "too few" in dutch.text()
    assert "te weinig" in dutch.text("nl")
    two = CaptureTable(["A", "B"], [[0, 30], [40, 6]]).describe()
    assert "no other list" in repr(two)
    assert math.isnan(two.pairs["odds_ratio"].iloc[0])
    empty = CaptureTable(["A", "B", "C"], [[[0, 0], [4, 0]], [[3, 0], [2, 0]]]).describe()
    assert "nobody" in repr(empty)
    assert "Nobody is on list C." in repr(empty)
    assert "undefined" in repr(empty)


def test_text_of_the_dutch_table(dutch):
    lines = repr(dutch).splitlines()
    assert lines[0] == "8,234 persons on 6 lists"
    assert "P Z 137 1.97 12 / 209 / 79 / 2,711 29,600" in [" ".join(line.split()) for line in lines]
    assert "8.234 personen op 6 lijsten" in dutch.text("nl")
    assert max(map(len, lines[2:])) <= 80


def test_counts_of_persons_pass_the_guard(dutch):
    coarse = dutch.text(guard=lambda n, language: "few" if n < 10 else str(n))
    assert "8,234" not in coarse
    assert "few" in coarse


def test_tidy_frame_holds_every_number(dutch):
    frame = dutch.to_frame().set_index(["kind", "subject", "measure"])["value"]
    assert frame["list", "P", "persons"] == 4812
    assert frame["captures", "2", "persons"] == 414
    assert frame["pair", "P Z", "overlap"] == 137
    assert math.isnan(frame["pair", "K R", "chapman"])


def test_table_methods_are_the_same_thing():
    table = datasets.load("rome_hiv")
    assert table.describe().sizes == describe(table).sizes
    assert table.overlaps().equals(describe(table).pairs)
