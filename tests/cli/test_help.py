"""The page of the command line holds the help text, word for word."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from help_text import COMMANDS, help_of

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "command-line.md"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_on_the_page(command: str) -> None:
    assert f"```text\n{help_of(command)}\n```" in PAGE.read_text(encoding="utf-8")


def test_help_loads_nothing_heavy() -> None:
    script = "import sys, mse.cli; print(*sorted(set(sys.modules) & {'numpy', 'pandas', 'numba', 'pydantic', 'scipy'}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
