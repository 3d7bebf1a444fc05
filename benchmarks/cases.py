"""The work that is measured."""

from __future__ import annotations

import subprocess
import sys
import warnings
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

import mse
from mse.core.point_fit import kernel_counts
from mse.kernels.existence import design
from mse.kernels.lattice import enumerate_models, interactions, model_masks
from mse.kernels.poisson import SweepResult, partition, sweep

SIX, FIVE = "netherlands_2010_2015", "netherlands_2010_2015_five"

GLM_MODELS = 200
"""Pair models that statsmodels fits, evenly spread over all 32,768."""

REPLICATES = 1000

Array = NDArray[np.float64]


@cache
def counts(name: str) -> Array:
    """Counts of a published table as the kernels take them."""
    return kernel_counts(mse.datasets.load(name))


@cache
def scope(name: str, order: int | None) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Interactions and models of a scope."""
    n_lists = len(counts(name)).bit_length() - 1
    order = n_lists if order is None else order
    models = enumerate_models(n_lists, order)
    assert models is not None
    return interactions(n_lists, order), models


def sweep_all(name: str, order: int | None) -> SweepResult:
    """Fit and screen every model of a scope on one thread."""
    return sweep(counts(name), *scope(name, order))


@cache
def glm_problems(reduced: bool) -> tuple[tuple[Array, Array], ...]:
    """Counts and design matrix of a sample of pair models.

    The full design has all 63 observable cells. The reduced one leaves out terms without persons and their cells, as
    the extended maximum likelihood estimate does.
    """
    y = counts(SIX)
    inter, models = scope(SIX, 2)
    cells = np.arange(1, len(y))
    problems = []
    for bits in models[np.linspace(0, len(models) - 1, GLM_MODELS).astype(int)]:
        masks = model_masks(int(bits), inter, 6)
        rows = cells
        if reduced:
            masks, _, keep = partition(y, masks)
            rows = np.flatnonzero(keep)
        problems.append((y[rows], design(rows, masks)))
    return tuple(problems)


def glm_fits(reduced: bool) -> list[float]:
    """Fit the sample with statsmodels; returns the totals."""
    import statsmodels.api as sm

    totals = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for y, matrix in glm_problems(reduced):
            fit = sm.GLM(y, matrix, family=sm.families.Poisson()).fit()
            totals.append(float(y.sum() + np.exp(fit.params[0])))
    return totals


def search_all_orders() -> int:
    """Search all 7,785,061 models of six lists, on all cores."""
    return mse.Search(max_order=None).fit(mse.datasets.load(SIX)).n_models


def bootstrap_pairs() -> int:
    """Draw 1,000 tables and choose exactly among 32,768 pair models on each, two at a time."""
    table = mse.datasets.load(SIX)
    draws = mse.bootstrap(mse.Search(), table, replicates=REPLICATES, seed=1, workers=2).draws
    return 0 if draws is None else len(draws)


class Measured(NamedTuple):
    """What a statement took in a process of its own."""

    seconds: float
    processor_seconds: float
    """Of all threads together; other programs on the machine hardly change it."""
    peak_mib: float


def in_a_fresh_process(statement: str, before: str = "import numpy") -> Measured:
    """Measure a statement in a new interpreter, after what comes before it."""
    script = (
        f"import time\nfrom benchmarks.peak import peak_mib\n{before}\n"
        f"start, busy = time.perf_counter(), time.process_time()\n{statement}\n"
        "print(time.perf_counter() - start, time.process_time() - busy, peak_mib())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return Measured(*map(float, done.stdout.split()))
