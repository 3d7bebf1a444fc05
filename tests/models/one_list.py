"""Frequencies of being seen that are published, and what is known of them."""

from __future__ import annotations

from typing import Any, NamedTuple

import mse

__all__ = ["COTTONTAILS", "IMMIGRANTS", "METHODS", "TAXIS", "Known"]


class Known(NamedTuple):
    """A table whose total is known."""

    table: mse.CountTable
    total: int


COTTONTAILS = Known(mse.CountTable([43, 16, 8, 6, 0, 2, 1], occasions=18), 135)
"""Edwards and Eberhardt (1967): cottontails in an enclosure, of which 135 were let in."""

TAXIS = Known(mse.CountTable([142, 81, 49, 7, 3, 1], occasions=10), 420)
"""Carothers (1973), scheme A: taxis seen in Edinburgh, of which 420 had a licence."""

IMMIGRANTS = mse.CountTable([1645, 183, 37, 13, 1, 1])
"""van der Heijden and others (2003): immigrants without papers apprehended in four Dutch cities in 1995."""

METHODS: tuple[Any, ...] = (
    mse.TruncatedPoisson(),
    mse.TruncatedGeometric(),
    mse.TruncatedNegativeBinomial(),
    mse.OneInflated(),
    mse.OneInflated(base="geometric"),
    mse.Zelterman(),
    mse.ChaoCounts(),
    mse.ChaoCounts(bias_corrected=True),
    mse.ModifiedChao(),
    mse.ModifiedChao(bias_corrected=True),
)
