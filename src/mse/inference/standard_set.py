"""The methods that stand beside each other on a table where nobody names any."""

from __future__ import annotations

from typing import Any

from mse.core.counts import CountTable
from mse.core.estimator import Estimator
from mse.core.partial import PartialTable
from mse.core.sentence import Sentence
from mse.core.table import CaptureTable
from mse.errors import TableError
from mse.models.decomposable import MOST as MOST_OF_GRAPHS
from mse.models.decomposable import DecomposableAverage
from mse.models.hierarchical import Hierarchical
from mse.models.latent_class import LatentClass
from mse.models.loglinear import LogLinear
from mse.models.model_average import ModelAverage
from mse.models.search import Search
from mse.models.truncated_chao import ChaoCounts, ModifiedChao
from mse.models.truncated_geometric import TruncatedGeometric
from mse.models.truncated_one_inflated import OneInflated
from mse.models.truncated_poisson import TruncatedPoisson
from mse.models.truncated_zelterman import Zelterman

__all__ = ["standard_set"]

ALL_ORDERS = (4, 5)
"""Lists with which all orders are searched: with three, pairs are all there is; with six there are 7,785,061 models."""

MOST_PAIRS = 7
"""Lists up to which every model of pairs is fitted (2,097,152 of them)."""


def standard_set(data: Any) -> dict[Sentence, Estimator]:
    """Return the methods that suit a table, by what they are called.

    Parameters
    ----------
    data : CaptureTable, PartialTable or CountTable

    Returns
    -------
    dict of Sentence to Estimator
        A search by BIC over pairs, and over all orders with four or five lists; averages over decomposable graphs and
        over log-linear models, and latent classes, from three lists on; a hierarchical model where there are covariates
        or something is not known of some persons. Two lists have independence alone.
        Frequencies of one list have the Poisson, the geometric, the one-inflated Poisson, Zelterman's estimator and the
        bounds, with the same means for all persons.

    Raises
    ------
    mse.errors.TableError
        The data are no table of lists.

    Examples
    --------
    >>> import mse
    >>> [str(label) for label in standard_set(mse.datasets.load("spina_bifida_621"))]
    ['search by BIC, pairs', 'decomposable graphs', 'model average', 'latent classes']
    """
    if isinstance(data, CountTable):
        methods = (TruncatedPoisson(), TruncatedGeometric(), OneInflated(), Zelterman(), ChaoCounts(), ModifiedChao())
        return {Sentence(f"method_{method.kind}"): method for method in methods}
    if not isinstance(data, CaptureTable | PartialTable):
        raise TableError(
            "The methods of the standard set take a CaptureTable, a PartialTable or a CountTable",
            got=type(data).__name__,
            hint="Name the methods: mse.side_by_side(data, [mse.LogLinear(order=1)]).",
        )
    if len(data.lists) < 3:
        return {Sentence("beside_independence"): LogLinear(order=1)}
    if isinstance(data, PartialTable):
        return {Sentence("beside_steps"): Search(method="stepwise"), Sentence("beside_hierarchical"): Hierarchical()}
    return _of_strata(len(data.lists)) if data.covariates else _of_lists(len(data.lists))


def _of_lists(k: int) -> dict[Sentence, Estimator]:
    methods: dict[Sentence, Estimator] = {}
    if k <= MOST_PAIRS:
        methods[Sentence("beside_pairs")] = Search()
    else:
        methods[Sentence("beside_steps")] = Search(method="stepwise")
    if k in ALL_ORDERS:
        methods[Sentence("beside_all_orders")] = Search(max_order=None)
    if k <= MOST_OF_GRAPHS:
        methods[Sentence("beside_decomposable")] = DecomposableAverage()
    methods[Sentence("beside_average")] = ModelAverage(max_order=None if k <= max(ALL_ORDERS) else 2)
    methods[Sentence("beside_classes")] = LatentClass()
    return methods


def _of_strata(k: int) -> dict[Sentence, Estimator]:
    methods: dict[Sentence, Estimator] = {Sentence("beside_steps"): Search(method="stepwise")}
    if k <= MOST_OF_GRAPHS:
        methods[Sentence("beside_decomposable")] = DecomposableAverage()
    methods[Sentence("beside_average")] = ModelAverage(max_order=2)
    methods[Sentence("beside_classes")] = LatentClass()
    methods[Sentence("beside_hierarchical")] = Hierarchical()
    return methods
