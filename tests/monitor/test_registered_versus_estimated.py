"""Registered beside estimated: every ratio of the published comparison, and what is refused or flagged.

`data/registered_vs_estimated_2015_2019.csv` holds the comparison of the estimates that the monitor quotes with its
own figures, to the decimals in which it was made. Source of both: Nationaal Rapporteur Mensenhandel en Seksueel Geweld
tegen Kinderen 2020, Slachtoffermonitor mensenhandel 2015-2019. The Hague. Rows of line 1 in 2015, 2017 and 2018 are
not in it: the report contradicts itself there (audit finding A01).
"""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from checked_figures import REFERENCE, checked_figures

import mse
from mse.core.cube import Cube
from mse.core.estimate import Estimate, Part, Range
from mse.core.finding import Finding
from mse.core.published_estimate import PublishedEstimate
from mse.monitor.coverage.beside import registered_versus_estimated
from mse.monitor.coverage.coverage_shares import shares_versus_estimated
from mse.records.published import published_estimates

TABLE = Path(__file__).parent / "data" / "registered_vs_estimated_2015_2019.csv"
ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
LATER = ("period", "population", "definition")
"""In what the published estimates differ from the monitor's figures."""

NAMES = {
    "E1": ("All presumed victims", "monitor_population"),
    "E1b": ("Excluding EMM-only", "excl_emm_only"),
    "E1c": ("All registered victims", "all_registered"),
    "E2": ("Domestic sexual exploitation", "monitor_population"),
    "E4": ("Minors in domestic sexual exploitation", "monitor_population"),
    "E6": ("Minors, all forms", "monitor_population"),
    "E7": ("Outside domestic sexual exploitation", "monitor_population"),
}
SHARES = {
    "E3": "Minors among domestic sexual exploitation",
    "E5": "Minors among all",
    "E5k": "Minors among all",
}
DUTCH = published_estimates("netherlands_2014_2015")
HALF = 0.0501
"""Half a unit of the last printed decimal, and room for a value that lies on the border between two of them."""


@pytest.fixture(scope="module")
def counted() -> pd.DataFrame:
    lines = ["monitor_population", "excl_emm_only", "all_registered"]
    return registered_versus_estimated(checked_figures(), DUTCH, allow=LATER, lines=lines).to_frame()


@pytest.fixture(scope="module")
def shares() -> pd.DataFrame:
    return shares_versus_estimated(checked_figures(), DUTCH, allow=LATER).to_frame()


def year_of(row: dict[str, str]) -> str:
    return "total" if row["year"].startswith("mean") or "-" in row["year"] else row["year"]


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row["id"] in NAMES], ids=lambda row: f"{row['id']}-{row['year']}"
)
def test_every_published_ratio_of_counts(row: dict[str, str], counted: pd.DataFrame) -> None:
    name, line = NAMES[row["id"]]
    label = counted["group"].map(lambda text: text["en"])
    found = counted[(label == name) & (counted["line"] == line) & (counted["year"] == year_of(row))]
    assert len(found) == 1
    got = found.iloc[0]
    assert got["registered"] == pytest.approx(float(row["registered"]))
    assert 100 * got["share_low"] == pytest.approx(float(row["ratio_low_pct"]), abs=HALF)
    assert 100 * got["share_high"] == pytest.approx(float(row["ratio_high_pct"]), abs=HALF)
    assert got["per_registered_low"] == pytest.approx(float(row["per_registered_low"]), abs=HALF)
    assert got["per_registered_high"] == pytest.approx(float(row["per_registered_high"]), abs=HALF)
    assert got["unseen_low"] == pytest.approx(got["per_registered_low"] - 1)


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row["id"][:2] in SHARES], ids=lambda row: f"{row['id']}-{row['year']}"
)
def test_every_published_ratio_of_shares(row: dict[str, str], shares: pd.DataFrame) -> None:
    name = SHARES[row["id"]]
    label = shares["group"].map(lambda text: text["en"])
    found = shares[(label == name) & (shares["year"] == year_of(row))]
    got = found.iloc[(100 * found["share"] - float(row["registered"])).abs().argmin()]
    assert 100 * got["share"] == pytest.approx(float(row["registered"]), abs=HALF)
    assert 100 * got["ratio_low"] == pytest.approx(float(row["ratio_low_pct"]), abs=HALF)
    assert 100 * got["ratio_high"] == pytest.approx(float(row["ratio_high_pct"]), abs=HALF)
    assert got["inverse_low"] == pytest.approx(float(row["per_registered_low"]), abs=HALF)


def test_the_whole_table_was_tested() -> None:
    assert {row["id"] for row in ROWS} == {*NAMES, *SHARES}
    assert len(ROWS) == 48


# ---------------------------------------------------------------- what is refused, and what is flagged


@pytest.mark.parametrize("missing", LATER)
def test_each_difference_must_be_allowed(missing: str) -> None:
    with pytest.raises(mse.ReferenceError, match=missing):
        registered_versus_estimated(checked_figures(), DUTCH, allow=[name for name in LATER if name != missing])


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"period": (2014, 2015)}, "period"),
        ({"population": "other"}, "population"),
        ({"unit": "person"}, "unit"),
        ({"place": "Belgium"}, "place"),
    ],
)
def test_a_reference_that_differs_is_refused_and_named(changed: dict[str, object], field: str) -> None:
    estimate = published(reference=REFERENCE.replace(**changed))
    with pytest.raises(mse.ReferenceError, match=field):
        registered_versus_estimated(checked_figures(), estimate)
    shown = registered_versus_estimated(checked_figures(), estimate, allow=[field])
    assert set(rows_of(shown, "total")["flagged"]) == {field}
    assert [finding.code for finding in shown.findings] == [f"coverage_other_{field}"]


def test_an_unknown_unit_is_a_difference_even_with_itself() -> None:
    unknown = REFERENCE.replace(unit="unknown")
    with pytest.raises(mse.ReferenceError, match="unit"):
        registered_versus_estimated(checked_figures(), published(reference=unknown), reference=unknown)


def test_a_definition_must_be_that_of_the_register() -> None:
    same = {"form": "sexual before labour before criminal; domestic by Dutch nationality"}
    estimate = published(group={"form": "BL-SU"}, definitions=same)
    assert registered_versus_estimated(checked_figures(), estimate).findings == ()
    with pytest.raises(mse.ReferenceError, match="definition"):
        registered_versus_estimated(checked_figures(), estimate.replace(definitions={"form": "by route"}))


def test_an_estimate_of_the_same_period_stands_beside_the_mean_year_only() -> None:
    found = rows_of(registered_versus_estimated(checked_figures(), published()), "total")
    assert found[["year", "registered", "registered_kind"]].values.tolist() == [["total", 1012.0, "period mean"]]


def test_a_difference_without_a_name_is_refused() -> None:
    with pytest.raises(mse.ReferenceError, match="Did you mean 'period'"):
        registered_versus_estimated(checked_figures(), DUTCH, allow=["periods"])


@pytest.mark.parametrize("language", ["en", "nl"])
def test_findings_read_as_sentences(language: str) -> None:
    shown = registered_versus_estimated(checked_figures(), DUTCH, allow=LATER)
    said = [finding.sentence(language) for finding in shown.findings]
    assert len(said) > 5
    assert all("{" not in text and text.endswith(".") for text in said)
    word = {"en": "not stated", "nl": "niet vermeld"}[language]
    assert any(word in text for text in said)


# ---------------------------------------------------------------- no factor of the whole for a part


def test_a_form_without_an_estimate_has_a_row_and_no_ratio() -> None:
    shown = registered_versus_estimated(checked_figures(), DUTCH[:2], allow=LATER)
    frame = shown.to_frame()
    for form in ("GO-SU", "AU", "CU", "UNK"):
        found = frame[frame["form"] == form]
        assert found["year"].tolist() == ["2015", "2016", "2017", "2018", "2019", "total"]
        assert found[["estimate_low", "estimate_high", "share_low", "share_high", "unseen_low"]].isna().all().all()
        assert (found["registered"] > 0).all()
    assert "no estimate" in released_csv(shown)


def test_every_level_of_an_estimated_characteristic_has_a_row() -> None:
    shown = registered_versus_estimated(
        checked_figures(), published(group={"sex": "male"}), allow=["definition"], dimensions=["form", "region"]
    )
    frame = shown.to_frame()
    assert set(frame["dimension"]) == {"form", "sex", "region"}
    assert set(frame[frame["dimension"] == "sex"]["category_code"]) == {"male", "female", "unknown"}
    assert frame["share_low"].notna().sum() == 1


def test_upper_bounds_are_labelled_and_a_cube_counts_exactly() -> None:
    minors = DUTCH[2]
    frame = rows_of(registered_versus_estimated(checked_figures(), minors, allow=LATER), "age_band")
    kinds = dict(zip(frame["year"], frame["registered_kind"], strict=True))
    assert kinds == {**{str(year): "upper bound" for year in range(2015, 2020)}, "total": "period mean"}
    rows = [(2015, "BL-SU", "minor", 40), (2015, "BL-SU", "18-22", 60), (2016, "AU", "minor", 5)]
    cube = Cube(pd.DataFrame(rows, columns=["year", "form", "age_band", "count"]))
    about = REFERENCE.replace(period=(2015, 2016))
    exact = registered_versus_estimated(cube, minors, allow=LATER, reference=about, dimensions=())
    found = rows_of(exact, "age_band")
    assert found[["year", "registered", "registered_kind"]].values.tolist() == [
        ["2015", 40.0, "exact"], ["2016", 0.0, "exact"], ["total", 20.0, "period mean"],
    ]  # fmt: skip
    assert found["per_registered_low"].isna().tolist() == [False, True, False]


# ---------------------------------------------------------------- estimates of mse


def own(*parts: Part, **changes: object) -> Estimate:
    given = {"level": 0.95, "interval": "profile", "method": "[A B]", "reference": REFERENCE, **changes}
    return Estimate(parts, **given)  # type: ignore[arg-type]


TOTAL = Part("total", 5060, 20000.0, 20000.0, 32000.0)


def test_an_estimate_of_the_period_stands_beside_the_period() -> None:
    found = rows_of(registered_versus_estimated(checked_figures(), own(TOTAL)), "total")
    got = found.iloc[0]
    assert (got["registered"], got["estimate"], got["registered_kind"]) == (5060.0, 25060.0, "exact")
    assert (got["share_low"], got["share_high"]) == (pytest.approx(5060 / 32000), pytest.approx(5060 / 20000))
    assert got["level"] == 0.95


def test_an_estimate_a_year_stands_beside_the_mean_year() -> None:
    found = rows_of(registered_versus_estimated(checked_figures(), own(TOTAL).per_year()), "total")
    assert found[["registered", "estimate_high", "registered_kind"]].values.tolist() == [
        [1012.0, 6400.0, "period mean"]
    ]


def test_parts_by_year_stand_beside_their_years() -> None:
    parts = (TOTAL, *(Part(str(year), 700, 5000.0, 4000.0, None) for year in range(2015, 2020)))
    shown = registered_versus_estimated(checked_figures(), own(*parts))
    found = rows_of(shown, "total")
    assert found["year"].tolist() == ["2015", "2016", "2017", "2018", "2019", "total"]
    assert found["share_low"].isna().tolist() == [True] * 5 + [False]
    assert "no upper limit" in released_csv(shown)


def test_an_estimate_of_a_selected_part_is_of_that_part() -> None:
    selected = REFERENCE.narrowed("form", ["AU", "CU"])
    shown = registered_versus_estimated(checked_figures(), own(TOTAL, reference=selected))
    assert shown.to_frame().iloc[0][["form", "registered"]].tolist() == ["AU+CU", 1339.0]


def test_an_estimate_of_some_years_stands_beside_those_years() -> None:
    some = REFERENCE.replace(period=(2015, 2016))
    found = rows_of(registered_versus_estimated(checked_figures(), own(TOTAL, reference=some)), "total")
    assert found[["period", "registered"]].values.tolist() == [["2015–2016", 2102.0]]


def test_a_blocked_estimate_gives_its_ranges_and_no_point() -> None:
    blocking = Finding("two_modes_test", "blocking", "x")
    ranges = (Range(15000, 20000, 0.6), Range(40000, 60000, 0.4))
    parts = (TOTAL, *(Part(form, 100, 500.0, 400.0, 700.0) for form in ("BL-SU", "GO-SU", "AU", "CU", "UNK")))
    shown = registered_versus_estimated(checked_figures(), own(*parts, findings=(blocking,), ranges=ranges))
    whole = rows_of(shown, "total")
    assert whole[["estimate_low", "estimate_high", "rival"]].values.tolist() == [[15000, 20000, 1], [40000, 60000, 2]]
    frame = shown.to_frame()
    assert frame["estimate"].isna().all()
    assert frame[frame["dimension"] == "form"]["share_low"].isna().all()
    assert blocking in shown.findings
    assert shown.words[2, "estimate_low"] == "word_no_single_estimate"


def test_a_part_that_nobody_registers_is_refused() -> None:
    with pytest.raises(mse.TableError, match="Did you mean 'BL-SU'"):
        registered_versus_estimated(checked_figures(), own(TOTAL, Part("BLSU", 1, 1.0, 1.0, 2.0)))
    with pytest.raises(mse.ReferenceError, match="without a reference"):
        registered_versus_estimated(checked_figures(), own(TOTAL, reference=None))


# ---------------------------------------------------------------- parts and the whole

FORMS = {"BL-SU": 6000.0, "GO-SU": 7000.0, "AU": 7000.0, "CU": 3000.0, "UNK": 2060.0}


def by_form(scale: float = 1.0) -> Estimate:
    parts = [Part(form, 10, scale * total - 10, total / 2, total * 2) for form, total in FORMS.items()]
    return own(TOTAL, *parts)


def test_parts_that_add_up_are_noted_and_others_warned_of() -> None:
    shown = registered_versus_estimated(checked_figures(), by_form())
    assert [(f.code, f.severity.value) for f in shown.findings] == [("coverage_parts_sum", "note")]
    apart = registered_versus_estimated(checked_figures(), by_form(1.1))
    assert [(f.code, f.severity.value) for f in apart.findings] == [("coverage_parts_sum_apart", "warning")]
    assert rows_of(apart, "total")["estimate"].tolist() == [25060.0]


def test_published_parts_are_summed_only_where_each_level_has_one() -> None:
    shown = registered_versus_estimated(checked_figures(), DUTCH, allow=LATER)
    sums = {f.subject: f for f in shown.findings if f.code.startswith("coverage_parts")}
    assert sums["form"].code == "coverage_parts_span"
    assert (sums["form"].values["low"], sums["form"].values["high"]) == (5000, 7500)
    assert sums["age_band"].code == "coverage_parts_missing"
    first_two = registered_versus_estimated(checked_figures(), DUTCH[:2], allow=LATER)
    missing = next(f for f in first_two.findings if f.code == "coverage_parts_missing")
    assert missing.values["names"]["en"] == "Domestic sexual exploitation"
    assert "Arbeidsuitbuiting" in missing.sentence("nl")


def test_overlapping_parts_are_left_out_of_the_sum() -> None:
    labels = [{"en": text, "nl": text} for text in ("Labour", "Labour and crime")]
    groups = [{"form": "AU"}, {"form": ("AU", "CU")}]
    overlapping = [published(group=g).replace(label=t) for g, t in zip(groups, labels, strict=True)]
    parts = [published(), *overlapping]
    shown = registered_versus_estimated(checked_figures(), parts, allow=["definition"])
    overlap = next(f for f in shown.findings if f.code == "coverage_parts_overlap")
    assert overlap.values["names"]["en"] == "Labour, Labour and crime"
    assert "coverage_parts_span" not in {f.code for f in shown.findings}


def test_more_registered_than_estimated_is_warned_of() -> None:
    shown = registered_versus_estimated(checked_figures(), published(low=900, high=950))
    assert [f.code for f in shown.findings] == ["coverage_below_registered"]
    assert rows_of(shown, "total")["unseen_high"].tolist() == [0.0]


def test_an_estimate_of_a_group_that_is_not_counted_is_said() -> None:
    shown = registered_versus_estimated(checked_figures("2.7"), [published(), published(group={"sex": "male"})],
                                        allow=["definition"])  # fmt: skip
    assert [f.code for f in shown.findings if f.severity == "warning"] == ["coverage_not_registered"]
    cube = Cube(pd.DataFrame({"year": [2015], "form": ["AU"], "count": [7]}))
    assert not rows_of(registered_versus_estimated(cube, DUTCH, allow=LATER, reference=REFERENCE), "form").empty
    with pytest.raises(mse.TableError, match="No registered number"):
        registered_versus_estimated(checked_figures("2.7"), published(group={"sex": "male"}), allow=["definition"])


# ---------------------------------------------------------------- published estimates, and the way out


@pytest.mark.parametrize(
    "wrong", [{"low": 8000}, {"kind": "shares"}, {"kind": "share"}, {"of": {"form": "AU"}}, {"low": 0}]
)
def test_a_published_estimate_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(mse.TableError):
        published(**wrong)


def test_derived_estimates_say_so() -> None:
    derived = {estimate.name for estimate in DUTCH if estimate.derived}
    assert derived == {"minors", "outside_domestic_sexual", "share_minors_domestic_sexual"}
    shown = registered_versus_estimated(checked_figures(), DUTCH, allow=LATER)
    assert "derived: a third of 5,000 to 7,500" in released_csv(shown)
    assert "afgeleid" in released_csv(shown, "nl")


def test_small_counts_are_withheld_where_they_are_not_public() -> None:
    private = REFERENCE.replace(public=False)
    frame = pd.DataFrame({"year": [2015, 2015], "form": ["AU", "CU"], "count": [1150, 6]})
    own_total = own(Part("total", 1156, 5000.0, 4000.0, 7000.0), Part("CU", 6, 60.0, 40.0, 80.0),
                    reference=private.replace(period=(2015, 2015)))  # fmt: skip
    shown = registered_versus_estimated(Cube(frame), own_total, reference=private.replace(period=(2015, 2015)))
    out = mse.release([shown])
    row = out["registered"].to_frame()
    criminal = row[row["group"].map(lambda text: text["en"]) == "Criminal exploitation"].iloc[0]
    assert criminal[["registered", "share_low", "share_high", "unseen_low"]].isna().all()
    assert row.iloc[0]["registered"] == 1155
    labour = row[row["group"].map(lambda text: text["en"]) == "Labour exploitation"].iloc[0]
    assert pd.isna(labour["registered"])
    rounding = 0.01
    assert row.iloc[0]["share_low"] == pytest.approx(1156 / 7000, abs=rounding)


def published(**changes: object) -> PublishedEstimate:
    given = {"low": 5000.0, "high": 7500.0, "reference": REFERENCE, **changes}
    return PublishedEstimate("x", {"en": "Everyone", "nl": "Iedereen"}, **given)  # type: ignore[arg-type]


def rows_of(figure: mse.Figure, dimension: str) -> pd.DataFrame:
    frame = figure.to_frame()
    return frame[frame["dimension"] == dimension]


def released_csv(figure: mse.Figure, language: str = "en") -> str:
    from mse.report.csv import figure_csv

    return figure_csv(mse.release([figure])[figure.name], language)


def test_a_share_is_not_held_against_a_number_of_persons() -> None:
    """An estimated share lies below any number of registered persons; that says nothing."""
    shares = shares_versus_estimated(checked_figures(), DUTCH, allow=LATER)
    assert "coverage_below_registered" not in {finding.code for finding in shares.findings}
