"""Who reported whom: sets of reporter groups that meet figure 2.11, and their assignment to persons."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from mse.errors import ModelError
from mse.lazy import lazy
from mse.simulate.deal import deal
from mse.simulate.ipf import Margin, allowed, margin
from mse.simulate.overlaps import SETS, pair_weights
from mse.simulate.rounding import fit_whole
from mse.simulate.settled import FORMS, REPORTERS, SEXUAL, YEARS, Settled

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["FEWEST_UNREPORTED", "assign_reporters", "reporter_sets"]

FEWEST_UNREPORTED = 4
"""Victims of unknown form without any report: 650 victims and 646 reports leave no fewer (A07)."""

_MINOR_TO_CARE = 3.0
"""Weight of care coordinators for minors against others: the text says that they report many; the size is ours."""

UNKNOWN_AGE_BY_FAIRWORK = 434
"""Labour victims of unknown age that FairWork reported: 91 per cent of 477 (section 2.5)."""

EUROPEANS_BY_FAIRWORK = {"europe_other": 445, "netherlands": 2}
"""FairWork's reports about Europeans: 88 per cent of 507, with or without the Dutch (section 2.6)."""


def reporter_sets(unreported: int, rng: np.random.Generator) -> pd.DataFrame:
    """Count sets of reporter groups by year and form, with the printed reports and the overlaps of 2010-2015.

    Parameters
    ----------
    unreported : int
        Victims of unknown form without any report from the six groups.
    rng : numpy.random.Generator

    Returns
    -------
    pandas.DataFrame
        Columns year, form, reporters (a set written "police|fairwork"), police and count.

    Raises
    ------
    mse.errors.ModelError
        The printed figures do not allow so many, or so few, victims without a report.
    """
    if unreported < FEWEST_UNREPORTED:
        raise ModelError(
            f"At least {FEWEST_UNREPORTED} victims of unknown form have no report", got=f"unreported={unreported}"
        )
    cells = pd.DataFrame(itertools.product(YEARS, FORMS, SETS), columns=["year", "form", "reporters"])
    for group in REPORTERS:
        cells[group] = [group in name.split("|") for name in cells["reporters"]]
    # R8: sexual exploitation reported by the Marechaussee alone is not in the population. A victim without any report
    # is of unknown form, and not of 2019: the echoes of that year are the 94 letters, on victims of the police (R36).
    sexual = cells["form"].isin(SEXUAL)
    none = (cells["form"] == "UNK") & (cells["year"] < YEARS[-1])
    cells = cells[~(sexual & (cells["reporters"] == "kmar")) & ((cells["reporters"] != "") | none)]
    cells, parts = allowed(cells.reset_index(drop=True), lambda cells: _margins(cells, unreported))
    cells["count"] = fit_whole(pair_weights(cells["reporters"].to_numpy(dtype=object)), parts, rng)
    return cells.loc[cells["count"] > 0, ["year", "form", "reporters", "police", "count"]].reset_index(drop=True)


def _margins(cells: pd.DataFrame, unreported: int) -> list[Margin]:
    figures = Settled.of()
    parts = [
        margin(cells, figures.by_year_and_form("2.7"), "year", "form"),
        margin(cells, figures.by_year_and_form("2.13"), "year", "form", police=True),
        margin(cells, {(): unreported}, form="UNK", reporters=""),
    ]
    for group in REPORTERS[1:]:
        parts.append(margin(cells, figures.by_year("2.11", group), "year", **{group: True}))
        parts.append(margin(cells, figures.by_form("2.11", group), "form", **{group: True}))
    return parts


def assign_reporters(people: pd.DataFrame, sets: pd.DataFrame, rng: np.random.Generator) -> pd.Series[str]:
    """Deal the sets out to persons.

    FairWork goes by region and age so that the statements of the text hold; care coordinators go rather to minors;
    the rest is random within year, form and police.

    Parameters
    ----------
    people : pandas.DataFrame
        Columns year, form, police, region, age_band.
    sets : pandas.DataFrame
        From `reporter_sets`.
    rng : numpy.random.Generator

    Returns
    -------
    pandas.Series of str
    """
    held = sets.assign(by_whom=[_by_whom(name) for name in sets["reporters"]])
    block = ["year", "form", "police"]
    whom = people[block].assign(
        origin=people["region"].where(people["region"].isin(list(EUROPEANS_BY_FAIRWORK)), "elsewhere"),
        age=people["age_band"].where(people["age_band"].isin(["minor", "unknown"]), "adult"),
    )
    table = _whom(whom, held, rng)
    whom["by_whom"] = deal(whom, table, [*block, "origin", "age"], "by_whom", rng)
    return pd.Series(deal(whom, held, [*block, "by_whom"], "reporters", rng), index=people.index, dtype=str)


def _by_whom(name: str) -> str:
    members = name.split("|")
    return "|".join(group for group in ("care_coordinators", "fairwork") if group in members)


def _whom(whom: pd.DataFrame, held: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Count persons by origin, age and whether care coordinators or FairWork reported them."""
    block = ["year", "form", "police"]
    persons = whom.value_counts().rename("persons").reset_index().sort_values([*block, "origin", "age"])
    reported = held.groupby([*block, "by_whom"])["count"].sum()
    cells = persons.merge(reported.reset_index().drop(columns="count"), on=block)
    totals: Mapping[Any, float] = persons.set_index([*block, "origin", "age"])["persons"].to_dict()
    fairwork = [name for name in cells["by_whom"].unique() if "fairwork" in name]
    parts = [
        margin(cells, totals, *block, "origin", "age"),
        margin(cells, reported.to_dict(), *block, "by_whom"),
        margin(cells, {(): UNKNOWN_AGE_BY_FAIRWORK}, form="AU", age="unknown", by_whom=fairwork),
        margin(cells, EUROPEANS_BY_FAIRWORK, "origin", by_whom=fairwork),
    ]
    care = cells["by_whom"].str.contains("care_coordinators") & (cells["age"] == "minor")
    cells["count"] = fit_whole(np.where(care, _MINOR_TO_CARE, 1.0), parts, rng)
    return cells
