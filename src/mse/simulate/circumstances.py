"""What no figure shows: procedure, place, status, recruitment, technology, age at exploitation. All of it is invented.

The fields are filled so that every rule and cross-tabulation finds something; nothing real is behind their numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mse.lazy import lazy
from mse.simulate.exploitation import has

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["add_circumstances"]

ROUTE = ("IT", "ES", "FR", "DE", "LY", "GR")
"""Places of exploitation of victims in a Dublin procedure (R48: mostly abroad)."""

_YOUNGEST = 6


def add_circumstances(people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Add the columns that no figure shows.

    Parameters
    ----------
    people : pandas.DataFrame
        Columns year, types, region, police, age (-1 unknown).
    rng : numpy.random.Generator

    Returns
    -------
    pandas.DataFrame
        With procedure, place, status, recruitment, technology and age_exploitation.
    """
    n = len(people)
    sexual = has(people["types"], "SU")
    african = (people["region"] == "africa").to_numpy()
    abroad = ~people["region"].isin(["netherlands", "unknown"]).to_numpy()
    late = (people["year"] >= 2018).to_numpy()
    dublin = african & (rng.random(n) < np.where(late, 0.6, 0.25))
    b8 = abroad & people["police"].to_numpy() & (rng.random(n) < 0.5)
    place = np.where(rng.random(n) < 0.5, "NL", "").astype(object)
    place[dublin] = rng.choice(ROUTE, size=int(dublin.sum()))
    recruited = sexual & (rng.random(n) < 0.2)
    recruitment = np.full(n, "", dtype=object)
    recruitment[recruited] = rng.choice(["online", "offline"], size=int(recruited.sum()))
    technical = sexual & late & (rng.random(n) < 0.05)
    technology = np.full(n, "", dtype=object)
    technology[technical] = rng.choice(["assisted", "enabled", "dependent", "assisted|enabled"], size=technical.sum())
    return people.assign(
        procedure=_joined({"b8": b8, "dublin": dublin}),
        place=place,
        status="presumed",
        recruitment=recruitment,
        technology=technology,
        age_exploitation=_earlier(people["age"].to_numpy(), rng),
    )


def _joined(sets: dict[str, NDArray[np.bool_]]) -> list[str]:
    rows = zip(*sets.values(), strict=True)
    return ["|".join(name for name, on in zip(sets, row, strict=True) if on) for row in rows]


def _earlier(age: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Age at the start of exploitation, known for a third, at most four years before the report (R32)."""
    known = (age >= 0) & (rng.random(len(age)) < 1 / 3)
    return np.where(known, np.maximum(age - rng.integers(0, 5, len(age)), _YOUNGEST), -1)
