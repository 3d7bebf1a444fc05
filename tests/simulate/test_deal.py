"""Dealing values out to invented persons: counts are kept, streams are apart, too few is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mse.errors import ModelError
from mse.simulate.deal import deal, pick, stream


def test_dealing_keeps_the_counts_of_every_group():
    people = pd.DataFrame({"year": [2018, 2019] * 50, "form": ["AU"] * 60 + ["CU"] * 40})
    table = people.value_counts().rename("n").reset_index()
    table = pd.concat([table.assign(sex="male", count=table["n"] - 7), table.assign(sex="female", count=7)])
    table = table.reset_index(drop=True)
    people["sex"] = deal(people, table, ["year", "form"], "sex", stream(1, "test"))
    found = people.groupby(["year", "form", "sex"]).size()
    assert found.to_dict() == table.set_index(["year", "form", "sex"])["count"].to_dict()


def test_counts_of_other_persons_are_refused():
    table = pd.DataFrame({"form": ["AU", "CU"], "sex": ["male", "male"], "count": [1, 1]})
    with pytest.raises(ModelError, match="not those of the persons"):
        deal(pd.DataFrame({"form": ["AU", "AU"]}), table, ["form"], "sex", stream(1, "test"))


def test_a_preference_goes_before_chance():
    who = np.ones(100, dtype=bool)
    prefer = np.where(np.arange(100) >= 90, 2.0, 0.0)
    assert pick(who, 10, stream(1, "test"), prefer).tolist() == list(range(90, 100))


def test_nobody_is_picked_who_does_not_qualify():
    who = np.arange(100) % 3 == 0
    assert who[pick(who, 20, stream(1, "test"))].all()
    with pytest.raises(ModelError, match="Too few"):
        pick(who, 35, stream(1, "test"))


def test_streams_of_two_stages_or_seeds_differ():
    draws = {tuple(stream(seed, name).integers(0, 1000, 5)) for seed in (1, 2) for name in ("ages", "types")}
    assert len(draws) == 4
