"""`run_scenarios`: fit every scenario, in parallel, with a checkpoint; one that stops says why."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from numbers import Integral
from typing import Any

from mse.core.finding import Finding
from mse.core.intervals import check_level
from mse.core.sentence import Sentence, Text
from mse.errors import ModelError, TableError, reason
from mse.sensitivity.result import Sensitivity
from mse.sensitivity.scenario import STOPPED, Outcome, Scenario
from mse.sensitivity.stored import Stored

__all__ = ["as_it_is", "run_scenarios"]


def run_scenarios(
    title: Text,
    base: Scenario,
    scenarios: Sequence[Scenario],
    *,
    axis: Text | None = None,
    logarithmic: bool = False,
    level: float = 0.95,
    seed: int | None = None,
    workers: int = 1,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: bool = False,
) -> Sensitivity:
    """Fit a base and scenarios of any kind.

    Parameters
    ----------
    title : Text
        What is changed, in every language.
    base : Scenario
        The estimator and the table as they are.
    scenarios : sequence of Scenario
        What could have been otherwise. No two have the same label.
    axis : Text, optional
        What `at` of the scenarios is, where they are points of a curve.
    logarithmic : bool
        Whether that axis is one of ratios.
    level : float
        Level of the intervals, each of the kind that is the default of its method.
    seed : int, optional
        Seed of every method that draws.
    workers : int
        Scenarios at a time, through joblib: an active ``joblib.parallel_config`` decides what they are, so a Dask
        cluster will do.
    checkpoint : path, optional
        File that keeps the outcomes so far. An analysis that was stopped goes on from there.
    progress : bool
        Whether a progress bar is shown on a terminal.

    Returns
    -------
    Sensitivity
        One row a scenario. One that stops with an error has a row that says why, and the others go on.

    Raises
    ------
    mse.errors.TableError
        The level is not between 0 and 1, or there are fewer than one worker.
    mse.errors.ModelError
        Two scenarios have one label, or the checkpoint belongs to other scenarios.

    Examples
    --------
    >>> import mse
    >>> table = mse.datasets.load("spina_bifida_621")
    >>> pairs = Scenario({"en": "pairs", "nl": "paren"}, mse.Search(), table)
    >>> alone = Scenario({"en": "independent", "nl": "onafhankelijk"}, mse.LogLinear(order=1), table)
    >>> run_scenarios({"en": "Dependence", "nl": "Afhankelijkheid"}, pairs, [alone])
    Dependence
      pairs: 724 (693 to 759)
      independent: 757 (719 to 799)
    """
    check_level(level)
    if not isinstance(workers, Integral) or isinstance(workers, bool) or workers < 1:
        raise TableError("Scenarios take a whole number of workers from 1 on", got=f"workers={workers}")
    every = [base, *scenarios]
    if twice := [name for name, times in Counter(one.name for one in every).items() if times > 1]:
        raise ModelError("Every scenario has a label of its own", got=f"'{twice[0]}' more than once")
    stored = Stored(checkpoint, every, level, seed)
    outcomes = _made(every, stored, level, seed, int(workers), progress)
    ordered = tuple(outcomes[one.name] for one in every)
    reference = getattr(base.table, "reference", None)
    return Sensitivity(title, ordered, level, reference, axis, logarithmic)


def as_it_is(estimator: Any, table: Any, at: float | None = None) -> Scenario:
    """The base of most analyses: the estimator and the table at hand.

    Raises
    ------
    mse.errors.ModelError
        The estimator is no specification.
    """
    if isinstance(estimator, type) or not hasattr(estimator, "fit"):
        raise ModelError(
            "A sensitivity analysis takes a specification",
            got=repr(estimator),
            hint="Write mse.Search() or mse.LogLinear('[A B][C]'), for example.",
        )
    return Scenario(Sentence("sensitivity_base"), estimator, table, at)


def _made(
    every: Sequence[Scenario], stored: Stored, level: float, seed: int | None, workers: int, progress: bool
) -> dict[str, Outcome]:
    from joblib import Parallel, delayed

    from mse.models.progress import bar

    outcomes = stored.load()
    left = [one for one in every if one.name not in outcomes]
    with bar("scenarios", len(every), progress) as advance:
        if advance is not None:
            advance(len(outcomes))
        tasks = (delayed(_outcome)(one, level, seed) for one in left)
        for one, made in zip(left, Parallel(n_jobs=workers, return_as="generator")(tasks), strict=True):
            outcomes[one.name] = made
            stored.save(outcomes)
            if advance is not None:
                advance(1)
    return outcomes


def _outcome(one: Scenario, level: float, seed: int | None) -> Outcome:
    """Fit one scenario; an error of any kind is its answer, since the specification may be anybody's."""
    nothing = Outcome(one.label, None, None, None, None, False, STOPPED, at=one.at)
    try:
        fit = one.estimator.fit(one.table, seed=seed)
        estimate = fit.estimate(level=level)
    except Exception as error:
        return replace(nothing, why=reason(error))
    total = None if estimate.total is None else float(estimate.total)
    return replace(
        nothing,
        observed=float(estimate.whole.observed),
        total=total,
        lower=None if estimate.lower is None else float(estimate.lower),
        upper=None if estimate.upper is None else float(estimate.upper),
        single=total is not None and not estimate.blocked,
        status=fit.status.value,
        model=fit.model,
        findings=codes(estimate.findings),
        ranges=() if total is None else estimate.ranges,
    )


def codes(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Codes of findings, each once."""
    return tuple(dict.fromkeys(finding.code for finding in findings))
