"""The printed figures of the 2015-2019 monitor as linked tidy figures: identities of counts, sums, what shares rest on.

The counts are those of `mse.records.editions.printed` (Nationaal Rapporteur Mensenhandel en Seksueel Geweld tegen
Kinderen 2020, Slachtoffermonitor mensenhandel 2015-2019, The Hague), column value_checked.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import pandas as pd

from mse.core.figure import Column, Figure
from mse.core.reference import Reference
from mse.records.editions import printed

FORMS = ("BL-SU", "GO-SU", "AU", "CU", "UNK")
YEARS = ("2015", "2016", "2017", "2018", "2019")
TEXT = {"en": "Presumed victims", "nl": "Vermoedelijke slachtoffers"}

PARTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "2.3": {
        "total": ("unknown", "CU+ORG", "ORG", "AU+CU", "CU", "AU", "SU+ORG", "SU+AU+CU", "SU+AU", "SU+CU", "SU"),
        "any_SU": ("SU+ORG", "SU+AU+CU", "SU+AU", "SU+CU", "SU"),
        "any_AU": ("AU+CU", "AU", "SU+AU+CU", "SU+AU"),
        "any_CU": ("CU+ORG", "AU+CU", "CU", "SU+AU+CU", "SU+CU"),
        "any_ORG": ("CU+ORG", "ORG", "SU+ORG"),
    },
    "2.7": {"total": FORMS, "SU_nationality_known": ("BL-SU", "GO-SU")},
    "2.8": {"total": ("unknown", "male", "female")},
    "2.9": {
        "total": (
            "unknown", "other", "latin_america_caribbean", "asia", "africa", "europe_other", "netherlands",
        )
    },
    "2.10": {
        "total": ("unknown", "40+", "30-39", "23-29", "18-22", "minor"),
        "under_23": ("18-22", "minor"),
        "age_known": ("40+", "30-39", "23-29", "18-22", "minor"),
    },
    "2.11": {
        "total": ("other_reporters", "fairwork", "care_coordinators", "kmar", "iszw_do", "police"),
        "law_enforcement": ("kmar", "iszw_do", "police"),
        "without_legal_basis": ("other_reporters", "fairwork", "care_coordinators"),
    },
    "2.12": {
        "total": (
            "national", "limburg", "noord_holland", "zeeland_west_brabant", "midden_nederland", "den_haag",
            "amsterdam", "oost_nederland", "rotterdam", "noord_nederland", "oost_brabant",
        )
    },
    "2.4a": {
        "total": ("other_sectors", "street", "escort_hotel", "home", "window", "brothel_club_private"),
        "visible": ("window", "brothel_club_private"),
        "less_visible": ("other_sectors", "street", "escort_hotel", "home"),
        "any_SU": ("unknown", "total"),
    },
    "tab2.1": {},
}  # fmt: skip
"""Of every figure, the categories that a category is the sum of."""

DIMENSION = {"2.3": "combination", "2.8": "sex", "2.9": "region", "2.10": "age", "2.11": "reporter", "2.12": "unit"}


def identity(figure: str, year: str, form: str, category: str, measure: str) -> Hashable:
    """What a count counts, the same in every figure that prints it."""
    if figure == "2.7" and category in FORMS:
        category = "total"
    if figure == "tab2.1" and category == "NL":
        figure, category = "2.9", "netherlands"
    if figure == "2.4a" and category == "any_SU":
        return (measure, year, "all", "combination", "any_SU")
    if category == "total" and figure not in {"2.4a"}:
        return (measure, year, form, "total", "total")
    return (measure, year, form, DIMENSION.get(figure, figure), category)


def printed_figure(name: str) -> Figure:
    """One printed figure, every count with its identity and every sum."""
    frame = printed()[name]
    frame = frame[frame["value_checked"].notna()]
    if name == "2.4a":
        sexual = printed()["2.3"]
        frame = pd.concat([frame, sexual[sexual["category_code"] == "any_SU"]])
    frame = frame.reset_index(drop=True)
    keys = list(zip(frame["year"], frame["form"], frame["category_code"], strict=True))
    place = {key: row for row, key in enumerate(keys)}
    value = frame["value_checked"].to_numpy(float)
    counts = [row for row in frame.index if frame["measure"][row] != "years"]
    cells = {row: identity(name, *keys[row], frame["measure"][row]) for row in counts}
    sums = []
    for row in counts:
        year, form, category = keys[row]
        candidates = [[place.get((year, _form(name, form, part), part)) for part in PARTS[name].get(category, ())]]
        if year == "total":
            candidates.append([place.get((each, form, category)) for each in YEARS])
        if form == "all":
            candidates.append([place.get((year, each, category)) for each in FORMS])
        sums += [(row, tuple(parts)) for parts in candidates if parts and None not in parts]
    for total, parts in sums:
        assert value[total] == value[list(parts)].sum(), (name, keys[total])
    rests = {
        row: (place[year, form, "age_known"],)
        for row, (year, form, _) in enumerate(keys)
        if frame["measure"][row] == "years"
    }
    tidy = frame[["figure", "period", "year", "form", "category_code", "measure"]].assign(value=value)
    columns = {column: Column(column, column) for column in tidy.columns if column != "value"}
    columns["value"] = Column("value", "waarde", "measured")
    reference = Reference((2015, 2019), "person-year", "presumed victims", "Netherlands", source="register")
    return Figure(
        name, tidy, columns, title=TEXT, caption=TEXT, cells=cells, sums=tuple(sums), rests=rests, reference=reference
    )  # fmt: skip


def _form(name: str, form: str, part: str) -> str:
    """The form that a category of figure 2.7 stands under; in the sector figure any sexual exploitation."""
    if name == "2.7" and part in FORMS:
        return part
    return "SU" if name == "2.4a" else form


def printed_figures() -> list[Figure]:
    """All printed figures whose counts are linked."""
    return [printed_figure(name) for name in PARTS]


REGIONS: Mapping[str, tuple[str, ...]] = {
    "europe_other": ("PL", "RO", "BG", "HU"),
    "africa": ("NG", "UG", "GN", "SL", "GM", "ER", "MA"),
    "asia": ("PH", "VN", "AF", "CN", "IN"),
}
"""Nationalities of table 2.1 by region."""

Relation = tuple[Hashable, tuple[Hashable, ...], bool]
"""A count, others that it is the sum of, and whether it may be more."""


def across() -> list[Relation]:
    """What any reader of the report knows between its figures, written out by hand."""
    figures = {figure.name: figure for figure in printed_figures()}
    known = {cell for figure in figures.values() for cell in figure.cells.values()}
    found: list[Relation] = []
    for year in (*YEARS, "total"):

        def of(form: str, year: str = year) -> Hashable:
            return identity("2.7", year, form, form, "victims")

        def combination(code: str, year: str = year) -> Hashable:
            return identity("2.3", year, "all", code, "victims")

        unknown = identity("2.7", year, "SU", "SU_nationality_unknown", "victims")
        with_nationality = identity("2.7", year, "SU", "SU_nationality_known", "victims")
        found += [
            (combination("any_SU"), (with_nationality, unknown), False),
            (of("AU"), (combination("AU"), combination("AU+CU")), False),
            (of("CU"), (combination("CU"), combination("CU+ORG")), False),
            (of("UNK"), (combination("unknown"), combination("ORG"), unknown), False),
        ]
    for region, countries in REGIONS.items():
        for year, form in (*((year, "all") for year in (*YEARS, "total")), *(("total", form) for form in FORMS)):
            listed = [identity("tab2.1", year, form, country, "victims") for country in countries]
            present = tuple(cell for cell in listed if cell in known)
            found.append((identity("2.9", year, form, region, "victims"), present, True))
    dutch = identity("2.9", "total", "BL-SU", "netherlands", "victims")
    found.append((identity("2.9", "total", "BL-SU", "total", "victims"), (dutch,), False))
    return found


def empty() -> set[Hashable]:
    """Counts that are nought by definition: domestic exploitation is of the Dutch, cross-border of others."""
    codes = [*PARTS["2.9"]["total"], *(country for countries in REGIONS.values() for country in countries)]
    figures = ("2.9", "tab2.1")
    abroad = {identity("2.9", "total", "GO-SU", code, "victims") for code in ("netherlands", "unknown")}
    return abroad | {
        identity(figure, "total", "BL-SU", code, "victims")
        for figure in figures for code in codes if code != "netherlands"
    }  # fmt: skip
