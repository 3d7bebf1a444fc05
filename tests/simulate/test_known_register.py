"""Register B: reproducible, its records hold what was drawn, and nobody unseen is in a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mse
from mse.errors import ModelError, TableError
from mse.monitor.counting.build_figures import figures
from mse.records.mapping import ReporterMapping
from mse.records.register.registry import Registry
from mse.records.register.report_sources import report_sources
from mse.simulate.known_register import register
from mse.simulate.known_truth import KnownTruth
from mse.simulate.settled import FORMS, YEARS
from mse.simulate.sources import LISTS

STUDY_LISTS = Path(__file__).parents[2] / "studies" / "monitor-2015-2019" / "lists.toml"

PERIOD = (YEARS[0], YEARS[-1])

WHOLE_SIZES = 0.05
"""What whole sizes may leave in c, a log ratio: one of the 24 persons of the smallest hidden group. It is .007 here."""


@pytest.fixture(scope="module")
def registry() -> Registry:
    return register(5)


@pytest.fixture(scope="module")
def files(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, pd.DataFrame]:
    paths = registry.write(tmp_path_factory.mktemp("register"))
    victims, reports = (pd.read_csv(path, dtype=str, keep_default_na=False) for path in paths)
    return victims, reports


def test_equal_seeds_give_equal_registers_and_others_do_not(
    files: tuple[pd.DataFrame, pd.DataFrame], tmp_path: Path
) -> None:
    again = [path.read_text() for path in register(5).write(tmp_path / "again")]
    other = [path.read_text() for path in register(6).write(tmp_path / "other")]
    assert [frame.to_csv(index=False, lineterminator="\n") for frame in files] == again
    assert other[0] != again[0]
    assert other[1] != again[1]


def test_the_lists_of_the_registry_are_those_drawn(registry: Registry) -> None:
    known = registry.truth
    table = registry.table(known.lists, covariates=["year", "form"])
    for form in FORMS:
        for year in YEARS:
            drawn = known.table("year", "form").select(year=year, form=form)
            assert (table.select(year=year, form=form).counts == drawn.counts).all()


def test_the_report_file_tabulates_to_the_same_histories(
    registry: Registry, files: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    reports = files[1]
    table = mse.tabulate(
        reports.assign(source=report_sources(reports, STUDY_LISTS)), person="victim", reporter="source",
        lists=STUDY_LISTS, covariates=["year"], date="date", period=PERIOD, unit="person-year",
        year_rule="each_report",
    )  # fmt: skip
    drawn = registry.truth.table("year")
    assert table.lists == drawn.lists
    assert (table.counts == drawn.counts).all()


def test_the_shipped_mapping_is_that_of_the_simulation() -> None:
    assert ReporterMapping.read(STUDY_LISTS).lists == LISTS


def test_who_is_registered_is_in_the_files_and_nobody_else(
    registry: Registry, files: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    victims, reports = files
    whole = registry.truth.by()
    letters = int((reports["reporter"] == "om").sum())
    assert len(victims) == int(whole["on_lists"].iloc[0]) + letters
    assert set(reports["victim"]) == set(victims["victim"])
    assert len(victims) < registry.truth.total
    assert registry.counted().cube().total == int(whole["registered"].iloc[0])


def test_all_records_are_marked_and_written_only_as_synthetic(
    registry: Registry, files: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    assert registry.synthetic
    for frame in files:
        assert set(frame["synthetic"]) == {"true"}


def test_forms_are_recorded_as_drawn(registry: Registry) -> None:
    """The rules find the form that the draw recorded, unknown form included."""
    drawn = dict.fromkeys(FORMS, 0)
    for one in registry.truth.drawn:
        on_line_three = one.numbers[:, [1, 3, 4]].sum()
        drawn[one.group.recorded_form] += int(on_line_three)
    assert registry.cube("form").by("form") == drawn


def test_the_truth_adds_up(registry: Registry) -> None:
    known = registry.truth
    assert set(known.frame["form"]) == set(FORMS) - {"UNK"}
    for dimensions in ((), ("year",), ("form", "minor"), ("region", "sex")):
        assert int(known.by(*dimensions)["total"].sum()) == known.total
    assert (known.frame["registered"] <= known.frame["total"]).all()
    assert known.frame["expected_total"].sum() == pytest.approx(known.total)


def test_c_says_what_no_list_can_see() -> None:
    modelled, published = (KnownTruth.draw(1, truth=truth).dependence for truth in ("modelled", "published"))
    whole = published[published["year"] == "total"].set_index("form")["c"]
    assert modelled["c"].abs().max() < WHOLE_SIZES
    assert whole["BL-SU"] == pytest.approx(np.log(13_244 / 3_090), abs=WHOLE_SIZES)
    assert set(whole.index) == set(FORMS)


def test_what_is_not_there_is_refused(registry: Registry) -> None:
    with pytest.raises(ModelError, match="no truth 'publised'"):
        register(1, truth="publised")
    with pytest.raises(TableError, match="no dimension 'age'"):
        registry.truth.by("age")
    with pytest.raises(TableError, match="no covariate 'region'"):
        registry.truth.table("region")


def test_what_is_not_carried_is_not_there(registry: Registry) -> None:
    made = figures(registry, only=["2.2", "2.3", "2.4a", "2.5", "2.6"])
    frames = {name: figure.to_frame().set_index(["year", "category_code"])["value"] for name, figure in made.items()}
    whole = {name: values["total"].to_dict() for name, values in frames.items()}
    several = [code for code in whole["2.3"] if "+" in code]
    assert len(several) >= 4
    assert not any(whole["2.3"][code] for code in several)
    assert whole["2.2"]["total"] == whole["2.4a"]["total"] == whole["2.5"]["sector_known"] == 0
    assert whole["2.6"]["drug_offences"] == 0 < whole["2.6"]["total"]
