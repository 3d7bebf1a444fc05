"""`Finding`: the one shape of every check, from a thin overlap to two rival answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mse.messages import Guard, catalogue, sentence

__all__ = ["Finding", "Severity", "worst"]


class Severity(StrEnum):
    """How much a finding weighs: a blocking one means that there is no single estimate."""

    NOTE = "note"
    WARNING = "warning"
    BLOCKING = "blocking"


_ORDER = {Severity.BLOCKING: 0, Severity.WARNING: 1, Severity.NOTE: 2}


@dataclass(frozen=True)
class Finding:
    """Something a reader of the number must know.

    Parameters
    ----------
    code : str
        Key of the sentence in the catalogue; stable, for programs.
    severity : Severity
        Note, warning or blocking.
    subject : str
        What it is about: a model, a list, a search.
    values : mapping
        Values of the sentence's placeholders: plain numbers, names, sequences of names, or texts in every language.

    Examples
    --------
    >>> print(Finding("empty_list", "warning", "K", {"name": "K"}))
    Nobody is on list K.
    """

    code: str
    severity: Severity
    subject: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "severity", Severity(self.severity))
        object.__setattr__(self, "values", dict(self.values))

    def __hash__(self) -> int:
        return hash((self.code, self.severity, self.subject))

    def sentence(self, language: str = "en", *, guard: Guard | None = None) -> str:
        """Say what is wrong, where, and why it matters."""
        return sentence(self.code, language, guard=guard, **self.values)

    def remedy(self, language: str = "en", *, guard: Guard | None = None) -> str:
        """Say what to do about it; empty where nothing is to be done."""
        key = f"{self.code}.remedy"
        return sentence(key, language, guard=guard, **self.values) if key in catalogue() else ""

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as plain values, for manifests."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "subject": self.subject,
            "values": dict(self.values),
        }

    def __str__(self) -> str:
        return self.sentence()


def worst(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Order findings by weight, blocking first; equals appear once, in their first order."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: _ORDER[finding.severity]))
