"""`break_links`: what linkage error would make of a table, drawn person by person."""

from __future__ import annotations

from typing import Any

import numpy as np

from mse.core.table import CaptureTable
from mse.errors import TableError
from mse.inference.linkage_rates import LinkageRates

__all__ = ["break_links"]


def break_links(table: CaptureTable, *, missed: Any = None, false: Any = None, seed: int = 1) -> CaptureTable:
    """Link the persons of a table again, with links missed and false links made at given rates.

    The forward way of `correct_linkage`, to see what errors of a certain size would do to a table or an estimate.

    Parameters
    ----------
    table : CaptureTable
        Taken as linked without error.
    missed, false
        Rates as in `correct_linkage`; those with a standard error are drawn first.
    seed : int
        Seed of the draws.

    Returns
    -------
    CaptureTable
        Clusters by history: more persons than before where links are missed, fewer where links are false.

    Raises
    ------
    mse.errors.TableError
        The data are no table of whole counts.
    mse.errors.ModelError
        A rate is none, or its list is not in the table.

    Examples
    --------
    >>> import mse
    >>> table = mse.CaptureTable(["A", "B"], [[0, 300], [400, 600]])
    >>> broken = break_links(table, missed=0.1, seed=3)
    >>> broken.counts.tolist(), broken.n_observed - table.n_observed
    ([[0, 373], [473, 527]], 73)
    """
    from mse.kernels.broken_links import draw_clusters

    if not isinstance(table, CaptureTable):
        raise TableError("Links are broken person by person, so it takes whole counts", got=type(table).__name__)
    rng = np.random.default_rng(seed)
    rates = LinkageRates.read(table.lists, missed, false).drawn(rng)
    counts = table.counts.reshape(2 ** len(table.lists), -1)
    drawn = [draw_clusters(column, rates.by_pair(), rates.by_record(), rates.false_links(), rng) for column in counts.T]
    return table.with_counts(np.stack(drawn, axis=1).reshape(table.counts.shape))
