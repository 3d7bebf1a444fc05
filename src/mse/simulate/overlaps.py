"""How reporters overlap: pairwise log odds ratios of the public table of 2010-2015, for the six reporter groups.

The six lists of 2010-2015 are not the six reporter groups of the monitor; which list stands for which group is an
assumption that only seeds the overlaps; the published margins decide the rest.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from mse.records import datasets
from mse.simulate.dependence import pair_log_odds
from mse.simulate.settled import REPORTERS

__all__ = ["LISTS", "SETS", "log_odds_ratios", "pair_weights"]

LISTS = {
    "police": "P",
    "kmar": "K",
    "iszw_do": "I",
    "care_coordinators": "R",
    "fairwork": "Z",
    "other_reporters": "O",
}
"""List of 2010-2015 that stands for each reporter group; an assumption."""

SETS = tuple(
    "|".join(group for group, on in zip(REPORTERS, bits, strict=True) if on)
    for bits in itertools.product((False, True), repeat=len(REPORTERS))
)
"""All sets of reporter groups, written "police|fairwork"; the first is the empty one."""


def log_odds_ratios() -> Mapping[tuple[str, str], float]:
    """Log odds ratios of all pairs of reporter groups.

    Examples
    --------
    >>> log_odds_ratios()["fairwork", "other_reporters"] > 0
    True
    """
    theta = pair_log_odds(datasets.load("netherlands_2010_2015"))
    of_pair = {frozenset(pair): value for pair, value in theta.items()}
    return {(g, h): of_pair[frozenset((LISTS[g], LISTS[h]))] for g, h in itertools.combinations(REPORTERS, 2)}


def pair_weights(sets: NDArray[np.object_]) -> NDArray[np.float64]:
    """Weight of each set of reporters: the product of the odds ratios of its pairs."""
    theta = log_odds_ratios()
    weights = {
        name: float(np.exp(sum(theta[pair] for pair in itertools.combinations(name.split("|"), 2) if name)))
        for name in SETS
    }
    return np.array([weights[name] for name in sets])
