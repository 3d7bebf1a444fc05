"""A register without the persons of large cases, to see what rests on a few of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.reference import Reference
from mse.errors import TableError
from mse.records.register.columns import Codes, Sets

if TYPE_CHECKING:
    from mse.records.register.assemble import Assembled
    from mse.records.register.parse_registry import Column
    from mse.records.register.units import Columns

__all__ = ["up_to"]

_CASE = "case"


def up_to(read: Assembled, size: int, reference: Reference | None) -> dict[str, Any]:
    """Leave out all persons of cases with more than `size` persons, and the reports about them.

    A person who is in several cases leaves with the largest of them; who is in none stays.

    Parameters
    ----------
    read : Assembled
    size : int
        Persons of the largest case that stays.
    reference : Reference or None

    Returns
    -------
    dict
        The register that is left (read), and what it is about (reference).

    Raises
    ------
    mse.errors.TableError
        The size is no number of persons, the register says nothing of cases, or nobody is left.
    """
    if size < 1:
        raise TableError("A case has at least one person", got=str(size))
    case = np.asarray(read.victims[_CASE]) if _CASE in read.victims else np.array([-1])
    known = case >= 0
    if not known.any():
        raise TableError("The register names no cases", hint="Map the column of the case: case.")
    person = np.asarray(read.victims["person"])
    members = np.unique(np.column_stack([case[known], person[known]]), axis=0)
    persons_of = np.bincount(members[:, 0].astype(np.int64))
    gone = np.unique(members[persons_of[members[:, 0]] > size, 1])
    victims, reports = (_without(columns, gone) for columns in (read.victims, read.reports))
    if not len(np.asarray(victims["person"])):
        raise TableError("A register needs at least one person", got=f"only cases of more than {size} persons")
    about = reference and reference.replace(population=f"{reference.population} (cases of up to {size} persons)")
    return {"read": replace(read, victims=victims, reports=reports), "reference": about}


def _without(columns: Columns, gone: NDArray[np.int64]) -> dict[str, Column]:
    """The rows of other persons."""
    rows = np.flatnonzero(~np.isin(np.asarray(columns["person"]), gone))
    return {
        name: column.take(rows) if isinstance(column, Codes | Sets) else np.asarray(column)[rows]
        for name, column in columns.items()
    }
