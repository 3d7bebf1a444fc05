"""The compiled loop of counts on margins: mean design rows of the cells of every row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mse.kernels.compiled import compiled
from mse.kernels.strata_newton import Design

__all__ = ["mean_design_rows"]


@compiled
def mean_design_rows(
    starts: NDArray[np.int64],
    cells: NDArray[np.int64],
    shares: NDArray[np.float64],
    n_cells: int,
    design: Design,
    out: NDArray[np.float64],
) -> None:
    """Add up, in row r of `out`, the design rows of cells ``starts[r]`` to ``starts[r + 1]`` by their shares."""
    first, columns, values, masks = design
    for r in range(out.shape[0]):
        for k in range(starts[r], starts[r + 1]):
            stratum, cell = cells[k] // n_cells, cells[k] % n_cells
            for entry in range(first[stratum], first[stratum + 1]):
                column = columns[entry]
                if masks[column] & cell == masks[column]:
                    out[r, column] += shares[k] * values[entry]
