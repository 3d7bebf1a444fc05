"""`DecomposableAverage`: the exact posterior of the total over all decomposable graphs of the lists."""

from __future__ import annotations

from dataclasses import dataclass, replace
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.draws import Draws, quantiles
from mse.core.finding import Finding, Severity
from mse.core.model_weights import ModelWeights
from mse.core.posterior_fit import PosteriorFit
from mse.core.sentence import Sentence
from mse.core.table import CaptureTable
from mse.core.terms import Generators
from mse.core.total_prior import TotalPrior
from mse.errors import ModelError, TableError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd

    from mse.kernels.chordal import ChordalGraphs
    from mse.models.decomposable_posterior import GraphPosterior, Problem

__all__ = ["DecomposableAverage", "graph_weights", "notation", "require_lists"]

STRATA = ("independent", "shared")

FEWEST, MOST = 3, 7
"""Numbers of lists: with fewer there is nothing to average, with eight there are 30,888,596 chordal graphs."""

_SHOWN = 50
_SHOWN_FROM = 1e-4
"""Graphs with less probability are not listed one by one."""

_CUT_OFF = 1e-6
"""Probability beyond the end of the grid from which a reader is told."""

_LEVEL = 0.95


@dataclass(frozen=True)
class DecomposableAverage:
    """Average over all decomposable graphs of dependence between 3 to 7 lists, exactly (Madigan and York 1997).

    Each graph says which lists depend on each other directly; the complete graph is left out, since it leaves the
    number unseen to the prior alone. Cell probabilities have a hyper-Dirichlet prior (Dawid and Lauritzen 1993), all
    graphs are equally likely beforehand, and the posterior of the total is summed, not sampled.

    Parameters
    ----------
    delta : float, optional
        Prior count of every cell of the full table. By default 2^−K: one person in all over the cells of K lists.
    prior : TotalPrior, optional
        Prior of the total; 1/N by default. With strata it is that of every stratum.
    include_saturated : bool
        Whether the complete graph is averaged too, as dga does.
    max_unobserved : int, optional
        Numbers unseen run from 1 to this, as in dga. By default from 0, which is possible too, to where the probability
        runs out.
    strata : {"independent", "shared"}
        How strata of a table with covariates go together: each with a graph of its own, or all with the same graph.

    Raises
    ------
    mse.errors.ModelError
        An option is out of its range.

    Examples
    --------
    >>> import mse
    >>> fit = mse.DecomposableAverage().fit(mse.datasets.load("spina_bifida_621"))
    >>> estimate = fit.estimate(level=0.95)
    >>> estimate.lower, estimate.total, estimate.upper
    (687.0, 725.0, 783.0)
    >>> fit.model
    '[S2 S3][S1]'
    """

    delta: float | None = None
    prior: TotalPrior | None = None
    include_saturated: bool = False
    max_unobserved: int | None = None
    strata: str = "independent"

    def __post_init__(self) -> None:
        number = isinstance(self.delta, Real) and not isinstance(self.delta, bool)
        if self.delta is not None and not (number and 0.0 < float(self.delta) < np.inf):
            raise ModelError("A cell's prior count is a positive number", got=f"delta={self.delta!r}")
        if self.prior is not None and not isinstance(self.prior, TotalPrior):
            raise ModelError(
                "The prior of the total is a TotalPrior",
                got=repr(self.prior),
                hint="Write prior=mse.TotalPrior.uniform(50_000), for example.",
            )
        whole = isinstance(self.max_unobserved, Integral) and not isinstance(self.max_unobserved, bool)
        if self.max_unobserved is not None and not (whole and self.max_unobserved >= 1):
            raise ModelError(
                "The largest number unseen is a whole number from 1 on", got=f"max_unobserved={self.max_unobserved!r}"
            )
        if self.strata not in STRATA:
            raise ModelError(
                f"Strata do not go together as {self.strata!r}", hint=did_you_mean(str(self.strata), STRATA)
            )

    @property
    def total_prior(self) -> TotalPrior:
        """The prior of the total."""
        return TotalPrior.inverse() if self.prior is None else self.prior

    def fit(self, data: Any, *, seed: int | None = None, progress: bool = False) -> PosteriorFit:
        """Compute the posterior of the total.

        Parameters
        ----------
        data : CaptureTable
            Counts on 3 to 7 lists. With covariates every stratum has its own number unseen; totals are then drawn from
            the exact posteriors of the strata.
        seed : int, optional
            Of the draws with strata; not used without.
        progress : bool
            Whether long work shows a progress bar on a terminal.

        Returns
        -------
        PosteriorFit
            `exact` without covariates. `model_weights()` lists the graphs, `inclusion()` the edges.

        Raises
        ------
        mse.errors.TableError
            The data are no table of lists with everything known, or nobody was seen in a stratum.
        mse.errors.ModelError
            There are fewer than 3 or more than 7 lists, or the prior rules out what was seen.
        """
        table = require_lists(data)
        if table.covariates:
            from mse.models.decomposable_strata import fit_strata

            return fit_strata(self, table, 0 if seed is None else seed, progress)
        graphs = self.graphs(table)
        problem = self.problem(table, table.counts.ravel().astype(np.float64), graphs)
        found = problem.solve(progress)
        weights = graph_weights(table, graphs, found.weight, found)
        draws = Draws(np.full(len(found.grid.unseen), problem.n_observed), found.grid.unseen, weight=found.probability)
        return PosteriorFit(
            self,
            table,
            draws,
            self.description(table, len(graphs.edges)),
            Sentence("assumption_decomposable"),
            own_findings=self.own_findings(float(found.weight[-1]), found),
            model=weights.models[0],
            exact=True,
            tail_index=problem.tail_index,
            weights=weights,
        )

    def graphs(self, table: CaptureTable) -> ChordalGraphs:
        """The graphs that are averaged on a table."""
        from mse.models.decomposable_posterior import graphs_of

        return graphs_of(len(table.lists), self.include_saturated)

    def problem(self, table: CaptureTable, counts: NDArray[np.float64], graphs: ChordalGraphs) -> Problem:
        """The counts of one stratum with the priors."""
        from mse.models.decomposable_posterior import Problem

        delta = 2.0 ** -len(table.lists) if self.delta is None else float(self.delta)
        return Problem(counts, delta, self.total_prior, graphs.terms, self.max_unobserved)

    def description(self, table: CaptureTable, graphs: int) -> Sentence:
        """The method in a few words."""
        return Sentence("method_decomposable", {"graphs": graphs, "lists": len(table.lists)})

    def own_findings(self, saturated: float, cut: GraphPosterior) -> tuple[Finding, ...]:
        """What a reader must know of the average itself.

        Parameters
        ----------
        saturated : float
            Probability of the last graph, which is the complete one where that is averaged too.
        cut : GraphPosterior
            The posterior that loses most at the end of its grid.
        """
        found = []
        if self.include_saturated:
            found.append(Finding("saturated_included", Severity.WARNING, "total", {"share": saturated}))
        if cut.beyond > _CUT_OFF:
            values = {"share": cut.beyond, "largest": float(cut.grid.unseen[-1])}
            found.append(Finding("grid_cut_off", Severity.WARNING, "total", values))
        return tuple(found)

    def prior_influence(self, data: Any, *, seed: int | None = None) -> pd.DataFrame:
        """Show what other priors make of the same table.

        Parameters
        ----------
        data : CaptureTable
        seed : int, optional
            Not used: nothing is drawn.

        Returns
        -------
        pandas.DataFrame
            One row a prior: delta, prior (of the total), median, lower, upper (95 %), model (the most probable) and
            probability. The first row is the prior that was asked for.

        Examples
        --------
        >>> import mse
        >>> frame = mse.DecomposableAverage().prior_influence(mse.datasets.load("spina_bifida_621"))
        >>> frame["median"].astype(int).tolist()
        [725, 726, 725, 726]
        """
        from mse.models.decomposable_prior import influence

        return influence(self, require_lists(data))

    def prior_predictive(self, data: Any, *, draws: int = 1_000, seed: int | None = None) -> pd.DataFrame:
        """Draw from the prior alone: what share of a population would be seen.

        Parameters
        ----------
        data : CaptureTable
            Only the names of its lists are used.
        draws : int
        seed : int, optional

        Returns
        -------
        pandas.DataFrame
            One row a draw: model, share_seen, and total, observed and dark_figure where the prior of the total is
            proper (1/N is not: it has no order of magnitude to draw from).

        Examples
        --------
        >>> import mse
        >>> table = mse.datasets.load("spina_bifida_621")
        >>> share = mse.DecomposableAverage(delta=1.0).prior_predictive(table, seed=1)["share_seen"]
        >>> bool(0.7 < share.median() < 0.95)
        True
        """
        from mse.models.decomposable_prior import predictive

        return predictive(self, require_lists(data), draws, 0 if seed is None else seed)

    @property
    def references(self) -> tuple[str, ...]:
        """Publications of the method."""
        return ("madigan_york_1997", "dawid_lauritzen_1993")


def notation(table: CaptureTable, graphs: ChordalGraphs, graph: int) -> str:
    """A graph by its cliques, in brackets."""
    return Generators(table.lists, tuple(int(term) for term in graphs.terms[graph] if term > 0)).notation()


def graph_weights(
    table: CaptureTable, graphs: ChordalGraphs, weight: NDArray[np.float64], found: GraphPosterior | None = None
) -> ModelWeights:
    """Name the probable graphs and the edges, with limits of the total under each graph where a posterior is given."""
    from mse.kernels.chordal import pairs

    order = np.argsort(-weight, kind="stable")[:_SHOWN]
    order = order[: max(int(np.count_nonzero(weight[order] >= _SHOWN_FROM)), 1)]
    models = tuple(notation(table, graphs, int(graph)) for graph in order)
    edges = pairs(len(table.lists))
    labels = tuple(f"[{Generators(table.lists, ()).label(mask)}]" for mask in edges)
    inclusion = np.array([weight[graphs.edges >> place & 1 == 1].sum() for place in range(len(edges))])
    weights = ModelWeights(models, weight[order], labels, inclusion, level=_LEVEL)
    if found is None:
        return weights
    tails = np.array([0.5, 0.5 - _LEVEL / 2.0, 0.5 + _LEVEL / 2.0])
    under = np.array([quantiles(found.grid.unseen, tails, curve) for curve in found.curves(order)])
    median, lower, upper = table.n_observed + under.T
    return replace(weights, median=median, lower=lower, upper=upper)


def require_lists(data: Any) -> CaptureTable:
    """Return a table that can be averaged on.

    Raises
    ------
    mse.errors.TableError, mse.errors.ModelError
        Not everything is known of everybody, or there are too few or too many lists.
    """
    if not isinstance(data, CaptureTable):
        raise TableError(
            "An average over decomposable graphs needs a CaptureTable, with everything known of everybody",
            got=type(data).__name__,
            hint="Leave out covariates that are not known of everybody: tabulate without them.",
        )
    if not FEWEST <= len(data.lists) <= MOST:
        raise ModelError(
            f"An average over decomposable graphs takes {FEWEST} to {MOST} lists",
            got=f"{len(data.lists)} lists",
            hint="Merge lists: table.merge_lists." if len(data.lists) > MOST else "Use mse.LogLinear(order=1).",
        )
    return data
