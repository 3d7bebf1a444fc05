"""Labour sectors and cases: the shares of known sectors of figure 2.5, and invented sectors and cases.

The sectors of figure 2.5 are lost with its picture: how often each occurs here is invented. So are the cases, of which
a few are large, as the report says of single years.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mse.lazy import lazy
from mse.records.register.codebook import codebook
from mse.simulate.deal import pick
from mse.simulate.exploitation import has

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["KNOWN", "assign_cases", "assign_labour_sectors"]

KNOWN = {2015: 200, 2016: 167, 2017: 175, 2018: 87, 2019: 154}
"""Victims of labour exploitation with a known sector: 72 per cent of 1,088 and 59 per cent of the 261 of 2019 are
printed; the years before share the rest evenly."""

_WEIGHTS = {
    "agriculture_horticulture": 20,
    "hospitality": 16,
    "construction": 11,
    "cleaning": 8,
    "transport_logistics": 8,
    "domestic_work": 7,
    "food_industry": 7,
    "retail_trade": 5,
    "shipping_fishery": 4,
    "beauty_personal_care": 3,
    "temporary_work_agency": 3,
}
"""Relative frequency of the sectors; invented. Sectors that are not named have weight 1."""

MORE_SECTORS = 0.06
"""Share of known victims with a second sector, on which the order of R25 decides."""

CASE_SIZES = (1, 1, 1, 1, 2, 2, 3, 4, 6, 10, 45)
"""Sizes from which cases are drawn; the last stands for the large cases that dominate single years."""


def assign_labour_sectors(people: pd.DataFrame, rng: np.random.Generator) -> pd.Series[str]:
    """Give part of the victims of labour exploitation a sector, and a few of them two.

    Parameters
    ----------
    people : pandas.DataFrame
        Columns year, types.
    rng : numpy.random.Generator

    Returns
    -------
    pandas.Series of str
    """
    labour = has(people["types"], "AU")
    codes = codebook().codes["sectors_labour"]
    weights = np.array([float(_WEIGHTS.get(code, 1)) for code in codes])
    sectors = np.full(len(people), "", dtype=object)
    for year, count in KNOWN.items():
        known = pick(labour & (people["year"] == year).to_numpy(), count, rng)
        sectors[known] = rng.choice(codes, size=count, p=weights / weights.sum())
        for person in known[rng.random(count) < MORE_SECTORS]:
            second = rng.choice([code for code in codes if code != sectors[person]])
            sectors[person] = f"{sectors[person]}|{second}"
    return pd.Series(sectors, index=people.index, dtype=str)


def assign_cases(people: pd.DataFrame, rng: np.random.Generator) -> pd.Series[str]:
    """Put victims of labour exploitation of one year and sector into cases; "" where there is no case key.

    Parameters
    ----------
    people : pandas.DataFrame
        Columns year, types, sectors_labour.
    rng : numpy.random.Generator

    Returns
    -------
    pandas.Series of str
    """
    cases = np.full(len(people), "", dtype=object)
    labour = people[has(people["types"], "AU")]
    positions = people.index.get_indexer(labour.index)
    number = 0
    for _, rows in labour.reset_index(drop=True).groupby(["year", "sectors_labour"]):
        waiting = rng.permutation(positions[rows.index])
        while len(waiting):
            size = int(rng.choice(CASE_SIZES))
            number += 1
            cases[waiting[:size]] = f"C{number:05d}"
            waiting = waiting[size:]
    return pd.Series(cases, index=people.index, dtype=str)
