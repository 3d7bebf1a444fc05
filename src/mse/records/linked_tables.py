"""`linked_tables`: a table for every draw of uncertain links between records, or for every threshold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mse.core.finding import Finding, Severity
from mse.core.parse import open_frame
from mse.core.reference import Reference
from mse.core.shape import check_names
from mse.core.table import CaptureTable
from mse.core.values import is_missing
from mse.errors import TableError, did_you_mean

__all__ = ["linked_tables"]


def linked_tables(
    records: Any,
    links: Any,
    *,
    lists: Sequence[str],
    record: str = "unique_id",
    source: str = "source_dataset",
    pair: tuple[str, str] = ("unique_id_l", "unique_id_r"),
    probability: str = "match_probability",
    thresholds: Sequence[float] | None = None,
    draws: int = 20,
    seed: int = 1,
    reference: Reference | None = None,
) -> tuple[CaptureTable, ...]:
    """Count persons by list for several linkages of the same records.

    Records that are connected by links are one person. Column names are by default those of Splink's predictions.

    Parameters
    ----------
    records : data frame
        Pandas, polars or pyarrow; one row a record, with its key and its list.
    links : data frame
        One row a pair of records that may be linked, with the probability that they are of one person.
    lists : sequence of str
        The lists, in the order of the table.
    record, source : str
        Columns of `records`: key and list.
    pair : (str, str)
        Columns of `links`: the keys of the two records.
    probability : str
        Column of `links`: a number from 0 to 1.
    thresholds : sequence of float, optional
        One table for each: links of at least this probability are made. Without, links are drawn with their
        probabilities, each by itself.
    draws : int
        Number of tables, where links are drawn.
    seed : int
        Seed of the draws.
    reference : Reference, optional
        What the counts are about.

    Returns
    -------
    tuple of CaptureTable
        One for each threshold or draw, to estimate each and combine with `mse.inference.linkage_combination`. A finding
        says how many persons have several records on one list.

    Raises
    ------
    mse.errors.TableError
        A column is missing, a key stands twice or is not among the records, a list is not among `lists`, a probability
        is none, a frame has no rows, or `thresholds` is empty.

    Examples
    --------
    >>> import pandas as pd
    >>> records = pd.DataFrame({"unique_id": range(5), "source_dataset": ["P", "P", "P", "S", "S"]})
    >>> links = pd.DataFrame({"unique_id_l": [0, 1], "unique_id_r": [3, 4], "match_probability": [0.99, 0.7]})
    >>> [table.n_observed for table in linked_tables(records, links, lists=["P", "S"], thresholds=[0.5, 0.9])]
    [3, 4]
    """
    check_names(lists)
    if thresholds is not None and not len(thresholds):
        raise TableError(
            "Tables by threshold take at least one", got="thresholds=[]", hint="Leave it out to draw the links."
        )
    of_list, ends, chance = _read(records, links, tuple(lists), record, source, pair, probability)
    if thresholds is None:
        if draws < 1:
            raise TableError("Links are drawn at least once", got=f"draws={draws}")
        rng = np.random.default_rng(seed)
        made = [rng.random(len(chance)) < chance for _ in range(draws)]
    else:
        made = [chance >= threshold for threshold in thresholds]
    return tuple(_table(of_list, ends[:, kept], tuple(lists), reference) for kept in made)


def _read(
    records: Any,
    links: Any,
    lists: tuple[str, ...],
    record: str,
    source: str,
    pair: tuple[str, str],
    probability: str,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """The list of every record, the two records of every link, and its probability; keys go no further."""
    rows = open_frame(records, [record, source]).to_dict(as_series=False)
    at = {key: number for number, key in enumerate(rows[record]) if not is_missing(key)}
    if len(at) < len(rows[record]):
        raise TableError("Every record has a key of its own", got="missing or repeated keys")
    unknown = {name for name in rows[source] if name not in lists}
    if unknown:
        raise TableError(
            f"The lists of the records in column '{source}' are those of the table",
            got=f"{len(unknown)} others",
            hint=did_you_mean(str(min(map(str, unknown))), lists),
        )
    found = open_frame(links, [*pair, probability]).to_dict(as_series=False)
    ends = np.array([[at.get(key, -1) for key in found[column]] for column in pair], dtype=np.int64).reshape(2, -1)
    if (ends < 0).any():
        raise TableError("Links are between the records given", got=f"{int((ends < 0).any(axis=0).sum())} with others")
    chance = np.array([np.nan if is_missing(value) else value for value in found[probability]], dtype=np.float64)
    if not ((chance >= 0.0) & (chance <= 1.0)).all():
        raise TableError(f"Column '{probability}' holds probabilities, from 0 to 1", got="other values")
    return np.array([lists.index(name) for name in rows[source]], dtype=np.int64), ends, chance


def _table(
    of_list: NDArray[np.int64], ends: NDArray[np.int64], lists: tuple[str, ...], reference: Reference | None
) -> CaptureTable:
    """Count the connected records."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n, k = len(of_list), len(lists)
    graph = coo_array((np.ones(ends.shape[1], dtype=np.int8), (ends[0], ends[1])), shape=(n, n))
    persons, label = connected_components(graph, directed=False)
    on = np.zeros((persons, k), dtype=np.int64)
    np.add.at(on, (label, of_list), 1)
    counts = np.zeros((2,) * k, dtype=np.int64)
    np.add.at(counts, tuple((on > 0).astype(np.intp).T), 1)
    several = int((on > 1).any(axis=1).sum())
    findings: tuple[Finding, ...] = ()
    if several:
        values = {"persons": several, "share": several / persons}
        findings = (Finding("linked_on_one_list", Severity.NOTE, "linkage", values),)
    return CaptureTable(lists, counts, reference=reference, findings=findings)
