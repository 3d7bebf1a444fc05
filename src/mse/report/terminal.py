"""`show`: the first screen of a report in a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mse.core.finding import Severity
from mse.core.sentence import Sentence
from mse.monitor.disclosure.release import Release, ReleasedFigure
from mse.report.cells import alignment, shown_rows, text
from mse.report.page import Page
from mse.report.wide import ALL, BY_FORM, PER_YEAR, TOTAL, cell_text, wide

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["show"]

WIDTH = 80
_COLORS = {Severity.BLOCKING: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}
_SIDES = {"left": "left", "right": "right", "center": "center"}
_IN_A_TERMINAL = {
    "label": ("label", "part", "shown", "observed", "lower", "upper", "total", "median"),
    "rule": ("check", "light", "found", "rule"),
    "registered": ("group", "when", "registered", "estimate_low", "estimate_high"),
}
"""Columns that a terminal has room for, of figures with a column of that name: estimates, checks, registered beside
them."""


def show(
    release: Release,
    page: Page,
    language: str = "en",
    *,
    figures: Sequence[str] = (),
    written: Sequence[str | Path] = (),
    console: Console | None = None,
) -> None:
    """Print title, answer, the figure of the first screen, findings, and what was written.

    Parameters
    ----------
    release : Release
        Figures and findings that may be written.
    page : Page
        What is said.
    language : {"en", "nl"}
        Language.
    figures : sequence of str
        Names of figures to print with their titles, instead of that of the first screen.
    written : sequence of path
        Files that were written.
    console : rich.console.Console, optional
        Where it goes; by default the standard output, in at most 80 columns. Colour only adds: pipes and
        ``NO_COLOR`` get the same words.
    """
    from rich.console import Console
    from rich.text import Text as Line

    terminal = Console(highlight=False) if console is None else console
    width = min(terminal.width, WIDTH)

    def say(words: str, style: str = "") -> None:
        terminal.print(Line(words, style=style), width=width, soft_wrap=False)

    say(release.say(page.title, language), "bold")
    if subtitle := release.say(page.subtitle, language):
        say(subtitle, "dim")
    if page.reference is not None:
        population = page.reference.population if page.population is None else release.say(page.population, language)
        place = page.reference.place if page.place is None else release.say(page.place, language)
        say(f"{population}, {place}, {page.reference.period_label}", "dim")
    say("")
    answer = release.say(page.headline, language)
    say(answer, "bold")
    say("")
    for name in figures:
        if (title := release.say(release[name].figure.title, language)) != answer:
            say(title)
        for table in _tables(release[name], language):
            terminal.print(table, width=width)
            say("")
    if page.lead and not figures:
        for table in _tables(release[page.lead], language):
            terminal.print(table, width=width)
            say("")
    for finding in release.findings:
        label = release.say(Sentence(f"severity_{finding.severity.value}"), language)
        line = Line(f"{label}: ", style=_COLORS[finding.severity])
        terminal.print(line.append(finding.text[language], style="default"), width=width)
    if written:
        say("")
        say(release.say(Sentence("terminal_written"), language))
        for path in written:
            terminal.print(Line(f"  {path}"), soft_wrap=True)


def _tables(shown: ReleasedFigure, language: str) -> list[object]:
    """A figure as tables of at most 80 columns: of one with a layout, years and forms under each other."""
    if shown.figure.layout is not None:
        return _wide_tables(shown, language)
    columns = shown.figure.columns
    fitting = next((chosen for name, chosen in _IN_A_TERMINAL.items() if name in columns), tuple(columns))
    names = [name for name in columns if name in fitting]
    rows = [[text(shown, row, name, language) for name in names] for row in shown_rows(shown)]
    heads = [(columns[name].heading(language), alignment(columns[name].kind)) for name in names]
    return [_table(heads, rows)]


def _wide_tables(shown: ReleasedFigure, language: str) -> list[object]:
    """Years and forms under each other; forms are headed by their codes, which are explained below."""
    from rich.text import Text as Line

    table = wide(shown, language)
    styles = ["bold" if line.role == TOTAL else "" for line in table.lines]
    spans = table.spans(language)
    made: list[object] = []
    for places in [table.places(PER_YEAR), table.places(BY_FORM, ALL)] if spans else [table.places(PER_YEAR, ALL)]:
        coded = [head for head in (table.heads[place] for place in places) if spans and head.group == BY_FORM]
        heads = [(table.heads[at].form if table.heads[at] in coded else table.heads[at].text, "right") for at in places]
        rows = [[line.text, *(cell_text(shown, line.cells[at], language) for at in places)] for line in table.lines]
        made.append(_table([(table.corner, "left"), *heads], rows, styles))
        if coded:
            made.append(Line("; ".join(f"{head.form} {head.text}" for head in coded), style="dim"))
    return made


def _table(
    heads: Sequence[tuple[str, str]],
    rows: Sequence[Sequence[str]],
    styles: Sequence[str] = (),
) -> object:
    from rich.table import Table
    from rich.text import Text as Line

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for words, side_of in heads:
        side: Any = _SIDES[side_of]
        table.add_column(words, justify=side, overflow="fold")
    for place, row in enumerate(rows):
        table.add_row(*map(Line, row), style=styles[place] if styles else "")
    return table
