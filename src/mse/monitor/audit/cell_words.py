"""Cells, rows and columns of figures in the words of a reader, in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mse.core.sentence import Sentence
from mse.messages import LANGUAGES
from mse.messages.labels import label
from mse.monitor.audit.lookup import ALL, TOTAL, Cell, N
from mse.records.editions import CATEGORY_DIMENSIONS

__all__ = ["cell_in_words", "where_in_words"]

_FORM = "form"
_CATEGORIES_FIRST = ("2.3", "2.13")
"""Figures whose categories look like forms and are others: combinations of types, and forms with a region."""


def _said(code: str, dimensions: Iterable[str]) -> dict[str, str]:
    """The label of a code; a total in small letters, and a year as it is."""
    if code in (N, TOTAL):
        return {language: word.lower() for language, word in label(TOTAL, TOTAL).items()}
    itself = dict.fromkeys(LANGUAGES, code)
    return next((said for dimension in dimensions if (said := label(dimension, code)) != itself), itself)


def _joined(texts: Iterable[Mapping[str, str]]) -> dict[str, str]:
    every = list(texts)
    return {language: ", ".join(text[language] for text in every) for language in LANGUAGES}


def cell_in_words(cell: Cell) -> dict[str, str]:
    """Say which cell it is.

    Examples
    --------
    >>> cell_in_words(Cell("2.10", "total", "AU", "minor"))["nl"]
    'figuur 2.10 (totaal, Arbeidsuitbuiting, Minderjarig)'
    """
    shown = [_said(cell.year, ())]
    shown += [_said(cell.form, (_FORM,))] if cell.form != ALL else []
    shown += [_said(cell.category, CATEGORY_DIMENSIONS.get(cell.figure, ()))] if cell.category != cell.form else []
    return dict(Sentence("audit_cell", {"figures": [cell.figure], "cell": _joined(shown)}))


def where_in_words(where: str, figures: tuple[str, ...]) -> dict[str, str]:
    """Say which row or column of figures a check is about.

    Examples
    --------
    >>> where_in_words("AU, africa", ("2.9", "tab2.1"))["en"], where_in_words("n", ("2.7",))["nl"]
    ('Labour exploitation, Africa', 'totaal')
    """
    own = [dimension for figure in figures for dimension in CATEGORY_DIMENSIONS.get(figure, ())]
    dimensions = [*own, _FORM] if set(figures) <= set(_CATEGORIES_FIRST) else [_FORM, *own]
    return _joined(_said(code, dimensions) for code in where.split(", "))
