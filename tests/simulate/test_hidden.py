"""The hidden population: its totals, its strata, and the register that it leads one to expect."""

from __future__ import annotations

import pandas as pd
import pytest

from mse.errors import ModelError
from mse.simulate.hidden import TRUTHS, groups
from mse.simulate.settled import AGES, FORMS, REGIONS, SEXES, YEARS, Settled
from mse.simulate.strata import RECORDED, TRUE, recorded_cells, strata

PERSONS = 0.5
"""Persons that the core table may be off: some of its margins force cells towards zero and are met slowly."""

ROUNDED = 1.0
"""Persons that a total may be off because the size of every year and form is a whole number."""

SHARE = 0.001
"""What rounding the size of every year and form to whole persons may change in a share of some 30,000."""

FIGURES = Settled.of()
LINE_THREE = ["letter", "quiet", "police"]


def expected(truth: str) -> pd.DataFrame:
    """Expected victims of every stratum."""
    parts = []
    for group in groups(truth):
        kinds = group.expected[["unseen", "letter", "marechaussee", "quiet", "police"]]
        parts.append(group.strata[["year", *RECORDED, *TRUE]].join(kinds))
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module", params=TRUTHS)
def frame(request: pytest.FixtureRequest) -> pd.DataFrame:
    return expected(request.param)


@pytest.mark.parametrize(
    ("figure", "column", "levels"),
    [("2.8", "recorded_sex", SEXES), ("2.9", "recorded_region", REGIONS), ("2.10", "age_band", AGES)],
)
def test_the_expected_register_is_the_published_one(
    frame: pd.DataFrame, figure: str, column: str, levels: tuple[str, ...]
) -> None:
    registered = frame[LINE_THREE].sum(axis=1)
    by_year = registered.groupby([frame[column], frame["year"]]).sum()
    by_form = registered.groupby([frame[column], frame["recorded_form"]]).sum()
    for level in levels:
        for year, n in FIGURES.by_year(figure, level).items():
            assert by_year.get((level, year), 0.0) == pytest.approx(n, abs=PERSONS)
        for form, n in FIGURES.by_form(figure, level).items():
            assert by_form.get((level, form), 0.0) == pytest.approx(n, abs=PERSONS)


def test_african_victims_of_the_police(frame: pd.DataFrame) -> None:
    african = frame[(frame["recorded_form"] == "GO-SU") & (frame["region"] == "africa")]
    printed = FIGURES.by_year("2.13", "GO-SU_african", form="GO-SU")
    assert african.groupby("year")["police"].sum().to_dict() == pytest.approx(printed, abs=PERSONS)


def test_nobody_is_there_less_than_zero_times(frame: pd.DataFrame) -> None:
    assert (frame[["unseen", *LINE_THREE, "marechaussee"]] >= 0).all(axis=None)


def test_every_victim_has_a_real_form_region_age_and_sex(frame: pd.DataFrame) -> None:
    assert set(frame["form"]) == set(FORMS) - {"UNK"}
    assert set(frame["region"]) == set(REGIONS) - {"unknown"}
    assert set(frame["sex"]) == {"male", "female"}
    known = frame[frame["recorded_form"] != "UNK"]
    assert (known["form"] == known["recorded_form"]).all()
    dutch = frame["region"] == "netherlands"
    assert (dutch[frame["form"] == "BL-SU"]).all()
    assert not dutch[frame["form"] == "GO-SU"].any()


def test_splitting_what_is_not_recorded_loses_nobody() -> None:
    cells, split = recorded_cells(), strata()
    keys = ["year", *RECORDED]
    again = split.groupby(keys)[["quiet", "police"]].sum()
    pd.testing.assert_frame_equal(again, cells.set_index(keys)[["quiet", "police"]].sort_index(), check_names=False)


def test_modelled_holds_no_more_than_the_pairs_say() -> None:
    for group in groups("modelled"):
        assert group.off_lists == pytest.approx(group.pairs, abs=ROUNDED)


def test_published_is_the_published_estimate() -> None:
    frame = expected("published")
    victims = frame[["unseen", *LINE_THREE, "marechaussee"]].sum(axis=1)
    by_year = victims.groupby(frame["year"]).sum()
    assert by_year.between(5000, 7500).all()
    domestic = victims[frame["form"] == "BL-SU"]
    years = len(YEARS)
    assert domestic.sum() / years == pytest.approx(3000, abs=ROUNDED)
    assert domestic[frame["minor"]].sum() / years == pytest.approx(1300, abs=ROUNDED)
    assert victims[frame["minor"]].sum() / victims.sum() == pytest.approx(1 / 3, abs=SHARE)


def test_both_truths_lead_to_the_same_register() -> None:
    """The reason why no list can tell them apart."""
    for one, other in zip(groups("modelled"), groups("published"), strict=True):
        kinds = ["quiet", "police", "marechaussee"]
        pd.testing.assert_frame_equal(one.expected[kinds], other.expected[kinds])
        assert (one.sets == other.sets).all()


def test_there_are_two_truths() -> None:
    with pytest.raises(ModelError, match="Did you mean 'modelled'"):
        groups("modeled")
