"""The program: its commands are added by the files beside this one; what goes wrong is said on stderr."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from mse.monitor.disclosure.protected import Protected
    from mse.study.steps import Step

__all__ = ["app", "leave", "main", "show_step"]

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


def show_step(step: Step, language: str, out: Path | None = None, policy: str | Protected | None = None) -> None:
    """Release a step and print it."""
    from mse.monitor.disclosure.release import release
    from mse.report.csv import write_csv
    from mse.report.terminal import show

    released = release(step.figures, policy, findings=step.findings)
    written = [] if out is None else write_csv(released, out, language)
    if out is not None and released.policy == "protected":
        written.append(out / "published.json")
        released.published.write(written[-1])
    show(released, step.page, language, figures=step.names, written=written)
    leave(released.blocked)


def leave(blocked: bool) -> None:
    """End with the exit code of an answer that is no single estimate, where it is none."""
    if blocked:
        raise typer.Exit(NO_SINGLE_ESTIMATE)


def main() -> None:
    """Run the command line."""
    app(prog_name="mse")
