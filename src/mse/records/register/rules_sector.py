"""Sectors: one a victim by a hierarchy, visibility and the strata of its imputation, kinds of crime (R19-R27)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mse.records.register.codebook import codebook
from mse.records.register.columns import Codes, Sets, bit_counts
from mse.records.register.rules import Columns, Decision, Rule
from mse.records.register.rules_population import codes_of, sets_of

__all__ = ["RULES", "VISIBILITY"]

VISIBILITY = ("visible", "less_visible")
_STREET, _OTHER_SEXUAL = "street", "other_sectors"
_OTHER_LABOUR = "other_labour"


def _within(column: Codes, rows: Any) -> Codes:
    """Codes of some rows; those of all others are not known."""
    return Codes(np.where(rows, column.values, -1).astype(np.int16), column.levels)


def _ordered(order: Sequence[str], column: Sets) -> tuple[str, ...]:
    """An order of all members: those that it does not name come last."""
    return (*order, *(code for code in column.members if code not in order))


def _sexual(columns: Columns, options: Mapping[str, Any]) -> Decision:
    """R19: of several sexual sectors the first of the hierarchy counts."""
    sectors, base = sets_of(columns, "sectors_sexual"), sets_of(columns, "types").has("SU")
    chosen = _within(sectors.first(_ordered(options["order"], sectors)), base)
    return Decision({"sector_sexual": chosen}, int((sectors.several & base).sum()))


def _street(columns: Columns, options: Mapping[str, Any]) -> Decision:
    """R20: street prostitution is a category of its own; switched off, it is among the others, as before."""
    sector = codes_of(columns, "sector_sexual")
    street = sector.equals(_STREET)
    if options["on"]:
        return Decision({}, int(street.sum()))
    other = sector.levels.index(_OTHER_SEXUAL)
    return Decision({"sector_sexual": Codes(np.where(street, other, sector.values).astype(np.int16), sector.levels)}, 0)


def _visibility(columns: Columns, options: Mapping[str, Any]) -> Decision:
    """R21: window prostitution and brothels, clubs and private houses are more visible."""
    sector = codes_of(columns, "sector_sexual")
    meaning = np.array([*(0 if code in options["visible"] else 1 for code in sector.levels), -1], dtype=np.int16)
    return Decision({"visibility": Codes(meaning[sector.values], VISIBILITY)}, int(sector.known.sum()))


def _strata(columns: Columns, options: Mapping[str, Any]) -> Decision:
    """R24: reporter of the strata in which an unknown visibility is imputed; police by its first unit."""
    reporters, units = sets_of(columns, "reporters"), sets_of(columns, "units")
    first, unit = reporters.first(reporters.members), units.first(units.members)
    levels = (*reporters.members, *(f"police:{name}" for name in units.members))
    police = first.equals("police") & unit.known
    values = np.where(police, len(reporters.members) + unit.values, first.values).astype(np.int16)
    unknown = sets_of(columns, "types").has("SU") & ~codes_of(columns, "visibility").known
    return Decision({"stratum_reporter": Codes(values, levels)}, int(unknown.sum()))


def _labour(columns: Columns, options: Mapping[str, Any]) -> Decision:
    """R25: of several labour sectors the rarest counts, other labour last; rarity is counted before choosing."""
    sectors, base = sets_of(columns, "sectors_labour"), sets_of(columns, "types").has("AU")
    counted = base & codes_of(columns, "population").equals("monitor_population")
    often = bit_counts(sectors, counted)
    others = [code for code in sectors.members if code in (*options["other"], _OTHER_LABOUR)]
    named = sorted((code for code in sectors.members if code not in others), key=lambda code: often[code])
    chosen = _within(sectors.first((*named, *others)), base)
    other = chosen.levels.index(_OTHER_LABOUR)
    meaning = np.array([*(other if code in others else at for at, code in enumerate(chosen.levels)), -1])
    merged = Codes(meaning[chosen.values].astype(np.int16), chosen.levels)
    return Decision({"sector_labour": merged}, int((sectors.several & base).sum()))


def _criminal(columns: Columns, options: Mapping[str, Any]) -> Decision:
    """R27: the kind of criminal exploitation is recorded from 2016 on; of several the first of the order counts."""
    kinds, base = sets_of(columns, "kinds_criminal"), sets_of(columns, "types").has("CU")
    recorded = np.asarray(columns["year"]) >= codebook(options["edition"]).since.get("kinds_criminal", 0)
    chosen = _within(kinds.first(_ordered(options["order"], kinds)), base & (recorded | (not options["on"])))
    return Decision({"kind_criminal": chosen}, int((base & ~recorded).sum()))


RULES = (
    Rule("R19", _sexual, defaults={
        "order": ["brothel_club_private", "window", "escort_hotel", "home", "street", "other_sectors"]},
        switchable=False, fields={"order": "sectors_sexual"}),
    Rule("R20", _street),
    Rule("R21", _visibility, defaults={"visible": ["window", "brothel_club_private"]}, switchable=False,
         fields={"visible": "sectors_sexual"}),
    Rule("R24", _strata, defaults={"minimum": 1}, counts=False),
    Rule("R25", _labour, defaults={"other": [
        "health_social_care", "energy", "water_waste", "information_communication", "culture_sport_recreation"]},
        switchable=False, fields={"other": "sectors_labour"}),
    Rule("R27", _criminal, defaults={"order": ["drug_offences", "begging"]}, fields={"order": "kinds_criminal"}),
)  # fmt: skip
