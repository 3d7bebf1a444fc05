"""Files of claims: those of an edition that ships with the library, and those of an office's own text.

The claims of the edition 2015-2019 are those of Nationaal Rapporteur Mensenhandel en Seksueel Geweld tegen Kinderen
(2020), *Slachtoffermonitor mensenhandel 2015-2019*, The Hague: every number and comparison of its text that follows
from its figures, and those that only the records can confirm.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from mse.errors import Problem, StudyError
from mse.lazy import lazy
from mse.records.read import read_frame
from mse.records.shipped import chosen, shipped

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["COLUMNS", "claims_of", "read_claims"]

COLUMNS = ("id", "section", "statement", "formula", "printed_value", "test")
"""Columns of a file of claims; printed_unit and needs may follow."""


def claims_of(edition: str = "2015-2019") -> pd.DataFrame:
    """Return the claims of the text of an edition.

    Parameters
    ----------
    edition : str
        The edition.

    Returns
    -------
    pandas.DataFrame
        The columns of `COLUMNS`, printed_unit and needs; all are texts.

    Raises
    ------
    mse.errors.TableError
        There are no claims of that edition.

    Examples
    --------
    >>> claims_of().loc[1, "formula"]
    "q('2.1','2018','all','monitor_population')"
    """
    found = chosen(edition, shipped("mse.monitor.audit", "texts", ".csv"), "There are no claims of edition")
    return pd.read_csv(io.StringIO(found.read_text(encoding="utf-8")), dtype=str, keep_default_na=False)


def read_claims(claims: str | Path | pd.DataFrame) -> pd.DataFrame:
    """Return claims as a frame of texts, from a file or a frame.

    Raises
    ------
    mse.errors.TableError
        There is no such file, or it is not what its name says.
    mse.errors.StudyError
        A column is missing, or an id stands twice.
    """
    given = read_frame(claims, as_text=True) if isinstance(claims, str | Path) else claims
    frame = given.astype(object).where(given.notna(), "").astype(str)
    absent = [Problem(name, "There is no such column.", line=1) for name in COLUMNS if name not in frame]
    if absent:
        raise StudyError("The claims lack columns", hint=f"A claim has {', '.join(COLUMNS)}.", problems=absent)
    twice = frame["id"][frame["id"].duplicated()].unique()
    if len(twice):
        problems = [Problem(str(name), "This id stands at more than one claim.") for name in twice]
        raise StudyError("Every claim has its own id", problems=problems)
    return frame
