"""Consistent figures of a monitor, counted from random victims: what no audit may complain about."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd

YEARS = ("2015", "2016", "2017", "2018", "2019")
FORMS = ("BL-SU", "GO-SU", "AU", "CU", "UNK")
COMBINATIONS = ("SU", "SU+AU", "SU+CU", "AU", "AU+CU", "CU", "CU+ORG", "ORG", "unknown")
REGIONS = {"NL": "netherlands", "PL": "europe_other", "NG": "africa", "VN": "asia", "unknown": "unknown"}
BANDS = {"minor": 16, "18-22": 20, "23-29": 26, "30-39": 33, "40+": 45, "unknown": -1}
REPORTERS = ("police", "kmar", "iszw_do", "care_coordinators", "fairwork", "other_reporters")
SECTORS = ("street", "home", "window", "brothel_club_private", "escort_hotel", "other_sectors", "unknown")
VISIBLE = ("window", "brothel_club_private")
UNITS = ("rotterdam", "limburg", "amsterdam")

Rows = list[dict[str, Any]]
Tally = Callable[[pd.DataFrame], dict[str, int]]


def victims(seed: int, n: int) -> pd.DataFrame:
    """Random victims; each has the form that the rules of the report give."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "year": rng.choice(YEARS, n),
            "types": rng.choice(COMBINATIONS, n),
            "nationality": rng.choice(list(REGIONS), n),
            "sex": rng.choice(["male", "female", "unknown"], n),
            "band": rng.choice(list(BANDS), n),
            "sector": rng.choice(SECTORS, n),
            "imputed": rng.choice(["visible", "less_visible", ""], n),
            "unit": rng.choice(UNITS, n),
            "line": rng.choice(["population", "population", "population", "kmar", "emm"], n),
            "emm": rng.random(n) < 0.3,
        }
    )
    reported = rng.random((n, len(REPORTERS))) < 0.3
    reported[np.arange(n), rng.integers(0, len(REPORTERS), n)] = True
    frame[list(REPORTERS)] = reported
    frame["form"] = [_form(*pair) for pair in zip(frame["types"], frame["nationality"], strict=True)]
    return frame


def _form(types: str, nationality: str) -> str:
    kinds = types.split("+")
    if "SU" in kinds:
        return {"NL": "BL-SU", "unknown": "UNK"}.get(nationality, "GO-SU")
    return next((kind for kind in ("AU", "CU") if kind in kinds), "UNK")


@functools.cache
def consistent_figures(seed: int, n: int = 400) -> dict[str, pd.DataFrame]:
    """All figures that identities are about, counted from the same victims."""
    everyone = victims(seed, n)
    people = everyone[everyone["line"] == "population"]
    police = people[people["police"]]
    return {
        "2.1": _lines(everyone),
        "2.2": _emm(everyone),
        "2.3": _by_year(people, "2.3", "all", _types),
        "2.4a": _by_year(_known(people), "2.4a", "SU", _levels("sector", SECTORS[:-1])),
        "2.4b": _classified(people),
        "2.5": _by_year(_any(people, "AU"), "2.5", "AU", lambda part: {}),
        "2.6": _by_year(_any(people, "CU"), "2.6", "CU", _levels("unit", UNITS)),
        "2.7": _forms(people, "2.7", lambda part: part["form"]),
        "2.8": _by_all(people, "2.8", _levels("sex", ("male", "female", "unknown"))),
        "2.9": _by_all(people, "2.9", _regions),
        "2.10": _ages(people),
        "2.11": _by_all(people, "2.11", _reports, lambda part: int(part[list(REPORTERS)].sum().sum())),
        "2.12": _by_all(police, "2.12", _levels("unit", UNITS)),
        "2.13": _forms(police, "2.13", _african),
        "tab2.1": _ranked(_by_all(people, "tab2.1", _levels("nationality", tuple(REGIONS)))),
    }


def _levels(name: str, levels: tuple[str, ...]) -> Tally:
    return lambda part: {level: int((part[name] == level).sum()) for level in levels}


def _any(people: pd.DataFrame, kind: str) -> pd.DataFrame:
    return people[[kind in types.split("+") for types in people["types"]]]


def _known(people: pd.DataFrame) -> pd.DataFrame:
    sexual = _any(people, "SU")
    return sexual[sexual["sector"] != "unknown"]


def _row(figure: str, year: str, form: str, category: str, value: float) -> dict[str, Any]:
    return {"figure": figure, "year": year, "form": form, "category_code": category, "value": float(value)}


def _columns(people: pd.DataFrame, *, forms: bool) -> Iterable[tuple[str, str, pd.DataFrame]]:
    yield from ((year, "all", people[people["year"] == year]) for year in YEARS)
    if forms:
        yield from (("total", form, people[people["form"] == form]) for form in FORMS)
    yield "total", "all", people


def _table(
    columns: Iterable[tuple[str, str, pd.DataFrame]],
    figure: str,
    tally: Tally,
    total: Callable[[pd.DataFrame], int] = len,
) -> pd.DataFrame:
    rows: Rows = []
    for year, form, part in columns:
        rows += [_row(figure, year, form, category, count) for category, count in tally(part).items()]
        rows.append(_row(figure, year, form, "total", total(part)))
    return pd.DataFrame(rows)


def _by_year(people: pd.DataFrame, figure: str, form: str, tally: Tally) -> pd.DataFrame:
    return _table(((year, form, part) for year, _, part in _columns(people, forms=False)), figure, tally)


def _by_all(
    people: pd.DataFrame, figure: str, tally: Tally, total: Callable[[pd.DataFrame], int] = len
) -> pd.DataFrame:
    return _table(_columns(people, forms=True), figure, tally, total)


def _types(part: pd.DataFrame) -> dict[str, int]:
    counts = _levels("types", COMBINATIONS)(part)
    return counts | {f"any_{kind}": len(_any(part, kind)) for kind in ("SU", "AU", "CU", "ORG")}


def _regions(part: pd.DataFrame) -> dict[str, int]:
    of = part["nationality"].map(REGIONS)
    return {region: int((of == region).sum()) for region in REGIONS.values()}


def _reports(part: pd.DataFrame) -> dict[str, int]:
    counts = {name: int(part[name].sum()) for name in REPORTERS}
    law = counts["police"] + counts["kmar"] + counts["iszw_do"]
    return counts | {"law_enforcement": law, "without_legal_basis": sum(counts.values()) - law}


def _lines(everyone: pd.DataFrame) -> pd.DataFrame:
    lines = {
        "all_registered": everyone,
        "excl_emm_only": everyone[everyone["line"] != "emm"],
        "monitor_population": everyone[everyone["line"] == "population"],
    }
    rows = [
        _row("2.1", year, "all", name, len(part))
        for name, line in lines.items()
        for year, _, part in _columns(line, forms=False)
    ]
    return pd.DataFrame(rows)


def _emm(everyone: pd.DataFrame) -> pd.DataFrame:
    source = everyone[(everyone["line"] == "emm") | (everyone["emm"] & (everyone["line"] == "population"))]

    def tally(part: pd.DataFrame) -> dict[str, int]:
        only = int((part["line"] == "emm").sum())
        return {"emm_only": only, "emm_and_reporter": len(part) - only}

    return _by_year(source, "2.2", "all", tally)


def _classified(people: pd.DataFrame) -> pd.DataFrame:
    sexual = _any(people, "SU").copy()
    seen = sexual["sector"].isin(VISIBLE).map({True: "visible", False: "less_visible"})
    sexual["visibility"] = seen.where(sexual["sector"] != "unknown", sexual["imputed"])
    sexual = sexual[sexual["visibility"] != ""]
    early = sexual["year"].isin(YEARS[:2])
    columns = (("2015-2016", "SU", sexual[early]), ("2017-2019", "SU", sexual[~early]), ("total", "SU", sexual))
    return _table(columns, "2.4b", _levels("visibility", ("visible", "less_visible")))


def _african(part: pd.DataFrame) -> pd.Series:
    african = (part["nationality"].map(REGIONS) == "africa").map({True: "GO-SU_african", False: "GO-SU_non_african"})
    return part["form"].where(part["form"] != "GO-SU", african)


def _forms(people: pd.DataFrame, figure: str, category: Callable[[pd.DataFrame], pd.Series]) -> pd.DataFrame:
    """A figure whose categories are the forms; cross-border exploitation may have two rows more."""
    parts = ("GO-SU_african", "GO-SU_non_african") if figure == "2.13" else ()
    rows: Rows = []
    for year, _, part in _columns(people, forms=False):
        of = category(part)
        rows += [_row(figure, year, form, form, (part["form"] == form).sum()) for form in FORMS]
        rows += [_row(figure, year, "GO-SU", name, (of == name).sum()) for name in parts]
        rows.append(_row(figure, year, "all", "total", len(part)))
    return pd.DataFrame(rows)


def _ages(people: pd.DataFrame) -> pd.DataFrame:
    bands = _levels("band", tuple(BANDS))

    def tally(part: pd.DataFrame) -> dict[str, int]:
        counts = bands(part)
        return counts | {"under_23": counts["minor"] + counts["18-22"]}

    means = []
    for year, form, part in _columns(people, forms=True):
        ages = part["band"].map(BANDS).astype(float)
        means.append(_row("2.10", year, form, "mean_age", round(float(ages[ages >= 0].mean()), 1)))
    return pd.concat([_by_all(people, "2.10", tally), pd.DataFrame(means)], ignore_index=True)


def _ranked(frame: pd.DataFrame) -> pd.DataFrame:
    """Ranks of the known nationalities, as the table has them."""
    counted = frame[~frame["category_code"].isin(["total", "unknown"])]
    ranks = counted.groupby(["year", "form"])["value"].rank(method="min", ascending=False)
    return frame[frame["category_code"] != "unknown"].assign(rank=ranks)
