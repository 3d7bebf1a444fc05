"""Draw a table like one at hand: the step that every bootstrap repeats."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mse.errors import ModelError, did_you_mean
from mse.kernels.resample import draw_nonparametric, draw_parametric

if TYPE_CHECKING:
    from mse.core.table import CaptureTable

__all__ = ["KINDS", "resample"]

KINDS = ("nonparametric", "parametric")


def resample(
    table: CaptureTable,
    kind: str,
    rng: np.random.Generator,
    *,
    total: float,
    means: NDArray[np.float64] | None = None,
    fixed_n: bool = False,
) -> NDArray[np.int64]:
    """Draw counts for a table.

    Parameters
    ----------
    table : CaptureTable
    kind : {"nonparametric", "parametric"}
        From the observed proportions, or from the fitted cells with the unseen.
    rng : numpy.random.Generator
    total : float
        Estimated total.
    means : array of float, optional
        Fitted counts in the shape of the table; needed for "parametric".
    fixed_n : bool
        Keep the number of persons seen as it is ("nonparametric" only).

    Returns
    -------
    array of int
        Counts in the shape of the table; all zero where nobody was drawn.

    Raises
    ------
    mse.errors.ModelError
        The kind is not known, or the fitted counts are missing.
    """
    if kind not in KINDS:
        raise ModelError(f"There is no bootstrap of kind {kind!r}", hint=did_you_mean(str(kind), KINDS))
    if kind == "nonparametric":
        return draw_nonparametric(table.counts, total, rng, fixed_n=fixed_n)
    if means is None:
        raise ModelError("A parametric draw needs the fitted counts", hint="Give means=…")
    counts = draw_parametric(means, rng)
    counts[(0,) * len(table.lists)] = 0
    return counts
