"""The shipped studies: their files have no problems, and they end without a single estimate."""

from __future__ import annotations

from pathlib import Path

import pytest

import mse
from mse.study.check import check_study

STUDIES = Path(__file__).parents[2] / "studies"
STUDY = STUDIES / "netherlands-2010-2015" / "study.toml"
MONITOR = STUDIES / "monitor-2015-2019" / "study.toml"


def test_the_shipped_study_has_no_problems() -> None:
    checked = check_study(STUDY)
    assert [search.max_order for search in checked.searches] == [2, None]
    assert checked.study.bootstrap is not None
    assert checked.study.bootstrap.replicates == 200
    assert set(checked.meanings) == set(checked.table.lists) == set("IKOPRZ")


def test_every_context_figure_has_its_own_reference() -> None:
    rows = check_study(STUDY).study.context
    years = {row.period[0] for row in rows if row.kind == "registered" and row.period[0] == row.period[1]}
    assert years == set(range(2010, 2016))
    assert [(row.period, row.value) for row in rows if row.unknown] == [([2010, 2010], None), ([2013, 2013], None)]
    assert [(row.lower, row.upper) for row in rows if row.kind == "estimate"] == [(5000, 7500)]
    assert all(row.source and row.population for row in rows)


@pytest.mark.full
def test_the_shipped_study_leaves_no_single_estimate(tmp_path: Path) -> None:
    done = mse.run(STUDY, out=tmp_path / "output", progress=False)
    assert done.blocked
    assert done.release.say(done.page.headline, "nl").startswith("Geen eenduidige schatting: tussen 36.000 en ")
    assert "no single estimate" in (tmp_path / "output" / "estimates.csv").read_text(encoding="utf-8")
    assert [round(search.best.total) for search in done.results.searches if search.best] == [116667, 143603]
    assert done.results.practice is not None
    assert round(done.results.practice.total or 0) == 43585


def test_the_study_of_the_register_has_no_problems() -> None:
    checked = check_study(MONITOR)
    assert checked.monitor is not None
    assert checked.monitor.registry.synthetic
    assert checked.table is not None
    assert checked.table.lists == tuple("PKIROZ")
    assert checked.table.reference is not None
    assert checked.table.reference.unit == checked.monitor.registry.reference.unit == "person-year"


@pytest.mark.full
def test_the_study_of_the_register_counts_the_printed_figures_and_leaves_no_single_estimate(tmp_path: Path) -> None:
    done = mse.run(MONITOR, out=tmp_path / "output", progress=False)
    assert done.blocked
    assert "registered in 2015–2019. No single estimate: between" in done.release.say(done.page.headline, "en")
    forms = done.release["2.7"].to_frame()
    whole = forms[(forms["year"] == "total") & (forms["category_code"] == "total")]
    assert whole["value"].tolist() == [5060]
