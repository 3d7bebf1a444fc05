"""Speed of hierarchical models: ``python -m benchmarks.hierarchical``.

Eight strata of five lists, 248 cells, pair interactions under a regularised horseshoe, four chains of 1,000 + 1,000.
Each sampler runs in a process of its own, from nothing compiled in memory; PyTensor's compilation cache on disk is
used as it is, unless ``--cold`` gives it an empty folder. PyMC's own sampler is the peer.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from typing import Any

import numpy as np

import mse

SAMPLERS = ("nutpie", "pymc")
LISTS, YEARS = tuple("ABCDE"), tuple(range(2012, 2020))


def table(seed: int = 1) -> mse.CaptureTable:
    """Draw a table: list effects that walk a little over the years, and three pairs that depend on each other."""
    rng = np.random.default_rng(seed)
    on = np.array(list(np.ndindex((2,) * len(LISTS))), dtype=float)
    effects = np.array([-2.0, -1.5, -2.5, -2.0, -1.8]) + rng.normal(0.0, 0.2, (len(YEARS), len(LISTS))).cumsum(axis=0)
    eta = effects @ on.T + on[:, 0] * on[:, 1] - 0.7 * on[:, 1] * on[:, 3] + 0.8 * on[:, 2] * on[:, 4]
    share = np.exp(eta) / np.exp(eta).sum(axis=1, keepdims=True)
    counts = rng.poisson(rng.integers(1_000, 5_000, (len(YEARS), 1)) * share)
    counts[:, 0] = 0
    return mse.CaptureTable(LISTS, counts.T.reshape(*(2,) * len(LISTS), len(YEARS)), {"year": YEARS})


def measure(sampler: str) -> dict[str, Any]:
    """Fit once, compilation and all, and a second time with what was compiled."""
    spec, data = mse.Hierarchical(sampler=sampler), table()
    began = time.perf_counter(), _cpu()
    fit = spec.fit(data, seed=1)
    first = time.perf_counter() - began[0], _cpu() - began[1]
    began = time.perf_counter(), _cpu()
    spec.fit(table(seed=2), seed=1)
    second = time.perf_counter() - began[0], _cpu() - began[1]
    judged = fit.chains.diagnostics().set_index("name")
    return {
        "sampler": sampler,
        "seconds": round(first[0], 1),
        "seconds of processor": round(first[1], 1),
        "again": round(second[0], 1),
        "again, of processor": round(second[1], 1),
        "divergences": int(fit.chains.sample_stats["diverging"].sum()),
        "largest R-hat of a year's unseen": round(float(judged.filter(like="unseen", axis=0)["r_hat"].max()), 4),
        "effective draws of the total": round(float(judged.loc["total", "ess_bulk"])),
        "median": round(float(fit.quantile(0.5))),
    }


def _cpu() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def main() -> None:
    """Measure every sampler in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sampler", choices=SAMPLERS, help="measure one sampler here")
    parser.add_argument("--cold", action="store_true", help="with an empty compilation cache")
    asked = parser.parse_args()
    if asked.sampler:
        print(json.dumps(measure(asked.sampler)))
        return
    for sampler in SAMPLERS:
        with tempfile.TemporaryDirectory() as folder:
            flags = {"PYTENSOR_FLAGS": f"base_compiledir={folder}"} if asked.cold else {}
            command = [sys.executable, "-m", "benchmarks.hierarchical", "--sampler", sampler]
            print(subprocess.run(command, env=os.environ | flags, capture_output=True, text=True, check=True).stdout)


if __name__ == "__main__":
    main()
