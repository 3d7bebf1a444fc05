"""What a reader must know of one fitted model of lists and covariates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mse.core.estimate import Part
from mse.core.finding import Finding, Severity
from mse.core.fit import FitStatus
from mse.core.margins import Margin
from mse.core.partial_fit import PartialFit
from mse.core.point_fit import THIN

if TYPE_CHECKING:
    from mse.core.stratified_fit import StratifiedFit

__all__ = ["DIFFERENT", "fit_findings", "part_findings"]

DIFFERENT = 0.01
"""A fitted number of persons seen that differs by more than this share from the number seen is a finding."""

_NAMED = 4
"""So many combinations, strata or terms are named; the others are counted."""

_NEGLIGIBLE = 1e-7
"""Slopes below this share of the largest entry of a ray are none."""


def fit_findings(fit: StratifiedFit) -> Iterator[Finding]:
    """Why there is no estimate, empty combinations, thin terms."""
    if fit.status is not FitStatus.OK:
        yield from _no_estimate(fit)
    numbers = fit.numbers
    if numbers.gone.any() and fit.n_infinite:
        empty = fit.design.empty_margins(fit.counts, numbers.keep | numbers.gone)
        values = {"terms": empty[:_NAMED], "more": max(len(empty) - _NAMED, 0), "n": fit.n_infinite}
        yield _finding(fit, "strata_infinite", Severity.NOTE, **values)
    if fit.status is FitStatus.OK:
        yield from _thin_terms(fit)


def part_findings(fit: StratifiedFit, parts: Sequence[Part], cut: Sequence[Margin]) -> Iterator[Finding]:
    """What limits an estimate, and parts whose margin the model does not hold."""
    if fit.total is None:
        return
    yield _finding(fit, "ignores_model_choice", Severity.WARNING)
    whole = parts[0]
    if not fit.has_limits:
        yield _finding(fit, "expected_no_limits", Severity.WARNING)
    elif (whole.lower, whole.upper) == (None, None):
        yield _finding(fit, "limits_not_computed", Severity.WARNING)
    elif whole.upper is None:
        yield _finding(fit, "no_upper_limit", Severity.WARNING)
    elsewhere = [
        margin.name.replace(", ", "/")
        for margin in cut
        if abs(fit.fitted_seen(margin) - fit.seen(margin.strata)) > DIFFERENT * max(fit.seen(margin.strata), 1.0)
    ]
    if elsewhere:
        values = {"parts": elsewhere[:_NAMED], "n": len(elsewhere), "all": len(cut), "share": DIFFERENT}
        yield _finding(fit, "strata_fitted_differs", Severity.WARNING, **values)


def _thin_terms(fit: StratifiedFit) -> Iterator[Finding]:
    for mask in fit.generators.top:
        if fit.lists_in(mask) < 2 and not fit.captures(mask):
            continue
        persons = fit.design.margin_of(fit.counts, mask)
        thin = persons[(persons > 0) & (persons < THIN)]
        if len(thin):
            values = {"term": fit.generators.label(mask), "persons": int(thin.min())}
            if len(persons) == 1:
                yield _finding(fit, "thin_term", Severity.WARNING, **values)
            else:
                yield _finding(fit, "strata_thin_term", Severity.WARNING, **values, n=len(thin), all=len(persons))


def _no_estimate(fit: StratifiedFit) -> Iterator[Finding]:
    numbers = fit.numbers
    if not fit.existence.exists:
        yield _certificate(fit)
    elif isinstance(numbers, PartialFit) and not numbers.exists:
        terms = [fit.design.labels[column] for column in np.flatnonzero(numbers.on_border)]
        yield _finding(fit, "partial_on_border", Severity.BLOCKING, terms=terms[: 2 * _NAMED])
    if not fit.existence.identified:
        untold = [_stratum(fit, place) for place in fit.existence.untold[:_NAMED]]
        yield _finding(fit, "strata_not_identified", Severity.BLOCKING, strata=untold)
    if fit.status is FitStatus.NOT_CONVERGED:
        yield _finding(fit, "not_converged", Severity.BLOCKING, iterations=fit.kernel.iterations)


def _certificate(fit: StratifiedFit) -> Finding:
    """The ray along which the likelihood grows: its cells, its parameters, and where the unseen go."""
    ray, design = fit.existence.ray, fit.design
    if ray is None:
        return _finding(fit, "existence_undecided", Severity.BLOCKING)
    first = design.blocks.columns[:, : int(design.blocks.starts[1])]
    slope = first @ ray[: first.shape[1]]
    slope[np.abs(slope) < _NEGLIGIBLE * max(1.0, float(np.abs(ray).max()))] = 0.0
    way = "infinite" if (slope < 0.0).any() else "zero" if (slope > 0.0).any() else "elsewhere"
    empty = fit.existence.empty
    terms = [design.labels[column] for column in np.flatnonzero(ray) if design.term_of[column]]
    largest = max(fit.generators.top, key=lambda mask: mask.bit_count())
    return _finding(
        fit,
        f"no_estimate_{way}",
        Severity.BLOCKING,
        cells=[_cell(fit, stratum, int(mask)) for stratum, mask in empty[:_NAMED]],
        terms=terms[: 2 * _NAMED],
        more=max(len(empty) - _NAMED, 0),
        term=fit.generators.label(largest),
    )


def _stratum(fit: StratifiedFit, place: int) -> str:
    """A stratum in words: its levels."""
    levels = tuple(fit.table.covariates.values())
    index = np.unravel_index(place, tuple(map(len, levels)))
    return "/".join(str(names[i]) for names, i in zip(levels, index, strict=True))


def _cell(fit: StratifiedFit, stratum: int, mask: int) -> str:
    """A combination of lists in a stratum, in words."""
    k = len(fit.table.lists)
    on = "+".join(name for axis, name in enumerate(fit.table.lists) if mask >> (k - 1 - axis) & 1)
    return f"{on} ({_stratum(fit, stratum)})"


def _finding(fit: StratifiedFit, code: str, severity: Severity, **values: Any) -> Finding:
    return Finding(code, severity, fit.model, {"model": fit.model, **values})
