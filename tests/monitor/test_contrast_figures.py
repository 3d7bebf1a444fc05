"""Contrasts and rates on their way out: what is printed, what is withheld, and what a reader can work out."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mse
from mse.core.contrasts import Contrast
from mse.core.estimate import Estimate, Part
from mse.core.figure import Column, Figure
from mse.core.finding import Finding
from mse.monitor import contrasts_figure, rates_figure
from mse.monitor.disclosure.suppression import coarse, coarse_estimate
from mse.report.csv import figure_csv

BLOCK = Finding("rivals_disagree", "blocking", "total", {"criterion": "bic", "lower": 1, "upper": 2, "factor": 2,
                                                         "order": 2})  # fmt: skip
FELL = Contrast("growth", "2019", "2018", -0.123456, -0.2, -0.03, 0.95, 0.99, 1000)
MORE = Contrast("difference", "2019", "total", -1234.5, -1300.0, 10.0, 0.95, 0.91, 1000)
TWICE = Contrast("ratio", "AU", "SU", 2.345, 1.1, 3.0, 0.95, 0.0, 1000)
TREND = Contrast("trend", "2019", "2015", 0.01, -0.02, 0.04, 0.95, 0.3, 1000, "AU")
HIDDEN = Contrast("growth", "2019", "2017", 0.777, 0.666, 0.888, 0.95, 0.555, 4321, findings=(BLOCK,))
NOTHING = Contrast("trend", "2019", "2015", None, None, None, 0.95, None, 0)

PER = 100_000.0
ROUNDING_IN_BINARY = 1e-9
"""Relative error of a product and a quotient of doubles, with room."""


def year(level: int) -> frozenset[tuple[str, int]]:
    return frozenset({("year", level)})


def by_year(*persons: int) -> mse.CaptureTable:
    """Two lists by years from 2018 on, with so many persons in each."""
    cells = [[[0] * len(persons), [n // 2 for n in persons]], [[n - n // 2 for n in persons], [0] * len(persons)]]
    return mse.CaptureTable(["A", "B"], cells, {"year": tuple(range(2018, 2018 + len(persons)))})


def test_every_scale_has_columns_of_its_own() -> None:
    figure = contrasts_figure([FELL, MORE, TWICE, TREND])
    kinds = {name: column.kind for name, column in figure.columns.items()}
    assert (kinds["change"], kinds["difference_lower"], kinds["ratio_upper"]) == ("percent", "estimate", "ratio")
    frame = figure.to_frame()
    assert frame["change"].dropna().tolist() == [-0.123456, 0.01]
    assert frame.loc[1, ["difference", "difference_lower", "difference_upper"]].tolist() == [-1234.5, -1300.0, 10.0]
    assert frame.loc[2, ["ratio", "ratio_lower", "ratio_upper"]].tolist() == [2.345, 1.1, 3.0]
    assert frame["what"][1]["nl"] == "2019 min totaal"
    assert frame["what"][3]["en"] == "Average change a year, from 2015 to 2019 (AU)"
    assert "ratio" not in contrasts_figure([FELL]).columns


def test_the_title_counts_the_intervals_that_leave_out_no_change() -> None:
    assert contrasts_figure([FELL, MORE, TWICE, TREND]).title["en"].startswith("In 2 of 4 comparisons")
    assert contrasts_figure([FELL]).title["en"].endswith("leaves out 'no change'")
    assert contrasts_figure([MORE]).title["en"].endswith("includes 'no change'")
    assert contrasts_figure([HIDDEN]).title["en"].startswith("The parts have no single estimate")


@pytest.mark.parametrize("policy", ["threshold", "protected"])
@pytest.mark.parametrize(("withheld", "word"), [(HIDDEN, "no single estimate"), (NOTHING, "no estimate")])
def test_a_contrast_without_a_single_answer_prints_no_number(policy: str, withheld: Contrast, word: str) -> None:
    released = mse.release([contrasts_figure([FELL, withheld])], policy)["contrasts"]
    cells = list(csv.DictReader(figure_csv(released).splitlines()))[1]
    assert cells.pop("change") == word
    assert cells.pop("level") == "0.95"
    assert not any(map(str.isdigit, "".join(cells.values()).replace(cells["what"], "")))


def test_estimated_differences_are_rounded_as_estimates_are_and_shares_to_per_cents() -> None:
    made = [replace(one, compared=(year(2019), year(2018))) for one in (FELL, MORE, TWICE)]
    frame = mse.release([contrasts_figure(made, by_year(400, 300))], "threshold")["contrasts"].to_frame()
    assert frame.loc[1, ["difference", "difference_lower", "difference_upper"]].tolist() == [-1230, -1300, 10]
    assert frame.loc[0, "change"] == -0.12
    assert frame.loc[2, "ratio"] == 2.3


def test_contrasts_of_different_things_make_no_figure() -> None:
    with pytest.raises(mse.TableError, match="at least one"):
        contrasts_figure([])
    about = [mse.Reference((2018, year), "person", "victims", "NL", public=False) for year in (2019, 2020)]
    made = [Contrast("growth", "a", "b", 0.1, 0.0, 0.2, 0.95, 0.1, 9, reference=one) for one in about]
    with pytest.raises(mse.ReferenceError):
        contrasts_figure(made)


def estimate(observed: list[int], unseen: float, *findings: Finding) -> Estimate:
    parts = [
        Part(str(year), seen, unseen, seen + unseen / 2, None, {"year": year})
        for year, seen in enumerate(observed, start=2015)
    ]
    whole = Part("total", sum(observed), unseen * len(observed), float(sum(observed)), None)
    return Estimate((whole, *parts), 0.95, "profile", "[A][B]", findings=findings)


def people(n: int, size: int) -> pd.DataFrame:
    return pd.DataFrame({"year": range(2015, 2015 + n), "population": [size] * n})


@given(
    st.lists(st.integers(0, 400), min_size=2, max_size=5),
    st.floats(0.0, 5000.0),
    st.sampled_from([PER, 17_000_000, 12_345]),
)
@settings(deadline=None, max_examples=60)
def test_a_released_rate_tells_no_more_than_the_released_number(seen: list[int], unseen: float, size: int) -> None:
    made = estimate(seen, unseen)
    exact = rates_figure(made, people(len(seen), size)).to_frame()
    frame = mse.release([rates_figure(made, people(len(seen), size))], "threshold")["rates"].to_frame()
    for count, rounding in (("observed", coarse), ("total", coarse_estimate), ("lower", coarse_estimate)):
        for row in map(int, frame.index):
            number, rate = frame.at[row, count], frame.at[row, f"{count}_rate"]
            if pd.isna(number):
                assert pd.isna(rate)
                continue
            assert number == rounding(exact.at[row, count])
            if not pd.isna(rate):
                back = float(rate) * float(frame.at[row, "population"]) / PER
                assert back == pytest.approx(number, rel=ROUNDING_IN_BINARY)


def test_rates_of_few_persons_and_what_would_betray_them_are_withheld() -> None:
    released = mse.release([rates_figure(estimate([413, 508, 7], 100.0), people(3, 1_000_000))], "threshold")["rates"]
    frame = released.to_frame()
    assert frame["observed"].isna().tolist() == [False, True, False, True]
    assert frame["observed_rate"].isna().tolist() == [False, True, False, True]
    assert frame["total_rate"].dropna().tolist() == pytest.approx(
        [1230 / 30, 61.0 if frame["total"].notna()[2] else 51.5]
    )
    assert (frame["total"].isna() == frame["observed"].isna()).all()
    assert released.words[3, "observed_rate"] == "word_too_few"


def test_a_blocked_estimate_has_rates_of_what_was_counted_only() -> None:
    figure = rates_figure(estimate([413, 508], 100.0, BLOCK), people(2, 1_000_000))
    frame = figure.to_frame()
    assert frame["observed_rate"].tolist() == pytest.approx([921 / 20, 41.3, 50.8])
    assert np.isnan(frame[["total", "lower", "upper", "total_rate", "lower_rate", "upper_rate"]]).all(axis=None)
    assert "no single estimate" in figure.title["en"]
    said = next(csv.DictReader(figure_csv(mse.release([figure], "threshold")["rates"]).splitlines()))
    assert {said["total"], said["total_rate"]} == {"no single estimate"}
    assert {said[f"{limit}{of}"] for limit in ("lower", "upper") for of in ("", "_rate")} == {"–"}


def test_public_rates_are_exact() -> None:
    about = mse.Reference((2015, 2016), "person", "victims", "NL", source="a source", public=True)
    made = replace(estimate([413, 507], 100.0), reference=about)
    frame = mse.release([rates_figure(made, people(2, 1_000_000), per=1000)], "public_source")["rates"].to_frame()
    assert frame["observed_rate"].tolist() == pytest.approx([0.46, 0.413, 0.507])
    assert frame["upper_rate"].isna().all()


def test_a_rate_beside_linked_counts_is_that_of_the_printed_number() -> None:
    text = {"en": "x", "nl": "x"}
    rows: dict[str, Any] = {"sex": ["m", "f", "x"], "persons": [413, 508, 7], "rate": [41.3, 50.8, 0.7]}
    columns = {
        "sex": Column("sex", "geslacht"),
        "persons": Column("p", "p", "persons"),
        "rate": Column("r", "r", "rate", of=("persons",)),
    }
    cells = {row: ("sex", row) for row in range(3)}
    figure = Figure("f", pd.DataFrame(rows), columns, title=text, caption=text, cells=cells)
    frame = mse.release([figure], "threshold")["f"].to_frame()
    shown = frame[frame["persons"].notna()]
    assert len(shown)
    assert frame["rate"][frame["persons"].isna()].isna().all()
    assert shown["rate"].astype(float).tolist() == pytest.approx((shown["persons"].astype(float) / 10).tolist())
