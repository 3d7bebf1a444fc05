"""What others published on the same population: estimates, and registered numbers by year and vintage.

Every set is one TOML file in `published/`, with its source.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mse.core.published_estimate import PublishedEstimate
from mse.core.reference import Reference
from mse.lazy import lazy
from mse.records.shipped import chosen, public_reference, shipped

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["published_counts", "published_estimates"]


def published_estimates(name: str) -> tuple[PublishedEstimate, ...]:
    """Return a set of published estimates.

    Parameters
    ----------
    name : str
        Name of the set: "netherlands_2014_2015".

    Returns
    -------
    tuple of PublishedEstimate
        Estimates that were not published but follow from others say so in `derived`.

    Raises
    ------
    mse.errors.TableError
        There is no such set.

    Examples
    --------
    >>> published_estimates("netherlands_2014_2015")[0]
    5,000 to 7,500 a year (All presumed victims, 2014–2015)
    """
    plain = _read(name, "estimate")
    about = public_reference(plain)
    return tuple(_estimate(entry, about, plain["method"]) for entry in plain["estimate"])


def published_counts(name: str) -> pd.DataFrame:
    """Return registered numbers by year as they were published.

    Parameters
    ----------
    name : str
        Name of the set: "netherlands_counts".

    Returns
    -------
    pandas.DataFrame
        Columns series, year, count, edition (empty where there is none), source. Vintages of a year differ.

    Raises
    ------
    mse.errors.TableError
        There is no such set.

    Examples
    --------
    >>> counts = published_counts("netherlands_counts")
    >>> counts.query("series == 'nr' and year == 2017")["count"].tolist()
    [958, 956]
    """
    plain = _read(name, "count")
    frame = pd.DataFrame(plain["count"], columns=["series", "year", "count", "edition", "source"])
    return frame.fillna({"edition": ""})


def _estimate(entry: Mapping[str, Any], about: Reference, method: Mapping[str, str]) -> PublishedEstimate:
    groups = {name: _group(entry.get(name, {})) for name in ("group", "of")}
    return PublishedEstimate(**{"method": method, **entry, **groups, "reference": about})


def _group(plain: Mapping[str, Any]) -> dict[str, str | tuple[str, ...]]:
    return {name: tuple(level) if isinstance(level, list) else level for name, level in plain.items()}


def _read(name: str, kind: str) -> dict[str, Any]:
    """The set of that name that holds entries of a kind."""
    every = shipped("mse.records", "published").items()
    sets = {key: tomllib.loads(path.read_text(encoding="utf-8")) for key, path in every}
    return chosen(name, {key: plain for key, plain in sets.items() if kind in plain}, "There are no published numbers")
