"""The shipped tables against the copies the other packages carry, cell by cell."""

from __future__ import annotations

import numpy as np
import pytest

from mse.core.describe import chapman
from mse.records.datasets import load
from published import table

SAME = {
    "artificial_three_lists": "Artificial_3",
    "diabetes_casale_monferrato": "Diabetes",
    "hepatitis_a_taiwan": "HAV",
    "korea": "Korea",
    "kosovo_1999": "Kosovo",
    "netherlands_2010_2015": "Ned",
    "netherlands_2010_2015_five": "Ned_5",
    "new_orleans_2016": "NewOrl_186",
    "new_orleans_2016_185": "NewOrl_185",
    "new_orleans_2016_five": "NewOrl_5_186",
    "new_orleans_2016_five_185": "NewOrl_5_185",
    "rome_hiv": "HIV",
    "snowshoe_hares": "hare",
    "spina_bifida_621": "spina_621",
    "spina_bifida_626": "spina_626",
    "united_kingdom_2013": "UKdat",
    "united_kingdom_2013_five": "UKdat_5",
    "western_us": "Western",
}


@pytest.mark.parametrize("name", SAME)
def test_a_shipped_table_is_the_published_one(name: str) -> None:
    """Up to the order of the lists, which packages turn round."""
    shipped, copy = load(name).counts, table(SAME[name]).counts
    assert np.array_equal(shipped, copy) or np.array_equal(shipped, copy.transpose()), name


# Methods note B1: Chapman's estimate with Seber's standard error; the truth was later found to be about 545.
CHAPMAN = {"AB": (333.6, 28.7), "AC": (374.5, 35.6), "BC": (331.4, 29.9)}


@pytest.mark.parametrize("pair", CHAPMAN)
def test_chapman_on_hepatitis_a(pair: str) -> None:
    counts = table("HAV").counts
    first, second = (np.array([i["ABC".index(name)] for i in np.ndindex(2, 2, 2)], dtype=bool) for name in pair)
    persons = counts.ravel()
    found = chapman(int(persons[first].sum()), int(persons[second].sum()), int(persons[first & second].sum()))
    assert tuple(round(value, 1) for value in found) == CHAPMAN[pair]
