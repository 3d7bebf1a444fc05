"""`write_workbook`: a release as an Excel workbook: cover, findings, a sheet per figure; numbers are numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from mse.core.sentence import Sentence, Text
from mse.errors import ReleaseError, did_you_mean
from mse.messages import LANGUAGES
from mse.monitor.disclosure.release import Release, ReleasedFigure
from mse.report.captions import caption_of
from mse.report.cells import kind_of, text, value
from mse.report.page import Page
from mse.report.wide import DERIVED, PART, TOTAL, Line, Wide, rank_of, wide

__all__ = ["write_workbook"]

_FORMATS = {
    "member": "0",
    "count": "#,##0",
    "persons": "#,##0",
    "estimate": "#,##0",
    "percent": "0.0%",
    "level": "0%",
    "ratio": "0.00",
    "rate": "#,##0.00",
    "setting": "0.00",
    "mean": "0.0",
}
_LONGEST_NAME = 31
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", "-"))
_UNDATED = date(1980, 1, 1)
"""Date inside a workbook of a page without one: the same bytes for the same release."""

_WIDEST, _NARROWEST = 60, 9


def write_workbook(release: Release, page: Page, path: str | Path, *, languages: Sequence[str] = LANGUAGES) -> None:
    """Write a release as a workbook.

    Parameters
    ----------
    release : Release
        Figures and findings that may be written.
    page : Page
        Title, headline and order of the figures; figures that the page does not name come last.
    path : str or Path
        Where the file goes.
    languages : sequence of {"en", "nl"}
        A set of sheets for each, in this order. Excel itself writes the numbers as its user's language does.

    Raises
    ------
    mse.errors.ReleaseError
        A language is not known.
    """
    import xlsxwriter

    for language in languages:
        if language not in LANGUAGES:
            raise ReleaseError(f"There is no language {language!r}", hint=did_you_mean(language, LANGUAGES))
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
    day = page.made or _UNDATED
    book.set_properties({"created": datetime(day.year, day.month, day.day)})
    for language in languages:
        _Sheets(book, release, page, language, several=len(languages) > 1).write()
    book.close()


class _Sheets:
    """Writes the sheets of one language."""

    def __init__(self, book: Any, release: Release, page: Page, language: str, *, several: bool) -> None:
        self.book, self.release, self.page, self.language = book, release, page, language
        self.mark = f"{language} " if several else ""
        self.bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.large = book.add_format({"bold": True, "font_size": 16})
        self.plain = book.add_format({"text_wrap": True, "valign": "top"})
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
        self.head_right = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom", "align": "right"}
        )
        self.word = book.add_format({"align": "right", "font_color": "#595959"})
        self.link = book.add_format({"font_color": "#0072B2", "underline": 1})
        self.numbers = {kind: book.add_format({"num_format": form}) for kind, form in _FORMATS.items()}
        self.over = book.add_format({"align": "center", "font_color": "#595959", "bottom": 1})
        self.formats: dict[tuple[str, str], Any] = {}

    def write(self) -> None:
        order = tuple(dict.fromkeys((*self.page.figures, *self.release.names)))
        names = self._names(order)
        self._cover(order, names)
        self._findings()
        for name in order:
            self._figure(self.release[name], names[name])

    def _names(self, order: Sequence[str]) -> dict[str, str]:
        """Sheet names: those of the figures, as short as Excel wants them and each once."""
        taken: set[str] = {self._say("workbook_cover").casefold(), self._say("page_findings").casefold()}
        found: dict[str, str] = {}
        for number, name in enumerate(order, start=1):
            sheet = f"{self.mark}{number} {name}".translate(_FORBIDDEN)[:_LONGEST_NAME]
            while sheet.casefold() in taken:
                sheet = f"{sheet[: _LONGEST_NAME - 3]}~{len(taken)}"
            taken.add(sheet.casefold())
            found[name] = sheet
        return found

    def _say(self, key: str, **fields: Any) -> str:
        return self.release.say(Sentence(key, fields), self.language)

    def _text(self, words: Text) -> str:
        return self.release.say(words, self.language)

    def _cover(self, order: Sequence[str], names: dict[str, str]) -> None:
        sheet = self.book.add_worksheet(f"{self.mark}{self._say('workbook_cover')}")
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 90)
        sheet.hide_gridlines(2)
        sheet.write_string(0, 0, self._text(self.page.title), self.large)
        sheet.write_string(1, 0, self._text(self.page.subtitle))
        row = self._pairs(sheet, 3, [("page_answer", self._text(self.page.headline)), *self._about()])
        sheet.write_string(row + 1, 0, self._say("workbook_contents"), self.head)
        sheet.write_string(row + 1, 1, "", self.head)
        row += 2
        for name in order:
            sheet.write_url(row, 0, f"internal:'{names[name]}'!A1", self.link, names[name])
            sheet.write_string(row, 1, self._text(self.release[name].figure.title), self.plain)
            row += 1
        self._pairs(sheet, row + 1, [("page_release", self.release.audit.text(self.language))])

    def _about(self) -> list[tuple[str, str]]:
        reference = self.page.reference
        if reference is None:
            return []
        unknown = self._say("page_not_documented")
        population = reference.population if self.page.population is None else self._text(self.page.population)
        return [
            ("page_population", population),
            ("page_place", reference.place if self.page.place is None else self._text(self.page.place)),
            ("page_period", unknown if reference.period is None else reference.period_label),
            ("page_unit", self._say(f"unit_{reference.unit}")),
            ("page_snapshot", unknown if reference.snapshot is None else reference.snapshot.isoformat()),
            ("page_source", reference.source or unknown),
        ]

    def _pairs(self, sheet: Any, row: int, pairs: Sequence[tuple[str, str]]) -> int:
        """Write labels and texts below each other; returns the next row."""
        for key, words in pairs:
            sheet.write_string(row, 0, self._say(key), self.bold)
            sheet.write_string(row, 1, words, self.plain)
            row += 1
        return row

    def _findings(self) -> None:
        sheet = self.book.add_worksheet(f"{self.mark}{self._say('page_findings')}"[:_LONGEST_NAME])
        sheet.hide_gridlines(2)
        for place, (key, width) in enumerate(
            (("workbook_weight", 22), ("workbook_finding", 80), ("workbook_remedy", 60))
        ):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, self._say(key), self.head)
        for row, finding in enumerate(self.release.findings, start=1):
            sheet.write_string(row, 0, self._say(f"severity_{finding.severity.value}"), self.bold)
            sheet.write_string(row, 1, finding.text[self.language], self.plain)
            sheet.write_string(row, 2, self._text(finding.remedy) if finding.remedy else "", self.plain)

    def _figure(self, shown: ReleasedFigure, name: str) -> None:
        sheet, figure = self.book.add_worksheet(name), shown.figure
        sheet.write_string(0, 0, self._text(figure.title), self.book.add_format({"bold": True, "font_size": 13}))
        sheet.write_string(1, 0, caption_of(shown, self.language))
        facts = [("page_unit", self._say(f"unit_{figure.unit}"))]
        if figure.base:
            facts.append(("page_base", self._text(figure.base)))
        if figure.reference is not None and figure.unit != "mixed":
            facts.append(("page_period", figure.reference.period_label))
        if figure.source:
            facts.append(("page_source", figure.source))
        for row, (key, words) in enumerate(facts, start=2):
            sheet.write_string(row, 0, f"{self._say(key)}: {words}")
        top = len(facts) + 3
        if figure.layout is not None:
            self._wide(sheet, top, shown)
            return
        for place, (column, about) in enumerate(figure.columns.items()):
            is_text = about.kind in {"text", "model"}
            sheet.write_string(top, place, about.heading(self.language), self.head if is_text else self.head_right)
            sheet.set_column(place, place, self._width(shown, column))
        for row in map(int, figure.frame.index):
            for place, column in enumerate(figure.columns):
                self._cell(sheet, top + 1 + row, place, shown, row, column)
        sheet.freeze_panes(top + 1, 0)

    def _wide(self, sheet: Any, top: int, shown: ReleasedFigure) -> None:
        """Write a tidy figure as a wide table, headings over columns where it has several groups of them."""
        table = wide(shown, self.language)
        spans = table.spans(self.language)
        for words, start, stop in spans:
            if stop - start > 1:
                sheet.merge_range(top, start + 1, top, stop, words, self.over)
            else:
                sheet.write_string(top, start + 1, words, self.over)
        top += bool(spans)
        sheet.write_string(top, 0, table.corner, self.head)
        sheet.set_column(0, 0, min(max(_NARROWEST, *(len(line.text) + 2 for line in table.lines)), _WIDEST))
        for place, head in enumerate(table.heads, start=1):
            sheet.write_string(top, place, head.text, self.head_right)
            sheet.set_column(place, place, max(_NARROWEST, len(max(head.text.split(), key=len, default="")) + 2))
        for row, line in enumerate(table.lines, start=top + 1):
            self._line(sheet, row, shown, line, self._role(table, line))
        sheet.freeze_panes(top + 1, 1)

    def _role(self, table: Wide, line: Line) -> str:
        """How a row is set: only the first of those that are derived stands under a line."""
        first = next((other for other in table.lines if other.role == DERIVED), None)
        return PART if line.role == DERIVED and line is not first else line.role

    def _line(self, sheet: Any, row: int, shown: ReleasedFigure, line: Line, role: str) -> None:
        assert shown.figure.layout is not None
        name = shown.figure.layout.value
        sheet.write_string(row, 0, line.text, self._format("@", role))
        for place, cell in enumerate(line.cells, start=1):
            held = self._say("word_dash") if cell is None else value(shown, cell, name, self.language, digits=True)
            if cell is None or isinstance(held, str):
                sheet.write_string(row, place, held, self._format("", role))
                continue
            rank, form = rank_of(shown, cell), _FORMATS[kind_of(shown, cell, name)]
            sheet.write_number(row, place, held, self._format(form if rank is None else f'"({rank}) "{form}', role))

    def _format(self, form: str, role: str) -> Any:
        """The format of a cell of a wide table: of a number, of a label ("@"), or of a word ("")."""
        if (form, role) not in self.formats:
            about: dict[str, Any] = {"align": "right", "font_color": "#595959"} if not form else {"num_format": form}
            about |= {TOTAL: {"bold": True, "top": 1}, DERIVED: {"top": 4}}.get(role, {})
            self.formats[form, role] = self.book.add_format(about)
        return self.formats[form, role]

    def _cell(self, sheet: Any, row: int, place: int, shown: ReleasedFigure, index: int, column: str) -> None:
        held = value(shown, index, column, self.language, digits=True)
        kind = kind_of(shown, index, column)
        if isinstance(held, str):
            sheet.write_string(row, place, held, None if kind in {"text", "model"} else self.word)
        else:
            sheet.write_number(row, place, held, self.numbers[kind])

    def _width(self, shown: ReleasedFigure, column: str) -> int:
        words = max(shown.figure.columns[column].heading(self.language).split(), key=len, default="")
        cells = (text(shown, row, column, self.language) for row in map(int, shown.figure.frame.index))
        return min(max(_NARROWEST, len(words) + 2, *(len(cell) + 2 for cell in cells)), _WIDEST)
