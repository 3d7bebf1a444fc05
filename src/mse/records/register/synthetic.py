"""Records that say of themselves that their persons are invented."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mse.errors import Problem, RegistryError
from mse.records.register.factored import factored

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SYNTHETIC", "check_synthetic", "unmarked"]

SYNTHETIC = "synthetic"
"""Column that is true in every row of invented persons."""

_TRUE = ("1", "true")


def unmarked(frame: pd.DataFrame, file: str) -> int:
    """Rows that do not say that their person is invented; reports need not say it, but may not deny it.

    Parameters
    ----------
    frame : pandas.DataFrame
        The rows.
    file : {"victims", "reports"}
        Which file it is.
    """
    if SYNTHETIC not in frame:
        return len(frame) if file == "victims" else 0
    said = factored(frame[SYNTHETIC])
    return len(said) - said.rows(place for place, text in enumerate(said.values) if text.casefold() in _TRUE)


def check_synthetic(victims: pd.DataFrame, reports: pd.DataFrame) -> None:
    """Refuse frames of which a row does not say that its person is invented.

    Raises
    ------
    mse.errors.RegistryError
        There are such rows; it says how many.
    """
    counts = {file: unmarked(frame, file) for file, frame in (("victims", victims), ("reports", reports))}
    problems = [
        Problem(f"{file}.{SYNTHETIC}", f"{n:,} row{'s' if n > 1 else ''} without 'true' in this column.")
        for file, n in counts.items()
        if n
    ]
    if problems:
        raise RegistryError(
            "These records do not say that they are synthetic",
            hint="Leave out synthetic=True, unless a column 'synthetic' can be true in every row.",
            problems=problems,
        )
