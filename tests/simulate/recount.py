"""Count every printed figure of the monitor of 2015-2019 straight from victims and reports, without the library.

An independent reading of the rules R3-R43, in plain pandas: what the library's rules and figures say can be held
against it. Only the region of a nationality is taken from the library (R31).
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import pandas as pd

from mse.records.register.codebook import regions

FORMS = ["BL-SU", "GO-SU", "AU", "CU", "UNK"]
GROUPS = ["police", "kmar", "iszw_do", "care_coordinators", "fairwork", "other_reporters"]
UNITS = [
    "national", "limburg", "noord_holland", "zeeland_west_brabant", "midden_nederland", "den_haag", "amsterdam",
    "oost_nederland", "rotterdam", "noord_nederland", "oost_brabant",
]  # fmt: skip
SECTORS = ["brothel_club_private", "window", "escort_hotel", "home", "street", "other_sectors"]
VISIBLE = ["brothel_club_private", "window"]
COMBINATIONS = {
    "": "unknown", "CU|ORG": "CU+ORG", "ORG": "ORG", "AU|CU": "AU+CU", "CU": "CU", "AU": "AU", "SU|ORG": "SU+ORG",
    "SU|AU|CU": "SU+AU+CU", "SU|AU": "SU+AU", "SU|CU": "SU+CU", "SU": "SU",
}  # fmt: skip
BANDS = {"minor": (0, 17), "18-22": (18, 22), "23-29": (23, 29), "30-39": (30, 39), "40+": (40, 200)}
PERIODS = {"2015-2016": (2015, 2016), "2017-2019": (2017, 2018, 2019)}

Cells = dict[tuple[str, str, str, str, str], float]
"""Value by figure, year, form, category and measure."""


def half_up(value: float) -> int:
    return math.floor(value + 0.5)


def enriched(victims: pd.DataFrame, reports: pd.DataFrame) -> pd.DataFrame:
    """One row a victim, with reporter groups, lines, form, region and band."""
    people = victims.set_index("victim")
    told = reports[reports["role"] == "reporter"]
    people["groups"] = told.groupby("victim")["reporter"].agg(set).reindex(people.index)
    people["units"] = told[told["reporter"] == "police"].groupby("victim")["police_unit"].agg(set).reindex(people.index)
    people["organisations"] = (
        told[told["reporter"] == "other_reporters"].groupby("victim")["organisation"].agg(set).reindex(people.index)
    )
    for column in ("groups", "units", "organisations"):
        people[column] = [held if isinstance(held, set) else set() for held in people[column]]
    trace = reports.groupby("victim")["reporter"].agg(set).reindex(people.index)
    people["emm"] = ["emm" in held for held in trace]
    people["om"] = ["om" in held for held in trace]
    people["emm_only"] = [held == {"emm"} for held in trace]
    types = people["types"].str.split("|").map(set)
    for name in ("SU", "AU", "CU", "ORG"):
        people[name] = [name in held for held in types]
    people["kmar_only"] = people["SU"] & people["groups"].map({"kmar"}.__eq__)
    people["line_2"] = ~people["emm_only"]
    people["line_3"] = people["line_2"] & ~people["kmar_only"]
    people["form"] = [_form(row) for row in people.itertuples()]
    known = regions()
    people["region"] = [known[code] if code else "unknown" for code in people["nationalities"]]
    age = pd.to_numeric(people["age"])
    people["age"] = age
    people["band"] = "unknown"
    for band, (low, high) in BANDS.items():
        people.loc[age.between(low, high), "band"] = band
    return people


def _form(row: object) -> str:
    if row.SU:
        return "UNK" if not row.nationalities else "BL-SU" if row.nationalities == "NL" else "GO-SU"
    return "AU" if row.AU else "CU" if row.CU else "UNK"


def recount(victims: pd.DataFrame, reports: pd.DataFrame) -> Cells:
    """Count all cells of the fifteen figures."""
    people = enriched(victims, reports)
    inside = people[people["line_3"]]
    cells: Cells = {}
    cells |= _lines(people)
    cells |= _types(inside)
    cells |= _persons(inside)
    cells |= _reports(inside)
    cells |= _sectors(inside)
    cells |= _imputed(inside)
    return cells


def _by_year(figure: str, form: str, code: str, measure: str, part: pd.DataFrame, total: bool = True) -> Cells:
    counts = part["year"].value_counts()
    found = {(figure, str(year), form, code, measure): float(counts.get(year, 0)) for year in range(2015, 2020)}
    return found | ({(figure, "total", form, code, measure): float(len(part))} if total else {})


def _by_form(figure: str, code: str, measure: str, part: pd.DataFrame) -> Cells:
    counts = part["form"].value_counts()
    found = {(figure, "total", form, code, measure): float(counts.get(form, 0)) for form in FORMS}
    return found | _by_year(figure, "all", code, measure, part)


def _lines(people: pd.DataFrame) -> Cells:
    two, three = people[people["line_2"]], people[people["line_3"]]
    return (
        _by_year("2.1", "all", "all_registered", "victims", people)
        | _by_year("2.1", "all", "excl_emm_only", "victims", two)
        | _by_year("2.1", "all", "monitor_population", "victims", three)
        | _by_year("2.1", "all", "emm_only_by_difference", "victims", people[people["emm_only"]])
        | _by_year("2.1", "all", "kmar_only_su_by_difference", "victims", people[people["kmar_only"]])
        | _by_year("2.2", "all", "emm_only", "victims", people[people["emm_only"]])
        | _by_year("2.2", "all", "emm_and_reporter", "victims", people[people["emm"] & ~people["emm_only"]])
        | _by_year("2.2", "all", "total", "victims", people[people["emm"]])
    )


def _types(inside: pd.DataFrame) -> Cells:
    cells = _by_year("2.3", "all", "total", "victims", inside)
    for written, code in COMBINATIONS.items():
        cells |= _by_year("2.3", "all", code, "victims", inside[inside["types"] == written])
    for name in ("SU", "AU", "CU", "ORG"):
        cells |= _by_year("2.3", "all", f"any_{name}", "victims", inside[inside[name]])
    criminal = inside[inside["CU"] & (inside["year"] >= 2016)]
    drugs = criminal["kinds_criminal"] == "drug_offences"
    cells |= _by_year("2.6", "CU", "drug_offences", "victims", criminal[drugs])
    cells |= _by_year("2.6", "CU", "not_drug_offences", "victims", criminal[~drugs])
    cells |= _by_year("2.6", "CU", "total", "victims", criminal)
    labour = inside[inside["AU"]]
    cells |= _by_year("2.5", "AU", "total", "victims", labour)
    for year, part in (("total", labour), ("2019", labour[labour["year"] == 2019])):
        known = int((part["sectors_labour"] != "").sum())
        cells["2.5", year, "AU", "sector_known", "percent_of_victims"] = half_up(100 * known / len(part))
        cells["2.5", year, "AU", "sector_known", "victims"] = known
    return cells


def _persons(inside: pd.DataFrame) -> Cells:
    cells: Cells = {}
    for form in FORMS:
        cells |= _by_year("2.7", form, form, "victims", inside[inside["form"] == form])
    cells |= _by_year("2.7", "all", "total", "victims", inside)
    known = inside["form"].isin(["BL-SU", "GO-SU"])
    cells |= _by_year("2.7", "SU", "SU_nationality_known", "victims", inside[known])
    cells |= _by_year("2.7", "SU", "SU_nationality_unknown", "victims", inside[inside["SU"] & ~known])
    sex = inside["sex"].replace("", "unknown")
    for figure, column in (("2.8", sex), ("2.9", inside["region"]), ("2.10", inside["band"])):
        cells |= _by_form(figure, "total", "victims", inside)
        for code in _codes(figure):
            cells |= _by_form(figure, code, "victims", inside[column == code])
    aged = inside[inside["band"] != "unknown"]
    cells |= _by_form("2.10", "age_known", "victims", aged)
    cells |= _by_form("2.10", "under_23", "victims", inside[inside["band"].isin(["minor", "18-22"])])
    parts = [(("2.10", str(year), "all"), part) for year, part in aged.groupby("year")]
    parts += [(("2.10", "total", str(form)), part) for form, part in aged.groupby("form")]
    for key, part in [*parts, (("2.10", "total", "all"), aged)]:
        cells[*key, "mean_age", "years"] = half_up(10 * part["age"].mean()) / 10
    cells |= _by_form("tab2.1", "total", "victims", inside)
    for code in sorted(set(inside["nationalities"]) - {""}):
        cells |= _by_form("tab2.1", code, "victims", inside[inside["nationalities"] == code])
    return cells


def _codes(figure: str) -> Iterable[str]:
    region = ("netherlands", "europe_other", "africa", "asia", "latin_america_caribbean", "other", "unknown")
    return {"2.8": ("male", "female", "unknown"), "2.9": region, "2.10": (*BANDS, "unknown")}[figure]


def _having(inside: pd.DataFrame, column: str, members: Iterable[str]) -> pd.DataFrame:
    """One row for every victim and member that it has: the unit of a report."""
    rows = [inside[[member in held for held in inside[column]]] for member in members]
    return pd.concat(rows)


def _reports(inside: pd.DataFrame) -> Cells:
    cells = _by_form("2.11", "total", "reports", _having(inside, "groups", GROUPS))
    cells |= _by_form("2.11", "law_enforcement", "reports", _having(inside, "groups", GROUPS[:3]))
    cells |= _by_form("2.11", "without_legal_basis", "reports", _having(inside, "groups", GROUPS[3:]))
    for group in GROUPS:
        cells |= _by_form("2.11", group, "reports", _having(inside, "groups", [group]))
    cells |= _by_form("2.12", "total", "police_reports", _having(inside, "units", UNITS))
    for unit in UNITS:
        cells |= _by_form("2.12", unit, "police_reports", _having(inside, "units", [unit]))
    police = _having(inside, "groups", ["police"])
    cells |= _by_year("2.13", "all", "total", "reports", police)
    for form in FORMS:
        cells |= _by_year("2.13", form, form, "reports", police[police["form"] == form])
    cross = police[police["form"] == "GO-SU"]
    african = cross["region"] == "africa"
    cells |= _by_year("2.13", "GO-SU", "GO-SU_african", "reports", cross[african])
    cells |= _by_year("2.13", "GO-SU", "GO-SU_non_african", "reports", cross[~african])
    return cells


def first_sector(sectors: str) -> str:
    """Sector that counts: the first in the order of R19."""
    held = set(sectors.split("|"))
    return next((sector for sector in SECTORS if sector in held), "unknown")


def _sectors(inside: pd.DataFrame) -> Cells:
    sexual = inside[inside["SU"]]
    sector = sexual["sectors_sexual"].map(first_sector)
    cells = _by_year("2.4a", "SU", "total", "victims", sexual[sector != "unknown"])
    for code in (*SECTORS, "unknown"):
        cells |= _by_year("2.4a", "SU", code, "victims", sexual[sector == code])
    cells |= _by_year("2.4a", "SU", "visible", "victims", sexual[sector.isin(VISIBLE)])
    less = sector.isin([code for code in SECTORS if code not in VISIBLE])
    return cells | _by_year("2.4a", "SU", "less_visible", "victims", sexual[less])


def _stratum(row: object) -> tuple[str, str, str]:
    group = next((group for group in GROUPS if group in row.groups), "")
    if group == "police":
        group = next(unit for unit in UNITS if unit in row.units)
    return row.region, row.band if row.band in ("minor", "unknown") else "adult", group


def _imputed(inside: pd.DataFrame) -> Cells:
    """Visibility of unknown sectors by the share of their stratum (R22, R24); known sectors stay as they are."""
    cells: Cells = {}
    summed: dict[tuple[str, str], float] = {}
    sexual = inside[inside["SU"]].copy()
    sexual["sector"] = sexual["sectors_sexual"].map(first_sector)
    sexual["stratum"] = [_stratum(row) for row in sexual.itertuples()]
    for period, years in PERIODS.items():
        found = {"visible": 0.0, "less_visible": 0.0, "imputed_visible": 0.0, "imputed_less_visible": 0.0}
        left_out = 0
        for _, part in sexual[sexual["year"].isin(years)].groupby("stratum"):
            known = part[part["sector"] != "unknown"]
            unknown = len(part) - len(known)
            if not len(known):
                left_out += unknown
                continue
            visible = known["sector"].isin(VISIBLE).sum()
            for name, count in (("visible", visible), ("less_visible", len(known) - visible)):
                found[f"imputed_{name}"] += unknown * count / len(known)
                found[name] += count + unknown * count / len(known)
        found["total"] = found["visible"] + found["less_visible"]
        found["imputed_total"] = found["imputed_visible"] + found["imputed_less_visible"]
        found["not_classified"] = left_out
        for code, value in found.items():
            measure = "victims" if code == "not_classified" else "victims_known_or_imputed"
            measure = "victims_imputed" if code.startswith("imputed") else measure
            summed[code, measure] = summed.get((code, measure), 0) + value
            cells["2.4b", period, "SU", code, measure] = half_up(value)
    return cells | {("2.4b", "total", "SU", code, measure): half_up(v) for (code, measure), v in summed.items()}
