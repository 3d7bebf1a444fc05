"""Stepwise search: one term in or out at a time, from several starts, by a criterion or a sequence of criteria."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from mse.core.ensemble import EnsembleFit
from mse.core.finding import Finding, Severity
from mse.core.model_space import ModelSpace, Move
from mse.core.point_fit import PointFit
from mse.core.rivals import PROVED, UNPROVED, Convention, Rivals
from mse.kernels.lattice import faces
from mse.kernels.poisson import SINGULAR, SweepResult
from mse.models.progress import bar

if TYPE_CHECKING:
    from mse.core.stratified_fit import StratifiedFit
    from mse.models.loglinear import Table
    from mse.models.search import Search

__all__ = ["Visited", "fit_stepwise", "moves", "path_row"]

_BETTER = 1e-9
"""A step must improve the criterion by more than rounding."""


@dataclass(frozen=True)
class _Model:
    outcome: int
    deviance: float
    dark_figure: float
    finite: int
    infinite: int
    cells: int


@dataclass
class Visited:
    """Models fitted so far on one table; each is fitted once, and judged by the linear programme once.

    Parameters
    ----------
    space : ListSpace or StrataSpace
        The models of the scope.
    """

    space: ModelSpace
    models: dict[int, _Model] = field(default_factory=dict)
    exists: dict[int, bool] = field(default_factory=dict)

    def fit(self, wanted: Sequence[int]) -> list[_Model]:
        """Fit those models that are new."""
        new = [bits for bits in dict.fromkeys(wanted) if bits not in self.models]
        if new:
            result = self.space.sweep(new)
            for place, bits in enumerate(new):
                self.models[bits] = _Model(
                    int(result.outcome[place]), float(result.deviance[place]), float(result.dark_figure[place]),
                    int(result.finite[place]), int(result.infinite[place]), int(result.cells[place]),
                )  # fmt: skip
        return [self.models[bits] for bits in wanted]

    def has_estimate(self, bits: int) -> bool:
        """Whether a model has an estimate: by the screen where it proves it, otherwise by the programme."""
        if bits not in self.exists:
            outcome = self.fit([bits])[0].outcome
            self.exists[bits] = outcome == PROVED or (outcome == UNPROVED and self.space.has_estimate(bits))
        return self.exists[bits]

    def value(self, bits: int, convention: Convention) -> float:
        """Criterion of a model; infinite where it is singular."""
        model = self.fit([bits])[0]
        if model.outcome == SINGULAR:
            return np.inf
        return float(
            convention.values(np.array([model.deviance]), np.array([model.finite]), np.array([model.infinite]))[0]
        )

    def rivals(self, convention: Convention) -> Rivals:
        """All visited models as `Rivals`; those that the programme judged carry its verdict."""
        bits = list(self.models)
        models = list(self.models.values())
        outcome = [PROVED if self.exists.get(b) else m.outcome for b, m in zip(bits, models, strict=True)]
        refused = [b in self.exists and not self.exists[b] for b in bits]
        result = SweepResult(
            np.where(refused, SINGULAR, outcome).astype(np.int8),
            np.array([m.deviance for m in models]),
            np.array([m.dark_figure for m in models]),
            np.array([m.finite for m in models]),
            np.array([m.infinite for m in models]),
            np.array([m.cells for m in models]),
            np.full(len(models), np.nan),
        )
        n = self.space.table.n_observed
        none = Rivals.none(self.space.interactions, n, dtype=object)
        return none.add(np.array(bits, dtype=object), result, convention, n)


def fit_stepwise(spec: Search, table: Table, *, both_ways: bool = True, progress: bool = False) -> EnsembleFit:
    """Run a stepwise search and collect what it visited.

    Parameters
    ----------
    spec : Search
    table : CaptureTable
    both_ways : bool
        Whether to search with terms at −∞ counted the other way too; the p-value rule does not count them.
    progress : bool
        Whether a bar shows from how many starts the search has ended, on a terminal.

    Returns
    -------
    EnsembleFit
    """
    scope = spec.scope(table)
    visited = Visited(spec.space(table))
    by_p_value = spec.criteria == ("p-value",)
    other_way = both_ways and not by_p_value
    climbs = 1 if by_p_value else (1 + other_way) * len(list(_starts(spec, table, visited)))
    with bar("search", climbs, progress) as advance:
        best, ends, steps = _run(spec, table, visited, advance)
        rivals = visited.rivals(spec.convention(table))
        alternative = None
        if other_way:
            turned = replace(spec, count_infinite=not spec.count_infinite)
            alternative, _, _ = _run(turned, table, visited, advance)
    found = _restarts(visited, ends, table)
    return EnsembleFit(
        spec, table, rivals, scope, best, alternative, tuple(steps), False, found, known_space=visited.space
    )


def _run(
    spec: Search, table: Table, visited: Visited, advance: Callable[[int], None] | None
) -> tuple[PointFit | StratifiedFit | None, list[int], list[dict[str, Any]]]:
    """Climb from every start: the best model where one has an estimate, all ends, and the steps."""
    if spec.criteria == ("p-value",):
        from mse.models.loglinear import is_plain
        from mse.models.p_value import p_value_path
        from mse.models.p_value_steps import p_value_steps

        if is_plain(table):
            end, steps = p_value_path(spec, table, visited)
        else:
            end, steps = p_value_steps(spec, table, visited)
        ends = [end]
        if advance is not None:
            advance(1)
    else:
        ends, steps = _climb_from_all(spec, table, visited, advance)
    convention = spec.convention(table)
    bits = min(ends, key=lambda bits: (not visited.has_estimate(bits), visited.value(bits, convention)))
    if not visited.has_estimate(bits):
        return None, ends, steps
    generators = visited.space.generators(bits)
    return visited.space.compute(generators, spec.model_spec(generators.notation())), ends, steps


def _climb_from_all(
    spec: Search, table: Table, visited: Visited, advance: Callable[[int], None] | None
) -> tuple[list[int], list[dict[str, Any]]]:
    inter = visited.space.interactions
    forced, without = spec.forced_bits(table, inter), spec.forbidden_bits(table, inter)
    ends, steps = [], []
    for name, start in _starts(spec, table, visited):
        current = start & ~without | forced
        first = visited.value(current, spec.convention(table, spec.criteria[0]))
        steps.append(path_row(visited, table, name, 0, "start", "", current, spec.criteria[0], first))
        count = 0
        for criterion in spec.criteria:
            convention = spec.convention(table, criterion)
            while (step := _best_step(visited, current, forced, without, convention)) is not None:
                move, index, current = step
                count += 1
                term = visited.space.generators(0).label(int(inter[index]))
                value = visited.value(current, convention)
                steps.append(path_row(visited, table, name, count, move, term, current, criterion, value))
        ends.append(current)
        if advance is not None:
            advance(1)
    return ends, steps


def _best_step(
    visited: Visited, current: int, forced: int, without: int, convention: Convention
) -> tuple[str, int, int] | None:
    """The best single step among those worth a fit, or None where no step is better.

    From a model without an estimate any model with one is better; where no neighbour has one, the step to the
    neighbour with one term less and the best criterion is taken.
    """
    possible: Sequence[Move] = list(moves(visited, current, forced, without))
    here = visited.has_estimate(current)
    if here:
        possible = visited.space.promising(current, possible, convention.weight)
    visited.fit([bits for _, _, bits in possible])
    ranked = sorted(possible, key=lambda move: visited.value(move[2], convention))
    limit = visited.value(current, convention) - _BETTER if here else np.inf
    for move in ranked:
        if visited.value(move[2], convention) >= limit:
            break
        if visited.has_estimate(move[2]):
            return move
    if here:
        return None
    return next((move for move in ranked if move[0] == "drop"), None)


def moves(visited: Visited, current: int, forced: int, without: int) -> Iterator[Move]:
    """Terms that may leave, and terms that may come in: those whose faces are all there."""
    masks = [int(mask) for mask in visited.space.interactions]
    place = {mask: index for index, mask in enumerate(masks)}
    full = visited.space.every_list
    for index, mask in enumerate(masks):
        if current >> index & 1:
            above = any(current >> other & 1 and masks[other] & mask == mask for other in range(index + 1, len(masks)))
            if not above and not forced >> index & 1:
                yield "drop", index, current & ~(1 << index)
        elif (
            mask & full != full
            and not without >> index & 1
            and all(current >> place[face] & 1 for face in faces(mask) if face.bit_count() > 1)
        ):
            yield "add", index, current | 1 << index


def _starts(spec: Search, table: Table, visited: Visited) -> Iterator[tuple[str, int]]:
    masks = [int(mask) for mask in visited.space.interactions]
    full = visited.space.every_list

    def bits(chosen: set[int]) -> int:
        return sum(1 << index for index, mask in enumerate(masks) if mask in chosen)

    everything = {mask for mask in masks if mask & full != full}
    if spec.starts is None:
        yield "independence", 0
        yield "all", bits(everything)
        k = len(table.lists)
        for axis, name in enumerate(table.lists):
            pairs = {mask for mask in masks if mask.bit_count() == 2 and mask >> (k - 1 - axis) & 1}
            yield name, bits(pairs & everything)
        return
    for start in spec.starts:
        if start == "independence":
            yield start, 0
        elif start == "all":
            yield start, bits(everything)
        else:
            yield start, spec.model_bits(start, table, visited.space.interactions)


def path_row(
    visited: Visited, table: Table, start: str, step: int, move: str, term: str, bits: int, criterion: str,
    value: float | None,
) -> dict[str, Any]:  # fmt: skip
    """One step of a path: what was done, the model after it, and its criterion or p-value."""
    known = visited.has_estimate(bits)
    return {
        "start": start,
        "step": step,
        "move": move,
        "term": term,
        "model": visited.space.generators(bits).notation(),
        "criterion": criterion,
        "value": value,
        "total": table.n_observed + visited.models[bits].dark_figure if known else None,
    }


def _restarts(visited: Visited, ends: list[int], table: Table) -> tuple[Finding, ...]:
    different = {bits for bits in ends if visited.has_estimate(bits)}
    if len(different) < 2:
        return ()
    totals = [table.n_observed + visited.models[bits].dark_figure for bits in different]
    values = {"starts": len(ends), "ends": len(different), "lower": min(totals), "upper": max(totals)}
    return (Finding("restarts_differ", Severity.WARNING, "stepwise", values),)
