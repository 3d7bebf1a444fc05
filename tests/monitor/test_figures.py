"""Figures of an estimation: their data, titles that state the finding, and words where there is no number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import mse
from mse.core.ensemble import EnsembleFit
from mse.core.estimate import Estimate, Part, Range
from mse.core.sentence import Sentence
from mse.messages import LANGUAGES
from mse.monitor.estimation import (
    BANDWIDTHS,
    Context,
    captures_figure,
    context_figure,
    draws_figure,
    estimates_figure,
    headline_text,
    lists_figure,
    modes_figure,
    pairs_figure,
    patterns_figure,
    reconciliation_figure,
    search_figure,
    selected_figure,
)


@pytest.fixture(scope="module")
def dutch() -> mse.CaptureTable:
    return mse.datasets.load("netherlands_2010_2015")


@pytest.fixture(scope="module")
def rome() -> EnsembleFit:
    return mse.Search(criterion="bic").fit(mse.datasets.load("rome_hiv"))


def test_lists_say_who_is_on_no_other(dutch: mse.CaptureTable) -> None:
    figure = lists_figure(dutch, {"K": {"en": "border police", "nl": "grenspolitie"}})
    row = figure.to_frame().set_index("list").loc["K"]
    assert (row["persons"], row["only"]) == (1348, 1299)
    assert row["share_only"] == pytest.approx(1299 / 1348)
    assert figure.title["nl"] == "8.234 personen zijn geregistreerd, de meeste op maar één lijst"
    assert "most of them" not in lists_figure(mse.CaptureTable(["A", "B"], [[0, 3], [4, 16]])).title["en"]


def test_patterns_are_sorted_and_complete(dutch: mse.CaptureTable) -> None:
    figure = patterns_figure(dutch)
    persons = figure.to_frame()["persons"]
    assert persons.sum() == dutch.n_observed
    assert persons.is_monotonic_decreasing
    assert figure.title["en"] == "The overlaps between the lists rest on 432 persons"


def test_patterns_add_covariates_up() -> None:
    table = mse.CaptureTable(["A", "B"], [[[0, 0], [10, 20]], [[5, 6], [1, 2]]], {"sex": ("f", "m")})
    assert sorted(patterns_figure(table).to_frame()["persons"]) == [3, 11, 30]


def test_captures_add_up_to_everyone(dutch: mse.CaptureTable) -> None:
    frame = captures_figure(dutch).to_frame()
    assert frame["persons"].tolist() == [7802, 414, 18]
    assert frame["share"].sum() == pytest.approx(1.0)


def test_the_odds_ratio_is_among_persons_on_at_least_one_other_list(dutch: mse.CaptureTable) -> None:
    figure = pairs_figure(dutch)
    row = figure.to_frame().set_index(["first", "second"]).loc[("P", "Z")]
    four = [int(row[name]) for name in ("both", "only_first", "only_second", "neither")]
    assert row["odds_ratio"] == pytest.approx(four[0] * four[3] / (four[1] * four[2]))
    assert row["odds_ratio"] == pytest.approx(1.97, abs=0.005)
    assert figure.title["en"] == "Of 15 pairs of lists, 2 share nobody"
    assert figure.spanners[0][1][-1] == "odds_ratio"


def test_two_lists_have_no_odds_ratio() -> None:
    figure = pairs_figure(mse.CaptureTable(["A", "B"], [[0, 30], [40, 6]]))
    assert "odds_ratio" not in figure.columns
    assert not figure.spanners
    assert figure.title["en"] == "The two lists share 6 persons"


def test_a_reconciliation_needs_reports(dutch: mse.CaptureTable) -> None:
    with pytest.raises(mse.TableError, match=r"mse\.tabulate"):
        reconciliation_figure(dutch)
    reports = pd.DataFrame({"person": [1, 1, 2, 3], "reporter": ["p", "q", "p", "q"]})
    table = mse.tabulate(reports, person="person", reporter="reporter", lists={"P": ["p"], "Q": ["q"]})
    figure = reconciliation_figure(table)
    assert figure.title["en"] == "From 4 reports to 3 persons"
    frame = figure.to_frame()
    assert next(step["en"] for step in frame["step"]) == "reports"
    assert frame["n"].iloc[0] == 4


def test_a_search_lists_rivals_and_names_models(rome: EnsembleFit) -> None:
    other = mse.LogLinear(order=2).fit(rome.table)
    named = [({"en": "all pairs", "nl": "alle paren"}, other)]
    frame = search_figure(rome, named=named).to_frame()
    assert len(frame) == len(rome.to_frame()) + 1
    assert frame["delta"].is_monotonic_increasing
    marks = frame["mark"].dropna()
    assert [mark["en"] for mark in marks] == ["best of all", "all pairs"]
    assert frame["delta"].iloc[-1] == pytest.approx(other.bic - rome.best.bic)  # type: ignore[union-attr]
    assert {answer["en"] for answer in frame["answer"][:-1]} == {"10,500 to 13,600"}


def test_a_named_model_that_is_the_best_bears_both_names(rome: EnsembleFit) -> None:
    assert rome.best is not None
    frame = search_figure(rome, named=[({"en": "practice", "nl": "praktijk"}, rome.best)]).to_frame()
    assert frame["mark"].iloc[0]["nl"] == "beste van alle; praktijk"
    assert len(frame) == len(rome.to_frame())


def test_titles_of_searches_state_the_factor(rome: EnsembleFit, dutch: mse.CaptureTable) -> None:
    assert search_figure(rome).title["en"].endswith("their totals lie within a factor of 1.29")
    assert search_figure(rome).title["nl"].endswith("factor 1,29")


def test_modes_state_one_answer_or_several(rome: EnsembleFit) -> None:
    pairs = Sentence("scope_pairs")
    assert modes_figure([(pairs, rome)]).title["en"] == "The models agree on one answer, between 10,500 and 13,600"
    figure = modes_figure([(pairs, rome)], bandwidths=BANDWIDTHS)
    assert figure.to_frame()["bandwidth"].tolist() == [0.05, 0.1, 0.15]
    two = mse.Search(criterion="bic").fit(mse.datasets.load("netherlands_2010_2015_five"))
    assert modes_figure([(pairs, two)]).title["en"] != figure.title["en"]


def estimate(
    total: float | None = 276.0, lower: float = 180.0, upper: float | None = 420.0, **more: object
) -> Estimate:
    dark = None if total is None else total - 76
    return Estimate((Part("total", 76, dark, lower, upper),), 0.95, "profile", "[A][B]", **more)  # type: ignore[arg-type]


BLOCKING = mse.Finding("rivals_disagree", "blocking", "s", {
    "lower": 180.0, "upper": 420.0, "factor": 2.3, "order": 2, "criterion": "BIC",
})  # fmt: skip
RANGES = (Range(180.0, 220.0, 0.4), Range(300.0, 420.0, 0.6))


@pytest.mark.parametrize(
    "shown",
    [
        estimate(),
        estimate(upper=None),
        estimate(None),
        estimate(findings=(BLOCKING,)),
        estimate(findings=(BLOCKING,), ranges=RANGES),
        estimate(findings=(BLOCKING,), ranges=(*RANGES, Range(500.0, 600.0, 0.1))),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_headline_of_a_page_is_that_of_the_estimate(shown: Estimate, language: str) -> None:
    assert headline_text(shown)[language] == shown.headline(language)


def test_a_blocked_estimate_gives_ranges_and_no_single_number() -> None:
    frame = estimates_figure({"x": estimate(findings=(BLOCKING,), ranges=RANGES)}).to_frame()
    assert frame[["lower", "upper"]].to_numpy().tolist() == [[180.0, 220.0], [300.0, 420.0]]
    assert frame["total"].isna().all()
    assert frame["weight"].tolist() == [0.4, 0.6]
    numbers = frame.select_dtypes("number").to_numpy().ravel()
    assert 276.0 not in numbers
    assert 200.0 not in numbers


def test_a_blocked_estimate_without_ranges_gives_no_number_at_all() -> None:
    figure = estimates_figure({"x": estimate(findings=(BLOCKING,))})
    assert figure.to_frame()[["lower", "upper", "total"]].isna().all(axis=None)
    assert figure.words[(0, "total")] == "word_no_single_estimate"
    assert figure.title["en"] == "No single estimate."


def test_parts_are_rows_under_their_whole() -> None:
    parts = (Part("total", 76, 200.0, 180.0, 420.0), Part("2015", 40, 100.0, 90.0, None))
    frame = estimates_figure({"x": replace(estimate(), parts=parts)}).to_frame()
    assert frame["part"].iloc[1] == "2015"
    assert frame["part"].iloc[0]["nl"] == "totaal"
    assert frame["total"].tolist() == [276.0, 140.0]


def test_estimates_of_different_things_do_not_share_an_axis() -> None:
    here = mse.Reference((2010, 2015), "person", "victims", "here", source="x")
    figure = estimates_figure({"x": estimate(reference=here), "y": estimate(reference=here)})
    assert figure.reference is here
    for other in (here.replace(place="there"), here.replace(period=(2015, 2016)), None):
        with pytest.raises(mse.ReferenceError, match="One axis"):
            estimates_figure({"x": estimate(reference=here), "y": estimate(reference=other)})
    with pytest.raises(mse.TableError, match="at least one"):
        estimates_figure({})


def test_titles_of_estimates_count_those_without_a_single_number() -> None:
    blocked = estimate(findings=(BLOCKING,))
    assert estimates_figure({"x": estimate()}).title["en"].startswith("276 (180 to 420")
    assert estimates_figure({"x": estimate(), "y": estimate()}).title["en"] == "2 estimates with their intervals"
    assert estimates_figure({"x": estimate(), "y": blocked}).title["en"].startswith("1 of 2 procedures")
    assert estimates_figure({"x": blocked, "y": blocked}).title["en"].startswith("None of the 2")


def draws(n: int = 50) -> mse.Draws:
    rng = np.random.default_rng(5)
    dark = rng.lognormal(5, 0.3, n)
    dark[0] = np.nan
    return mse.Draws(np.full(n, 76.0), dark, ("", *(f"[A][B{place % 7}]" for place in range(n - 1))))


def test_draws_are_binned_by_model_and_lose_none() -> None:
    figure = draws_figure(estimate(draws=draws()))
    frame = figure.to_frame()
    assert frame["replicates"].sum() == 49
    named = [name for name in frame if str(name).startswith("model_")]
    assert len(named) == 4
    assert (frame[[*named, "other_models"]].sum(axis=1) == frame["replicates"]).all()
    assert np.allclose(frame["upper"][:-1], frame["lower"][1:])
    assert figure.marks == {"lower": 180.0, "upper": 420.0}
    assert "Replicates without an estimate: 1." in figure.caption["en"]
    assert figure.title["nl"] == "De procedure 50 keer herhalen geeft totalen van 180 tot 420"


def test_draws_that_all_agree_fall_in_one_bin() -> None:
    same = mse.Draws(np.full(5, 76.0), np.full(5, 200.0), ("[A][B]",) * 5)
    frame = draws_figure(estimate(draws=same)).to_frame()
    assert frame["replicates"].tolist() == [5]
    assert "same model" in selected_figure(estimate(draws=same)).title["en"]


def test_selected_models_have_shares_of_all_replicates() -> None:
    frame = selected_figure(estimate(draws=draws())).to_frame()
    assert frame["replicates"].sum() == 49
    assert frame["share"].sum() == pytest.approx(49 / 50)


@pytest.mark.parametrize("draws", [None, mse.Draws(np.array([76.0]), np.array([np.nan]), ("",))])
@pytest.mark.parametrize("builder", [draws_figure, selected_figure])
def test_pictures_of_replicates_need_replicates(builder: object, draws: mse.Draws | None) -> None:
    with pytest.raises(mse.TableError, match=r"mse\.bootstrap"):
        builder(estimate(draws=draws))  # type: ignore[operator]


def test_context_keeps_each_number_with_what_it_is_about() -> None:
    one = mse.Reference((2014, 2015), "person-year", "victims", "NL", source="First", public=True)
    other = mse.Reference((2015, 2019), "person", "registered", "NL", source="Second", public=True)
    label = {"en": "x", "nl": "x"}
    figure = context_figure([Context(label, one, lower=5000, upper=7500), Context(label, other, 5060, kind="persons")])
    frame = figure.to_frame()
    assert frame["period"].tolist() == ["2014–2015", "2015–2019"]
    assert frame["source"].tolist() == ["First", "Second"]
    assert "estimated" not in figure.columns
    assert pd.isna(frame["counted"].iloc[0])
    assert figure.unit == "mixed"


def test_one_private_context_number_makes_the_figure_private() -> None:
    public = mse.Reference((2014, 2015), "person", "victims", "NL", source="First", public=True)
    label = {"en": "x", "nl": "x"}
    rows = [Context(label, public, 5000), Context(label, public.replace(public=False), 7)]
    with pytest.raises(mse.ReleaseError):
        mse.release([context_figure(rows)], "public_source")
    with pytest.raises(mse.TableError):
        context_figure([])
