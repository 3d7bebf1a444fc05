"""`anchor_stream`: a random sample as a second list, whose chance to see anybody is known by design.

Of the U persons of the population whom the first list missed, the sample finds X. In a simple random sample of m of
the M persons of a frame that holds them all, X is hypergeometric; where everybody is drawn with chance ψ, it is
binomial. So

    N̂ = n₁ + X / ψ,   ψ = m / M,   Var(N̂ | n₁) = U (1 − ψ) / ψ × (M − U) / (M − 1) for the hypergeometric,

without any assumption on the first list: dependence, unequal chances and referral do not matter, since the sample was
drawn without looking at it (Lyles, Zhang, Ge, England, Ward, Lash and Waller 2022). Limits are exact: all U for which
what was found is not in a tail of α/2.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from mse.core.intervals import check_level
from mse.errors import ModelError

__all__ = ["AnchorStream", "anchor_error", "anchor_stream"]


_MOST = 2**40
"""More persons than any population has."""


@dataclass(frozen=True)
class AnchorStream:
    """The estimate of a first list with a random sample beside it.

    Parameters
    ----------
    first : int
        Persons on the first list.
    found : int
        Persons whom only the sample saw.
    rate : float
        Chance of a person to be in the sample.
    total, standard_error : float
    lower, upper : float
        Exact limits.
    level : float
    """

    first: int
    found: int
    rate: float
    total: float
    standard_error: float
    lower: float
    upper: float
    level: float


def anchor_stream(
    first: int,
    found: int,
    *,
    rate: float | None = None,
    sampled: int | None = None,
    frame: int | None = None,
    level: float = 0.95,
) -> AnchorStream:
    """Estimate a total from any list and a random sample of everybody.

    Give `rate` where every person was drawn with the same chance, or `sampled` and `frame` for a simple random sample
    without replacement.

    Parameters
    ----------
    first : int
        Persons of the population on the first list, however they came there.
    found : int
        Persons of the population in the sample who are not on the first list.
    rate : float, optional
        Chance of a person to be in the sample.
    sampled, frame : int, optional
        Persons in the sample, and in the frame it was drawn from. The frame holds the whole population, and others.
    level : float
        Level of the interval.

    Returns
    -------
    AnchorStream

    Raises
    ------
    mse.errors.ModelError
        The rate is given in no way, in both or by half, or is no chance; more were found than sampled.

    Examples
    --------
    A list with 800 persons; of a frame of 100,000 a sample of 5,000 finds 12 whom the list missed:

    >>> anchor = anchor_stream(800, 12, sampled=5_000, frame=100_000)
    >>> round(anchor.total), round(anchor.lower), round(anchor.upper)
    (1040, 927, 1214)
    """
    check_level(level)
    if [one is not None for one in (rate, sampled, frame)] not in ([True, False, False], [False, True, True]):
        raise ModelError("The chance to be sampled is given once", hint="Give rate=, or sampled= and frame=.")
    if sampled is not None and frame is not None:
        rate = sampled / frame if frame > 0 else 0.0
        if first + found > frame or found > sampled:
            raise ModelError("A frame holds the whole population, a sample those it found", got=f"{found} of {sampled}")
    assert rate is not None
    if not 0.0 < rate < 1.0 or min(first, found) < 0:
        raise ModelError("A chance lies between 0 and 1, and counts are not below 0", got=f"rate={rate}")
    missed = found / rate
    error = anchor_error(missed, rate, frame)
    lower, upper = _limits(found, rate, sampled, frame, (1.0 - level) / 2.0, first)
    return AnchorStream(first, found, rate, first + missed, error, first + lower, first + upper, level)


def anchor_error(missed: float, rate: float, frame: float | None = None) -> float:
    """Standard error of N̂ when a random sample looks for the persons whom the first list missed.

    Parameters
    ----------
    missed : float
        Persons whom the first list missed.
    rate : float
        Chance of a person to be in the sample.
    frame : float, optional
        Persons in the frame of a simple random sample; None where persons are drawn one by one.

    Examples
    --------
    >>> round(anchor_error(240, 0.05, 100_000), 1), round(anchor_error(240, 0.05), 1)
    (67.4, 67.5)
    """
    finite = 1.0 if frame is None else max(frame - missed, 0.0) / (frame - 1.0)
    return math.sqrt(missed * (1.0 - rate) / rate * finite)


def _limits(
    found: int, rate: float, sampled: int | None, frame: int | None, tail: float, first: int
) -> tuple[int, int]:
    """Smallest and largest number missed that what was found does not rule out."""
    from scipy.stats import binom, hypergeom

    most = _MOST if frame is None else frame - first

    def above(missed: int) -> float:
        """Chance to find as many or more."""
        if frame is None or sampled is None:
            return float(binom.sf(found - 1, missed, rate))
        return float(hypergeom.sf(found - 1, frame, missed, sampled))

    def below(missed: int) -> float:
        """Chance to find as many or fewer."""
        if frame is None or sampled is None:
            return float(binom.cdf(found, missed, rate))
        return float(hypergeom.cdf(found, frame, missed, sampled))

    lower = _first(found, most, lambda missed: above(missed) > tail)
    upper = _first(found, most + 1, lambda missed: missed > most or below(missed) <= tail) - 1
    return lower, upper


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The first number from low to high at which a condition holds that stays true from there on."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
