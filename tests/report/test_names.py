"""What somebody typed into reports: names of reporters with few reports are in nothing that is written."""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

import mse
from mse.monitor.estimation import lists_figure, reconciliation_figure
from mse.report.csv import figure_csv
from mse.report.excel import write_workbook
from mse.report.html import render_html
from mse.report.page import Page, Section
from mse.report.terminal import show

NAME = "J. Jansen, huisarts"
KNOWN = "Care office north"
SOURCE = mse.Reference((2015, 2019), "person", "persons", "Nowhere", source="A report", public=True)


def outputs(folder: Path, reference: mse.Reference | None) -> dict[str, str]:
    """Everything that a table with unknown reporters writes, as text; one of them has 3 reports, one 30."""
    reporters = ["p"] * 60 + ["q"] * 60 + [NAME] * 3 + [KNOWN] * 30
    persons = [*range(60), *range(40, 100), 0, 1, 2, *range(30)]
    reports = pd.DataFrame({"person": persons, "reporter": reporters})
    table = mse.tabulate(
        reports,
        person="person",
        reporter="reporter",
        lists={"P": ["p"], "Q": ["q"]},
        unknown_reporters="drop",
        reference=reference,
    )
    figures = [reconciliation_figure(table), lists_figure(table)]
    released = mse.release(figures, findings=table.findings, manifest={"data": {"persons": table.n_observed}})
    both = {"en": "Data", "nl": "Gegevens"}
    sections = (Section("data", both, (), ("reconciliation", "lists")),)
    page = Page(both, both, both, table.reference, sections, lead=None)
    write_workbook(released, page, folder / "tables.xlsx")
    html = render_html(released, page)
    encoded = re.findall(r"data:[^,\"']*;base64,([A-Za-z0-9+/=]+)", html)
    screen = io.StringIO()
    for language in ("en", "nl"):
        show(released, page, language, console=Console(file=screen, width=200))
    with zipfile.ZipFile(folder / "tables.xlsx") as book:
        sheets = "".join(book.read(name).decode(errors="replace") for name in book.namelist())
    return {
        "html": html,
        "encoded in html": "".join(base64.b64decode(part).decode(errors="replace") for part in encoded),
        "csv": figure_csv(released["reconciliation"]) + figure_csv(released["reconciliation"], "nl"),
        "excel": sheets,
        "terminal": screen.getvalue(),
        "manifest": json.dumps(released.to_manifest(), ensure_ascii=False),
        "release": released["reconciliation"].to_frame().to_string() + repr(released),
    }


def test_a_reporter_with_few_reports_is_named_nowhere(tmp_path: Path) -> None:
    written = outputs(tmp_path, None)
    assert [name for name, text in written.items() if "jansen" in text.lower()] == []
    for name in ("html", "csv", "excel"):
        assert "a reporter with too few reports" in written[name], name
        assert "een melder met te weinig meldingen" in written[name], name
        assert KNOWN in written[name], name


@pytest.mark.parametrize("name", ["html", "encoded in html", "csv", "excel"])
def test_the_search_for_the_name_finds_it_where_counts_are_public(tmp_path: Path, name: str) -> None:
    assert NAME in outputs(tmp_path, SOURCE)[name]
