"""Parts of a population: the strata of a table, added up by some of its covariates."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mse.errors import ModelError, did_you_mean

__all__ = ["Margin", "margins", "strata_of"]


@dataclass(frozen=True, eq=False)
class Margin:
    """One part of a population.

    Parameters
    ----------
    levels : mapping of str to level
        The level of each covariate that tells the part apart.
    strata : array of bool, shape (n_strata,)
        Strata that belong to it, in the order of the table's axes.
    """

    levels: Mapping[str, Hashable]
    strata: NDArray[np.bool_]

    @property
    def name(self) -> str:
        """Its levels in words: "2015", or "2015, domestic"."""
        return ", ".join(map(str, self.levels.values()))


def margins(covariates: Mapping[str, Sequence[Hashable]], by: Sequence[str]) -> tuple[Margin, ...]:
    """Cut the strata by covariates: every combination of their levels is a part.

    Parameters
    ----------
    covariates : mapping of str to sequence
        Levels of each covariate, in the order of the table's axes.
    by : sequence of str
        Covariates to cut by; parts come in the order of the first one's levels, then of the second one's.

    Returns
    -------
    tuple of Margin

    Raises
    ------
    mse.errors.ModelError
        There is no such covariate, or one stands twice.

    Examples
    --------
    >>> parts = margins({"year": (2018, 2019), "sex": ("f", "m")}, ["sex"])
    >>> [(part.name, part.strata.tolist()) for part in parts]
    [('f', [True, False, True, False]), ('m', [False, True, False, True])]
    """
    if isinstance(by, str):
        raise ModelError("by= is a sequence of covariates", got=repr(by), hint=f"Write by=[{by!r}].")
    for name in by:
        if name not in covariates:
            raise ModelError(f"The table carries no covariate '{name}'", hint=did_you_mean(str(name), covariates))
    if len(set(by)) < len(by):
        raise ModelError("Every covariate of by= stands once", got=", ".join(by))
    shape = tuple(len(levels) for levels in covariates.values())
    place = {name: np.indices(shape)[axis].ravel() for axis, name in enumerate(covariates)}
    found = [Margin({}, np.ones(int(np.prod(shape)), dtype=np.bool_))]
    for name in by:
        found = [
            Margin({**part.levels, name: level}, part.strata & (place[name] == index))
            for part in found
            for index, level in enumerate(covariates[name])
        ]
    return tuple(found)


def strata_of(covariates: Mapping[str, Sequence[Hashable]], levels: Mapping[str, Hashable]) -> NDArray[np.bool_]:
    """Return which strata have these levels; a covariate that is not named may have any.

    Raises
    ------
    mse.errors.ModelError
        There is no such covariate or level.

    Examples
    --------
    >>> strata_of({"year": (2018, 2019), "sex": ("f", "m")}, {"year": 2019}).tolist()
    [False, False, True, True]
    """
    for part in margins(covariates, list(levels)):
        if part.levels == levels:
            return part.strata
    wrong = next(name for name, level in levels.items() if level not in covariates[name])
    raise ModelError(
        f"Covariate '{wrong}' has no level {levels[wrong]!r}",
        hint=did_you_mean(str(levels[wrong]), map(str, covariates[wrong])),
    )
