"""What a reader must know of a search: how far its models agree, and what it did not look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mse.core.finding import Finding, Severity
from mse.core.terms import Generators
from mse.messages import rounded

if TYPE_CHECKING:
    from mse.core.ensemble import EnsembleFit

__all__ = ["SPREAD", "search_findings"]

SPREAD = 1.5
"""Rivals whose totals span more than this factor leave no single estimate."""

NOTICEABLE = 1.1
"""Two best models whose totals differ by more than this factor are two answers, not two descriptions of one."""


def search_findings(fit: EnsembleFit) -> tuple[Finding, ...]:
    """What limits the answer of a search, the findings of its best model among them."""
    if fit.best is None:
        nothing = Finding("no_model_has_an_estimate", Severity.BLOCKING, fit.label, {"models": fit.n_models})
        return (*fit.table.findings, nothing)
    found = [*_disagreement(fit), *fit.extra_findings, *fit.best.findings, *_narrowed(fit), *_scope(fit)]
    found += _other_counting(fit)
    share = fit.proved.unproved_weight / (fit.proved.density.total + fit.proved.unproved_weight)
    if fit.rivals.n_unproved and share > 0.0:
        values = {"share": share, "models": fit.rivals.n_unproved}
        found.append(Finding("unproved", Severity.NOTE, fit.label, values))
    return tuple(dict.fromkeys(found))


def _disagreement(fit: EnsembleFit) -> list[Finding]:
    span = fit.rival_range()
    if span is None or span[1] <= SPREAD * span[0]:
        return []
    severity = Severity.BLOCKING if fit.criterion == "bic" else Severity.WARNING
    values = {
        "lower": span[0], "upper": span[1], "factor": span[1] / span[0], "order": fit.scope,
        "criterion": fit.criterion.upper(),
    }  # fmt: skip
    return [Finding("rivals_disagree", severity, fit.label, values)]


def _narrowed(fit: EnsembleFit) -> list[Finding]:
    """With covariates: what the interval owes to pairs that were left out, and terms beyond the scope."""
    from mse.core.stratified_fit import StratifiedFit

    if not isinstance(fit.best, StratifiedFit):
        return []
    from mse.core.beyond_scope import scope_findings
    from mse.core.left_out import left_out_findings

    barred: frozenset[frozenset[str]] = frozenset()
    if fit.spec.forbidden is not None:
        known = Generators.parse(fit.spec.forbidden, fit.table.lists, tuple(fit.table.covariates))
        barred = frozenset(frozenset(term) for term in known.generators)
    return [*left_out_findings(fit.best, barred), *scope_findings(fit.best, fit.scope)]


def _scope(fit: EnsembleFit) -> list[Finding]:
    """Larger terms than those that were searched."""
    k, others = len(fit.table.lists), len(fit.table.covariates)
    if fit.scope >= k - 1 + others:
        return []
    if others:
        return [Finding("scope_covariates", Severity.NOTE, fit.label, {"order": fit.scope})]
    return [Finding("scope", Severity.NOTE, fit.label, {"order": fit.scope, "lists": k})]


def _other_counting(fit: EnsembleFit) -> list[Finding]:
    """What the other way to count terms at −∞ changes: a warning for another answer, nothing for the same total."""
    if fit.best is None or fit.best.total is None or fit.alternative is None or fit.alternative.total is None:
        return []
    low, high = sorted((fit.best.total, fit.alternative.total))
    if rounded(low) == rounded(high):
        return []
    severity = Severity.WARNING if high > NOTICEABLE * low else Severity.NOTE
    values = {
        "model": fit.best.model, "total": fit.best.total, "other": fit.alternative.model,
        "other_total": fit.alternative.total,
    }  # fmt: skip
    code = "infinite_counted" if fit.spec.count_infinite else "infinite_not_counted"
    return [Finding(code, severity, fit.label, values)]
