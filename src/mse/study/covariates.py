"""The covariates of a study: which its models hold, how they enter, and the table that is estimated from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mse.core.coding import Coding
from mse.core.partial import PartialTable
from mse.core.table import CaptureTable
from mse.errors import ModelError

__all__ = ["Table", "holding", "read_coding", "read_codings", "recorded"]

Table = CaptureTable | PartialTable


def holding(table: Table, covariates: Sequence[str]) -> Table:
    """Add a table up over all covariates but those that models hold.

    Parameters
    ----------
    table : CaptureTable or PartialTable
    covariates : sequence of str

    Returns
    -------
    CaptureTable or PartialTable
        A table of which everything is known of everybody is a CaptureTable.

    Raises
    ------
    mse.errors.TableError
        There is no such covariate, or what a list can see hangs on one that would go.
    """
    kept = table if set(covariates) == set(table.covariates) else table.collapse(covariates)
    if isinstance(kept, PartialTable) and not kept.covariates and kept.is_complete:
        return kept.histories()
    return kept


def recorded(table: Table) -> CaptureTable:
    """Return the persons of a table by the lists they are on, added up over all covariates."""
    if isinstance(table, PartialTable):
        return table.histories()
    return table.collapse() if table.covariates else table


def read_codings(given: Mapping[str, Any] | None) -> dict[str, Coding]:
    """Read the codings of a study file, by covariate; see `read_coding`."""
    return {name: read_coding(value) for name, value in (given or {}).items()}


def read_coding(given: Any) -> Coding:
    """Read a coding as a study file or the command line writes it.

    Parameters
    ----------
    given : str or mapping
        A kind and its values, "poly 2", "spline 3", "step 2018-01-01", "break 2017 2019", "scores low=1 high=3",
        "levels"; or the plain values of a coding (`Coding.to_json`), for levels with spaces in them.

    Returns
    -------
    Coding

    Raises
    ------
    mse.errors.ModelError
        There is no such coding, or its values do not fit.

    Examples
    --------
    >>> read_coding("step 2018-01-01"), read_coding("poly 2")
    (Step(at=('2018-01-01',)), Poly(degree=2, scores=()))
    """
    if not isinstance(given, str):
        return Coding.from_json(given)
    kind, *values = given.split() or [""]
    if kind in ("poly", "spline"):
        return Coding.from_json({"kind": kind, **_number("degree" if kind == "poly" else "df", values, given)})
    if kind in ("step", "break"):
        return Coding.from_json({"kind": kind, "at": [int(value) if value.isdecimal() else value for value in values]})
    if kind == "scores":
        pairs = (value.partition("=") for value in values)
        return Coding.from_json({"kind": kind, "scores": {level: score for level, _, score in pairs}})
    if values:
        raise ModelError(f"Coding '{kind}' has no values", got=given)
    return Coding.from_json({"kind": kind})


def _number(name: str, values: Sequence[str], given: str) -> dict[str, int]:
    if len(values) != 1 or not values[0].isdecimal():
        raise ModelError(f"Coding '{given.split()[0]}' has one whole number", got=given, hint="Write 'poly 2'.")
    return {name: int(values[0])}
