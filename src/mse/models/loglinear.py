"""`LogLinear`: one hierarchical log-linear model, by maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import Any

from mse.core.point_fit import PointFit
from mse.core.table import CaptureTable
from mse.core.terms import Generators
from mse.errors import ModelError, TableError

__all__ = ["LogLinear", "require_plain_table"]


@dataclass(frozen=True)
class LogLinear:
    """A hierarchical log-linear model of overlapping lists.

    The counts of the observed combinations of lists are independent Poisson variables whose log mean is a sum of
    terms; the dark figure is the exponential of the intercept (Fienberg 1972; Cormack 1989). Terms whose lists have
    no person in common go to −∞ and leave with their cells (Chan, Silverman and Vincent 2021).

    Parameters
    ----------
    model : str, optional
        Generators in brackets, ``"[P K][R]"``, or a Wilkinson formula, ``"P*K + R"``. Main effects of all lists are
        always in. Names that are no identifiers stand in back-ticks.
    order : int, optional
        Instead of `model`: all terms of up to this many lists. 1 is independence, 2 all pairs.

    Raises
    ------
    mse.errors.ModelError
        Both or none of the two are given; on fitting, a name is not in the table.

    Examples
    --------
    >>> import mse
    >>> table = mse.datasets.load("spina_bifida_621")
    >>> fit = mse.LogLinear("[S1][S2 S3]").fit(table)
    >>> round(fit.total, 2)
    724.12
    """

    model: str | None = None
    order: int | None = None

    def __post_init__(self) -> None:
        if (self.model is None) == (self.order is None):
            raise ModelError(
                "A log-linear model is given by its terms or by its order",
                got="both" if self.model is not None else "neither",
                hint='Write LogLinear("[P K][R]") or LogLinear(order=2).',
            )

    def generators(self, table: CaptureTable) -> Generators:
        """The model's generators on the lists of a table."""
        if self.model is not None:
            return Generators.parse(self.model, table.lists)
        if not isinstance(self.order, Integral):
            raise ModelError("The order of a model is a whole number of lists", got=f"order={self.order}")
        return Generators.of_order(int(self.order), table.lists)

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
            The data are no table of lists, or carry covariates.
        mse.errors.ModelError
            The model names a list that is not in the table.
        """
        table = require_plain_table(data)
        return PointFit.compute(table, self.generators(table), self)

    @property
    def references(self) -> tuple[str, ...]:
        """Publications of the method."""
        return ("fienberg_1972", "cormack_1989", "fienberg_rinaldo_2012", "chan_silverman_vincent_2021")


def require_plain_table(data: Any) -> CaptureTable:
    """Refuse anything but a table of lists without covariates.

    Raises
    ------
    mse.errors.TableError
        The data are of another kind, or still carry covariates.
    """
    if not isinstance(data, CaptureTable):
        raise TableError(
            "A model of overlapping lists needs a CaptureTable",
            got=type(data).__name__,
            hint="Make one with mse.CaptureTable.from_counts, from_histories or mse.tabulate.",
        )
    if data.covariates:
        raise TableError(
            "This model takes a table without covariates",
            got=f"covariates {', '.join(data.covariates)}",
            hint="Collapse first: table.collapse(), or select one stratum: table.select(…).",
        )
    return data
