"""The p-value rule of Chan, Silverman and Vincent (2021): add the pair whose overlap surprises most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mse.core.point_fit import kernel_counts
from mse.errors import ModelError
from mse.kernels.poisson import fit_poisson, superset_sums
from mse.models.stepwise import path_row

if TYPE_CHECKING:
    from mse.core.table import CaptureTable
    from mse.models.search import Search
    from mse.models.stepwise import Visited

__all__ = ["log_tail", "p_value_path"]

_TERMS = 400
"""Terms of a tail sum, besides ten standard deviations: what lies beyond is below rounding."""


def log_tail(observed: int, expected: float) -> float:
    """Log of the smaller of P(X ≤ observed) and P(X ≥ observed) for a Poisson variable.

    Taken as a sum on the log scale, so that very small probabilities keep their order: with plain p-values many
    underflow together and the path would depend on ties.

    Examples
    --------
    >>> round(float(np.exp(log_tail(0, 3.0))), 4)
    0.0498
    """
    from scipy.special import gammaln, logsumexp

    def log_mass(k: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.asarray(k * np.log(expected) - expected - gammaln(k + 1.0))

    reach = _TERMS + int(10.0 * np.sqrt(expected))
    if observed <= expected:
        tail = np.arange(max(observed - reach, 0), observed + 1)
    else:
        tail = np.arange(observed, observed + reach)
    return float(min(logsumexp(log_mass(tail)), 0.0))


def p_value_path(spec: Search, table: CaptureTable, visited: Visited) -> tuple[int, list[dict[str, Any]]]:
    """Start from independence; while the most surprising absent pair is below the threshold, add it.

    Pairs with which the model would have no estimate are passed over.

    Returns
    -------
    end : int
        Model at the end, as bits.
    steps : list of dict
        The path, with the p-value as the criterion's value.

    Raises
    ------
    mse.errors.ModelError
        The scope is not pairs.
    """
    space = visited.space
    if spec.scope(table) != 2 and len(table.lists) > 2:
        raise ModelError("The p-value rule adds pairs of lists", got=f"max_order={spec.max_order}")
    current = spec.forced_bits(table, space.interactions)
    without = spec.forbidden_bits(table, space.interactions)
    steps = [path_row(visited, table, "independence", 0, "start", "", current, "p-value", None)]
    counts = kernel_counts(table)
    observed = superset_sums(counts)
    while True:
        fit = fit_poisson(counts, space.generators(current).masks)
        fitted = fit.mu.copy()
        fitted[0] = 0.0
        expected = superset_sums(fitted)
        absent = [index for index in range(len(space.interactions)) if not (current | without) >> index & 1]
        surprise = {
            index: log_tail(int(observed[mask]), float(expected[mask]))
            for index in absent
            if expected[mask := int(space.interactions[index])] > 0.0
        }
        chosen = next(
            (
                index
                for index in sorted(surprise, key=lambda place: surprise[place])
                if surprise[index] <= np.log(spec.threshold) and visited.has_estimate(current | 1 << index)
            ),
            None,
        )
        if chosen is None:
            return current, steps
        current |= 1 << chosen
        term = space.generators(0).label(int(space.interactions[chosen]))
        value = float(np.exp(surprise[chosen]))
        steps.append(path_row(visited, table, "independence", len(steps), "add", term, current, "p-value", value))
