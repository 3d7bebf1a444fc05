"""Reports for each unit of a list's capacity, such as the number of care coordinators: effort apart from phenomenon."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mse.core.figure import Figure
from mse.core.list_metadata import ListMetadata
from mse.core.reference import Reference
from mse.core.sentence import Sentence
from mse.errors import TableError
from mse.lazy import lazy
from mse.monitor.coverage.list_failure import Counts
from mse.monitor.estimation.data_figures import heading, unit_and_source

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["exposure_rates"]


def exposure_rates(
    counts: Counts, metadata: Mapping[str, ListMetadata], *, reference: Reference | None = None, name: str = "exposure"
) -> Figure:
    """Divide the reports of each list and year by its capacity in that year.

    Parameters
    ----------
    counts : mapping of str to mapping of int to int
        Reports by list and year (`reporter_counts`).
    metadata : mapping of str to ListMetadata
        Lists, with `exposure` where it is known.
    reference : Reference, optional
        What the counts are about.
    name : str
        Name of the figure.

    Returns
    -------
    Figure
        Columns list_code, year, reports, capacity, rate (reports for each unit of capacity). Lists and years without
        a capacity are not in it.

    Raises
    ------
    mse.errors.TableError
        No capacity is given for any list and year that is counted.

    Examples
    --------
    >>> care = ListMetadata("care", {"en": "Care", "nl": "Zorg"}, exposure={2018: 30, 2019: 42})
    >>> exposure_rates({"care": {2018: 91, 2019: 252}}, {"care": care}).to_frame()["rate"].round(2).tolist()
    [3.03, 6.0]
    """
    rows = [
        {
            "list_code": code,
            "list": dict(metadata[code].label),
            "year": str(year),
            "reports": count,
            "capacity": metadata[code].exposure[year],
            "capacity_of": dict(metadata[code].exposure_unit) or "",
            "rate": count / metadata[code].exposure[year],
        }
        for code, years in counts.items()
        for year, count in years.items()
        if code in metadata and year in metadata[code].exposure
    ]
    if not rows:
        raise TableError("No list has a capacity for a year that is counted", hint="Give ListMetadata an exposure.")
    columns = {
        "list": heading("list"),
        "year": heading("goal_year"),
        "reports": heading("concentration_reports", "persons"),
        "capacity": heading("exposure_capacity", "setting"),
        "capacity_of": heading("exposure_unit"),
        "rate": heading("exposure_rate", "rate", of=["reports"]),
    }
    return Figure(
        name,
        pd.DataFrame(rows),
        columns,
        title=Sentence("exposure_title"),
        caption=Sentence("exposure_caption"),
        **{**unit_and_source(reference), "unit": "report"},
    )
