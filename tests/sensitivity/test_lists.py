"""Lists left out and merged: the published answers of a stepwise search, and specifications that name the lists."""

from __future__ import annotations

import pytest

import mse
from mse.sensitivity.adapted import adapted

DUTCH = mse.datasets.load("netherlands_2010_2015")
SPINA = mse.datasets.load("spina_bifida_621")

OMITTED = {"I": 36421, "K": 42685, "O": 138243, "P": 186302, "R": 115246, "Z": 162164}
"""Totals without a list by BIC steps from independence over pairs (R's `step` as in MaartenCruyff/mse 2021), computed
for this project from the public counts of Silverman, Chan and Vincent (2024)."""

MERGED = {("K", "P"): 52638, ("O", "Z"): 150508, ("O", "R"): 42525, ("P", "R"): 35512, ("P", "Z"): 164637}
"""The same, with two lists merged."""

HALF = 0.5
"""Half a unit of the last printed digit."""


def test_published_omissions_of_the_dutch_table() -> None:
    search = mse.Search(method="stepwise", starts=("independence",))
    for name, printed in OMITTED.items():
        assert search.fit(DUTCH.drop_list(name)).total == pytest.approx(printed, abs=HALF)


@pytest.mark.full
def test_dutch_omissions_and_merges_by_steps_and_by_all_models() -> None:
    steps = mse.Search(method="stepwise", starts=("independence",))
    out = mse.sensitivity.leave_one_list_out(steps, DUTCH).to_frame().set_index("scenario")["total"]
    merged = mse.sensitivity.merge_lists(steps, DUTCH).to_frame().set_index("scenario")["total"]
    assert len(merged) == 16
    for name, printed in OMITTED.items():
        assert out[f"without {name}"] == pytest.approx(printed, abs=HALF)
    for pair, printed in MERGED.items():
        assert merged[f"{pair[0]} and {pair[1]} merged"] == pytest.approx(printed, abs=HALF)
    assert merged.min() == merged["P and R merged"]
    assert merged.max() == merged["P and Z merged"]
    best = mse.sensitivity.leave_one_list_out(mse.Search(), DUTCH).to_frame().set_index("scenario")
    assert best["total"].round().tolist() == [116667, 36421, 42685, 138243, 186302, 32210, 162164]
    assert best["single_estimate"].tolist() == [False, True, *[False] * 5]
    merged = mse.sensitivity.merge_lists(mse.Search(), DUTCH).to_frame()["total"][1:]
    assert (merged.min(), merged.max()) == pytest.approx((MERGED["P", "R"], MERGED["P", "Z"]), abs=HALF)


def test_a_scenario_is_the_estimator_on_the_changed_table() -> None:
    found = mse.sensitivity.merge_lists(mse.Search(), SPINA).to_frame().set_index("scenario")
    by_hand = mse.Search().fit(SPINA.merge_lists({"S1+S3": ["S1", "S3"]})).estimate()
    assert tuple(found.loc["S1 and S3 merged", ["total", "lower", "upper"]]) == (
        by_hand.total, by_hand.lower, by_hand.upper,
    )  # fmt: skip
    assert found["observed"].eq(621).all()


@pytest.mark.parametrize(
    ("model", "names", "expected"),
    [
        ("[S1 S2][S3]", {"S3": None}, "[S1 S2]"),
        ("[S1 S2][S3]", {"S2": None}, "[S1][S3]"),
        ("[S1 S2][S2 S3]", {"S1": "S1+S3", "S3": "S1+S3"}, "[`S1+S3` S2]"),
        ("S1*S2 + S3", {"S1": None}, "[S2][S3]"),
    ],
)
def test_a_model_goes_on_with_the_lists_that_are_left(model: str, names: dict[str, str | None], expected: str) -> None:
    assert adapted(mse.LogLinear(model), SPINA, names).model == expected


def test_what_a_search_says_of_lists_goes_along() -> None:
    search = mse.Search(
        method="stepwise", starts=("independence", "[S1 S2][S3]"), forced="[S1 S2]", forbidden="[S2 S3]"
    )
    without = adapted(search, SPINA, {"S3": None})
    assert without == mse.Search(method="stepwise", starts=("independence", "[S1 S2]"), forced="[S1 S2]")
    assert adapted(mse.DecomposableAverage(), SPINA, {"S3": None}) == mse.DecomposableAverage()


def test_maps_of_reporters() -> None:
    five = DUTCH.merge_lists({"IO": ["I", "O"]})
    found = mse.sensitivity.reporter_maps(mse.LogLinear(order=1), {"six": DUTCH, "five": five})
    assert found.base.name == "six"
    assert found.outcomes[1].total == pytest.approx(52924, abs=HALF)


def test_refusals() -> None:
    two = SPINA.drop_list("S1")
    for function in (mse.sensitivity.leave_one_list_out, mse.sensitivity.merge_lists):
        with pytest.raises(mse.TableError, match="two lists"):
            function(mse.LogLinear(order=1), two)
        with pytest.raises(mse.TableError, match="CaptureTable"):
            function(mse.LogLinear(order=1), "a table")
    with pytest.raises(mse.TableError, match="two or more"):
        mse.sensitivity.reporter_maps(mse.LogLinear(order=1), {"six": DUTCH})
