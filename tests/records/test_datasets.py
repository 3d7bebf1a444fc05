"""Published tables: numbers of persons, sizes of lists and overlaps as the publications print them."""

import csv
from pathlib import Path

import pytest

import mse
from mse.records import datasets

SHARED = Path(__file__).parents[3] / "shared" / "data"

PERSONS = {
    "artificial_three_lists": 96,
    "diabetes_casale_monferrato": 2069,
    "hepatitis_a_taiwan": 271,
    "korea": 123,
    "kosovo_1999": 4400,
    "netherlands_2010_2015": 8234,
    "netherlands_2010_2015_five": 8234,
    "new_orleans_2016": 186,
    "new_orleans_2016_185": 185,
    "new_orleans_2016_five": 186,
    "new_orleans_2016_five_185": 185,
    "rome_hiv": 1896,
    "scotland_drug_injection": 5670,
    "snowshoe_hares": 68,
    "spina_bifida_621": 621,
    "spina_bifida_621_ethnicity": 621,
    "spina_bifida_626": 626,
    "united_kingdom_2013": 2744,
    "united_kingdom_2013_five": 2744,
    "western_us": 345,
}

IN_ORDER = {
    "rome_hiv": [205, 621, 11, 545, 10, 35, 3, 403, 6, 20, 0, 33, 1, 3, 0],
    "kosovo_1999": [306, 936, 123, 845, 31, 217, 32, 1131, 106, 228, 42, 177, 18, 181, 27],
    "diabetes_casale_monferrato": [10, 182, 8, 74, 7, 20, 14, 709, 12, 650, 46, 104, 18, 157, 58],
    "hepatitis_a_taiwan": [63, 55, 18, 69, 17, 21, 28],
    "spina_bifida_626": [60, 49, 4, 247, 112, 142, 12],
    "spina_bifida_621": [60, 48, 4, 244, 111, 142, 12],
    "korea": [41, 5, 0, 5, 6, 54, 12],
}
"""Counts in the order 0…01, 0…10, …, 1…1, the first list leftmost."""

FILES = {
    "netherlands_2010_2015": "Ned",
    "netherlands_2010_2015_five": "Ned_5",
    "united_kingdom_2013": "UKdat",
    "united_kingdom_2013_five": "UKdat_5",
    "new_orleans_2016": "NewOrl",
    "new_orleans_2016_five": "NewOrl_5",
    "western_us": "Western",
    "korea": "Korea",
    "kosovo_1999": "Kosovo",
    "rome_hiv": "HIV",
    "hepatitis_a_taiwan": "HAV",
    "diabetes_casale_monferrato": "Diabetes",
    "snowshoe_hares": "hare",
    "artificial_three_lists": "Artificial_3",
}


def test_names():
    assert set(datasets.names()) == set(PERSONS)


@pytest.mark.parametrize("name", PERSONS)
def test_persons_reference_and_description(name):
    table, known = datasets.load(name), datasets.about(name)
    assert table.n_observed == PERSONS[name] == known.n
    assert tuple(known.lists) == table.lists
    assert table.reference == known.reference
    assert table.reference.public
    assert table.reference.source == known.citation
    assert all(known.lists.values())


@pytest.mark.parametrize("name", IN_ORDER)
def test_counts_in_the_order_of_the_publication(name):
    assert datasets.load(name).counts.ravel().tolist() == [0, *IN_ORDER[name]]


def test_netherlands_lists_and_overlaps():
    """Sizes and overlaps computed from Silverman (2020), Table 2."""
    table = datasets.load("netherlands_2010_2015")
    assert table.lists == ("I", "K", "O", "P", "R", "Z")
    sizes = {name: table.counts.take(1, axis=axis).sum() for axis, name in enumerate(table.lists)}
    assert sizes == {"I": 398, "K": 1348, "O": 536, "P": 4812, "R": 742, "Z": 848}
    assert table.reference.unit == "unknown"
    assert table.reference.period == (2010, 2015)
    shared = {
        pair: table.merge_lists({"rest": [name for name in table.lists if name not in pair]})
        for pair in ("PK", "PI", "PR", "PO", "PZ", "KI", "KR", "KO", "KZ", "IR", "IO", "IZ", "RO", "RZ", "OZ")
    }
    overlaps = {pair: int(_both(narrowed, *pair)) for pair, narrowed in shared.items()}
    assert overlaps == {
        "PK": 44, "PI": 26, "PR": 85, "PO": 72, "PZ": 137, "KI": 0, "KR": 0, "KO": 1, "KZ": 4,
        "IR": 3, "IO": 5, "IZ": 20, "RO": 4, "RZ": 3, "OZ": 64,
    }  # fmt: skip


def _both(table, first, second):
    frame = table.to_frame()
    return frame.loc[(frame[first] == 1) & (frame[second] == 1), "count"].sum()


def test_five_lists_are_the_six_with_two_merged():
    assert datasets.load("netherlands_2010_2015_five").lists == ("IO", "K", "P", "R", "Z")
    assert datasets.load("united_kingdom_2013_five").lists == ("LA", "NG", "PFNCA", "GO", "GP")
    assert datasets.load("new_orleans_2016_five").lists == ("A", "BEFG", "C", "D", "H")
    assert datasets.about("netherlands_2010_2015_five", "nl").lists["IO"].startswith("Inspectie SZW")


def test_new_orleans_versions_differ_by_one_person():
    larger, smaller = datasets.load("new_orleans_2016"), datasets.load("new_orleans_2016_185")
    difference = larger.counts - smaller.counts
    assert difference.sum() == 1
    assert difference[0, 0, 1, 1, 0, 0, 0, 0] == 1


def test_list_sizes_that_the_sources_print():
    """Diabetes and hepatitis A: sizes of the lists as the documentation of CARE1 prints them."""
    for name, sizes in {
        "diabetes_casale_monferrato": [1754, 452, 1135, 173],
        "hepatitis_a_taiwan": [135, 122, 126],
    }.items():
        counts = datasets.load(name).counts
        assert [counts.take(1, axis=axis).sum() for axis in range(counts.ndim)] == sizes


def test_hares_caught_once_to_six_times():
    """f = 25, 22, 13, 5, 1, 2 (Agresti 1994)."""
    frame = datasets.load("snowshoe_hares").to_frame()
    times = frame.drop(columns="count").sum(axis=1)
    assert frame.groupby(times)["count"].sum().tolist() == [25, 22, 13, 5, 1, 2]


def test_scotland_has_three_covariates_and_says_what_is_an_upper_bound():
    table = datasets.load("scotland_drug_injection")
    assert list(table.covariates) == ["age", "gender", "region"]
    only_s4 = table.counts[0, 0, 0, 1]
    assert sorted(only_s4.ravel().tolist()) == sorted([122, 135, 48, 38, 134, 104, 78, 25])
    assert [finding.code for finding in table.findings] == ["upper_bound"]
    assert "S4" in table.findings[0].sentence("nl")


def test_spina_bifida_versions_are_kept_apart():
    by_ethnicity = datasets.load("spina_bifida_621_ethnicity")
    assert by_ethnicity.covariates == {"ethnicity": ("afro-american", "caucasian", "other")}
    assert by_ethnicity.collapse() == datasets.load("spina_bifida_621")
    assert "621" in datasets.about("spina_bifida_621").title
    assert "626" in datasets.about("spina_bifida_626").title


def test_an_unknown_name_is_an_error_with_a_suggestion():
    with pytest.raises(mse.errors.TableError, match="Did you mean 'kosovo_1999'"):
        datasets.load("kosovo")


def test_repr_shows_citation_and_notes():
    shown = repr(datasets.about("netherlands_2010_2015"))
    assert "Silverman" in shown
    assert "P: National Police" in shown
    assert "Note:" in shown


@pytest.mark.skipif(not SHARED.exists(), reason="the founders' copy of the published tables is not here")
@pytest.mark.parametrize("name", FILES)
def test_every_count_of_the_founders_copy(name):
    table = datasets.load(name)
    with (SHARED / f"{FILES[name]}.csv").open() as file:
        rows = list(csv.DictReader(file))
    expected = {tuple(int(row[code]) for code in table.lists): int(row["count"]) for row in rows}
    frame = table.to_frame()
    found = {tuple(row[:-1]): row[-1] for row in frame.itertuples(index=False)}
    assert found == {history: count for history, count in expected.items() if count}
