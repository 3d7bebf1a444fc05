"""Models over lists and covariates: ``python -m uv run python -m benchmarks.strata``.

Six lists, four years, four forms and three covariates of two levels: 8,192 cells, all two-way terms. Everything is
measured in a process of its own; statsmodels fits the same model on the dense design in the same run.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import mse
from benchmarks.child import show
from benchmarks.peak import peak_mib
from mse.core.strata_design import StrataDesign
from mse.core.terms import Generators

LISTS = tuple("ABCDEF")
COVARIATES = {
    "year": (2016, 2017, 2018, 2019), "form": ("BL-SU", "GO-SU", "AU", "CU"), "minor": (0, 1), "sex": ("f", "m"),
    "region": ("nl", "other"),
}  # fmt: skip

MISSING = 0.2
"""Share of the persons whose form is not known."""

FITS, EM_FITS, GLM_FITS = 20, 3, 3


def table(seed: int = 1) -> mse.CaptureTable:
    """Draw a table from a model with all two-way terms, most of them small."""
    from mse.kernels.strata import means

    rng = np.random.default_rng(seed)
    model = Generators.of_order(2, LISTS, tuple(COVARIATES))
    design = StrataDesign.of(LISTS, COVARIATES, model)
    theta = rng.normal(0.0, 0.15, len(design.term_of))
    theta[design.term_of == 0] = 4.0
    for place in range(len(LISTS)):
        theta[design.term_of == 1 << place] = -1.5 - 0.2 * place
    n_strata, cells = len(design.blocks.columns), 2 ** len(LISTS)
    counts = rng.poisson(means(theta, design.blocks, np.zeros((n_strata, cells), dtype=np.bool_)))
    counts[:, 0] = 0
    shape = (2,) * len(LISTS) + tuple(map(len, COVARIATES.values()))
    return mse.CaptureTable(LISTS, np.ascontiguousarray(counts.T).reshape(shape), COVARIATES)


def with_missing_forms(whole: mse.CaptureTable, seed: int = 2) -> Any:
    """The same persons, with the form of a fifth of them not known."""
    from mse.core.partial import PartialTable

    hidden = np.random.default_rng(seed).binomial(whole.counts, MISSING)
    axis = len(LISTS) + list(COVARIATES).index("form")
    return PartialTable(LISTS, COVARIATES, {(): whole.counts - hidden, ("form",): hidden.sum(axis=axis)})


def glm(whole: mse.CaptureTable) -> Callable[[], Any]:
    """The same model on its dense design, for statsmodels on one thread."""
    import statsmodels.api as sm
    from threadpoolctl import threadpool_limits

    design = StrataDesign.of(LISTS, COVARIATES, Generators.of_order(2, LISTS, tuple(COVARIATES)))
    masks, cells = design.blocks.mask_of, np.arange(1, 2 ** len(LISTS))
    inside = (cells[:, None] & masks) == masks
    dense = (design.blocks.columns[:, None, :] * inside[None, :, :]).reshape(-1, len(masks))
    counts = whole.counts.reshape(2 ** len(LISTS), -1).T[:, 1:].ravel()

    def fit() -> Any:
        with threadpool_limits(limits=1):
            return sm.GLM(counts, dense, family=sm.families.Poisson()).fit()

    return fit


def median_of(work: Callable[[], Any], times: int) -> tuple[float, Any]:
    """Median of the seconds that some work takes, after a first time that compiles; and what came of that."""
    first = work()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken), first


def measure() -> dict[str, float]:
    """Seconds of every piece of work, and the memory of all but statsmodels."""
    whole = table()
    partial = with_missing_forms(whole)
    every = mse.LogLinear(order=2)
    search = mse.Search(method="stepwise")
    seconds, ensemble = median_of(lambda: search.fit(whole), 1)
    found = {
        "fit": median_of(lambda: every.fit(whole), FITS)[0],
        "search": seconds,
        "models": float(ensemble.n_models),
        "em": median_of(lambda: every.fit(partial), EM_FITS)[0],
    }
    found["peak MiB"] = peak_mib()
    found["glm"], _ = median_of(glm(whole), GLM_FITS)
    return found


def rows(taken: dict[str, float]) -> list[tuple[str, str, str]]:
    """Rows of the page of results."""
    what = "six lists × 4 × 4 × 2 × 2 × 2 strata (8,192 cells), all two-way terms (115 parameters)"
    ratio = taken["glm"] / taken["fit"]
    return [
        (f"{what}: one fit, existence proved", f"{taken['fit'] * 1e3:.0f} ms", "under 50 ms"),
        ("statsmodels GLM on the same dense design, one thread", f"{taken['glm'] * 1e3:,.0f} ms", ""),
        ("**ratio**", f"**{ratio:.0f}**", "at least 30"),
        (
            f"stepwise BIC search from all starts, {taken['models']:,.0f} models",
            f"{taken['search']:.1f} s",
            "under 20 s",
        ),
        ("the same model by EM, the form of a fifth not known", f"{taken['em']:.2f} s", "under 5 s"),
        ("their peak memory", f"{taken['peak MiB']:,.0f} MiB", "under 1,024 MiB"),
    ]


if __name__ == "__main__":
    show(measure(), rows)
