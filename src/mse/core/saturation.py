"""How well the best conceivable model would fit a table: what deviances and criteria are measured from."""

from __future__ import annotations

import functools
from typing import NamedTuple

from mse.core.criteria import saturated_log_likelihood
from mse.core.partial import PartialTable
from mse.core.table import CaptureTable

__all__ = ["Saturation", "saturation"]


class Saturation(NamedTuple):
    """The fit of a model with a parameter for everything that is recorded.

    Attributes
    ----------
    log_likelihood : float
    cells : int
        Cells that can be observed.
    """

    log_likelihood: float
    cells: int


@functools.lru_cache(maxsize=4)
def saturation(table: CaptureTable | PartialTable) -> Saturation:
    """Return how well a table can be fitted at best.

    Of a partial table it takes an EM of its own, so the last few tables are remembered.
    """
    strata = 1
    for levels in table.covariates.values():
        strata *= len(levels)
    cells = (2 ** len(table.lists) - 1) * strata
    if isinstance(table, PartialTable):
        from mse.core.partial_rows import margin_rows
        from mse.kernels import margins

        return Saturation(float(margins.saturated_log_likelihood(margin_rows(table))[0]), cells)
    from mse.core.point_fit import kernel_counts

    return Saturation(saturated_log_likelihood(kernel_counts(table)), cells)
