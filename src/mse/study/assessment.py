"""The step of a feasibility study: the verdict, its lights, its conditions, and what would help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mse.core.figure import Figure
from mse.core.sentence import Sentence
from mse.errors import ModelError
from mse.feasibility.answer import usual_estimator
from mse.feasibility.assess import Assessment, assess
from mse.feasibility.scenarios import what_if
from mse.feasibility.verdict import Verdict, verdict_finding
from mse.monitor import estimation as build
from mse.study.covariates import Table, recorded
from mse.study.steps import Step, make_step, searches_for

__all__ = ["assessed"]


def assessed(table: Table, title: str, *, search: Mapping[str, Any], year: str, replicates: int, seed: int) -> Step:
    """Judge whether a table can carry an estimate; a no go is a blocking finding.

    Parameters
    ----------
    table : CaptureTable or PartialTable
    title : str
    search : mapping
        Criterion, method and scopes of the search whose answer is judged, as in `searches_for`; without a method that
        of `mse.assess`.
    year : str
        Covariate that holds the year.
    replicates, seed : int
        Drawn tables on which the choice is repeated.
    """
    persons = recorded(table)
    chosen = {**search, "method": search["method"] or getattr(usual_estimator(persons), "method", None)}
    estimator = searches_for(persons, **chosen)[0]
    assessment = assess(table, estimator, year=year, replicates=replicates, seed=seed)
    verdict = verdict_finding(assessment.checks)
    findings = [*([verdict] if assessment.verdict is Verdict.NO_GO else []), *table.findings]
    figures: list[Figure] = [build.lights_figure(assessment), build.expected_overlaps_figure(assessment)]
    conditions = build.conditions_figure(assessment)
    if len(conditions.frame):
        figures.insert(1, conditions)
    figures += _what_if(assessment)
    return make_step(table, title, Sentence(verdict.code, verdict.values), tuple(figures), findings)


def _what_if(assessment: Assessment) -> list[Figure]:
    """What would help, where a log-linear model has an estimate to start from."""
    answer = assessment.answer
    assert answer is not None
    try:
        return [build.what_if_figure(what_if(answer.table, answer.estimator))]
    except ModelError:
        return []
