"""The command of a feasibility study, which ends in a verdict: assess."""

from __future__ import annotations

from typing import Annotated

import typer

from mse.cli.app import app, show_step
from mse.cli.given import names, open_data, orders
from mse.cli.options import Count, Covariates, Criterion, Data, Language, Lists, Source
from mse.study import choices

__all__: list[str] = []


@app.command()
def assess(
    data: Data,
    criterion: Criterion = "bic",
    method: Annotated[
        choices.SearchMethod | None,
        typer.Option(help="All pair models, or step by step. By default all of them up to six lists."),
    ] = None,
    max_order: Annotated[str, typer.Option(help="Largest number of lists in a term, or all.")] = "2",
    replicates: Annotated[int, typer.Option(help="Drawn tables on which the choice of a model is repeated.")] = 20,
    seed: Annotated[int, typer.Option(help="Seed of those draws.")] = 1,
    year: Annotated[str, typer.Option(help="Covariate that holds the year.")] = "year",
    covariates: Covariates = "",
    lists: Lists = "",
    count: Count = "count",
    source: Source = "",
    language: Language = "en",
) -> None:
    """Judge whether lists can carry an estimate.

    Two pages for a committee. Exit code 3 where the verdict is no go.
    """
    from mse.study.assessment import assessed

    table, title = open_data(data, lists, count, source, covariates)
    search = {"criterion": names(criterion), "method": method, "max_order": orders(max_order)}
    show_step(assessed(table, title, search=search, year=year, replicates=replicates, seed=seed), language)
