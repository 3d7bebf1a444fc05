"""Terms just outside the scope of a search that the data ask for: score tests on the model chosen.

A search over pairs cannot find that a list comes and goes in one group of one year ([P year form]). What it leaves out
goes into the number unseen, and no interval around the chosen model holds that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mse.core.finding import Finding, Severity
from mse.core.strata_design import StrataDesign
from mse.core.terms import Generators
from mse.kernels.lattice import faces, interactions

if TYPE_CHECKING:
    from mse.core.stratified_fit import StratifiedFit

__all__ = ["SURE", "Beyond", "beyond_scope", "scope_findings"]

SURE = 1e-3
"""Corrected p-value below which data ask for a term: one false warning in a thousand searches that need none."""

_NAMED = 4
"""So many terms are named, the most needed first."""


class Beyond(NamedTuple):
    """One term outside the scope.

    Attributes
    ----------
    term : str
    statistic : float
        Score test of the term added to the model, χ² (Rao 1948).
    df : int
    p_value : float
        Its p-value times the number of terms tested, at most 1 (Bonferroni).
    """

    term: str
    statistic: float
    df: int
    p_value: float


def beyond_scope(fit: StratifiedFit, scope: int) -> tuple[Beyond, ...]:
    """Test the terms that a search would look at next if its scope were one larger.

    Parameters
    ----------
    fit : StratifiedFit
        The model chosen, with an estimate.
    scope : int
        Largest number of lists and covariates in a term of the search.

    Returns
    -------
    tuple of Beyond
        Terms of lists and covariates together whose parts are all in the model, the most needed first.

    Examples
    --------
    >>> import mse
    >>> counts = [[[[0, 0], [0, 0]], [[40, 90], [90, 40]]], [[[90, 40], [40, 90]], [[25, 25], [25, 25]]]]
    >>> table = mse.CaptureTable(["A", "B"], counts, {"year": (2018, 2019), "form": ("SU", "AU")})
    >>> fit = mse.LogLinear("[A year][A form][B year][B form][year form]").fit(table)
    >>> beyond_scope(fit, 2)[0].p_value < 0.001
    True
    """
    from scipy.special import chdtrc

    from mse.kernels.strata import score_tests

    held = set(map(int, fit.generators.masks))
    every = (1 << len(fit.table.lists)) - 1
    masks = [
        mask
        for mask in map(int, interactions(len(fit.generators.names_all), scope + 1))
        if mask.bit_count() == scope + 1 and 0 < mask & every < mask and mask & every != every
        if held.issuperset(faces(mask))
    ]
    if not masks or fit.total is None:
        return ()
    columns = [_columns(fit, mask) for mask in masks]
    numbers = fit.numbers
    statistic, df = score_tests(fit.counts, numbers.keep, numbers.gone, fit.design.blocks, fit.kernel, columns)
    p_values = np.minimum(len(masks) * np.where(df > 0, chdtrc(np.maximum(df, 1), statistic), 1.0), 1.0)
    found = [
        Beyond(fit.generators.label(mask), float(value), int(free), float(p))
        for mask, value, free, p in zip(masks, statistic, df, p_values, strict=True)
    ]
    return tuple(sorted(found, key=lambda one: (one.p_value, -one.statistic)))


def scope_findings(fit: StratifiedFit, scope: int) -> tuple[Finding, ...]:
    """Warn where the data ask for terms that a search did not look at.

    Parameters
    ----------
    fit : StratifiedFit
        The model chosen.
    scope : int
        Largest number of lists and covariates in a term of the search.

    Returns
    -------
    tuple of Finding
        At most one warning: beyond_scope.

    Examples
    --------
    >>> import mse
    >>> counts = [[[[0, 0], [0, 0]], [[40, 90], [90, 40]]], [[[90, 40], [40, 90]], [[25, 25], [25, 25]]]]
    >>> table = mse.CaptureTable(["A", "B"], counts, {"year": (2018, 2019), "form": ("SU", "AU")})
    >>> fit = mse.LogLinear("[A year][A form][B year][B form][year form]").fit(table)
    >>> [finding.values["terms"] for finding in scope_findings(fit, 2)]
    [['[A year form]', '[B year form]']]
    """
    asked = [one.term for one in beyond_scope(fit, scope) if one.p_value < SURE]
    if not asked:
        return ()
    values = {"order": scope, "terms": asked[:_NAMED]}
    return (Finding("beyond_scope", Severity.WARNING, fit.model, values),)


def _columns(fit: StratifiedFit, mask: int) -> tuple[int, np.ndarray[tuple[int, int], np.dtype[np.float64]]]:
    """List part of a term, and its columns over the strata."""
    lists, covariates = fit.table.lists, fit.table.covariates
    coding = dict(fit.spec.coding)
    design = StrataDesign.of(lists, covariates, Generators(lists, (mask,), tuple(covariates)), coding)
    at = np.flatnonzero(design.term_of == mask)
    return mask & ((1 << len(lists)) - 1), np.ascontiguousarray(design.blocks.columns[:, at])
