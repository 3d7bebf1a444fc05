"""Modes: the separate answers that rival models give, read off the weight density of the log total."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray

__all__ = ["BANDWIDTH", "SMALLEST_WEIGHT", "Density", "Valley"]

BANDWIDTH = 0.10
"""Bandwidth of the Gaussian on the log total: two answers less than about 20 % apart are one."""

SMALLEST_WEIGHT = 0.02
"""Modes with less weight than this are left out."""

_STEP = 0.0025
_SPAN = 16.0


@dataclass(frozen=True)
class Valley:
    """Stretch of log totals between two minima of the density, with the local maximum inside."""

    lower: float
    upper: float
    peak: float
    weight: float


@dataclass(frozen=True, eq=False)
class Density:
    """Weights of models, binned on the log of their total.

    Parameters
    ----------
    start : float
        Left edge of the grid: the log of the persons seen.
    weights : array of float
        Weight in each bin of width 0.0025; the last bin takes everything beyond.
    """

    start: float
    weights: NDArray[np.float64]

    @classmethod
    def empty(cls, n_observed: int) -> Self:
        """Bins without weight."""
        return cls(float(np.log(n_observed)), np.zeros(int(_SPAN / _STEP) + 1))

    def bins(self, totals: NDArray[np.float64]) -> NDArray[np.intp]:
        """Bin of each total."""
        place = (np.log(totals) - self.start) / _STEP
        return np.clip(place, 0, len(self.weights) - 1).astype(np.intp)

    def add(self, totals: NDArray[np.float64], weights: NDArray[np.float64], scale: float = 1.0) -> Self:
        """Add models; `scale` multiplies what is there already."""
        added = np.bincount(self.bins(totals), weights=weights, minlength=len(self.weights))
        return type(self)(self.start, self.weights * scale + added)

    def scaled(self, scale: float) -> Self:
        """Multiply all weights."""
        return type(self)(self.start, self.weights * scale)

    @property
    def total(self) -> float:
        """Sum of the weights."""
        return float(self.weights.sum())

    def share_above(self, total: float) -> float:
        """Share of the weight on models with a larger total."""
        edge = int(self.bins(np.array([total]))[0])
        return float(self.weights[edge:].sum() / self.total)

    def quantile(self, probability: float) -> float:
        """Total below which this share of the weight lies."""
        cumulative = np.cumsum(self.weights) / self.total
        return float(np.exp(self.start + _STEP * (np.searchsorted(cumulative, probability) + 0.5)))

    def valleys(self, bandwidth: float = BANDWIDTH, smallest: float = SMALLEST_WEIGHT) -> tuple[Valley, ...]:
        """Split the weight at the minima of its Gaussian-smoothed density; light stretches are left out."""
        reach = int(np.ceil(5.0 * bandwidth / _STEP))
        offsets = np.arange(-reach, reach + 1) * _STEP
        kernel = np.exp(-0.5 * (offsets / bandwidth) ** 2)
        smooth = np.convolve(np.pad(self.weights, reach), kernel, mode="same")
        slope = np.sign(np.diff(smooth))
        moving = np.flatnonzero(slope)
        signs = slope[moving]
        minima = [int(moving[i + 1]) for i in np.flatnonzero((signs[:-1] < 0) & (signs[1:] > 0))]
        edges = [0, *minima, len(smooth)]
        found = []
        for left, right in pairwise(edges):
            inside = slice(max(left - reach, 0), max(right - reach, 0))
            weight = float(self.weights[inside].sum() / self.total)
            if weight >= smallest:
                peak = left + int(np.argmax(smooth[left:right])) - reach
                lower = self.start + _STEP * (left - reach) if left else -np.inf
                upper = self.start + _STEP * (right - reach) if right < len(smooth) else np.inf
                found.append(Valley(lower, upper, self.start + _STEP * (peak + 0.5), weight))
        return tuple(found)
