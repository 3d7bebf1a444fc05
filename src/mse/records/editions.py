"""Printed figures of editions of the monitor, as data: what the report prints, and the value to test against.

Source of "2015-2019": Nationaal Rapporteur Mensenhandel en Seksueel Geweld tegen Kinderen (2020), *Slachtoffermonitor
mensenhandel 2015-2019*, The Hague. The column value is as printed; value_checked is what an audit of the figures
settled, empty where the report contradicts itself.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING

from mse.lazy import lazy
from mse.records.shipped import chosen, shipped

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["CATEGORY_DIMENSIONS", "editions", "printed"]

CATEGORY_DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "2.1": ("population_line",),
    "2.2": ("emm_source",),
    "2.3": ("exploitation_combination", "exploitation_any"),
    "2.4a": ("sector_sexual", "visibility"),
    "2.4b": ("visibility",),
    "2.5": ("sector_labour",),
    "2.6": ("sector_criminal",),
    "2.7": ("form",),
    "2.8": ("sex",),
    "2.9": ("region_of_origin",),
    "2.10": ("age_band",),
    "2.11": ("reporter", "reporter_group"),
    "2.12": ("police_unit",),
    "2.13": ("police_form", "form"),
    "tab2.1": ("nationality",),
}
"""Dimensions of `mse.messages.labels` that the categories of each figure are of."""

_TEXT = ("figure", "period", "year", "form", "category_code", "measure", "status", "audit_ref")


def editions() -> tuple[str, ...]:
    """Names of the editions whose printed figures are known.

    Examples
    --------
    >>> editions()
    ('2015-2019',)
    """
    return tuple(shipped("mse.records", "editions", ending=""))


def printed(edition: str = "2015-2019") -> Mapping[str, pd.DataFrame]:
    """Return the printed figures of an edition.

    Parameters
    ----------
    edition : str
        One of `editions`.

    Returns
    -------
    mapping of str to pandas.DataFrame
        By figure ("2.7", "tab2.1"): columns figure, period, year, form, category_code, measure, value, status
        (printed or derived), value_checked, audit_ref and, of table 2.1, rank.

    Raises
    ------
    mse.errors.TableError
        The figures of that edition are not known.

    Examples
    --------
    >>> figure = printed()["2.7"]
    >>> int(figure[(figure["year"] == "total") & (figure["form"] == "BL-SU")]["value"].iloc[0])
    1178
    """
    chosen(edition, shipped("mse.records", "editions", ending=""), "There are no printed figures of edition")
    found = {}
    for path in shipped("mse.records", f"editions/{edition}", ".csv").values():
        text = path.read_text(encoding="utf-8")
        frame = pd.read_csv(io.StringIO(text), dtype=dict.fromkeys(_TEXT, str), keep_default_na=False, na_values={
            name: [""] for name in ("value", "value_checked", "rank")
        })  # fmt: skip
        found[str(frame["figure"].iloc[0])] = frame
    return found
