"""`LogLinear`: one hierarchical log-linear model, by maximum likelihood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING, Any, TypeGuard

from mse.core.coding_items import coding_items
from mse.core.expected import ExpectedTable
from mse.core.partial import PartialTable
from mse.core.point_fit import PointFit
from mse.core.table import CaptureTable
from mse.core.terms import Generators
from mse.errors import ModelError, TableError, did_you_mean, spelled

if TYPE_CHECKING:
    from mse.core.coding import Coding
    from mse.core.stratified_fit import StratifiedFit

__all__ = ["LogLinear", "Table", "check_coding", "is_plain", "require_table"]

Table = CaptureTable | PartialTable


@dataclass(frozen=True)
class LogLinear:
    """A hierarchical log-linear model of overlapping lists, and of covariates where the table has them.

    The counts of the observed combinations of lists are independent Poisson variables whose log mean is a sum of
    terms; the dark figure is the exponential of the intercept (Fienberg 1972; Cormack 1989). Terms whose lists have
    no person in common go to −∞ and leave with their cells (Chan, Silverman and Vincent 2021).

    With covariates the cells are combinations of lists and levels, and every stratum has its own number unseen. Terms
    are list dependence (``P:R``), capture that differs by group or year (``P:year``), and composition (``form:year``).

    Parameters
    ----------
    model : str, optional
        Generators in brackets, ``"[P K][R year]"``, or a Wilkinson formula, ``"P*K + R:year"``. Main effects of all
        lists are always in, those of a covariate as soon as it is named. Names that are no identifiers stand in
        back-ticks.
    order : int, optional
        Instead of `model`: all terms of up to this many lists and covariates. 1 is independence, 2 all pairs.
    coding : mapping of str to Coding, optional
        How covariates enter, by name: `mse.Levels` (the default), `mse.Poly`, `mse.Spline`, `mse.Step`, `mse.Break`,
        `mse.Scores`.

    Raises
    ------
    mse.errors.ModelError
        Both or none of model and order are given; on fitting, a name is not in the table, a covariate of the table is
        in no term, or a coding does not suit its levels.

    Examples
    --------
    >>> import mse
    >>> table = mse.datasets.load("spina_bifida_621")
    >>> fit = mse.LogLinear("[S1][S2 S3]").fit(table)
    >>> round(fit.total, 2)
    724.12

    >>> table = mse.datasets.load("spina_bifida_621_ethnicity")
    >>> estimate = mse.LogLinear("[S1][S2 S3][ethnicity]").fit(table).estimate(by=["ethnicity"])
    >>> [(part.name, round(part.total)) for part in estimate.parts]
    [('total', 724), ('afro-american', 42), ('caucasian', 680), ('other', 2)]
    """

    model: str | None = None
    order: int | None = None
    coding: Mapping[str, Coding] | tuple[tuple[str, Coding], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "coding", coding_items(self.coding))
        if (self.model is None) == (self.order is None):
            raise ModelError(
                "A log-linear model is given by its terms or by its order",
                got="both" if self.model is not None else "neither",
                hint='Write LogLinear("[P K][R]") or LogLinear(order=2).',
            )

    def generators(self, table: Table | ExpectedTable) -> Generators:
        """The model's generators on the lists and covariates of a table."""
        covariates = tuple(table.covariates)
        if self.model is not None:
            return Generators.parse(self.model, table.lists, covariates)
        if not isinstance(self.order, Integral):
            raise ModelError("The order of a model is a whole number of lists", got=f"order={self.order}")
        return Generators.of_order(int(self.order), table.lists, covariates)

    def fit(self, data: Any, *, seed: int | None = None) -> PointFit | StratifiedFit:
        """Fit the model to a table.

        Parameters
        ----------
        data : CaptureTable, PartialTable or ExpectedTable
            A table, with or without covariates. Where something is not known of some persons, the model is fitted to
            what is known (EM). Expected counts give a total and no interval.
        seed : int, optional
            Not used: nothing is drawn.

        Returns
        -------
        PointFit or StratifiedFit
            The latter where the table has covariates, or something is not known of some persons.

        Raises
        ------
        mse.errors.TableError
            The data are no table of lists.
        mse.errors.ModelError
            The model names what is not in the table, leaves a covariate out, or holds a term of all lists.
        """
        table = data if isinstance(data, ExpectedTable) else require_table(data)
        check_coding(table, dict(self.coding))
        generators = self.generators(table)
        if is_plain(table):
            return PointFit.compute(table, generators, self)
        _check_covariates(table, generators)
        from mse.core.stratified_fit import StratifiedFit

        return StratifiedFit.compute(table, generators, dict(self.coding), self)

    @property
    def references(self) -> tuple[str, ...]:
        """Publications of the method."""
        return ("fienberg_1972", "cormack_1989", "fienberg_rinaldo_2012", "chan_silverman_vincent_2021")


def _check_covariates(table: Table | ExpectedTable, generators: Generators) -> None:
    named = {name for term in generators.generators for name in term}
    if absent := [name for name in table.covariates if name not in named]:
        raise ModelError(
            "A model of a table with covariates names each of them",
            got=f"no term with {spelled(absent)}",
            hint=f"Add terms, or collapse first: table.collapse(keep={[n for n in table.covariates if n in named]}).",
        )
    if generators.is_saturated:
        raise ModelError(
            "A term of all lists leaves nothing to estimate the unseen from",
            got=generators.notation(),
            hint="Leave that term out.",
        )


def is_plain(table: Table | ExpectedTable) -> TypeGuard[CaptureTable]:
    """Whether a table has lists alone, and everything is known of everybody."""
    return isinstance(table, CaptureTable) and not table.covariates


def require_table(data: Any) -> Table:
    """Refuse anything but a table of lists, of which persons were counted.

    Raises
    ------
    mse.errors.TableError
        The data are of another kind.
    """
    if not isinstance(data, CaptureTable | PartialTable):
        raise TableError(
            "A model of overlapping lists needs a CaptureTable or a PartialTable",
            got=type(data).__name__,
            hint="Search the table that it was made from (table.source), then fit that model to the expected counts."
            if isinstance(data, ExpectedTable)
            else "Make one with mse.CaptureTable.from_counts, from_histories or mse.tabulate.",
        )
    return data


def check_coding(table: Table | ExpectedTable, coding: Mapping[str, Coding]) -> None:
    """Refuse codings of covariates that a table does not have."""
    for name in coding:
        if name not in table.covariates:
            raise ModelError(
                f"coding= names '{name}', which is no covariate of the table", hint=did_you_mean(name, table.covariates)
            )
