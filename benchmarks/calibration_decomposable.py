"""Calibration of decomposable averages: ``python -m uv run python -m benchmarks.calibration_decomposable``.

Three lists, two strata, about 600 persons; a graph for each stratum, and one for both. Posteriors of strata are exact,
so this proves priors, likelihood and grid together, and the draws over strata. It takes some minutes.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import mse
from benchmarks import calibration
from mse.kernels.chordal import earlier_neighbours
from mse.models.decomposable_posterior import graphs_of

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "decomposable.md"
STORE = Path(__file__).parents[1] / ".benchmarks" / "calibration_decomposable.jsonl"
COMMAND = "python -m benchmarks.calibration_decomposable"
SEED, FITS = 20_261_125, 2_000

LISTS, STRATA = ("A", "B", "C"), ("f", "m")
DELTA, PRIOR = 0.5, mse.TotalPrior.lognormal(300, 0.4)
GRAPHS = graphs_of(len(LISTS), include_saturated=False).edges


def case(rng: np.random.Generator) -> tuple[Mapping[str, float], Callable[[int], tuple[Mapping[str, Any], bool]]]:
    """Draw two populations from the prior, one with a graph for each stratum and one with the same graph."""
    tables, truth = {}, {}
    for mode in ("independent", "shared"):
        graphs = rng.choice(GRAPHS, 2) if mode == "independent" else np.repeat(rng.choice(GRAPHS, 1), 2)
        cells = np.stack([population(rng, int(graph)) for graph in graphs], axis=-1)
        truth |= {f"total, {mode}": float(cells.sum()), f"total of a stratum, {mode}": float(cells[..., 0].sum())}
        cells[0, 0, 0] = 0
        tables[mode] = mse.CaptureTable(LISTS, cells, {"sex": STRATA})

    def fit(seed: int) -> tuple[Mapping[str, Any], bool]:
        found: dict[str, Any] = {}
        for mode, table in tables.items():
            spec = mse.DecomposableAverage(DELTA, PRIOR, strata=mode)
            draws = spec.fit(table, seed=seed).draws
            found |= {f"total, {mode}": draws.total, f"total of a stratum, {mode}": draws.part({"sex": "f"}).total}
        return found, True

    return truth, fit


def population(rng: np.random.Generator, graph: int) -> NDArray[np.int64]:
    """Draw persons of one stratum: list by list, each given those before it that it depends on."""
    k = len(LISTS)
    total = int(PRIOR.draw(rng, 1)[0])
    on = np.zeros(total, dtype=np.int64)
    waiting = dict(enumerate(map(int, earlier_neighbours(graph, k))))
    while waiting:
        vertex = next(v for v, earlier in waiting.items() if not any(earlier >> w & 1 for w in waiting))
        earlier = waiting.pop(vertex)
        shape = DELTA * 2.0 ** (k - 1 - earlier.bit_count())
        chance = rng.beta(shape, shape, 2**k)
        on |= (rng.random(total) < chance[on & earlier]).astype(np.int64) << vertex
    return np.bincount(on, minlength=2**k).reshape((2,) * k)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fits", type=int, default=FITS)
    given = parser.parse_args()
    rows = calibration.collect(case, STORE, seed=SEED, replicates=given.fits)
    calibration.write(PAGE, rows, COMMAND)
    print("\n".join(calibration.table(rows)))
