"""Every sentence that a person reads in a result, in English and Dutch.

The sentences live in the TOML files beside this one, a file an area. A key has the texts `en` and `nl`; `{name}`
puts a value in, `{name:kind}` writes it as the language writes numbers:

=============  =================================================================
kind           how it looks in en / nl
=============  =================================================================
``count``      whole number: 8,234 / 8.234
``persons``    a count of persons; the release policy may coarsen it
``estimate``   three significant digits: 143,603 becomes 144,000 / 144.000
``percent``    0.0512 becomes 5.1% / 5,1 %
``level``      0.95 becomes 95% / 95 %
``ratio``      two decimals: 1.97 / 1,97
``mean``       one decimal: 26.3 / 26,3
``rate``       three significant digits, decimals too: 0.512, 30.1, 1,234 / 0,512, 30,1, 1.234
``names``      a sequence: "a, b and c" / "a, b en c"; its items may be texts in every language
``figures``    ids of figures: "figures 2.7 and 2.8" / "de figuren 2.7 en 2.8"; of tables: "table 2.1" / "tabel 2.1"
=============  =================================================================
"""

from __future__ import annotations

import functools
import string
import tomllib
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from importlib import resources
from typing import Any

__all__ = ["LANGUAGES", "catalogue", "number", "rounded", "sentence"]

LANGUAGES = ("en", "nl")

SIGNIFICANT_DIGITS = 3
"""Digits that an estimate is shown with: more would claim a precision that no estimate has."""

_AND = {"en": " and ", "nl": " en "}
_FIGURES = {"en": ("figure", "figures"), "nl": ("figuur", "de figuren")}
_TABLES = {"en": ("table", "tables"), "nl": ("tabel", "de tabellen")}
_TABLE = "tab"
_NONE = {"en": "none", "nl": "geen"}
_NO_LIMIT = {"en": "no upper limit", "nl": "geen bovengrens"}

_SWAPPED = str.maketrans(",.", ".,")

_SMALLEST_SHARE = 0.0005

Guard = Callable[[int, str], str]
"""Writes a count of persons; a release policy passes its own to coarsen small counts."""


@functools.cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """All sentences by key, each with its languages."""
    entries: dict[str, Mapping[str, str]] = {}
    for path in sorted(resources.files(__name__).iterdir(), key=lambda p: p.name):
        if path.name.endswith(".toml"):
            entries.update(tomllib.loads(path.read_text(encoding="utf-8")))
    return entries


def _grouped(digits: str, language: str) -> str:
    return digits.replace(",", ".") if language == "nl" else digits


def number(value: float | None, language: str = "en", kind: str = "count", *, guard: Guard | None = None) -> str:
    """Write a number as the language does.

    Parameters
    ----------
    value : float or None
        The number; None is written "no upper limit".
    language : {"en", "nl"}
        Language of the text.
    kind : {"count", "persons", "estimate", "percent", "level", "ratio", "mean", "rate"}
        What kind of number it is (see the module's table).
    guard : callable, optional
        Writes numbers of kind "persons".

    Returns
    -------
    str
        The number in words of the language.

    Examples
    --------
    >>> number(143603.2, "nl", "estimate")
    '144.000'
    >>> number(0.125, "nl", "percent")
    '12,5\\xa0%'
    """
    if value is None:
        return _NO_LIMIT[language]
    if kind == "persons" and guard is not None:
        return guard(round(value), language)
    if kind in {"count", "persons"}:
        return _grouped(f"{round(value):,}", language)
    if kind == "estimate":
        return _grouped(f"{rounded(value):,}", language)
    if kind == "percent" and 0.0 < value < _SMALLEST_SHARE:
        return "<" + number(_SMALLEST_SHARE * 2, language, kind)
    if kind == "rate":
        return f"{value:,.{_decimals(value)}f}".translate(_SWAPPED if language == "nl" else {})
    written = {"percent": f"{100 * value:.1f}%", "level": f"{100 * value:g}%", "mean": f"{value:.1f}"}
    decimals = {**written, "ratio": f"{value:.2f}"}[kind]
    return decimals.replace(".", ",").replace("%", "\N{NO-BREAK SPACE}%") if language == "nl" else decimals


def _decimals(value: float) -> int:
    """Decimals with which a number has `SIGNIFICANT_DIGITS`; none where it has more before the point."""
    return max(SIGNIFICANT_DIGITS - 1 - Decimal(float(value)).adjusted(), 0) if value else 0


def rounded(value: float) -> int:
    """Round an estimate half up to `SIGNIFICANT_DIGITS`, and to whole persons below 1,000.

    Examples
    --------
    >>> rounded(12349.6), rounded(999.5), rounded(0.5)
    (12300, 1000, 1)
    """
    exact = Decimal(float(value))
    places = max(exact.adjusted() - SIGNIFICANT_DIGITS + 1, 0)
    return int(exact.quantize(Decimal(1).scaleb(places), ROUND_HALF_UP))


class _Formatter(string.Formatter):
    def __init__(self, language: str, guard: Guard | None) -> None:
        self.language, self.guard = language, guard

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "names":
            return _names([str(self._in_words(item)) for item in value], self.language)
        if format_spec == "figures":
            return _figures(list(value), self.language)
        if format_spec in {"count", "persons", "estimate", "percent", "level", "ratio", "mean"}:
            return number(value, self.language, format_spec, guard=self.guard)
        return str(super().format_field(self._in_words(value), format_spec))

    def _in_words(self, value: Any) -> Any:
        """A text in every language, in this one; a `Sentence` writes its counts of persons as the others are."""
        if not isinstance(value, Mapping):
            return value
        write = getattr(value, "write", None)
        return value[self.language] if write is None else write(self.language, guard=self.guard)


def _names(items: Sequence[str], language: str) -> str:
    if not items:
        return _NONE[language]
    if len(items) == 1:
        return items[0]
    return ", ".join(items[:-1]) + _AND[language] + items[-1]


def _figures(ids: Sequence[str], language: str) -> str:
    """Figures and tables by their numbers."""
    tables = [name.removeprefix(_TABLE) for name in ids if name.startswith(_TABLE)]
    numbers = [name for name in ids if not name.startswith(_TABLE)]
    kinds = ((_FIGURES, numbers), (_TABLES, tables))
    return _names([f"{word[language][len(of) > 1]} {_names(of, language)}" for word, of in kinds if of], language)


def sentence(key: str, language: str = "en", /, *, guard: Guard | None = None, **fields: Any) -> str:
    """Return the catalogue's sentence for `key` with its values filled in.

    Parameters
    ----------
    key : str
        Key of the catalogue.
    language : {"en", "nl"}
        Language of the text.
    guard : callable, optional
        Writes counts of persons; `release` passes one that coarsens small counts.
    **fields
        Values of the sentence's placeholders. A value, or an item of names, may itself be a text in every language.

    Returns
    -------
    str
        The sentence.
    """
    return _Formatter(language, guard).vformat(catalogue()[key][language], (), fields)
