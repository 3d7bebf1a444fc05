"""`ModelAverage`: the posterior of the total, averaged over all hierarchical log-linear models of a scope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from mse.core.coding_items import coding_items
from mse.core.posterior_fit import PosteriorFit
from mse.core.sentence import Sentence
from mse.core.table import CaptureTable
from mse.core.total_prior import TotalPrior
from mse.errors import ModelError, TableError, did_you_mean
from mse.models.loglinear import check_coding, require_table
from mse.models.search import Search

if TYPE_CHECKING:
    import pandas as pd

    from mse.core.coding import Coding
    from mse.core.draws import Draws
    from mse.kernels.laplace import CoefficientPrior
    from mse.models.model_average_fit import TotalScale
    from mse.models.model_average_space import AverageSpace

__all__ = ["PRIORS", "ModelAverage"]

PRIORS = ("unit_information", "g")


@dataclass(frozen=True)
class ModelAverage:
    """Average over the hierarchical log-linear models of a scope, each weighed by its evidence.

    Main effects of all lists and covariates are always in; the saturated model, which says nothing of the unseen, is
    out. Models are equally probable beforehand. Evidence is by Laplace's method, once for every number unseen, so that
    the posterior of the total is a curve and not a sample; that of the models which hold 99 % of the probability, 300
    at most, is corrected by importance sampling. With covariates every stratum has its own number unseen.

    Up to 50,000 models (20,000 with covariates) all get their evidence. More models of lists alone, up to 10⁷, are
    screened by BIC first. Beyond that Markov chains go from model to model (Madigan and York 1995).

    Parameters
    ----------
    prior : {"unit_information", "g"}
        Prior of the coefficients θ but the intercept, which is flat. Both are N(0, σ² n (XᵀX)⁻¹), with X the columns
        of the model over all n cells in sum-to-zero coding: the lists alone then have independent θ with variance σ².
        "unit_information" takes σ² = `scale` (Ntzoufras and others 2003); "g" takes σ² ~ inverse gamma(a/2, b/2) with
        (a, b) = `hyper` (Sabanés Bové and Held 2011).
    total_prior : TotalPrior, optional
        Prior of the total; 1/N where not given.
    max_order : int, optional
        Largest number of lists and covariates in a term; None is all orders.
    forced, forbidden : str, optional
        Terms that every model holds, and that none does, as models: ``"[P year][R year]"``.
    coding : mapping of str to Coding, optional
        How covariates enter, by name; levels where nothing is said.
    scale : float
        The variance σ² of the unit information prior.
    hyper : tuple of float
        Shape a and scale b of σ² under "g".
    window : float
        Where models are screened by BIC, those within this of the best are kept.
    chains, steps : int
        Where models are visited by chains: how many of them, and the steps of each after a tenth as many that do not
        count.
    part_draws : int
        Draws of the unseen by stratum, for a table with covariates.
    sampled : bool
        Whether the evidence of the probable models is corrected by importance sampling; Laplace's alone where not.

    Raises
    ------
    mse.errors.ModelError
        An option is not known or out of range.

    Examples
    --------
    >>> import mse
    >>> fit = mse.ModelAverage().fit(mse.datasets.load("spina_bifida_621"))
    >>> round(fit.total), [round(limit) for limit in fit.hdi()]
    (725, [675, 784])
    >>> fit.model_weights().head(2)["model"].tolist()
    ['[S2 S3][S1]', '[S1 S2][S2 S3]']
    """

    prior: str = "unit_information"
    total_prior: TotalPrior | None = None
    max_order: int | None = None
    forced: str | None = None
    forbidden: str | None = None
    coding: Mapping[str, Coding] | tuple[tuple[str, Coding], ...] = ()
    scale: float = 1.0
    hyper: tuple[float, float] = (0.001, 0.001)
    window: float = 10.0
    chains: int = 4
    steps: int = 10_000
    part_draws: int = 4_000
    sampled: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "coding", coding_items(self.coding))
        object.__setattr__(self, "hyper", tuple(self.hyper))
        if self.prior not in PRIORS:
            raise ModelError(f"There is no prior {self.prior!r}", hint=did_you_mean(str(self.prior), PRIORS))
        if len(self.hyper) != 2 or not all(value > 0.0 for value in self.hyper):
            raise ModelError("hyper= takes a shape and a scale above 0", got=repr(self.hyper))
        for name in ("scale", "window"):
            if not getattr(self, name) > 0.0:
                raise ModelError(f"{name}= is a number above 0", got=repr(getattr(self, name)))
        for name, least in (("chains", 4), ("steps", 100), ("part_draws", 100)):
            value = getattr(self, name)
            if not isinstance(value, Integral) or value < least:
                raise ModelError(f"{name}= is a whole number of at least {least}", got=repr(value))
        if self.total_prior is not None and not isinstance(self.total_prior, TotalPrior):
            raise ModelError(
                "total_prior= is a TotalPrior", got=repr(self.total_prior), hint="Write mse.TotalPrior.inverse()."
            )
        self._search()

    # ------------------------------------------------------------------ what the average is

    @property
    def coefficient_prior(self) -> CoefficientPrior:
        """The prior of the coefficients as the kernels take it."""
        from mse.kernels.laplace import CoefficientPrior

        if self.prior == "unit_information":
            return CoefficientPrior(float(self.scale))
        shape, rate = self.hyper
        return CoefficientPrior(0.0, float(shape), float(rate))

    def _search(self) -> Search:
        return Search(max_order=self.max_order, forced=self.forced, forbidden=self.forbidden, coding=self.coding)

    def prepared(self, data: Any) -> tuple[AverageSpace, TotalScale]:
        """The models of the scope on a table, and the prior of the total on the scale of the kernels.

        Raises
        ------
        mse.errors.TableError
            The data are no table of lists, something is not known of some persons, or the prior of the total allows
            no number unseen.
        """
        from mse.models.model_average_fit import TotalScale
        from mse.models.model_average_space import AverageSpace

        table = require_table(data)
        if not isinstance(table, CaptureTable):
            raise TableError(
                "ModelAverage needs a table in which everything is known of everybody",
                got=type(table).__name__,
                hint="Use mse.Search or mse.LogLinear, which fit what is known by EM.",
            )
        check_coding(table, dict(self.coding))
        prior = self.total_prior or TotalPrior.inverse()
        if prior.upper is not None and prior.upper < table.n_observed:
            raise TableError(
                "The prior of the total allows only totals below the number of persons seen",
                got=f"at most {prior.upper:g}, and {table.n_observed} persons seen",
            )
        return AverageSpace.of(table, self._search()), TotalScale(prior, table.n_observed)

    # ------------------------------------------------------------------ fitting

    def fit(self, data: Any, *, seed: int | None = None, progress: bool = False) -> PosteriorFit:
        """Average over the models of the scope on a table.

        Parameters
        ----------
        data : CaptureTable
            A table, with or without covariates.
        seed : int, optional
            Seed of the draws of parts, and of chains where models are too many to list. Without covariates and up to
            10⁷ models nothing is drawn.
        progress : bool
            Whether long work shows a progress bar on a terminal.

        Returns
        -------
        PosteriorFit
            Exact in the total: a grid of numbers unseen, mixed over models.

        Raises
        ------
        mse.errors.TableError, mse.errors.ModelError
            See `prepared` and `mse.Search`.
        """
        from mse.models.model_average_fit import average, mean_counts, part_draws

        space, scale = self.prepared(data)
        prior = self.coefficient_prior
        posterior = average(self, space, scale, seed=seed, progress=progress)
        table = space.table
        if table.covariates:
            rng = np.random.default_rng(seed)
            draws = part_draws(space, scale, prior, posterior, self.part_draws, rng)
        else:
            draws = posterior.draws(table.n_observed)
        method = f"method_model_average_{self.prior}"
        return PosteriorFit(
            self,
            table,
            draws,
            Sentence(method, {"models": posterior.n_models, "order": space.search.scope(table)}),
            Sentence("assumption_search", {"order": space.search.scope(table)}),
            posterior.status,
            posterior.findings,
            mean_counts(space, scale, prior, posterior),
            space.notation(posterior.models[int(posterior.order[0])]),
            True,
            posterior.tail_index,
            posterior.weights(space),
        )

    # ------------------------------------------------------------------ what the priors do

    def check(self, data: Any, *, models: int = 20, draws: int = 2_000, seed: int | None = None) -> pd.DataFrame:
        """Set the evidence of the most probable models beside that of plain importance sampling.

        It is computed apart from what `fit` does: other proposals, other draws, and every node by itself.

        Parameters
        ----------
        data : CaptureTable
        models : int
            Number of models.
        draws : int
            Draws at each node of a curve.
        seed : int, optional

        Returns
        -------
        DataFrame
            One row a model: model, probability, log_evidence (Laplace), used (that of the fit), sampled,
            standard_error (of sampled), median and sampled_median of the total, and effective: the smallest number of
            independent draws that those at a node which matters are worth.

        Examples
        --------
        >>> import mse
        >>> check = mse.ModelAverage().check(mse.datasets.load("spina_bifida_621"), models=2, seed=1)
        >>> (check["used"] - check["sampled"]).abs().max() < 0.05
        np.True_
        """
        from mse.models.model_average_check import checked

        return checked(self, data, models, draws, seed)

    def prior_influence(self, data: Any, *, seed: int | None = None) -> pd.DataFrame:
        """Show what other priors make of the same table.

        Parameters
        ----------
        data : CaptureTable
        seed : int, optional
            Not used: nothing is drawn.

        Returns
        -------
        DataFrame
            One row a prior: prior, scale, total_prior, median, lower, upper (95 %), model (the most probable) and
            probability. The first row is the prior that was asked for.

        Examples
        --------
        >>> import mse
        >>> frame = mse.ModelAverage().prior_influence(mse.datasets.load("spina_bifida_621"))
        >>> frame["median"].round().astype(int).tolist()
        [725, 723, 725, 724, 726]
        """
        from mse.models.model_average_prior import influence

        return influence(self, data)

    def prior_predictive(self, data: Any, *, draws: int = 1_000, seed: int | None = None) -> Draws:
        """Draw totals from the prior alone, given only how many persons were seen.

        A model of the scope is drawn, then its coefficients; these say what share of a population is seen, and so how
        many are not.

        Parameters
        ----------
        data : CaptureTable
        draws : int
        seed : int, optional

        Returns
        -------
        Draws
            Weighted where the prior of the total is not 1/N.

        Raises
        ------
        mse.errors.ModelError
            The prior "g" has a shape below 1: its scale then has no order of magnitude, and neither has a draw.

        Examples
        --------
        >>> import mse
        >>> believed = mse.ModelAverage().prior_predictive(mse.datasets.load("spina_bifida_621"), draws=500, seed=1)
        >>> len(believed)
        500
        """
        from mse.models.model_average_prior import predictive

        return predictive(self, data, draws, seed)

    @property
    def references(self) -> tuple[str, ...]:
        """Publications of the method."""
        prior = {"unit_information": ("ntzoufras_2003",), "g": ("sabanes_bove_held_2011",)}[self.prior]
        return ("fienberg_1972", "madigan_york_1995", "tierney_kadane_1986", *prior, "overstall_king_2014")
