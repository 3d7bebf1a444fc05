"""Regional police units: figure 2.12, where a victim that two units report counts twice."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from mse.lazy import lazy
from mse.simulate.deal import expand
from mse.simulate.ipf import Margin, allowed, margin
from mse.simulate.rounding import fit_whole
from mse.simulate.settled import FORMS, YEARS, Settled

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["assign_units"]


def assign_units(people: pd.DataFrame, rng: np.random.Generator) -> pd.Series[str]:
    """Give every person whom the police reported one unit, and a few of them two.

    Parameters
    ----------
    people : pandas.DataFrame
        Columns year, form, police.
    rng : numpy.random.Generator

    Returns
    -------
    pandas.Series of str
        Sets of units, "" for persons without a police report.
    """
    reported = people[people["police"]]
    victims: Mapping[Any, int] = reported[["year", "form"]].value_counts().to_dict()
    counts = _unit_counts(victims, rng)
    units = pd.Series("", index=people.index, dtype=str)
    for (year, form), part in reported.groupby(["year", "form"]):
        own = counts[(counts["year"] == year) & (counts["form"] == form)].sort_values("count", ascending=False)
        mentions = expand(own[["unit", "count"]])["unit"].tolist()
        shuffled = part.index[rng.permutation(len(part))]
        # Round the table, largest unit first: a unit never comes round to the same victim, as none has more mentions
        # than there are victims.
        for start in range(0, len(mentions), len(part)):
            for person, unit in zip(shuffled, mentions[start : start + len(part)], strict=False):
                units[person] = "|".join(sorted(filter(None, (units[person], unit))))
    return units


def _unit_counts(victims: Mapping[Any, int], rng: np.random.Generator) -> pd.DataFrame:
    figures = Settled.of()
    names = figures.codes("2.12")
    total_by_year, total_by_form = figures.by_year("2.12", "total"), figures.by_form("2.12", "total")
    extra = pd.DataFrame(itertools.product(YEARS, FORMS), columns=["year", "form"])
    seen = {year: sum(n for (at, _), n in victims.items() if at == year) for year in YEARS}
    seen_form = {form: sum(n for (_, of), n in victims.items() if of == form) for form in FORMS}
    parts = [
        margin(extra, {year: total_by_year[year] - seen[year] for year in YEARS}, "year"),
        margin(extra, {form: total_by_form[form] - seen_form[form] for form in FORMS}, "form"),
    ]
    weights = np.array([float(victims[year, form]) for year, form in zip(extra["year"], extra["form"], strict=True)])
    extra["count"] = fit_whole(weights, parts, rng)
    again = extra.set_index(["year", "form"])["count"].to_dict()
    mentions = {block: victims[block] + more for block, more in again.items()}

    cells = pd.DataFrame(itertools.product(YEARS, FORMS, names), columns=["year", "form", "unit"])
    by_year = {(year, unit): n for unit in names for year, n in figures.by_year("2.12", unit).items()}
    by_form = {(form, unit): n for unit in names for form, n in figures.by_form("2.12", unit).items()}

    def margins(cells: pd.DataFrame) -> list[Margin]:
        return [
            margin(cells, mentions, "year", "form"),
            margin(cells, by_year, "year", "unit"),
            margin(cells, by_form, "form", "unit"),
        ]

    cells, parts = allowed(cells, margins)
    cells["count"] = fit_whole(np.ones(len(cells)), parts, rng)
    return cells
