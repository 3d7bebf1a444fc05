"""Strata of the hidden population: what victims are, beside what is recorded of them.

The core table counts what is recorded, where form, region, age or sex may be unknown. A victim has them all; they are
lost at recording. Who is recorded as unknown gets what the victims recorded under the same form have, in the same
shares: an assumption, since no margin speaks of it.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from mse.lazy import lazy
from mse.simulate.core import core_table

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["RECORDED", "TRUE", "recorded_cells", "strata"]

RECORDED = ("recorded_form", "recorded_region", "age_band", "recorded_sex")
"""What the register holds, beside the year."""

TRUE = ("form", "region", "minor", "sex")
"""What holds of the victim, beside the year."""

_LOST = {"recorded_form": "UNK", "recorded_region": "unknown", "age_band": "unknown", "recorded_sex": "unknown"}


def recorded_cells() -> pd.DataFrame:
    """Return the core table with victims whom the police reported beside the others.

    Returns
    -------
    pandas.DataFrame
        year, the columns `RECORDED`, quiet (expected number without a report of the police) and police.
    """
    names = {"form": "recorded_form", "region": "recorded_region", "sex": "recorded_sex"}
    core = core_table().rename(columns=names)
    wide = core.pivot_table(index=["year", *RECORDED], columns="police", values="x", aggfunc="sum", fill_value=0.0)
    return wide.rename(columns={False: "quiet", True: "police"}).rename_axis(columns=None).reset_index()


@functools.cache
def strata() -> pd.DataFrame:
    """Split what is recorded by what holds of the victim.

    Returns
    -------
    pandas.DataFrame
        year, the columns `RECORDED` and `TRUE`, quiet and police; rows of the core table add up to its cells.

    Examples
    --------
    >>> sorted(strata()["form"].unique())
    ['AU', 'BL-SU', 'CU', 'GO-SU']
    """
    cells = recorded_cells()
    cells["weight"] = cells["quiet"] + cells["police"]
    cells["age_group"] = cells["age_band"].where(cells["age_band"] == "unknown", cells["age_band"] == "minor")
    split = _told(cells, cells, "recorded_region", "region", "recorded_form")
    split = _told(split, cells.assign(region=cells["recorded_region"]), "recorded_form", "form", "region")
    split = _told(split, cells, "age_group", "minor", "recorded_form").astype({"minor": bool})
    split = _told(split, cells, "recorded_sex", "sex", "recorded_form")
    return split.drop(columns=["weight", "age_group"])


def _told(split: pd.DataFrame, cells: pd.DataFrame, recorded: str, true: str, by: str) -> pd.DataFrame:
    """Add what holds of a victim: what is recorded, or each known level in its share among the level of `by`."""
    lost = _LOST.get(recorded, "unknown")
    known = cells[cells[recorded] != lost].groupby([by, recorded])["weight"].sum()
    known = known[known > 0]
    shares = (known / known.groupby(level=0).transform("sum")).rename("share").reset_index()
    told = split[split[recorded] != lost]
    rest = split[split[recorded] == lost].merge(shares.rename(columns={recorded: true}), on=by)
    for column in ("quiet", "police"):
        rest[column] *= rest["share"]
    return pd.concat([told.assign(**{true: told[recorded]}), rest.drop(columns="share")], ignore_index=True)
