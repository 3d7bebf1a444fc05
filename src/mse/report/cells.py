"""Cells of a released figure, as text in a language or as values for files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mse.core.figure import MEASURES
from mse.lazy import lazy
from mse.messages import number, rounded, sentence
from mse.monitor.disclosure.release import ReleasedFigure

pd = lazy("pandas")

__all__ = ["ON", "alignment", "in_language", "kind_of", "shown_rows", "text", "unbroken", "value", "word"]

ON = "●"
"""Stands for being on a list."""

_OFF = "·"
_TERM = re.compile(r"\[[^\[\]]*\]")
_LEFT = frozenset({"text", "model"})


def alignment(kind: str) -> str:
    """Side of its column on which a kind of cell stands."""
    return "left" if kind in _LEFT else ("center" if kind == "member" else "right")


def in_language(cell: Any, language: str) -> str:
    """A cell of words: a text that is the same in every language, or one in each."""
    return str(cell[language] if isinstance(cell, Mapping) else cell)


def kind_of(shown: ReleasedFigure, row: int, name: str) -> str:
    """Kind of a cell: that of its column, or of the measure of its row."""
    kind = shown.figure.columns[name].kind
    return MEASURES[str(shown.figure.frame.at[row, "measure"])] if kind == "measured" else kind


def word(shown: ReleasedFigure, row: int, name: str, language: str) -> str | None:
    """The word that stands where a cell has no value; None where it has one."""
    if (row, name) in shown.words:
        return sentence(shown.words[row, name], language)
    cell = shown.figure.frame.at[row, name]
    if not isinstance(cell, Mapping) and pd.isna(cell):
        missing = shown.figure.columns[name].missing
        return sentence(missing, language) if missing else ""
    return None


def text(shown: ReleasedFigure, row: int, name: str, language: str) -> str:
    """A cell as it is printed."""
    if (instead := word(shown, row, name, language)) is not None:
        return instead
    cell, kind = shown.figure.frame.at[row, name], kind_of(shown, row, name)
    if kind == "member":
        return ON if cell else _OFF
    if kind in _LEFT:
        return in_language(cell, language)
    if kind == "yesno":
        return sentence("word_yes" if cell else "word_no", language)
    return number(float(str(cell)), language, "ratio" if kind == "setting" else kind)


def value(shown: ReleasedFigure, row: int, name: str, language: str, *, digits: bool = False) -> Any:
    """A cell as a file holds it: a number where there is one, otherwise a word.

    Parameters
    ----------
    shown : ReleasedFigure
        The figure.
    row, name
        The cell.
    language : {"en", "nl"}
        Language of words.
    digits : bool
        Whether estimates are rounded as they are printed.
    """
    kind = kind_of(shown, row, name)
    if kind in {*_LEFT, "yesno"} or word(shown, row, name, language) is not None:
        return text(shown, row, name, language)
    cell = float(str(shown.figure.frame.at[row, name]))
    if kind == "estimate" and digits:
        return rounded(cell)
    return int(cell) if kind in {"member", "count", "persons"} or cell.is_integer() else cell


def unbroken(text: str) -> str:
    """A text whose terms of a model, such as [A B], are not broken over lines."""
    return _TERM.sub(lambda term: term.group().replace(" ", "\N{NO-BREAK SPACE}"), text)


def shown_rows(shown: ReleasedFigure) -> list[int]:
    """Rows that a page prints."""
    return [int(row) for row in shown.figure.frame.index][: shown.figure.most]
