"""Steps by p-values over lists and covariates: a term comes in where its likelihood-ratio test is significant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mse.core.model_space import Move
from mse.kernels.poisson import SINGULAR
from mse.models.stepwise import moves, path_row

if TYPE_CHECKING:
    from mse.models.loglinear import Table
    from mse.models.search import Search
    from mse.models.stepwise import Visited

__all__ = ["p_value_steps"]


def p_value_steps(spec: Search, table: Table, visited: Visited) -> tuple[int, list[dict[str, Any]]]:
    """Start from independence; a term that is not significant leaves, else the most significant one comes in.

    Significance is that of the likelihood-ratio test against χ², at `threshold`, both for terms that come in and for
    those that stay. Models without an estimate are passed over. A model that was left is not returned to.

    Returns
    -------
    end : int
        Model at the end, as bits.
    steps : list of dict
        The path, with the p-value as the criterion's value.
    """
    space = visited.space
    forced, without = spec.forced_bits(table, space.interactions), spec.forbidden_bits(table, space.interactions)
    current, left = forced, {forced}
    steps = [path_row(visited, table, "independence", 0, "start", "", current, "p-value", None)]
    while True:
        every = [move for move in moves(visited, current, forced, without) if move[2] not in left]
        step = _drop(visited, current, every, spec.threshold) or _add(visited, current, every, spec.threshold)
        if step is None:
            return current, steps
        (kind, place, current), p_value = step
        left.add(current)
        term = space.generators(0).label(int(space.interactions[place]))
        steps.append(path_row(visited, table, "independence", len(steps), kind, term, current, "p-value", p_value))


def _drop(visited: Visited, current: int, every: Sequence[Move], threshold: float) -> tuple[Move, float] | None:
    """The least significant term that may leave, where its p-value lies above the threshold."""
    found = [(_p_value(visited, move[2], current), move) for move in every if move[0] == "drop"]
    ranked = sorted(found, key=lambda pair: -pair[0])
    return next(((move, p) for p, move in ranked if p > threshold and visited.has_estimate(move[2])), None)


def _add(visited: Visited, current: int, every: Sequence[Move], threshold: float) -> tuple[Move, float] | None:
    """The most significant term that may come in, where its p-value is at most the threshold."""
    from scipy.special import chdtri

    adds = [move for move in every if move[0] == "add"]
    worth = visited.space.promising(current, adds, float(chdtri(1, threshold)))
    found = sorted((_p_value(visited, current, move[2]), move) for move in worth)
    return next(((move, p) for p, move in found if p <= threshold and visited.has_estimate(move[2])), None)


def _p_value(visited: Visited, smaller: int, larger: int) -> float:
    """Likelihood-ratio test of the terms that the larger of two models has more; 1 where one of them is singular."""
    from scipy.special import chdtrc

    less, more = visited.fit([smaller, larger])
    if SINGULAR in (less.outcome, more.outcome):
        return 1.0
    df = more.finite + more.infinite - less.finite - less.infinite
    return float(chdtrc(df, max(less.deviance - more.deviance, 0.0))) if df > 0 else 1.0
