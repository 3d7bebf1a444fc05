"""Expected tables: real-valued, never negative, and no tables to draw from."""

import numpy as np
import pytest

import mse
from mse.core.expected import ExpectedTable
from mse.core.sentence import Sentence
from mse.errors import TableError

ORIGIN = Sentence("origin_linkage", {"missed": Sentence("rate_none"), "false": Sentence("rate_none")})


def table():
    rng = np.random.default_rng(7)
    counts = rng.integers(0, 9, (2, 2, 2, 3, 2))
    counts[0, 0, 0] = 0
    return mse.CaptureTable(["A", "B", "C"], counts, {"year": (2015, 2016, 2017), "sex": ("f", "m")})


def expected(counts=None, factor=1.0):
    source = table()
    counts = source.counts * factor if counts is None else counts
    return ExpectedTable(source.lists, counts, source.covariates, source=source, origin=ORIGIN)


def test_strata_are_cut_as_those_of_a_whole_table():
    whole, real = table(), expected()
    assert (real.collapse(["sex"]).counts == whole.collapse(["sex"]).counts).all()
    assert (real.collapse().counts == whole.collapse().counts).all()
    for levels in ({"year": 2016}, {"year": [2015, 2017]}, {"sex": "f", "year": 2015}):
        left, right = real.select(**levels), whole.select(**levels)
        assert (left.counts == right.counts).all()
        assert left.covariates == right.covariates
        assert left.source is real.source
    assert real.n_observed == whole.n_observed
    frame = real.to_frame()
    assert frame.equals(whole.to_frame().astype({"count": float}))


def test_the_fingerprint_tells_the_counts_and_no_whole_table():
    assert expected().fingerprint == expected().fingerprint
    assert expected() == expected()
    assert expected(factor=1.5).fingerprint != expected().fingerprint
    assert expected().fingerprint != table().fingerprint


def test_it_cannot_be_drawn_from_and_says_where_to_go():
    with pytest.raises(TableError, match="source"):
        expected().resample("nonparametric", np.random.default_rng(1))


@pytest.mark.parametrize("cell", [(0, 0, 0, 1, 1), (1, 0, 0, 1, 1)])
@pytest.mark.parametrize("value", [-0.1, np.nan, np.inf])
def test_no_count_is_negative_or_no_number(cell, value):
    counts = table().counts.astype(float)
    counts[cell] = value
    with pytest.raises(TableError):
        expected(counts)


def test_refused_tables():
    counts = table().counts.astype(float)
    for wrong in (counts[..., 0], counts * 0.0, np.where(np.indices(counts.shape)[0] == 0, 1.0, counts)):
        with pytest.raises(TableError):
            expected(wrong)
    for levels in ({"year": 2020}, {"place": 1}, {"year": []}):
        with pytest.raises(TableError):
            expected().select(**levels)


def test_an_empty_list_is_found():
    counts = table().counts.astype(float)
    counts[1] = 0.0
    assert "empty_list" in {finding.code for finding in expected(counts).findings}


def test_counts_are_held_and_not_shared():
    counts = table().counts.astype(float)
    held = expected(counts)
    counts[1] = 0.0
    assert held.n_observed == table().n_observed
    with pytest.raises(ValueError, match="read-only"):
        held.counts[1, 1, 1] = 3.0
