"""Draw a register from the hidden population: who is of which stratum, and who reports whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mse.lazy import lazy
from mse.simulate.hidden import OUTCOMES, Group
from mse.simulate.sources import SOURCES, marechaussee_alone, reporting

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy("pandas")

__all__ = ["Drawn", "draw"]


@dataclass(frozen=True, eq=False)
class Drawn:
    """What happened to the victims of one group.

    Parameters
    ----------
    group : Group
    numbers : array of shape (strata, outcomes)
        Victims by stratum and outcome, in the order of `OUTCOMES`.
    stratum : array of int
        Stratum of each registered victim.
    reported : array of shape (registered victims, sources)
        Who reported each; nobody where only a letter did.
    """

    group: Group
    numbers: NDArray[np.int64]
    stratum: NDArray[np.intp]
    reported: NDArray[np.bool_]


def draw(group: Group, rng: np.random.Generator) -> Drawn:
    """Draw the victims of a group: one multinomial over strata and outcomes, then who reported them.

    Parameters
    ----------
    group : Group
        The hidden population.
    rng : numpy.random.Generator
        Random numbers.

    Returns
    -------
    Drawn
    """
    expected = group.expected[list(OUTCOMES)].to_numpy()
    numbers = rng.multinomial(group.size, expected.ravel() / expected.sum()).reshape(expected.shape)
    sets = reporting()
    by_police, size = sets[:, 0], sets.sum(axis=1)
    alone = marechaussee_alone(sets) & bool(expected[:, OUTCOMES.index("marechaussee")].any())
    quiet = ~by_police & ~alone & (size > 0)
    within = {"letter": size == 0, "marechaussee": alone, "quiet": quiet, "police": by_police}
    stratum, reported = [], []
    for name, allowed in within.items():
        each = numbers[:, OUTCOMES.index(name)]
        stratum.append(np.repeat(np.arange(len(each)), each))
        weight = np.where(allowed, 1.0 if name == "letter" else group.sets, 0.0)
        chosen = rng.choice(len(sets), size=int(each.sum()), p=weight / weight.sum()) if each.any() else _NOBODY
        reported.append(sets[chosen])
    return Drawn(group, numbers, np.concatenate(stratum), np.concatenate(reported).reshape(-1, len(SOURCES)))


_NOBODY = np.zeros(0, dtype=np.intp)
