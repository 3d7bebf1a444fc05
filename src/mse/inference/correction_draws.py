"""`correction_draws`: a corrected estimate whose interval holds the uncertainty of the correction's rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from mse.core.draw_findings import check_total, failed_draws, severity_of_variance
from mse.core.draws import Draws
from mse.core.estimate import Estimate, Part
from mse.core.estimator import Estimator
from mse.core.expected import ExpectedTable
from mse.core.finding import Finding, Severity
from mse.core.fit import Fit
from mse.core.intervals import check_level
from mse.core.margins import margins
from mse.core.sentence import Sentence
from mse.core.table import CaptureTable
from mse.errors import ModelError, TableError
from mse.inference.bca import Limits, percentile_limits
from mse.inference.linkage_correction import Linkage

__all__ = ["Correction", "correction_draws", "linkage_draws"]


class Correction(Protocol):
    """A correction of a table, by rates that may be uncertain: linkage, duplicates, over-coverage, referrals."""

    def drawn(self, table: Any, rng: np.random.Generator) -> Self:
        """The same correction with every rate drawn once."""
        ...

    def correct(self, table: Any) -> ExpectedTable:
        """Correct a table."""
        ...


@dataclass(frozen=True, eq=False)
class _Answer:
    """What is kept of one fit: seen and unseen by stratum, and the model."""

    observed: NDArray[np.float64]
    dark: NDArray[np.float64]
    model: str


@dataclass(frozen=True, eq=False)
class _Hand:
    """The table at hand as corrected with the rates themselves, and what the estimator makes of it."""

    table: ExpectedTable
    total: float
    dark: float

    def total_with(self, drawn: ExpectedTable, estimator: Estimator, seed: int) -> float | None:
        """Total of the table at hand with drawn rates; known rates leave it as it is, and it is not fitted again."""
        if np.array_equal(drawn.counts, self.table.counts):
            return self.total
        return estimator.fit(drawn, seed=seed).total


def correction_draws(
    table: CaptureTable,
    estimator: Estimator,
    corrections: Sequence[Correction],
    *,
    draws: int = 500,
    level: float = 0.95,
    by: Sequence[str] = (),
    seed: int = 1,
) -> Estimate:
    """Correct a table and estimate, again and again, with the rates drawn and the table drawn.

    Each draw takes a value of every uncertain rate, draws a table like the one at hand (the number seen first, then
    histories in observed proportions), corrects it with those values and fits the estimator. A second fit in each
    draw corrects the table at hand: the variance of those totals is that of the rates alone. Where all rates are known
    it is left out, as it would be the fit of the corrected table. A draw whose rates take more persons away than there
    are has no estimate.

    Parameters
    ----------
    table : CaptureTable
        The table as it was counted.
    estimator : Estimator
        An estimator of fixed terms, such as `LogLinear`: an expected table has no criterion to choose a model by.
    corrections : sequence
        `Linkage`, `Duplicates`, `OverCoverage` or `Referrals`, in the order in which they are made.
    draws : int
        Number of draws.
    level : float
        Level of the interval.
    by : sequence of str
        Covariates to split by.
    seed : int
        Draw r depends on the seed and r alone.

    Returns
    -------
    Estimate
        The corrected table's total with percentile limits, and the draws. A finding says which share of the variance
        is due to the rates.

    Raises
    ------
    mse.errors.TableError
        The table is no `CaptureTable`, or the level or number of draws is none.
    mse.errors.ModelError
        There is no correction, a rate or covariate is none, or the estimate is no number of persons that can be.
    """
    _check(table, corrections, draws, level, seed)
    corrected = _corrected(table, corrections)
    parts = margins(corrected.covariates, by) if by else ()
    fit = estimator.fit(corrected, seed=seed)
    names = [getattr(made, "origin", made) for made in _chain(corrected)]
    label = Sentence("method_corrected", {"model": fit.model, "corrections": names, "draws": draws})
    findings = [*_kept(fit), *_note(table, corrected)]
    if fit.total is None or fit.dark_figure is None:
        part = Part("total", round(corrected.n_observed), None, None, None)
        return Estimate((part,), level, "percentile", label, table.reference, tuple(findings))
    check_total(fit.total, fit.model)
    answers, alone = _repeat(table, estimator, corrections, _Hand(corrected, fit.total, fit.dark_figure), draws, seed)
    held = _draws(answers, corrected)
    if not hasattr(fit, "best"):
        findings.append(Finding("ignores_model_choice", Severity.WARNING, fit.model, {"model": fit.model}))
    findings += _findings(held, alone)
    rows = [_row("total", held, level, corrected.n_observed, fit.total)]
    point = _answer(fit, corrected)
    for margin in parts:
        seen, unseen = float(point.observed[margin.strata].sum()), float(point.dark[margin.strata].sum())
        rows.append(_row(margin.name, held.part(margin.levels), level, seen, seen + unseen, margin.levels))
    return Estimate(tuple(rows), level, "percentile", label, table.reference, tuple(findings), (), held)


def linkage_draws(
    table: CaptureTable,
    estimator: Estimator,
    *,
    missed: Any = None,
    false: Any = None,
    draws: int = 500,
    level: float = 0.95,
    by: Sequence[str] = (),
    seed: int = 1,
) -> Estimate:
    """Estimate from a table corrected for linkage error, with the uncertainty of the rates in the interval.

    Parameters
    ----------
    table, estimator, draws, level, by, seed
        As in `correction_draws`.
    missed, false
        As in `mse.inference.linkage_correction.correct_linkage`; give a rate with its standard error where it was
        estimated: ``missed=(0.05, 0.01)``, or ``missed=ErrorRate.counted(10, 200)``.

    Returns
    -------
    Estimate

    Raises
    ------
    mse.errors.TableError
        The table is no `CaptureTable`, or the level or number of draws is none.
    mse.errors.ModelError
        A rate is none, its list is not in the table, or the estimate is no number of persons that can be.

    Examples
    --------
    >>> import mse
    >>> table = mse.CaptureTable(["A", "B"], [[0, 348], [448, 552]])
    >>> estimate = linkage_draws(table, mse.LogLinear("[A][B]"), missed=(0.08, 0.02), draws=200)
    >>> round(estimate.total), estimate.lower < 1500 < estimate.upper
    (1500, True)
    """
    return correction_draws(table, estimator, [Linkage(missed, false)], draws=draws, level=level, by=by, seed=seed)


def _check(table: Any, corrections: Sequence[Correction], draws: int, level: float, seed: int) -> None:
    check_level(level)
    if not isinstance(table, CaptureTable):
        raise TableError(
            "Draws go back to the table as it was counted",
            got=type(table).__name__,
            hint="Give that table, and the corrections to make.",
        )
    if not corrections:
        raise ModelError("Draws of a corrected table need a correction", got="none", hint="Use mse.bootstrap.")
    for name, value, least in (("draws", draws, 2), ("seed", seed, 0)):
        if not isinstance(value, Integral) or isinstance(value, bool) or value < least:
            raise TableError(f"Draws take a whole number from {least} on for {name}", got=f"{name}={value}")


def _corrected(table: CaptureTable, corrections: Sequence[Correction]) -> ExpectedTable:
    made: Any = table
    for correction in corrections:
        made = correction.correct(made)
    assert isinstance(made, ExpectedTable)
    return made


def _possible(table: CaptureTable, corrections: Sequence[Correction]) -> ExpectedTable | None:
    """The table corrected; None where the drawn rates cannot be those of these counts: they take more away than is."""
    try:
        return _corrected(table, corrections)
    except TableError:
        return None


def _chain(table: ExpectedTable) -> list[ExpectedTable]:
    """A corrected table and those it was made from, first correction first."""
    chain: list[ExpectedTable] = []
    made: Any = table
    while isinstance(made, ExpectedTable):
        chain.insert(0, made)
        made = made.source
    return chain


def _repeat(
    table: CaptureTable,
    estimator: Estimator,
    corrections: Sequence[Correction],
    hand: _Hand,
    draws: int,
    seed: int,
) -> tuple[list[_Answer], NDArray[np.float64]]:
    """Answers on drawn tables with drawn rates, and totals of the table at hand with the same rates."""
    answers, alone = [], []
    for number in range(draws):
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(number,)))
        drawn = [correction.drawn(table, rng) for correction in corrections]
        with_rates = _possible(table, drawn)
        alone.append(None if with_rates is None else hand.total_with(with_rates, estimator, seed))
        fresh_table = table.with_counts(_draw(table, hand.dark, rng))
        fresh = _possible(fresh_table, drawn)
        if fresh is None:
            answers.append(_no_answer(fresh_table))
        else:
            answers.append(_answer(estimator.fit(fresh, seed=seed), fresh))
    return answers, np.array([np.nan if total is None else total for total in alone])


def _draw(table: CaptureTable, dark: float, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw the number seen, n* ~ Binomial(n + f₀, n / (n + f₀)), and spread it in the observed proportions."""
    n = table.n_observed
    whole = n + round(dark)
    seen = max(int(rng.binomial(whole, n / whole)), 1)
    return np.asarray(rng.multinomial(seen, table.counts.ravel() / n).reshape(table.counts.shape))


def _answer(fit: Fit, table: ExpectedTable) -> _Answer:
    if fit.dark_figure is None or fit.means is None:
        return _no_answer(table)
    unseen = (0,) * len(table.lists)
    return _Answer(_seen(table), np.asarray(fit.means[unseen], dtype=float).ravel(), fit.model)


def _no_answer(table: CaptureTable | ExpectedTable) -> _Answer:
    observed = _seen(table)
    return _Answer(observed, np.full(len(observed), np.nan), "")


def _seen(table: CaptureTable | ExpectedTable) -> NDArray[np.float64]:
    """Persons seen by stratum."""
    return np.asarray(table.counts.sum(axis=tuple(range(len(table.lists)))), dtype=float).ravel()


def _draws(answers: Sequence[_Answer], table: ExpectedTable) -> Draws:
    observed = np.array([answer.observed for answer in answers])
    dark = np.array([answer.dark for answer in answers])
    models = tuple(answer.model for answer in answers)
    whole = observed.sum(axis=1), dark.sum(axis=1), models
    if not table.covariates:
        return Draws(*whole)
    return Draws(*whole, covariates=table.covariates, observed_in=observed, dark_in=dark)


def _row(name: str, draws: Draws, level: float, observed: float, total: float, levels: Any = None) -> Part:
    """A part: persons seen as a whole number, and the rest of the total unseen."""
    limits = percentile_limits(draws, level) if draws.valid.any() else Limits(None, None, "percentile")
    seen = round(observed)
    return Part(name, seen, total - seen, limits.lower, limits.upper, levels or {})


def _kept(fit: Fit) -> list[Finding]:
    return [finding for finding in fit.findings if finding.code != "ignores_model_choice"]


def _note(table: CaptureTable, corrected: ExpectedTable) -> list[Finding]:
    values = {"counted": table.n_observed, "corrected": round(corrected.n_observed)}
    return [Finding("corrected_persons", Severity.NOTE, "correction", values)]


def _findings(draws: Draws, alone: NDArray[np.float64]) -> list[Finding]:
    found = failed_draws(draws, "correction")
    whole = float(np.var(draws.total, ddof=1)) if len(draws.total) > 1 else 0.0
    if whole > 0.0 and np.isfinite(alone).all():
        share = min(float(np.var(alone, ddof=1)) / whole, 1.0)
        found.append(Finding("variance_of_rates", severity_of_variance(share), "correction", {"share": share}))
    return found
