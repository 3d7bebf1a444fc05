"""The process that runs tau-ARGUS: reads tables from a folder, writes an answer beside each.

It is started by `mse.monitor.disclosure.covering` as a script, in a folder of its own, and imports nothing of `mse`. A
table ``7.jj`` gets an answer ``7.answer``: places of the counts to withhold, or all counts rounded. There is none where
the engine finds none.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

MINUTES = 1
"""Time that the engine may take for one table; it counts in whole minutes. Who started this process waits less."""

FOUND = (0, 1)
"""Codes of the suppression solver: the best pattern, and a good one when time is up."""

SOLVER = {101: 1e-7, 102: 2.14e13, 103: 1e-4, 104: 0.01}
"""Constants of the rounding solver: zero, infinity, smallest violation and largest slack, as tau-ARGUS sets them."""


def suppressed(table: Path) -> list[int] | None:
    """Places of the counts that the suppression solver withholds; None where it finds no pattern."""
    engine: Any = importlib.import_module("pytauargus")
    out = table.with_suffix(".out")
    code = engine.HiTaSCtrl().full_jj(in_file_jj=str(table), out_file=str(out), max_time=MINUTES)
    if code not in FOUND or not out.exists():
        return None
    return [int(word) for word in out.read_text("ascii").split()]


def rounded(table: Path, base: int) -> list[int] | None:
    """All counts as the rounding solver rounds them; None where it cannot."""
    engine: Any = importlib.import_module("pytauargus")
    out, rounder = table.with_suffix(".out"), engine.RounderCtrl()
    for code, value in SOLVER.items():
        rounder.set_double_constant(code, value)
    result = rounder.do_round(
        solver="SCIP",
        in_file=str(table),
        base=float(base),
        upper_bound=[1e40],
        lower_bound=[0.0],
        solution_file=str(out),
        statistics_file=str(table.with_suffix(".statistics")),
        max_time=MINUTES,
    )[0]
    if result != 0 or not out.exists():
        return None
    lines = [line.split() for line in out.read_text("ascii").splitlines() if " from " in line]
    answers = {int(words[0]): round(float(words[-1])) for words in lines}
    return [answers[place] for place in range(len(answers))]


def main(folder: Path, base: int) -> None:
    """Answer every table of a folder, in order."""
    for table in sorted(folder.glob("*.jj"), key=lambda path: int(path.stem)):
        answer = rounded(table, base) if base else suppressed(table)
        if answer is not None:
            table.with_suffix(".answer").write_text(" ".join(map(str, answer)), encoding="ascii")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
