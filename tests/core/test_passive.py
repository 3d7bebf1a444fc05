"""Passive covariates against refits without them, and short paths against all paths."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mse.core.coding import Coding, Poly, Scores, Step
from mse.core.passive import covariate_roles, without
from mse.core.strata_design import StrataDesign
from mse.core.terms import Generators
from mse.errors import ModelError
from mse.kernels.strata import fit_strata

EXAMPLES = settings(max_examples=120, deadline=None, derandomize=True)

EQUAL = 1e-6
"""Fits stop at scores of 1e-7 of their margins: totals that are equal agree to about 1e-7."""

LISTS = ("P", "K", "R")
LEVELS = {"year": (1, 2, 3), "form": ("SU", "AU"), "sex": (1, 2)}
CODINGS: tuple[dict[str, Coding], ...] = ({}, {"year": Poly(1)}, {"year": Step(2)})


@st.composite
def models(draw: st.DrawFn) -> Generators:
    lists = LISTS[: draw(st.integers(2, 3))]
    covariates = tuple(LEVELS)[: draw(st.integers(1, 3))]
    every = 2 ** len(lists) - 1
    term = st.integers(1, 2 ** (len(lists) + len(covariates)) - 1).filter(
        lambda mask: mask & every != every and mask.bit_count() <= 3
    )
    mains = [1 << bit for bit in range(len(lists) + len(covariates))]
    return Generators(lists, (*mains, *draw(st.lists(term, max_size=6))), covariates)


def total(model: Generators, counts: NDArray[np.float64], coding: Mapping[str, Coding]) -> float:
    """Fitted unseen, all strata together; counts have the axes of the covariates, then the cells."""
    levels = {name: LEVELS[name] for name in model.covariates}
    blocks = StrataDesign.of(model.lists, levels, model, coding).blocks
    by_stratum = np.ascontiguousarray(counts.reshape(-1, 2 ** len(model.lists)))
    keep = np.ones(by_stratum.shape, dtype=bool)
    keep[:, 0] = False
    fit = fit_strata(by_stratum, keep, blocks)
    assert fit.converged
    assert fit.used.all()
    return float(fit.mu[:, 0].sum())


def change(
    model: Generators, counts: NDArray[np.float64], names: Collection[str], coding: Mapping[str, Coding] | None = None
) -> float:
    """Relative change of the unseen when covariates are added up over."""
    coding = coding or {}
    axes = tuple(axis for axis, name in enumerate(model.covariates) if name in names)
    left = {name: given for name, given in coding.items() if name not in names}
    before, after = total(model, counts, coding), total(without(model, names), counts.sum(axis=axes), left)
    return abs(after - before) / before


def drawn(model: Generators, seed: int) -> NDArray[np.float64]:
    shape = (*(len(LEVELS[name]) for name in model.covariates), 2 ** len(model.lists))
    counts = np.exp(np.random.default_rng(seed).normal(3.0, 1.0, shape))
    counts[..., 0] = 0.0
    return counts


@EXAMPLES
@given(models(), st.integers(0, 2**32 - 1), st.sampled_from(CODINGS))
def test_passive_is_what_changes_no_total(model: Generators, seed: int, coding: dict[str, Coding]) -> None:
    coding = {name: given for name, given in coding.items() if name in model.covariates}
    counts = drawn(model, seed)
    roles = covariate_roles(model, coding)
    assert [role.name for role in roles] == list(model.covariates)
    for role in roles:
        assert (change(model, counts, [role.name], coding) < EQUAL) == role.passive, (str(model), role)
    assert change(model, counts, [role.name for role in roles if role.passive], coding) < EQUAL


@EXAMPLES
@given(models())
def test_separators_cut_off_and_paths_are_short(model: Generators) -> None:
    graph = {name: set(near) for name, near in model.graph().items()}
    joined = [
        path
        for size in range(2, len(graph) + 1)
        for path in permutations(graph, size)
        if path[0] in model.lists
        and path[-1] in model.lists
        and all(
            (two in graph[one]) == (j == i + 1) for i, one in enumerate(path) for j, two in enumerate(path) if j > i
        )
    ]
    for role in covariate_roles(model):
        through = [path for path in joined if role.name in path]
        if role.passive:
            assert not through
            assert model.mask(role.separator) in model.masks
            reached, edge = set(), {role.name}
            while edge:
                reached |= edge
                edge = {other for name in edge for other in graph[name]} - reached - set(role.separator)
            assert reached.isdisjoint(model.lists)
        elif through:
            assert role.path in through
            assert len(role.path) == len(through[0])
        else:
            assert role.path == ()


@pytest.mark.parametrize(
    ("model", "active"),
    [
        ("[P year][K form]", ""),  # each covariate tied to one list
        ("[P year][K year]", "year"),
        ("[P year][year form][K form]", "year form"),  # the path P - year - form - K
        ("[P year][year form]", ""),
        ("[P year form][K form]", "form"),
        ("[P year][K year][year form][year sex][form sex]", "year"),
        ("[P year][K year][P form][K form][year sex][sex form]", "year form sex"),  # sex is on no short path
    ],
)
def test_models_of_two_lists(model: str, active: str) -> None:
    found = covariate_roles(Generators.parse(model, ("P", "K"), tuple(LEVELS)))
    assert {role.name for role in found if not role.passive} == set(active.split())


def test_a_covariate_between_two_dependent_lists_is_passive_where_one_term_holds_all_three() -> None:
    """Its path from P to K has the shortcut P - K."""
    three = Generators.parse("[P K year][R]", LISTS, ("year",))
    assert covariate_roles(three)[0].separator == ("P", "K")
    pairs = Generators.parse("[P K][P year][K year][R]", LISTS, ("year",))
    assert covariate_roles(pairs)[0].passive
    cut = Generators.parse("[P K][K R][P R][P year][K year][R year]", LISTS, ("year",))
    role = covariate_roles(cut)[0]
    assert (role.passive, role.path) == (False, ())
    assert change(cut, drawn(cut, 1), ["year"]) > 0.01


def test_a_covariate_on_no_short_path_may_change_the_total() -> None:
    model = Generators.parse("[P year][P form][K year][K form][year sex][sex form]", ("P", "K"), tuple(LEVELS))
    role = covariate_roles(model)[2]
    assert (role.name, role.passive, role.path) == ("sex", False, ())
    assert change(model, drawn(model, 2), ["sex"]) > 1e-4


@pytest.mark.parametrize("coding", [Poly(1), Scores({1: 0, 2: 1, 3: 5})])
def test_a_line_over_levels_separates_nothing(coding: Coding) -> None:
    """Form is tied to the lists through year alone; with a line over the years its own total over form is not one."""
    model = Generators.parse("[P year][K][year form]", ("P", "K"), ("year", "form"))
    by_level, line = covariate_roles(model), covariate_roles(model, {"year": coding})
    assert [role.passive for role in by_level] == [True, True]
    assert [role.separator for role in line] == [("P",), ("P",)]
    tied = Generators.parse("[P year][K year][year form]", ("P", "K"), ("year", "form"))
    assert [role.passive for role in covariate_roles(tied)] == [False, True]
    assert [role.passive for role in covariate_roles(tied, {"year": coding})] == [False, False]
    assert change(tied, drawn(tied, 3), ["form"]) < EQUAL
    assert change(tied, drawn(tied, 3), ["form"], {"year": coding}) > 1e-4


def test_what_no_term_names_is_passive() -> None:
    roles = covariate_roles(Generators.parse("[P year][K year]", ("P", "K"), ("form", "year")))
    assert [(role.name, role.passive) for role in roles] == [("form", True), ("year", False)]


def test_only_covariates_can_be_left_out() -> None:
    model = Generators.parse("[P year][K]", ("P", "K"), ("year",))
    assert without(model, ["year"]) == Generators.parse("[P][K]", ("P", "K"))
    assert without(model, []) == model
    with pytest.raises(ModelError, match="no covariate 'P'"):
        without(model, ["P"])
