"""The command line: `mse init | check | run | monitor | describe | fit | search | bootstrap`. It parses and calls.

Exit codes: 0 done, 2 something in what was asked is wrong, 3 done and there is no single estimate, 130 stopped.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from mse.study import choices

if TYPE_CHECKING:
    from mse.monitor.disclosure.protected import Protected
    from mse.study.covariates import Table
    from mse.study.steps import Step

__all__ = ["app", "main"]

WRONG, NO_SINGLE_ESTIMATE, STOPPED = 2, 3, 130


class _Commands(TyperGroup):
    """Commands that say what is wrong on stderr, without a traceback."""

    def invoke(self, ctx: Any) -> Any:
        from mse.errors import MseError

        try:
            return super().invoke(ctx)
        except MseError as problem:
            typer.echo(str(problem), err=True)
            raise typer.Exit(WRONG) from None
        except OSError as problem:
            place = f" '{problem.filename}'" if problem.filename else ""
            typer.echo(f"A file or folder cannot be used{place}. Got: {problem.strerror or problem}.", err=True)
            raise typer.Exit(WRONG) from None
        except KeyboardInterrupt:
            typer.echo("Stopped.", err=True)
            raise typer.Exit(STOPPED) from None


app = typer.Typer(
    name="mse",
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Multiple systems estimation: how many people are there whom no list has registered?",
)

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


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"mse {version('multiple-systems-estimation')}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Read the options that stand before a command."""


@app.command()
def init(
    name: Annotated[str, typer.Argument(help="Name of the study and its folder.")],
    dataset: Annotated[str | None, typer.Option(help="Published table that the study is about.")] = None,
    folder: Annotated[Path, typer.Option(help="Folder in which the study gets its own.")] = Path("studies"),
) -> None:
    """Make a study folder with a study file to fill in."""
    from mse.study.init import new_study

    typer.echo(str(new_study(name, folder=folder, dataset=dataset)))


@app.command()
def check(study: StudyFile) -> None:
    """Check a study file and say everything that is wrong with it."""
    from mse.messages import sentence
    from mse.study.check import check_study

    checked = check_study(study)
    spoken = checked.study.study.language
    if checked.monitor is not None:
        typer.echo(sentence("study_checked_register", spoken, path=study, figures=len(checked.monitor.figures)))
    if checked.table is None:
        return
    scopes = ["all" if search.max_order is None else str(search.max_order) for search in checked.searches]
    fields: dict[str, Any] = {"path": study, "lists": len(checked.table.lists), "scopes": ", ".join(scopes)}
    typer.echo(sentence("study_checked", spoken, **fields))


@app.command()
def run(
    study: StudyFile,
    force: Annotated[bool, typer.Option("--force", help="Replace the output of a study that has changed.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for the output instead of output beside the study.")] = None,
    language: Annotated[
        choices.Language | None, typer.Option(help="Language of the terminal; by default that of the study.")
    ] = None,
) -> None:
    """Do a study and write report, workbook, CSV and manifest."""
    from mse.messages import sentence
    from mse.report.terminal import show
    from mse.study.run import run as run_study

    def say(key: str) -> None:
        typer.echo(sentence(key, language or "en"), err=True)

    done = run_study(study, force=force, out=out, say=say)
    spoken = language or done.checked.study.study.language
    show(done.release, done.page, spoken, written=done.written)
    if done.verified:
        typer.echo(sentence("study_unchanged", spoken))
    _leave(done.blocked)


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

    table, title = _open(data, lists, count, source, covariates)
    _show(described(table, title), language)


@app.command()
def fit(
    data: Data,
    model: Annotated[str | None, typer.Argument(help="The model in brackets, as '[P K][R]', or as P*K + R.")] = None,
    order: Annotated[int | None, typer.Option(help="Instead: all terms of up to this many lists.")] = None,
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
    """Fit one model."""
    from mse.study.steps import fitted

    table, title = _open(data, lists, count, source, covariates)
    how: dict[str, Any] = {"by": _names(by), "coding": _codings(coding)}
    _show(fitted(table, title, model=model, order=order, level=level, interval=interval, **how), language)


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

    table, title = _open(data, lists, count, source, covariates)
    searches = searches_for(
        table,
        criterion=_names(criterion),
        method=method,
        max_order=_orders(max_order),
        forced=forced,
        forbidden=forbidden,
        coding=_codings(coding),
    )
    found = searched(table, title, searches, level=level, interval=interval, progress=True, by=_names(by))
    _show(found, language)


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

    table, title = _open(data, lists, count, source, covariates)
    estimator = estimator_for(
        table,
        model,
        criterion=_names(criterion),
        method=method,
        max_order=_orders(max_order),
        forced=forced,
        forbidden=forbidden,
        coding=_codings(coding),
    )
    options = {
        "by": _names(by),
        "replicates": replicates,
        "kind": kind,
        "interval": interval,
        "level": level,
        "fixed_n": fixed_n,
        "seed": seed,
        "workers": workers,
    }
    _show(bootstrapped(table, title, estimator, options=options, progress=True), language)


@app.command()
def monitor(
    victims: Annotated[Path, typer.Argument(help="File with a row a victim; without reports, with a row a report.")],
    reports: Annotated[Path | None, typer.Argument(help="File with a row a report.")] = None,
    period: Annotated[str, typer.Option(help="First and last year, as 2015-2019.")] = "2015-2019",
    mapping: Annotated[Path | None, typer.Option(help="File with your own columns and codes.")] = None,
    unit: Annotated[Literal["person-year", "person"], typer.Option(help="Count a victim once a year, or once.")] = (
        "person-year"
    ),
    figure: Annotated[str, typer.Option(help="Figures by number, as 2.7,2.8. By default those of the profile.")] = "",
    profile: Annotated[choices.Profile, typer.Option(help="Main figures, or all.")] = "concise",
    population: Annotated[str, typer.Option(help="Who the register holds, in words.")] = "",
    place: Annotated[str, typer.Option(help="Country or region of the register.")] = "–",
    source: Source = "",
    policy: Annotated[
        choices.PolicyName | None,
        typer.Option(help="What may leave. By default public_source with a source, else threshold."),
    ] = None,
    previous: Annotated[Path | None, typer.Option(help="For protected: published.json of the last release.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder that gets every figure as CSV.")] = None,
    language: Language = "en",
) -> None:
    """Count the figures of a register."""
    from mse.study.monitor_steps import counted_figures, release_policy

    released_under = release_policy(policy, previous)

    step = counted_figures(
        victims,
        reports,
        mapping=mapping,
        period=_years(period),
        unit=unit,
        only=_names(figure) or profile,
        population=population,
        place=place,
        source=source,
    )
    _show(step, language, out, released_under)


def _years(given: str) -> tuple[int, int]:
    from mse.errors import TableError

    first, _, last = given.partition("-")
    if not all(len(year) == 4 and year.isdecimal() for year in (first, last or first)):
        raise TableError("A period is a first and a last year, such as 2015-2019", got=f"--period {given}")
    return int(first), int(last or first)


def _open(data: str, lists: str, count: str, source: str, covariates: str) -> tuple[Table, str]:
    from mse.study.steps import open_table

    held = _names(covariates)
    return open_table(data, lists=_names(lists), count=count or None, source=source, covariates=held)


def _codings(given: list[str] | None) -> dict[str, str]:
    """Codings by covariate, each written as ``year=poly 2``."""
    from mse.errors import ModelError

    found = {}
    for text in given or []:
        name, equals, how = text.partition("=")
        if not equals:
            raise ModelError("A coding names its covariate", got=f"--coding {text}", hint="Write 'year=poly 2'.")
        found[name.strip()] = how.strip()
    return found


def _names(given: str) -> list[str]:
    return [name.strip() for name in given.split(",") if name.strip()]


def _orders(given: str) -> list[int | Literal["all"]]:
    from mse.errors import ModelError

    orders: list[int | Literal["all"]] = []
    for text in _names(given):
        if text != "all" and not text.isdecimal():
            raise ModelError("A scope is a number of lists or 'all'", got=f"--max-order {text}")
        orders.append("all" if text == "all" else int(text))
    return orders


def _show(step: Step, language: str, out: Path | None = None, policy: str | Protected | None = None) -> None:
    from mse.monitor.disclosure.release import release
    from mse.report.csv import write_csv
    from mse.report.terminal import show

    released = release(step.figures, policy, findings=step.findings)
    written = [] if out is None else write_csv(released, out, language)
    if out is not None and released.policy == "protected":
        written.append(out / "published.json")
        released.published.write(written[-1])
    show(released, step.page, language, figures=step.names, written=written)
    _leave(released.blocked)


def _leave(blocked: bool) -> None:
    if blocked:
        raise typer.Exit(NO_SINGLE_ESTIMATE)


def main() -> None:
    """Run the command line."""
    app(prog_name="mse")
