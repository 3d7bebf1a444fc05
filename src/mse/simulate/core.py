"""The core table: year x form x region x age band x reported by the police x sex, fitted to the printed margins.

It is the table that both registers share: register A is a controlled rounding of it, register B draws from it. What
the margins do not say is as even as they allow, apart from a few statements of the report's text.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from mse.lazy import lazy
from mse.simulate.ipf import Margin, allowed, ipf, margin
from mse.simulate.settled import AGES, FORMS, REGIONS, SEXES, YEARS, Settled

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["DIMENSIONS", "core_cells", "core_margins", "core_table"]

DIMENSIONS = ("year", "form", "region", "age_band", "police", "sex")

UNKNOWN_REGION = {2015: 18, 2016: 58, 2017: 27, 2018: 3, 2019: 6}
"""Victims of unknown form and unknown region by year: a choice, at least the victims of sexual exploitation without a
known nationality (15, 29, 24, 3, 6; figure 2.3 less figure 2.7)."""


def core_table() -> pd.DataFrame:
    """Fit the core table.

    Returns
    -------
    pandas.DataFrame
        One row a cell that can be: columns year, form, region, age_band, police (bool), sex and x, real-valued. The
        cells that cannot be (domestic exploitation of foreigners, say) are absent.

    Examples
    --------
    >>> table = core_table()
    >>> table.groupby("year")["x"].sum().round().astype(int).tolist()
    [1150, 952, 956, 668, 1334]
    """
    cells = core_cells()
    fitted = ipf(np.ones(len(cells)), core_margins(cells))
    return cells.assign(x=fitted.x)


def core_cells() -> pd.DataFrame:
    """Make the cells that can be: those that no margin of zero empties."""
    cells = pd.DataFrame(itertools.product(YEARS, FORMS, REGIONS, AGES, (False, True), SEXES), columns=list(DIMENSIONS))
    dutch, cross_border = cells["form"] == "BL-SU", cells["form"] == "GO-SU"
    cells = cells[
        (~dutch | (cells["region"] == "netherlands"))
        & (~cross_border | ~cells["region"].isin(["netherlands", "unknown"]))
    ].reset_index(drop=True)
    return allowed(cells, core_margins)[0]


def core_margins(cells: pd.DataFrame) -> list[Margin]:
    """Margins of the core table: the figures, then the statements of the text that cross them.

    Returns
    -------
    list of Margin
    """
    figures = Settled.of()
    african = figures.by_year("2.13", "GO-SU_african", form="GO-SU")
    parts = [
        margin(cells, figures.by_year_and_form("2.7"), "year", "form"),
        margin(cells, figures.by_year_and_form("2.13"), "year", "form", police=True),
        margin(cells, african, "year", form="GO-SU", region="africa", police=True),
        margin(cells, UNKNOWN_REGION, "year", form="UNK", region="unknown"),
    ]
    for figure, name, levels in (("2.9", "region", REGIONS), ("2.10", "age_band", AGES), ("2.8", "sex", SEXES)):
        by_year = {(year, level): n for level in levels for year, n in figures.by_year(figure, level).items()}
        by_form = {(form, level): n for level in levels for form, n in figures.by_form(figure, level).items()}
        parts += [margin(cells, by_year, "year", name), margin(cells, by_form, "form", name)]
    return parts + _statements(cells)


def _statements(cells: pd.DataFrame) -> list[Margin]:
    """Crosstabs that only the text tells, as counts that give the printed percentages (sections 2.5 and 2.6)."""
    men = {("GO-SU", year): n for year, n in zip(YEARS, (26, 41, 69, 104, 281), strict=True)}
    men |= {("CU", 2015): 2, ("CU", 2019): 178}
    minors = {
        ("netherlands", "UNK"): 122,  # almost a quarter of the Dutch minors
        ("netherlands", "AU"): 4,
        ("netherlands", "CU"): 20,
        ("africa", "UNK"): 110,  # 67 per cent of the African minors
        ("africa", "GO-SU"): 35,
        ("africa", "CU"): 12,
        ("africa", "AU"): 7,
        ("asia", "UNK"): 100,  # 80 per cent of the Asian minors
        ("asia", "GO-SU"): 15,
        ("asia", "CU"): 2,
        ("asia", "AU"): 8,
    }
    unknown_age = dict(zip(YEARS, (117, 124, 115, 0, 121), strict=True))
    return [
        margin(cells, men, "form", "year", sex="male"),
        margin(cells, minors, "region", "form", age_band="minor"),
        margin(cells, {2018: 20, 2019: 141}, "year", form="CU", region="africa", police=True),
        margin(cells, unknown_age, "year", form="AU", age_band="unknown"),
        margin(cells, {(): 30}, form="AU", age_band="unknown", police=True),
        margin(cells, {(): 425}, form="AU", age_band="unknown", region="europe_other"),
    ]
