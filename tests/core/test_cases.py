"""Cases stay with the persons of a table through every change of it, and print sizes only."""

from __future__ import annotations

import pickle
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mse
from mse.core.cases import CaseCounts
from mse.core.partial import PartialTable
from mse.core.reshape import without_large_cases

LISTS, COVARIATES = ("A", "B", "C"), {"year": (2018, 2019, 2020), "sex": ("f", "m")}
SHAPE = (2, 2, 2, 3, 2)


@st.composite
def persons(draw: st.DrawFn) -> np.ndarray:
    """One row a person: lists, year, sex, case; nobody is on no list."""
    rows = draw(
        st.lists(
            st.tuples(st.integers(1, 7), st.integers(0, 2), st.integers(0, 1), st.integers(0, 6)),
            min_size=1,
            max_size=25,
        )
    )
    return np.array([[mask >> 2, mask >> 1 & 1, mask & 1, year, sex, case] for mask, year, sex, case in rows])


def table_of(rows: np.ndarray) -> mse.CaptureTable:
    counts = np.zeros(SHAPE, dtype=np.int64)
    np.add.at(counts, tuple(rows[:, :5].T), 1)
    cells = np.ravel_multi_index(tuple(rows[:, :5].T), SHAPE)
    cases = CaseCounts(rows[:, 5], cells, np.ones(len(rows), dtype=np.int64))
    return mse.CaptureTable(LISTS, counts, COVARIATES, cases=cases)


def content(table: mse.CaptureTable | PartialTable) -> Counter[tuple[tuple[int, int], ...]]:
    """Cases as a bag of what each holds: (cell, persons)."""
    if table.cases is None:
        return Counter()
    cases = table.cases
    rows = list(zip(cases.case.tolist(), cases.cell.tolist(), cases.count.tolist(), strict=True))
    held = [tuple((cell, n) for one, cell, n in rows if one == case) for case in range(cases.n_cases)]
    return Counter(held)


def by_hand(
    rows: np.ndarray, columns: list[np.ndarray], shape: tuple[int, ...]
) -> Counter[tuple[tuple[int, int], ...]]:
    """What each case holds when every row is put in its cell of another table."""
    cells = np.ravel_multi_index(tuple(columns), shape)
    held: dict[int, Counter[int]] = {}
    for case, cell in zip(rows[:, 5].tolist(), cells.tolist(), strict=True):
        held.setdefault(case, Counter())[cell] += 1
    return Counter(tuple(sorted(one.items())) for one in held.values())


@given(persons())
@settings(deadline=None)
def test_cases_follow_persons_into_other_tables(rows: np.ndarray) -> None:
    table = table_of(rows)
    on, year, sex = rows[:, :3].T, rows[:, 3], rows[:, 4]
    assert content(table) == by_hand(rows, [*on, year, sex], SHAPE)
    assert content(table.collapse()) == by_hand(rows, [*on], (2, 2, 2))
    assert content(table.collapse(["sex"])) == by_hand(rows, [*on, sex], (2, 2, 2, 2))
    merged = table.merge_lists({"AC": ["A", "C"]})
    assert content(merged) == by_hand(rows, [on[0] | on[2], on[1], year, sex], (2, 2, 3, 2))
    inside = (year == 2) & (sex == 1)
    if inside.any():
        assert content(table.select(year=2020, sex="m")) == by_hand(rows[inside], [*on[:, inside]], (2, 2, 2))
    several = year != 1
    if several.any():
        other = np.where(year == 2, 0, 1)
        chosen = table.select(year=[2020, 2018])
        expected = by_hand(rows[several], [*on[:, several], other[several], sex[several]], (2, 2, 2, 2, 2))
        assert content(chosen) == expected
    seen = on[:2].any(axis=0)
    if seen.any():
        dropped = by_hand(rows[seen], [*on[:2, seen], year[seen], sex[seen]], (2, 2, 3, 2))
        assert content(table.drop_list("C")) == dropped


def partial_content(table: PartialTable) -> Counter[tuple[tuple[object, int], ...]]:
    """Cases as a bag of what each holds: (what is missing and the cell of that layer, persons)."""
    names = [(missing, *map(int, cell)) for missing, layer in table.layers.items() for cell in np.ndindex(layer.shape)]
    assert table.cases is not None
    assert table.cases.counts(len(names)).tolist() == table.recorded.tolist()
    return Counter(tuple(sorted((names[cell], n) for cell, n in held)) for held in content(table).elements())


def partial_by_hand(rows: list[tuple[int, object]]) -> Counter[tuple[tuple[object, int], ...]]:
    """What each case holds, of rows with a case and where the person is recorded."""
    held: dict[int, Counter[object]] = {}
    for case, where in rows:
        held.setdefault(case, Counter())[where] += 1
    return Counter(tuple(sorted(one.items())) for one in held.values())


@given(persons())
@settings(deadline=None)
def test_cases_follow_persons_into_other_partial_tables(rows: np.ndarray) -> None:
    """The last year of every table stands for a year that is not known."""
    levels = {"year": (2018, 2019, "missing"), "sex": ("f", "m")}
    table = PartialTable.from_table(replace(table_of(rows), covariates=levels))
    people = [(row[5], tuple(row[:3]), row[3], row[4]) for row in rows.tolist()]

    def recorded(on: tuple[int, ...], year: int, *sex: int) -> tuple[object, ...]:
        return (("year",), *on, *sex) if year == 2 else ((), *on, year, *sex)

    assert partial_content(table) == partial_by_hand([(case, recorded(on, y, s)) for case, on, y, s in people])
    merged = [(case, recorded((on[0] | on[2], on[1]), y, s)) for case, on, y, s in people]
    assert partial_content(table.merge_lists({"AC": ["A", "C"]})) == partial_by_hand(merged)
    years = [(case, recorded(on, y)) for case, on, y, _ in people]
    assert partial_content(table.collapse(["year"])) == partial_by_hand(years)
    sexes = [(case, ((), *on, s)) for case, on, _, s in people]
    assert partial_content(table.collapse(["sex"])) == partial_by_hand(sexes)
    if left := [(case, recorded(on[:2], y, s)) for case, on, y, s in people if any(on[:2])]:
        assert partial_content(table.drop_list("C")) == partial_by_hand(left)
    if inside := [(case, recorded(on, y)) for case, on, y, s in people if s == 1]:
        assert partial_content(table.select(sex="m")) == partial_by_hand(inside)
    turned = [(case, recorded(on, y, 1 - s)) for case, on, y, s in people]
    assert partial_content(table.select(sex=["m", "f"])) == partial_by_hand(turned)


@given(persons(), st.integers(1, 6))
@settings(deadline=None)
def test_large_cases_leave_with_all_their_persons(rows: np.ndarray, size: int) -> None:
    table = table_of(rows)
    per_case = np.bincount(rows[:, 5])
    stays = per_case[rows[:, 5]] <= size
    if not stays.any():
        with pytest.raises(mse.TableError, match="at least one person"):
            table.without_large_cases(size)
        return
    smaller = without_large_cases(table, size)
    assert smaller.n_observed == stays.sum()
    assert content(smaller) == content(table_of(rows[stays]))


@given(persons())
@settings(deadline=None)
def test_cases_change_nothing_else(rows: np.ndarray) -> None:
    table = table_of(rows)
    plain = mse.CaptureTable(LISTS, table.counts, COVARIATES)
    assert table == plain
    assert (table.fingerprint, hash(table), repr(table)) == (plain.fingerprint, hash(plain), repr(plain))
    assert table.with_counts(table.counts).cases is None
    again = pickle.loads(pickle.dumps(table))
    assert content(again) == content(table)


@given(persons())
@settings(deadline=None)
def test_kinds_are_the_cases_taken_together(rows: np.ndarray) -> None:
    cases = table_of(rows).cases
    kinds = cases.kinds
    assert kinds.number.sum() == cases.n_cases
    assert (kinds.number * kinds.size).sum() == cases.n_persons == len(rows)
    spread = np.repeat(kinds.number, np.diff(kinds.starts)) * kinds.persons
    size = int(np.prod(SHAPE))
    assert np.bincount(kinds.cell, weights=spread, minlength=size).tolist() == cases.counts(size).tolist()
    assert (np.diff(kinds.size) >= 0).all()


def test_cases_print_sizes_only() -> None:
    cases = CaseCounts(np.array([901, 901, 17]), np.array([1, 3, 3]), np.array([2, 1, 1]))
    assert repr(cases) == "CaseCounts of 4 persons in 2 cases (largest: 3)"
    assert sorted(cases.sizes.tolist()) == [1, 3]
    assert set(cases.case.tolist()) == {0, 1}


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (([], [], []), "a row each"),
        (([1, 2], [1], [1]), "a row each"),
        (([1], [-1], [1]), "negative"),
        (([1], [1], [0]), "no person"),
    ],
)
def test_cases_that_cannot_be(rows: tuple[list[int], list[int], list[int]], says: str) -> None:
    with pytest.raises(mse.TableError, match=says):
        CaseCounts(*map(np.array, rows))


def test_cases_of_other_persons_are_refused() -> None:
    with pytest.raises(mse.TableError, match="do not add up"):
        mse.CaptureTable(["A", "B"], [[0, 2], [1, 5]], cases=CaseCounts([0, 0], [1, 3], [2, 4]))
    with pytest.raises(mse.TableError, match="carries no cases"):
        mse.CaptureTable(["A", "B"], [[0, 2], [1, 5]]).without_large_cases(3)
