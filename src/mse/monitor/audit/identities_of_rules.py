"""Identities that hold only under rules of the register: without these rules correct counts do not obey them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mse.monitor.audit.identity import Identity
from mse.records.register.rules import Rules

__all__ = ["RESTS_ON", "Premise", "resting"]


@dataclass(frozen=True)
class Premise:
    """A rule that an identity needs: switched on, or with the option of the report.

    Parameters
    ----------
    rule : str
        The rule.
    option : str
        Option that has its default; empty where the rule only has to be on.
    """

    rule: str
    option: str = ""

    def holds(self, rules: Rules) -> bool:
        """Whether it holds under some rules."""
        if not self.option:
            return rules.is_on(self.rule)
        return bool(rules.chosen(self.rule)[self.option] == Rules(rules.edition).chosen(self.rule)[self.option])


_ENRICHED = (Premise("R7"),)
_HIERARCHY = (Premise("R14", "order"), Premise("R16", "instead"))

RESTS_ON: Mapping[str, tuple[Premise, ...]] = {
    "emm_only": _ENRICHED,
    "emm_room": _ENRICHED,
    "reports_enough": (*_ENRICHED, Premise("R42")),
    "police_within": (Premise("R42"),),
    "form_labour": _HIERARCHY,
    "form_criminal": _HIERARCHY,
    "form_unknown": _HIERARCHY,
    "abroad": (Premise("R16"),),
    "imputed_room": (Premise("R21", "visible"),),
}
"""What identities rest on. Who is known only through the EMM is in all lines without R7, and no group reported them.
The form of several types follows from R14 and R16. Without R16 an unknown nationality is cross-border. Which sectors
are visible is R21. R42 is itself what reports and victims are tested by."""


def resting(identities: Iterable[Identity], rules: Rules) -> tuple[tuple[Identity, ...], Mapping[str, int]]:
    """Leave out the identities that rest on rules which do not hold.

    Parameters
    ----------
    identities : iterable of Identity
        All identities.
    rules : Rules
        What decided the counts.

    Returns
    -------
    tuple of Identity
        Those that must hold under these rules.
    mapping of str to int
        Of each rule that does not hold, how many identities were left out for it.

    Examples
    --------
    >>> from mse.monitor.audit.self_audit import identities
    >>> from mse.records.editions import printed
    >>> kept, left_out = resting(identities(printed()), Rules(off=["R7"]))
    >>> len(kept), dict(left_out)
    (521, {'R7': 20})
    """
    kept: list[Identity] = []
    left_out: dict[str, int] = {}
    for identity in identities:
        missing = dict.fromkeys(p.rule for p in RESTS_ON.get(identity.rule, ()) if not p.holds(rules))
        for rule in missing:
            left_out[rule] = left_out.get(rule, 0) + 1
        if not missing:
            kept.append(identity)
    return tuple(kept), left_out
