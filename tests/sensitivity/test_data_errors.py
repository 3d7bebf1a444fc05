"""Errors in data, single records, criteria, years, priors: closed forms, and no error gives the plain estimate."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mse
from mse import sensitivity

SPINA = mse.datasets.load("spina_bifida_621")
ALONE = mse.LogLinear(order=1)
MLE = 1e-6
"""Relative error of a total from Newton's method."""


def two_lists(both: int, first: int, second: int) -> mse.CaptureTable:
    return mse.CaptureTable(["A", "B"], [[0, second], [first, both]])


@settings(deadline=None, max_examples=15)
@given(st.integers(20, 300), st.integers(30, 900), st.integers(30, 900), st.floats(0.001, 0.03))
def test_missed_links_make_two_lists_too_high_by_their_share(both: int, first: int, second: int, share: float) -> None:
    found = sensitivity.linkage_error(ALONE, two_lists(both, first, second), missed=(0, share))
    n_a, n_b = both + first, both + second
    assert [one.at for one in found.outcomes] == [0, share]
    assert found.base.total == pytest.approx(n_a * n_b / both, rel=MLE)
    assert found.outcomes[1].total == pytest.approx((1 - share) * n_a * n_b / both, rel=MLE)


def test_erroneous_records_leave_those_on_one_list() -> None:
    table = two_lists(60, 40, 5)
    frame = sensitivity.over_coverage(ALONE, table, shares=(0, 0.1)).to_frame().set_index("scenario")["total"]
    assert frame.iloc[1] == pytest.approx(frame.iloc[0], rel=MLE)
    assert frame["10.0% of A erroneous"] == pytest.approx(90 * 65 / 60, rel=MLE)
    refused = sensitivity.over_coverage(ALONE, table, shares=(0.1,)).outcomes[-1]
    assert refused.total is None
    assert "persons on that list alone" in str(refused.reason)


def test_missing_at_random_is_the_base() -> None:
    layers = {(): [[[0, 0], [20, 10]], [[30, 60], [10, 20]]], ("form",): [[0, 9], [18, 0]]}
    table = mse.PartialTable(["A", "B"], {"form": ["SU", "AU"]}, layers)
    model = mse.LogLinear("[A form][B form]")
    found = sensitivity.missing_not_at_random(model, table, "form", "AU", odds=(0.5, 1, 2))
    assert found.base.total == pytest.approx(model.fit(table).total, rel=1e-5)
    frame = mse.missing_odds(table, model, "form", "AU", odds=(0.5, 1, 2)).set_index("odds")
    assert [one.total for one in found.outcomes] == pytest.approx([frame.loc[one, "total"] for one in (1, 0.5, 2)])
    assert all(one.lower < one.total < one.upper for one in found.outcomes)


def test_one_person_by_hand() -> None:
    found = sensitivity.one_person(ALONE, two_lists(6, 40, 30)).to_frame()["total"].tolist()
    by_hand = [76 + 40 * 29 / 7, 76 + 39 * 30 / 7, 76 + 40 * 31 / 5, 76 + 41 * 30 / 5]
    assert found[1:] == pytest.approx(by_hand, rel=MLE)
    assert len(sensitivity.one_person(ALONE, SPINA).outcomes) == 1 + 3 * 7 - 3


def test_one_record_may_take_the_estimate_away() -> None:
    """The last person on both lists: without that one there is no upper end, and the row says so."""
    found = sensitivity.one_person(ALONE, two_lists(1, 40, 30))
    off = [one for one in found.outcomes if " not on " in one.name]
    assert len(off) == 2
    assert all(one.total is None and one.reason is not None for one in off)


def test_the_smallest_set_of_records_by_brute_force() -> None:
    """Two lists: every record taken from the overlap raises the total, so the least number has a closed form."""
    table = two_lists(12, 40, 30)
    found = sensitivity.changed_records(ALONE, table)
    steps = len(found.outcomes) - 1
    goal = 2 * (82 + 40 * 30 / 12)

    def best(records: int) -> float:
        both = 12 - records
        return max(82 + (40 + one) * (30 + records - one) / both for one in range(records + 1))

    assert best(steps) >= goal > best(steps - 1)
    assert found.title["en"].startswith(f"At most {steps} changed records")
    less = sensitivity.changed_records(ALONE, table, factor=0.9)
    assert less.outcomes[-1].total <= 0.9 * less.base.total
    never = sensitivity.changed_records(ALONE, table, factor=50, most=2)
    assert "do not make" in never.title["en"]


def spina_totals(tables: np.ndarray) -> np.ndarray:
    """Totals by [S1][S2 S3], a row a table: persons seen, and n₁₀₀ · (those not on S1) / (those on S1 and another)."""
    return tables.sum(axis=1) + tables[:, 3] * tables[:, :3].sum(axis=1) / tables[:, 4:].sum(axis=1)


def test_changed_records_of_the_spina_bifida_table_by_brute_force() -> None:
    """All tables that up to seven records give: 18 moves between seven cells, of which none leads to the unseen."""
    cells = [cell for cell in product((0, 1), repeat=3) if any(cell)]
    beside = [(one, other) for one, other in product(cells, cells) if np.abs(np.subtract(one, other)).sum() == 1]
    moves = np.array([[int(cell == other) - int(cell == one) for cell in cells] for one, other in beside])
    assert len(moves) == 18
    tables = np.array([[SPINA.counts[cell] for cell in cells]])
    base = spina_totals(tables)[0]
    model = mse.LogLinear("[S1][S2 S3]")
    steps = sensitivity.changed_records(model, SPINA, factor=1.05)
    assert steps.base.total == pytest.approx(base, rel=MLE)
    for step in range(1, 8):
        tables = np.unique((tables[:, None] + moves).reshape(-1, len(cells)), axis=0)
        tables = tables[(tables >= 0).all(axis=1)]
        assert steps.outcomes[step].total == pytest.approx(spina_totals(tables).max(), rel=MLE)
    assert len(tables) == 38_650
    assert spina_totals(tables).max() < 1.014 * base
    assert steps.title["en"].startswith("10 changed records")
    assert "do not make" in steps.title["en"]


def test_a_twentieth_more_spina_bifida_takes_twenty_six_records() -> None:
    """The total rests on three sums, and a record moves one person between two of them: all ways to spend records."""
    alone, others, both = 244, 60 + 48 + 4, 111 + 142 + 12

    def best(records: int) -> float:
        flows = [(i, j) for i in range(-records, records + 1) for j in range(abs(i) - records, records - abs(i) + 1)]
        return max(621 + (alone + i) * (others + j) / (both - i - j) for i, j in flows)

    found = sensitivity.changed_records(mse.LogLinear("[S1][S2 S3]"), SPINA, factor=1.05, most=30)
    assert len(found.outcomes) == 1 + 26
    assert best(26) >= 1.05 * best(0) > best(25)
    assert found.outcomes[-1].total == pytest.approx(best(26), rel=MLE)


def test_records_stop_where_none_brings_the_total_further() -> None:
    """With one person left on both lists the last move would leave no estimate, and every other is a step back."""
    found = sensitivity.changed_records(ALONE, two_lists(6, 40, 30), factor=50)
    totals = [one.total for one in found.outcomes]
    assert totals == sorted(totals)
    assert len(totals) == 1 + 5
    assert found.title["en"].startswith("5 changed records")


def test_figures_of_single_records_are_for_public_counts() -> None:
    figure = mse.monitor.sensitivity_figure(sensitivity.one_person(ALONE, two_lists(6, 40, 30)))
    assert figure.public_only
    with pytest.raises(mse.ReleaseError):
        mse.release([figure], policy="threshold")


def test_criteria_of_the_british_table() -> None:
    """22,991 with terms at −∞ counted is printed by Silverman, Chan and Vincent (2024); 12,142 without is ours."""
    table = mse.datasets.load("united_kingdom_2013_five")
    found = sensitivity.criteria(mse.Search(), table).to_frame().set_index("scenario")
    assert round(found.loc["as it is", "total"]) == 22991
    assert found.loc["terms at −∞ not counted", "total"] == pytest.approx(12141.8, abs=0.05)
    assert found.loc["by AIC", "total"] == mse.Search("aic").fit(table).total
    assert found.loc["terms of all orders", "total"] == mse.Search(max_order=None).fit(table).total
    with pytest.raises(mse.ModelError, match="search chooses by"):
        sensitivity.criteria(ALONE, table)


def test_years() -> None:
    counts = [[[0, 0, 0], [30, 12, 20]], [[40, 25, 31], [6, 5, 6]]]
    table = mse.CaptureTable(["A", "B"], counts, {"year": (2017, 2018, 2019)})
    each = [30 + 40 + 6 + 30 * 40 / 6, 12 + 25 + 5 + 12 * 25 / 5, 20 + 31 + 6 + 20 * 31 / 6]
    found = sensitivity.years(mse.LogLinear("[A year][B year]"), table)
    assert [one.total for one in found.outcomes[:3]] == pytest.approx(
        [sum(each), sum(each[1:]), sum(each[:2])], rel=MLE
    )
    assert [one.name for one in found.outcomes[3:]] == ["year as line", "year as curve"]
    with pytest.raises(mse.TableError, match="no covariate 'jaar'"):
        sensitivity.years(ALONE, table, covariate="jaar")
    with pytest.raises(mse.TableError, match="three or more"):
        sensitivity.years(mse.LogLinear("[A year][B year]"), table.select(year=[2017, 2018]))


def test_priors_are_those_of_the_fit() -> None:
    fit = mse.DecomposableAverage().fit(SPINA)
    found = sensitivity.priors(mse.DecomposableAverage(), SPINA)
    assert [one.total for one in found.outcomes] == fit.prior_influence()["median"].tolist()
    assert found.base.name == "as given"
    with pytest.raises(mse.ModelError, match="no prior"):
        sensitivity.priors(ALONE, SPINA)


def test_everything_suits_the_estimator_and_the_table() -> None:
    two = sensitivity.everything(ALONE, two_lists(6, 40, 30))
    assert list(two.parts) == ["dependence", "unseen", "linkage", "over_coverage", "one_person"]
    assert two.refused == {}
    assert two.said is not None
    graphs = sensitivity.everything(mse.DecomposableAverage(), SPINA)
    assert list(graphs.parts) == ["lists_out", "lists_merged", "unseen", "priors"]
    pairs = sensitivity.everything(mse.LogLinear(order=2), SPINA)
    assert list(pairs.refused) == ["dependence"]
    figures = mse.monitor.sensitivity_figures(graphs)
    released = mse.release(figures)
    assert set(released.names) == {f"sensitivity_{name}" for name in graphs.parts}


def test_refusals() -> None:
    table = two_lists(6, 40, 30)
    for options in ({"factor": 1}, {"factor": -2}, {"most": 0}):
        with pytest.raises(mse.ModelError):
            sensitivity.changed_records(ALONE, table, **options)
    with pytest.raises(mse.TableError, match="without covariates"):
        sensitivity.one_person(ALONE, mse.datasets.load("spina_bifida_621_ethnicity"))
