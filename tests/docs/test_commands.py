"""The commands on the pages exist, with their options."""

from __future__ import annotations

import re
import shlex

import pytest
import typer
from pages import NAMES, ROOT, blocks, prose

from mse.cli import app

COMMAND = re.compile(r"^(?:\$ )?(?:.* -m uv run )?(mse [a-z-].*)$", flags=re.MULTILINE)
INLINE = re.compile(r"`(?:[^`]* -m uv run )?(mse [a-z-][^`]*)`")

CLI = typer.main.get_command(app)


def shown(name: str) -> list[str]:
    """Commands that a page shows, in blocks and in running text."""
    page = ROOT / name
    in_blocks = [
        line
        for block in blocks(page)
        if block.language in {"text", "bash", "sh"}
        for line in COMMAND.findall(block.text)
    ]
    return in_blocks + INLINE.findall(prose(page))


def wrong(command: str) -> list[str]:
    """What is wrong with a command."""
    words = shlex.split(command.replace("…", ""))[1:]
    if words[0].startswith("-"):
        return [] if words[0] in {"--help", "--version"} else words[:1]
    known = getattr(CLI, "commands", {})
    if words[0] not in known:
        return words[:1]
    options = {
        option for parameter in known[words[0]].params for option in (*parameter.opts, *parameter.secondary_opts)
    }
    return [word for word in words[1:] if word.startswith("--") and word.partition("=")[0] not in {*options, "--help"}]


@pytest.mark.parametrize("name", NAMES)
def test_commands_exist(name: str) -> None:
    assert {command: found for command in shown(name) if (found := wrong(command))} == {}


def test_a_command_that_does_not_exist_is_seen() -> None:
    assert wrong("mse estimate rome_hiv") == ["estimate"]
    assert wrong("mse run study.toml --colour") == ["--colour"]
    assert wrong("mse search rome_hiv --max-order 2") == []


def test_the_readme_shows_the_first_command() -> None:
    assert "mse run studies/netherlands-2010-2015/study.toml" in shown("README.md")
