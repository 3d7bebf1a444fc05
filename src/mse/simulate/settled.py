"""Printed counts to aim at: value_checked of every printed cell, and a choice where the report contradicts itself.

Source: Nationaal Rapporteur Mensenhandel en Seksueel Geweld tegen Kinderen (2020), *Slachtoffermonitor mensenhandel
2015-2019*, The Hague. Figures that contradict themselves have no value to test against; a register needs one all the
same. The choices keep every row and column sum and every printed rank; they are choices, not corrections.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

from mse.records.editions import printed
from mse.records.register.rules_form import FORMS

__all__ = ["AGES", "FORMS", "PERIOD", "REGIONS", "REPORTERS", "SEXES", "SEXUAL", "YEARS", "Settled"]

EDITION = "2015-2019"
YEARS = (2015, 2016, 2017, 2018, 2019)
PERIOD = (YEARS[0], YEARS[-1])
REGIONS = ("netherlands", "europe_other", "africa", "asia", "latin_america_caribbean", "other", "unknown")
AGES = ("minor", "18-22", "23-29", "30-39", "40+", "unknown")
SEXES = ("male", "female", "unknown")
SEXUAL = ("BL-SU", "GO-SU")
"""Forms of sexual exploitation."""

REPORTERS = ("police", "kmar", "iszw_do", "care_coordinators", "fairwork", "other_reporters")

_Cell = tuple[str, str, str, str]

_CHOICES: Mapping[_Cell, float] = {
    # One cross-border police report of 2019 too many: non-African 79 closes every sum (A06).
    ("2.13", "2019", "GO-SU", "GO-SU_non_african"): 79,
    ("2.13", "2019", "GO-SU", "GO-SU"): 598,
    # Nationalities whose years and forms do not add up to the same total (A08, A09, A11, A10).
    ("tab2.1", "total", "GO-SU", "BG"): 99,
    ("tab2.1", "total", "AU", "BG"): 81,
    ("tab2.1", "total", "CU", "BG"): 16,
    ("tab2.1", "total", "UNK", "BG"): 5,
    ("tab2.1", "total", "GO-SU", "GN"): 88,
    ("tab2.1", "total", "AU", "GN"): 5,
    ("tab2.1", "total", "CU", "GN"): 0,
    ("tab2.1", "total", "UNK", "GN"): 20,
    ("tab2.1", "total", "GO-SU", "ER"): 14,
    ("tab2.1", "total", "AU", "ER"): 9,
    ("tab2.1", "total", "CU", "ER"): 0,
    ("tab2.1", "total", "UNK", "ER"): 30,
    ("tab2.1", "total", "GO-SU", "VN"): 2,
    ("tab2.1", "total", "AU", "VN"): 11,
    ("tab2.1", "total", "CU", "VN"): 3,
    ("tab2.1", "total", "UNK", "VN"): 41,
    ("tab2.1", "total", "all", "VN"): 57,
    ("tab2.1", "2015", "all", "VN"): 13,
    ("tab2.1", "2016", "all", "VN"): 27,
    ("tab2.1", "2017", "all", "VN"): 9,
    ("tab2.1", "2018", "all", "VN"): 3,
    ("tab2.1", "2019", "all", "VN"): 5,
}


@dataclass(frozen=True)
class Settled:
    """Counts by figure, year, form and category.

    Parameters
    ----------
    cells : mapping
        Value by (figure, year, form, code); the year is text, "total" for the whole period.

    Examples
    --------
    >>> figures = Settled.of()
    >>> figures.count("2.7", "UNK", form="UNK"), figures.by_year("2.7", "AU", form="AU")[2019]
    (650.0, 228.0)
    """

    cells: Mapping[_Cell, float]

    @classmethod
    def of(cls) -> Self:
        """Printed figures, with the choices of this module where they contradict themselves."""
        return cls(_cells())

    def count(self, figure: str, code: str, *, year: str = "total", form: str = "all") -> float:
        """One count."""
        return self.cells[figure, year, form, code]

    def by_year(self, figure: str, code: str, *, form: str = "all") -> dict[int, float]:
        """Counts of a category by year."""
        return {year: self.cells[figure, str(year), form, code] for year in YEARS}

    def by_year_and_form(self, figure: str) -> dict[tuple[int, str], float]:
        """Counts of figure 2.7 or 2.13, whose categories are the forms, by year and form."""
        return {(year, form): n for form in FORMS for year, n in self.by_year(figure, form, form=form).items()}

    def by_form(self, figure: str, code: str) -> dict[str, float]:
        """Counts of a category by form, over the whole period."""
        return {form: self.cells[figure, "total", form, code] for form in FORMS}

    def codes(self, figure: str) -> tuple[str, ...]:
        """Categories of a figure that have a count, totals left out."""
        return tuple(dict.fromkeys(code for name, _, _, code in self.cells if name == figure and code != "total"))


@functools.cache
def _cells() -> Mapping[_Cell, float]:
    """Read the printed figures once: every stage asks for them."""
    cells = dict(_CHOICES)
    for figure, frame in printed(EDITION).items():
        frame = frame[frame["value_checked"].notna() & ~frame["measure"].str.startswith("percent")]
        keys = zip(frame["year"], frame["form"], frame["category_code"], strict=True)
        for (year, form, code), value in zip(keys, frame["value_checked"], strict=True):
            cells[figure, str(year), str(form), str(code)] = float(value)
    return MappingProxyType(cells)
