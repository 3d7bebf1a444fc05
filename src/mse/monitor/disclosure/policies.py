"""Release policies: which counts of persons may be written, and how.

`public_source` writes what a public source already published. `threshold` is for all other tables; what it does to
the cells of a figure is in `mse.monitor.disclosure.suppression`, and of tidy figures, which are judged together, in
`mse.monitor.disclosure.protection`. The policy with settings of its own is `mse.monitor.disclosure.protected`.
"""

from __future__ import annotations

import math
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from mse.core.figure import Figure
from mse.core.finding import Finding
from mse.core.sentence import Sentence
from mse.errors import ReleaseError, spelled
from mse.messages import LANGUAGES, Guard, catalogue, number, sentence
from mse.monitor.disclosure.earlier import Published
from mse.monitor.disclosure.linked import count_column, count_rows, identity, is_linked
from mse.monitor.disclosure.protection import CellRules, Protection, protect
from mse.monitor.disclosure.suppression import (
    BASE,
    DOMINANT,
    MINIMUM,
    TOO_FEW,
    WITHHELD,
    Withheld,
    coarse,
    coarse_estimate,
    withhold_together,
)
from mse.monitor.disclosure.tidy_cells import written
from mse.monitor.disclosure.trail import Decision

__all__ = ["Judged", "Policy", "PublicSource", "Threshold", "Writer", "judge_with"]

OPEN_SECTIONS = ("versions", "machine", "seeds", "choices")
"""Sections of a manifest that hold no counts of persons."""


class Writer(Protocol):
    """Writes what is no cell of a figure: sentences, marks of pictures, findings, sections of the manifest."""

    @property
    def guard(self) -> Guard | None:
        """Writes counts of persons in sentences."""

    def code(self, key: str) -> str:
        """The sentence that is written for a sentence."""

    def fields(self, key: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a sentence, as they may be written."""

    def marks(self, marks: Mapping[str, float | None]) -> dict[str, float | None]:
        """What a picture marks, as it may be written."""

    def section(self, name: str, value: Any) -> Any:
        """A section of the manifest, as it may be written."""

    def finding(self, finding: Finding) -> dict[str, Any]:
        """A finding as plain values."""


@dataclass(frozen=True, eq=False)
class Judged:
    """Figures as a policy lets them out.

    Parameters
    ----------
    cells : list of Withheld
        Of each figure.
    writer : Writer
        Writes all else; it knows what is withheld.
    published : Published
        What is printed of counts that figures share.
    trail : tuple of Decision
        What became of each cell of linked figures.
    notes : tuple of Sentence
        What the account says beside the sentence of the policy.
    protection : Protection, optional
        What was decided of linked counts.
    """

    cells: list[Withheld]
    writer: Writer
    published: Published
    trail: tuple[Decision, ...] = ()
    notes: tuple[Sentence, ...] = ()
    protection: Protection | None = None


class Policy(Protocol):
    """A release policy."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def rules(self) -> CellRules | None:
        """The rules for counts that figures share; None where everything is written as it is."""

    def judge(self, figures: Sequence[Figure]) -> Judged:
        """Decide which cells of figures are written, and as what."""


@dataclass(frozen=True)
class PublicSource:
    """Everything is written as it is: the counts are public already."""

    name: str = "public_source"
    guard: Guard | None = None
    rules: CellRules | None = None

    def judge(self, figures: Sequence[Figure]) -> Judged:
        """Keep the columns that are shown."""
        kept = [Withheld(figure.frame[list(figure.columns)], {}, False, {}) for figure in figures]
        counts = {
            identity(figure, row): float(str(figure.frame.at[row, count_column(figure) or ""]))
            for figure in figures
            if is_linked(figure)
            for row in count_rows(figure)
        }
        return Judged(kept, self, Published.of(counts, 1, ()))

    def code(self, key: str) -> str:
        """Keep a sentence."""
        return key

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


@dataclass(frozen=True)
class Threshold:
    """At least `minimum` persons a cell, rounding to `BASE`, no category above `DOMINANT` of its group.

    Parameters
    ----------
    name : str
        Name of the policy.
    minimum : int
        A count of fewer persons is not written.
    printed : mapping of int to float
        Counts of figures as they are printed: so they are written everywhere.
    hidden : frozenset of int
        Counts that figures withhold: they are written nowhere.
    linked : bool
        Whether small counts and those that protect them are written with the same words.
    """

    name: str = "threshold"
    minimum: int = MINIMUM
    printed: Mapping[int, float] = field(default_factory=dict, hash=False)
    hidden: frozenset[int] = frozenset()
    linked: bool = False

    rules = CellRules(MINIMUM, DOMINANT, BASE, additive=False)

    def judge(self, figures: Sequence[Figure]) -> Judged:
        """Withhold small and dominant cells and what would betray them; round all others."""
        return judge_with(self.name, self.rules, figures)

    @property
    def guard(self) -> Guard:
        """Writes counts of persons in sentences."""
        return self._said

    def code(self, key: str) -> str:
        """The sentence that says less of few persons, where the catalogue has one."""
        return f"{key}.coarse" if f"{key}.coarse" in catalogue() else key

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
        return self._plain(value, name in OPEN_SECTIONS)

    def finding(self, finding: Finding) -> dict[str, Any]:
        """Write a finding as plain values, its persons coarse; only what its sentence says, of its subject too."""
        key = self.code(finding.code)
        kinds = placeholder_kinds(key)
        values = self.fields(key, finding.values)
        for name, value in values.items():
            if kinds[name] == "persons" and value is not None:
                values[name] = self._plain(int(value), False)
        subject = finding.subject if values or not finding.values else ""  # else the sentence says nothing of whom
        return {**finding.to_dict(), "subject": subject, "values": values}

    def _said(self, persons: int, language: str) -> str:
        if persons in self.hidden or (self.linked and persons < self.minimum):
            return sentence("number_not_shown", language)
        if persons < self.minimum:
            return sentence("fewer_than", language, least=self.minimum)
        return number(self.printed.get(persons, coarse(persons)), language, "persons")

    def _plain(self, value: Any, is_open: bool) -> Any:
        """Coarsen plain values; hashes leave everywhere, since that of a small table is undone by trying counts."""
        if isinstance(value, Mapping):
            return {key: self._plain(item, is_open) for key, item in value.items() if not _is_digest(str(key))}
        if isinstance(value, list | tuple):
            return [self._plain(item, is_open) for item in value]
        if is_open or isinstance(value, bool) or value is None or isinstance(value, str):
            return value
        if not isinstance(value, int):
            return coarse_estimate(float(value)) if math.isfinite(value) else None
        if value in self.hidden or value < self.minimum:
            return sentence(WITHHELD if self.linked else TOO_FEW, "en")
        return int(self.printed.get(value, coarse(value)))


def judge_with(name: str, rules: CellRules, figures: Sequence[Figure]) -> Judged:
    """Judge linked figures together by rules for their counts, and all others by those of `suppression`."""
    together = [figure for figure in figures if is_linked(figure)]
    others = [figure for figure in figures if not is_linked(figure)]
    if not together:
        return Judged(withhold_together(others), Threshold(name, rules.minimum), Published({}, rules.base or 1))
    _check_hang_together(others)
    decided = protect(together, rules)
    alike = map(_with_one_word, withhold_together(others, decided.numbers))
    cells = dict(zip([figure.name for figure in others], alike, strict=True))
    trail: list[Decision] = []
    for figure in together:
        cells[figure.name], decisions = written(figure, decided, rules.base)
        trail += decisions
    printed: dict[Any, float | None] = {**decided.printed, **dict.fromkeys(decided.withheld)}
    return Judged(
        [cells[figure.name] for figure in figures],
        _writer(name, rules, decided),
        Published.of(printed, rules.base or 1, decided.counts.sums),
        tuple(trail),
        _notes(rules, decided, trail),
        decided,
    )


def _with_one_word(cells: Withheld) -> Withheld:
    """The same word for all withheld cells: another one for small ones would tell them from those that protect."""
    return replace(cells, words={cell: WITHHELD if word == TOO_FEW else word for cell, word in cells.words.items()})


def _check_hang_together(figures: Sequence[Figure]) -> None:
    """Refuse counts of which nothing says how they hang together with those of linked figures: cubes, for one."""
    loose = [
        figure.name
        for figure in figures
        if figure.only_occurring and figure.group is None and not figure.atoms
        if any(column.kind == "persons" for column in figure.columns.values())
    ]
    if loose:
        raise ReleaseError(
            "Cubes and figures of the same counts are not released together",
            got=spelled(loose),
            hint="Sums of the cubes would give withheld counts of the figures away. Release the figures only.",
        )


def _writer(name: str, rules: CellRules, decided: Protection) -> Threshold:
    """A writer that knows what is withheld: a number that is withheld somewhere is written nowhere."""
    values = decided.counts.values
    hidden = frozenset(round(values[cell]) for cell in decided.withheld)
    printed = {round(values[cell]): number for cell, number in decided.printed.items()}
    return Threshold(name, rules.minimum, printed, hidden, linked=True)


def _notes(rules: CellRules, decided: Protection, trail: Sequence[Decision]) -> tuple[Sentence, ...]:
    """What was done to linked figures, in sentences."""
    counts = [one for one in trail if one.cell]
    tally = {
        "judged": len(counts),
        "withheld": sum(one.after == "withheld" for one in counts),
        "derived": sum(one.rule == "derived" for one in trail),
    }
    notes = [Sentence("audit_linked", {**tally, "minimum": rules.minimum})]
    if rules.dominant is not None:
        notes.append(Sentence("audit_dominant", {"share": rules.dominant}))
    if rules.base is not None:
        notes.append(Sentence("audit_additive" if decided.additive else "audit_rounded", {"base": rules.base}))
    if rules.earlier is not None:
        notes.append(Sentence("audit_earlier", {}))
    notes.append(Sentence(f"audit_{decided.engine}", {}))
    return tuple(notes)


def placeholder_kinds(key: str) -> dict[str, str]:
    """Kind of each placeholder of a sentence."""
    texts = (catalogue()[key][language] for language in LANGUAGES)
    return {name: kind or "" for text in texts for _, name, kind, _ in string.Formatter().parse(text) if name}


def _is_digest(key: str) -> bool:
    return any(word in key.lower() for word in ("hash", "sha256", "fingerprint", "digest"))
