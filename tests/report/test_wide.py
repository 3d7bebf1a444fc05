"""Wide tables of the printed figures: in order, in words, the same numbers in page, workbook, terminal and JSON."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from rich.console import Console

import mse
from figures_2015_2019 import printed_figures
from mse.core.figure import Figure, Layout
from mse.errors import TableError
from mse.monitor.disclosure.release import Release, ReleasedFigure
from mse.report.csv import figure_csv
from mse.report.excel import write_workbook
from mse.report.json import figures_json
from mse.report.page import Page
from mse.report.tables import table_html
from mse.report.terminal import show
from mse.report.wide import DERIVED, PART, TOTAL, cell_text, rank_of, wide

BOTH = {"en": "x", "nl": "x"}
PAGE = Page(BOTH, BOTH, BOTH, None, ())


@pytest.fixture(scope="module")
def figures() -> dict[str, Figure]:
    return printed_figures()


@pytest.fixture(scope="module")
def released(figures: dict[str, Figure]) -> Release:
    return mse.release(figures.values())


def heads(shown: ReleasedFigure, language: str = "en") -> list[str]:
    return [head.text for head in wide(shown, language).heads]


def printed_row(shown: ReleasedFigure, code: str, language: str = "en") -> list[str]:
    line = next(line for line in wide(shown, language).lines if line.code == code)
    return [cell_text(shown, cell, language) for cell in line.cells]


def test_years_come_first_then_forms_then_everything(released: Release) -> None:
    table = wide(released["2.8"], "nl")
    assert [head.text for head in table.heads[:5]] == ["2015", "2016", "2017", "2018", "2019"]
    assert [head.form for head in table.heads[5:]] == ["BL-SU", "GO-SU", "AU", "CU", "UNK", "all"]
    assert table.heads[5].text == "Binnenlandse seksuele uitbuiting"
    assert table.heads[10].text == "totaal"
    assert table.spans("nl") == [("per jaar", 0, 5), ("2015–2019, naar vorm", 5, 11)]


def test_a_form_that_the_category_decides_heads_no_column(released: Release) -> None:
    assert heads(released["2.7"]) == ["2015", "2016", "2017", "2018", "2019", "2015–2019"]
    assert heads(released["2.4b"]) == ["2015–2016", "2017–2019", "2015–2019"]
    assert heads(released["2.6"])[-1] == "2016–2019"
    assert wide(released["2.7"], "en").spans("en") == []


def test_parts_come_before_the_total_and_what_is_derived_after(released: Release) -> None:
    roles = [line.role for line in wide(released["2.10"], "en").lines]
    assert roles == [PART] * 6 + [TOTAL] + [DERIVED] * 3


def test_unknown_is_the_last_of_the_parts_whatever_the_order_of_the_frame(figures: dict[str, Figure]) -> None:
    figure = figures["2.9"]
    order = figure.frame["category_code"].map(lambda code: {"unknown": 0, "total": 2}.get(code, 1))
    turned = replace(figure, frame=figure.frame.iloc[order.argsort(kind="stable")])
    assert turned.frame["category_code"].iloc[0] == "unknown"
    assert [line.code for line in wide(ReleasedFigure(turned), "en").lines][-2:] == ["unknown", "total"]


def test_every_row_has_the_format_of_its_measure(released: Release) -> None:
    assert printed_row(released["2.10"], "mean_age", "nl")[-1] == "26,3"
    assert printed_row(released["2.10"], "total", "nl")[-1] == "5.060"
    assert printed_row(released["2.5"], "sector_known")[-2:] == ["59.0%", "72.0%"]
    assert printed_row(released["2.5"], "sector_known")[0] == "–"


def test_ranks_stand_before_their_counts(released: Release) -> None:
    assert printed_row(released["tab2.1"], "NL")[:2] == ["(1) 433", "(1) 288"]
    assert printed_row(released["tab2.1"], "UG")[0] == "24"
    assert rank_of(released["tab2.1"], None) is None


def test_only_the_rows_of_the_layout_are_shown_and_the_csv_holds_all(released: Release) -> None:
    assert [line.code for line in wide(released["2.1"], "en").lines] == [
        "all_registered",
        "excl_emm_only",
        "monitor_population",
    ]
    assert "emm_only_by_difference" in figure_csv(released["2.1"])
    assert figure_csv(released["2.1"], "nl").count("Aantal geregistreerde slachtoffers") == 6


def test_a_category_that_is_measured_twice_says_which_is_which(figures: dict[str, Figure]) -> None:
    figure = figures["2.5"]
    twice = figure.frame.copy()
    twice.loc[twice["category_code"] == "sector_known", ["category_code"]] = "total"
    shown = mse.release([replace(figure, frame=twice)])["2.5"]
    assert [line.text for line in wide(shown, "nl").lines] == [
        "Totaal (vermoedelijke slachtoffers)",
        "Sector bekend (aandeel van de vermoedelijke slachtoffers)",
    ]


def test_two_rows_of_the_same_cell_and_no_layout_are_refused(figures: dict[str, Figure]) -> None:
    figure = figures["2.8"]
    ambiguous = replace(figure, layout=Layout(columns=("year",)))
    with pytest.raises(TableError, match="are the same cell"):
        wide(ReleasedFigure(ambiguous), "en")
    with pytest.raises(TableError, match="has no layout"):
        wide(ReleasedFigure(replace(figure, layout=None)), "en")


def test_the_html_table_sets_total_and_derived_apart(released: Release) -> None:
    html = table_html(released["2.10"], "en", identifier="x")
    rows = re.findall(r"<tr( class=\"\w+\")?>\s*<td[^>]*>([^<]*)<", html)
    assert rows[6] == (' class="total"', "Total")
    assert [role for role, _ in rows].count(' class="derived"') == 1
    assert rows[7] == (' class="derived"', "Mean age")
    assert "2015–2019, by form" in html


def test_withheld_cells_are_words_in_every_writer(figures: dict[str, Figure], tmp_path: Path) -> None:
    figure = figures["2.8"]
    row = int(figure.frame.index[(figure.frame["category_code"] == "unknown") & (figure.frame["year"] == "2016")][0])
    held = figure.frame.copy()
    held.loc[row, "value"] = float("nan")
    shown = ReleasedFigure(replace(figure, frame=held), {(row, "value"): "word_too_few"})
    assert printed_row(shown, "unknown")[1] == "too few"
    html = table_html(shown, "en", identifier="x")
    assert re.search(r'class="word gt_row gt_right">too few<', html)
    release = Release("threshold", (shown,), (), mse.release([]).audit, (), {})
    rows = json.loads(figures_json(release))["figures"][0]["rows"]
    assert rows[row]["value"] is None
    assert rows[row]["words"] == {"value": "too few"}
    write_workbook(release, PAGE, tmp_path / "t.xlsx", languages=["en"])
    cells = [cell.value for line in openpyxl.load_workbook(tmp_path / "t.xlsx")["1 2.8"] for cell in line]
    assert cells.count("too few") == 1


def test_the_workbook_holds_the_numbers_with_their_formats(released: Release, tmp_path: Path) -> None:
    write_workbook(released, PAGE, tmp_path / "t.xlsx", languages=["nl"])
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    sheet = book[next(name for name in book.sheetnames if name.endswith("tab2.1"))]
    row = next(line for line in sheet.iter_rows() if line[0].value == "Nederland")
    assert (row[1].value, row[1].number_format) == (433, '"(1) "#,##0')
    total = next(line for line in sheet.iter_rows() if line[0].value == "Totaal")
    assert total[11].value == 5060
    assert total[11].font.b
    ages = book[next(name for name in book.sheetnames if name.endswith("2.10"))]
    mean = next(line for line in ages.iter_rows() if line[0].value == "Gemiddelde leeftijd")
    assert (mean[11].value, mean[11].number_format) == (26.3, "0.0")


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_terminal_stays_within_80_columns_and_explains_codes(released: Release, language: str) -> None:
    stream = io.StringIO()
    show(released, PAGE, language, figures=released.names, console=Console(file=stream, width=120))
    said = stream.getvalue()
    assert max(map(len, said.splitlines())) <= 80
    assert {"en": "AU Labour exploitation", "nl": "AU Arbeidsuitbuiting"}[language] in " ".join(said.split())


def test_json_holds_every_row_of_every_figure(released: Release) -> None:
    plain = json.loads(figures_json(released, "nl"))
    assert [figure["id"] for figure in plain["figures"]] == list(released.names)
    for written in plain["figures"]:
        frame = released[written["id"]].to_frame()
        assert [row["value"] for row in written["rows"]] == pytest.approx(frame["value"].tolist())
        assert [row["category"] for row in written["rows"]] == [text["nl"] for text in frame["category"]]
    assert plain["figures"][0]["reference"]["period"] == [2015, 2019]
