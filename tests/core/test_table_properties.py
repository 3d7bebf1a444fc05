"""Tables of any shape: counting persons and reading counts agree, other tables follow, errors stay clean."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mse.core.table import CaptureTable
from mse.errors import TableError
from mse.records.tabulate import tabulate

SECRET = "jansen"
PERSON = f"{SECRET}-1987-04-12"
"""A value of a person; no message holds any of it."""
FEW = settings(deadline=None, max_examples=40)


@st.composite
def tables(draw, least=2, most=4):
    k = draw(st.integers(least, most))
    covariates = draw(st.sampled_from([{}, {"sex": ("f", "m")}, {"sex": ("f", "m", "missing"), "year": (2015, 2016)}]))
    shape = (2,) * k + tuple(map(len, covariates.values()))
    counts = np.array(draw(st.lists(st.integers(0, 3), min_size=int(np.prod(shape)), max_size=int(np.prod(shape)))))
    counts = counts.reshape(shape)
    counts[(0,) * k] = 0
    assume(counts.any())
    return CaptureTable("ABCDE"[:k], counts, covariates)


def expanded(table, seed=0):
    """One row a person, in any order."""
    frame = table.to_frame()
    rows = frame.loc[frame.index.repeat(frame["count"])].drop(columns="count")
    return rows.sample(frac=1, random_state=seed).reset_index(drop=True)


def read(frame, table):
    return CaptureTable.from_histories(
        frame, lists=table.lists, covariates=tuple(table.covariates), levels=table.covariates
    )


@FEW
@given(
    table=tables(),
    seed=st.integers(0, 5),
    make=st.sampled_from([pd.DataFrame, pl.from_pandas, pa.Table.from_pandas]),
)
def test_counting_persons_is_reading_counts(table, seed, make):
    assert read(make(expanded(table, seed)), table) == table
    back = CaptureTable.from_counts(
        make(table.to_frame().sample(frac=1, random_state=seed)),
        lists=table.lists,
        covariates=tuple(table.covariates),
        levels=table.covariates,
    )
    assert back == table


@FEW
@given(table=tables(), order=st.permutations(range(4)))
def test_lists_in_another_order(table, order):
    k = len(table.lists)
    axes = [axis for axis in order if axis < k]
    turned = CaptureTable.from_histories(
        expanded(table),
        lists=[table.lists[axis] for axis in axes],
        covariates=tuple(table.covariates),
        levels=table.covariates,
    )
    assert (turned.counts == np.moveaxis(table.counts, axes, range(k))).all()


@FEW
@given(table=tables(least=3))
def test_merging_is_being_on_any(table):
    rows = expanded(table)
    rows.insert(0, "AC", rows[["A", "C"]].max(axis=1))
    merged = table.merge_lists({"AC": ["A", "C"]})
    assert merged == read(rows.drop(columns=["A", "C"]), merged)
    assert merged.n_observed == table.n_observed


@FEW
@given(table=tables(least=4))
def test_merging_in_steps_is_merging_at_once(table):
    steps = table.merge_lists({"AB": ["A", "B"]}).merge_lists({"ABC": ["AB", "C"]})
    assert steps == table.merge_lists({"ABC": ["A", "B", "C"]})


@FEW
@given(table=tables(least=3))
def test_dropping_is_never_having_had_the_list(table):
    rows = expanded(table).drop(columns="B")
    kept = [name for name in table.lists if name != "B"]
    rows = rows[rows[kept].any(axis=1)]
    if rows.empty:
        with pytest.raises(TableError, match="at least one person"):
            table.drop_list("B")
        return
    dropped = table.drop_list("B")
    assert dropped == read(rows, dropped)


@FEW
@given(table=tables(least=3))
def test_collapsing_and_merging_in_either_order(table):
    groups = {"AB": ["A", "B"]}
    assert table.collapse().merge_lists(groups) == table.merge_lists(groups).collapse()


@FEW
@given(table=tables())
def test_strata_add_up_to_the_whole(table):
    assume(table.covariates)
    parts = []
    for level in table.covariates["sex"]:
        axis = len(table.lists)
        if table.counts.take(table.covariates["sex"].index(level), axis=axis).any():
            parts.append(table.select(sex=level).collapse().counts)
    assert (sum(parts) == table.collapse().counts).all()
    assert table.select(sex=list(table.covariates["sex"])) == table


odd = st.sampled_from(["0", "1", "ja", "x", "", PERSON, 2**70, [PERSON], {PERSON: 1}, (PERSON,), b"x", 1j])
values = st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.floats(), st.dates(), odd)
columns = st.lists(values, min_size=3, max_size=3)
names = st.sampled_from(["A", "B", "count", "sex", "person", "reporter", "nothing", "a", " A", "", 3, None])


def said(call):
    """What is said where a call is refused, nothing where it is not; no other error may come of it."""
    try:
        call()
    except TableError as refused:
        return str(refused)
    return ""


@settings(deadline=None, max_examples=300)
@given(
    cells=st.fixed_dictionaries({"A": columns, "B": columns, "count": columns, "sex": columns}),
    lists=st.one_of(names, st.lists(names, max_size=3)),
    covariates=st.one_of(names, st.lists(names, max_size=2)),
    count=names,
)
def test_wrong_columns_are_table_errors(cells, lists, covariates, count):
    frame = pd.DataFrame(cells, dtype=object)
    for chosen in (lists, ["A", "B"]):
        counts = said(lambda c=chosen: CaptureTable.from_counts(frame, lists=c, covariates=covariates, count=count))
        histories = said(lambda c=chosen: CaptureTable.from_histories(frame, lists=c, covariates=covariates))
        assert SECRET not in counts
        assert SECRET not in histories
    assert SECRET not in said(lambda: CaptureTable.from_counts(frame, lists=["A", "B"], covariates=["sex"]))


@settings(deadline=None, max_examples=100)
@given(
    cells=st.fixed_dictionaries({"person": columns, "reporter": columns, "date": columns, "sex": columns}),
    person=names,
    reporter=names,
    covariates=st.lists(names, max_size=2),
)
def test_wrong_reports_are_table_errors(cells, person, reporter, covariates):
    frame = pd.DataFrame(cells, dtype=object)
    lists = {"P": ["ja"], "Q": ["x"]}
    refused = said(lambda: tabulate(frame, person=person, reporter=reporter, lists=lists, covariates=covariates))
    assert SECRET not in refused
    sound = frame.assign(person=[1, 1, 2], reporter=["ja", "x", "x"])
    for options in (
        {"covariates": ["sex"], "levels": {"sex": ["m"]}},
        {"covariates": ["sex"], "resolve": {"sex": ("hierarchy", ["m", "f"])}},
        {"date": "date", "period": (2015, 2016)},
        {"date": "date", "covariates": ["year", "sex"], "resolve": {"sex": "last"}},
    ):
        refused = said(lambda o=options: tabulate(sound, person="person", reporter="reporter", lists=lists, **o))
        assert SECRET not in refused


def test_what_is_said_tells_of_a_person_where_a_message_does():
    """The tests above see a value that is told: a heading may be said, a cell may not."""
    frame = pd.DataFrame({PERSON: [1, 0], "B": [0, 1], "count": [3, 4]})
    assert SECRET in said(lambda: CaptureTable.from_counts(frame, lists=["A", "B"], count="count"))
    assert said(lambda: CaptureTable.from_counts(frame, lists=[PERSON, "B"], count="count")) == ""
