"""Sources of reports for `tabulate`: an organisation goes before its reporter where the mapping names it."""

from __future__ import annotations

import pandas as pd
import pytest

from mse.errors import TableError
from mse.records.register.report_sources import report_sources

LISTS = {"O": ["other_reporters:Shelter"], "Z": ["other_reporters", "fairwork"]}


def test_only_named_organisations_are_sources() -> None:
    reports = pd.DataFrame(
        {
            "reporter": ["other_reporters", "other_reporters", "other_reporters", "fairwork"],
            "organisation": ["shelter", "clinic", None, "shelter"],
        }
    )
    found = report_sources(reports, LISTS).tolist()
    assert found == ["other_reporters:shelter", "other_reporters", "other_reporters", "fairwork"]


def test_both_columns_are_needed() -> None:
    with pytest.raises(TableError, match="column 'organisation'"):
        report_sources(pd.DataFrame({"reporter": ["police"]}), LISTS)
