"""Calibration of hierarchical models by simulation: ``python -m benchmarks.calibration_hierarchical``.

Tables of three lists and two strata are drawn from the prior and fitted. The global scale of the horseshoe, which is
taken from the table by default, is given here, so that the prior is the same in every fit; and the prior of the total
is one that can be drawn from.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pymc as pm
from pytensor.compile.mode import Mode

import mse
from benchmarks.calibration import collect, write

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "explanation" / "hierarchical.md"
STORE = ROOT / ".benchmarks" / "calibration_hierarchical.jsonl"
COMMAND = "python -m benchmarks.calibration_hierarchical"
SEED, FITS = 20_261_124, 200

LISTS, STRATA = ("A", "B", "C"), {"form": ("SU", "AU")}

SPEC = mse.Hierarchical(
    prior=mse.TotalPrior.lognormal(3_000, 0.5), global_scale=0.2, list_sd=1.0, tune=500, draws=500, target_accept=0.95
)


def case(rng: np.random.Generator) -> tuple[Mapping[str, float], Callable[[int], tuple[Mapping[str, Any], bool]]]:
    """Draw parameters and a table from the prior."""
    shape = mse.CaptureTable(LISTS, np.ones((2, 2, 2, 2), dtype=int) - _nobody(), STRATA)
    model = SPEC.pymc_model(shape)
    names = ["unseen", "interaction_mean", "sd_of_interaction", "sd_of_form", "count"]
    unseen, terms, *scales, count = pm.draw(
        [model[name] for name in names],
        random_seed=int(rng.integers(2**32)),
        mode=Mode(linker="py", optimizer="fast_compile"),
    )
    counts = np.zeros((8, 2), dtype=int)
    counts[1:] = count.T
    hidden = rng.poisson(unseen)
    table = mse.CaptureTable(LISTS, counts.reshape(2, 2, 2, 2), STRATA)
    truth = {
        "total": float(counts.sum() + hidden.sum()),
        "total, SU": float(counts[:, 0].sum() + hidden[0]),
        "[A B]": float(terms[0]),
        "spread of interactions": float(scales[0]),
        "spread of list effects": float(scales[1]),
    }

    def fit(seed: int) -> tuple[Mapping[str, Any], bool]:
        found = SPEC.fit(table, seed=seed)
        drawn = found.chains.values
        draws = {
            "total": drawn["total"],
            "total, SU": drawn["total_in"][..., 0],
            "[A B]": drawn["interaction_mean"][..., 0],
            "spread of interactions": drawn["sd_of_interaction"],
            "spread of list effects": drawn["sd_of_form"],
        }
        return draws, found.total is not None

    return truth, fit


def _nobody() -> np.ndarray:
    unseen = np.zeros((2, 2, 2, 2), dtype=int)
    unseen[0, 0, 0] = 1
    return unseen


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fits", type=int, default=FITS, help="tables")
    parser.add_argument("--store", type=Path, default=STORE, help="file with a line a fit")
    parser.add_argument("--page", type=Path, default=PAGE, help="page whose table is written")
    asked = parser.parse_args()
    write(asked.page, collect(case, asked.store, seed=SEED, replicates=asked.fits), COMMAND)
