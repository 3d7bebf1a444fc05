"""`adapted`: a specification that names lists, on a table whose lists have changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mse.core.terms import Generators
from mse.models.loglinear import LogLinear
from mse.models.search import Search

__all__ = ["adapted"]

STARTS = ("independence", "all")
"""Starts of a stepwise search that name no lists."""


def adapted(estimator: Any, table: Any, names: Mapping[str, str | None]) -> Any:
    """Rewrite what a specification says of lists that are left out or renamed.

    Parameters
    ----------
    estimator : Estimator
        Log-linear models and searches are rewritten; others name no lists and stay as they are.
    table : CaptureTable
        The table before the change.
    names : mapping of str to str or None
        The new name of each list that changes; None where it is left out.

    Examples
    --------
    >>> import mse
    >>> table = mse.datasets.load("spina_bifida_621")
    >>> adapted(LogLinear("[S1 S2][S2 S3]"), table, {"S2": "S3"}).model
    '[S1 S3]'
    """

    def model(text: str | None) -> str | None:
        return None if text is None else _rewritten(text, table, names)

    if isinstance(estimator, LogLinear) and estimator.model is not None:
        return replace(estimator, model=model(estimator.model))
    if isinstance(estimator, Search):
        starts = estimator.starts and tuple(
            start if start in STARTS else str(model(start)) for start in estimator.starts
        )
        forbidden = estimator.forbidden
        if forbidden is not None:
            left = any(len(term) > 1 for term in _terms(forbidden, table, names))
            forbidden = model(forbidden) if left else None
        return replace(estimator, forced=model(estimator.forced), forbidden=forbidden, starts=starts)
    return estimator


def _terms(text: str, table: Any, names: Mapping[str, str | None]) -> list[frozenset[str]]:
    """The maximal terms that are left of a model."""
    model = Generators.parse(text, table.lists, tuple(table.covariates))
    renamed = []
    for term in model.generators:
        new = (names.get(name, name) for name in term)
        renamed.append(frozenset(name for name in new if name is not None))
    return [term for term in dict.fromkeys(renamed) if term and not any(term < other for other in renamed)]


def _rewritten(text: str, table: Any, names: Mapping[str, str | None]) -> str:
    """A model in brackets."""
    renamed = [names.get(name, name) for name in table.lists]
    lists = dict.fromkeys(name for name in renamed if name is not None)
    return Generators.from_terms(_terms(text, table, names), tuple(lists), tuple(table.covariates)).notation()
