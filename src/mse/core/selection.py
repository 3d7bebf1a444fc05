"""Strata of a table: added up over covariates, or some levels kept."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mse.core.reference import Reference
from mse.errors import TableError, did_you_mean

__all__ = ["collapsed", "picked", "selected"]


class Stratified(Protocol):
    """A table over lists and strata, whole or real-valued."""

    @property
    def lists(self) -> tuple[str, ...]:
        """Names of the lists."""
        ...

    @property
    def counts(self) -> NDArray[Any]:
        """Counts over lists and covariates."""
        ...

    @property
    def covariates(self) -> Mapping[str, tuple[Hashable, ...]]:
        """Levels of each covariate."""
        ...

    @property
    def reference(self) -> Reference | None:
        """What the counts are about."""
        ...


def collapsed(table: Stratified, keep: Sequence[str]) -> dict[str, Any]:
    """Counts and covariates of a table that is added up over all covariates but some.

    Parameters
    ----------
    table : table
    keep : sequence of str
        Covariates that stay.

    Returns
    -------
    dict
        The fields that change.
    """
    for name in keep:
        _levels(table.covariates, name)
    k = len(table.lists)
    gone = tuple(k + axis for axis, name in enumerate(table.covariates) if name not in set(keep))
    covariates = {name: levels for name, levels in table.covariates.items() if name in set(keep)}
    return {"counts": table.counts.sum(axis=gone), "covariates": covariates}


def selected(table: Stratified, levels: Mapping[str, Any]) -> dict[str, Any]:
    """Counts, covariates and reference of a table of which some levels are kept.

    Parameters
    ----------
    table : table
    levels : mapping
        One level, or several, of each covariate to select by.

    Returns
    -------
    dict
        The fields that change. A covariate of which one level stays is gone.
    """
    cells, covariates, reference = picked(table, levels)
    counts = table.counts.ravel()[cells]
    if not counts.any():
        raise TableError("Nobody is in the selected stratum", got=", ".join(map(str, levels)))
    return {"counts": counts, "covariates": covariates, "reference": reference}


def picked(
    table: Stratified, levels: Mapping[str, Any]
) -> tuple[NDArray[np.int64], dict[str, tuple[Hashable, ...]], Reference | None]:
    """Cells of a table of which some levels are kept, as numbers of its flat counts; its covariates and reference.

    Parameters
    ----------
    table : table
    levels : mapping
        As in `selected`.
    """
    covariates, reference = dict(table.covariates), table.reference
    cells = np.arange(table.counts.size).reshape(table.counts.shape)
    for name, wanted in levels.items():
        present = _levels(covariates, name)
        single = isinstance(wanted, str) or not isinstance(wanted, Iterable)
        chosen: list[Hashable] = [wanted] if single else list(dict.fromkeys(wanted))
        if not chosen:
            raise TableError(f"A selection keeps at least one level of '{name}'", got="none")
        for level in chosen:
            if level not in present:
                raise TableError(
                    f"Covariate '{name}' has no level {level!r}",
                    hint=did_you_mean(str(level), [str(other) for other in present]),
                )
        axis = len(table.lists) + list(covariates).index(name)
        cells = np.take(cells, [present.index(level) for level in chosen], axis=axis)
        reference = reference and reference.narrowed(name, chosen)
        if len(chosen) == 1:
            cells = cells.squeeze(axis=axis)
            del covariates[name]
        else:
            covariates[name] = tuple(chosen)
    return cells, covariates, reference


def _levels(covariates: Mapping[str, tuple[Hashable, ...]], name: str) -> tuple[Hashable, ...]:
    if name not in covariates:
        raise TableError(f"There is no covariate '{name}' in the table", hint=did_you_mean(name, covariates))
    return covariates[name]
