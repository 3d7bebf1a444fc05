"""Release policies: which counts of persons may be written, and how.

Two policies exist. `public_source` writes what a public source already published. `threshold` is for all
other tables; what it does to the cells of a figure is in `mse.monitor.suppression`.
"""

from __future__ import annotations

import math
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mse.core.figure import Figure
from mse.core.finding import Finding
from mse.errors import ReleaseError, did_you_mean
from mse.messages import LANGUAGES, Guard, catalogue, number, sentence
from mse.monitor.suppression import MINIMUM, TOO_FEW, Withheld, coarse, coarse_estimate, withhold_together

__all__ = ["POLICIES", "PublicSource", "Threshold", "policy_named"]

OPEN_SECTIONS = ("versions", "machine", "seeds", "choices")
"""Sections of a manifest that hold no counts of persons."""


@dataclass(frozen=True)
class PublicSource:
    """Everything is written as it is: the counts are public already."""

    name: str = "public_source"
    guard: Guard | None = None

    def cells(self, figures: Sequence[Figure]) -> list[Withheld]:
        """Keep the columns that are shown."""
        return [Withheld(figure.frame[list(figure.columns)], {}, False, {}) for figure in figures]

    def fields(self, key: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Keep the values of a sentence."""
        return dict(fields)

    def marks(self, marks: Mapping[str, float | None]) -> dict[str, float | None]:
        """Keep what a picture marks."""
        return dict(marks)

    def section(self, name: str, value: Any) -> Any:
        """Keep a section of the manifest."""
        return value

    def finding(self, finding: Finding) -> dict[str, Any]:
        """Write a finding as plain values."""
        return finding.to_dict()

    def code(self, key: str) -> str:
        """Keep a sentence."""
        return key


@dataclass(frozen=True)
class Threshold:
    """At least `MINIMUM` persons a cell, rounding to `BASE`, no category above `DOMINANT` of its group."""

    name: str = "threshold"

    @property
    def guard(self) -> Guard:
        """Writes counts of persons in sentences."""
        return _few_or_rounded

    def code(self, key: str) -> str:
        """The sentence that says less of few persons, where the catalogue has one."""
        return f"{key}.coarse" if f"{key}.coarse" in catalogue() else key

    def cells(self, figures: Sequence[Figure]) -> list[Withheld]:
        """Withhold small and dominant cells and what would betray them; round all others."""
        return withhold_together(figures)

    def fields(self, key: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Round the estimates among the values of a sentence; values that it does not use are left out."""
        kinds = placeholder_kinds(key)
        return {
            name: coarse_estimate(value) if kinds[name] == "estimate" and value is not None else value
            for name, value in fields.items()
            if name in kinds
        }

    def marks(self, marks: Mapping[str, float | None]) -> dict[str, float | None]:
        """Round what a picture marks."""
        return {name: None if value is None else coarse_estimate(value) for name, value in marks.items()}

    def section(self, name: str, value: Any) -> Any:
        """Coarsen a section of the manifest: outside `OPEN_SECTIONS` whole numbers are taken for persons."""
        return _plain(value, name in OPEN_SECTIONS)

    def finding(self, finding: Finding) -> dict[str, Any]:
        """Write a finding as plain values, its persons coarse; only what its sentence says."""
        key = self.code(finding.code)
        kinds = placeholder_kinds(key)
        values = self.fields(key, finding.values)
        for name, value in values.items():
            if kinds[name] == "persons" and value is not None:
                values[name] = _plain(int(value), False)
        return {**finding.to_dict(), "values": values}


POLICIES: Mapping[str, PublicSource | Threshold] = {policy.name: policy for policy in (PublicSource(), Threshold())}
"""Release policies by name."""


def policy_named(name: str) -> PublicSource | Threshold:
    """Return a policy by its name.

    Raises
    ------
    mse.errors.ReleaseError
        There is no such policy.
    """
    if name not in POLICIES:
        raise ReleaseError(f"There is no release policy {name!r}", hint=did_you_mean(str(name), POLICIES))
    return POLICIES[name]


def placeholder_kinds(key: str) -> dict[str, str]:
    """Kind of each placeholder of a sentence."""
    texts = (catalogue()[key][language] for language in LANGUAGES)
    return {name: kind or "" for text in texts for _, name, kind, _ in string.Formatter().parse(text) if name}


def _few_or_rounded(persons: int, language: str) -> str:
    if persons < MINIMUM:
        return sentence("fewer_than", language, least=MINIMUM)
    return number(coarse(persons), language, "persons")


def _plain(value: Any, is_open: bool) -> Any:
    """Coarsen plain values; hashes leave everywhere, since that of a small table is undone by trying
    counts."""
    if isinstance(value, Mapping):
        return {key: _plain(item, is_open) for key, item in value.items() if not _is_digest(str(key))}
    if isinstance(value, list | tuple):
        return [_plain(item, is_open) for item in value]
    if is_open or isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return coarse(value) if value >= MINIMUM else sentence(TOO_FEW, "en")
    return coarse_estimate(float(value)) if math.isfinite(value) else None


def _is_digest(key: str) -> bool:
    return any(word in key.lower() for word in ("hash", "sha256", "fingerprint", "digest"))
