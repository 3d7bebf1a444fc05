"""Registered beside estimated where it goes wrong unseen: parts, lines, lengths, empty years, titles and shares."""

from __future__ import annotations

import pandas as pd
import pytest
from checked_figures import REFERENCE, checked_figures

import mse
import mse.monitor
from mse.core.cube import Cube
from mse.core.estimate import Estimate, Part, Range
from mse.core.finding import Finding, Severity
from mse.core.published_estimate import PublishedEstimate
from mse.core.reference import Reference
from mse.monitor.coverage.beside import registered_versus_estimated
from mse.monitor.coverage.coverage_figure import ComparedFigure
from mse.monitor.coverage.coverage_shares import shares_versus_estimated
from mse.records.register.line_population import line_of, population_of
from mse.records.register.registry import Registry

FORMS = {"BL-SU": 100, "AU": 60, "UNK": 40}
CUBE = Cube(pd.DataFrame([{"year": y, "form": f, "count": n} for y in range(2015, 2020) for f, n in FORMS.items()]))
ABOUT = Reference((2015, 2019), "person-year", "presumed victims", "Netherlands", source="x", public=True)
WHOLE = Part("total", 1000, 4000.0, 4000.0, 6000.0)
BLOCK = Finding("rivals_disagree", Severity.BLOCKING, "total", {"criterion": "bic", "lower": 1, "upper": 2})
RANGES = (Range(2000, 3000, 0.5), Range(8000, 9000, 0.5))
EXCLUDED = "presumed victims; line: Excluding EMM-only"


def own(*parts: Part, **changes: object) -> Estimate:
    given = {"level": 0.95, "interval": "profile", "method": "m", "reference": ABOUT, **changes}
    return Estimate(parts, **given)  # type: ignore[arg-type]


def published(low: float = 900, high: float = 1600, **changes: object) -> PublishedEstimate:
    given = {"reference": ABOUT, **changes}
    return PublishedEstimate("x", {"en": "X", "nl": "X"}, low, high, **given)  # type: ignore[arg-type]


def compared(estimates: object, cube: Cube = CUBE, **changes: object) -> ComparedFigure:
    given = {"reference": ABOUT, "dimensions": (), **changes}
    return registered_versus_estimated(cube, estimates, **given)  # type: ignore[arg-type]


def rows_of(shown: ComparedFigure, *columns: str) -> list[list[object]]:
    """Rows that have an estimate beside them."""
    frame = shown.to_frame()
    return frame[frame["estimate_period"].notna()][list(columns)].values.tolist()


# ---------------------------------------------------------------- which part, of which line


def test_ranges_of_the_whole_do_not_stand_beside_a_part() -> None:
    blocked = own(WHOLE, Part("AU", 300, 700.0, 800.0, 1200.0), findings=(BLOCK,), ranges=RANGES)
    [[form, low]] = rows_of(compared(blocked["AU"]), "form", "estimate_low")
    assert form == "AU"
    assert pd.isna(low)
    part_only = own(Part("AU", 300, 700.0, 800.0, 1200.0), findings=(BLOCK,), ranges=RANGES)
    assert compared(part_only).to_frame()["estimate_low"].isna().all()


def test_a_selected_form_of_another_line_is_no_estimate_of_all() -> None:
    elsewhere = own(WHOLE, reference=ABOUT.replace(population="all registered victims").narrowed("form", ["AU"]))
    with pytest.raises(mse.ReferenceError, match="population"):
        compared(elsewhere)
    shown = compared(elsewhere, allow=["population"])
    assert rows_of(shown, "form", "registered", "flagged") == [["AU", 300.0, "population"]]


@pytest.mark.parametrize("selected", [("nationality", ["PL"]), ("year", [2015, 2017])])
def test_a_selection_that_cannot_be_counted_is_refused_whatever_is_allowed(selected: tuple[str, list[object]]) -> None:
    some = own(WHOLE, reference=ABOUT.replace(population="others").narrowed(*selected))
    with pytest.raises(mse.ReferenceError, match=selected[0]):
        compared(some, allow=["period", "population", "unit", "place", "definition"])


def test_of_two_selections_of_one_characteristic_the_last_counts() -> None:
    twice = ABOUT.narrowed("form", ["AU", "BL-SU"]).narrowed("form", ["AU"])
    assert rows_of(compared(own(WHOLE, reference=twice)), "form", "registered") == [["AU", 300.0]]


@pytest.mark.parametrize("line", ["monitor_population", "excl_emm_only", "all_registered"])
def test_a_line_has_one_text(line: str) -> None:
    assert line_of(population_of("presumed victims", line)) == ("presumed victims", line)


@pytest.mark.parametrize("line", ["monitor_population", "excl_emm_only", "all_registered"])
def test_a_table_of_a_line_is_about_what_the_figures_of_that_line_are_about(line: str) -> None:
    keys = [str(number) for number in range(6)]
    victims = pd.DataFrame({"victim": keys, "types": "AU", "nationalities": "PL"})
    reports = pd.DataFrame({"victim": keys, "date": 2018, "reporter": ["police", "kmar"] * 3})
    registry = Registry.from_frames(victims, reports, period=(2015, 2019), reference=ABOUT)
    table = registry.table({"P": ["police"], "K": ["kmar"]}, line=line)
    estimate = own(Part("total", 6, 60.0, 50.0, 80.0), reference=table.reference)
    figures = mse.monitor.figures(registry, only=["2.1", "2.7"])
    shown = registered_versus_estimated(figures, estimate, lines=[line], dimensions=())
    assert rows_of(shown, "line", "registered", "flagged") == [[line, 6.0, ""]]


def test_a_group_is_counted_by_the_line_of_the_cube_or_refused() -> None:
    about = ABOUT.replace(population=EXCLUDED)
    labour = own(WHOLE, reference=about.narrowed("form", ["AU"]))
    shown = compared(labour, reference=about, lines=["excl_emm_only"])
    assert rows_of(shown, "form", "line", "registered") == [["AU", "excl_emm_only", 300.0]]
    assert shown.to_frame()["group"][0]["en"] == "Labour exploitation – Excluding EMM-only"
    with pytest.raises(mse.TableError, match="counted by excl_emm_only"):
        compared(labour, reference=about)
    with pytest.raises(mse.TableError, match="counted by monitor_population"):
        compared(published(group={"form": "AU"}), allow=["definition"], lines=["excl_emm_only"])


# ---------------------------------------------------------------- which years


def test_years_are_not_set_beside_an_estimate_that_was_divided_by_them() -> None:
    divided = Finding("divided_by_years", Severity.WARNING, "total", {"years": 5})
    with pytest.raises(mse.TableError, match="divided by its years"):
        compared(own(WHOLE, Part("2016", 200, 10.0, 210.0, 300.0), findings=(divided,)))


def test_totals_over_different_numbers_of_years_are_refused_whatever_is_allowed() -> None:
    longer = own(WHOLE, reference=ABOUT.replace(period=(2010, 2015)))
    with pytest.raises(mse.ReferenceError, match="per_year"):
        compared(longer, allow=["period"])
    earlier = own(WHOLE, reference=ABOUT.replace(period=(2010, 2014)))
    assert rows_of(compared(earlier, allow=["period"]), "registered", "flagged") == [[1000.0, "period"]]
    assert rows_of(compared(longer.per_year(), allow=["period"]), "registered")[-1] == [200.0]


def test_a_year_without_victims_counts_in_the_mean() -> None:
    cube = CUBE.where(year=[2015, 2016, 2018, 2019])
    shown = compared(published(), cube, allow=["period"])
    assert rows_of(shown, "year", "registered") == [
        ["2015", 200.0], ["2016", 200.0], ["2017", 0.0], ["2018", 200.0], ["2019", 200.0], ["total", 160.0],
    ]  # fmt: skip
    assert rows_of(compared(published(), CUBE.where(year=[2015, 2016])), "registered") == [[80.0]]


def test_counts_outside_the_period_of_their_reference_are_refused() -> None:
    with pytest.raises(mse.ReferenceError, match="2015, 2016"):
        compared(published(), reference=ABOUT.replace(period=(2017, 2019)))


def test_a_yearly_estimate_of_some_years_stands_beside_the_mean_of_those() -> None:
    some = published(reference=ABOUT.replace(period=(2015, 2016)))
    assert rows_of(compared(some), "period", "registered", "registered_kind") == [["2015–2016", 200.0, "period mean"]]


def test_the_finding_names_the_single_years_that_differ() -> None:
    some = published(reference=ABOUT.replace(period=(2015, 2016)))
    [finding] = compared(some, allow=["period"]).findings
    assert finding.values["ours"] == "2015, 2016, 2017, 2018, 2019"
    earlier = published(reference=ABOUT.replace(period=(2010, 2011)))
    [finding] = compared(earlier, allow=["period"]).findings
    assert finding.values["ours"] == "2015–2019"


def test_a_reference_does_not_contradict_that_of_the_figures() -> None:
    for change in ({"period": (2010, 2014)}, {"population": "others"}, {"unit": "person"}, {"place": "Belgium"}):
        about = REFERENCE.replace(**change)
        with pytest.raises(mse.ReferenceError, match="says otherwise"):
            registered_versus_estimated(checked_figures(), published(reference=about), reference=about)


# ---------------------------------------------------------------- what is said


def title(shown: ComparedFigure) -> str:
    return shown.title["en"]


PLAIN = "Registered and estimated presumed victims"


def test_the_title_has_a_share_where_there_is_one_estimate_of_the_whole() -> None:
    assert title(compared(own(WHOLE))) == "17% to 25% of the estimated number of presumed victims is registered"
    assert title(compared([published(), published(2000, 3000)])) == PLAIN
    assert title(compared(own(WHOLE, findings=(BLOCK,), ranges=RANGES[:1]))) == PLAIN
    assert title(compared([own(WHOLE), own(WHOLE, findings=(BLOCK,), ranges=RANGES)])) == PLAIN


def test_the_title_says_what_differs() -> None:
    elsewhere = own(WHOLE, reference=ABOUT.replace(population="others"))
    assert title(compared(elsewhere, allow=["population"])).endswith("(numbers that differ in population)")


def test_the_title_rounds_half_up_and_has_no_share_above_one() -> None:
    half = own(Part("total", 1000, 7000.0, 1000 / 0.125, 1000 / 0.125))
    assert title(compared(half)).startswith("13% of")
    below = own(Part("total", 1000, 0.0, 900.0, 1100.0))
    assert title(compared(below)) == PLAIN


# ---------------------------------------------------------------- shares


def shares(group: dict[str, str], cube: Cube = CUBE) -> list[list[object]]:
    estimated = published(0.2, 0.4, kind="share", group=group)
    shown = shares_versus_estimated(cube, estimated, reference=ABOUT, allow=["definition"])
    return shown.to_frame()[["base_kind", "share"]].values.tolist()


def test_shares_where_nobody_is_known_or_the_unknown_are_compared() -> None:
    assert shares({"form": "AU"}) == [["all", 0.3], ["known", 0.375]]
    assert shares({"form": "UNK"}) == [["all", 0.2]]
    assert shares({"form": "AU"}, CUBE.where(form="UNK")) == [["all", 0.0]]
