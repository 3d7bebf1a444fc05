"""Reads files of SPSS and Stata: codes as they are stored, or their value labels; user-missing values are empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mse.errors import TableError, did_you_mean
from mse.lazy import lazy
from mse.records.damaged import told_as

if TYPE_CHECKING:
    import pandas as pd

pyreadstat = lazy("pyreadstat")

__all__ = ["PROGRAMS", "read_labelled"]

PROGRAMS = {".sav": "SPSS", ".zsav": "SPSS", ".dta": "Stata"}
"""Program that writes files of each ending."""


def read_labelled(path: Path, *, labels: bool | Sequence[str] = False, encoding: str | None = None) -> pd.DataFrame:
    """Read a file of SPSS or Stata.

    Parameters
    ----------
    path : Path
        A file ending in .sav, .zsav or .dta.
    labels : bool or sequence of str
        Whether value labels take the place of codes: in all columns that have them, or in those named. A code
        without a label stays.
    encoding : str, optional
        Of its texts, where the file does not say it.

    Returns
    -------
    pandas.DataFrame
        Whole numbers are whole; missing values, those that the user declared too, are empty.
    """
    program = PROGRAMS[path.suffix.lower()]
    read = pyreadstat.read_dta if program == "Stata" else pyreadstat.read_sav
    what = f"File '{path.name}' is no {program} file, or its encoding is another"
    with told_as(what, hint="Name it: encoding='cp1252'."):
        frame: pd.DataFrame
        frame, about = read(str(path), dates_as_pandas_datetime=True, encoding=encoding)
    known: Mapping[str, Mapping[Any, str]] = about.variable_value_labels
    if not isinstance(labels, bool):
        for name in labels:
            if name not in known:
                raise TableError(f"'{path.name}' has no value labels for '{name}'", hint=did_you_mean(name, known))
    named = set(known) if labels is True else set(labels or ())
    return frame.apply(lambda column: _labelled(column, known[column.name] if column.name in named else {}))


def _labelled(column: pd.Series[Any], labels: Mapping[Any, str]) -> pd.Series[Any]:
    """Put labels in the place of codes, and write whole numbers as such."""
    if column.dtype.kind == "f" and bool((column.isna() | (column % 1 == 0)).all()):
        column = column.astype("Int64")
    if not labels:
        return column
    meaning = {value: labels.get(value, str(value)) for value in column.dropna().unique()}
    return column.map(meaning).astype(object)
