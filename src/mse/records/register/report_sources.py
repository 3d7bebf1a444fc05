"""Sources of reports: a reporter, or an organisation within one, as lists are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mse.errors import TableError
from mse.records.mapping import ReporterMapping, folded

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["report_sources"]


def report_sources(
    reports: pd.DataFrame, lists: ReporterMapping | Mapping[str, Sequence[str]] | str | Path
) -> pd.Series[str]:
    """Write the source of every report as a mapping names it, for `mse.tabulate`.

    Where the mapping names an organisation within a reporter, ``"other_reporters:shelter"``, that is the source of its
    reports; all others have their reporter as source. `Registry.table` follows the same rule.

    Parameters
    ----------
    reports : pandas.DataFrame
        The report-level file of a register: columns reporter and organisation.
    lists : mapping, ReporterMapping or path
        Sources of each list.

    Returns
    -------
    pandas.Series
        One source a report.

    Raises
    ------
    mse.errors.TableError
        The reports have no column reporter or organisation.

    Examples
    --------
    >>> import pandas as pd
    >>> reports = pd.DataFrame({"reporter": ["police", "other_reporters"], "organisation": ["", "shelter"]})
    >>> report_sources(reports, {"P": ["police"], "O": ["other_reporters:shelter"]}).tolist()
    ['police', 'other_reporters:shelter']
    """
    for name in ("reporter", "organisation"):
        if name not in reports:
            raise TableError(f"The report-level file of a register has a column '{name}'", got="none of that name")
    known = ReporterMapping.of(lists).list_of()
    reporter = reports["reporter"].astype(str)
    inner = reporter + ":" + reports["organisation"].fillna("").astype(str)
    named = [source for source in inner.unique() if folded(source) in known]
    return inner.where(inner.isin(named), reporter)
