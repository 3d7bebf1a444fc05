"""The compiled loop that adds curves over the number unseen up on one grid; see `mse.kernels.laplace.mix`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mse.kernels.compiled import compiled

__all__ = ["FEWEST_NODES", "mix_curves"]

Floats = NDArray[np.float64]
Masks = NDArray[np.int64]

FEWEST_NODES = 6
"""Fewest nodes of a curve: the polynomial between nodes takes so many."""


@compiled
def interpolate(curve: Floats, count: int, place: float) -> float:
    """Value of a curve between its nodes: the polynomial of the fifth degree through the six nearest."""
    left = min(max(int(np.floor(place)) - 2, 0), count - FEWEST_NODES)
    d0 = place - left
    d1, d2, d3, d4, d5 = d0 - 1.0, d0 - 2.0, d0 - 3.0, d0 - 4.0, d0 - 5.0
    low, high = d0 * d1, d4 * d5
    total = (
        (curve[left + 5] * d4 - 5.0 * curve[left + 4] * d5) * low * d2 * d3
        + 10.0 * (curve[left + 3] * d2 - curve[left + 2] * d3) * low * high
        + (5.0 * curve[left + 1] * d0 - curve[left] * d1) * d2 * d3 * high
    )
    return float(total / 120.0)


@compiled
def mix_curves(
    first: Floats,
    steps: Floats,
    counts: Masks,
    curves: Floats,
    logs: Floats,
    extra: Floats,
    anchor: float,
    levels: Floats,
    mixture: Floats,
    evidence: Floats,
    quantiles: Masks,
) -> None:
    """Sum curves over the grid of numbers unseen, one model at a time.

    `logs` are log(unseen + 1) at the grid, `extra` the log prior and width of each grid point. `mixture` adds up all
    models relative to exp(`anchor`); `quantiles` are places in the grid.
    """
    values = np.zeros(logs.shape[0])
    for m in range(counts.shape[0]):
        evidence[m] = 0.0
        count = counts[m]
        if count == 0:
            continue
        low, high = first[m] - 1e-9, first[m] + steps[m] * (count - 1) + 1e-9
        begin, end = np.searchsorted(logs, low), np.searchsorted(logs, high, side="right")
        total = 0.0
        for g in range(begin, end):
            place = (logs[g] - first[m]) / steps[m]
            values[g] = np.exp(interpolate(curves[m], count, place) + extra[g] - anchor)
            mixture[g] += values[g]
            total += values[g]
        evidence[m] = total
        below = 0.0
        level = 0
        for g in range(begin, end):
            below += values[g]
            while level < levels.shape[0] and below >= levels[level] * total:
                quantiles[m, level] = g
                level += 1
