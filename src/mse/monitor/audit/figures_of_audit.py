"""The self-audit and the claims of a text as figures, to be released and written as any other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mse.core.figure import Column, Figure
from mse.core.reference import Reference
from mse.core.sentence import Sentence, Text
from mse.lazy import lazy
from mse.messages import LANGUAGES
from mse.monitor.audit.cell_words import cell_in_words, where_in_words
from mse.monitor.audit.claim_tests import RECORDS
from mse.monitor.audit.claims import Claim, ClaimCheck
from mse.monitor.audit.conflicts import Conflict
from mse.monitor.audit.identity import Check
from mse.monitor.audit.self_audit import SelfAudit
from mse.monitor.estimation.data_figures import heading, unit_and_source

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["audit_figure", "claims_figure"]

_OTHER = ("mean", "rank")
"""Relations whose sides are no counts of persons; their numbers stand in the text of the check."""


def audit_figure(audit: SelfAudit, *, name: str = "audit", reference: Reference | None = None) -> Figure:
    """Failed checks of figures, with the finding that each belongs to.

    Parameters
    ----------
    audit : SelfAudit
        The audit.
    name : str
        Name of the figure.
    reference : Reference, optional
        What the figures are about; of a printed report a public one: without that it is not released, since which
        counts do not fit tells of counts that are withheld.

    Returns
    -------
    Figure
        Columns figures, check, where, left, right, finding, suspects.

    Examples
    --------
    >>> from mse.monitor import self_audit
    >>> from mse.records.editions import printed
    >>> audit_figure(self_audit(printed()))
    Figure 'audit': 28 of 541 sums and comparisons do not hold (29 rows)
    """
    rows = [
        {
            "figures": "/".join(check.identity.figures),
            "check": _words(check),
            "where": where_in_words(check.identity.where, check.identity.figures),
            "left": _count(check, check.left),
            "right": _count(check, check.right),
            "finding": str(number),
            "suspects": _cells(conflict),
        }
        for number, conflict in enumerate(audit.conflicts, start=1)
        for check in conflict.checks
    ]
    columns = {
        "figures": heading("audit_figures"),
        "check": heading("audit_check"),
        "where": heading("audit_where"),
        "left": heading("audit_left", "persons", missing="word_dash"),
        "right": heading("audit_right", "persons", missing="word_dash"),
        "finding": heading("audit_finding"),
        "suspects": heading("audit_suspects", missing="word_dash"),
    }
    return Figure(
        name,
        pd.DataFrame(rows, columns=list(columns)),
        columns,
        title=Sentence("figure_audit_title", {"failed": len(audit.failed), "tested": audit.tested}),
        caption=Sentence("figure_audit_caption"),
        public_only=True,
        **unit_and_source(reference),
    )


def _words(check: Check) -> Text:
    finding = check.finding
    return Sentence(finding.code, finding.values) if check.identity.relation in _OTHER else check.text


def _cells(conflict: Conflict) -> Text | str:
    """The cells in doubt; empty where there are none."""
    said = [cell_in_words(cell) for cell in conflict.suspects]
    return {language: "; ".join(cell[language] for cell in said) for language in LANGUAGES} if said else ""


def _count(check: Check, value: float) -> float:
    return math.nan if check.identity.relation in _OTHER else value


def claims_figure(checked: ClaimCheck, *, name: str = "claims", reference: Reference | None = None) -> Figure:
    """Claims of a text, and what the figures say.

    Parameters
    ----------
    checked : ClaimCheck
        The claims.
    name : str
        Name of the figure.
    reference : Reference, optional
        What the figures are about; without a public one it is not released.

    Returns
    -------
    Figure
        Columns id, section, statement, printed, count (of persons or reports), share (or ratio), agrees.

    Examples
    --------
    >>> from mse.monitor.audit.claim_files import claims_of
    >>> from mse.monitor import check_claims
    >>> from mse.records.editions import printed
    >>> claims_figure(check_claims(printed(), claims_of()))
    Figure 'claims': 136 of 168 claims of the text follow from the figures (197 rows)
    """
    columns: dict[str, Column] = {
        "id": heading("claim_id"),
        "section": heading("claim_section"),
        "statement": heading("claim_statement"),
        "printed": heading("claim_printed"),
        "count": heading("claim_count", "persons", missing="word_dash"),
        "share": heading("claim_share", "ratio", missing="word_dash"),
        "agrees": heading("claim_agrees"),
    }
    tested = len(checked.claims) - checked.count(RECORDS)
    return Figure(
        name,
        pd.DataFrame([_row(claim) for claim in checked.claims], columns=list(columns)),
        columns,
        title=Sentence("figure_claims_title", {"agree": checked.count("yes"), "tested": tested}),
        caption=Sentence("figure_claims_caption"),
        public_only=True,
        **unit_and_source(reference),
    )


def _row(claim: Claim) -> dict[str, object]:
    number = math.nan if claim.recomputed is None or isinstance(claim.recomputed, bool) else claim.recomputed
    counted = claim.test == "eq"
    told = {"id": claim.id, "section": claim.section, "statement": claim.statement, "printed": claim.printed}
    sides = {"count": number if counted else math.nan, "share": math.nan if counted else number}
    return {**told, **sides, "agrees": Sentence(f"claim_agrees_{claim.agrees}")}
