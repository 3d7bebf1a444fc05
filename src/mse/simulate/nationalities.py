"""Nationalities: table 2.1, and many small ones beside it, so that regions of origin are as printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from mse.lazy import lazy
from mse.records.register.codebook import regions
from mse.simulate.deal import deal
from mse.simulate.ipf import Margin, allowed, margin
from mse.simulate.rounding import fit_whole
from mse.simulate.settled import FORMS, YEARS, Settled

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["assign_nationalities"]

FILLERS = {
    "europe_other": "AL AT BA BE BY CZ DE DK EE ES FI FR GB GR HR IE IT LT LV MD ME MK PT RS RU SE SI SK UA XK",
    "africa": "AO BF BI BJ CD CF CG CI CM CV DJ DZ EG ET GA GH GQ GW KE KM LR LY MG ML MR MW MZ NE RW SD SN SO SS TD "
    "TG TN TZ ZA ZM ZW",
    "asia": "AE AM AZ BD CY GE ID IL IQ IR JO KG KH KR KZ LA LB LK MM MN MY NP PK SY TH TR UZ YE",
    "latin_america_caribbean": "AR BO BR CL CO CR CU DO EC GT GY HN HT JM MX NI PE PY SR VE",
    "other": "AU CA US",
}
"""Nationalities beside the 17 that are printed, by region of origin: with them there are more than 115 (section 2.5),
each too small for a top five. Which ones, and how many of each, is invented."""

_EVEN = 5.0
"""Parameter of the Dirichlet distribution that divides a region: fillers differ, and none dominates."""


def assign_nationalities(people: pd.DataFrame, rng: np.random.Generator) -> pd.Series[str]:
    """Give every person a nationality; unknown regions have none.

    Parameters
    ----------
    people : pandas.DataFrame
        Columns year, form, region.
    rng : numpy.random.Generator

    Returns
    -------
    pandas.Series of str
        ISO 3166-1 alpha-2, "" where it is unknown.
    """
    block = ["year", "form", "region"]
    persons: Mapping[Any, float] = people[block].value_counts().to_dict()
    totals, region_of = _totals(rng)
    cells = pd.DataFrame(
        [(*key, code) for key in sorted(persons) for code, region in region_of.items() if region == key[2]],
        columns=[*block, "nationality"],
    )
    cells, parts = allowed(cells, lambda cells: _margins(cells, persons, totals))
    cells["count"] = fit_whole(np.ones(len(cells)), parts, rng)
    return pd.Series(deal(people, cells, block, "nationality", rng), index=people.index, dtype=str)


def _totals(rng: np.random.Generator) -> tuple[dict[str, float], dict[str, str]]:
    """Persons and region of every nationality; the unknown one is ""."""
    figures = Settled.of()
    codes, known = figures.codes("tab2.1"), regions()
    totals = {code: figures.count("tab2.1", code) for code in codes}
    region_of = {code: known[code] for code in codes} | {"": "unknown"}
    totals[""] = figures.count("2.9", "unknown")
    for region, written in FILLERS.items():
        chosen = written.split()
        left = int(figures.count("2.9", region) - sum(n for code, n in totals.items() if region_of[code] == region))
        sizes = 1 + rng.multinomial(left - len(chosen), rng.dirichlet(np.full(len(chosen), _EVEN)))
        totals |= dict(zip(chosen, sizes.astype(float), strict=True))
        region_of |= dict.fromkeys(chosen, region)
    return totals, region_of


def _margins(cells: pd.DataFrame, persons: Mapping[Any, float], totals: Mapping[str, float]) -> list[Margin]:
    figures = Settled.of()
    by_year: dict[Any, float] = {}
    by_form: dict[Any, float] = {}
    for code in figures.codes("tab2.1"):
        if ("tab2.1", "2015", "all", code) in figures.cells:  # three are printed with their total only
            by_year |= {(year, code): figures.by_year("tab2.1", code)[year] for year in YEARS}
            by_form |= {(form, code): figures.by_form("tab2.1", code)[form] for form in FORMS}
    return [
        margin(cells, persons, "year", "form", "region"),
        margin(cells, by_year, "year", "nationality"),
        margin(cells, by_form, "form", "nationality"),
        margin(cells, dict(totals), "nationality"),
    ]
