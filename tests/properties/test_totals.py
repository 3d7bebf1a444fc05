"""What must hold for every table: names, order and empty lists change nothing; closed forms; scale."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.polynomial import Polynomial

import mse
from mse.core.terms import Generators

EXAMPLES = settings(max_examples=60, deadline=None, derandomize=True)
NAMES = "ABCDE"
SAME = 1e-6
"""Relative; fits stop when the log-likelihood moves by less than 10⁻¹⁰."""


@st.composite
def tables(draw: st.DrawFn, lists: tuple[int, ...] = (2, 3, 4), smallest: int = 0) -> mse.CaptureTable:
    """Tables of a few lists; `smallest` 1 for tables without empty cells."""
    k = draw(st.sampled_from(lists))
    cells = draw(st.lists(st.integers(smallest, 400), min_size=2**k - 1, max_size=2**k - 1))
    assume(any(cells))
    return mse.CaptureTable(tuple(NAMES[:k]), np.array([0, *cells]).reshape((2,) * k))


@st.composite
def models(draw: st.DrawFn, lists: str) -> str:
    """Hierarchical models that are not saturated, in brackets."""
    size = st.integers(1, max(len(lists) - 1, 1))
    term = size.flatmap(lambda s: st.lists(st.sampled_from(lists), min_size=s, max_size=s, unique=True))
    chosen = draw(st.lists(term, min_size=1, max_size=4))
    return "".join("[" + " ".join(names) + "]" for names in chosen)


@st.composite
def cases(draw: st.DrawFn, lists: tuple[int, ...] = (2, 3, 4), smallest: int = 0) -> tuple[mse.CaptureTable, str]:
    table = draw(tables(lists, smallest))
    return table, draw(models("".join(table.lists)))


def differences(first: mse.PointFit, second: mse.PointFit) -> list[str]:
    """Names of the results in which two fits differ; where there is no total there are no others."""
    expected: dict[str, object] = {"status": second.status, "total": second.total}
    if first.total is not None:
        expected |= {
            "total": pytest.approx(second.total, rel=SAME),
            "deviance": pytest.approx(second.deviance, rel=SAME, abs=1e-7),
            "standard_error": pytest.approx(second.standard_error, rel=1e-4, abs=1e-6),
            "df": second.df,
            "n_infinite": second.n_infinite,
        }
    return [name for name, value in expected.items() if getattr(first, name) != value]


@EXAMPLES
@given(cases(), st.data())
def test_the_order_of_the_lists_does_not_matter(case: tuple[mse.CaptureTable, str], data: st.DataObject) -> None:
    table, model = case
    order = data.draw(st.sampled_from(list(permutations(range(len(table.lists))))))
    turned = mse.CaptureTable(tuple(table.lists[i] for i in order), table.counts.transpose(order))
    assert differences(mse.LogLinear(model).fit(table), mse.LogLinear(model).fit(turned)) == []


@EXAMPLES
@given(cases(), st.permutations(list(NAMES)))
def test_the_names_of_the_lists_do_not_matter(case: tuple[mse.CaptureTable, str], names: list[str]) -> None:
    table, model = case
    new = dict(zip(NAMES, names, strict=True))
    renamed = mse.CaptureTable(tuple(new[name] for name in table.lists), table.counts)
    written = "".join(new.get(letter, letter) for letter in model)
    assert differences(mse.LogLinear(model).fit(table), mse.LogLinear(written).fit(renamed)) == []


@EXAMPLES
@given(cases(), st.booleans())
def test_an_empty_list_does_not_matter(case: tuple[mse.CaptureTable, str], tied: bool) -> None:
    """Its main effect is −∞ and its cells leave, whatever terms it takes part in."""
    table, model = case
    counts = np.stack([table.counts, np.zeros_like(table.counts)], axis=-1)
    wider = mse.CaptureTable((*table.lists, "Z"), counts)
    before = mse.LogLinear(model).fit(table)
    after = mse.LogLinear(model + ("[A Z]" if tied else "[Z]")).fit(wider)
    assert after.status == before.status
    assert "empty_list" in {finding.code for finding in after.findings}
    if before.total is not None:
        assert after.total == pytest.approx(before.total, rel=SAME)
        assert after.deviance == pytest.approx(before.deviance, rel=SAME, abs=1e-7)
        assert after.n_infinite == before.n_infinite + (2 if tied else 1)


@EXAMPLES
@given(cases(), st.integers(2, 50))
def test_totals_scale_with_the_counts(case: tuple[mse.CaptureTable, str], factor: int) -> None:
    table, model = case
    once = mse.LogLinear(model).fit(table)
    many = mse.LogLinear(model).fit(mse.CaptureTable(table.lists, factor * table.counts))
    assert once.status == many.status
    if once.total is not None:
        assert many.total == pytest.approx(factor * once.total, rel=SAME)
        assert many.deviance == pytest.approx(factor * once.deviance, rel=SAME, abs=1e-6)


@EXAMPLES
@given(tables(smallest=1))
def test_all_terms_but_the_top_one(table: mse.CaptureTable) -> None:
    """f₀ = Π of the cells of an odd number of lists over Π of those of an even number."""
    k = len(table.lists)
    size = np.indices(table.counts.shape).sum(axis=0)
    logs = np.log(np.where(size > 0, table.counts, 1))
    expected = np.exp(logs[size % 2 == 1].sum() - logs[size % 2 == 0].sum())
    found = mse.LogLinear(order=k - 1).fit(table)
    assert found.dark_figure == pytest.approx(expected, rel=SAME)
    assert found.deviance == pytest.approx(0.0, abs=1e-6)
    assert found.fitted()["fitted"].iloc[1:].to_numpy() == pytest.approx(table.counts.ravel()[1:], rel=1e-5)


@EXAMPLES
@given(tables((3,), smallest=1))
def test_closed_forms_of_three_lists(table: mse.CaptureTable) -> None:
    y = table.counts.astype(float)
    chain = mse.LogLinear("[A B][B C]").fit(table)
    assert chain.dark_figure == pytest.approx(y[1, 0, 0] * y[0, 0, 1] / y[1, 0, 1], rel=SAME)
    block = mse.LogLinear("[A][B C]").fit(table)
    seen = y[0].sum()
    assert block.dark_figure == pytest.approx(y[1, 0, 0] * seen / (y[1].sum() - y[1, 0, 0]), rel=SAME)


@EXAMPLES
@given(tables((4,), smallest=1))
def test_two_blocks_given_what_they_share(table: mse.CaptureTable) -> None:
    """Persons on neither of the shared lists: seen by one block against seen by the other."""
    y = table.counts.astype(float)
    found = mse.LogLinear("[A B C][A C D]").fit(table)
    assert found.dark_figure == pytest.approx(y[0, 1, 0, 0] * y[0, 0, 0, 1] / y[0, 1, 0, 1], rel=SAME)
    apart = mse.LogLinear("[A B][C D]").fit(table)
    first_only, second_only = y[:, :, 0, 0].sum(), y[0, 0].sum()
    both = y.sum() - first_only - second_only
    assert apart.dark_figure == pytest.approx(first_only * second_only / both, rel=SAME)


DECOMPOSABLE = {
    "[A][B][C][D]": (["A", "B", "C", "D"], ["", "", ""]),
    "[A B][C][D]": (["AB", "C", "D"], ["", ""]),
    "[A B][B C][C D]": (["AB", "BC", "CD"], ["B", "C"]),
    "[A B][A C][A D]": (["AB", "AC", "AD"], ["A", "A"]),
    "[A B C][C D]": (["ABC", "CD"], ["C"]),
    "[A B C][D]": (["ABC", "D"], [""]),
}


@EXAMPLES
@given(tables((4,), smallest=1), st.sampled_from(sorted(DECOMPOSABLE)))
def test_decomposable_models_solve_one_equation(table: mse.CaptureTable, model: str) -> None:
    """f₀ = Π over cliques of m(0) / Π over separators of m(0), where every margin includes f₀."""
    assert Generators.parse(model, table.lists).is_decomposable
    y = table.counts.astype(float)
    cliques, separators = DECOMPOSABLE[model]

    def without(names: str) -> Polynomial:
        others = y[tuple(0 if name in names else slice(None) for name in "ABCD")].sum()
        return Polynomial([others, 1.0])

    unseen = Polynomial([0.0, 1.0])
    above = np.prod([without(names) for names in cliques])
    roots = (above - unseen * np.prod([without(names) for names in separators])).trim(1e-9).roots()
    positive = [float(root.real) for root in roots if abs(root.imag) < 1e-9 and root.real > 0.0]
    assert len(positive) == 1
    assert mse.LogLinear(model).fit(table).dark_figure == pytest.approx(positive[0], rel=SAME)


@EXAMPLES
@given(cases())
def test_an_estimate_stays_when_an_overlapping_term_leaves(case: tuple[mse.CaptureTable, str]) -> None:
    """Existence is inherited by models with one term less, where that term's lists have persons in common."""
    table, model = case
    found = mse.LogLinear(model).fit(table)
    assume(found.total is not None)
    generators = found.generators
    for mask in generators.top:
        names = generators.names(mask)
        overlap = table.counts[tuple(1 if n in names else slice(None) for n in table.lists)].sum()
        if len(names) > 1 and overlap > 0:
            smaller = [t for t in generators.terms if set(t) != set(names) and t]
            text = "".join("[" + " ".join(sorted(t)) + "]" for t in smaller)
            assert mse.LogLinear(text).fit(table).total is not None


@EXAMPLES
@given(cases(smallest=1))
def test_more_terms_fit_no_worse(case: tuple[mse.CaptureTable, str]) -> None:
    table, model = case
    found = mse.LogLinear(model).fit(table)
    for neighbour in found.generators.neighbours():
        if neighbour.includes(found.generators):
            assert mse.LogLinear(neighbour.notation()).fit(table).deviance <= found.deviance + 1e-7


@EXAMPLES
@given(cases(), st.sampled_from([0.5, 0.8, 0.95, 0.99]), st.sampled_from(["profile", "lognormal", "wald"]))
def test_intervals_hold_their_estimate(case: tuple[mse.CaptureTable, str], level: float, interval: str) -> None:
    """The limits lie around the multinomial peak, which is a few persons below the Poisson estimate."""
    table, model = case
    found = mse.LogLinear(model).fit(table)
    assume(found.total is not None)
    estimate = found.estimate(level=level, interval=interval)
    assert table.n_observed <= estimate.lower <= found.total + 1e-9
    if estimate.upper is not None and (interval != "profile" or level >= 0.8):
        assert estimate.upper >= found.total - 1e-9
    wider = found.estimate(level=0.5 + level / 2.0, interval=interval)
    assert wider.lower <= estimate.lower + 1e-6
    assert wider.upper is None or wider.upper >= estimate.upper - 1e-6
