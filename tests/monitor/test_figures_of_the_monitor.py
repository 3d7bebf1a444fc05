"""Every figure of the monitor: the printed cells from the shipped register, and small registers counted by hand.

The printed cells are those of the Slachtoffermonitor mensenhandel 2015-2019 (Nationaal Rapporteur Mensenhandel en
Seksueel Geweld tegen Kinderen 2020, The Hague), as an audit of them settled (`value_checked`).
"""

from __future__ import annotations

import math

import pandas as pd
import pytest
from monitor_registers import register, shipped, small, value

import mse
from mse.errors import ModelError, TableError
from mse.messages.labels import label
from mse.monitor import Cubes, Figures, Indicator, cubes, figures, self_audit
from mse.monitor.counting.condition import has, is_in
from mse.monitor.counting.indicator import Category, levels
from mse.monitor.counting.indicators import INDICATORS, PROFILES
from mse.monitor.counting.shares import half_up
from mse.monitor.disclosure.linked import linked
from mse.records.editions import printed
from mse.records.register.rules import Rules
from mse.records.register.rules_population import LINES

KEY = ["year", "form", "category_code", "measure"]
NOT_COUNTED = {"victims_lower_bound", "victims_upper_bound"}
"""Bounds of figure 2.5 are what the printed percentage allows, no counts; the figure has the sectors themselves."""

YEARS = ("2015", "2016", "2017", "2018", "2019")


@pytest.fixture(scope="module")
def found() -> Figures:
    return figures(shipped())


def as_printed(measure: str, number: float) -> float:
    """A value as the report prints it: shares in whole per cent, means with one decimal."""
    if measure.startswith("percent"):
        return half_up(100 * number)
    return half_up(number, 1) if measure == "years" else number


@pytest.mark.parametrize("number", sorted(printed()))
def test_every_printed_cell(found: Figures, number: str) -> None:
    frame = printed()[number]
    frame = frame[frame["value_checked"].notna() & ~frame["measure"].isin(list(NOT_COUNTED))]
    counted = found[number].to_frame().set_index(KEY)["value"]
    wrong = [
        (key, counted[key], wanted)
        for *key_, wanted in frame[[*KEY, "value_checked"]].itertuples(index=False, name=None)
        if (key := tuple(key_)) not in counted.index or as_printed(key[3], counted[key]) != wanted
    ]
    assert len(frame) >= 8
    assert wrong == []


def test_printed_cells_are_all_tested() -> None:
    checked = pd.concat(printed().values())
    assert checked["value_checked"].notna().sum() == 945
    assert checked["measure"].isin(list(NOT_COUNTED)).sum() == 4


def test_printed_ranks(found: Figures) -> None:
    frame = printed()["tab2.1"]
    frame = frame[frame["audit_ref"].fillna("") == ""].set_index(KEY)["rank"]
    counted = found["tab2.1"].to_frame().set_index(KEY)["rank"]
    differ = [key for key, rank in frame.items() if not (rank == counted[key] or math.isnan(rank + counted[key]))]
    assert differ == []
    assert counted.dropna().size > 40


def test_three_units_from_the_same_records(found: Figures) -> None:
    assert value(found["2.7"], "total") == 5060
    assert value(found["2.11"], "total") == 5691
    assert value(found["2.12"], "total") == 3046
    assert found["2.11"].unit == "report"


def test_three_lines(found: Figures) -> None:
    figure = found["2.1"]
    assert [value(figure, "excl_emm_only", year) for year in YEARS] == [1316, 1033, 1011, 742, 1372]
    assert [value(figure, "monitor_population", year) for year in YEARS] == [1150, 952, 956, 668, 1334]
    for year in YEARS:
        parts = ("monitor_population", "kmar_only_su_by_difference", "emm_only_by_difference")
        assert value(figure, "all_registered", year) == sum(value(figure, part, year) for part in parts)


def test_what_the_unknown_form_is_made_of(found: Figures) -> None:
    for year in (*YEARS, "total"):
        types, forms = found["2.3"], found["2.7"]
        parts = value(types, "unknown", year) + value(types, "ORG", year)
        assert value(forms, "UNK", year, "UNK") == parts + value(forms, "SU_nationality_unknown", year, "SU")
    assert value(found["2.7"], "UNK", "total", "UNK") == 650


def test_imputation_covers_what_was_published_and_leaves_the_known_alone(found: Figures) -> None:
    imputed, known = found["2.4b"], found["2.4a"]
    shares = [value(imputed, "total", year, "SU", "percent_of_victims") for year in ("2015-2016", "2017-2019", "total")]
    assert [half_up(100 * share) for share in shares] == [67, 88, 80]
    for code in ("visible", "less_visible"):
        for year, years in (("2015-2016", YEARS[:2]), ("2017-2019", YEARS[2:])):
            sure = value(imputed, code, year, "SU") - value(imputed, f"imputed_{code}", year, "SU")
            assert sure == sum(value(known, code, each, "SU") for each in years)


def test_nothing_fails_but_what_the_register_was_made_to_fail(found: Figures) -> None:
    audit = self_audit(found)
    assert audit.tested > 500
    assert [(check.identity.figures, check.identity.where) for check in audit.failed] == [(("2.7", "2.11"), "UNK")]


def test_figures_are_linked_and_add_up(found: Figures) -> None:
    table = linked(tuple(found))
    assert len(table.ties) > 50
    assert len(table.sums) > 400
    for figure in found:
        values = figure.frame["value"]
        for whole, parts in figure.sums:
            assert values[whole] == values[list(parts)].sum(), (figure.name, whole)


def test_the_same_count_is_the_same_cell(found: Figures) -> None:
    def cell(number: str, code: str, year: str, form: str = "all") -> object:
        frame = found[number].frame
        row = frame.index[(frame["category_code"] == code) & (frame["year"] == year) & (frame["form"] == form)]
        return found[number].cells[int(row[0])]

    assert cell("2.7", "AU", "total", "AU") == cell("2.8", "total", "total", "AU")
    assert cell("2.9", "netherlands", "2019") == cell("tab2.1", "NL", "2019")
    assert cell("2.1", "monitor_population", "2016") == cell("2.10", "total", "2016")
    assert cell("2.11", "police", "2017") == cell("2.13", "total", "2017")
    assert cell("2.3", "any_AU", "2018") == cell("2.5", "total", "2018", "AU")
    assert cell("2.1", "emm_only_by_difference", "2016") == cell("2.2", "emm_only", "2016")
    assert cell("2.7", "AU", "total", "AU") != cell("2.3", "any_AU", "total")


def test_findings_say_what_a_reader_must_know(found: Figures) -> None:
    codes = {finding.code: finding for finding in found.findings}
    assert codes["monitor_new_category"].values["name"] == "street"
    assert "'Straatprostitutie'" in codes["monitor_new_category"].sentence("nl")
    assert codes["monitor_recorded_since"].values == {"figure": "2.6", "year": "2016"}
    assert codes["monitor_unknown_types"].values == {"n": 565, "whole": 5060}
    assert codes["monitor_without_report"].values["n"] >= 4
    assert codes["monitor_fewer_reports"].values == {"form": label("form", "UNK"), "reports": 646, "n": 650}


def test_titles_are_sentences_and_the_release_writes_their_counts(found: Figures) -> None:
    assert found["2.1"].title["en"] == "The number of presumed victims almost doubled from 2018 to 2019"
    assert found["2.7"].title["nl"].startswith("Grensoverschrijdende seksuele uitbuiting is de grootste groep")
    tiny = figures(small(), only=["2.8"])
    assert tiny["2.8"].base["en"] == "n = 7 presumed victims"
    assert mse.release(tiny, policy="threshold")["2.8"].figure.base["en"] == "n = (number not shown) presumed victims"


def test_small_register_by_hand() -> None:
    found = figures(small())
    for year, counts in (("2018", [4, 4, 3]), ("2019", [5, 4, 4])):
        assert [value(found["2.1"], line, year) for line in LINES] == counts
    assert [value(found["2.2"], code) for code in ("emm_only", "emm_and_reporter", "total")] == [1, 2, 3]
    forms = {form: value(found["2.7"], form, "total", form) for form in ("BL-SU", "GO-SU", "AU", "CU", "UNK")}
    assert forms == {"BL-SU": 1, "GO-SU": 0, "AU": 2, "CU": 2, "UNK": 2}
    assert value(found["2.3"], "any_CU") == 4
    assert value(found["2.4a"], "window", "2018", "SU") == 1
    assert value(found["2.4a"], "total", "total", "SU") == 2
    assert value(found["2.10"], "mean_age") == pytest.approx((17 + 30 + 22 + 41 + 25 + 20 + 20) / 7)
    assert value(found["2.11"], "total") == 7
    assert value(found["2.11"], "care_coordinators", "2019") == 1
    assert value(found["2.13"], "total") == 3


def test_figures_from_cubes_are_the_same(found: Figures) -> None:
    stored = cubes(shipped())
    again = figures(Cubes.from_frame(stored.to_frame(), period=(2015, 2019), touched=stored.touched))
    assert again.ids == found.ids
    for figure in found:
        pd.testing.assert_frame_equal(figure.to_frame(), again[figure.name].to_frame())
        assert (figure.cells, figure.sums, figure.rests) == (
            again[figure.name].cells, again[figure.name].sums, again[figure.name].rests,
        )  # fmt: skip
    assert {finding.code for finding in again.findings} == {finding.code for finding in found.findings}


def test_cubes_survive_a_file(tmp_path) -> None:
    stored = cubes(register({"a": {"types": "SU", "nationalities": "NA"}}, [("a", 2018, "police")]))
    stored.to_frame().to_csv(tmp_path / "cubes.csv", index=False)
    read = pd.read_csv(tmp_path / "cubes.csv", dtype=str, keep_default_na=False)
    assert figures(Cubes.from_frame(read, period=(2016, 2019)))["2.9"].to_frame()["value"].sum() > 0
    with pytest.raises(TableError, match="Namibia"):
        Cubes.from_frame(pd.read_csv(tmp_path / "cubes.csv"), period=(2016, 2019))


def test_cubes_are_written_only_as_a_figure() -> None:
    figure = cubes(small()).to_figure()
    released = mse.release([figure], policy="threshold")
    assert released["cubes"].to_frame().empty or released["cubes"].to_frame()["count"].isna().all()


def test_a_missing_cube_is_named() -> None:
    few = cubes(small(), only=[INDICATORS["2015-2019"]["2.8"]])
    assert figures(few, only=["2.8"])["2.8"].to_frame()["value"].max() == 7
    with pytest.raises(TableError, match="nationality"):
        figures(few, only=["tab2.1"])
    with pytest.raises(ModelError, match="other rules"):
        figures(few, rules=Rules(off=["R8"]))


def test_a_new_figure_is_a_new_entry() -> None:
    entry = Indicator(
        "procedures", "procedure", ("procedure",),
        (Category("b8", (has("procedure", "b8"),)), Category("dublin", (has("procedure", "dublin"),))),
        derived=levels("place", abroad="LY"), base=(is_in("region", "africa", "asia"),), total=(), by_form=False,
    )  # fmt: skip
    made = figures(shipped(), only=[entry])
    frame = made["procedures"].to_frame()
    assert set(frame["category_code"]) == {"b8", "dublin", "total", "abroad"}
    both = figures(shipped(), only=["2.9"])["2.9"]
    assert value(made["procedures"], "total") == value(both, "africa") + value(both, "asia")
    assert 0 < value(made["procedures"], "b8") < value(made["procedures"], "total")
    assert made["procedures"].title["en"].endswith("2015–2019")
    pd.testing.assert_frame_equal(figures(cubes(shipped(), only=[entry]), only=[entry])["procedures"].to_frame(), frame)


@pytest.mark.parametrize("window", [(2016, 2018), (2019, 2019), (2015, 2016)])
def test_windows_of_any_years(found: Figures, window: tuple[int, int]) -> None:
    part = figures(shipped(), window=window)
    years = [str(year) for year in range(window[0], window[1] + 1)]
    for number, code, form in (("2.7", "AU", "AU"), ("2.9", "africa", "all"), ("2.11", "police", "all")):
        assert value(part[number], code, "total", form) == sum(value(found[number], code, y, form) for y in years)
    assert part["2.7"].reference.period == window
    assert value(part["2.4b"], "any_SU", "total", "SU") == sum(value(found["2.3"], "any_SU", year) for year in years)


def test_kinds_of_crime_are_left_out_before_they_were_recorded() -> None:
    early = figures(shipped(), window=(2015, 2015))
    assert "2.6" not in early
    assert len(early) == 14
    assert "monitor_recorded_since" in {finding.code for finding in early.findings}
    assert set(figures(shipped(), window=(2015, 2017))["2.6"].to_frame()["year"]) == {"2016", "2017", "total"}


def test_rules_that_are_off_change_what_is_counted(found: Figures) -> None:
    wide = figures(shipped(), rules=Rules(off=["R7", "R8"]))
    assert value(wide["2.7"], "total") == value(found["2.1"], "all_registered")
    assert wide["2.7"].cells[0] != found["2.7"].cells[0]
    assert not bool(wide.trace.set_index("rule")["on"]["R8"])
    assert found["2.1"].trace["R8"] == 414


def test_persons_count_once_over_the_period() -> None:
    assert value(figures(small(), unit="person")["2.7"], "total") == 6
    assert figures(small(), unit="person")["2.7"].unit == "person"


def test_sub_periods_are_a_choice(found: Figures) -> None:
    one = figures(shipped(), only=["2.4b"], periods=[(2015, 2019)])["2.4b"]
    assert value(one, "any_SU", "2015-2019", "SU") == value(one, "any_SU", "total", "SU") == 3148
    assert value(one, "total", "total", "SU", "victims_known_or_imputed") > 2506
    with pytest.raises(TableError, match="make up the window"):
        figures(shipped(), only=["2.4b"], periods=[(2015, 2016), (2018, 2019)])


def test_minimum_of_a_stratum_and_no_imputation_at_all() -> None:
    strict = figures(shipped(), only=["2.4b"], rules=Rules(options={"R24": {"minimum": 5}}))["2.4b"]
    none = figures(shipped(), only=["2.4b"], rules=Rules(off=["R24"]))["2.4b"]
    assert 1380 < value(strict, "total", "total", "SU", "victims_known_or_imputed") < 2506
    assert value(none, "total", "total", "SU", "victims_known_or_imputed") == 1380
    assert value(none, "imputed_total", "total", "SU") == 0


def test_profiles_and_refusals() -> None:
    assert figures(small(), only="concise").ids == PROFILES["concise"]
    for choice, match in (("2.14", "no figure"), ("everything", "no profile")):
        with pytest.raises(TableError, match=match):
            figures(small(), only=[choice] if "." in choice else choice)
    with pytest.raises(TableError, match="edition"):
        figures(small(), edition="2014-2018")
    with pytest.raises(TableError, match="within 2016 to 2019"):
        figures(small(), window=(2015, 2019))
    with pytest.raises(TableError, match="no figure"):
        figures(small(), only=["2.7"])["2.8"]


def test_events_are_marked_on_trends(found: Figures) -> None:
    assert set(found["2.1"].marks) == {"event:supreme_court", "event:gdpr", "event:coordination_centre"}
    assert found["2.1"].marks["event:gdpr"] == pytest.approx(2018.394, abs=0.001)
    assert not found["2.8"].marks
    assert set(figures(shipped(), window=(2015, 2017), only=["2.13"])["2.13"].marks) == {"event:supreme_court"}
