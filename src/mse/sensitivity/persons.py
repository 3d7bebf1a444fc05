"""Single records: what one person on another combination of lists changes, and how few of them double the total."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from mse.core.sentence import Sentence
from mse.errors import ModelError, TableError
from mse.sensitivity.result import Sensitivity
from mse.sensitivity.runner import as_it_is, run_scenarios
from mse.sensitivity.scenario import Outcome, Scenario

__all__ = ["changed_records", "one_person"]


def one_person(estimator: Any, table: Any, **options: Any) -> Sensitivity:
    """Move one person to another combination of lists: on one list more, or on one less.

    Every combination that somebody is on gives a person, and every list takes or loses that person in turn; a person
    who would be on no list is left out of this. Where one record moves the total far, it rests on too few overlaps.

    Parameters
    ----------
    estimator : Estimator
    table : CaptureTable
        A table without covariates.
    **options
        level, seed, workers, checkpoint and progress, as in `run_scenarios`.

    Returns
    -------
    Sensitivity
        It tells of counts of single combinations, so its figure is released where counts are public only.

    Raises
    ------
    mse.errors.TableError
        The table has covariates, or is of another kind.

    Examples
    --------
    >>> import mse
    >>> table = mse.CaptureTable(["A", "B"], [[0, 30], [40, 6]])
    >>> found = one_person(mse.LogLinear(order=1), table)
    >>> found.to_frame()[["scenario", "total"]].round(1).values.tolist()[1:3]
    [['one of B also on A', 241.7], ['one of A also on B', 243.1]]
    """
    scenarios = [Scenario(label, estimator, changed) for label, changed in _moves(table)]
    title = Sentence("sensitivity_one_person")
    return replace(run_scenarios(title, as_it_is(estimator, table), scenarios, **options), tells_counts=True)


def changed_records(estimator: Any, table: Any, *, factor: float = 2.0, most: int = 10, **options: Any) -> Sensitivity:
    """Change records one by one, each time the one that moves the total most, until it is `factor` times what it was.

    Every step tries all moves of `one_person` and takes the best; a move that leaves no estimate is not taken. The
    number of steps is therefore an upper bound of the smallest set of records that does it, and exact where it is 1 or
    2: then no single record did. Where no move brings the total further it stops. That it does not get there proves
    nothing: another set of as many records might. A record is a person's place on one list.

    Parameters
    ----------
    estimator : Estimator
    table : CaptureTable
        A table without covariates.
    factor : float
        Above 1 the total is to grow, below 1 to fall.
    most : int
        Largest number of records that are changed.
    **options
        level, seed, workers and progress, as in `run_scenarios`.

    Returns
    -------
    Sensitivity
        A row a record, all changed together so far; its title says how many it takes.

    Raises
    ------
    mse.errors.ModelError
        The factor is not above 0 or is 1, there is no estimate, or fewer than one record may be changed.

    Examples
    --------
    >>> import mse
    >>> table = mse.CaptureTable(["A", "B"], [[0, 30], [40, 6]])
    >>> changed_records(mse.LogLinear(order=1), table)
    At most 4 changed records make the total 2.00 times what it is
      as it is: 276 (154 to 617)
      1. one of A and B not on A: 324 (169 to 811)
      2. one of A and B not on A: 396 (190 to 1,160)
      3. one of A and B not on A: 516 (219 to 1,910)
      4. one of A and B not on A: 756 (266 to 4,240)
    """
    if not factor > 0.0 or factor == 1.0:
        raise ModelError("A total is multiplied by a number above 0 other than 1", got=repr(factor))
    if most < 1:
        raise ModelError("At least one record is changed", got=f"most={most}")
    way = 1.0 if factor > 1.0 else -1.0
    key = "sensitivity_records_none"
    path: list[Outcome] = []
    base = None
    for step in range(1, most + 1):
        moved = {label["en"]: changed for label, changed in _moves(table)}
        found = one_person(estimator, table, **options)
        base = base or found
        if base.base.total is None:
            raise ModelError("There is no estimate to multiply", got=base.base.status)
        known = [one for one in found.outcomes[1:] if one.total is not None]
        best = max(known, key=lambda one: way * (one.total or 0.0), default=found.base)
        if way * (best.total or 0.0) <= way * (found.base.total or 0.0):
            break
        path.append(replace(best, label=Sentence("sensitivity_step", {"n": step, "what": best.label})))
        table = moved[best.name]
        if way * (best.total or 0.0) >= way * factor * base.base.total:
            key = "sensitivity_records"
            break
    assert base is not None
    title = Sentence(key, {"n": len(path), "factor": factor})
    return replace(base, title=title, outcomes=(base.base, *path))


def _moves(table: Any) -> Iterator[tuple[Sentence, Any]]:
    """Tables with one person on one list more or less, and what is otherwise."""
    if not hasattr(table, "with_counts") or table.covariates:
        raise TableError(
            "Single persons are moved in a CaptureTable without covariates",
            got=repr(table),
            hint="Leave the covariates out: table.collapse().",
        )
    for place in np.argwhere(table.counts > 0):
        lists = [name for name, on in zip(table.lists, place, strict=True) if on]
        for axis, name in enumerate(table.lists):
            other = place.copy()
            other[axis] = 1 - other[axis]
            if not other.any():
                continue
            counts = table.counts.copy()
            counts[tuple(place)] -= 1
            counts[tuple(other)] += 1
            key = "sensitivity_person_off" if place[axis] else "sensitivity_person_on"
            yield Sentence(key, {"names": lists, "name": name}), table.with_counts(counts)
