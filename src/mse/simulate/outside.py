"""Victims outside the population of the monitor: known through EMM alone, or sexual exploitation by KMar alone.

Figures 2.1 and 2.2 count them; nothing printed says who they are, so that all their characteristics are invented.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from mse.errors import ModelError, did_you_mean
from mse.lazy import lazy
from mse.simulate.ages import BANDS
from mse.simulate.settled import YEARS, Settled

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["EMM_ONLY", "outsiders"]

EMM_ONLY = {
    "figure_2_2": dict(zip(YEARS, (4, 16, 60, 126, 289), strict=True)),
    "difference": dict(zip(YEARS, (5, 16, 65, 38, 289), strict=True)),
}
"""Victims known only through EMM by year, which the report gives twice (A01): as figure 2.2 prints them, or lines 1 and
2 of figure 2.1 subtracted."""

_NATIONALITIES = {"NG": 6, "RO": 5, "HU": 4, "BG": 4, "PL": 3, "UG": 2, "CN": 2, "": 3}
_TYPES = {"emm": {"SU": 5, "AU": 2, "CU": 2, "": 3}, "kmar": {"SU": 40, "SU|AU": 1}}


def outsiders(emm_only: str, rng: np.random.Generator) -> pd.DataFrame:
    """Invent the victims outside the population.

    Parameters
    ----------
    emm_only : {"figure_2_2", "difference"}
        Which of the two contradicting counts of EMM-only victims to take.
    rng : numpy.random.Generator

    Returns
    -------
    pandas.DataFrame
        Columns year, reporters ("emm" or "kmar"), types, nationality, sex, age.

    Raises
    ------
    mse.errors.ModelError
        There is no such choice.
    """
    if emm_only not in EMM_ONLY:
        raise ModelError(
            f"The counts of EMM-only victims are those of {' or '.join(EMM_ONLY)}",
            got=repr(emm_only),
            hint=did_you_mean(emm_only, EMM_ONLY),
        )
    kmar = Settled.of().by_year("2.1", "kmar_only_su_by_difference")
    counts = {"emm": EMM_ONLY[emm_only], "kmar": {year: int(n) for year, n in kmar.items()}}
    rows = [
        (year, reporter) for reporter, year in itertools.product(counts, YEARS) for _ in range(counts[reporter][year])
    ]
    people = pd.DataFrame(rows, columns=["year", "reporters"])
    low, high = BANDS["18-22"][0], BANDS["30-39"][1]
    return people.assign(
        types=[_draw(_TYPES[reporter], rng) for reporter in people["reporters"]],
        nationality=[_draw(_NATIONALITIES, rng) for _ in range(len(people))],
        sex=rng.choice(["female", "male"], size=len(people), p=[0.85, 0.15]),
        age=np.where(rng.random(len(people)) < 0.9, rng.integers(low, high + 1, len(people)), -1),
    )


def _draw(weights: dict[str, int], rng: np.random.Generator) -> str:
    shares = np.array(list(weights.values()), dtype=float)
    return str(rng.choice(list(weights), p=shares / shares.sum()))
