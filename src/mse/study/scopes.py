"""The scopes of a study: which models its searches go through, and whether these are few enough."""

from __future__ import annotations

from mse.models.loglinear import is_plain
from mse.models.search import Search
from mse.study.config import EstimateSection, Order
from mse.study.covariates import Table, read_codings

__all__ = ["is_feasible", "order_of", "reach", "search_in", "searches_of"]


def searches_of(estimate: EstimateSection, table: Table) -> tuple[Search, ...]:
    """Return the searches of the scopes asked for; by default pairs and all orders, as far as they are small enough,
    and with covariates pairs.

    Scopes that hold the same models of this table are searched once.
    """
    estimate = estimate.filled()
    usual: list[Order] = [2] if table.covariates else [2, "all"]
    searches: dict[int, Search] = {}
    for scope in usual if estimate.scopes is None else estimate.scopes:
        search = search_in(estimate, order_of(scope))
        if estimate.scopes is not None or estimate.method == "stepwise" or is_feasible(search, table):
            searches.setdefault(reach(table, search.max_order), search)
    return tuple(searches.values())


def search_in(estimate: EstimateSection, order: int | None) -> Search:
    """Return the search of one scope as the study file describes it."""
    estimate = estimate.filled()
    assert estimate.method is not None
    return Search(
        estimate.criterion if isinstance(estimate.criterion, str) else tuple(estimate.criterion),
        estimate.method,
        order,
        None if estimate.starts is None else tuple(estimate.starts),
        estimate.forced,
        estimate.bic_n,
        estimate.count_infinite,
        forbidden=estimate.forbidden,
        coding=read_codings(estimate.coding),
    )


def order_of(scope: Order) -> int | None:
    """Return a scope as `Search` takes it: None for all orders."""
    return None if isinstance(scope, str) else scope


def reach(table: Table, order: int | None) -> int:
    """Largest number of lists and covariates in a term of the scope; the term of all of them is never in."""
    most = max(len(table.lists) + len(table.covariates) - 1, 1)
    return most if order is None else min(order, most)


def is_feasible(search: Search, table: Table) -> bool:
    """Whether an exhaustive search of the scope stays within its largest number of models."""
    from mse.kernels.lattice import count_models, hierarchical_models
    from mse.models.exhaustive import MAX_MODELS, MAX_STRATIFIED

    if is_plain(table):
        return count_models(len(table.lists), search.scope(table), MAX_MODELS) is not None
    terms = search.space(table).interactions
    forced, without = search.forced_bits(table, terms), search.forbidden_bits(table, terms)
    return hierarchical_models(terms, forced=forced, without=without, limit=MAX_STRATIFIED) is not None
