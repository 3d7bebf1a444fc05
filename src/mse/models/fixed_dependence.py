"""`FixedDependence`: a log-linear model in which two lists depend on each other by a given odds ratio."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from mse.core.point_fit import PointFit
from mse.core.sentence import Sentence, Text
from mse.core.terms import Generators, Term
from mse.errors import ModelError, TableError
from mse.models.loglinear import is_plain, require_table

__all__ = ["FixedDependence"]


@dataclass(frozen=True)
class FixedDependence:
    """A log-linear model with the odds ratio of one pair of lists fixed, and not estimated.

    A model that leaves a pair of lists out says that the two are independent, given the other lists: their odds ratio
    is 1. Here it is θ: log θ is added to the log mean of every combination of lists that holds both, as an offset of
    the Poisson model (Gerritse, Van der Heijden and Bakker 2015). With two lists the total is m + b + c + θ·b·c/m,
    where m persons are on both, b and c on one. At θ = 1 it is that of the model itself.

    Parameters
    ----------
    model : str
        Generators in brackets, or a Wilkinson formula, as of `LogLinear`; no term holds the pair.
    pair : (str, str)
        The two lists.
    odds_ratio : float
        θ, above 0: above 1 persons on one of the lists are more likely to be on the other.

    Raises
    ------
    mse.errors.ModelError
        The pair is not of two lists, or the odds ratio is not above 0; on fitting, a term holds the pair, or a name is
        not in the table.

    Examples
    --------
    >>> import mse
    >>> table = mse.CaptureTable(["A", "B"], [[0, 30], [40, 6]])
    >>> [round(FixedDependence("[A][B]", ("A", "B"), theta).fit(table).total) for theta in (0.5, 1, 2)]
    [176, 276, 476]
    """

    model: str
    pair: tuple[str, str]
    odds_ratio: float

    def __post_init__(self) -> None:
        pair = tuple(self.pair)
        if isinstance(self.pair, str) or len(pair) != 2 or pair[0] == pair[1]:
            raise ModelError(
                "An odds ratio is fixed for a pair of lists", got=repr(self.pair), hint='Write ("A", "B").'
            )
        object.__setattr__(self, "pair", pair)
        ratio = self.odds_ratio
        known = isinstance(ratio, Real) and not isinstance(ratio, bool)
        if not known or not math.isfinite(ratio) or ratio <= 0.0:
            raise ModelError("A fixed odds ratio is a number above 0", got=repr(ratio), hint="1 is independence.")

    @property
    def fixed(self) -> Text:
        """What is fixed, in a sentence."""
        return Sentence("assumption_fixed_pair", {"names": self.pair, "ratio": self.odds_ratio})

    def fit(self, data: Any, *, seed: int | None = None) -> PointFit:
        """Fit the model to a table.

        Parameters
        ----------
        data : CaptureTable
            A table without covariates.
        seed : int, optional
            Not used: nothing is drawn.

        Returns
        -------
        PointFit

        Raises
        ------
        mse.errors.TableError
            The data are no such table.
        mse.errors.ModelError
            A term of the model holds the pair, or a name is not in the table.
        """
        table = require_table(data)
        if not is_plain(table):
            raise TableError(
                "An odds ratio is fixed on a table of lists alone, of whom everything is known",
                got=repr(table),
                hint="Leave the covariates out: table.collapse().",
            )
        generators = Generators.parse(self.model, table.lists)
        mask = Generators.from_terms([self.pair], table.lists).mask(Term(self.pair))
        if any(term & mask == mask for term in generators.top):
            raise ModelError(
                f"The odds ratio of {Term(self.pair)} is estimated by the model, and cannot be fixed too",
                got=generators.notation(),
                hint="Leave the pair out of the model.",
            )
        cells = np.arange(2 ** len(table.lists))
        offset = np.where(cells & mask == mask, math.log(self.odds_ratio), 0.0)
        return PointFit.compute(table, generators, self, offset)

    @property
    def references(self) -> tuple[str, ...]:
        """Publications of the method."""
        return ("fienberg_1972", "cormack_1989", "gerritse_2015")
