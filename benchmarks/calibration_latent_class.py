"""Calibration of latent classes: ``python -m uv run python -m benchmarks.calibration_latent_class``.

Three lists, two strata, up to four classes, about 400 persons. The work can be stopped and taken up again; when it is
done the table of `docs/explanation/latent-class.md` is written anew. `--fits` makes it a shorter one.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

import mse
from benchmarks import calibration
from mse.core.fit import FitStatus

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "latent-class.md"
STORE = Path(__file__).parents[1] / ".benchmarks" / "calibration_latent_class.jsonl"

SEED, FITS = 20_260_101, 200

LISTS, STRATA = ("A", "B", "C"), ("f", "m")
SHAPE, RATE = 4.0, 0.01
SPEC = mse.LatentClass(
    classes=4,
    prior=mse.TotalPrior.negative_binomial(SHAPE, RATE),
    alpha=(1.0, 1.0),
    draws=500,
    tune=2_000,
    thin=6,
    temperatures=5,
)

ABOVE = 0.5
"""Capture probability above which persons are counted."""


def case(rng: np.random.Generator) -> tuple[Mapping[str, float], Callable[[int], tuple[Mapping[str, Any], bool]]]:
    """Draw a population from the prior, and its table."""
    alpha = rng.gamma(SPEC.alpha[0], 1.0 / SPEC.alpha[1])
    stick = rng.beta(1.0, alpha, size=(len(STRATA), SPEC.classes - 1))
    left = np.cumprod(np.c_[np.ones(len(STRATA)), 1.0 - stick], axis=1)
    weight = left * np.c_[stick, np.ones(len(STRATA))] * rng.dirichlet(np.ones(len(STRATA)))[:, None]
    chance = rng.random((SPEC.classes, len(LISTS)))
    total = rng.negative_binomial(SHAPE, RATE / (1.0 + RATE))
    persons = rng.multinomial(total, weight.ravel() / weight.sum()).reshape(weight.shape)
    counts = np.zeros((2, 2, 2, len(STRATA)), dtype=np.int64)
    for (s, k), many in np.ndenumerate(persons):
        on = (rng.random((many, len(LISTS))) < chance[k]).astype(int)
        np.add.at(counts, (*on.T, s), 1)
    counts[0, 0, 0] = 0
    fair = persons.sum(axis=0)[1.0 - (1.0 - chance).prod(axis=1) > ABOVE].sum()
    truth = {"total": total, "total of one stratum": persons[0].sum(), "capture probability above 0.5": fair}
    table = mse.CaptureTable(LISTS, counts, {"sex": STRATA})
    return {name: float(value) for name, value in truth.items()}, lambda seed: draws(table, seed)


def draws(table: mse.CaptureTable, seed: int) -> tuple[Mapping[str, Any], bool]:
    """Fit the table; return the draws of what is ranked."""
    fit = SPEC.fit(table, seed=seed, workers=1)
    assert fit.chains is not None
    values = fit.chains.values
    seen = 1.0 - (1.0 - values["chance"]).prod(axis=-1)
    found = {
        "total": values["total"],
        "total of one stratum": values["unseen"][..., 0] + table.counts[..., 0].sum(),
        "capture probability above 0.5": np.where(seen > ABOVE, values["persons"], 0).sum(axis=-1),
    }
    return found, fit.status is FitStatus.OK


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fits", type=int, default=FITS)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    rows = calibration.collect(case, STORE, seed=SEED, replicates=given.fits, workers=given.workers)
    calibration.write(PAGE, rows, "python -m benchmarks.calibration_latent_class")
    print("\n".join(calibration.table(rows)))
