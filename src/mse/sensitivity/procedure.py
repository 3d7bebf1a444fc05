"""How a model is chosen, which years it is fitted to, and how a trend enters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from mse.core.coding import Coding, Levels, Poly
from mse.core.sentence import Sentence
from mse.errors import ModelError, TableError, did_you_mean
from mse.models.search import P_VALUE, Search
from mse.sensitivity.result import Sensitivity
from mse.sensitivity.runner import as_it_is, run_scenarios
from mse.sensitivity.scenario import Scenario

__all__ = ["criteria", "years"]

ALL_ORDERS = 5
"""Lists up to which all orders are searched whole: with six there are 7,785,061 models."""

TRENDS: Mapping[str, Coding] = {"levels": Levels(), "line": Poly(1), "curve": Poly(2)}
"""Trend forms that are tried: a level each year, a straight line, a curve."""


def criteria(estimator: Search, table: Any, **options: Any) -> Sensitivity:
    """Choose the model by other criteria and conventions: AIC, AICc, BIC, the p-value rule, other ways to count.

    Parameters
    ----------
    estimator : Search
    table : CaptureTable or PartialTable
    **options
        level, seed, workers, checkpoint and progress, as in `run_scenarios`.

    Returns
    -------
    Sensitivity
        Other criteria; cells in place of persons as the sample size of BIC, or the other way round; terms at −∞ counted
        as parameters or not; with lists alone the p-value rule, and up to five lists all orders.

    Raises
    ------
    mse.errors.ModelError
        The estimator is no search.

    Examples
    --------
    >>> import mse
    >>> found = criteria(mse.Search(), mse.datasets.load("united_kingdom_2013_five"))
    >>> found.to_frame().set_index("scenario")["total"].round(1).to_dict()["terms at −∞ not counted"]
    12141.8
    """
    if not isinstance(estimator, Search):
        raise ModelError(
            "A criterion is what a search chooses by", got=type(estimator).__name__, hint="Give a mse.Search(…)."
        )
    base = as_it_is(estimator, table)
    scenarios = [Scenario(label, spec, table) for label, spec in _variants(estimator, table) if spec != estimator]
    return run_scenarios(Sentence("sensitivity_criteria"), base, scenarios, **options)


def _variants(search: Search, table: Any) -> list[tuple[Sentence, Search]]:
    plain = search if search.criteria != (P_VALUE,) else replace(search, criterion="bic")
    found = [
        (
            Sentence("sensitivity_criterion", {"name": name.upper().replace("AICC", "AICc")}),
            replace(plain, criterion=name),
        )
        for name in ("bic", "aic", "aicc")
    ]
    other = "cells" if search.bic_n == "persons" else "persons"
    found.append((Sentence(f"sensitivity_size_{other}"), replace(search, bic_n=other)))
    counted = not search.count_infinite
    key = "sensitivity_infinite_counted" if counted else "sensitivity_infinite_left"
    found.append((Sentence(key), replace(search, count_infinite=counted)))
    if not table.covariates:
        rule = Search(P_VALUE, "stepwise", search.max_order, forced=search.forced, forbidden=search.forbidden)
        found.append((Sentence("sensitivity_p_value", {"share": rule.threshold}), rule))
        if len(table.lists) <= ALL_ORDERS and search.max_order == 2 and len(table.lists) > 3:
            found.append((Sentence("sensitivity_all_orders"), replace(search, max_order=None)))
    return found


def years(
    estimator: Any,
    table: Any,
    *,
    covariate: str = "year",
    trends: Mapping[str, Coding] = TRENDS,
    **options: Any,
) -> Sensitivity:
    """Leave the first and the last year out, and let the trend enter in other forms.

    Without a year the total is that of fewer years, so compare it with the sum of those that are left.

    Parameters
    ----------
    estimator : Estimator
        One with codings of covariates (`LogLinear`, `Search`, …) takes trend forms too.
    table : CaptureTable or PartialTable
        A table with years.
    covariate : str
        The covariate of years, its levels in order.
    trends : mapping of str to Coding
        Trend forms by name.
    **options
        level, seed, workers, checkpoint and progress, as in `run_scenarios`.

    Returns
    -------
    Sensitivity

    Raises
    ------
    mse.errors.TableError
        The table has no such covariate, or fewer than three years.

    Examples
    --------
    >>> import mse
    >>> counts = [[[0, 0, 0], [30, 12, 20]], [[40, 25, 31], [6, 5, 6]]]
    >>> table = mse.CaptureTable(["A", "B"], counts, {"year": (2017, 2018, 2019)})
    >>> found = years(mse.LogLinear("[A year][B year]"), table, trends={"line": mse.Poly(1)})
    >>> found.to_frame()[["scenario", "total"]].round().values.tolist()
    [['as it is', 538.0], ['without 2017', 262.0], ['without 2019', 378.0], ['year as line', 533.0]]
    """
    if covariate not in table.covariates:
        raise TableError(f"The table has no covariate '{covariate}'", hint=did_you_mean(covariate, table.covariates))
    levels = tuple(table.covariates[covariate])
    if len(levels) < 3:
        raise TableError("Years are left out of three or more", got=f"{len(levels)} of '{covariate}'")
    scenarios = [
        Scenario(
            Sentence("sensitivity_without", {"name": str(gone)}),
            estimator,
            table.select(**{covariate: [level for level in levels if level != gone]}),
        )
        for gone in (levels[0], levels[-1])
    ]
    if any(option.name == "coding" for option in fields(estimator)):
        now = dict(estimator.coding)
        for name, coding in trends.items():
            spec = replace(estimator, coding={**now, covariate: coding})
            if now.get(covariate, Levels()) != coding:
                label = Sentence("sensitivity_trend", {"name": covariate, "form": name})
                scenarios.append(Scenario(label, spec, table))
    return run_scenarios(Sentence("sensitivity_years"), as_it_is(estimator, table), scenarios, **options)
