"""The scopes of a study: which models its searches go through, and whether these are few enough."""

from __future__ import annotations

from mse.models.search import Search
from mse.study.config import EstimateSection, Order

__all__ = ["is_feasible", "order_of", "reach", "search_in", "searches_of"]


def searches_of(estimate: EstimateSection, n_lists: int) -> tuple[Search, ...]:
    """Return the searches of the scopes asked for; by default pairs and all orders, as far as they are small enough.

    Scopes that hold the same models on this number of lists are searched once.
    """
    wanted: list[Order] = [2, "all"] if estimate.scopes is None else estimate.scopes
    searches: dict[int, Search] = {}
    for scope in wanted:
        order = order_of(scope)
        if estimate.scopes is not None or estimate.method == "stepwise" or is_feasible(n_lists, order):
            searches.setdefault(reach(n_lists, order), search_in(estimate, order))
    return tuple(searches.values())


def search_in(estimate: EstimateSection, order: int | None) -> Search:
    """Return the search of one scope as the study file describes it."""
    criterion = estimate.criterion if isinstance(estimate.criterion, str) else tuple(estimate.criterion)
    starts = None if estimate.starts is None else tuple(estimate.starts)
    return Search(criterion, estimate.method, order, starts, estimate.forced, estimate.bic_n, estimate.count_infinite)


def order_of(scope: Order) -> int | None:
    """Return a scope as `Search` takes it: None for all orders."""
    return None if isinstance(scope, str) else scope


def reach(n_lists: int, order: int | None) -> int:
    """Largest number of lists in a term of the scope; the term of all lists is never in."""
    most = max(n_lists - 1, 1)
    return most if order is None else min(order, most)


def is_feasible(n_lists: int, order: int | None) -> bool:
    """Whether an exhaustive search of the scope stays within its largest number of models."""
    from mse.kernels.lattice import count_models
    from mse.models.exhaustive import MAX_MODELS

    scope = n_lists if order is None else min(order, n_lists)
    return count_models(n_lists, scope, MAX_MODELS) is not None
