"""Simulation-based calibration (Talts and others 2018), whatever the method.

Truths are drawn from a prior, data from the truth, and the posterior of the data is asked where the truth lies in it.
Over many draws the ranks are uniform if prior, likelihood and sampler fit together. Every fit keeps one line in a file,
so that the work can be stopped and taken up again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.stats import binom, chi2

__all__ = ["DRAWS", "collect", "table", "write"]

DRAWS = 63
"""Draws that a truth is ranked among, far enough apart to count as independent: 64 ranks."""

BINS = 16

LEVELS = (0.5, 0.9)
"""Central intervals whose coverage is shown beside the ranks."""

START, END = "<!-- calibration: begin -->", "<!-- calibration: end -->"

Row = dict[str, Any]

Case = Callable[[np.random.Generator], tuple[Mapping[str, float], Callable[[int], tuple[Mapping[str, Any], bool]]]]
"""Draws a truth and its data. Returns what is true, and what fits the data with a seed: the draws of the same numbers
by name, with chains one after another, and whether the chains agreed."""


def one(case: Case, seed: int, replicate: int) -> Row:
    """Draw a truth, fit its data, and rank it; equal numbers are put in order by chance."""
    rng = np.random.default_rng([seed, replicate])
    truth, fit = case(rng)
    draws, mixed = fit(int(rng.integers(2**32)))
    ranks = {}
    for name, value in truth.items():
        drawn = np.ravel(draws[name])
        chosen = drawn[np.linspace(0, len(drawn) - 1, DRAWS).round().astype(int)]
        ranks[name] = int((chosen < value).sum() + rng.integers((chosen == value).sum() + 1))
    return {"seed": seed, "replicate": replicate, "mixed": mixed, "ranks": ranks}


def stored(path: Path) -> dict[tuple[int, int], Row]:
    """Fits that are there already."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return {(row["seed"], row["replicate"]): row for row in map(json.loads, lines)}


def collect(case: Case, path: Path, *, seed: int, replicates: int, workers: int = 1) -> list[Row]:
    """Do the fits that are not there yet; return all of them."""
    path.parent.mkdir(exist_ok=True)
    wanted = [(seed, replicate) for replicate in range(replicates)]
    known = stored(path)
    missing = [replicate for _, replicate in wanted if (seed, replicate) not in known]
    with path.open("a", encoding="utf-8") as file:
        work = (delayed(one)(case, seed, replicate) for replicate in missing)
        for row in Parallel(n_jobs=workers, return_as="generator")(work):
            file.write(json.dumps(row) + "\n")
            file.flush()
    found = stored(path)
    return [found[key] for key in wanted]


def table(rows: list[Row]) -> Iterator[str]:
    """One row a number: the mean rank, the χ² of the ranks in 16 bins, and how often intervals hold the truth.

    Of many p-values some are small; a sampler that is wrong has p-values that are small throughout.
    """
    yield "| number | fits | chains agreed | mean rank (0.5) | p of uniform ranks | 50 % holds | 90 % holds |"
    yield "| --- " * 7 + "|"
    mixed = sum(row["mixed"] for row in rows)
    for name in rows[0]["ranks"]:
        ranks = np.array([row["ranks"][name] for row in rows])
        held = [_held(ranks, level) for level in LEVELS]
        error = 1.0 / np.sqrt(12.0 * len(ranks))
        yield (
            f"| {name} | {len(ranks)} | {mixed} | {ranks.mean() / DRAWS:.3f} ± {error:.3f} | {_p_value(ranks):.2f} "
            f"| {held[0]} | {held[1]} |"
        )


def _p_value(ranks: NDArray[np.int64]) -> float:
    counts = np.bincount(ranks * BINS // (DRAWS + 1), minlength=BINS)
    expected = len(ranks) / BINS
    return float(chi2.sf(((counts - expected) ** 2 / expected).sum(), BINS - 1))


def _held(ranks: NDArray[np.int64], level: float) -> str:
    """Share of the truths between two ranks, and the range in which it lies with 95 % where all is right."""
    outside = round((1.0 - level) / 2.0 * (DRAWS + 1))
    inside = (ranks >= outside) & (ranks <= DRAWS - outside)
    exact = 1.0 - 2.0 * outside / (DRAWS + 1)
    low, high = binom.ppf([0.025, 0.975], len(ranks), exact) / len(ranks)
    return f"{inside.mean():.2f} ({low:.2f}–{high:.2f})"


def write(page: Path, rows: list[Row], command: str) -> None:
    """Write the table between the marks of a page."""
    text = page.read_text(encoding="utf-8")
    head, rest = text.split(START)
    _, tail = rest.split(END)
    made = f"Made by `{command}`, seed {rows[0]['seed']}, {len(rows)} fits."
    body = "\n".join([START, "", made, "", *table(rows), "", END])
    page.write_text(head + body + tail, encoding="utf-8")
