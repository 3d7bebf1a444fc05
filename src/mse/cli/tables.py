"""Commands on one table: describe, fit, search, bootstrap."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mse.cli.app import app, show_step
from mse.cli.given import codings, names, open_data, orders
from mse.cli.options import (
    By,
    Coding,
    Count,
    Covariates,
    Criterion,
    Data,
    FitInterval,
    FitModel,
    Forbidden,
    Forced,
    Interval,
    Language,
    Level,
    Lists,
    MaxOrder,
    Method,
    Options,
    Prior,
    Source,
)
from mse.study import choices

__all__: list[str] = []


@app.command()
def describe(
    data: Data,
    covariates: Covariates = "",
    lists: Lists = "",
    count: Count = "count",
    source: Source = "",
    language: Language = "en",
) -> None:
    """Show the lists of a table and how they overlap."""
    from mse.study.steps import described

    table, title = open_data(data, lists, count, source, covariates)
    show_step(described(table, title), language)


@app.command()
def fit(
    data: Data,
    formula: Annotated[str | None, typer.Argument(help="The model in brackets, as '[P K][R]', or as P*K + R.")] = None,
    model: FitModel = "loglinear",
    order: Annotated[int | None, typer.Option(help="Instead: all terms of up to this many lists.")] = None,
    prior: Prior = None,
    option: Options = None,
    seed: Annotated[int | None, typer.Option(help="Seed of what is drawn; by default 1.")] = None,
    covariates: Covariates = "",
    by: By = "",
    coding: Coding = None,
    level: Level = 0.95,
    interval: FitInterval = None,
    lists: Lists = "",
    count: Count = "count",
    source: Source = "",
    language: Language = "en",
) -> None:
    """Fit one model, or a Bayesian method.

    A log-linear model takes a formula or an order; hierarchical takes one of these too.
    """
    from mse.study.posterior_steps import believed, refuse_bayesian
    from mse.study.steps import fitted

    table, title = open_data(data, lists, count, source, covariates)
    how: dict[str, Any] = {"by": names(by), "coding": codings(coding), "level": level}
    if model == "loglinear":
        refuse_bayesian(prior=prior, option=option, seed=seed)
        step = fitted(table, title, model=formula, order=order, interval=interval or "profile", **how)
    else:
        how |= {"formula": formula, "order": order, "prior": prior, "options": option or [], "progress": True}
        drawn = 1 if seed is None else seed
        step = believed(table, title, model, seed=drawn, interval=interval or "equal-tailed", **how)
    show_step(step, language)


@app.command()
def search(
    data: Data,
    criterion: Criterion = "bic",
    method: Method = None,
    max_order: MaxOrder = "",
    forced: Forced = None,
    forbidden: Forbidden = None,
    covariates: Covariates = "",
    by: By = "",
    coding: Coding = None,
    level: Level = 0.95,
    interval: Interval = "profile",
    lists: Lists = "",
    count: Count = "count",
    source: Source = "",
    language: Language = "en",
) -> None:
    """Search models and show the rivals.

    By default over pairs of lists and over all orders, as far as a scope holds at most 10,000,000 models; with
    covariates step by step over pairs of lists and covariates.
    """
    from mse.study.steps import searched, searches_for

    table, title = open_data(data, lists, count, source, covariates)
    searches = searches_for(
        table,
        criterion=names(criterion),
        method=method,
        max_order=orders(max_order),
        forced=forced,
        forbidden=forbidden,
        coding=codings(coding),
    )
    found = searched(table, title, searches, level=level, interval=interval, progress=True, by=names(by))
    show_step(found, language)


@app.command()
def bootstrap(
    data: Data,
    model: Annotated[
        str | None, typer.Argument(help="Model to hold fixed; without it every draw chooses its own.")
    ] = None,
    replicates: Annotated[int, typer.Option(help="Number of drawn tables.")] = 1000,
    kind: Annotated[choices.BootstrapKind, typer.Option(help="How tables are drawn.")] = "nonparametric",
    interval: Annotated[choices.BootstrapInterval, typer.Option(help="Kind of interval.")] = "percentile",
    level: Level = 0.95,
    fixed_n: Annotated[bool, typer.Option("--fixed-n", help="Keep the number of persons seen.")] = False,
    seed: Annotated[int, typer.Option(help="Seed of the draws.")] = 1,
    workers: Annotated[int, typer.Option(help="Processes at work.")] = 1,
    criterion: Criterion = "bic",
    method: Method = None,
    max_order: Annotated[str, typer.Option(help="Largest number of lists in a term, or all.")] = "2",
    forced: Forced = None,
    forbidden: Forbidden = None,
    covariates: Covariates = "",
    by: By = "",
    coding: Coding = None,
    lists: Lists = "",
    count: Count = "count",
    source: Source = "",
    language: Language = "en",
) -> None:
    """Repeat a procedure on drawn tables, model choice included."""
    from mse.study.steps import bootstrapped, estimator_for

    table, title = open_data(data, lists, count, source, covariates)
    estimator = estimator_for(
        table,
        model,
        criterion=names(criterion),
        method=method,
        max_order=orders(max_order),
        forced=forced,
        forbidden=forbidden,
        coding=codings(coding),
    )
    options = {
        "by": names(by),
        "replicates": replicates,
        "kind": kind,
        "interval": interval,
        "level": level,
        "fixed_n": fixed_n,
        "seed": seed,
        "workers": workers,
    }
    show_step(bootstrapped(table, title, estimator, options=options, progress=True), language)
