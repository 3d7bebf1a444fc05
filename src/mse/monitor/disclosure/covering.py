"""Secondary suppression and controlled rounding by tau-ARGUS, over covering tables.

tau-ARGUS (`pytauargus`) protects one table at a time: the machinery for linked tables of its batches is not wired. Its
solvers themselves take any counts with any sums, in the "JJ" format. So figures that share counts are put into one
covering table, in which each count is once and all sums hold, and the solvers see that.

The work is done in a process of its own (`covering_worker`): the engine writes its logs, with exact counts, where it
stands, prints, and can be told to stop only after whole minutes. Its folder is made for it and deleted with all that
is in it.
"""

from __future__ import annotations

import contextlib
import importlib.util
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Hashable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from mse.monitor.disclosure.attack import blocks

if TYPE_CHECKING:
    from mse.monitor.disclosure.linked import LinkedCounts, Sum

__all__ = ["choose", "round_together"]

SECONDS = 10.0
"""Time that the engine gets for all tables of a release; what it has not done by then is done without it."""

_LARGEST = 400
"""Counts of the largest covering table that the exact solver gets: larger ones take it minutes."""

_PRICE_OF_NOBODY = 1
_PRICE_PER_DIGIT = 100
"""Withholding a count costs a hundred times its logarithm: costs are whole numbers."""

_UP_TO = 10
"""Counts of a table are at most this many times the largest one: a bound that the format asks for and nothing binds."""


def _installed() -> bool:
    return importlib.util.find_spec("pytauargus") is not None and bool(sys.executable)


def choose(
    counts: LinkedCounts, primary: Collection[Hashable], known: Collection[Hashable], width: int
) -> frozenset[Hashable] | None:
    """Choose counts to withhold, so that each primary one could be `width` more than it is.

    Totals, and counts that several figures print, are kept where that is possible: then the covering table falls apart
    into small ones, which are solved exactly. Where it is not possible, the smallest of those that the fewest figures
    print are let go, and so on.

    Parameters
    ----------
    counts : LinkedCounts
        All counts.
    primary : collection of hashable
        Counts that are withheld by a rule.
    known : collection of hashable
        Counts that readers know: they help nobody.
    width : int
        How much larger each primary count must be able to be.

    Returns
    -------
    frozenset of hashable or None
        Counts to withhold beside the primary ones; None where the engine is not installed, or solved nothing in time.
    """
    if not _installed():
        return None
    primary = set(primary) - set(known)
    totals = {whole for whole, _ in counts.sums} - counts.unprinted
    kept = ((set(counts.ties) | totals) - primary) | set(known)
    withheld: set[Hashable] = set()
    solved = False
    waiting, until = _tables(counts, primary, kept, primary), time.monotonic() + SECONDS
    while waiting:
        answers = _run([_written(counts, table, primary, kept, width) for table in waiting], until)
        again: set[Hashable] = set()
        for (cells, _), answer in zip(waiting, answers, strict=True):
            ties = [cell for cell in cells if cell in kept and cell not in known]
            if answer is not None:
                withheld.update(cells[place] for place in answer)
                solved = True
            elif ties and time.monotonic() < until:
                kept.difference_update(_loosest(counts, ties))
                again.update(cell for cell in cells if cell in primary)
        waiting = _tables(counts, primary, kept, again)
    return frozenset(withheld - primary) if solved else None


def _loosest(counts: LinkedCounts, ties: list[Hashable]) -> list[Hashable]:
    """Of the counts that are kept, the smaller half of those that the fewest figures print."""
    figures = {tie: len({name for name, _ in counts.places[tie]}) for tie in ties}
    fewest = [tie for tie in ties if figures[tie] == min(figures.values())]
    return sorted(fewest, key=lambda tie: counts.values[tie])[: (len(fewest) + 1) // 2]


def _tables(
    counts: LinkedCounts, primary: set[Hashable], kept: set[Hashable], wanted: Collection[Hashable]
) -> list[tuple[list[Hashable], list[Sum]]]:
    """Covering tables, with their sums, that hold some wanted counts; kept ones only border them."""
    found = []
    for inside in blocks([cell for cell in counts.values if cell not in kept], counts.sums):
        if not set(inside) & set(wanted):
            continue
        members = set(inside)
        sums = [(whole, parts) for whole, parts in counts.sums if members & {whole, *parts}]
        cells = list(dict.fromkeys([*inside, *(cell for whole, parts in sums for cell in (whole, *parts))]))
        if sums and len(cells) <= _LARGEST:
            found.append((cells, sums))
    return sorted(found, key=lambda table: len(table[0]))


def _written(
    counts: LinkedCounts,
    table: tuple[list[Hashable], list[Sum]],
    primary: set[Hashable],
    kept: set[Hashable],
    width: int,
) -> str:
    """A covering table in the format of the solver: value, price, status, bounds and protection of every count."""
    cells, sums = table
    top = _UP_TO * max(1.0, *(counts.values[cell] for cell in cells)) + width
    lines = ["0", str(len(cells))]
    for number, cell in enumerate(cells):
        value = counts.values[cell]
        free = cell in counts.unprinted
        status = "u" if cell in primary else "z" if cell in kept else "s"
        price = 0 if free else _PRICE_OF_NOBODY + round(_PRICE_PER_DIGIT * math.log1p(value))
        upper = width if status == "u" else 0
        lines.append(f"{number} {value:.9g} {price} {status} 0 {top:.9g} 0 {upper} 0")
    return "\n".join([*lines, *_written_sums(cells, sums)]) + "\n"


def _written_sums(cells: list[Hashable], sums: Collection[Sum]) -> list[str]:
    place = {cell: number for number, cell in enumerate(cells)}
    lines = [str(len(sums))]
    for whole, parts in sums:
        terms = " ".join(f"{place[part]} (1)" for part in parts)
        lines.append(f"0 {len(parts) + 1} : {place[whole]} (-1) {terms}")
    return lines


def _run(tables: list[str], until: float, base: int = 0) -> list[list[int] | None]:
    """The solver's answer for each table: places of the counts that it marks, or rounded counts where a base is given;
    None where it has none."""
    if (left := until - time.monotonic()) <= 0:
        return [None] * len(tables)
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(tables):
            (Path(folder) / f"{number}.jj").write_text(text, encoding="ascii")
        worker = Path(__file__).with_name("covering_worker.py")
        command = [sys.executable, "-P", str(worker), folder, str(base)]
        with contextlib.suppress(subprocess.TimeoutExpired, OSError):  # what it did until then counts
            subprocess.run(command, cwd=folder, timeout=left, capture_output=True, check=False)
        answers: list[list[int] | None] = []
        for number in range(len(tables)):
            path = Path(folder) / f"{number}.answer"
            answers.append([int(word) for word in path.read_text("ascii").split()] if path.exists() else None)
    return answers


def round_together(values: Mapping[Hashable, float], sums: Collection[Sum], base: int) -> dict[Hashable, int] | None:
    """Round counts to multiples of `base`, each up or down, so that what adds up still does.

    Returns
    -------
    dict of hashable to int or None
        None where the engine is not installed, or finds no such rounding.
    """
    if not _installed():
        return None
    cells = list(values)
    lines = ["0", str(len(cells))]
    top = _UP_TO * max(1.0, *values.values()) if cells else 1.0
    lines += [f"{number} {values[cell]:.9g} 1 s 0 {top:.9g} 0 0 0" for number, cell in enumerate(cells)]
    text = "\n".join([*lines, *_written_sums(cells, sums)]) + "\n"
    (answer,) = _run([text], time.monotonic() + SECONDS, base)
    if answer is None or len(answer) != len(cells):
        return None
    return dict(zip(cells, answer, strict=True))
