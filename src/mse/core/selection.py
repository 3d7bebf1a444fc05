"""Strata of a table: added up over covariates, or some levels kept."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from mse.core.reference import Reference
from mse.errors import TableError, did_you_mean

__all__ = ["Selection", "collapsed", "nobody", "picked"]


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


class Selection(NamedTuple):
    """Part of a table of which some levels are kept.

    Attributes
    ----------
    cells : array of int
        Cells that are kept, as numbers of the flat counts, in the shape of the new table.
    levels : mapping of str to tuple
        Levels that are kept, of each covariate selected by.
    covariates : mapping of str to tuple
        Covariates of the new table; one of which one level stays is gone.
    reference : Reference or None
    """

    cells: NDArray[np.int64]
    levels: dict[str, tuple[Hashable, ...]]
    covariates: dict[str, tuple[Hashable, ...]]
    reference: Reference | None

    def fields(self, counts: NDArray[Any]) -> dict[str, Any]:
        """Counts, covariates and reference of the new table, from the counts of the whole one.

        Raises
        ------
        mse.errors.TableError
            Nobody is in the part.
        """
        kept = counts.ravel()[self.cells]
        if not kept.any():
            raise nobody(self.levels)
        return {"counts": kept, "covariates": self.covariates, "reference": self.reference}


def nobody(levels: Iterable[str]) -> TableError:
    """The error of a selection by these covariates that keeps no person."""
    return TableError("Nobody is in the selected stratum", got=", ".join(levels))


def picked(table: Stratified, levels: Mapping[str, Any]) -> Selection:
    """Keep some levels of a table.

    Parameters
    ----------
    table : table
    levels : mapping
        One level, or several, of each covariate to select by.

    Raises
    ------
    mse.errors.TableError
        There is no such covariate or level.
    """
    covariates, reference = dict(table.covariates), table.reference
    cells = np.arange(table.counts.size).reshape(table.counts.shape)
    kept: dict[str, tuple[Hashable, ...]] = {}
    for name, wanted in levels.items():
        present = _levels(covariates, name)
        single = isinstance(wanted, str) or not isinstance(wanted, Iterable)
        kept[name] = (wanted,) if single else tuple(dict.fromkeys(wanted))
        if not kept[name]:
            raise TableError(f"A selection keeps at least one level of '{name}'", got="none")
        for level in kept[name]:
            if level not in present:
                raise TableError(
                    f"Covariate '{name}' has no level {level!r}",
                    hint=did_you_mean(str(level), [str(other) for other in present]),
                )
        axis = len(table.lists) + list(covariates).index(name)
        cells = np.take(cells, [present.index(level) for level in kept[name]], axis=axis)
        reference = reference and reference.narrowed(name, list(kept[name]))
        if len(kept[name]) == 1:
            cells = cells.squeeze(axis=axis)
            del covariates[name]
        else:
            covariates[name] = kept[name]
    return Selection(cells, kept, covariates, reference)


def _levels(covariates: Mapping[str, tuple[Hashable, ...]], name: str) -> tuple[Hashable, ...]:
    if name not in covariates:
        raise TableError(f"There is no covariate '{name}' in the table", hint=did_you_mean(name, covariates))
    return covariates[name]
