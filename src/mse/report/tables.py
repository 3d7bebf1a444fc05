"""Figures as HTML tables, through great-tables; how they look is the page's style sheet."""

from __future__ import annotations

import re
from typing import Any

from mse.lazy import lazy
from mse.monitor.disclosure.release import ReleasedFigure
from mse.report.cells import alignment, kind_of, shown_rows, text, unbroken, word
from mse.report.wide import DERIVED, TOTAL, Wide, cell_text, wide

pd = lazy("pandas")

__all__ = ["table_html"]

_JOINTS = re.compile(r"(?<=\w)(?=overschrijdende|schrijdende|uitbuiting|verwijdering|tation\b)")
_LONG = 60
"""Letters from which a text needs a column that is wide enough to be read."""


def table_html(shown: ReleasedFigure, language: str, *, identifier: str) -> str:
    """Write a figure as an HTML table.

    Parameters
    ----------
    shown : ReleasedFigure
        The figure; of long ones the first rows, of one with a layout the wide table.
    language : {"en", "nl"}
        Language of headings, words and numbers.
    identifier : str
        Identifier of the table on its page, which its headings build theirs on.

    Returns
    -------
    str
        A ``table`` element with classes and no style of its own.
    """
    if shown.figure.layout is not None:
        return _wide_html(shown, language, identifier)
    columns = shown.figure.columns
    rows = shown_rows(shown)
    cells = {name: [unbroken(text(shown, row, name, language)) for row in rows] for name in columns}
    heads = {name: unbroken(column.heading(language)) for name, column in columns.items()}
    sides = {name: alignment(column.kind) for name, column in columns.items()}
    spanners = [(over[language], [name for name in names if name in columns]) for over, names in shown.figure.spanners]
    html = _table(cells, heads, sides, spanners, identifier)
    marks = [_mark(shown, row, name, language) for row in rows for name in columns]
    return _marked(html, "td", marks)


def _wide_html(shown: ReleasedFigure, language: str, identifier: str) -> str:
    table = wide(shown, language)
    names = [f"c{place}" for place in range(len(table.heads))]
    cells = {"label": [line.text for line in table.lines]}
    for place, name in enumerate(names):
        cells[name] = [cell_text(shown, line.cells[place], language) for line in table.lines]
    heads = {
        "label": table.corner,
        **{name: _breakable(head.text) for name, head in zip(names, table.heads, strict=True)},
    }
    sides = {"label": "left", **dict.fromkeys(names, "right")}
    spanners = [(over, names[start:stop]) for over, start, stop in table.spans(language)]
    html = _table(cells, heads, sides, spanners, identifier)
    marks = [
        mark
        for line in table.lines
        for mark in ("", *("" if cell is None else _mark(shown, cell, _value(shown), language) for cell in line.cells))
    ]
    return _with_roles(_marked(html, "td", marks), table)


def _breakable(text: str) -> str:
    """A heading with soft hyphens where the long words of forms may break."""
    return _JOINTS.sub("\N{SOFT HYPHEN}", text)


def _value(shown: ReleasedFigure) -> str:
    assert shown.figure.layout is not None
    return shown.figure.layout.value


def _table(
    cells: dict[str, list[str]],
    heads: dict[str, str],
    sides: dict[str, str],
    spanners: list[tuple[str, list[str]]],
    identifier: str,
) -> str:
    """Have great-tables write the table."""
    from great_tables import GT

    labels: dict[str, Any] = dict(heads)
    table = GT(pd.DataFrame(cells, dtype="object"), id=identifier).cols_label(labels)
    for name, side in sides.items():
        aligned: Any = side
        table = table.cols_align(aligned, columns=[name])
    for over, names in spanners:
        if names:
            table = table.tab_spanner(over, columns=names)
    written = str(table.as_raw_html())
    start, end = written.index("<table"), written.index("</table>") + len("</table>")
    return written[start:end]


def _mark(shown: ReleasedFigure, row: int, name: str, language: str) -> str:
    """The class of its own of a cell with a model or a long text, or of one in which a word stands for a number."""
    kind = kind_of(shown, row, name)
    if kind == "model":
        return "model "
    if kind == "text":
        return "long " if len(text(shown, row, name, language)) > _LONG else ""
    return "word " if word(shown, row, name, language) is not None else ""


def _marked(html: str, tag: str, marks: list[str]) -> str:
    """Give the elements of a table classes of their own."""
    pieces = html.split(f"<{tag} ")
    for place, mark in enumerate(marks, start=1):
        pieces[place] = pieces[place].replace('class="', f'class="{mark}', 1)
    return f"<{tag} ".join(pieces)


def _with_roles(html: str, table: Wide) -> str:
    """Set the total and the first row of what is derived apart."""
    head, body = html.split("<tbody", 1)
    pieces = body.split("<tr>")
    roles = [line.role for line in table.lines]
    for place, role in enumerate(roles, start=1):
        first = role == DERIVED and DERIVED not in roles[: place - 1]
        if role == TOTAL or first:
            pieces[place] = f'<tr class="{role}">' + pieces[place].removeprefix("<tr>")
        else:
            pieces[place] = "<tr>" + pieces[place]
    return head.replace("<table ", '<table data-wide="" ', 1) + "<tbody" + "".join(pieces)
