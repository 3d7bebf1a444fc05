"""Labels of the levels of a cube's dimensions, in both languages."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from mse.core.cube import members_of
from mse.core.sentence import Sentence
from mse.messages import LANGUAGES, catalogue
from mse.messages.labels import label, labels
from mse.records.rules_person import REGIONS

__all__ = ["LABELS", "dimension_label", "level_label", "ordered"]

LABELS: Mapping[str, str] = {
    "region": "region_of_origin",
    "adult": "age_band",
    "combination": "exploitation_combination",
    "types": "exploitation_type",
    "kind_criminal": "sector_criminal",
    "reporters": "reporter",
    "legal_basis": "reporter_group",
    "units": "police_unit",
    "place": "nationality",
    "population": "population_line",
}
"""Dimension of the labels of each dimension of a cube; the others have their own name."""


def dimension_label(dimension: str) -> dict[str, str]:
    """Name a dimension in both languages; one that the catalogue does not know has its own name.

    Examples
    --------
    >>> dimension_label("age_band")["nl"], dimension_label("other")["nl"]
    ('leeftijdsgroep', 'other')
    """
    key = f"dimension_{dimension}"
    return dict(Sentence(key)) if key in catalogue() else dict.fromkeys(LANGUAGES, dimension)


def level_label(dimension: str, level: Hashable) -> dict[str, str]:
    """Say what a level of a dimension stands for; of a set, what its members stand for.

    Examples
    --------
    >>> level_label("reporters", "fairwork|police")["en"], level_label("region", "africa")["nl"]
    ('FairWork (NGO) + National Police', 'Afrika')
    """
    name, code = LABELS.get(dimension, dimension), str(level)
    if (name, code) in labels() or "|" not in code:
        return label(name, code)
    parts = [label(name, member) for member in members_of(code)]
    return {language: " + ".join(part[language] for part in parts) for language in LANGUAGES}


def ordered(dimension: str, found: list[Hashable]) -> list[Hashable]:
    """Levels in the order of their labels; numbers by size, those without a label last, what is unknown at the end."""
    name = LABELS.get(dimension, dimension)
    codes = REGIONS if dimension == "region" else [code for of, code in labels() if of == name]
    place = {code: at for at, code in enumerate(codes)}

    def key(level: Hashable) -> tuple[bool, int, int, str]:
        known = level not in ("unknown", "")
        number = level if isinstance(level, int) else 0
        return (not known, place.get(str(level), len(place)), number, str(level))

    return sorted(found, key=key)
