"""Designs held in blocks against dense ones by formulaic, and empty combinations against a walk over all of them."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from formulaic import model_matrix
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mse.core.coding import Break, Coding, Levels, Poly, Scores, Spline, Step
from mse.core.strata_design import StrataDesign
from mse.core.terms import Generators
from mse.errors import ModelError
from mse.kernels.strata_blocks import linear_predictor

EXAMPLES = settings(max_examples=60, deadline=None, derandomize=True)

ROUNDING = 1e-8
"""Columns of length 1 over at most 320 cells: rounding leaves 1e-13, a column that is missing leaves 1e-2."""

LISTS = ("P", "K", "M")
LEVELS: dict[str, tuple[Any, ...]] = {"year": (2014, 2015, 2017, 2018, 2020), "form": ("SU", "AU", "CU"), "sex": (1, 2)}

FORMULAIC: dict[str, tuple[Coding, str]] = {
    "levels": (Levels(), "C({})"),
    "poly": (Poly(2), "poly({}, 2)"),
    "spline": (Spline(3), "cr({}, df=3, constraints='center')"),
    "scores": (Scores({year: year**2 for year in LEVELS["year"]}), "I({}**2)"),
}


def chosen(data: st.DataObject, n_lists: int, names: tuple[str, ...]) -> Generators:
    masks = data.draw(st.lists(st.integers(1, 2 ** (n_lists + len(names)) - 1), max_size=4))
    return Generators(LISTS[:n_lists], tuple(masks), names)


def every_cell(lists: tuple[str, ...], levels: dict[str, tuple[Any, ...]]) -> pd.DataFrame:
    """All cells, stratum by stratum, each in the order of the masks."""
    rows = [
        (*history, *stratum) for stratum in product(*levels.values()) for history in product((0, 1), repeat=len(lists))
    ]
    return pd.DataFrame(rows, columns=[*lists, *levels])


def dense(design: StrataDesign, k: int) -> NDArray[np.float64]:
    columns = [linear_predictor(one, design.blocks, 2**k).ravel() for one in np.eye(len(design.labels))]
    return np.array(columns).T


def same_space(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    one, other = (part / np.linalg.norm(part, axis=0) for part in (one, other))
    ranks = [np.linalg.matrix_rank(part, tol=ROUNDING) for part in (one, other, np.hstack([one, other]))]
    return len(set(ranks)) == 1


@EXAMPLES
@given(st.data(), st.integers(2, 3), st.sampled_from(sorted(FORMULAIC)))
def test_blocks_are_the_dense_design_of_formulaic(data: st.DataObject, k: int, kind: str) -> None:
    names = tuple(data.draw(st.permutations(sorted(LEVELS))))[: data.draw(st.integers(1, 3))]
    levels = {name: LEVELS[name] for name in names}
    model = chosen(data, k, names)
    coding, written = FORMULAIC[kind]
    design = StrataDesign.of(model.lists, levels, model, {"year": coding} if "year" in names else {})
    ours = dense(design, k)

    factor = {name: (written if name == "year" else "C({})").format(name) for name in names}
    if kind == "levels":  # formulaic orders levels by itself; ours come in the table's order
        factor = {name: f"C({name}, levels={list(levels[name])!r})" for name in names}
    if "form" in factor:
        factor["form"] = f"C(form, levels={list(LEVELS['form'])!r})"
    formula = " + ".join(["1", *(":".join(factor.get(name, name) for name in term) for term in model.terms if term)])
    theirs = np.asarray(model_matrix(formula, every_cell(model.lists, levels)), dtype=float)

    assert theirs.shape == ours.shape
    assert same_space(ours, theirs)
    scaled = ours / np.linalg.norm(ours, axis=0)
    assert np.linalg.matrix_rank(scaled, tol=ROUNDING) == ours.shape[1]
    if kind == "levels":
        assert sorted(map(tuple, ours.T)) == sorted(map(tuple, theirs.T))


@EXAMPLES
@given(st.data(), st.integers(2, 3))
def test_columns_are_products_of_coding_rows_and_are_named_so(data: st.DataObject, k: int) -> None:
    """Every column is rebuilt from its label alone."""
    model = chosen(data, k, tuple(LEVELS))
    codings = {"year": data.draw(st.sampled_from([Levels(), Step([2015, 2018]), Break(2017), Poly(3)]))}
    design = StrataDesign.of(model.lists, LEVELS, model, codings)
    cells = every_cell(model.lists, LEVELS)
    rows: dict[str, NDArray[np.float64]] = {name: cells[name].to_numpy(float) for name in model.lists}
    for name, levels in LEVELS.items():
        columns, suffixes = codings.get(name, Levels()).matrix(levels)
        at = [levels.index(level) for level in cells[name]]
        rows |= {name + suffix: columns[at, place] for place, suffix in enumerate(suffixes)}
    assert len(set(design.labels)) == len(design.labels)
    for column, label in zip(dense(design, k).T, design.labels, strict=True):
        parts = [] if label == "(intercept)" else label[1:-1].split(" ")
        assert column == pytest.approx(
            np.prod([rows[part] for part in parts], axis=0) if parts else np.ones(len(cells))
        )


@EXAMPLES
@given(st.data(), st.integers(2, 3))
def test_columns_stand_in_the_block_of_their_lists(data: st.DataObject, k: int) -> None:
    model = chosen(data, k, tuple(LEVELS))
    design = StrataDesign.of(model.lists, LEVELS, model, {"year": Poly(2)})
    masks, starts, columns = design.blocks
    assert masks[0] == 0
    assert len(set(masks.tolist())) == len(masks)
    assert (masks.dtype, starts.dtype, columns.dtype) == (np.int64, np.int64, np.float64)
    assert columns.flags.c_contiguous
    assert columns.shape == (30, len(design.labels))
    assert (starts[0], starts[-1]) == (0, len(design.labels))
    assert (np.repeat(masks, np.diff(starts)) == design.term_of & (2**k - 1)).all()
    sizes = {"year": 2, "form": 2, "sex": 1}
    for mask in map(int, model.masks):
        q = np.prod([sizes.get(name, 1) for name in model.names(mask)])
        assert (design.term_of == mask).sum() == q
    assert set(design.term_of.tolist()) == set(model.masks.tolist())


def test_without_covariates_there_is_one_stratum() -> None:
    model = Generators.parse("[P K][M]", LISTS)
    design = StrataDesign.of(LISTS, {}, model)
    assert design.labels == ("(intercept)", "[P]", "[K]", "[M]", "[P K]")
    assert (dense(design, 3) == [[(h & m) == m for m in (0, 4, 2, 1, 6)] for h in range(8)]).all()


# ---------------------------------------------------------------------- combinations nobody is in


@st.composite
def sparse(draw: st.DrawFn) -> tuple[Generators, dict[str, tuple[Any, ...]], NDArray[np.float64], NDArray[np.bool_]]:
    """A model, and counts with many zeros; some cells are not in the likelihood."""
    k = draw(st.integers(2, 3))
    levels = {name: LEVELS[name][:3] for name in tuple(LEVELS)[: draw(st.integers(1, 3))]}
    masks = draw(st.lists(st.integers(1, 2 ** (k + len(levels)) - 1), max_size=4))
    shape = (int(np.prod([len(found) for found in levels.values()])), 2**k)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    counts = rng.poisson(draw(st.sampled_from([0.05, 0.3, 1.0])), shape).astype(float)
    keep = rng.random(shape) < draw(st.sampled_from([0.7, 1.0]))
    keep[:, 0] = False
    return Generators(LISTS[:k], tuple(masks), tuple(levels)), levels, counts, keep


def walk(
    model: Generators, levels: dict[str, tuple[Any, ...]], counts: NDArray[np.float64], keep: NDArray[np.bool_]
) -> dict[frozenset[tuple[str, Any]], set[tuple[int, int]]]:
    """Empty combinations, as names with their levels, and all cells of each: one cell after the other."""
    strata = [dict(zip(levels, stratum, strict=True)) for stratum in product(*levels.values())]
    k = len(model.lists)
    on = [{name for j, name in enumerate(model.lists) if h >> (k - 1 - j) & 1} for h in range(2**k)]
    found = {}
    for term in model.terms:
        covariates = [name for name in levels if name in term]
        for at in product(*(levels[name] for name in covariates)):
            inside = {
                (s, h)
                for s, stratum in enumerate(strata)
                for h in range(2**k)
                if on[h] >= term & set(model.lists)
                and all(stratum[name] == level for name, level in zip(covariates, at, strict=True))
            }
            kept = [cell for cell in inside if keep[cell]]
            if kept and sum(counts[cell] for cell in kept) == 0:
                name = {*((name, None) for name in term if name in model.lists), *zip(covariates, at, strict=True)}
                found[frozenset(name)] = inside
    return found


@EXAMPLES
@given(sparse())
def test_empty_combinations_by_a_walk_over_all(
    case: tuple[Generators, dict[str, tuple[Any, ...]], NDArray[np.float64], NDArray[np.bool_]],
) -> None:
    model, levels, counts, keep = case
    design = StrataDesign.of(model.lists, levels, model)
    empty = walk(model, levels, counts, keep)
    wanted = np.zeros(counts.shape, dtype=bool)
    for cells in empty.values():
        wanted[tuple(np.array(sorted(cells)).T)] = True
    assert (design.empty_cells(counts, keep) == wanted).all()
    smallest = [name for name in empty if not any(other < name for other in empty)]

    def label(name: frozenset[tuple[str, Any]]) -> str:
        at = dict(name)
        parts = [part for part in model.lists if part in at]
        parts += [f"{part}={at[part]}" for part in levels if part in at]
        return "[" + " ".join(parts) + "]" if parts else "(intercept)"

    found = design.empty_margins(counts, keep)
    assert sorted(found) == sorted(map(label, smallest))
    for mask in map(int, model.masks):
        names = model.names(mask)
        covariates = [name for name in levels if name in names]
        frame = every_cell(model.lists, levels).assign(persons=counts.ravel())
        seen = frame[(frame[[name for name in names if name in model.lists]] == 1).all(axis=1)]
        persons = seen.groupby(covariates, sort=False)["persons"].sum() if covariates else [seen["persons"].sum()]
        assert sorted(design.margin_of(counts, mask)) == sorted(persons)


def test_an_empty_combination_takes_its_unseen_along_where_it_is_of_covariates_alone() -> None:
    levels = {"year": (2018, 2019), "form": ("SU", "AU")}
    model = Generators.parse("[A year][B][year form]", ("A", "B"), tuple(levels))
    design = StrataDesign.of(("A", "B"), levels, model)
    counts = np.array([[0, 3, 0, 0], [0, 0, 0, 0], [0, 4, 5, 6], [0, 1, 2, 3]], dtype=float)
    keep = np.ones((4, 4), dtype=bool)
    keep[:, 0] = False
    assert design.empty_margins(counts, keep) == ("[A year=2018]", "[year=2018 form=AU]")
    assert design.empty_cells(counts, keep).astype(int).tolist() == [[0, 0, 1, 1], [1, 1, 1, 1], [0] * 4, [0] * 4]


def test_terms_that_are_not_coded_by_level_say_nothing_of_one_level() -> None:
    model = Generators.parse("[A year][B]", ("A", "B"), ("year",))
    counts = np.array([[0, 3, 0, 0], [0, 4, 5, 6], [0, 1, 2, 3]], dtype=float)
    keep = np.array([[False, True, True, True]] * 3)
    by_level = StrataDesign.of(("A", "B"), {"year": (1, 2, 3)}, model)
    line = StrataDesign.of(("A", "B"), {"year": (1, 2, 3)}, model, {"year": Poly(1)})
    assert by_level.empty_margins(counts, keep) == ("[A year=1]",)
    assert line.empty_margins(counts, keep) == ()
    assert not line.empty_cells(counts, keep).any()


def test_years_between_steps_are_empty_together() -> None:
    """A step is a covariate with a level for each side: the same cells leave, and as many persons are in a term."""
    levels = {"year": (2015, 2016, 2017, 2018), "form": ("SU", "AU")}
    model = Generators.parse("[A year][B][year form]", ("A", "B"), tuple(levels))
    steps = StrataDesign.of(("A", "B"), levels, model, {"year": Step([2016, 2018])})
    counts = np.zeros((4, 2, 4))
    counts[:, :, 1] = [[5, 1], [2, 0], [3, 0], [4, 2]]
    counts[[0, 3], :, 2:] = 3.0
    keep = np.ones((8, 4), dtype=bool)
    keep[:, 0] = False
    assert steps.empty_margins(counts.reshape(8, 4), keep) == ("[A year=2016|2017]", "[year=2016|2017 form=AU]")
    sides = StrataDesign.of(("A", "B"), {"year": (1, 2, 3), "form": ("SU", "AU")}, model)
    three = np.stack([counts[0], counts[1] + counts[2], counts[3]])
    gone = sides.empty_cells(three.reshape(6, 4), keep[:6]).reshape(3, 2, 4)
    assert (steps.empty_cells(counts.reshape(8, 4), keep).reshape(4, 2, 4) == gone[[0, 1, 1, 2]]).all()
    for mask in map(int, model.masks):
        assert (steps.margin_of(counts.reshape(8, 4), mask) == sides.margin_of(three.reshape(6, 4), mask)).all()
    line = StrataDesign.of(("A", "B"), levels, model, {"year": Poly(1)})
    assert line.margin_of(counts.reshape(8, 4), model.mask(["A", "year"])).tolist() == [24]


def test_names_and_codings_that_do_not_fit_are_refused() -> None:
    levels = {"form": ("SU", "AU")}
    model = Generators.parse("[A form][B]", ("A", "B"), ("form",))
    with pytest.raises(ModelError, match=r"no covariate 'from'.*Did you mean 'form'"):
        StrataDesign.of(("A", "B"), levels, model, {"from": Levels()})
    with pytest.raises(ModelError, match=r"Covariate 'form' cannot be coded so: .*'SU' and 'AU'"):
        StrataDesign.of(("A", "B"), levels, model, {"form": Poly(1)})
    with pytest.raises(ModelError, match="coding of covariate 'form' is"):
        StrataDesign.of(("A", "B"), levels, model, {"form": "poly"})
    with pytest.raises(ModelError, match="the same lists and covariates"):
        StrataDesign.of(("A", "B"), {"year": (1, 2)}, model)
