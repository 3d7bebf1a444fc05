"""The self-audit of a set of figures: every sum and comparison tested, and what fails grouped by its cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from mse.core.finding import Finding, Severity
from mse.lazy import lazy
from mse.monitor.audit.claim_files import read_claims
from mse.monitor.audit.claims import ClaimCheck, check_claims
from mse.monitor.audit.conflicts import Conflict, Support, conflicts
from mse.monitor.audit.formula import quoted
from mse.monitor.audit.identities_between import between
from mse.monitor.audit.identities_of_rules import resting
from mse.monitor.audit.identities_within import within
from mse.monitor.audit.identity import Check, Identity
from mse.monitor.audit.lookup import Cell, FigureValues, TidyFigures, figure_order
from mse.records.register.rules import Rules

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["SelfAudit", "identities", "self_audit"]

QUOTED = (("2.6", "2.11"),)
"""Sections whose text spells the counts of a figure out, and the figure: these are checked as cells are, as by the
audit of the report 2015-2019. All other counts of a text are claims only."""


@dataclass(frozen=True, eq=False)
class SelfAudit:
    """What became of every check, and the causes of those that fail.

    Parameters
    ----------
    checks : tuple of Check
        All identities of the figures, tested.
    conflicts : tuple of Conflict
        Failed ones by their cause.
    claims : ClaimCheck, optional
        The claims of the text.
    left_out : mapping of str to int
        Of each rule of the register that does not hold, how many identities rest on it; they are no checks.
    """

    checks: tuple[Check, ...]
    conflicts: tuple[Conflict, ...]
    claims: ClaimCheck | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def tested(self) -> int:
        """Number of identities whose values are all there."""
        return sum(1 for check in self.checks if check.holds is not None)

    @property
    def failed(self) -> tuple[Check, ...]:
        """Checks that fail."""
        return tuple(check for check in self.checks if check.failed)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was left out, every conflict with its failed checks, then every claim that does not agree."""
        causes = [finding for c in self.conflicts for finding in (c.finding, *(check.finding for check in c.checks))]
        skipped = (
            Finding("audit_left_out", Severity.NOTE, rule, {"rule": rule, "n": n}) for rule, n in self.left_out.items()
        )
        return (*skipped, *causes, *(self.claims.findings if self.claims is not None else ()))

    def by_figures(self) -> pd.DataFrame:
        """Return one row a group of figures: figures, identities, tested, failed."""
        groups = Counter(check.identity.group for check in self.checks)
        tested = Counter(check.identity.group for check in self.checks if check.holds is not None)
        failed = Counter(check.identity.group for check in self.failed)
        ordered = sorted(groups, key=lambda name: [figure_order(part) for part in name.split("/")])
        rows = [{"figures": g, "identities": groups[g], "tested": tested[g], "failed": failed[g]} for g in ordered]
        return pd.DataFrame(rows, columns=["figures", "identities", "tested", "failed"])

    def to_frame(self) -> pd.DataFrame:
        """Return one row a change that would settle a conflict, or one without a cell where no change does.

        Columns conflict (number), figures, checks (how many fail), cell, printed, value, follows (totals that change
        with it), transposed, settled (whether it is the only such change).
        """
        names = ["conflict", "figures", "checks", "cell", "printed", "value", "follows", "transposed", "settled"]
        rows = []
        for number, conflict in enumerate(self.conflicts, start=1):
            told = {"conflict": number, "figures": "/".join(conflict.figures), "checks": len(conflict.checks)}
            repairs = [repair for part in conflict.parts for repair in part.repairs]
            rows += [
                told
                | {"cell": str(repair.cell), "printed": repair.printed, "value": repair.value}
                | {"follows": "; ".join(str(cell) for cell, _ in repair.follows), "transposed": repair.transposed}
                | {"settled": bool(conflict.settled)}
                for repair in repairs
            ] or [told | {"cell": "", "follows": "", "transposed": False, "settled": False}]
        return pd.DataFrame(rows, columns=names)

    def __repr__(self) -> str:
        text = f"{self.tested} of {len(self.checks)} identities tested, {len(self.failed)} fail"
        causes = f"{len(self.conflicts)} conflicts, {sum(1 for c in self.conflicts if c.settled)} settled by one change"
        skipped = "".join(f"; {n} left out without {rule}" for rule, n in self.left_out.items())
        return f"{text}: {causes}{skipped}" + (f". {self.claims}" if self.claims is not None else "")


def identities(figures: FigureValues | TidyFigures, claims: pd.DataFrame | None = None) -> tuple[Identity, ...]:
    """Return all that must hold within and between figures.

    Parameters
    ----------
    figures : mapping of str to pandas.DataFrame or Figure, or Figures
        Tidy figures by id.
    claims : pandas.DataFrame, optional
        Claims of the text: counts of the figures of `QUOTED` that it spells out are then checked as cells are.

    Returns
    -------
    tuple of Identity

    Examples
    --------
    >>> from mse.records.editions import printed
    >>> len(identities(printed()))
    541
    """
    values = figures if isinstance(figures, FigureValues) else FigureValues.of(figures)
    texts = _texts(values, claims) if claims is not None else ()
    return (*within(values), *between(values), *texts)


def _texts(values: FigureValues, claims: pd.DataFrame) -> Iterator[Identity]:
    """Counts of a figure that the text spells out."""
    for claim in claims.to_dict("records"):
        cell = quoted(str(claim["formula"])) if claim["test"] == "eq" else None
        if cell is not None and cell in values and (claim["section"], cell.figure) in QUOTED:
            number, group = float(str(claim["printed_value"])), f"{claim['section']} text"
            yield Identity("text", (cell.figure,), str(claim["id"]), ((1, cell),), number=number, group=group)


def self_audit(
    figures: TidyFigures,
    claims: str | Path | pd.DataFrame | None = None,
    *,
    column: str = "value",
    otherwise: str | None = None,
    rules: Rules | None = None,
) -> SelfAudit:
    """Test all sums and comparisons of figures, and the claims of a text.

    Parameters
    ----------
    figures : mapping of str to pandas.DataFrame or Figure, or Figures
        Tidy figures by id: printed ones, or those that the library computed.
    claims : path or pandas.DataFrame, optional
        Claims of the text (see `check_claims`). They also decide between changes that would settle a conflict
        equally well.
    column, otherwise : str
        Which column of the figures holds the values, and which one stands in where that has none.
    rules : Rules, optional
        What decided the counts; by default those of `Figures`, or else of the edition. Identities that rest on a rule
        which is off, or has another option, are left out, and the audit says which.

    Returns
    -------
    SelfAudit

    Raises
    ------
    mse.errors.TableError
        A figure is not tidy.
    mse.errors.StudyError
        Claims cannot be read or computed.

    Examples
    --------
    >>> from mse.records.editions import printed
    >>> self_audit(printed())
    541 of 541 identities tested, 28 fail: 11 conflicts, 5 settled by one change
    """
    values = FigureValues.of(figures, column, otherwise)
    text = read_claims(claims) if claims is not None else None
    checked = check_claims(values, text) if text is not None else None
    decided = rules or getattr(figures, "rules", None) or Rules()
    kept, left_out = resting(identities(values, text), decided)
    checks = tuple(identity.check(values.values) for identity in kept)
    support = _support(values, text) if text is not None else None
    return SelfAudit(checks, conflicts(checks, values.values, support), checked, left_out)


def _support(values: FigureValues, text: pd.DataFrame) -> Support:
    """Count the claims that agree with changed values."""

    def agreeing(changed: Mapping[Cell, float]) -> int:
        return check_claims(FigureValues(changed, values.measures, values.derived), text).count("yes")

    return agreeing
