"""`bootstrap`: repeat a whole estimator, the choice of a model included, on tables drawn like the one at hand."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from numbers import Integral
from typing import Any

import numpy as np

from mse.core.data import Data
from mse.core.draw_findings import check_total, failed_draws
from mse.core.draws import Draws
from mse.core.estimate import Estimate, Part
from mse.core.estimator import Estimator
from mse.core.finding import Finding, Severity
from mse.core.fit import Fit
from mse.core.intervals import check_level
from mse.core.margins import Margin, margins
from mse.core.resample import KINDS, sampler
from mse.core.sentence import Sentence
from mse.errors import ModelError, TableError, did_you_mean
from mse.inference.bca import Limits, bca_limits, percentile_limits
from mse.inference.checkpoint import Checkpoint
from mse.inference.clusters import BESIDE, case_variance, cases_not_drawn, digest
from mse.inference.parts import IN_THE_TAIL, drawn_together, parts_with_limits, parts_without_estimate
from mse.inference.replicate import Drawing, Replicate, by_stratum
from mse.inference.replicate import replicates as made_in_batches

__all__ = ["INTERVALS", "bootstrap"]

INTERVALS = ("percentile", "bca")

FEW_ON_BORDER = 0.01
"""A larger share of replicates that choose a model on the border is a warning and no longer a note."""


def bootstrap(
    estimator: Estimator,
    data: Data,
    *,
    replicates: int = 1000,
    kind: str = "nonparametric",
    interval: str = "percentile",
    level: float = 0.95,
    by: Sequence[str] = (),
    simultaneous: bool = False,
    fixed_n: bool = False,
    seed: int = 1,
    workers: int = 1,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: bool = False,
) -> Estimate:
    """Repeat an estimator on drawn tables and take the interval from the totals that it gives.

    The estimator is refitted whole. So a `Search` chooses its model anew in every replicate, and the interval holds
    the uncertainty of that choice; a `LogLinear` keeps its model, and the estimate says so.

    Parameters
    ----------
    estimator : Estimator
        `LogLinear`, `Search`, or anything with ``fit``.
    data : CaptureTable, PartialTable or CountTable
        The table at hand.
    replicates : int
        Number of tables drawn.
    kind : {"nonparametric", "parametric", "case"}
        "nonparametric" draws the number of persons seen, n* ~ Binomial(N̂, n/N̂), and spreads it in the observed
        proportions. "parametric" draws N̂ persons over the fitted cells, the unseen one included. "case" draws whole
        cases in the way that "nonparametric" draws persons: the number seen, of M cases of each size
        M* ~ Binomial(M N̂/n, n/N̂), and then cases until there are as many persons. It compares the variance with that
        of persons.
    interval : {"percentile", "bca"}
        Quantiles of the totals; or those corrected for bias and acceleration (Efron 1987), which needs a refit
        without each person in turn and is left for the quantiles, with a finding, where one of those refits chooses
        another model. Parts of the population have quantiles always.
    level : float
        Level of the interval, between 0 and 1.
    by : sequence of str
        Covariates whose levels split the population: each combination becomes a part of the estimate. Persons are then
        drawn part by part, so that a part has the same size in every draw, as it has in the population. In every draw
        parts add up to the total.
    simultaneous : bool
        Whether the limits of the parts hold all of them at once with the level, instead of each by itself (a sup-t band
        with quantiles, Montiel Olea and Plagborg-Møller 2019).
    fixed_n : bool
        Keep the number of persons seen as it is, as in Silverman, Chan and Vincent (2024); for comparison, since
        the interval is then too narrow. "nonparametric" only.
    seed : int
        Replicate r depends on the seed and r alone, so the numbers are the same for any number of workers.
    workers : int
        Processes at a time, through joblib: an active ``joblib.parallel_config`` decides what they are.
    checkpoint : path, optional
        File that keeps the replicates made so far. A bootstrap that was stopped goes on from there and gives the
        same numbers.
    progress : bool
        Whether long work shows a progress bar on a terminal.

    Returns
    -------
    Estimate
        The estimator's total with the interval; its `draws` hold every replicate and the model it chose. Findings
        say how many replicates have no estimate, how often each limit is a matter of few replicates, and how stable
        the choice of the model is.

    Raises
    ------
    mse.errors.TableError
        The level is not between 0 and 1, replicates or workers are below 1, or the seed is below 0.
    mse.errors.ModelError
        The kind or interval is not known, there is no such covariate, the model does not tell the unseen apart by its
        levels, the table carries no cases to draw, `fixed_n` goes with another draw than of persons, the estimate is no
        number of persons that can be, or the checkpoint belongs to another bootstrap.

    Examples
    --------
    >>> import mse
    >>> table = mse.datasets.load("spina_bifida_621")
    >>> estimate = mse.bootstrap(mse.Search(), table, replicates=200, seed=1)
    >>> len(estimate.draws), estimate.interval
    (200, 'percentile')
    >>> bool(estimate.lower < estimate.total < estimate.upper)
    True
    """
    _check(replicates, kind, interval, level, fixed_n, seed, workers)
    cut = margins(data.covariates, by) if by else ()
    if simultaneous and not cut:
        raise ModelError("A simultaneous band is one of parts", got="no parts", hint="Say by=['year'], for example.")
    fit = estimator.fit(data, seed=seed)
    label = Sentence(f"method_bootstrap_{kind}", {"replicates": replicates, "model": fit.model})
    if fit.total is None:
        return Estimate(parts_without_estimate(data, cut), level, interval, label, data.reference, fit.findings)
    repeated = _Repeated(estimator, data, fit, cut, fixed_n, seed, workers, progress)
    made = repeated.made(kind, replicates, checkpoint)
    draws = _draws(made, data)
    limits = _limits(interval, fit, draws, repeated.ready, data, level)
    whole = Part("total", data.n_observed, fit.dark_figure, limits.lower, limits.upper)
    findings = [*_kept(fit), *limits.findings, *_findings(fit, made, draws, limits, level, fixed_n, repeated.ready)]
    parts: list[Part] = []
    if repeated.strata is not None and cut:
        parts, said = parts_with_limits(repeated.strata, cut, draws, level, simultaneous)
        findings += [*said, *drawn_together(data, cut, kind)]
        if interval == "bca":
            findings.append(Finding("parts_percentile", Severity.NOTE, "parts"))
    findings += (
        repeated.on_cases(draws, checkpoint) if kind == "case" else cases_not_drawn(getattr(data, "cases", None))
    )
    ranges = getattr(fit, "ranges", ())
    return Estimate((whole, *parts), level, limits.kind, label, data.reference, tuple(findings), ranges, draws)


class _Repeated:
    """An estimator with its fit to the table at hand, ready to be repeated on draws of either kind."""

    def __init__(
        self,
        estimator: Estimator,
        data: Data,
        fit: Fit,
        cut: Sequence[Margin],
        fixed_n: bool,
        seed: int,
        workers: int,
        progress: bool,
    ) -> None:
        assert fit.total is not None
        check_total(fit.total, fit.model)
        self.strata = by_stratum(fit, data) if data.covariates else None
        if cut and self.strata is None:
            raise ModelError(
                "An estimate by part needs a model of all strata",
                got=f"{fit.model} without a number unseen for each stratum",
            )
        self.ready = estimator.repeater(fit) if hasattr(estimator, "repeater") else estimator
        self.estimator, self.data, self.fit, self.total, self.cut = estimator, data, fit, fit.total, cut
        self.fixed_n, self.seed, self.workers, self.progress = fixed_n, seed, workers, progress

    def made(self, kind: str, wanted: int, path: str | os.PathLike[str] | None) -> list[Replicate]:
        """Make replicates, or read those that a checkpoint holds and make the others."""
        groups = [part.strata for part in self.cut]
        drawn = sampler(self.data, kind, total=self.total, means=self.fit.means, fixed_n=self.fixed_n, groups=groups)
        drawing = Drawing(
            self.ready, self.data, drawn, self.seed, 0 if self.strata is None else len(self.strata.unseen)
        )
        return _make(drawing, wanted, self.workers, Checkpoint(path, self._key(kind)), self.progress)

    def on_cases(self, draws: Draws, checkpoint: str | os.PathLike[str] | None) -> list[Finding]:
        """Draw persons beside the cases, and compare the variances."""
        path = None if checkpoint is None else f"{os.fspath(checkpoint)}.persons"
        persons = _draws(self.made("nonparametric", min(len(draws), BESIDE), path), self.data)
        found = case_variance(draws.total, persons.total)
        return [found] if found else []

    def _key(self, kind: str) -> dict[str, Any]:
        from importlib.metadata import version

        cases = getattr(self.data, "cases", None) if kind == "case" else None
        return {
            "estimator": repr(self.estimator),
            "fingerprint": self.data.fingerprint,
            "kind": kind,
            "fixed_n": self.fixed_n,
            "seed": self.seed,
            "by": [dict(part.levels) for part in self.cut],
            "cases": cases and digest(cases),
            "mse": version("multiple-systems-estimation"),
        }


def _check(replicates: int, kind: str, interval: str, level: float, fixed_n: bool, seed: int, workers: int) -> None:
    check_level(level)
    for name, value, least in (("replicates", replicates, 1), ("workers", workers, 1), ("seed", seed, 0)):
        if not isinstance(value, Integral) or isinstance(value, bool) or value < least:
            raise TableError(f"A bootstrap takes a whole number from {least} on for {name}", got=f"{name}={value}")
    for what, given, options in (("bootstrap of kind", kind, KINDS), ("bootstrap interval", interval, INTERVALS)):
        if given not in options:
            raise ModelError(f"There is no {what} {given!r}", hint=did_you_mean(str(given), options))
    if fixed_n and kind != "nonparametric":
        raise ModelError("Only a nonparametric bootstrap can keep the number seen", got=f"fixed_n with kind='{kind}'")


def _draws(made: Sequence[Replicate], data: Data) -> Draws:
    observed, dark = np.array([r.observed for r in made], dtype=float), np.array([r.dark_figure for r in made])
    whole = Draws(observed, dark, tuple(r.model for r in made))
    if made[0].observed_in is None:
        return whole
    seen, unseen = np.array([r.observed_in for r in made], dtype=float), np.array([r.dark_in for r in made])
    return replace(whole, covariates=data.covariates, observed_in=seen, dark_in=unseen)


def _make(drawing: Drawing, wanted: int, workers: int, checkpoint: Checkpoint, progress: bool) -> list[Replicate]:
    from mse.models.progress import bar

    made = checkpoint.load()[:wanted]
    with bar("bootstrap", wanted, progress) as advance:
        if advance is not None:
            advance(len(made))
        for batch in made_in_batches(drawing, len(made), wanted, workers):
            made += batch
            checkpoint.save(made)
            if advance is not None:
                advance(len(batch))
    return made


def _limits(interval: str, fit: Fit, draws: Draws, ready: Any, data: Data, level: float) -> Limits:
    if not draws.valid.any():
        return Limits(None, None, interval)
    if interval == "bca":
        return bca_limits(fit, draws, ready, data, level)
    return percentile_limits(draws, level)


def _kept(fit: Fit) -> tuple[Finding, ...]:
    """Findings of the fit that still hold of the whole procedure."""
    return tuple(finding for finding in fit.findings if finding.code != "ignores_model_choice")


def _findings(
    fit: Fit, made: Sequence[Replicate], draws: Draws, limits: Limits, level: float, fixed_n: bool, ready: Any
) -> list[Finding]:
    subject = "bootstrap"
    found = []
    if not hasattr(fit, "best"):
        found.append(Finding("ignores_model_choice", Severity.WARNING, fit.model, {"model": fit.model}))
    else:
        found.append(_stability(fit, draws))
    found += failed_draws(draws, subject)
    if fixed_n:
        found.append(Finding("fixed_n", Severity.WARNING, subject))
    if len(made) * (1.0 - level) / 2.0 < IN_THE_TAIL:
        needed = int(np.ceil(2.0 * IN_THE_TAIL / (1.0 - level)))
        values: dict[str, float] = {"replicates": len(made), "needed": needed, "least": IN_THE_TAIL}
        found.append(Finding("few_replicates", Severity.WARNING, subject, values))
    found += _collapse(fit, draws, limits)
    border = sum(replicate.on_border for replicate in made)
    if getattr(ready, "core", None) is not None:
        severity = Severity.WARNING if border > FEW_ON_BORDER * len(made) else Severity.NOTE
        values = {"share": border / len(made), "models": len(ready.models), "core": len(ready.core)}
        found.append(Finding("border", severity, subject, values))
    return found


def _stability(fit: Fit, draws: Draws) -> Finding:
    """How often the replicates choose the model that the table itself chose."""
    chosen = [model for model in draws.model if model]
    again = sum(model == fit.model for model in chosen) / len(draws)
    values = {"model": fit.model, "share": again, "models": len(set(chosen))}
    return Finding("choice_in_replicates", Severity.NOTE, fit.model, values)


def _collapse(fit: Fit, draws: Draws, limits: Limits) -> list[Finding]:
    """Limits that coincide, lie at the most extreme replicate, or do not hold the estimate between them."""
    lower, upper = limits.lower, limits.upper
    if lower is None or upper is None or fit.total is None:
        return []
    values = {"lower": lower, "upper": upper, "total": fit.total}
    if upper - lower <= 1e-9 * upper:
        return [Finding("limits_collapsed", Severity.WARNING, "bootstrap", values)]
    if not lower <= fit.total <= upper:
        return [Finding("estimate_outside_limits", Severity.WARNING, "bootstrap", values)]
    if len(draws.total) > 1 and (lower <= draws.total.min() or upper >= draws.total.max()):
        return [Finding("limit_at_extreme", Severity.WARNING, "bootstrap", values)]
    return []
