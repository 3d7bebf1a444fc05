"""CSV, workbook and terminal: the same numbers, words where there are none."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from rich.console import Console

import mse
from mse.core.estimate import Estimate, Part
from mse.core.figure import Column, Figure
from mse.core.reference import Reference
from mse.messages import LANGUAGES, catalogue, sentence
from mse.monitor.estimation import estimates_figure, lists_figure
from mse.report.csv import estimates_csv, figure_csv
from mse.report.excel import write_workbook
from mse.report.page import Page
from mse.report.terminal import show
from report_pages import SECRET, Made


def rows(sheet: openpyxl.worksheet.worksheet.Worksheet) -> list[list[object]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def book(made: Made, folder: Path, **options: object) -> openpyxl.Workbook:
    path = folder / "tables.xlsx"
    write_workbook(made.release, made.page, path, **options)  # type: ignore[arg-type]
    return openpyxl.load_workbook(path)


def test_the_workbook_has_cover_findings_and_a_sheet_a_figure_in_both_languages(dutch: Made, tmp_path: Path) -> None:
    found = book(dutch, tmp_path)
    figures = len(dutch.page.figures)
    assert len(found.sheetnames) == 2 * (figures + 2)
    assert found.sheetnames[0] == "en Cover"
    cover = [value for row in rows(found["en Cover"]) for value in row if value]
    assert any("No single estimate: between 36,000 and 55,100" in str(value) for value in cover)
    findings = rows(found["nl Wat u moet weten"])
    assert findings[1][0] == "Geen eenduidige schatting"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_label_stands_once_before_what_it_labels(language: str) -> None:
    label = sentence("page_base", language)
    bases = {key: said[language] for key, said in catalogue().items() if key.endswith("_base")}
    assert len(bases) > 8
    assert not [key for key, said in bases.items() if key != "page_base" and said.startswith(label)]


def test_numbers_of_the_workbook_are_numbers_and_missing_ones_are_words(dutch: Made, tmp_path: Path) -> None:
    found = book(dutch, tmp_path, languages=["nl"])
    sheet = found[next(name for name in found.sheetnames if name.endswith("estimates"))]
    written = rows(sheet)
    head = next(index for index, row in enumerate(written) if row[0] == "Schatting")
    columns = {name: place for place, name in enumerate(written[head])}
    first, last = written[head + 1], written[head + 3]
    assert first[columns["Geregistreerd"]] == 8234
    assert first[columns["Van"]] == 36000
    assert first[columns["Geschat"]] == "geen eenduidige schatting"
    assert last[columns["Geschat"]] == pytest.approx(52800)
    assert sheet.cell(head + 2, columns["Van"] + 1).number_format == "#,##0"
    assert sheet.cell(head + 2, columns["Gewicht"] + 1).number_format == "0.0%"
    text = "\n".join(str(value) for row in written[:head] for value in row if value)
    assert "Eenheid: personen, of personen die in elk jaar" in text
    assert "Bron: Silverman" in text


def test_every_cell_of_the_workbook_holds_what_the_figure_holds(rome: Made, tmp_path: Path) -> None:
    found = book(rome, tmp_path, languages=["en"])
    for number, name in enumerate(rome.page.figures, start=1):
        figure = rome.release[name].figure
        written = rows(found[f"{number} {name}"[:31]])
        data = written[-len(figure.frame) :]
        for place, (column, about) in enumerate(figure.columns.items()):
            for row, value in zip(data, figure.frame[column], strict=True):
                if about.kind == "persons" and value == value:
                    assert row[place] == int(value)
                if about.kind in {"percent", "ratio"} and value == value:
                    assert row[place] == pytest.approx(float(value))


def test_no_small_count_is_in_the_workbook_of_a_private_table(private: Made, tmp_path: Path) -> None:
    found = book(private, tmp_path, languages=["en"])
    exact = {persons for persons in SECRET.values() if persons % 5} | {sum(SECRET.values())}
    for number, name in enumerate(private.page.figures, start=1):
        figure = private.release[name].figure
        data = rows(found[f"{number} {name}"[:31]])[-max(1, len(figure.frame)) :]
        for place, about in enumerate(figure.columns.values()):
            if about.kind == "persons":
                for row in data:
                    assert isinstance(row[place], str) or row[place] >= 10
                    assert row[place] not in exact
    everything = [str(value) for sheet in found for row in rows(sheet) for value in row if value is not None]
    assert not [value for value in everything if f"{sum(SECRET.values()):,}" in value]


def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    table = mse.CaptureTable(["=1+1", "B"], [[0, 300], [400, 60]])
    figure = lists_figure(table)
    released = mse.release([figure], "threshold")
    both = {"en": "x", "nl": "x"}

    write_workbook(released, Page(both, both, both, None, ()), tmp_path / "t.xlsx", languages=["en"])
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["1 lists"]
    cell = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "=1+1")
    assert cell.data_type == "s"


def test_a_tidy_figure_without_a_layout_has_each_number_in_the_kind_of_its_measure(tmp_path: Path) -> None:
    frame = pd.DataFrame({
        "category": ["all", "women", "age", "men"],
        "measure": ["victims", "percent_of_victims", "years", "victims"],
        "value": [1062.0, 0.25, 27.5, None],
    })  # fmt: skip
    heads = {"category": ("group", "groep"), "measure": ("measure", "maat")}
    columns = {name: Column(*head) for name, head in heads.items()} | {"value": Column("number", "aantal", "measured")}
    both = {"en": "Registered", "nl": "Geregistreerd"}
    reference = Reference((2019, 2019), "person", "invented persons", "nowhere", source="made up", public=True)
    figure = Figure("tidy", frame, columns, title=both, caption=both, unit="person", reference=reference)
    released = mse.release([figure], "public_source")
    write_workbook(released, Page(both, both, both, None, ()), tmp_path / "t.xlsx", languages=["en"])
    cells = [row[2] for row in list(openpyxl.load_workbook(tmp_path / "t.xlsx")["1 tidy"].iter_rows())[-4:]]
    assert [(cell.value, cell.number_format) for cell in cells[:3]] == [
        (1062, "#,##0"), (0.25, "0.0%"), (27.5, "0.0"),
    ]  # fmt: skip
    assert cells[3].value == "unknown"


def test_the_csv_of_estimates_gives_ranges_and_words(dutch: Made, rome: Made) -> None:
    lines = estimates_csv(dutch.release).splitlines()
    assert lines[0] == "label,shown,observed,lower,upper,total,weight,method"
    assert lines[1].startswith("pairs of lists,range 1 of rival models,8234,35998.9")
    assert ",no single estimate," in lines[1]
    assert ",no single estimate," in lines[2]
    assert ",11124.5" in estimates_csv(rome.release)


def test_a_limit_that_does_not_exist_is_words_everywhere() -> None:
    endless = Estimate((Part("total", 76, 200.0, 180.0, None),), 0.95, "profile", "[A][B]")
    nothing = Estimate((Part("total", 76, None, None, None),), 0.95, "profile", "[A B]")
    released = mse.release([estimates_figure({"endless": endless, "nothing": nothing})], "threshold")
    first, second = figure_csv(released["estimates"]).splitlines()[1:]
    assert first == 'endless,"95%, profile likelihood",75,180,no upper limit,275,[A][B]'
    assert second == 'nothing,"95%, profile likelihood",75,–,–,no estimate,[A B]'
    assert "geen bovengrens" in figure_csv(released["estimates"], "nl")


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("color", [True, False])
@pytest.mark.parametrize("name", ["dutch", "rome", "private"])
def test_the_terminal_stays_within_80_columns_and_colour_only_adds(
    name: str, color: bool, language: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: Made = request.getfixturevalue(name)
    if not color:
        monkeypatch.setenv("NO_COLOR", "1")
    stream = io.StringIO()
    console = Console(file=stream, width=120, highlight=False, force_terminal=True, color_system="standard")
    show(made.release, made.page, language, written=["output/report.html"], console=console)
    colored = stream.getvalue()
    plain = io.StringIO()
    show(made.release, made.page, language, written=["output/report.html"], console=Console(file=plain, width=120))
    assert max(map(len, plain.getvalue().splitlines())) <= 80
    assert ("\x1b[31m" in colored or "\x1b[1;31m" in colored or "\x1b[33m" in colored) == color
    assert "\x1b" not in plain.getvalue()
    assert "output/report.html" in plain.getvalue()


def test_the_terminal_says_answer_and_findings(dutch: Made) -> None:
    stream = io.StringIO()
    show(dutch.release, dutch.page, "en", console=Console(file=stream, width=80))
    text = " ".join(stream.getvalue().split())
    assert "No single estimate: between 36,000 and 55,100, or between 68,200 and 131,000" in text
    assert "a factor of 3.64" in text
    assert "Estimate Shown Registered From To Estimated" in text
    assert "Written" not in text
