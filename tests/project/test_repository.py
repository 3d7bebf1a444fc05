"""The repository itself: layers, package data, and no trace of a machine in a tracked file."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

MACHINE = re.compile(
    r"(?<![\w.])/(?:home|Users|root|work|farm|opt|mnt)/[\w.]+"  # somebody's folders
    r"|\b[A-Z]:\\\\?Users\b"
    r"|\b(?:index-url|extra-index-url|find-links)\s*="  # where packages come from
    r"|\bfiles\.pythonhosted\.org\b|\bpypi\.org/simple\b"
)
WORDS = {"path": "/" + "home/somebody/x.csv", "index": "extra-index-url" + " = y"}


def tracked() -> list[Path]:
    """Files under version control, or all files where there is none."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = [name for name in done.stdout.split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def test_no_tracked_file_names_a_machine() -> None:
    files = tracked()
    if not files:
        pytest.fail("The tests run in a clone of the repository: git lists no files.")
    named = []
    for path in files:
        if path == Path(__file__):
            continue
        text = path.read_bytes().decode("utf-8", errors="replace")
        named += [f"{path.relative_to(ROOT)}: {match.group()}" for match in MACHINE.finditer(text)]
    assert named == []


@pytest.mark.parametrize("text", WORDS.values())
def test_the_pattern_finds_what_it_is_for(text: str) -> None:
    assert MACHINE.search(text)


def test_no_lock_file_with_hosts_is_tracked() -> None:
    assert "uv.lock" not in {path.name for path in tracked()}


def test_imports_go_down_only() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
