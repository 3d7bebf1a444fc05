"""Cases of a tabulation: which persons belong together, kept as numbers once the keys are gone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.cases import CaseCounts
from mse.records.coding import coded, distinct

if TYPE_CHECKING:
    import narwhals as nw

__all__ = ["CASE", "NO_CASE", "case_counts", "numbered"]

CASE = "_case"
"""Column of the reports that holds the number of their case."""

NO_CASE = -1


def numbered(column: nw.Series[Any]) -> nw.Series[Any]:
    """Replace the keys of cases by numbers in no order of theirs; an empty cell is `NO_CASE`."""
    keys = distinct(column)
    return coded(column, {key: place for place, key in enumerate(keys)}, default=NO_CASE).alias(CASE)


def case_counts(
    units: nw.DataFrame[Any],
    used: nw.DataFrame[Any],
    keys: Sequence[str],
    keep: NDArray[np.bool_],
    cells: NDArray[np.int64],
) -> CaseCounts:
    """Count the persons of every case by cell of the table.

    Cases that share a person are one case: what happens to one happens to the other. A person whose reports name no
    case is a case of one.

    Parameters
    ----------
    units : data frame
        One row a person (or person-year), with the columns `keys`.
    used : data frame
        The reports that count, with the columns `keys` and `CASE`.
    keys : sequence of str
        Columns that tell units apart.
    keep : array of bool, shape (units,)
        Units that are in the table.
    cells : array of int, shape (kept units,)
        Cell of each unit that is in the table, as its place in ``counts.ravel()``.

    Returns
    -------
    CaseCounts
    """
    import narwhals as nw

    place = units.select(*keys).with_row_index("_unit")
    pairs = used.filter(nw.col(CASE) != NO_CASE).select(*keys, CASE).unique().join(place, on=list(keys), how="inner")
    unit, case = (np.asarray(pairs[name].to_numpy(), dtype=np.int64) for name in ("_unit", CASE))
    group = _joined(len(units), unit, case)[keep]
    return CaseCounts(group, cells, np.ones(len(cells), dtype=np.int64))


def _joined(units: int, unit: NDArray[np.int64], case: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number of the group of each unit: units that share a case, directly or through others, are one group."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    size = units + (int(case.max()) + 1 if len(case) else 0)
    links = coo_array((np.ones(len(unit), dtype=np.int8), (unit, units + case)), shape=(size, size))
    return np.asarray(connected_components(links, directed=False)[1][:units], dtype=np.int64)
