"""Rules that are consulted while figures are made of counts (R22, R23, R29, R41-R43).

`mse.monitor.figures` writes how many each touched.
"""

from __future__ import annotations

from mse.records.register.rules import Rule

__all__ = ["RULES"]

RULES = (
    # Visibility is imputed where the sector is not known; touched: imputed. Switched off, figure 2.4b has the known.
    Rule("R22", counts=False),
    # Known sectors stay as they are; touched: known.
    Rule("R23", switchable=False, counts=False),
    # Nationalities among the first k of a year or form; touched: those that are not listed. Switched off, all are.
    Rule("R29", defaults={"k": 5}, counts=False),
    # Cross-border police reports by origin; touched: those of African origin. Switched off, they are one row.
    Rule("R41", counts=False),
    # Reports of a group are at most the victims, and of all groups at least; touched: reports that are lacking.
    # Switched off, this is not tested.
    Rule("R42", counts=False),
    # Whole per cent; touched: shares of figures that are exactly on a half.
    Rule("R43", options={"rounding": ("half_up", "half_even")}, switchable=False, counts=False),
)
