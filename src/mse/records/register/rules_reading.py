"""Rules that are consulted while reports are read and gathered (R3, R26, R34, R35, R40); they say what the unit is.

`Registry.counted` writes how many each touched.
"""

from __future__ import annotations

from mse.records.register.rules import Rule

__all__ = ["RULES"]

RULES = (
    # One row a victim and year; touched: persons in two or more years. `Registry.counted(unit=...)` says the unit.
    Rule("R3", switchable=False),
    # Codes of labour sectors by reporter; touched: rows that a crosswalk of the mapping file translated.
    Rule("R26", switchable=False),
    # Groups of reporters; touched: reports of a source that belongs to a group of another name. The option names groups
    # beside those of the code list: {"fairwork": "other_reporters"}.
    Rule("R34", defaults={"groups": {}}, switchable=False, fields={"groups": "reporter"}),
    # A report is one victim, one group, one year; touched: repeats.
    Rule("R35", switchable=False),
    # A victim counts for every police unit; touched: mentions by units.
    Rule("R40", switchable=False),
)
