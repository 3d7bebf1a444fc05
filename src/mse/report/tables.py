"""Figures as HTML tables, through great-tables; how they look is the page's style sheet."""

from __future__ import annotations

from mse.lazy import lazy
from mse.monitor.release import ReleasedFigure
from mse.report.cells import alignment, shown_rows, text, unbroken, word

pd = lazy("pandas")

__all__ = ["table_html"]


def table_html(shown: ReleasedFigure, language: str, *, identifier: str) -> str:
    """Write a figure as an HTML table.

    Parameters
    ----------
    shown : ReleasedFigure
        The figure; of long ones the first rows.
    language : {"en", "nl"}
        Language of headings, words and numbers.
    identifier : str
        Identifier of the table on its page, which its headings build theirs on.

    Returns
    -------
    str
        A ``table`` element with classes and no style of its own.
    """
    from great_tables import GT

    columns = shown.figure.columns
    rows = shown_rows(shown)
    frame = pd.DataFrame(
        {name: [unbroken(text(shown, row, name, language)) for row in rows] for name in columns}, dtype="object"
    )
    table = GT(frame, id=identifier).cols_label(
        {name: unbroken(column.heading(language)) for name, column in columns.items()}
    )
    for name, column in columns.items():
        table = table.cols_align(alignment(column.kind), columns=[name])
    for over, names in shown.figure.spanners:
        present = [name for name in names if name in columns]
        if present:
            table = table.tab_spanner(over[language], columns=present)
    written = str(table.as_raw_html())
    start, end = written.index("<table"), written.index("</table>") + len("</table>")
    return _marked(written[start:end], shown, language)


def _marked(html: str, shown: ReleasedFigure, language: str) -> str:
    """Give cells with a model, and those in which a word stands for a number, a class of their own."""
    pieces = html.split("<td ")
    names, rows = list(shown.figure.columns), shown_rows(shown)
    for place, piece in enumerate(pieces[1:]):
        row, name = rows[place // len(names)], names[place % len(names)]
        kind = shown.figure.columns[name].kind
        if kind == "model":
            mark = "model "
        elif kind != "text" and word(shown, row, name, language) is not None:
            mark = "word "
        else:
            continue
        pieces[place + 1] = piece.replace('class="gt_row', f'class="{mark}gt_row', 1)
    return "<td ".join(pieces)
