"""Models over lists and covariates: closure, hierarchy, notation, neighbours, graphs."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mse.core.terms import Generators, Term
from mse.errors import ModelError

EXAMPLES = settings(max_examples=100, deadline=None, derandomize=True)
LISTS = ("police", "Health care", "shelter", "K")
COVARIATES = ("year", "form of exploitation", "sex")


@st.composite
def models(draw: st.DrawFn, least: int = 1) -> Generators:
    lists = LISTS[: draw(st.integers(2, 4))]
    covariates = COVARIATES[: draw(st.integers(least, 3))]
    masks = draw(st.lists(st.integers(1, 2 ** (len(lists) + len(covariates)) - 1), max_size=5))
    return Generators(lists, tuple(masks), covariates)


def subsets(names: Term) -> set[Term]:
    return {Term(chosen) for size in range(len(names) + 1) for chosen in combinations(sorted(names), size)}


@EXAMPLES
@given(models())
def test_closure_and_main_effects(model: Generators) -> None:
    terms = set(model.terms)
    assert terms == {inside for generator in model.generators for inside in subsets(generator)}
    assert {Term({name}) for name in model.lists} <= terms
    assert set(model.graph()) == {*model.lists, *(name for term in terms for name in term)}
    assert not any(one < other for one in model.generators for other in model.generators)
    again = Generators(model.lists, tuple(map(int, model.masks)), model.covariates)
    assert again == model
    assert hash(again) == hash(model)


@EXAMPLES
@given(models())
def test_notation_and_formula_are_read_back(model: Generators) -> None:
    assert Generators.parse(model.notation(), model.lists, model.covariates) == model
    starred = " + ".join("*".join(f"`{name}`" for name in term) for term in model.generators)
    assert Generators.parse(starred, model.lists, model.covariates) == model
    colons = " + ".join(":".join(f"`{name}`" for name in term) for term in model.generators)
    assert Generators.parse(colons, model.lists, model.covariates) == model


@EXAMPLES
@given(models())
def test_names_are_lists_first_and_masks_come_back(model: Generators) -> None:
    order = (*model.lists, *model.covariates)
    for mask in map(int, model.masks):
        names = model.names(mask)
        assert list(names) == sorted(names, key=order.index)
        assert model.mask(names) == mask
        assert all(model.names_all[len(model.names_all) - 1 - bit] in names for bit in range(12) if mask >> bit & 1)


@EXAMPLES
@given(models(), st.one_of(st.none(), st.integers(1, 4)))
def test_neighbours_by_brute_force(model: Generators, max_order: int | None) -> None:
    """Against every set of names: those that may join with all their parts there, those that may leave."""
    terms = set(model.terms)
    every = Term((*model.lists, *model.covariates))
    larger = {
        frozenset(terms | {term})
        for term in subsets(every) - terms
        if len(term) > 1
        and len(term) <= (max_order or len(every))
        and not term.issuperset(model.lists)
        and subsets(term) - {term} <= terms
    }
    smaller = {frozenset(terms - {term}) for term in model.generators if len(term) > 1}
    found = model.neighbours(max_order)
    assert {frozenset(other.terms) for other in found} == larger | smaller
    assert len(found) == len(larger) + len(smaller)
    named = {name for term in terms for name in term}
    for other in found:
        assert {name for term in other.terms for name in term} == named
        assert other.includes(model) or model.includes(other)
        if not model.is_saturated and max_order is None:
            assert model in other.neighbours()


@EXAMPLES
@given(models())
def test_order_saturation_and_graph(model: Generators) -> None:
    sizes = [len(term) for term in model.terms]
    assert model.order == max(sizes)
    assert model.is_saturated == any(term.issuperset(model.lists) for term in model.terms)
    pairs = {term for term in model.terms if len(term) == 2}
    assert {Term({a, b}) for a, near in model.graph().items() for b in near} == pairs
    complete = {
        term
        for term in subsets(Term(model.graph()))
        if term and all(Term(pair) in pairs for pair in combinations(term, 2))
    }
    cliques = {term for term in complete if not any(term < other for other in complete)}
    assert model.is_graphical == (cliques == set(model.generators))


@EXAMPLES
@given(models(least=0))
def test_covariates_that_no_term_names_change_nothing(model: Generators) -> None:
    """A model of lists alone reads the same, whether the table carries covariates or not."""
    lists_only = tuple(mask for mask in model.top if not mask >> len(model.lists))
    plain, carrying = Generators(model.lists, lists_only), Generators(model.lists, lists_only, COVARIATES)
    assert carrying.notation() == plain.notation()
    assert carrying.masks.tolist() == plain.masks.tolist()
    assert carrying.graph() == plain.graph()
    assert [other.terms for other in carrying.neighbours()] == [other.terms for other in plain.neighbours()]
    assert (carrying.is_graphical, carrying.is_decomposable) == (plain.is_graphical, plain.is_decomposable)


def test_lists_come_before_covariates() -> None:
    model = Generators.parse("form:year + R*P + P:form", ("P", "R"), ("year", "form"))
    assert model.notation() == "[P R][P form][year form]"
    assert [str(term) for term in model.terms][:5] == ["[]", "[P]", "[R]", "[year]", "[form]"]
    assert model.names_all == ("year", "form", "P", "R")


def test_orders_leave_out_the_terms_of_all_lists() -> None:
    assert Generators.of_order(2, ("A", "B"), ["year"]).notation() == "[A year][B year]"
    assert Generators.of_order(1, ("A", "B"), ["year"]).notation() == "[A][B][year]"
    full = Generators.of_order(3, ("A", "B", "C"), ["year"])
    assert full.notation() == "[A B year][A C year][B C year]"
    with pytest.raises(ModelError, match="2 lists with 'year' is 1 to 2"):
        Generators.of_order(3, ("A", "B"), ["year"])


def test_what_is_not_there_or_stands_twice_is_named() -> None:
    with pytest.raises(ModelError, match=r"no list or covariate 'yaer'.*Did you mean 'year'"):
        Generators.parse("[A yaer]", ("A", "B"), ("year",))
    with pytest.raises(ModelError, match="no list 'yaer'"):
        Generators.parse("[A yaer]", ("A", "B"))
    with pytest.raises(ModelError, match="Covariate 'year' stands twice"):
        Generators.parse("[A year year]", ("A", "B"), ("year",))
    with pytest.raises(ModelError, match="List 'A' stands twice"):
        Generators.parse("[A A]", ("A", "B"), ("year",))
