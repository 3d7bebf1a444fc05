"""`combine_linkage`: estimates from several linkages of the same records, as one estimate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mse.core.draw_findings import severity_of_variance
from mse.core.draws import Draws
from mse.core.estimate import Estimate, Part
from mse.core.finding import Finding, Severity
from mse.core.intervals import check_level
from mse.core.sentence import Sentence
from mse.errors import ModelError, ReferenceError
from mse.inference.bca import Limits, percentile_limits

__all__ = ["combine_linkage", "total_variance"]

Array = NDArray[np.float64]


def total_variance(totals: Array, variances: Array, weight: Array) -> tuple[float, float]:
    """Mean variance within linkages, and variance of the totals between them; they add up to the total variance.

    Between is Σ w (N − N̄)² / (1 − Σ w²): with equal weights the usual one, with divisor m − 1.

    Parameters
    ----------
    totals, variances : array of float
        Total of each linkage and its variance.
    weight : array of float
        Weights with sum 1.

    Examples
    --------
    >>> total_variance(np.array([10.0, 12.0]), np.array([4.0, 6.0]), np.array([0.5, 0.5]))
    (5.0, 2.0)
    """
    mean = weight @ totals
    left = 1.0 - float(weight @ weight)
    between = float(weight @ (totals - mean) ** 2) / left if left > 0.0 else 0.0
    return float(weight @ variances), between


def combine_linkage(
    estimates: Sequence[Estimate], *, weights: Sequence[float] | None = None, level: float | None = None
) -> Estimate:
    """Combine one estimate for each linkage of the same records.

    The linkages are draws from a posterior of links (Tancredi and Liseo 2011; Sadinle 2018), or clusters at several
    thresholds, weighted by how likely each is held. The total is the mean; its variance is E V + V E, the mean of
    the variances plus the variance of the means. Where all estimates carry draws, those are pooled and limits are
    quantiles; elsewhere limits are lognormal with the total variance.

    Parameters
    ----------
    estimates : sequence of Estimate
        Two or more, each from the table of one linkage: ``[mse.bootstrap(model, table) for table in tables]``.
    weights : sequence of float, optional
        Weight of each linkage; equal where not given.
    level : float, optional
        Level of the interval; that of the estimates where not given.

    Returns
    -------
    Estimate
        A finding says which share of the variance is due to the linkage.

    Raises
    ------
    mse.errors.ModelError
        There are fewer than two estimates, none has a total, one has neither draws nor limits, or weights do not fit.
    mse.errors.ReferenceError
        The estimates are not about the same.

    Examples
    --------
    >>> import mse
    >>> tables = [mse.CaptureTable(["A", "B"], [[0, 300 - x], [400 - x, 60 + x]]) for x in (-3, 0, 4)]
    >>> both = combine_linkage([mse.LogLinear("[A][B]").fit(table).estimate() for table in tables])
    >>> round(both.total), round(both.lower), round(both.upper)
    (2751, 2154, 3513)
    >>> print(both.findings[-1])
    Of the variance of the total 21.3% is due to the linkage: it differs between linkages of the same records.
    """
    weight = _weights(estimates, weights)
    level = estimates[0].level if level is None else level
    check_level(level)
    if len({estimate.reference for estimate in estimates}) > 1:
        raise ReferenceError("Linkages of the same records have one reference", got="different ones")
    usable = np.array([estimate.total is not None for estimate in estimates])
    if not usable.any():
        raise ModelError("Combining needs an estimate of at least one linkage", got="none")
    kept = [estimate for estimate, good in zip(estimates, usable, strict=True) if good]
    weight = weight[usable] / weight[usable].sum()
    totals = np.array([float(estimate.total or 0.0) for estimate in kept])
    within, between = total_variance(totals, np.array([_variance(estimate) for estimate in kept]), weight)
    total = float(weight @ totals)
    observed = round(float(weight @ np.array([estimate.n_observed for estimate in kept])))
    pooled = _pooled(kept, weight)
    limits = _lognormal(total, within + between, level) if pooled is None else percentile_limits(pooled, level)
    findings = [finding for estimate in kept for finding in estimate.findings]
    share = between / (within + between) if within + between > 0.0 else 0.0
    if not usable.all():
        values = {"failed": int((~usable).sum()), "linkages": len(usable)}
        findings.append(Finding("linkage_no_estimate", Severity.WARNING, "linkage", values))
    findings.append(Finding("variance_of_linkage", severity_of_variance(share), "linkage", {"share": share}))
    label = Sentence("method_linkages", {"linkages": len(kept), "method": kept[0].method})
    part = Part("total", observed, total - observed, limits.lower, limits.upper)
    ranges = tuple(dict.fromkeys(span for estimate in kept for span in estimate.ranges))
    return Estimate((part,), level, limits.kind, label, kept[0].reference, tuple(findings), ranges, pooled)


def _weights(estimates: Sequence[Estimate], weights: Sequence[float] | None) -> Array:
    if len(estimates) < 2:
        raise ModelError("Combining linkages needs at least two estimates", got=str(len(estimates)))
    if weights is None:
        return np.full(len(estimates), 1.0 / len(estimates))
    weight = np.asarray(weights, dtype=float)
    if weight.shape != (len(estimates),) or not np.isfinite(weight).all() or (weight < 0.0).any() or not weight.any():
        raise ModelError(
            "Weights are one number of 0 or more for each linkage, not all 0", got=f"{len(weight)} weights"
        )
    return np.asarray(weight / weight.sum())


def _variance(estimate: Estimate) -> float:
    """Variance of a total: that of its draws, or the one that its limits have when the dark figure is lognormal."""
    from scipy.special import ndtri

    if estimate.draws is not None and len(estimate.draws.total) > 1:
        total, weight = estimate.draws.total, estimate.draws.valid_weight
        return float(np.cov(total, aweights=weight, ddof=1 if weight is None else 0))
    if estimate.lower is None or estimate.upper is None or estimate.dark_figure is None:
        raise ModelError(
            "Every estimate needs draws or two limits to combine it",
            got="one without",
            hint="Estimate each linkage with mse.bootstrap.",
        )
    lower, upper = estimate.lower - estimate.n_observed, estimate.upper - estimate.n_observed
    half = float(ndtri(0.5 + estimate.level / 2.0))
    if lower <= 0.0:
        return ((estimate.upper - estimate.lower) / (2.0 * half)) ** 2
    spread = np.log(upper / lower) / (2.0 * half)
    return float(estimate.dark_figure**2 * np.expm1(spread**2))


def _pooled(estimates: Sequence[Estimate], weight: Array) -> Draws | None:
    """The draws of all linkages as one mixture; None where an estimate has none."""
    held: list[Any] = [estimate.draws for estimate in estimates]
    if any(draws is None or not len(draws.total) for draws in held):
        return None
    shares = []
    for draws, share in zip(held, weight, strict=True):
        own = draws.valid_weight
        full = np.zeros(len(draws))
        full[draws.valid] = share * (np.full(len(draws.total), 1.0 / len(draws.total)) if own is None else own)
        shares.append(full)
    models = tuple(name for draws in held for name in draws.model)
    return Draws(
        np.concatenate([draws.observed for draws in held]),
        np.concatenate([draws.dark_figure for draws in held]),
        models,
        np.concatenate(shares),
    )


def _lognormal(total: float, variance: float, level: float) -> Limits:
    """Limits of a total that is lognormal: persons seen differ between linkages, so they set no bound."""
    from scipy.special import ndtri

    factor = float(np.exp(ndtri(0.5 + level / 2.0) * np.sqrt(np.log1p(variance / total**2))))
    return Limits(total / factor, total * factor, "lognormal")
