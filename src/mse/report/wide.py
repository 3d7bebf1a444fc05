"""Tidy figures as wide tables: categories below each other, years and forms beside each other.

Tables, workbook, terminal and pictures read the same `Wide`; the CSV stays tidy.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from mse.core.figure import Layout
from mse.errors import TableError
from mse.lazy import lazy
from mse.messages import sentence
from mse.messages.labels import label, labels
from mse.monitor.disclosure.release import ReleasedFigure
from mse.report.cells import in_language, text

pd = lazy("pandas")

__all__ = [
    "ALL",
    "BY_FORM",
    "DERIVED",
    "PART",
    "PER_YEAR",
    "TOTAL",
    "UNKNOWN_CODES",
    "Head",
    "Line",
    "Wide",
    "cell_text",
    "rank_of",
    "wide",
]

PART, TOTAL, DERIVED = "part", "total", "derived"
"""Roles of the rows of a wide table: parts come first, then their total, then what is derived from them."""

PER_YEAR, BY_FORM, ALL = "per_year", "by_form", "all"
"""Groups of the columns of a wide table, in the order in which they stand."""

UNKNOWN_CODES = ("unknown", "UNK")
"""Codes of what is not known, in categories and in forms."""

_TOTAL_CODE, _ALL_FORMS = "total", "all"

Key = tuple[Hashable, ...]


@dataclass(frozen=True)
class Head:
    """Head of a column: what it says, which group it is in, and the form it is about."""

    text: str
    group: str
    form: str = _ALL_FORMS


@dataclass(frozen=True)
class Line:
    """A row of a wide table: its code, what it says, its role, and the row of the frame in each of its cells."""

    code: str
    text: str
    role: str
    cells: tuple[int | None, ...]


@dataclass(frozen=True)
class Wide:
    """A figure as a wide table in a language.

    Parameters
    ----------
    corner : str
        Head of the column of categories.
    heads : tuple of Head
        Heads of the columns of values.
    lines : tuple of Line
        Rows; a cell is a row of the figure's frame, or None where the figure has no such value.
    period : str
        The whole period.
    """

    corner: str
    heads: tuple[Head, ...]
    lines: tuple[Line, ...]
    period: str

    def spans(self, language: str) -> list[tuple[str, int, int]]:
        """Headings over several columns: text, first column, and the column after the last; none over one group."""
        if len({head.group for head in self.heads} - {ALL}) < 2:
            return []
        found, place = [], 0
        for group, heads in groupby(self.heads, lambda head: PER_YEAR if head.group == PER_YEAR else BY_FORM):
            width = len(list(heads))
            found.append((sentence(f"wide_{group}", language, period=self.period), place, place + width))
            place += width
        return found

    def parts(self) -> list[Line]:
        """Rows that are parts of the total."""
        return [line for line in self.lines if line.role == PART]

    def total(self) -> Line | None:
        """The row of the total."""
        return next((line for line in self.lines if line.role == TOTAL), None)

    def places(self, *groups: str) -> list[int]:
        """Columns of some groups."""
        return [place for place, head in enumerate(self.heads) if head.group in groups]


def wide(shown: ReleasedFigure, language: str) -> Wide:
    """Lay a tidy figure out as a wide table.

    Columns of the layout that the others already decide, such as the form in a table of forms, head nothing. Columns
    are in the order: years, forms over the whole period, everything. Rows are in the order of the frame, but what is
    unknown stands last of the parts; what comes after the total is derived from them.

    Parameters
    ----------
    shown : ReleasedFigure
        A figure with a layout.
    language : {"en", "nl"}
        Language of the headings.

    Raises
    ------
    mse.errors.TableError
        The figure has no layout, or two of its rows are the same cell.
    """
    layout, frame = shown.figure.layout, shown.figure.frame
    if layout is None:
        raise TableError(f"Figure '{shown.name}' has no layout as a wide table")
    rows = [row for row in map(int, frame.index) if _stays(frame, row, layout)]
    lined = {row: _line_key(frame, row, layout) for row in rows}
    columns = _needed(frame, rows, lined, layout, shown.name)
    placed: dict[int, Key] = {row: tuple(frame.at[row, name] for name in columns) for row in rows}
    order = sorted(dict.fromkeys(placed.values()), key=lambda key: _order(columns, key))
    cells: dict[Key, dict[Key, int]] = {}
    for row in rows:
        cells.setdefault(lined[row], {})[placed[row]] = row
    period = _period(frame, rows)
    return Wide(
        shown.figure.columns[layout.rows].heading(language) if layout.rows in shown.figure.columns else "",
        tuple(_head(columns, key, period, language) for key in order),
        tuple(sorted(_lines(frame, cells, order, layout, language), key=_rank_of_line)),
        period,
    )


def cell_text(shown: ReleasedFigure, row: int | None, language: str) -> str:
    """A cell of a wide table as it is printed, its rank before it where it has one."""
    if row is None:
        return sentence("word_dash", language)
    layout = shown.figure.layout
    assert layout is not None
    written, rank = text(shown, row, layout.value, language), rank_of(shown, row)
    return written if rank is None else f"({rank}) {written}"


def rank_of(shown: ReleasedFigure, row: int | None) -> int | None:
    """Rank of a cell; None where it has none or the value is withheld."""
    layout, frame = shown.figure.layout, shown.figure.frame
    if row is None or layout is None or "rank" not in frame or pd.isna(frame.at[row, layout.value]):
        return None
    rank: Any = frame.at[row, "rank"]
    return None if pd.isna(rank) else int(rank)


def _rank_of_line(line: Line) -> tuple[int, bool]:
    return ((PART, TOTAL, DERIVED).index(line.role), line.role == PART and line.code in UNKNOWN_CODES)


def _stays(frame: Any, row: int, layout: Layout) -> bool:
    return all(frame.at[row, name] in values for name, values in layout.only.items())


def _line_key(frame: Any, row: int, layout: Layout) -> Key:
    """What makes a row of the wide table: the category, by its code where there is one, and what is measured."""
    name = f"{layout.rows}_code" if f"{layout.rows}_code" in frame else layout.rows
    cell = frame.at[row, name]
    category = cell["en"] if isinstance(cell, Mapping) else cell
    return (category, frame.at[row, "measure"]) if "measure" in frame else (category,)


def _needed(frame: Any, rows: list[int], lined: Mapping[int, Key], layout: Layout, name: str) -> tuple[str, ...]:
    """The first columns of the layout that tell all cells apart."""
    for count in range(1, len(layout.columns) + 1):
        columns = layout.columns[:count]
        if len({(lined[row], *(frame.at[row, column] for column in columns)) for row in rows}) == len(rows):
            return columns
    raise TableError(f"Two rows of figure '{name}' are the same cell of its wide table")


def _group(columns: tuple[str, ...], key: Key) -> str:
    named = dict(zip(columns, key, strict=True))
    if named.get("year", _TOTAL_CODE) != _TOTAL_CODE:
        return PER_YEAR
    return ALL if all(value in (_TOTAL_CODE, _ALL_FORMS) for value in key) else BY_FORM


def _order(columns: tuple[str, ...], key: Key) -> tuple[Any, ...]:
    """Years in their order, then forms in theirs, the whole last; other columns stay in the order they occur in."""
    group = _group(columns, key)
    named = dict(zip(columns, key, strict=True))
    year = str(named.get("year", "")) if group == PER_YEAR else ""
    forms = [code for dimension, code in labels() if dimension == "form"]
    form = named.get("form")
    return ((PER_YEAR, BY_FORM, ALL).index(group), year, forms.index(str(form)) if form in forms else len(forms))


def _head(columns: tuple[str, ...], key: Key, period: str, language: str) -> Head:
    group = _group(columns, key)
    named = dict(zip(columns, key, strict=True))
    form = str(named.get("form", _ALL_FORMS))
    if group == ALL:
        return Head(sentence("word_total", language) if "form" in columns else period, group)
    words = [_said(name, value, language) for name, value in named.items() if value not in (_TOTAL_CODE, _ALL_FORMS)]
    return Head(", ".join(words), group, form)


def _said(name: str, value: Any, language: str) -> str:
    if isinstance(value, Mapping):
        return str(value[language])
    return dashed(str(value)) if name in ("year", "period") else label(name, str(value))[language]


def dashed(period: str) -> str:
    """A period as it is printed: 2015–2019."""
    return period.replace("-", "\N{EN DASH}")


def _period(frame: Any, rows: list[int]) -> str:
    """The whole period: that of the rows over all years."""
    if "period" not in frame or "year" not in frame:
        return ""
    whole = [str(frame.at[row, "period"]) for row in rows if frame.at[row, "year"] == _TOTAL_CODE]
    return dashed(max(whole, key=len, default=""))


def _lines(
    frame: Any, cells: Mapping[Key, Mapping[Key, int]], order: list[Key], layout: Layout, language: str
) -> list[Line]:
    """Rows in the order in which they occur; those after the total are derived."""
    keys = list(cells)
    total = next((place for place, key in enumerate(keys) if key[0] == _TOTAL_CODE), len(keys))
    categories = [key[0] for key in keys]
    lines = []
    for place, key in enumerate(keys):
        first = next(iter(cells[key].values()))
        cell = frame.at[first, layout.rows]
        words = in_language(cell, language)
        if categories.count(key[0]) > 1:
            words = f"{words} ({sentence(f'measure_{key[1]}', language)})"
        role = PART if place < total else TOTAL if place == total else DERIVED
        lines.append(Line(str(key[0]), words, role, tuple(cells[key].get(head) for head in order)))
    return lines
