"""Sexual sectors: figure 2.4a by year, and known sectors so spread over strata that the imputation gives figure 2.4b.

The monitor gives victims without a known sector the share of more visible sectors of their stratum: region of origin x
minor, adult or of unknown age x reporter, police by unit, per period (R22, R24). A stratum without any known sector
stays unclassified.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mse.lazy import lazy
from mse.records.register.codebook import codebook
from mse.simulate.deal import deal, pick
from mse.simulate.exploitation import has
from mse.simulate.rounding import solve_whole
from mse.simulate.settled import REPORTERS, Settled

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["PERIODS", "VISIBLE", "assign_sexual_sectors", "first_reporter"]

PERIODS = {"2015-2016": (2015, 2016), "2017-2019": (2017, 2018, 2019)}
"""Periods of figure 2.4b."""

VISIBLE = ("window", "brothel_club_private")
"""Sectors that are more visible (R21)."""

NEAR = 0.1
"""Largest difference between the imputed number of victims in visible sectors and the printed one."""

MORE_SECTORS = 0.1
"""Share of known victims with a second sector, one that comes later in the order of R19."""

_PROPOSALS = 200_000


def first_reporter(reporters: str, units: str) -> str:
    """Reporter that places a victim in a stratum: the first group in the order of `REPORTERS`; police by first unit.

    Examples
    --------
    >>> first_reporter("fairwork|kmar", ""), first_reporter("kmar|police", "oost_brabant|limburg")
    ('kmar', 'police limburg')
    """
    members = set(reporters.split("|"))
    for group in REPORTERS:
        if group in members:
            if group != "police":
                return group
            named = set(units.split("|"))
            return "police " + next((unit for unit in codebook().codes["police_unit"] if unit in named), "")
    return ""


def assign_sexual_sectors(people: pd.DataFrame, rng: np.random.Generator) -> pd.Series[str]:
    """Give part of the victims of sexual exploitation a sector.

    Parameters
    ----------
    people : pandas.DataFrame
        Columns year, types, region, age_band, reporters, units.
    rng : numpy.random.Generator

    Returns
    -------
    pandas.Series of str
        Sets of sectors; "" where unknown, or no sexual exploitation.
    """
    sectors = pd.Series("", index=people.index, dtype=str)
    sexual = people[has(people["types"], "SU")]
    stratum = pd.Series(
        [
            f"{region}/{band if band in ('minor', 'unknown') else 'adult'}/{first_reporter(reporters, units)}"
            for region, band, reporters, units in zip(
                sexual["region"], sexual["age_band"], sexual["reporters"], sexual["units"], strict=True
            )
        ],
        index=sexual.index,
    )
    for period, years in PERIODS.items():
        part = sexual[sexual["year"].isin(years)]
        codes, _ = pd.factorize(stratum[part.index], sort=True)
        known = _known(part["year"].to_numpy(), codes, period, years, rng)
        one = _sectors(part.iloc[known], years, rng)
        _settle(one, part["year"].to_numpy()[known], codes, known, period, rng)
        sectors.loc[part.index[known]] = _with_more(one, rng)
    return sectors


def _known(
    year: NDArray[np.int64], codes: NDArray[np.int64], period: str, years: tuple[int, ...], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Choose whose sector is known: nobody in strata that stay unclassified, somebody in every other one."""
    figures = Settled.of()
    size = np.bincount(codes).astype(float)
    left_out = np.array([figures.count("2.4b", "not_classified", year=period, form="SU")])
    # Many small strata rather than a few large ones: small strata are those where nothing is known.
    bare = solve_whole(size**1.5 + rng.random(len(size)), size[None, :], left_out) > 0
    known = np.zeros(len(codes), dtype=bool)
    for code in np.flatnonzero(~bare):
        known[rng.choice(np.flatnonzero(codes == code))] = True
    for now in years:
        quota = int(figures.count("2.4a", "total", year=str(now), form="SU"))
        free = (year == now) & ~known & ~bare[codes]
        known[pick(free, quota - int((known & (year == now)).sum()), rng)] = True
    return np.flatnonzero(known)


def _sectors(part: pd.DataFrame, years: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.object_]:
    figures = Settled.of()
    table = pd.DataFrame(
        [
            (year, sector, int(figures.count("2.4a", sector, year=str(year), form="SU")))
            for year, sector in itertools.product(years, codebook().codes["sectors_sexual"])
        ],
        columns=["year", "sector", "count"],
    )
    return deal(part, table, ["year"], "sector", rng)


def _settle(
    sector: NDArray[np.object_],
    year: NDArray[np.int64],
    codes: NDArray[np.int64],
    known: NDArray[np.int64],
    period: str,
    rng: np.random.Generator,
) -> None:
    """Swap sectors between victims of a year until the imputed number in visible sectors is the printed one."""
    target = Settled.of().count("2.4b", "imputed_visible", year=period, form="SU")
    of_known = np.bincount(codes[known], minlength=codes.max() + 1)
    weight = np.bincount(codes) / np.maximum(of_known, 1) - 1  # unknown persons that follow one known person
    own = weight[codes[known]]
    visible = np.isin(sector, VISIBLE)
    for _ in range(_PROPOSALS):
        excess = float(own[visible].sum()) - target
        if abs(excess) <= NEAR:
            return
        a = rng.choice(np.flatnonzero(visible))
        b = rng.choice(np.flatnonzero(~visible & (year == year[a])))
        if abs(excess + own[b] - own[a]) < abs(excess):
            sector[a], sector[b] = sector[b], sector[a]
            visible[a], visible[b] = False, True


def _with_more(one: NDArray[np.object_], rng: np.random.Generator) -> NDArray[np.object_]:
    """Add a second sector to some, which comes later in the order of R19."""
    order = codebook().codes["sectors_sexual"]
    out = one.copy()
    for place in np.flatnonzero(rng.random(len(one)) < MORE_SECTORS):
        if later := order[order.index(one[place]) + 1 :]:
            out[place] = f"{one[place]}|{rng.choice(later)}"
    return out
