"""The shipped study: its file has no problems, and it ends without a single estimate."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import mse
from mse.study.check import check_study

STUDY = Path(__file__).parents[2] / "studies" / "netherlands-2010-2015" / "study.toml"

LONGEST = 300.0
"""Seconds that the study may take after installation, on two cores."""


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
    start = time.monotonic()
    done = mse.run(STUDY, out=tmp_path / "output", progress=False)
    assert time.monotonic() - start < LONGEST
    assert done.blocked
    assert done.release.say(done.page.headline, "nl").startswith("Geen eenduidige schatting: tussen 36.000 en ")
    assert "no single estimate" in (tmp_path / "output" / "estimates.csv").read_text(encoding="utf-8")
    assert [round(search.best.total) for search in done.results.searches if search.best] == [116667, 143603]
    assert done.results.practice is not None
    assert round(done.results.practice.total or 0) == 43585
