"""The capture model meets the printed margins and keeps the odds ratios of 2010-2015."""

from __future__ import annotations

import numpy as np
import pytest

import mse
from mse.simulate.capture import SHELTERS, capture_model, on_no_list
from mse.simulate.dependence import GivenPairs, pair_log_odds
from mse.simulate.settled import FORMS, YEARS, Settled
from mse.simulate.sources import LISTS, SOURCES, on_lists, reporting

PERSONS = 1e-3
"""Persons that a fitted margin may be off: fitting stops at 10⁻⁶, and the two lists of one group are fitted in turn."""

EXACT = 1e-9
"""A ratio of the same numbers, summed in another order."""

SCALE = 1e9
"""Persons that an expected one stands for, so that rounding to whole counts is lost in the ninth digit."""

ROUNDED = 1e-5
"""Relative error that rounding small cells leaves in the unseen ones; it is 6e-9 at most."""

FITTED = 1e-6
"""Relative difference of two fits of one model by different code, each stopped on its own; it is 2e-9."""

FIGURES = Settled.of()
SETS = reporting()
GROUPS = sorted({source.reporter for source in SOURCES})


def line_three() -> np.ndarray:
    """Expected victims by year, form and set of sources, without sexual exploitation that KMar alone reported."""
    expected = capture_model().expected.copy()
    alone = SETS[:, 1] & (SETS.sum(axis=1) == 1)
    expected[:, :2, alone] = 0.0
    return expected


def reported_by(group: str) -> np.ndarray:
    """Which sets of sources hold a reporter group."""
    return SETS[:, [source.reporter == group for source in SOURCES]].any(axis=1)


@pytest.mark.parametrize("group", GROUPS)
def test_reports_of_every_group_by_year_and_by_form(group: str) -> None:
    reports = line_three()[..., reported_by(group)].sum(axis=2)
    assert reports.sum(axis=1) == pytest.approx(list(FIGURES.by_year("2.11", group).values()), abs=PERSONS)
    assert reports.sum(axis=0) == pytest.approx(list(FIGURES.by_form("2.11", group).values()), abs=PERSONS)


def test_police_reports_and_victims_by_year_and_form() -> None:
    by_police = line_three()[..., reported_by("police")].sum(axis=2)
    victims = line_three().sum(axis=2)
    for f, form in enumerate(FORMS):
        police = np.array(list(FIGURES.by_year("2.13", form, form=form).values()))
        printed = np.array(list(FIGURES.by_year("2.7", form, form=form).values()))
        unheard = np.array(list(on_no_list(FIGURES).values())) * (form == "UNK")
        assert by_police[:, f] == pytest.approx(police, abs=PERSONS)
        assert victims[:, f] == pytest.approx(printed - unheard, abs=PERSONS)


def test_unknown_form_has_the_reports_per_victim_of_the_known_forms() -> None:
    """Figure 2.11 has 646 reports of 650 victims of unknown form (A07): some are on no list."""
    unheard = on_no_list(FIGURES)
    known = sum(FIGURES.by_form("2.11", "total")[form] for form in FORMS[:4])
    victims = sum(FIGURES.count("2.7", form, form=form) for form in FORMS[:4])
    assert 646 / (650 - sum(unheard.values())) == pytest.approx(known / victims, abs=EXACT)
    assert min(unheard.values()) > 0


def test_only_line_two_holds_sexual_exploitation_that_kmar_alone_reported() -> None:
    alone = SETS[:, 1] & (SETS.sum(axis=1) == 1)
    assert (capture_model().expected[:, :2, alone] > 0).all()


@pytest.mark.parametrize("form", ["GO-SU", "UNK"])
def test_every_year_and_form_follows_the_model_of_pairs(form: str) -> None:
    """Fitting the expected table with θ given returns the unseen cell: main effects and θ are all there is."""
    model, f = capture_model(), FORMS.index(form)
    on = on_lists(SETS).astype(int)
    for y in range(len(YEARS)):
        counts = np.zeros((2,) * len(LISTS))
        np.add.at(counts, tuple(on.T), model.expected[y, f] * SCALE)
        table = mse.CaptureTable(tuple(LISTS), np.round(counts).astype(int))
        unseen = GivenPairs(model.theta).estimate(table).dark_figure
        assert unseen / SCALE == pytest.approx(model.unseen[y, f], rel=ROUNDED)


def test_shelters_have_their_share_of_the_other_reporters() -> None:
    place = [source.name for source in SOURCES].index("shelter")
    shelters = line_three()[..., SETS[:, place]].sum()
    assert shelters == pytest.approx(SHELTERS * FIGURES.count("2.11", "other_reporters"), abs=PERSONS)


def test_a_ridge_keeps_empty_pairs_finite() -> None:
    table = mse.datasets.load("netherlands_2010_2015")
    theta, tight = pair_log_odds(table), pair_log_odds(table, 50.0)
    assert theta == capture_model().theta
    assert all(np.isfinite(list(theta.values())))
    assert sum(value**2 for value in tight.values()) < sum(value**2 for value in theta.values())


def test_without_an_overlap_there_is_no_estimate() -> None:
    table = mse.CaptureTable(["A", "B"], [[0, 30], [40, 0]])
    assert GivenPairs({("A", "B"): 0.0}).estimate(table).total is None


def test_given_pairs_of_zero_are_independence() -> None:
    table = mse.datasets.load("rome_hiv")
    given = GivenPairs({}).estimate(table)
    free = mse.LogLinear(order=1).fit(table).estimate(interval="lognormal")
    assert [given.total, given.lower, given.upper] == pytest.approx([free.total, free.lower, free.upper], rel=FITTED)
