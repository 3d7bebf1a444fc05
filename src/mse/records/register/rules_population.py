"""Which registrations count: who is no reporter, and the three lines of figure 2.1 (R1, R6-R9, R36, R38)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mse.records.register.columns import Codes, Sets
from mse.records.register.parse_registry import Column
from mse.records.register.rules import Columns, Decision, Rule

__all__ = ["EMM", "LINES", "RULES"]

POPULATIONS = ("monitor_population", "kmar_only_su", "emm_only", "unfounded")

LINES: Mapping[str, tuple[str, ...]] = {
    "all_registered": POPULATIONS[:3],
    "excl_emm_only": POPULATIONS[:2],
    "monitor_population": POPULATIONS[:1],
}
"""Lines of figure 2.1, each with the populations that it holds."""

EMM = ("only", "also", "no")
"""Whether a victim is known only through the enriching source, through it too, or not."""

LEGAL = ("law_enforcement", "without_legal_basis")


def sets_of(columns: Columns, name: str) -> Sets:
    """A column of sets."""
    column = columns[name]
    assert isinstance(column, Sets)
    return column


def codes_of(columns: Columns, name: str) -> Codes:
    """A column of codes."""
    column = columns[name]
    assert isinstance(column, Codes)
    return column


def _echoes(columns: Columns, options: Mapping[str, Any]) -> Decision:
    """R36: documents that follow from reports of others are no reports; switched off, they count for their group."""
    reporters, echoes = sets_of(columns, "reporters"), sets_of(columns, "echoes")
    if options["on"]:
        return Decision({}, int((~echoes.empty).sum()))
    return Decision({"reporters": Sets(reporters.bits | echoes.bits, reporters.members)}, 0)


def _registered(columns: Columns, options: Mapping[str, Any]) -> Decision:
    """R6: line 1 is everybody who is registered, those without a report of a reporter too."""
    everybody = Codes(np.zeros(len(np.asarray(columns["year"])), dtype=np.int16), POPULATIONS)
    return Decision({"population": everybody}, int(sets_of(columns, "reporters").empty.sum()))


def _emm(columns: Columns, options: Mapping[str, Any]) -> Decision:
    """R7: victims whom only the enriching source knows are in line 1 alone."""
    enriched = np.asarray(columns["enriched"], dtype=bool)
    alone = enriched & sets_of(columns, "reporters").empty & sets_of(columns, "echoes").empty
    emm = Codes(np.where(alone, 0, np.where(enriched, 1, 2)).astype(np.int16), EMM)
    return Decision({"emm": emm, **_moved(columns, alone & options["on"], "emm_only")}, int(alone.sum()))


def _moved(columns: Columns, rows: NDArray[np.bool_], population: str) -> dict[str, Column]:
    """Rows that belong to another population."""
    before = codes_of(columns, "population")
    values = np.where(rows, POPULATIONS.index(population), before.values)
    return {"population": Codes(values.astype(np.int16), before.levels)}


def _kmar_only(columns: Columns, options: Mapping[str, Any]) -> Decision:
    """R9: KMar alone reported sexual exploitation, by default in combination with other types too; labour and
    criminal exploitation stay."""
    types = sets_of(columns, "types")
    alone = sets_of(columns, "reporters").only("kmar") & types.has("SU")
    several = alone & types.several
    if options["combinations"] == "only":
        alone = types.only("SU") & alone
    return Decision({"kmar_only_su": alone}, int(several.sum()))


def _kmar(columns: Columns, options: Mapping[str, Any]) -> Decision:
    """R8: sexual exploitation that only KMar reported is not in line 3."""
    alone = np.asarray(columns["kmar_only_su"], dtype=bool)
    inside = codes_of(columns, "population").equals("monitor_population")
    return Decision(_moved(columns, alone & options["on"] & inside, "kmar_only_su"), int(alone.sum()))


def _status(columns: Columns, options: Mapping[str, Any]) -> Decision:
    """R1: counts are of presumed victims; signals that proved unfounded are in no line."""
    unfounded = codes_of(columns, "status").equals("unfounded")
    return Decision(_moved(columns, unfounded & options["on"], "unfounded"), int(unfounded.sum()))


def _legal(columns: Columns, options: Mapping[str, Any]) -> Decision:
    """R38: reporters with and without a legal basis to report; who is reported by both is in both."""
    reporters = sets_of(columns, "reporters")
    legal = options["legal"]
    others = [group for group in reporters.members if group not in legal]
    bits = reporters.has(*legal) * 1 + reporters.has(*others) * 2
    return Decision({"legal_basis": Sets(bits.astype(np.int64), LEGAL)}, int((bits == 3).sum()))


RULES = (
    Rule("R36", _echoes),
    Rule("R6", _registered, switchable=False),
    Rule("R7", _emm),
    Rule("R9", _kmar_only, {"combinations": ("any", "only")}, switchable=False),
    Rule("R8", _kmar),
    Rule("R1", _status),
    Rule("R38", _legal, defaults={"legal": ["police", "kmar", "iszw_do"]}, switchable=False,
         fields={"legal": "reporter"}),
)  # fmt: skip
