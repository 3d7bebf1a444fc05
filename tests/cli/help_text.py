"""The help of the command line, as it stands on the page `docs/how-to/command-line.md`."""

from __future__ import annotations

from typer.testing import CliRunner

from mse.cli import app

COMMANDS = ("", "init", "check", "run", "monitor", "describe", "fit", "search", "bootstrap", "assess")


def help_of(command: str) -> str:
    """What ``mse COMMAND --help`` prints in 80 columns."""
    arguments = [command, "--help"] if command else ["--help"]
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "80", "TERMINAL_WIDTH": "80"}, prog_name="mse")
    return "\n".join(line.rstrip() for line in result.output.splitlines()).strip()
