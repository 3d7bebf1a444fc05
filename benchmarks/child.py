"""Measuring in a process of its own, whose compiled code and memory nothing else has touched."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence

__all__ = ["in_a_child", "show"]

Rows = Sequence[tuple[str, str, str]]


def in_a_child(module: str, *arguments: str) -> dict[str, float]:
    """Run a benchmark in a new interpreter; it prints what it measured as JSON."""
    command = [sys.executable, "-m", module, *(arguments or ("--json",))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def show(measured: dict[str, float], rows: Callable[[dict[str, float]], Rows]) -> None:
    """Print what was measured: as JSON for `in_a_child`, else as rows for a reader."""
    if "--json" in sys.argv:
        print(json.dumps(measured))
        return
    for what, value, target in rows(measured):
        print(f"{what}: {value}" + (f" ({target})" if target else ""))
