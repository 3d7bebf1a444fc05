"""Labels of the levels of a cube's dimensions, in both languages."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from mse.core.sentence import Sentence
from mse.messages import LANGUAGES, catalogue
from mse.messages.labels import label, labels
from mse.records.register.rules_person import REGIONS

__all__ = ["LABELLED_BY", "dimension_label", "level_label", "levels_labels", "ordered"]

LABELLED_BY: Mapping[str, str] = {
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
    "line": "population_line",
}
"""Dimension of the labels of each dimension of a cube or a group; the others have their own name."""


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
    return label(LABELLED_BY.get(dimension, dimension), str(level))


def levels_labels(dimension: str, levels: list[str | int]) -> list[dict[str, str]]:
    """Say what levels stand for; whole numbers that follow each other are a range.

    Examples
    --------
    >>> levels_labels("case_size", [1, 2, 3])[0]["en"]
    'size of the case 1–3'
    """
    numbers = [level for level in levels if isinstance(level, int)]
    if not numbers or numbers != list(range(numbers[0], numbers[-1] + 1)):
        return [level_label(dimension, level) for level in levels]
    said = "\N{EN DASH}".join(map(str, dict.fromkeys((numbers[0], numbers[-1]))))
    return [{language: f"{name} {said}" for language, name in dimension_label(dimension).items()}]


def ordered(dimension: str, found: list[Hashable]) -> list[Hashable]:
    """Levels in the order of their labels; numbers by size, then those without a label, then what is other
    and what is unknown."""
    name = LABELLED_BY.get(dimension, dimension)
    codes = REGIONS if dimension == "region" else [code for of, code in labels() if of == name]
    place = {code: at for at, code in enumerate(codes)}

    def key(level: Hashable) -> tuple[bool, bool, int, int, str]:
        unknown, other = level in ("unknown", ""), str(level).startswith("other")
        number = level if isinstance(level, int) else 0
        return (unknown, other, place.get(str(level), len(place)), number, str(level))

    return sorted(found, key=key)
