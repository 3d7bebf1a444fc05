"""Tables of several linkages: thresholds, draws, and frames of every kind."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from mse.errors import TableError
from mse.records.linked_tables import linked_tables

SECRET = "jansen-1987-04-12"
"""A key; no message holds it."""

FAR = 4.0
"""Standard errors that a mean may lie from its expectation: once in 16,000 by chance."""


def frames():
    records = pd.DataFrame({"unique_id": [*"abcdef", SECRET], "source_dataset": [*"PPPSSSM"]})
    rows = [("a", "d", 0.9), ("b", "e", 0.6), ("a", SECRET, 0.4), ("b", "c", 0.2)]
    links = pd.DataFrame(rows, columns=["unique_id_l", "unique_id_r", "match_probability"])
    return records, links


def counts(table):
    return {tuple(row[:-1]): row[-1] for row in table.to_frame().itertuples(index=False)}


def test_thresholds_by_hand():
    records, links = frames()
    none, one, three, every = linked_tables(records, links, lists=["P", "S", "M"], thresholds=[1.0, 0.9, 0.4, 0.2])
    assert counts(none) == {(1, 0, 0): 3, (0, 1, 0): 3, (0, 0, 1): 1}
    assert counts(one) == {(1, 1, 0): 1, (1, 0, 0): 2, (0, 1, 0): 2, (0, 0, 1): 1}
    assert counts(three) == {(1, 1, 1): 1, (1, 1, 0): 1, (1, 0, 0): 1, (0, 1, 0): 1}
    assert counts(every) == {(1, 1, 1): 1, (1, 1, 0): 1, (0, 1, 0): 1}
    assert [f.code for f in every.findings] == ["linked_on_one_list"]
    assert not three.findings


def test_draws_follow_the_probabilities_and_the_seed():
    records, links = frames()
    drawn = linked_tables(records, links, lists=["P", "S", "M"], draws=2000, seed=4)
    on_both = np.array([table.counts[1, 1].sum() for table in drawn])
    assert abs(on_both.mean() - 1.5) < FAR * np.sqrt((0.09 + 0.24) / 2000)
    assert linked_tables(records, links, lists=["P", "S", "M"], draws=5, seed=4) == drawn[:5]


def test_certain_links_are_no_draw():
    records, links = frames()
    links = links.assign(match_probability=[1.0, 1.0, 0.0, 0.0])
    drawn = linked_tables(pl.from_pandas(records), pl.from_pandas(links), lists=["P", "S", "M"], draws=5)
    assert len(set(drawn)) == 1
    assert drawn[0] == linked_tables(records, links, lists=["P", "S", "M"], thresholds=[0.5])[0]


def test_links_that_cannot_be_leave_every_record_a_person():
    records, links = frames()
    (table,) = linked_tables(records, links.assign(match_probability=0.0), lists=["P", "S", "M"], draws=1)
    assert table.n_observed == len(records)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda r, li: (r, li.assign(match_probability=1.2), {}),
        lambda r, li: (r, li.assign(match_probability=None), {}),
        lambda r, li: (r, li.assign(unique_id_r="zz"), {}),
        lambda r, li: (r.assign(unique_id=SECRET), li, {}),
        lambda r, li: (r.assign(unique_id=None), li, {}),
        lambda r, li: (r, li, {"lists": ["P", "S"]}),
        lambda r, li: (r, li, {"source": "list"}),
        lambda r, li: (r, li, {"draws": 0}),
    ],
)
def test_what_cannot_be_is_refused_without_a_key(spoil):
    records, links, options = spoil(*frames())
    with pytest.raises(TableError) as caught:
        linked_tables(records, links, **{"lists": ["P", "S", "M"], **options})
    assert SECRET not in str(caught.value)


def test_no_thresholds_are_refused_and_not_taken_for_no_tables():
    records = pd.DataFrame({"unique_id": [0, 1], "source_dataset": ["P", "S"]})
    links = pd.DataFrame({"unique_id_l": [0], "unique_id_r": [1], "match_probability": [0.7]})
    with pytest.raises(TableError, match="at least one"):
        linked_tables(records, links, lists=["P", "S"], thresholds=[])
