"""Sex, region of origin and age (R28, R31-R33)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from mse.records.register.codebook import regions
from mse.records.register.columns import Codes
from mse.records.register.rules import Columns, Decision, Rule
from mse.records.register.rules_population import codes_of

__all__ = ["AGE_BANDS", "REGIONS", "RULES"]

AGE_BANDS: Mapping[str, int] = {"minor": 0, "18-22": 18, "23-29": 23, "30-39": 30, "40+": 40}
"""Bands of age, each with the age at which it begins."""

REGIONS = ("netherlands", "europe_other", "africa", "asia", "latin_america_caribbean", "other")

_ADULT = 18


def _sex(columns: Columns, options: Mapping[str, Any]) -> Decision:
    """R28: the sex as registered, for transgender persons the one they assumed; what is not known is unknown."""
    return Decision({}, int((~codes_of(columns, "sex").known).sum()))


def _region(columns: Columns, options: Mapping[str, Any]) -> Decision:
    """R31: region of origin follows from nationality."""
    nationality = codes_of(columns, "nationality")
    known = regions()
    meaning = np.array([*(REGIONS.index(known[code]) for code in nationality.levels), -1], dtype=np.int16)
    return Decision({"region": Codes(meaning[nationality.values], REGIONS)}, int(nationality.known.sum()))


def _age(columns: Columns, options: Mapping[str, Any]) -> Decision:
    """R32: age at the report; the age at exploitation, where it is known, on request."""
    reported, earlier = np.asarray(columns["age"]), np.asarray(columns["age_exploitation"])
    younger = (earlier >= 0) & (reported >= 0) & (earlier < reported)
    if options["age"] == "report":
        return Decision({"age": reported}, int(younger.sum()))
    return Decision({"age": np.where(earlier >= 0, earlier, reported)}, int(younger.sum()))


def _bands(columns: Columns, options: Mapping[str, Any]) -> Decision:
    """R33: bands of age, and minors and adults."""
    age = np.asarray(columns["age"])
    band = np.searchsorted(list(AGE_BANDS.values()), age, side="right").astype(np.int16) - 1
    adult = np.where(age < 0, -1, age >= _ADULT).astype(np.int16)
    bands = Codes(np.where(age < 0, -1, band).astype(np.int16), tuple(AGE_BANDS))
    return Decision({"age_band": bands, "adult": Codes(adult, ("minor", "adult"))}, int((age < 0).sum()))


RULES = (
    Rule("R28", _sex, switchable=False),
    Rule("R31", _region, switchable=False),
    Rule("R32", _age, {"age": ("report", "exploitation")}, switchable=False),
    Rule("R33", _bands, switchable=False),
)
