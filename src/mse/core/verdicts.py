"""`Verdicts`: which of many models of one table have an estimate.

A ray along which the likelihood grows without end stays one when terms are added, as long as the same terms are at −∞;
so does the lack of identification. A model that holds a refused one is refused without asking the linear programme.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mse.kernels.lattice import model_masks

__all__ = ["Verdicts"]


class Verdicts:
    """Answers of the linear programme on one table, each model asked once.

    Parameters
    ----------
    counts : array of float, shape (2^K,)
        Counts by mask of lists.
    interactions : array of int
        Interactions that the bits of a model stand for.
    """

    def __init__(self, counts: NDArray[np.float64], interactions: NDArray[np.int64]) -> None:
        from mse.kernels.poisson import superset_sums

        self.counts, self.interactions = counts, interactions
        self.n_lists = len(counts).bit_length() - 1
        sums = superset_sums(counts)
        self._empty = sum(1 << place for place, mask in enumerate(interactions) if sums[mask] == 0.0)
        self._known: dict[int, bool] = {}
        self._refused: dict[int, list[int]] = {}

    def has_estimate(self, bits: int) -> bool:
        """Whether a model has an estimate that is unique."""
        if bits not in self._known:
            self._known[bits] = not self._holds_a_refused_one(bits) and self._ask(bits)
        return self._known[bits]

    def _holds_a_refused_one(self, bits: int) -> bool:
        return any(bits & refused == refused for refused in self._refused.get(bits & self._empty, ()))

    def _ask(self, bits: int) -> bool:
        from mse.kernels.existence import check_existence

        found = check_existence(self.counts, model_masks(bits, self.interactions, self.n_lists))
        verdict = found.exists and found.identified
        if not verdict:
            group = self._refused.setdefault(bits & self._empty, [])
            group[:] = [*(other for other in group if other & bits != bits), bits]
        return verdict
