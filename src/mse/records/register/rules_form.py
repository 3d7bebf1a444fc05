"""Type and form of exploitation: combinations, the hierarchy, domestic and cross-border (R13-R17)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mse.core.cube import members_of
from mse.records.register.codebook import STATELESS
from mse.records.register.columns import UNKNOWN, Codes
from mse.records.register.rules import Columns, Decision, Rule
from mse.records.register.rules_population import codes_of, sets_of

__all__ = ["FORMS", "RULES"]

FORMS = ("BL-SU", "GO-SU", "AU", "CU", "UNK")
"""Forms of trafficking in the order of the report."""

_DOMESTIC, _CROSS, _UNKNOWN = 0, 1, 4
_NETHERLANDS = "NL"


def _combination(columns: Columns, options: Mapping[str, Any]) -> Decision:
    """R13: each combination of types is a row of its own; groups of any type overlap."""
    types = sets_of(columns, "types")
    places, found = types.numbered()
    names = ["+".join(member for at, member in enumerate(types.members) if bits >> at & 1) for bits in found]
    levels = tuple(name or UNKNOWN for name in names)
    return Decision({"combination": Codes(places.astype(np.int16), levels)}, int(types.several.sum()))


def _hierarchy(columns: Columns, options: Mapping[str, Any]) -> Decision:
    """R14: one type decides, sexual before labour before criminal exploitation."""
    types = sets_of(columns, "types")
    return Decision({"leading_type": types.first(options["order"])}, int(types.several.sum()))


def _nationality(columns: Columns, options: Mapping[str, Any]) -> Decision:
    """R15: nationality makes sexual exploitation domestic or cross-border; of two the option says which counts."""
    given = codes_of(columns, "nationalities")
    chosen = [_one(members_of(text), options) for text in given.levels]
    levels = tuple(sorted({code for code in chosen if code}))
    place = {code: at for at, code in enumerate(levels)}
    meaning = np.array([*(place[code] if code else -1 for code in chosen), -1], dtype=np.int16)
    several = np.array([*(len(members_of(text)) > 1 for text in given.levels), False])
    one = Codes(meaning[given.values], levels)
    return Decision({"nationality": one, "dual_nationality": several[given.values]}, int(several[given.values].sum()))


def _one(codes: tuple[str, ...], options: Mapping[str, Any]) -> str:
    """The nationality that counts; empty where it is not known."""
    known = [code for code in codes if code != STATELESS or options["stateless"] == "known"]
    if not known or (len(known) > 1 and options["dual"] == "unknown"):
        return ""
    return _NETHERLANDS if _NETHERLANDS in known and options["dual"] == "dutch" else known[0]


def _form(columns: Columns, options: Mapping[str, Any]) -> Decision:
    """R16: sexual exploitation of unknown nationality has no form; switched off, it counts as cross-border."""
    leading, nationality = codes_of(columns, "leading_type"), codes_of(columns, "nationality")
    sexual = leading.equals("SU")
    unknown = sexual & ~nationality.known
    form = np.full(len(leading), _UNKNOWN, dtype=np.int16)
    for code in ("AU", "CU"):
        form[leading.equals(code)] = FORMS.index(code)
    form[sexual & nationality.known] = _CROSS
    form[sexual & nationality.equals(_NETHERLANDS)] = _DOMESTIC
    if not options["on"]:
        form[unknown] = _CROSS
    elif options["instead"] == "next_type":
        form[unknown] = _next_type(columns, options)[unknown]
    return Decision({"form": Codes(form, FORMS)}, int(unknown.sum()))


def _next_type(columns: Columns, options: Mapping[str, Any]) -> NDArray[np.int16]:
    """Form of the types beside sexual exploitation."""
    types = sets_of(columns, "types")
    form = np.full(len(types), _UNKNOWN, dtype=np.int16)
    for code in ("CU", "AU"):
        form[types.has(code)] = FORMS.index(code)
    return form


def _organ(columns: Columns, options: Mapping[str, Any]) -> Decision:
    """R17: organ removal alone is too small to show and has no form; switched off, it is a form of its own."""
    alone = sets_of(columns, "types").only("ORG")
    form = codes_of(columns, "form")
    if options["on"]:
        return Decision({}, int(alone.sum()))
    return Decision({"form": Codes(np.where(alone, len(FORMS), form.values).astype(np.int16), (*FORMS, "ORG"))}, 0)


RULES = (
    Rule("R13", _combination, switchable=False),
    Rule("R14", _hierarchy, defaults={"order": ["SU", "AU", "CU"]}, switchable=False,
         fields={"order": "types"}),
    Rule("R15", _nationality, {"dual": ("dutch", "first", "unknown"), "stateless": ("known", "unknown")},
         switchable=False),
    Rule("R16", _form, {"instead": ("UNK", "next_type")}),
    Rule("R17", _organ),
)  # fmt: skip
