"""`LatentClass`: persons of a few kinds, unequal in how they are captured, within which lists are independent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np

from mse.core.table import CaptureTable
from mse.core.total_prior import TotalPrior
from mse.errors import ModelError, TableError

if TYPE_CHECKING:
    import pandas as pd

    from mse.core.posterior_fit import PosteriorFit
    from mse.kernels.latent_class import Hyper

__all__ = ["LatentClass"]

_LEAST = {"classes": 1, "draws": 20, "tune": 0, "thin": 1, "chains": 4, "temperatures": 1, "moves": 0}
"""Options that are whole numbers, and the least that each may be."""

_CONJUGATE = ("inverse", "negative_binomial")


@dataclass(frozen=True)
class LatentClass:
    """A mixture of latent classes, as many as the table asks for (Manrique-Vallier 2016).

    Persons belong to classes. Those of a class have the same chance to be on each list, and lists do not depend on each
    other within it; lists that seem to depend do so since persons differ. Weights of classes are a Dirichlet process,
    truncated at `classes`. With covariates every stratum has its own weights, and the classes are shared.

    It is drawn by Gibbs sweeps over the cells of the table, with moves that leave the unseen out, at several
    temperatures that exchange their points, so that peaks far apart are all visited. Chains start from few classes and
    many, few unseen persons and many. **There is no total where they disagree** (R-hat above 1.01) or where fewer than
    400 effective draws were made: the finding then says what each chain found, and what to do.

    Parameters
    ----------
    classes : int
        At most so many classes.
    prior : TotalPrior
        Prior of the total over all strata: 1/N (the default) or a negative binomial. The shares of the strata are
        Dirichlet(1, …, 1).
    alpha : (float, float)
        Shape and rate of the gamma prior of the concentration α: small α means few classes.
    draws, thin : int
        Draws of each chain that are kept, and sweeps for each.
    tune : int
        Sweeps before them, in which the temperatures are placed.
    chains : int
        At least 4.
    temperatures : int
        Rungs of every chain; 1 is without tempering.
    moves : int
        Moves without the unseen, of each kind, between two sweeps.

    Raises
    ------
    mse.errors.ModelError
        An option is no whole number of its range, or the prior has no Gibbs step.

    Examples
    --------
    >>> import mse
    >>> table = mse.datasets.load("hepatitis_a_taiwan")
    >>> fit = mse.LatentClass(classes=5, draws=500, tune=1_000, thin=2, temperatures=4).fit(table, seed=1)
    >>> fit.table.n_observed, len(fit.draws)
    (271, 2000)
    """

    classes: int = 10
    prior: TotalPrior = field(default_factory=TotalPrior.inverse)
    alpha: tuple[float, float] = (0.25, 0.25)
    draws: int = 2_500
    tune: int = 10_000
    thin: int = 8
    chains: int = 4
    temperatures: int = 12
    moves: int = 2

    def __post_init__(self) -> None:
        for name, least in _LEAST.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
                raise ModelError(f"LatentClass takes a whole number from {least} on for {name}", got=repr(value))
        alpha = tuple(self.alpha)
        if len(alpha) != 2 or not all(isinstance(v, Real) and 0.0 < float(v) < np.inf for v in alpha):
            raise ModelError("alpha= is the shape and the rate of a gamma prior, both above 0", got=repr(self.alpha))
        object.__setattr__(self, "alpha", (float(alpha[0]), float(alpha[1])))
        if not isinstance(self.prior, TotalPrior) or self.prior.kind not in _CONJUGATE:
            raise ModelError(
                "LatentClass draws the unseen under the prior 1/N or a negative binomial one",
                got=getattr(self.prior, "kind", repr(self.prior)),
                hint="Take mse.TotalPrior.negative_binomial with the mean and spread that you believe; "
                "prior_influence(table, priors=[…]) shows the answer under any prior.",
            )

    @property
    def hyper(self) -> Hyper:
        """Priors as the kernel takes them."""
        from mse.kernels.latent_class import Hyper

        if self.prior.kind == "inverse":
            return Hyper(*self.alpha, 1.0, 0.0)
        shape, rate = self.prior.values
        return Hyper(*self.alpha, 1.0 / (1.0 + rate), shape)

    def fit(self, data: Any, *, seed: int | None = None, progress: bool = False, workers: int = 2) -> PosteriorFit:
        """Draw the posterior.

        Parameters
        ----------
        data : CaptureTable
            With or without covariates.
        seed : int, optional
            Every chain has a stream of its own: the answer does not depend on `workers`.
        progress : bool
            Show a bar.
        workers : int
            Threads.

        Returns
        -------
        PosteriorFit
            Chains hold the total, the unseen by stratum, persons by class and capture chances by class and list.

        Raises
        ------
        mse.errors.TableError
            The data are no such table.
        """
        from mse.models.latent_class_fit import fit

        return fit(self, _table(data), seed, progress, workers)

    def abundance(self, fit: PosteriorFit, above: Sequence[float] = (0.001, 0.01, 0.05, 0.1, 0.25)) -> pd.DataFrame:
        """Say how many persons have a fair chance to be seen at all (Johndrow, Lum and Manrique-Vallier 2019).

        The number of persons whose chance to be on at least one list is above a small bound is told far better by a
        table than the number of all: persons who are never seen leave no trace.

        Parameters
        ----------
        fit : PosteriorFit
            A fit of this specification.
        above : sequence of float
            Bounds of the capture probability.

        Returns
        -------
        DataFrame
            One row a bound: above, median, lower, upper (95 %) of the number of persons.

        Examples
        --------
        >>> import mse
        >>> spec = mse.LatentClass(classes=1, draws=200, tune=100, thin=1, temperatures=1)
        >>> fit = spec.fit(mse.CaptureTable(["A", "B"], [[0, 30], [40, 60]]), seed=1)
        >>> spec.abundance(fit, above=[0.5])["median"].round(-1).tolist()
        [150.0]
        """
        from mse.models.latent_class_prior import abundance

        return abundance(fit, above)

    def prior_influence(
        self, data: Any, *, priors: Sequence[TotalPrior] = (), seed: int | None = 0, workers: int = 2
    ) -> pd.DataFrame:
        """Show what other priors make of the same table.

        Other priors of the total weigh the draws anew; other priors of the classes are fits of their own.

        Parameters
        ----------
        data : CaptureTable
        priors : sequence of TotalPrior
            Priors of the total to be shown, of any kind; by default 1/N and a uniform one up to ten times the median.
        seed : int, optional
        workers : int

        Returns
        -------
        DataFrame
            One row a prior: total_prior, alpha_shape, alpha_rate, classes, median, lower, upper (95 %), weighed (the
            number of draws that the weights leave) and mixed (whether the chains agreed). The first row is the prior
            that was asked for.
        """
        from mse.models.latent_class_prior import influence

        return influence(self, _table(data), priors, seed, workers)

    def prior_predictive(self, data: Any, *, draws: int = 1_000, seed: int | None = None) -> pd.DataFrame:
        """Draw from the prior what it says before the overlaps are looked at.

        Parameters
        ----------
        data : CaptureTable
            Its lists, and the number of persons seen.
        draws : int
        seed : int, optional

        Returns
        -------
        DataFrame
            One row a draw: classes (with a hundredth of the population or more), seen (share of the population that
            is), on_two_lists (share of those seen), total (given how many were seen).

        Examples
        --------
        >>> import mse
        >>> table = mse.CaptureTable(["A", "B"], [[0, 30], [40, 6]])
        >>> frame = mse.LatentClass().prior_predictive(table, draws=500, seed=1)
        >>> bool(frame["seen"].between(0, 1).all()), bool((frame["total"] >= 76).all())
        (True, True)
        """
        from mse.models.latent_class_prior import predictive

        return predictive(self, _table(data), draws, seed)

    @property
    def references(self) -> tuple[str, ...]:
        """Publications of the method."""
        return ("manrique_vallier_2016", "johndrow_lum_manrique_vallier_2019", "aleshin_guendel_2020", "syed_2022")


def _table(data: Any) -> CaptureTable:
    if not isinstance(data, CaptureTable):
        raise TableError(
            "Latent classes take a CaptureTable, in which the lists and strata of every person are known",
            got=type(data).__name__,
            hint="mse.complete makes expected counts of a PartialTable; for unknown values use mse.Hierarchical.",
        )
    return data
