"""Making register A anew: other persons, the same figures; choices and refusals."""

from __future__ import annotations

import pytest
from recount import enriched, recount

from mse.errors import ModelError
from mse.records.editions import printed
from mse.simulate.published import published_frames


@pytest.fixture(scope="module")
def made():
    return published_frames(7, unreported=30, emm_only="difference")


def test_another_seed_and_another_number_without_reports_give_the_same_figures(made):
    counted = recount(*made)
    for figure, frame in printed().items():
        if figure == "2.2":  # the choice emm_only="difference" contradicts figure 2.2 (A01)
            continue
        checked = frame[frame["value_checked"].notna() & ~frame["measure"].str.contains("bound")]
        for row in checked.itertuples():
            key = (row.figure, row.year, row.form, row.category_code, row.measure)
            assert counted[key] == row.value_checked, key


def test_line_1_follows_the_choice(made):
    counted = recount(*made)
    found = [counted["2.1", str(year), "all", "all_registered", "victims"] for year in range(2015, 2020)]
    assert found == [1321, 1049, 1076, 780, 1661]


def test_thirty_victims_have_no_report(made):
    people = enriched(*made)
    assert (people["line_3"] & (people["groups"].map(len) == 0)).sum() == 30


@pytest.mark.parametrize(("options", "message"), [({"unreported": 3}, "At least 4"), ({"emm_only": "2.2"}, "EMM-only")])
def test_impossible_choices_are_refused(options, message):
    with pytest.raises(ModelError, match=message):
        published_frames(1, **options)
