"""A family without a further parameter, fitted to how often persons were seen, with tests of what it leaves out."""

from __future__ import annotations

import numpy as np

from mse.core.counts import CountTable
from mse.core.finding import Finding, Severity
from mse.core.fit import FitStatus
from mse.kernels.profile import ProfileLimits
from mse.kernels.truncated import Family
from mse.kernels.truncated_newton import TruncatedFit
from mse.kernels.truncated_profile import truncated_limits
from mse.kernels.truncated_tests import more_ones, over_dispersion
from mse.models.counted import Floats, Numbers, Predictor, by_strata, fit_family, numbers_of, without_estimate

__all__ = ["SIGNIFICANT", "regression", "score_findings", "whole_limits", "why_not"]

SIGNIFICANT = 0.05
"""Score tests with a smaller p-value give a warning."""


def regression(
    counts: Floats, predictor: Predictor, family: Family, *, dispersion: bool = False, ones: bool = True
) -> Numbers:
    """Fit a family.

    Parameters
    ----------
    counts : array of float, shape (times, strata)
        Persons by number of times and stratum.
    predictor : Predictor
    family : Family
    dispersion, ones : bool
        Whether to test for over-dispersion (of a Poisson), and for too many or too few persons seen once.
    """
    fit = fit_family(counts, family, predictor)
    if isinstance(fit, FitStatus):
        return without_estimate(fit, predictor, why_not(counts, fit))
    findings = score_findings(counts, family, fit, predictor, dispersion=dispersion, ones=ones)
    return numbers_of(counts, family, fit, predictor, findings=findings)


def score_findings(
    counts: Floats, family: Family, fit: TruncatedFit, predictor: Predictor, *, dispersion: bool, ones: bool
) -> tuple[Finding, ...]:
    """Findings of the score tests that reject."""
    found = []
    if dispersion:
        _, p = over_dispersion(counts, predictor.columns, fit.eta)
        if p < SIGNIFICANT:
            found.append(Finding("counts_over_dispersed", Severity.WARNING, "table", {"p": float(p)}))
    if ones:
        _, p = more_ones(family, counts, predictor.columns, fit.eta)
        if p < SIGNIFICANT:
            found.append(Finding("counts_more_ones", Severity.WARNING, "table", {"p": float(p)}))
        if 1.0 - p < SIGNIFICANT:
            found.append(Finding("counts_fewer_ones", Severity.WARNING, "table", {"p": float(1.0 - p)}))
    return tuple(found)


def why_not(counts: Floats, status: FitStatus) -> Finding | None:
    """The plainest reason for a missing estimate: nobody was seen again."""
    if status is FitStatus.NO_MLE and not counts[1:].any():
        return Finding("counts_seen_once", Severity.BLOCKING, "table")
    return None


def whole_limits(
    family: Family, table: CountTable, unseen: float, drop: float, *, free_ones: bool = False
) -> ProfileLimits | None:
    """Profile limits of the number unseen where one distribution holds for all persons."""
    counts = np.asarray(by_strata(table).sum(axis=1))
    return truncated_limits(family, counts, unseen, drop, free_ones=free_ones)
