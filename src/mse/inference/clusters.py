"""What drawing whole cases changes: the variance of the total beside that of drawing persons."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from mse.core.cases import CaseCounts
from mse.core.finding import Finding, Severity

__all__ = ["BESIDE", "case_variance", "cases_not_drawn", "digest"]

BESIDE = 200
"""Replicates with persons that are made beside those with cases: they fix a variance to about a tenth."""

MUCH_MORE = 1.5
"""A variance so many times as large makes limits from persons misleading: they are a fifth too narrow."""


def case_variance(cases: NDArray[np.float64], persons: NDArray[np.float64]) -> Finding | None:
    """Compare the variances of the logarithm of the total; one far replicate does not decide them.

    Parameters
    ----------
    cases, persons : array of float
        Totals of replicates that draw cases, and of replicates that draw persons.

    Returns
    -------
    Finding or None
        None where one of them does not vary.
    """
    if len(cases) < 2 or len(persons) < 2:
        return None
    by_cases, by_persons = (float(np.var(np.log(totals), ddof=1)) for totals in (cases, persons))
    if not by_persons > 0.0:
        return None
    ratio = by_cases / by_persons
    severity = Severity.WARNING if ratio > MUCH_MORE else Severity.NOTE
    return Finding("case_variance", severity, "bootstrap", {"ratio": ratio, "replicates": len(persons)})


def cases_not_drawn(cases: CaseCounts | None) -> list[Finding]:
    """Say that persons were drawn one by one although some belong together."""
    if cases is None:
        return []
    sizes = cases.sizes
    together = int(sizes[sizes > 1].sum())
    if not together:
        return []
    values = {"share": together / cases.n_persons}
    return [Finding("cases_not_drawn", Severity.NOTE, "bootstrap", values)]


def digest(cases: CaseCounts) -> str:
    """Hash of the cases, for the key of a checkpoint."""
    found = hashlib.sha256()
    for values in (cases.case, cases.cell, cases.count):
        found.update(np.ascontiguousarray(values).tobytes())
    return found.hexdigest()
