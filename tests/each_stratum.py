"""An estimator of the tests: the same log-linear model fitted to every stratum by itself, by the kernel alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

import mse
from mse.kernels.poisson import PROVED, fit_poisson


@dataclass(frozen=True)
class SeparateFit:
    """What a bootstrap asks of a fit."""

    means: np.ndarray | None
    total: float | None
    dark_figure: float | None
    findings: tuple[mse.Finding, ...] = ()
    model: str = "each"


@dataclass(frozen=True)
class Separate:
    """Terms of up to `order` lists in every stratum; a stratum with nobody has nobody unseen."""

    order: int = 1
    findings: tuple[mse.Finding, ...] = ()

    def fit(self, data: Any, *, seed: int | None = None) -> SeparateFit:
        k = len(data.lists)
        masks = sorted((m for m in range(2**k) if m.bit_count() <= self.order), key=lambda m: (m.bit_count(), m))
        counts = data.counts.reshape(2**k, -1).astype(np.float64)
        means = np.zeros_like(counts)
        for stratum in np.flatnonzero(counts.any(axis=0)):
            fit = fit_poisson(np.ascontiguousarray(counts[:, stratum]), np.array(masks))
            if fit.outcome != PROVED or not fit.converged:
                return SeparateFit(None, None, None, self.findings)
            means[:, stratum] = fit.mu
        dark = float(means[0].sum())
        return SeparateFit(means.reshape(data.counts.shape), data.n_observed + dark, dark, self.findings)


def by_year_and_form(seed: int = 3, size: int = 300) -> mse.CaptureTable:
    """A table of three lists, three years and two forms, drawn independently."""
    rng = np.random.default_rng(seed)
    counts = np.zeros((2, 2, 2, 3, 2), dtype=np.int64)
    for year in range(3):
        for form in range(2):
            on = (rng.random((size + 60 * year - 80 * form, 3)) < (0.5, 0.45, 0.4)).astype(int)
            np.add.at(counts, (*on.T, year, form), 1)
    counts[0, 0, 0] = 0
    return mse.CaptureTable(["A", "B", "C"], counts, {"year": (2017, 2018, 2019), "form": ("SU", "AU")})
