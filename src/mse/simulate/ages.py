"""Ages inside the bands of figure 2.10, with the printed mean ages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mse.lazy import lazy
from mse.simulate.ipf import margin
from mse.simulate.rounding import matrix, solve_whole
from mse.simulate.settled import Settled

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["BANDS", "assign_ages"]

BANDS = {"minor": (8, 17), "18-22": (18, 22), "23-29": (23, 29), "30-39": (30, 39), "40+": (40, 69)}
"""Ages that are dealt out in each band; the outer limits are ours."""

HALF_UNIT = 0.04
"""Largest difference between a mean age and the printed one, in years: inside the 0.05 that rounding allows."""

_TOWARDS = {"minor": 0.35, "40+": -0.12}
"""Log weight of one more year of age inside a band: minors are mostly 15 to 17, and few victims are over 60."""


def assign_ages(people: pd.DataFrame, rng: np.random.Generator) -> pd.Series[int]:
    """Give every person of a known age band an age.

    Ages are drawn inside the band; then as few years as possible are added or taken away, year by form, so that every
    printed mean holds; the persons of a year and form share them.

    Parameters
    ----------
    people : pandas.DataFrame
        Columns year, form, age_band.
    rng : numpy.random.Generator

    Returns
    -------
    pandas.Series of int
        -1 where the age is unknown.
    """
    low = np.array([BANDS.get(band, (-1, -1))[0] for band in people["age_band"]])
    high = np.array([BANDS.get(band, (-1, -1))[1] for band in people["age_band"]])
    ages = low.copy()
    for band, (first, last) in BANDS.items():
        inside = (people["age_band"] == band).to_numpy()
        weights = np.exp(_TOWARDS.get(band, 0.0) * np.arange(last - first + 1))
        ages[inside] = rng.choice(np.arange(first, last + 1), size=int(inside.sum()), p=weights / weights.sum())
    for (year, form), change in _changes(people, ages, low, high).items():
        block = np.flatnonzero(((people["year"] == year) & (people["form"] == form) & (low >= 0)).to_numpy())
        _shift(ages, block, change, low, high, rng)
    return pd.Series(ages, index=people.index, dtype="int64")


def _changes(
    people: pd.DataFrame, ages: NDArray[np.int64], low: NDArray[np.int64], high: NDArray[np.int64]
) -> dict[tuple[int, str], int]:
    """Years of age to add to each year by form, as few as possible, so that all printed means hold."""
    figures = Settled.of()
    known = people.assign(age=ages, up=high - ages, down=ages - low)[low >= 0]
    blocks = known.groupby(["year", "form"])[["age", "up", "down"]].sum().reset_index()
    blocks["n"] = known.groupby(["year", "form"]).size().to_numpy()
    parts = [margin(blocks, {(): figures.count("2.10", "mean_age")})]
    parts += [margin(blocks, {(): mean}, year=year) for year, mean in figures.by_year("2.10", "mean_age").items()]
    parts += [margin(blocks, {(): mean}, form=form) for form, mean in figures.by_form("2.10", "mean_age").items()]
    a, means = matrix(parts, len(blocks))
    persons = a @ blocks["n"].to_numpy(dtype=float)
    now = a @ blocks["age"].to_numpy(dtype=float)
    lower = (means - HALF_UNIT) * persons - now
    upper = (means + HALF_UNIT) * persons - now
    moves = solve_whole(
        np.ones(2 * len(blocks)),
        np.hstack([a.toarray(), -a.toarray()]),
        lower,
        upper,
        at_most=np.concatenate([blocks["up"], blocks["down"]]).astype(float),
    )
    change = (moves[: len(blocks)] - moves[len(blocks) :]).astype(int)
    return {(int(y), str(f)): int(c) for y, f, c in zip(blocks["year"], blocks["form"], change, strict=True)}


def _shift(
    ages: NDArray[np.int64],
    block: NDArray[np.int64],
    change: int,
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    rng: np.random.Generator,
) -> None:
    """Add years to persons of a block inside their bands, spread evenly at random."""
    step = int(np.sign(change))
    left = abs(change)
    while left:
        room = block[(ages[block] + step >= low[block]) & (ages[block] + step <= high[block])]
        chosen = rng.permutation(room)[:left]
        ages[chosen] += step
        left -= len(chosen)
