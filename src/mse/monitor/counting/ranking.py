"""The largest levels of a dimension, with ties (R29)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING

from mse.core.cube import Cube
from mse.errors import TableError
from mse.lazy import lazy
from mse.monitor.counting.indicator import NOT_KNOWN

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["competition_ranks", "top"]


def competition_ranks[Level: Hashable](counts: Mapping[Level, int]) -> dict[Level, int]:
    """Rank counts, the largest first; equal counts share the better rank and the next ranks are skipped.

    Parameters
    ----------
    counts : mapping of level to int
        Counts; a count of 0 has no rank.

    Returns
    -------
    dict
        Rank of each level, best first.

    Examples
    --------
    >>> competition_ranks({"NG": 44, "RO": 44, "NL": 433, "PL": 90, "VN": 0})
    {'NL': 1, 'PL': 2, 'NG': 3, 'RO': 3}
    """
    order = sorted((level for level in counts if counts[level] > 0), key=lambda level: -counts[level])
    ranks: dict[Level, int] = {}
    for place, level in enumerate(order, start=1):
        tied = place > 1 and counts[order[place - 2]] == counts[level]
        ranks[level] = ranks[order[place - 2]] if tied else place
    return ranks


def top(cube: Cube, dimension: str, k: int) -> pd.DataFrame:
    """Return the levels of a dimension whose rank is at most `k`.

    Parameters
    ----------
    cube : Cube
        Counts; they are added up over all other dimensions, and members of sets are counted one by one.
    dimension : str
        The dimension; what is unknown is not ranked.
    k : int
        Last rank that is returned. With ties there may be more levels.

    Returns
    -------
    pandas.DataFrame
        Columns rank, the dimension, and count.

    Raises
    ------
    mse.errors.TableError
        There is no such dimension, or no such rank.

    Examples
    --------
    >>> import pandas as pd
    >>> cube = Cube(pd.DataFrame({"nationality": ["NL", "NG", "RO", "unknown"], "count": [433, 44, 44, 80]}))
    >>> top(cube, "nationality", 2).values.tolist()
    [[1, 'NL', 433], [2, 'NG', 44], [2, 'RO', 44]]
    """
    if k < 1:
        raise TableError("The last rank is 1 or more", got=repr(k))
    counted = cube.members(dimension) if dimension in cube.sets else cube
    counts = {level: n for level, n in counted.by(dimension).items() if level not in NOT_KNOWN}
    ranks = {level: rank for level, rank in competition_ranks(counts).items() if rank <= k}
    rows = [(rank, level, counts[level]) for level, rank in ranks.items()]
    return pd.DataFrame(rows, columns=["rank", dimension, "count"])
