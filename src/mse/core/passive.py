"""Active and passive covariates: over which covariates may a table be added up without a change of the total?

A covariate is passive when the total stays the same without it, whatever the counts (van der Heijden, Whittaker,
Cruyff, Bakker and van der Vliet 2012). It then serves to describe the population, and does no harm to the estimate.

The test is Asmussen and Edwards' (1983) for collapsible models: the covariate lies in a part of the interaction graph
that holds no list, and whose neighbours outside it stand together in one term. Then the fitted margin of what is left
is the fit of the model that is left, for the table completed by its fitted unseen counts too, so the unseen add up to
the same. A covariate on a short path between two lists, which is a path without a shortcut, is always active. The
converse does not hold: in ``[A u][A v][B u][B v][u q][q v]`` q is on no short path between A and B, and still active.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from mse.core.coding import Coding, Levels
from mse.core.terms import Generators
from mse.errors import ModelError, did_you_mean

__all__ = ["CovariateRole", "covariate_roles", "without"]


@dataclass(frozen=True)
class CovariateRole:
    """Whether a covariate is passive in a model, and why.

    Parameters
    ----------
    name : str
    passive : bool
        Whether the total is the same without it, whatever the counts.
    separator : tuple of str
        Of a passive covariate: the term through which alone it is tied to the lists; empty where it is not tied.
    path : tuple of str
        Of an active covariate: a shortest short path between two lists that it lies on; empty where it is on none.
    """

    name: str
    passive: bool
    separator: tuple[str, ...] = ()
    path: tuple[str, ...] = ()


def covariate_roles(generators: Generators, coding: Mapping[str, Coding] | None = None) -> tuple[CovariateRole, ...]:
    """Say of every covariate of a model whether it is passive.

    Several passive covariates may be left out together. All lists must operate in all strata.

    Parameters
    ----------
    generators : Generators
    coding : mapping of str to Coding, optional
        Coding of covariates that are not coded by level. A term with a covariate that is coded as a line separates
        nothing, since it fits no combination exactly.

    Returns
    -------
    tuple of CovariateRole
        In the order of the covariates.

    Examples
    --------
    >>> model = Generators.parse("[P form][R form][P sex]", ("P", "R"), ("form", "sex"))
    >>> for role in covariate_roles(model):
    ...     print(role.name, role.passive, role.separator, role.path)
    form False () ('P', 'form', 'R')
    sex True ('P',) ()
    """
    by_group = {name for name in generators.covariates if (coding or {}).get(name, Levels()).in_groups}
    graph = generators.graph()
    separators = _separators(generators, graph, by_group)
    paths = sorted(_short_paths(graph, generators.lists), key=len)
    roles = []
    for name in generators.covariates:
        if name in separators or name not in graph:  # what no term names is alike at all levels
            roles.append(CovariateRole(name, True, separators.get(name, ())))
        else:
            roles.append(CovariateRole(name, False, path=next((path for path in paths if name in path), ())))
    return tuple(roles)


def without(generators: Generators, names: Collection[str]) -> Generators:
    """Return the model that is left when the table is added up over some covariates.

    Raises
    ------
    mse.errors.ModelError
        There is no such covariate.

    Examples
    --------
    >>> model = Generators.parse("[P form][R form][P sex]", ("P", "R"), ("form", "sex"))
    >>> str(without(model, ["sex"]))
    '[P form][R form]'
    """
    for name in names:
        if name not in generators.covariates:
            raise ModelError(f"The model has no covariate '{name}'", hint=did_you_mean(name, generators.covariates))
    left = tuple(name for name in generators.covariates if name not in names)
    return Generators.from_terms([set(term) - set(names) for term in generators.generators], generators.lists, left)


def _separators(
    generators: Generators, graph: Mapping[str, tuple[str, ...]], by_group: set[str]
) -> dict[str, tuple[str, ...]]:
    """Passive covariates, each with the smallest term that cuts it off from all lists outside the term."""
    found: dict[str, tuple[str, ...]] = {}
    for mask in map(int, generators.masks):
        term = generators.names(mask)
        if set(term) <= {*generators.lists, *by_group}:
            for part in _parts(graph, set(term)):
                if part.isdisjoint(generators.lists):
                    found |= {name: term for name in part if name not in found}
    return found


def _parts(graph: Mapping[str, tuple[str, ...]], cut: set[str]) -> Iterator[set[str]]:
    """Connected parts of a graph without some of its vertices."""
    left = set(graph) - cut
    while left:
        part, edge = set(), {min(left)}
        while edge:
            part |= edge
            edge = {other for name in edge for other in graph[name]} - cut - part
        left -= part
        yield part


def _short_paths(graph: Mapping[str, tuple[str, ...]], lists: Collection[str]) -> Iterator[tuple[str, ...]]:
    """All paths between two lists on which no two vertices are joined but those next to each other."""
    order = {name: place for place, name in enumerate(lists)}

    def grow(path: tuple[str, ...], closed: set[str]) -> Iterator[tuple[str, ...]]:
        last = path[-1]
        if order.get(last, -1) > order[path[0]]:
            yield path
        for name in graph[last]:
            if name not in closed:
                yield from grow((*path, name), closed | set(graph[last]))

    for start in lists:
        yield from grow((start,), {start})
