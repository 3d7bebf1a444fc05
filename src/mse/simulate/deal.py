"""From counts to invented persons: one row a person, and values dealt out to them so that counts are kept."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mse.errors import ModelError
from mse.records.register.synthetic import SYNTHETIC

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MARK", "dates", "deal", "expand", "pick", "stream"]

MARK = {SYNTHETIC: "true"}
"""What every invented record says of itself."""

_DAYS = 365


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the random numbers of one stage: each stage has its own, so that a change in one leaves the others alone.

    Examples
    --------
    >>> bool(stream(1, "ages").random() == stream(1, "ages").random())
    True
    """
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def expand(cells: pd.DataFrame, count: str = "count") -> pd.DataFrame:
    """Turn counts into rows: one row a person.

    Examples
    --------
    >>> import pandas as pd
    >>> expand(pd.DataFrame({"form": ["AU", "CU"], "count": [2, 1]}))["form"].tolist()
    ['AU', 'AU', 'CU']
    """
    return cells.loc[cells.index.repeat(cells[count])].drop(columns=count).reset_index(drop=True)


def deal(
    people: pd.DataFrame, table: pd.DataFrame, by: Sequence[str], value: str, rng: np.random.Generator
) -> NDArray[np.object_]:
    """Deal values out at random inside groups, as often as a table of counts says.

    Parameters
    ----------
    people : pandas.DataFrame
    table : pandas.DataFrame
        Columns `by`, `value` and count: how many persons of each group get each value; the counts of a group add up
        to its persons.
    by : sequence of str
    value : str
    rng : numpy.random.Generator

    Returns
    -------
    array of object
        The value of each person, in the order of `people`.

    Raises
    ------
    mse.errors.ModelError
        Counts and persons do not agree.

    Examples
    --------
    >>> import pandas as pd
    >>> people = pd.DataFrame({"form": ["AU", "CU", "AU"]})
    >>> table = pd.DataFrame({"form": ["AU", "CU"], "sex": ["male", "female"], "count": [2, 1]})
    >>> deal(people, table, ["form"], "sex", np.random.default_rng(1)).tolist()
    ['male', 'female', 'male']
    """
    keys = list(by)
    shuffled = people.iloc[rng.permutation(len(people))].sort_values(keys, kind="stable")
    dealt = expand(table[[*keys, value, "count"]]).sort_values(keys, kind="stable")
    if len(dealt) != len(people) or not (dealt[keys].to_numpy() == shuffled[keys].to_numpy()).all():
        raise ModelError(f"The counts by {', '.join(keys)} are not those of the persons", got=f"{len(dealt)} values")
    out = np.empty(len(people), dtype=object)
    out[people.index.get_indexer(shuffled.index)] = dealt[value].to_numpy()
    return out


def dates(years: NDArray[np.int64], rng: np.random.Generator) -> list[str]:
    """Draw a day in each year, each as likely; the last day of a leap year is never drawn.

    Examples
    --------
    >>> [date[:4] for date in dates(np.array([2016, 2019]), np.random.default_rng(1))]
    ['2016', '2019']
    """
    first = np.array([f"{year}-01-01" for year in years], dtype="datetime64[D]")
    written: list[str] = (first + rng.integers(0, _DAYS, size=len(years))).astype(str).tolist()
    return written


def pick(
    who: NDArray[np.bool_], count: int, rng: np.random.Generator, prefer: NDArray[np.float64] | None = None
) -> NDArray[np.int64]:
    """Pick persons at random from those that qualify; a higher preference goes first.

    Raises
    ------
    mse.errors.ModelError
        Too few qualify.

    Examples
    --------
    >>> pick(np.array([True, False, True]), 2, np.random.default_rng(1)).tolist()
    [0, 2]
    """
    candidates = np.flatnonzero(who)
    if len(candidates) < count:
        raise ModelError("Too few invented persons qualify", got=f"{len(candidates)} for {count}")
    order = rng.random(len(candidates))
    if prefer is not None:
        order = order - prefer[candidates]
    return np.sort(candidates[np.argsort(order, kind="stable")[:count]])
