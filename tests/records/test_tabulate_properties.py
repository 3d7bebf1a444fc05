"""Whatever the reports are, `tabulate` counts as a plain loop over persons does, in any order of the rows."""

from collections import defaultdict

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mse.core.partial import PartialTable
from mse.errors import TableError
from mse.records.tabulate import tabulate

LISTS = {"P": ["p"], "Q": ["q1", "q2"], "R": ["r"]}
HOME = {reporter: name for name, reporters in LISTS.items() for reporter in reporters}
FORMS = ["a", "b", "c"]

reports = st.lists(
    st.tuples(
        st.integers(1, 6),
        st.sampled_from(["p", "q1", "q2", "r", "x"]),
        st.integers(2013, 2017),
        st.sampled_from([*FORMS, None]),
    ),
    min_size=1,
    max_size=30,
)
SCHEMA = {"person": pl.Int64, "reporter": pl.String, "year_of_report": pl.Int64, "form": pl.String}


def counted(rows, **options):
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    return tabulate(
        frame,
        person="person",
        reporter="reporter",
        lists=LISTS,
        date="year_of_report",
        period=(2014, 2016),
        outside_period="drop",
        unknown_reporters="drop",
        **options,
    )


def by_hand(rows, unit, chosen):
    """The same, one person after the other."""
    kept = [row for row in rows if 2014 <= row[2] <= 2016 and row[1] in HOME]
    people = defaultdict(list)
    for person, reporter, year, form in kept:
        people[person if unit == "person" else (person, year)].append((HOME[reporter], year, form))
    counts = defaultdict(int)
    for own in people.values():
        forms = sorted({(year, form) for _, year, form in own if form is not None})
        on = tuple(int(name in {name for name, _, _ in own}) for name in LISTS)
        counts[on, min(year for _, year, _ in own), chosen(forms)] += 1
    return dict(counts)


def first(forms):
    return forms[0][1] if forms else "missing"


def last(forms):
    return min(form for year, form in forms if year == forms[-1][0]) if forms else "missing"


def highest(forms):
    return min((form for _, form in forms), key="cba".index) if forms else "missing"


def single(forms):
    different = {form for _, form in forms}
    return different.pop() if len(different) == 1 else "missing"


def joined(forms):
    different = sorted({form for _, form in forms})
    return "+".join(different) if different else "missing"


RULES = {
    "first": first,
    "last": last,
    ("hierarchy", ("c", "b", "a")): highest,
    "missing": single,
    "+".join: joined,
}


def cells(table):
    """Occupied cells of a table, whole or partial."""
    rows = table.to_frame().to_dict("records")
    return {(tuple(row[name] for name in LISTS), row["year"], row["form"] or "missing"): row["count"] for row in rows}


@settings(max_examples=150, deadline=None)
@given(
    rows=reports,
    unit=st.sampled_from(["person", "person-year"]),
    rule=st.sampled_from(list(RULES)),
    random=st.randoms(use_true_random=False),
)
def test_counts_as_by_hand_in_any_order(rows, unit, rule, random):
    options = {
        "covariates": ["year", "form"],
        "unit": unit,
        "year_rule": "first_report" if unit == "person" else "each_report",
        "resolve": {"form": rule},
    }
    expected = by_hand(rows, unit, RULES[rule])
    if not expected:
        with pytest.raises(TableError, match=r"No reporter|at least one report"):
            counted(rows, **options)
        return
    table = counted(rows, **options, missing="level")
    found = cells(table)
    assert found == expected
    if table.covariates["form"] != ("missing",):
        partial = counted(rows, **options)
        assert cells(partial) == expected
        assert isinstance(partial, PartialTable) == any(form == "missing" for _, _, form in expected)
        assert partial.reconciliation == table.reconciliation
    told = table.reconciliation
    assert told.reports - told.outside_period - sum(told.unknown.values()) - told.ignored == told.used
    assert told.used - told.duplicates == told.memberships == sum(sum(on) * n for (on, _, _), n in found.items())
    assert told.persons_in == len({row[0] for row in rows})
    left = told.persons_outside_period + told.persons_on_no_list + told.persons_left_out
    assert told.persons_in - left == told.persons
    assert told.units == table.n_observed
    shuffled = random.sample(rows, len(rows))
    again = counted(shuffled, **options, missing="level")
    assert again == table
    assert again.reconciliation == told
