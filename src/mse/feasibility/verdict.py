"""The verdict: go, go with conditions, no go. Its rules are these few lines.

*No go* where a check that nothing mends is red (fewer than three lists, lists that fall apart, no estimate), or where
two or more of the checks of the answer itself are red: rivals, repeated choice, lists left out. *Go* where every check
that could be made is green. *Go with conditions* otherwise: each check that is not green says what it asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from mse.core.finding import Finding, Severity
from mse.feasibility.rules import Check, Light

__all__ = ["NEEDED", "STABLE", "TOO_UNSTABLE", "Verdict", "reasons", "verdict_finding", "verdict_of"]

NEEDED = ("list_count", "connected", "existence")
"""Checks of which one red light is a no go: no method gives an answer that the data carry."""

STABLE = ("rivals", "search_stability", "leave_one_out")
"""Checks of how far the answer hangs on choices."""

TOO_UNSTABLE = 2
"""With so many red lights among `STABLE` there is no single number to report."""


class Verdict(StrEnum):
    """What a feasibility study ends in."""

    GO = "go"
    CONDITIONS = "conditions"
    NO_GO = "no_go"


def verdict_of(lights: Mapping[str, Light]) -> Verdict:
    """Read the lights together.

    Examples
    --------
    >>> verdict_of({"list_count": Light.GREEN, "triples": Light.AMBER})
    <Verdict.CONDITIONS: 'conditions'>
    >>> verdict_of({"list_count": Light.RED})
    <Verdict.NO_GO: 'no_go'>
    """
    unstable = sum(lights.get(name) is Light.RED for name in STABLE)
    if unstable >= TOO_UNSTABLE or any(lights.get(name) is Light.RED for name in NEEDED):
        return Verdict.NO_GO
    made = [light for light in lights.values() if light is not Light.UNKNOWN]
    return Verdict.GO if all(light is Light.GREEN for light in made) else Verdict.CONDITIONS


def reasons(checks: Sequence[Check]) -> tuple[Check, ...]:
    """The checks that the verdict rests on: of a no go those that decide, else all that are not green."""
    found = verdict_of({check.name: check.light for check in checks})
    if found is Verdict.NO_GO:
        return tuple(c for c in checks if c.light is Light.RED and c.name in (*NEEDED, *STABLE))
    return tuple(c for c in checks if c.light in (Light.RED, Light.AMBER))


def verdict_finding(checks: Sequence[Check]) -> Finding:
    """The verdict as a finding; a no go is blocking."""
    found = verdict_of({check.name: check.light for check in checks})
    severity = {Verdict.GO: Severity.NOTE, Verdict.CONDITIONS: Severity.WARNING, Verdict.NO_GO: Severity.BLOCKING}
    unknown = sum(check.light is Light.UNKNOWN for check in checks)
    values = {"reasons": [check.title for check in reasons(checks)], "unknown": unknown, "of": len(checks)}
    return Finding(f"feasibility_{found.value}", severity[found], "verdict", values)
