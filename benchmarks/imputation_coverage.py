"""How often the interval of the imputation of figure 2.4b holds the truth, beside two that were tried before it.

``python -m uv run python -m benchmarks.imputation_coverage`` writes the table of the page about the monitor.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from mse.monitor.counting.imputation import LEVEL, WEIGHT, Imputation, limits

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "monitor.md"
MARKS = ("<!-- imputation: begin -->", "<!-- imputation: end -->")

STRATA, KNOWN = 40, 0.6
"""Strata of a simulated register, and the chance that a sector is known."""

PERSONS = (4, 9, 31)
"""Mean size of a stratum: one person, and the others by chance."""

SHARES = (0.5, 0.25, 0.1)
"""Visible share of all; that of a stratum is spread around it, like that of `SPREAD` persons."""

SPREAD = 4.0

RUNS = 2_000
"""Registers of each row: the Monte Carlo error of a coverage of .95 is then .005."""

REPLICATES = 1_000
SEED = 1

Draws = Callable[[Imputation, int], NDArray[np.float64]]


def drawn_again(result: Imputation, seed: int) -> NDArray[np.float64]:
    """Draws whose shares are those of known sectors drawn again: a bootstrap within strata."""
    rng = np.random.default_rng(seed)
    size = (REPLICATES, len(result.known))
    shares = rng.binomial(result.known, result.visible / result.known, size) / result.known
    return np.asarray(rng.binomial(result.unknown, shares).sum(axis=1), dtype=np.float64)


def jeffreys(result: Imputation, seed: int) -> NDArray[np.float64]:
    """Draws whose shares come from the known sectors of a stratum and a half for each kind."""
    rng = np.random.default_rng(seed)
    size = (REPLICATES, len(result.known))
    shares = rng.beta(result.visible + 0.5, result.known - result.visible + 0.5, size)
    return np.asarray(rng.binomial(result.unknown, shares).sum(axis=1), dtype=np.float64)


def as_built(result: Imputation, seed: int) -> NDArray[np.float64]:
    """Draws of the library."""
    return result.replicates(REPLICATES, seed)


METHODS: dict[str, Draws] = {
    "known sectors drawn again (bootstrap)": drawn_again,
    "a half for each kind (Jeffreys)": jeffreys,
    f"as built (all known sectors count for {WEIGHT:g})": as_built,
}


def register(rng: np.random.Generator, mean: int, share: float) -> tuple[Imputation, int]:
    """Draw strata; return what is known of them, and how many of those to impute are visible in truth."""
    persons = 1 + rng.poisson(mean - 1, STRATA)
    shares = rng.beta(SPREAD * share, SPREAD * (1 - share), STRATA)
    known = rng.binomial(persons, KNOWN)
    visible, truth = rng.binomial(known, shares), rng.binomial(persons - known, shares)
    of, unknown = known > 0, persons - known
    seen = int(visible.sum())
    less = int(known.sum()) - seen
    result = Imputation(seen, less, visible[of], known[of], unknown[of], int(unknown[~of].sum()))
    return result, int(truth[of].sum())


def held(mean: int, share: float, runs: int, seed: int = SEED) -> list[float]:
    """Share of registers whose truth lies in the interval of each method."""
    rng = np.random.default_rng([seed, mean, round(100 * share)])
    hits = np.zeros(len(METHODS))
    for run in range(runs):
        result, truth = register(rng, mean, share)
        for place, draws in enumerate(METHODS.values()):
            low, high = limits(draws(result, run))
            hits[place] += low <= truth <= high
    return [float(share) for share in hits / runs]


def table(runs: int) -> str:
    """Write the table of the page."""
    settings = [(mean, share) for share, mean in product(SHARES, PERSONS)]
    found = Parallel(n_jobs=2)(delayed(held)(mean, share, runs) for mean, share in settings)
    lines = [
        f"{runs:,} registers a row, {REPLICATES:,} draws an interval of {LEVEL:.0%}; ± is the Monte Carlo error.",
        "",
        "| persons a stratum | visible share | " + " | ".join(METHODS) + " |",
        "| --- " * (len(METHODS) + 2) + "|",
    ]
    for (mean, share), rates in zip(settings, found, strict=True):
        cells = " | ".join(f"{rate:.1%} ± {math.sqrt(rate * (1 - rate) / runs):.1%}" for rate in rates)
        lines.append(f"| {mean} | {share:.0%} | {cells} |")
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="registers of each row")
    written = table(parser.parse_args().runs)
    print(written)
    before, rest = PAGE.read_text(encoding="utf-8").split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    PAGE.write_text(f"{before}{MARKS[0]}\n\n{written}\n\n{MARKS[1]}{after}", encoding="utf-8")
