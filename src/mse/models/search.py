"""`Search`: choose among hierarchical models, and say how far the choice can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from mse.core.coding_items import coding_items
from mse.core.criteria import CRITERIA, SAMPLE_SIZES, check_criterion
from mse.core.ensemble import EnsembleFit
from mse.core.model_space import ModelSpace
from mse.core.point_fit import PointFit, kernel_counts
from mse.core.rivals import Convention, Rivals
from mse.core.saturation import saturation
from mse.core.table import CaptureTable
from mse.core.terms import Generators
from mse.errors import ModelError, did_you_mean
from mse.kernels.lattice import interactions
from mse.models.exhaustive import fit_all, fit_all_strata, scope_models
from mse.models.loglinear import LogLinear, check_coding, is_plain, require_table

if TYPE_CHECKING:
    from mse.core.coding import Coding
    from mse.core.stratified_fit import StratifiedFit
    from mse.models.loglinear import Table
    from mse.models.reselect import Repeat, Reselect

__all__ = ["Search"]

METHODS = ("exhaustive", "stepwise")
P_VALUE = "p-value"


@dataclass(frozen=True)
class Search:
    """Search the hierarchical log-linear models of a scope, over lists and over covariates where the table has them.

    With covariates the main effects of all of them are in, and terms may be list dependence (``P:R``), capture that
    differs by group or year (``P:year``) and composition (``form:year``).

    Parameters
    ----------
    criterion : {"bic", "aic", "aicc", "p-value"} or tuple of these
        What to minimise. A tuple is a stepwise search that goes on by the next criterion where the one before
        stopped. "p-value" is the stepwise rule of Chan, Silverman and Vincent
        (2021); with covariates, steps by likelihood-ratio tests of terms that come in and leave.
    method : {"exhaustive", "stepwise"}
        All models of the scope (at most 10⁷, with covariates 20,000), or steps of one term in both directions.
    max_order : int, optional
        The scope: largest number of lists and covariates in a term; 2 is pairs, None all orders.
    starts : tuple of str, optional
        Where a stepwise search starts: "independence", "all", or models in brackets. By default independence, all
        terms of the scope, and for each list the model with all its pairs.
    forced : str, optional
        Terms that every model must hold, as a model: ``"[P year][R year]"``.
    forbidden : str, optional
        Terms that no model may hold, alone or within a larger term, as a model: ``"[P K]"``.
    bic_n : {"persons", "cells"}
        Sample size of BIC and AICc.
    count_infinite : bool
        Whether terms at −∞ (empty overlaps) count as parameters.
    threshold : float
        Largest p-value with which the p-value rule adds a term.
    coding : mapping of str to Coding, optional
        How covariates enter, by name (`mse.Poly`, `mse.Spline`, `mse.Step`, …); levels where nothing is said.
    screened : bool
        Whether a stepwise search with covariates fits only the terms that score tests and Wald tests call promising,
        and not every neighbour of a model.

    Raises
    ------
    mse.errors.ModelError
        An option is not known, or options do not go together.

    Examples
    --------
    >>> import mse
    >>> search = mse.Search().fit(mse.datasets.load("spina_bifida_621"))
    >>> search.best.generators.notation()
    '[S2 S3][S1]'
    """

    criterion: str | tuple[str, ...] = "bic"
    method: str = "exhaustive"
    max_order: int | None = 2
    starts: tuple[str, ...] | None = None
    forced: str | None = None
    bic_n: str = "persons"
    count_infinite: bool = True
    threshold: float = 0.02
    forbidden: str | None = None
    coding: Mapping[str, Coding] | tuple[tuple[str, Coding], ...] = ()
    screened: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "coding", coding_items(self.coding))
        for name in ("criterion", "starts"):
            if isinstance(getattr(self, name), list):
                object.__setattr__(self, name, tuple(getattr(self, name)))
        if self.method not in METHODS:
            raise ModelError(f"There is no method {self.method!r}", hint=did_you_mean(str(self.method), METHODS))
        if not self.criteria:
            raise ModelError("A search needs a criterion", got="none", hint=did_you_mean("", (*CRITERIA, P_VALUE)))
        for name in self.criteria:
            check_criterion(name, (*CRITERIA, P_VALUE))
        if self.bic_n not in SAMPLE_SIZES:
            raise ModelError(f"There is no sample size {self.bic_n!r}", hint=did_you_mean(self.bic_n, SAMPLE_SIZES))
        if self.method == "exhaustive" and (len(self.criteria) > 1 or P_VALUE in self.criteria):
            raise ModelError(
                "An exhaustive search ranks by one of aic, aicc and bic",
                got=", ".join(self.criteria),
                hint='Use method="stepwise".',
            )
        if P_VALUE in self.criteria and len(self.criteria) > 1:
            raise ModelError("The p-value rule stands alone", got=", ".join(self.criteria))
        self._check_starts()
        if self.max_order is not None and (not isinstance(self.max_order, Integral) or self.max_order < 2):
            raise ModelError(
                "A search takes terms of a whole number of lists, at least two", got=f"max_order={self.max_order}"
            )
        if not 0.0 < self.threshold < 1.0:
            raise ModelError("The threshold of the p-value rule lies between 0 and 1", got=str(self.threshold))

    def _check_starts(self) -> None:
        if self.starts is None:
            return
        if self.method == "exhaustive" or P_VALUE in self.criteria:
            raise ModelError("Only a stepwise search by a criterion has starts", hint='Use method="stepwise".')
        if not isinstance(self.starts, tuple) or not self.starts:
            raise ModelError(
                "Starts are one or more of 'independence', 'all' and models",
                got=repr(self.starts),
                hint='Write starts=("independence", "[A B][C]").',
            )

    # ------------------------------------------------------------------ what the search is

    @property
    def criteria(self) -> tuple[str, ...]:
        """The criteria, in sequence."""
        return (self.criterion,) if isinstance(self.criterion, str) else tuple(self.criterion)

    @property
    def ranking(self) -> str:
        """The criterion that ranks and weighs models in the end."""
        last = self.criteria[-1]
        return "bic" if last == P_VALUE else last

    def scope(self, table: Table) -> int:
        """Largest number of lists and covariates in a term."""
        names = len(table.lists) + len(table.covariates)
        return names if self.max_order is None else min(self.max_order, names)

    def space(self, table: Table) -> ModelSpace:
        """The models of the scope on a table."""
        inter = interactions(len(table.lists) + len(table.covariates), self.scope(table))
        if is_plain(table):
            from mse.core.list_space import ListSpace

            return ListSpace(table, inter)
        from mse.core.strata_space import StrataSpace

        every = (1 << len(table.lists)) - 1
        return StrataSpace(table, inter[inter & every != every], dict(self.coding), self.screened)

    def convention(self, table: Table, criterion: str | None = None) -> Convention:
        """How models on this table are compared."""
        best = saturation(table)
        n = table.n_observed if self.bic_n == "persons" else best.cells
        return Convention(criterion or self.ranking, n, self.count_infinite, -2.0 * best.log_likelihood)

    def model_spec(self, notation: str) -> LogLinear:
        """The specification of one model that the search found."""
        return LogLinear(notation, coding=self.coding)

    def forced_bits(self, table: Table, inter: np.ndarray[Any, np.dtype[np.int64]]) -> int:
        """Forced terms as bits over the interactions of the scope."""
        return 0 if self.forced is None else self.model_bits(self.forced, table, inter)

    def forbidden_bits(self, table: Table, inter: np.ndarray[Any, np.dtype[np.int64]]) -> int:
        """Forbidden terms, and those that contain one, as bits over the interactions of the scope.

        Raises
        ------
        mse.errors.ModelError
            A term is forced as well.
        """
        if self.forbidden is None:
            return 0
        named = Generators.parse(self.forbidden, table.lists, tuple(table.covariates))
        terms = [mask for mask in named.top if mask.bit_count() > 1]
        if not terms:
            raise ModelError("Forbidden terms hold two names or more", got=self.forbidden)
        bits = sum(1 << place for place, mask in enumerate(map(int, inter)) if any(mask & t == t for t in terms))
        if bits & self.forced_bits(table, inter):
            raise ModelError("A term is forced or forbidden, not both", got=f"{self.forced} and {self.forbidden}")
        return bits

    def model_bits(self, model: str, table: Table, inter: np.ndarray[Any, np.dtype[np.int64]]) -> int:
        """A model as bits over the interactions of the scope.

        Raises
        ------
        mse.errors.ModelError
            A term lies outside the scope, or holds all lists.
        """
        held = set(map(int, Generators.parse(model, table.lists, tuple(table.covariates)).masks))
        known = {int(mask): index for index, mask in enumerate(inter)}
        if (1 << len(table.lists)) - 1 in held:
            raise ModelError(
                "A term of all lists leaves nothing to estimate the unseen from", got=model, hint="Leave that term out."
            )
        if any(mask.bit_count() > 1 and mask not in known for mask in held):
            raise ModelError(
                "Terms must lie in the scope of the search", got=model, hint="Raise max_order, or leave terms out."
            )
        return sum(1 << known[mask] for mask in held if mask in known)

    # ------------------------------------------------------------------ fitting

    def fit(self, data: Any, *, seed: int | None = None, progress: bool = False) -> EnsembleFit:
        """Search the models of the scope on a table.

        Parameters
        ----------
        data : CaptureTable or PartialTable
            A table, with or without covariates; something may not be known of some persons.
        seed : int, optional
            Not used: nothing is drawn.
        progress : bool
            Whether long work shows a progress bar on a terminal.

        Returns
        -------
        EnsembleFit

        Raises
        ------
        mse.errors.TableError
            The data are no table of lists.
        mse.errors.ModelError
            The scope is too large for an exhaustive search, or a term or coding names what is not in the table.
        """
        table = require_table(data)
        check_coding(table, dict(self.coding))
        if self.method == "stepwise":
            from mse.models.stepwise import fit_stepwise

            return fit_stepwise(self, table, progress=progress)
        if is_plain(table):
            return self._fit_exhaustive(table, progress)
        return self.fit_strata(table, progress=progress)

    def fit_strata(self, table: Table, *, both_ways: bool = True, progress: bool = False) -> EnsembleFit:
        """Fit every model of a scope with covariates, and look at the other way to count terms at −∞ if asked to."""
        space = self.space(table)
        convention = self.convention(table)
        conventions = (convention, convention.other()) if both_ways else (convention,)
        forced, without = (bits(table, space.interactions) for bits in (self.forced_bits, self.forbidden_bits))
        collected = fit_all_strata(space, conventions, forced, without, progress)
        best, *others = (best_fit(self, space, rivals) for rivals in collected)
        alternative = others[0] if others else None
        return EnsembleFit(self, table, collected[0], self.scope(table), best, alternative, known_space=space)

    def _fit_exhaustive(self, table: CaptureTable, progress: bool) -> EnsembleFit:
        from mse.models.progress import bar

        counts = kernel_counts(table)
        scope = self.scope(table)
        inter = interactions(len(table.lists), scope)
        forced, without = self.forced_bits(table, inter), self.forbidden_bits(table, inter)
        inter, models = scope_models(counts, scope, forced=forced, without=without, count_infinite=self.count_infinite)
        convention = self.convention(table)
        conventions = (convention, convention.other()) if self.count_infinite else (convention,)
        with bar("search", len(models), progress) as advance:
            collected = fit_all(counts, inter, models, conventions, advance, forced=forced)
        space = self.space(table)
        best = best_fit(self, space, collected[0])
        alternative = best_fit(self, space, collected[1]) if self.count_infinite else self._counted(table)
        return EnsembleFit(self, table, collected[0], scope, best, alternative, known_space=space)

    def _counted(self, table: Table) -> PointFit | StratifiedFit | None:
        """The best model where terms at −∞ are counted; its scope is the full one."""
        return replace(self, count_infinite=True).fit(table).best

    def repeater(self, fit: EnsembleFit) -> Reselect | Repeat:
        """The same choice made ready for many tables like the fitted one, as `mse.bootstrap` needs it.

        Scopes of up to 65,536 models are searched whole, every time. Over larger ones the choice is among the models
        within 30 of the best criterion on the fitted table and all models one term away from those.
        """
        from mse.models.reselect import repeater

        return repeater(self, fit)

    @property
    def references(self) -> tuple[str, ...]:
        """Publications of the method."""
        basic = LogLinear(order=1).references
        selection = {
            "bic": ("schwarz_1978",), "aic": ("akaike_1974",), "aicc": ("hurvich_tsai_1989",), P_VALUE: (),
        }  # fmt: skip
        return (*basic, *(name for criterion in self.criteria for name in selection[criterion]))


def best_fit(spec: Search, space: ModelSpace, found: Rivals) -> PointFit | StratifiedFit | None:
    """Fit the best model that has an estimate, by the linear programme."""
    for bits in map(int, found.bits):
        if space.has_estimate(bits):
            generators = space.generators(bits)
            fit = space.compute(generators, spec.model_spec(generators.notation()))
            if fit.total is not None:
                return fit
    return None
