"""How fast averages over decomposable graphs are: ``python -m uv run python -m benchmarks.decomposable``.

Five and seven lists on 40,000 numbers unseen, the five beside plain NumPy on the same clique tables; six lists on
the grid that `fit` chooses. Wall time and processor time of all threads are given, since a machine may be shared.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import logsumexp

import mse
from benchmarks.child import show
from benchmarks.peak import peak_mib
from mse.kernels.chordal import chordal_graphs
from mse.kernels.hyperdirichlet import clique_tables, graph_score

VALUES = 40_000
TIMES = 5

SEVEN = 20_260_707
"""Seed of the table of seven lists: nobody publishes one without covariates and structural zeros."""


def seven_lists() -> mse.CaptureTable:
    """About 20,000 persons of 30,000 on seven lists, of which two pairs depend on each other."""
    rng = np.random.default_rng(SEVEN)
    on = rng.random((30_000, 7)) < np.array([0.25, 0.2, 0.2, 0.15, 0.1, 0.1, 0.05])
    again = rng.random((30_000, 2)) < 0.3
    on[:, 1] |= on[:, 0] & again[:, 0]
    on[:, 4] |= on[:, 3] & again[:, 1]
    counts = np.zeros((2,) * 7, dtype=np.int64)
    np.add.at(counts, tuple(on.astype(int).T), 1)
    counts[(0,) * 7] = 0
    return mse.CaptureTable(tuple("ABCDEFG"), counts)


def plain_numpy(table: mse.CaptureTable) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The same posterior by sums of rows in NumPy, one graph after the other."""
    unseen = np.arange(1.0, VALUES + 1.0)
    tables, base = clique_tables(table.counts.ravel().astype(float), unseen, 2.0 ** -len(table.lists))
    base = base - np.log(table.n_observed + unseen)
    logs = np.stack([graph_score(tables, base, terms) for terms in chordal_graphs(len(table.lists)).terms[:-1]])
    sums = logsumexp(logs, axis=0)
    mass = np.exp(sums - sums.max())
    return np.asarray(mass / mass.sum())


def timed(work: Callable[[], Any], times: int) -> tuple[float, float, Any]:
    """Smallest wall time, its processor time, and what came of it."""
    taken = []
    for _ in range(times):
        wall, processor = time.perf_counter(), time.process_time()
        made = work()
        taken.append((time.perf_counter() - wall, time.process_time() - processor))
    return *min(taken), made


def measure() -> dict[str, float]:
    """Seconds of every piece of work, and the memory of the kernel's."""
    five = mse.datasets.load("netherlands_2010_2015_five")
    six = mse.datasets.load("netherlands_2010_2015")
    bounded, free = mse.DecomposableAverage(max_unobserved=VALUES), mse.DecomposableAverage()
    bounded.fit(five)
    found: dict[str, float] = {}
    found["five"], found["five cpu"], fit = timed(lambda: bounded.fit(five), TIMES)
    found["six"], found["six cpu"], _ = timed(lambda: free.fit(six), 1)
    found["seven"], found["seven cpu"], _ = timed(lambda: bounded.fit(seven_lists()), 1)
    found["peak MiB"] = peak_mib()
    found["numpy"], found["numpy cpu"], mass = timed(lambda: plain_numpy(five), 2)
    found["difference"] = float(np.abs(mass - fit.draws.weight).max())
    return found


def rows(taken: dict[str, float]) -> list[tuple[str, str, str]]:
    """Rows of the page of results."""

    def seconds(name: str) -> str:
        return f"{taken[name]:.2f} s (processor {taken[f'{name} cpu']:.2f} s)"

    return [
        (f"decomposable average, 5 lists × {VALUES:,} numbers unseen, whole fit", seconds("five"), "under 0.2 s"),
        ("plain NumPy on the same clique tables", seconds("numpy"), ""),
        ("largest difference of a probability", f"{taken['difference']:.0e}", "under 1e-10"),
        ("the Dutch table of 6 lists, 18,153 graphs", seconds("six"), "under 5 s"),
        (f"7 lists, 617,674 graphs × {VALUES:,} numbers unseen", seconds("seven"), "under 300 s"),
        ("their peak memory", f"{taken['peak MiB']:,.0f} MiB", ""),
    ]


if __name__ == "__main__":
    show(measure(), rows)
