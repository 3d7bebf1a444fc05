"""Arguments and options that commands share, with their help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mse.study import choices

__all__ = [
    "By",
    "Coding",
    "Count",
    "Covariates",
    "Criterion",
    "Data",
    "FitInterval",
    "FitModel",
    "Forbidden",
    "Forced",
    "Interval",
    "Language",
    "Level",
    "Lists",
    "MaxOrder",
    "Method",
    "Options",
    "Prior",
    "Source",
    "StudyFile",
]

StudyFile = Annotated[Path, typer.Argument(help="The study file, such as study.toml.")]
Data = Annotated[str, typer.Argument(help="Name of a published table, or a CSV, Excel, Parquet, SPSS or Stata file.")]
Lists = Annotated[str, typer.Option(help="Columns of the lists in a file, as P,K,R. By default all but the count.")]
Count = Annotated[str, typer.Option(help="Column of the number of persons; empty where a row is a person.")]
Source = Annotated[str, typer.Option(help="Where the counts of a file are published. Without it small counts hide.")]
Language = Annotated[choices.Language, typer.Option(help="Language of the answer.")]
Level = Annotated[float, typer.Option(help="Level of the interval.")]
Criterion = Annotated[str, typer.Option(help="What is minimised: bic, aic, aicc or p-value; several as bic,aic.")]
Method = Annotated[
    choices.SearchMethod | None,
    typer.Option(help="All models, or step by step. By default exhaustive, with covariates stepwise."),
]
MaxOrder = Annotated[
    str,
    typer.Option(
        help="Largest number of lists in a term: 2, 3, … or all; several as 2,all. By default 2,all, with covariates 2."
    ),
]
Covariates = Annotated[str, typer.Option(help="Covariates that models hold, as year,form; others are added up.")]
By = Annotated[str, typer.Option(help="Covariates that the estimate is divided by, as year or year,form.")]
Coding = Annotated[
    list[str] | None,
    typer.Option(help="How a covariate enters, as 'year=poly 2' or 'year=step 2018'; once for each."),
]
Forced = Annotated[str | None, typer.Option(help="Terms that every model holds, as '[P K]'.")]
Forbidden = Annotated[str | None, typer.Option(help="Terms that no model holds, as '[P K]'.")]
Interval = Annotated[choices.Interval, typer.Option(help="Kind of interval.")]
FitInterval = Annotated[
    choices.FitInterval | None,
    typer.Option(
        help="Kind of interval: profile, lognormal or wald of a log-linear model (by default profile), equal-tailed or "
        "hdi of a posterior (by default equal-tailed)."
    ),
]
FitModel = Annotated[
    choices.FitModel,
    typer.Option("--model", help="A log-linear model by maximum likelihood, or a Bayesian method."),
]
Prior = Annotated[
    str | None,
    typer.Option(
        help="Prior of the total: inverse, uniform:UPPER, lognormal:MEDIAN,SIGMA, negative-binomial:SHAPE,RATE, or "
        "interval:LOWER,UPPER for a published interval."
    ),
]
Options = Annotated[
    list[str] | None,
    typer.Option(
        "--option", help="Another option of a Bayesian method, as draws=500 or 'forced=[P K]'; once for each."
    ),
]
