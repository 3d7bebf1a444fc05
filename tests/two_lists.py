"""Petersen's estimator of two lists as an estimator: a closed form, for whole and expected tables alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class PetersenFit:
    """N̂ = n₁ n₂ / m in every stratum."""

    table: Any
    findings: tuple = ()
    model: str = "[A][B]"

    @property
    def means(self):
        means = np.array(self.table.counts, dtype=float)
        both = means[1, 1]
        means[0, 0] = np.divide(means[0, 1] * means[1, 0], both, out=np.full_like(both, np.nan), where=both > 0.0)
        return means

    @property
    def dark_figure(self):
        dark = float(np.sum(self.means[0, 0]))
        return dark if np.isfinite(dark) else None

    @property
    def total(self):
        return None if self.dark_figure is None else float(self.table.n_observed) + self.dark_figure


@dataclass(frozen=True)
class Petersen:
    """Two independent lists."""

    def fit(self, data, *, seed=None):
        return PetersenFit(data)
