"""What others published on the same population: estimates, and registered numbers by year and vintage.

Every set is one TOML file in `published/`, with its source.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mse.core.published_estimate import PublishedEstimate
from mse.core.reference import Reference
from mse.errors import TableError
from mse.lazy import lazy
from mse.records.read import read_frame
from mse.records.shipped import chosen, public_reference, shipped

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["published_counts", "published_estimates", "read_published_counts"]

COUNT_COLUMNS = ("series", "year", "count", "edition", "source")
"""What is known of a registered number that was published; only the edition may be absent."""


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
    frame = pd.DataFrame(plain["count"], columns=list(COUNT_COLUMNS))
    return frame.fillna({"edition": ""})


def read_published_counts(path: str | Path) -> pd.DataFrame:
    """Read registered numbers by year, as they were published, from a file of an office.

    Parameters
    ----------
    path : str or Path
        A CSV or Excel file with a row a published number: columns series, year, count, source and, if known, edition.

    Returns
    -------
    pandas.DataFrame
        As `published_counts`.

    Raises
    ------
    mse.errors.TableError
        The file cannot be read, lacks a column, or has years or counts that are no whole numbers.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "earlier.csv"
    >>> _ = path.write_text("series;year;count;source\\noffice;2017;958;Yearbook 2018\\n")
    >>> read_published_counts(path)["count"].tolist()
    [958]
    """
    frame = read_frame(path, as_text=True)
    absent = [name for name in COUNT_COLUMNS if name not in frame and name != "edition"]
    if absent:
        raise TableError(
            f"Published numbers have columns {', '.join(COUNT_COLUMNS)}", got=f"no column {', '.join(absent)}"
        )
    frame = frame.reindex(columns=list(COUNT_COLUMNS)).astype(object)
    frame = frame.where(frame.notna(), "")
    for name in ("year", "count"):
        wrong = ~frame[name].str.fullmatch(r"\d{1,9}")
        if wrong.any():
            raise TableError(f"Column '{name}' of published numbers holds whole numbers", got=f"{wrong.sum()} others")
        frame[name] = frame[name].astype(int)
    return frame


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
