"""`tipping_point`: how far an assumption may be wrong before the total leaves a range."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mse.core.sentence import Sentence, Text
from mse.errors import ModelError
from mse.models.fixed_dependence import FixedDependence
from mse.sensitivity.chosen import chosen_model
from mse.sensitivity.odds_ratio import absent_pairs, in_order

__all__ = ["TippingPoint", "tipping_point"]

FURTHEST = math.log(1e6)
"""Odds ratios beyond a million, and below a millionth, are not looked at."""

STEP = 0.1
"""First step of log θ in which a total outside the range is looked for; each next one is half as long again."""


@dataclass(frozen=True)
class TippingPoint:
    """Between which values of an assumption a total stays in a range.

    Made by `tipping_point`, not by hand.

    Parameters
    ----------
    total : float
        The estimate as it is.
    lower, upper : float
        The range.
    least, most : float or None
        The value at which the total leaves the range, below and above 1; None where it does not.
    pair : (str, str), optional
        The lists of which it is the odds ratio; None where it multiplies the number unseen.
    """

    total: float
    lower: float
    upper: float
    least: float | None
    most: float | None
    pair: tuple[str, str] | None = None

    @property
    def sentence(self) -> Text:
        """What it says, in a sentence of every language."""
        ends = {(False, False): "ever", (True, False): "from", (False, True): "to", (True, True): "between"}
        shape = ends[self.least is not None, self.most is not None]
        of = Sentence("tipping_of_factor") if self.pair is None else Sentence("tipping_of_pair", {"names": self.pair})
        fields = {"lower": self.lower, "upper": self.upper, "least": self.least, "most": self.most, "of": of}
        return Sentence(f"tipping_{shape}", fields)

    def __str__(self) -> str:
        return self.sentence["en"]


def tipping_point(
    estimator: Any,
    table: Any,
    *,
    lower: float | None = None,
    upper: float | None = None,
    pair: Sequence[str] | None = None,
    level: float = 0.95,
    seed: int | None = None,
) -> TippingPoint:
    """Find how far an assumption may be wrong before the total leaves a range.

    Parameters
    ----------
    estimator : Estimator
        Any for the number unseen; `LogLinear` or `Search` for a pair.
    table : CaptureTable or PartialTable
    lower, upper : float, optional
        The range; by default the limits of the estimate's own interval.
    pair : (str, str), optional
        Two lists whose odds ratio is varied, as in `dependence`. By default the number unseen is multiplied, as in
        `highest_order`.
    level : float
        Level of the interval that gives the range.
    seed : int, optional
        Seed of a method that draws.

    Returns
    -------
    TippingPoint
        With a sentence in both languages. The values are roots: at them the total is at the end of the range.

    Raises
    ------
    mse.errors.ModelError
        There is no estimate, it lies outside the range, or its interval has no end to take for the range.

    Examples
    --------
    >>> import mse
    >>> table = mse.CaptureTable(["A", "B"], [[0, 30], [40, 6]])
    >>> print(tipping_point(mse.LogLinear(order=1), table, lower=200, upper=500, pair=("A", "B")))
    The total stays within 200 to 500 as long as the odds ratio of A and B lies between 0.62 and 2.12.
    """
    named = None
    if pair is not None:
        estimator = chosen_model(estimator, table)
        named = in_order(pair, table)
        if named not in absent_pairs(estimator, table):
            raise ModelError(
                "The odds ratio of a pair that the model has a term for is estimated, and has no tipping point",
                got=estimator.generators(table).notation(),
            )
    fit = estimator.fit(table, seed=seed)
    if fit.total is None or fit.dark_figure is None:
        raise ModelError("There is no estimate, so no range that it stays in", got=str(fit.status))
    if lower is None or upper is None:
        estimate = fit.estimate(level=level)
        lower, upper = estimate.lower if lower is None else lower, estimate.upper if upper is None else upper
    if lower is None or upper is None:
        raise ModelError("The interval has no end to take for the range", hint="Give lower= and upper=.")
    total = float(fit.total)
    if not lower < total < upper:
        raise ModelError(
            "The estimate lies outside the range", got=f"{total:,.0f}, not between {lower:,.0f} and {upper:,.0f}"
        )
    if named is None:
        seen, dark = total - fit.dark_figure, fit.dark_figure
        least = (lower - seen) / dark if lower > seen else None
        return TippingPoint(total, lower, upper, least, (upper - seen) / dark)
    notation = estimator.generators(table).notation()

    def at(log_ratio: float) -> float | None:
        found: float | None = FixedDependence(notation, named, math.exp(log_ratio)).fit(table).total
        return found

    return TippingPoint(total, lower, upper, _crossing(at, -1.0, lower, upper), _crossing(at, 1.0, lower, upper), named)


def _crossing(total_at: Callable[[float], float | None], way: float, lower: float, upper: float) -> float | None:
    """The first odds ratio on one side of 1 at which the total leaves the range."""
    inside, width = 0.0, STEP
    while abs(inside) < FURTHEST:
        outside = inside + way * width
        total = total_at(outside)
        if total is None:
            return None
        if not lower <= total <= upper:
            end = lower if total < lower else upper
            return math.exp(_root(total_at, end, inside, outside))
        inside, width = outside, width * 1.5
    return None


def _root(total_at: Callable[[float], float | None], end: float, inside: float, outside: float) -> float:
    """Where the total is at the end of the range."""
    from scipy.optimize import brentq

    return float(brentq(lambda x: _number(total_at(x)) - end, inside, outside, xtol=1e-12, rtol=1e-12))


def _number(total: float | None) -> float:
    return math.nan if total is None else total
