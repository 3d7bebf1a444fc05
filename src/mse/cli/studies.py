"""Commands on studies and registers: init, check, run, monitor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from mse.cli.app import app, leave, show_step
from mse.cli.given import names, years
from mse.cli.options import Language, Source, StudyFile
from mse.study import choices

__all__: list[str] = []


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
    leave(done.blocked)


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
        period=years(period),
        unit=unit,
        only=names(figure) or profile,
        population=population,
        place=place,
        source=source,
    )
    show_step(step, language, out, released_under)
