"""Records of the victims that were drawn: the two frames of a register.

Year, form, region, age band, sex and reporters are as drawn. All else is filled in, so that the files look whole:
nationality within its region (as table 2.1 over the whole period), age within its band, dates, police units (as figure
2.12 by year). Crossings of these are invented, and so is everybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mse.lazy import lazy
from mse.records.register.codebook import regions
from mse.simulate.ages import BANDS
from mse.simulate.deal import MARK, dates
from mse.simulate.draw import Drawn
from mse.simulate.settled import REGIONS, SEXUAL, Settled
from mse.simulate.sources import SOURCES

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["records"]

LETTER = "om"
"""Source of those whom nobody reported: a letter of the prosecution service, which is no report (R36)."""


def records(drawn: Sequence[Drawn], rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Write the registered victims as records.

    Parameters
    ----------
    drawn : sequence of Drawn
        Groups of victims.
    rng : numpy.random.Generator
        Random numbers for what is filled in.

    Returns
    -------
    victims, reports : pandas.DataFrame
        Canonical frames, in an order that says nothing.
    """
    people = pd.concat([one.group.strata.iloc[one.stratum] for one in drawn], ignore_index=True)
    reported = np.concatenate([one.reported for one in drawn])
    order = rng.permutation(len(people))
    people, reported = people.iloc[order].reset_index(drop=True), reported[order]
    people["victim"] = [f"B{number:06d}" for number in range(1, len(people) + 1)]
    frames = _victims(people, rng), _reports(people, reported, rng)
    return frames[0].assign(**MARK), frames[1].assign(**MARK)


def _victims(people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    # Sexual exploitation without a nationality is of unknown form by rule (R16), so its type can stay known.
    typed = {"BL-SU": "SU", "GO-SU": "SU", "AU": "AU", "CU": "CU", "UNK": ""}
    types = people["recorded_form"].map(typed)
    stays = (people["recorded_region"] == "unknown") & people["form"].isin(SEXUAL)
    return pd.DataFrame({
        "victim": people["victim"],
        "types": types.where(~stays, "SU"),
        "sex": people["recorded_sex"].replace("unknown", ""),
        "age": _ages(people["age_band"], rng),
        "nationalities": _nationalities(people["recorded_region"], rng),
        "status": "presumed",
    })  # fmt: skip


def _ages(bands: pd.Series[str], rng: np.random.Generator) -> pd.Series[int]:
    first, last = (bands.map({band: limits[end] for band, limits in BANDS.items()}).fillna(0) for end in (0, 1))
    ages = pd.Series(rng.integers(first.astype(int), last.astype(int) + 1), index=bands.index, dtype="Int64")
    return ages.where(bands.isin(list(BANDS)))


def _nationalities(region: pd.Series[str], rng: np.random.Generator) -> NDArray[np.object_]:
    """Draw a nationality within each region: listed ones as table 2.1, the rest evenly over the others."""
    figures, home = Settled.of(), regions()
    chosen = np.full(len(region), "", dtype=object)
    for name in REGIONS:
        where = np.flatnonzero(region == name)
        countries = sorted(code for code, place in home.items() if place == name)
        if not len(where) or not countries:
            continue
        listed = {c: figures.count("tab2.1", c) for c in countries if ("tab2.1", "total", "all", c) in figures.cells}
        rest = max(figures.count("2.9", name) - sum(listed.values()), 0.0) / max(len(countries) - len(listed), 1)
        weight = np.array([listed.get(code, rest) for code in countries])
        chosen[where] = rng.choice(countries, size=len(where), p=weight / weight.sum())
    return chosen


def _reports(people: pd.DataFrame, reported: NDArray[np.bool_], rng: np.random.Generator) -> pd.DataFrame:
    person, source = np.nonzero(reported)
    unheard = np.flatnonzero(~reported.any(axis=1))
    reporter = np.array([one.reporter for one in SOURCES])[source]
    place = np.array([one.organisation for one in SOURCES])[source]
    person = np.concatenate([person, unheard])
    frame = pd.DataFrame({
        "victim": people["victim"].to_numpy()[person],
        "date": dates(people["year"].to_numpy()[person], rng),
        "reporter": np.concatenate([reporter, np.full(len(unheard), LETTER)]),
        "role": np.concatenate([np.full(len(reporter), "reporter"), np.full(len(unheard), "echo")]),
        "organisation": np.concatenate([place, np.full(len(unheard), "")]),
    })  # fmt: skip
    frame["police_unit"] = _units(frame["reporter"], people["year"].to_numpy()[person], rng)
    return frame.iloc[rng.permutation(len(frame))].reset_index(drop=True)


def _units(reporter: pd.Series[str], years: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.object_]:
    """Draw the unit of every report of the police."""
    figures = Settled.of()
    codes = figures.codes("2.12")
    units = np.full(len(reporter), "", dtype=object)
    for year in np.unique(years):
        where = np.flatnonzero((reporter == "police").to_numpy() & (years == year))
        weight = np.array([figures.by_year("2.12", code)[int(year)] for code in codes])
        units[where] = rng.choice(codes, size=len(where), p=weight / weight.sum())
    return units
