"""`Hierarchical`: a Poisson log-linear model of lists and strata with partial pooling and shrunken interactions."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field, replace
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np

from mse.core.terms import Generators
from mse.core.total_prior import TotalPrior
from mse.errors import ModelError, did_you_mean
from mse.models.loglinear import Table, require_table

if TYPE_CHECKING:
    import pandas as pd
    import pymc as pm

    from mse.core.draws import Draws
    from mse.core.posterior_fit import PosteriorFit

__all__ = ["Hierarchical"]

_CHOICES = {
    "shrinkage": ("horseshoe", "r2d2", "normal"),
    "pooling": ("partial", "none"),
    "interactions": ("pooled", "shared"),
    "sampler": ("nutpie", "pymc"),
}

_POSITIVE = ("list_sd", "slab_scale", "pooling_sd", "break_sd", "dependence_sd")

_WHOLE = ("order", "draws", "tune", "chains")

_LIMITS = np.array([0.025, 0.5, 0.975])


@dataclass(frozen=True)
class Hierarchical:
    """A Bayesian log-linear model of lists and strata, drawn by NUTS in PyMC.

    Counts of the cells of every stratum are Poisson. A list's effect differs between strata, and is pooled towards
    what it is elsewhere: years walk, other covariates are exchangeable. Interactions of lists are shrunk towards 0 by
    a regularised horseshoe (Piironen and Vehtari 2017) or R2-D2 (Zhang, Naughton, Bondell and Reich 2022), and may
    differ a little between strata. Lists that are off and unknown covariates are taken as they are, on the margins
    that are known. The number unseen of a stratum is a Poisson draw of its expected number.

    Parameters
    ----------
    order : int
        Interactions of up to this many lists, and of one less than there are; 1 is independence.
    model : str, optional
        Instead of all interactions, those of these generators: ``"[P K][R]"``. It names lists only.
    shrinkage : {"horseshoe", "r2d2", "normal"}
        Prior of the interactions: two that shrink most and leave some large, or normal with `slab_scale`.
    pooling : {"partial", "none"}
        Whether the list effects of a stratum lean on those of others.
    interactions : {"pooled", "shared"}
        Whether interactions differ between strata, by a spread that is estimated, or are the same in all.
    walk : str, optional
        Covariate over whose levels list effects walk, where the table has it.
    breaks : sequence of levels
        Levels at which the walk may jump, since recording changed there.
    prior : TotalPrior
        Prior of the expected total; by default 1/N.
    list_mean, list_sd : float
        Normal prior of a list's effect: the log odds to be on it for who is on no other list.
    global_scale : float, optional
        Scale of the horseshoe's global shrinkage; by default from the number of persons on all lists of a term.
    slab_scale : float
        Scale of large interactions, on the log odds ratio.
    pooling_sd, break_sd, dependence_sd : float
        Scale of the half-normal priors of how list effects and interactions differ between strata, and standard
        deviation of a jump at a break.
    sampler : {"nutpie", "pymc"}
        nutpie's NUTS, or PyMC's own.
    draws, tune, chains : int
        Draws of each chain that are kept, draws before them, and chains.
    target_accept : float
        Aimed acceptance of the sampler; higher means smaller steps.

    Raises
    ------
    mse.errors.ModelError
        An option is none of those named, or no positive number.

    Examples
    --------
    >>> import mse
    >>> spec = mse.Hierarchical(prior=mse.TotalPrior.from_interval(8_000, 20_000), breaks=(2018,))
    >>> spec.shrinkage, spec.walk
    ('horseshoe', 'year')

    A fit compiles the model first, which takes longer than drawing::

        fit = spec.fit(table, seed=1, progress=True)
        fit.estimate(by=["year"])
        fit.to_datatree()
    """

    order: int = 2
    model: str | None = None
    shrinkage: str = "horseshoe"
    pooling: str = "partial"
    interactions: str = "pooled"
    walk: str | None = "year"
    breaks: tuple[Hashable, ...] = ()
    prior: TotalPrior = field(default_factory=TotalPrior.inverse)
    list_mean: float = -2.0
    list_sd: float = 2.0
    global_scale: float | None = None
    slab_scale: float = 2.0
    pooling_sd: float = 1.0
    break_sd: float = 1.0
    dependence_sd: float = 0.5
    sampler: str = "nutpie"
    draws: int = 1_000
    tune: int = 1_000
    chains: int = 4
    target_accept: float = 0.99

    def __post_init__(self) -> None:
        object.__setattr__(self, "breaks", tuple(self.breaks))
        for name, options in _CHOICES.items():
            if getattr(self, name) not in options:
                raise ModelError(
                    f"There is no {name} {getattr(self, name)!r}", hint=did_you_mean(str(getattr(self, name)), options)
                )
        for name in _WHOLE:
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, Integral) or value < 1:
                raise ModelError(f"{name}= is a whole number of 1 or more", got=repr(value))
        scale = () if self.global_scale is None else ("global_scale",)
        for name in (*_POSITIVE, *scale):
            value = getattr(self, name)
            if not isinstance(value, Real) or not 0.0 < float(value) < np.inf:
                raise ModelError(f"{name}= is a positive number", got=repr(value))
        if not 0.0 < self.target_accept < 1.0:
            raise ModelError("target_accept= lies between 0 and 1", got=repr(self.target_accept))
        if not isinstance(self.prior, TotalPrior):
            raise ModelError("prior= is a TotalPrior", got=repr(self.prior), hint="Write mse.TotalPrior.inverse().")

    # ------------------------------------------------------------------ the model

    def generators(self, table: Table) -> Generators:
        """Interactions of lists, as generators over the lists of a table."""
        if self.model is None:
            return Generators.of_order(min(int(self.order), max(len(table.lists) - 1, 1)), table.lists)
        generators = Generators.parse(self.model, table.lists)
        if generators.is_saturated:
            raise ModelError(
                "A term of all lists leaves nothing to estimate the unseen from",
                got=generators.notation(),
                hint="Leave that term out.",
            )
        return generators

    def pymc_model(self, data: Any) -> pm.Model:
        """Return the PyMC model of a table, to look at, to change and to sample with PyMC.

        All numbers of the priors are `pm.Data`. `pm.sample_prior_predictive` draws from the prior; under the default
        prior of the total, which has no sum, from the prior given the number of persons seen.

        Parameters
        ----------
        data : CaptureTable or PartialTable

        Returns
        -------
        pymc.Model
            With the axes list, term, stratum, cell (or row, of a partial table) and one a covariate.

        Examples
        --------
        >>> import mse
        >>> model = mse.Hierarchical(order=1).pymc_model(mse.datasets.load("spina_bifida_621"))
        >>> [variable.name for variable in model.free_RVs]
        ['list_effect', 'seen_change']
        """
        from mse.models.hierarchical_data import HierarchicalData
        from mse.models.hierarchical_pymc import build

        return build(HierarchicalData.of(require_table(data), self), self)

    def fit(self, data: Any, *, seed: int | None = None, progress: bool = False) -> PosteriorFit:
        """Draw from the posterior.

        Parameters
        ----------
        data : CaptureTable or PartialTable
        seed : int, optional
            Seed of the chains and of the draws of the unseen.
        progress : bool
            Whether a progress bar is shown.

        Returns
        -------
        PosteriorFit
            Without a total where chains disagree.

        Raises
        ------
        mse.errors.TableError
            The data are no table of lists, or no list operates in some stratum.
        mse.errors.ModelError
            The model names what is not in the table, or a break is no level.
        """
        from mse.models.hierarchical_data import HierarchicalData
        from mse.models.hierarchical_fit import posterior_fit
        from mse.models.hierarchical_sample import sample

        arrays = HierarchicalData.of(require_table(data), self)
        streams = np.random.SeedSequence(seed).spawn(2)
        drawn = sample(arrays, self, int(streams[0].generate_state(1)[0]), progress=progress)
        return posterior_fit(arrays, self, drawn, np.random.default_rng(streams[1]))

    # ------------------------------------------------------------------ priors

    def prior_predictive(self, data: Any, *, draws: int = 1_000, seed: int | None = None) -> Draws:
        """Draw numbers seen and unseen from the prior: what is believed before the counts are looked at.

        Under the prior 1/N, which has no sum, the total is drawn given the number of persons seen.

        Parameters
        ----------
        data : CaptureTable or PartialTable
            Its lists and strata, and the number of persons seen, are used.
        draws : int
        seed : int, optional

        Returns
        -------
        Draws
        """
        from mse.models.hierarchical_data import HierarchicalData
        from mse.models.hierarchical_fit import prior_predicted

        arrays = HierarchicalData.of(require_table(data), self)
        return prior_predicted(arrays, self, draws, int(np.random.SeedSequence(seed).generate_state(1)[0]))

    def prior_influence(self, data: Any, *, seed: int | None = None) -> pd.DataFrame:
        """Refit under other priors, one at a time.

        Parameters
        ----------
        data : CaptureTable or PartialTable
        seed : int, optional

        Returns
        -------
        pandas.DataFrame
            One row a prior, as given first: prior (the option that differs), value, median, lower, upper (95%,
            equal-tailed) and status; without numbers where chains disagree or went astray.
        """
        import pandas as pd

        from mse.models.hierarchical_data import HierarchicalData

        table = require_table(data)
        scale = HierarchicalData.of(table, self).global_scale
        rows = []
        for name, value, spec in self._rivals(scale, len(table.covariates) > 0):
            fit = spec.fit(table, seed=seed)
            known = not fit.estimate().blocked
            lower, median, upper = map(float, fit.quantile(_LIMITS)) if known else (np.nan,) * 3
            rows.append((name, value, median, lower, upper, fit.status.value))
        return pd.DataFrame(rows, columns=["prior", "value", "median", "lower", "upper", "status"])

    def _rivals(self, scale: float, strata: bool) -> Iterator[tuple[str, str, Hierarchical]]:
        """This specification, and others that differ from it in one prior."""
        yield "as given", "", self
        for shrinkage in _CHOICES["shrinkage"]:
            if shrinkage != self.shrinkage:
                yield "shrinkage", shrinkage, replace(self, shrinkage=shrinkage)
        numbers = {"slab_scale": (0.5, 2.0)}
        if self.shrinkage == "horseshoe":
            numbers["global_scale"] = (0.25, 4.0)
        if strata and self.pooling == "partial":
            numbers["pooling_sd"] = (0.5, 2.0)
        if strata and self.interactions == "pooled":
            numbers["dependence_sd"] = (0.5, 2.0)
        for name, factors in numbers.items():
            now = scale if name == "global_scale" else getattr(self, name)
            for factor in factors:
                changed: dict[str, Any] = {name: factor * now}
                yield name, f"{factor * now:.3g}", replace(self, **changed)
        for shift in (-1.0, 1.0):
            yield "list_mean", f"{self.list_mean + shift:.3g}", replace(self, list_mean=self.list_mean + shift)

    @property
    def references(self) -> tuple[str, ...]:
        """Publications of the method."""
        return ("king_brooks_2001", "piironen_vehtari_2017", "zhang_2022", "hoffman_gelman_2014")
