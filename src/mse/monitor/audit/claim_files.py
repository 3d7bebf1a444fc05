"""Files of claims: those of an edition that ships with the library, and those of an office's own text.

The claims of the edition 2015-2019 are those of Nationaal Rapporteur Mensenhandel en Seksueel Geweld tegen Kinderen
(2020), *Slachtoffermonitor mensenhandel 2015-2019*, The Hague: every number and comparison of its text that follows
from its figures, and those that only the records can confirm.
"""

from __future__ import annotations

import io
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from mse.errors import Problem, StudyError, TableError, did_you_mean
from mse.lazy import lazy

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["COLUMNS", "claims_of", "read_claims"]

COLUMNS = ("id", "section", "statement", "formula", "printed_value", "test")
"""Columns of a file of claims; printed_unit and needs may follow."""


def claims_of(edition: str = "2015-2019") -> pd.DataFrame:
    """Return the claims of the text of an edition.

    Examples
    --------
    >>> claims_of().loc[1, "formula"]
    "q('2.1','2018','all','monitor_population')"
    """
    folder = resources.files("mse.monitor.audit") / "texts"
    known = sorted(path.name.removesuffix(".csv") for path in folder.iterdir() if path.name.endswith(".csv"))
    if edition not in known:
        raise TableError(f"There are no claims of edition '{edition}'", hint=did_you_mean(edition, known))
    text = (folder / f"{edition}.csv").read_text(encoding="utf-8")
    return pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)


def read_claims(claims: str | Path | pd.DataFrame) -> pd.DataFrame:
    """Return claims as a frame of texts, from a CSV file or a frame.

    Raises
    ------
    mse.errors.StudyError
        A column is missing, or an id stands twice.
    """
    if isinstance(claims, str | Path):
        frame = pd.read_csv(claims, dtype=str, keep_default_na=False)
    else:
        frame = claims.fillna("").astype(str)
    absent = [Problem(name, "There is no such column.", line=1) for name in COLUMNS if name not in frame]
    if absent:
        raise StudyError("The claims lack columns", hint=f"A claim has {', '.join(COLUMNS)}.", problems=absent)
    twice = frame["id"][frame["id"].duplicated()].unique()
    if len(twice):
        problems = [Problem(str(name), "This id stands at more than one claim.") for name in twice]
        raise StudyError("Every claim has its own id", problems=problems)
    return frame
