"""What codes stand for, in English and Dutch: forms, types, sectors, reporters, police units, regions, countries.

The labels are those of the *Slachtoffermonitor mensenhandel 2015-2019* (Nationaal Rapporteur 2020), in `labels.csv`;
names of countries are those of the Unicode CLDR, through babel.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Mapping
from importlib import resources

from mse.messages import LANGUAGES

__all__ = ["NATIONALITY", "label", "labels"]

NATIONALITY = "nationality"
"""Dimension whose codes are countries (ISO 3166-1 alpha-2)."""

_BETWEEN = "|"
"""Between the members of a set."""


@functools.cache
def labels() -> Mapping[tuple[str, str], Mapping[str, str]]:
    """Labels in every language by dimension and code."""
    text = (resources.files(__package__) / "labels.csv").read_text(encoding="utf-8")
    return {
        (row["dimension"], row["code"]): {language: row[language] for language in LANGUAGES}
        for row in csv.DictReader(text.splitlines())
    }


@functools.cache
def _countries() -> Mapping[str, Mapping[str, str]]:
    from babel import Locale

    names = {language: Locale(language).territories for language in LANGUAGES}
    return {str(code): {language: str(names[language][code]) for language in LANGUAGES} for code in names["en"]}


def label(dimension: str, code: str) -> dict[str, str]:
    """Say what a code of a dimension stands for; of a set, such as "AU|CU", what its members stand for.

    A code without a label stands for itself.

    Examples
    --------
    >>> label("form", "AU")["nl"], label("nationality", "PL")["en"], label("total", "total")["nl"]
    ('Arbeidsuitbuiting', 'Poland', 'Totaal')
    >>> label("reporter", "fairwork|police")["en"]
    'FairWork (NGO) + National Police'
    """
    found = labels().get((dimension, code)) or labels().get(("total", code))
    if found is None and dimension == NATIONALITY:
        found = _countries().get(code)
    if found is None and _BETWEEN in code:
        members = [label(dimension, member) for member in code.split(_BETWEEN)]
        return {language: " + ".join(member[language] for member in members) for language in LANGUAGES}
    return dict(found) if found is not None else dict.fromkeys(LANGUAGES, code)
