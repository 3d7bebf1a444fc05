"""Counts over lists and covariates as a frame: one row a combination with persons."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["cells_frame"]


def cells_frame(
    lists: Sequence[str], covariates: Mapping[str, tuple[Hashable, ...]], counts: NDArray[Any]
) -> pd.DataFrame:
    """Return one row per combination with a count, largest first: a 0/1 column per list, the covariates, `count`.

    Examples
    --------
    >>> cells_frame(["A", "B"], {}, np.array([[0, 30], [40, 6]])).values.tolist()
    [[1, 0, 40], [0, 1, 30], [1, 1, 6]]
    """
    import pandas as pd

    cells = np.argwhere(counts > 0)
    columns: dict[str, Any] = {name: cells[:, axis] for axis, name in enumerate(lists)}
    for axis, (name, levels) in enumerate(covariates.items(), start=len(lists)):
        columns[name] = [levels[index] for index in cells[:, axis]]
    columns["count"] = counts[tuple(cells.T)]
    return pd.DataFrame(columns).sort_values("count", ascending=False, kind="stable").reset_index(drop=True)
