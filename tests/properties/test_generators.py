"""What must hold for every model: closure, notation, neighbours, graphs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mse
from mse.core.terms import Generators, Term
from mse.errors import ModelError

EXAMPLES = settings(max_examples=200, deadline=None, derandomize=True)
NAMES = ("police", "Health care", "shelter", "K", "4th list")

lists_of = st.integers(2, 5).map(lambda k: NAMES[:k])


@st.composite
def generators(draw: st.DrawFn) -> Generators:
    lists = draw(lists_of)
    masks = draw(st.lists(st.integers(1, 2 ** len(lists) - 1), max_size=5))
    return Generators(lists, tuple(masks))


@EXAMPLES
@given(generators())
def test_notation_is_read_back(model: Generators) -> None:
    assert Generators.parse(model.notation(), model.lists) == model


@EXAMPLES
@given(generators())
def test_a_formula_is_read_back(model: Generators) -> None:
    def written(name: str) -> str:
        return name if name.isidentifier() else f"`{name}`"

    formula = " + ".join("*".join(written(name) for name in term) for term in model.generators)
    assert Generators.parse(formula, model.lists) == model


@EXAMPLES
@given(generators())
def test_closure_is_idempotent(model: Generators) -> None:
    again = Generators(model.lists, tuple(int(mask) for mask in model.masks))
    assert again == model
    assert again.masks.tolist() == model.masks.tolist()
    terms = set(model.terms)
    assert {Term(set(term) - {name}) for term in terms for name in term} <= terms
    assert {Term({name}) for name in model.lists} <= terms
    assert Term() in terms


@EXAMPLES
@given(generators())
def test_a_neighbour_is_one_term_away_and_knows_the_way_back(model: Generators) -> None:
    for other in model.neighbours():
        assert len(set(other.terms) ^ set(model.terms)) == 1
        assert other.includes(model) or model.includes(other)
        if not model.is_saturated:
            assert model in other.neighbours()


@EXAMPLES
@given(generators())
def test_decomposable_models_can_be_taken_apart(model: Generators) -> None:
    """Decomposable: the cliques are generators, and simplicial lists can be removed one by one."""
    graph = {name: set(others) for name, others in model.graph().items()}
    cliques = _cliques(graph)
    graphical = cliques == {frozenset(term) for term in model.generators}
    assert model.is_graphical == graphical
    while graph:
        simplicial = next(
            (v for v, near in graph.items() if all(b in graph[a] for a in near for b in near if a != b)), None
        )
        if simplicial is None:
            break
        del graph[simplicial]
        for near in graph.values():
            near.discard(simplicial)
    assert model.is_decomposable == (graphical and not graph)


def _cliques(graph: dict[str, set[str]]) -> set[frozenset[str]]:
    found: set[frozenset[str]] = {frozenset()}
    for name in graph:
        found |= {clique | {name} for clique in found if clique <= graph[name]}
    return {clique for clique in found if not any(clique < other for other in found)}


@EXAMPLES
@given(generators(), st.data())
def test_terms_have_no_order(model: Generators, data: st.DataObject) -> None:
    for term in model.terms:
        names = data.draw(st.permutations(sorted(term)))
        assert Term(names) == term
        assert hash(Term(names)) == hash(term)


@pytest.mark.parametrize(
    "text",
    ["[police", "police]", "[police][Q]", "[police police]", "[police] x", "police ** 2 +", "[Police]"],
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ModelError):
        Generators.parse(text, ("police", "shelter"))


def test_a_slip_of_the_pen_gets_a_suggestion() -> None:
    with pytest.raises(ModelError, match="police"):
        Generators.parse("[polise shelter]", ("police", "shelter"))


@pytest.mark.parametrize("order", [0, 3, 7, -1])
def test_orders_out_of_range_are_refused(order: int) -> None:
    with pytest.raises(ModelError):
        Generators.of_order(order, ("A", "B", "C"))


def test_order_and_model_exclude_each_other() -> None:
    with pytest.raises(ModelError):
        mse.LogLinear()
    with pytest.raises(ModelError):
        mse.LogLinear("[A]", order=1)
