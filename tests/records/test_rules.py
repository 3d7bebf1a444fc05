"""Rules as data: switched, chosen, written and read; deciding twice decides the same; the order of rows is nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mini import register, victim

from mse.errors import ModelError
from mse.records.register import rules_figures, rules_reading
from mse.records.register.codebook import codebook
from mse.records.register.columns import Codes, Sets
from mse.records.register.rules import Rules, every_rule

BOOK = codebook()

DECIDING = ("R1", "R3", "R6", "R7", "R8", "R9", "R13", "R14", "R15", "R16", "R17", "R19", "R20", "R21", "R22", "R23",
            "R24", "R25", "R26", "R27", "R28", "R29", "R31", "R32", "R33", "R34", "R35", "R36", "R38", "R40", "R41",
            "R42", "R43")  # fmt: skip

OF_FIGURES = {rule.code for rule in rules_figures.RULES}
"""Rules that nothing consults before figures are made."""


def several(name):
    """A cell with some codes of a field."""
    return st.lists(st.sampled_from(BOOK.codes[name]), max_size=3, unique=True).map("|".join)


persons = st.builds(
    lambda reports, **said: victim(*reports, **said),
    st.lists(
        st.builds("{} {}".format, st.sampled_from(BOOK.codes["reporter"]), st.integers(2015, 2019)),
        min_size=1,
        max_size=4,
    ),
    types=several("types"),
    sectors_sexual=several("sectors_sexual"),
    sectors_labour=several("sectors_labour"),
    kinds_criminal=several("kinds_criminal"),
    sex=st.sampled_from(["male", "female", ""]),
    age=st.sampled_from([None, 16, 17, 18, 44]),
    age_exploitation=st.sampled_from([None, 3, 16]),
    nationalities=st.sampled_from(["", "NL", "PL", "NL|MA", "NG", "stateless", "MA|NL"]),
    status=st.sampled_from(["", "presumed", "unfounded"]),
)
people = st.lists(persons, min_size=1, max_size=12)

chosen = st.builds(
    lambda off, options: Rules(off=off, options=options),
    st.sets(st.sampled_from([rule.code for rule in every_rule() if rule.switchable])),
    st.fixed_dictionaries({}, optional={
        rule.code: st.fixed_dictionaries({}, optional={
            name: st.sampled_from(choices) for name, choices in rule.options.items()
        }) for rule in every_rule()
    }),
)  # fmt: skip

SHOWN = ("year", "combination", "form", "sector_sexual", "visibility", "sector_labour", "kind_criminal", "sex", "age",
         "age_band", "adult", "nationality", "region", "reporters", "emm", "legal_basis", "status")  # fmt: skip


def same(one, other):
    """Whether two columns are equal."""
    if isinstance(one, Codes):
        return one.levels == other.levels and np.array_equal(one.values, other.values)
    if isinstance(one, Sets):
        return one.members == other.members and np.array_equal(one.bits, other.bits)
    return np.array_equal(one, other)


def test_every_deciding_rule_is_there_and_says_what_it_does():
    rules = {rule.code: rule for rule in every_rule()}
    assert len(every_rule()) == len(rules) == len(DECIDING)
    assert set(rules) == set(DECIDING)
    for rule in rules.values():
        assert (rule.decide is None) == (rule in (*rules_reading.RULES, *rules_figures.RULES))
        assert rule.decide is None or rule.code in rule.decide.__doc__


@settings(max_examples=40, deadline=None)
@given(people=people, rules=chosen)
def test_deciding_twice_decides_the_same(people, rules):
    counted = register(people).counted(rules)
    again, _ = rules.apply(counted.columns)
    assert all(same(column, again[name]) for name, column in counted.columns.items())


@settings(max_examples=40, deadline=None)
@given(people=people, rules=chosen, random=st.randoms(use_true_random=False))
def test_the_order_of_the_rows_is_irrelevant(people, rules, random):
    one = register(people).counted(rules)
    other = register(random.sample(people, len(people))).counted(rules)
    for line in ("all_registered", "monitor_population"):
        assert one.cube(*SHOWN, line=line).by(*SHOWN) == other.cube(*SHOWN, line=line).by(*SHOWN)
    assert dict(one.touched) == dict(other.touched)


@settings(max_examples=40, deadline=None)
@given(people=people, rules=chosen)
def test_every_victim_is_in_one_form_and_the_lines_lie_within_each_other(people, rules):
    counted = register(people).counted(rules)
    totals = []
    for line in ("all_registered", "excl_emm_only", "monitor_population"):
        cube = counted.cube("form", "combination", "age_band", line=line)
        assert sum(cube.by("form").values()) == cube.total
        totals.append(cube.total)
    assert len(counted) >= totals[0] >= totals[1] >= totals[2]


@settings(max_examples=40, deadline=None)
@given(rules=chosen)
def test_rules_are_read_as_they_were_written(rules):
    assert Rules.from_json(rules.to_json()) == rules
    assert Rules.from_json(rules.to_json()).to_json() == rules.to_json()


def test_the_trace_says_what_was_on():
    trace = register([victim("emm 2018")]).counted(Rules(off=["R7"])).trace.set_index("rule")
    assert not trace["on"]["R7"]
    assert trace["touched"]["R7"] == 0
    assert trace["on"].drop("R7").all()
    assert set(DECIDING) - OF_FIGURES == set(trace.index)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"off": ["R99"]}, "no deciding rule 'R99'"),
        ({"off": ["R13"]}, "cannot be switched off: 'R13'"),
        ({"options": {"R15": {"dual": "second"}}}, "'dutch', 'first' and 'unknown'"),
        ({"options": {"R15": {"duel": "first"}}}, "no option 'duel'.*Did you mean 'dual'"),
        ({"options": {"R14": {"order": "SU"}}}, "is a list"),
        ({"options": {"R14": {"order": ["SU", "XX"]}}}, "lists codes of 'types'.*'XX'"),
        ({"options": {"R24": {"minimum": "5"}}}, "is a int"),
        ({"options": {"R24": {"minimum": 0}}}, "'minimum' of rule R24 is 1 or more"),
        ({"options": {"R29": {"k": 0}}}, "'k' of rule R29 is 1 or more"),
        ({"options": {"R29": {"k": True}}}, "is a int"),
        ({"options": {"R34": {"groups": {"fair": "police"}}}}, "codes of 'reporter'.*'fair'"),
        ({"options": {"R34": {"groups": {"fairwork": "emm"}}}}, "codes of 'reporter'.*'emm'"),
        ({"options": {"R43": {"rounding": "up"}}}, "'half_up' and 'half_even'"),
        ({"off": ["R6", "R23", "R26", "R34", "R43"]}, "'R23', 'R26', 'R34', 'R43' and 'R6'"),
        ({"version": "0"}, "version 1"),
    ],
)
def test_what_is_no_rule_or_option_is_refused(options, message):
    with pytest.raises(ModelError, match=message):
        Rules(**options)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"edition": "2015-2019", "off": [], "options": 3, "version": "1"}'])
def test_what_is_no_set_of_rules_is_refused(text):
    with pytest.raises(ModelError, match="written as JSON"):
        Rules.from_json(text)


def test_rules_without_and_with():
    rules = Rules().without("R7", "R8").with_options("R15", dual="first").with_options("R15", stateless="unknown")
    assert rules.off == {"R7", "R8"}
    assert rules.options == {"R15": {"dual": "first", "stateless": "unknown"}}
    assert rules != Rules()


def test_is_on_and_chosen():
    rules = Rules(off=["R8"], options={"R29": {"k": 3}})
    assert [rules.is_on(code) for code in ("R7", "R8")] == [True, False]
    assert rules.chosen("R29") == {"k": 3}
    assert rules.chosen("R15") == {"dual": "dutch", "stateless": "known"}


def test_rules_of_figures_do_not_make_other_counts():
    figures = Rules(off=["R22", "R42"], options={"R29": {"k": 3}, "R24": {"minimum": 5}, "R15": {"dual": "dutch"}})
    assert figures.of_counts == Rules()
    counts = Rules(off=["R7", "R41"], options={"R34": {"groups": {"fairwork": "other_reporters"}}})
    assert counts.of_counts == Rules(off=["R7"], options=counts.options)


def test_counting_again_under_other_rules_counts_again():
    registry = register([victim("emm 2018")])
    assert registry.counted().cube().total == 0
    assert registry.counted(Rules(off=["R7"])).cube().total == 1
    assert registry.counted().cube().total == 0


def test_a_new_code_or_field_marks_a_break_in_the_series():
    registry = register([victim("police 2018", sectors_sexual="street")], period=(2015, 2018))
    said = {finding.code: finding for finding in registry.findings}
    assert said["register_new"].subject == "sectors_sexual"
    assert said["register_new"].values["codes"] == BOOK.new["sectors_sexual"]
    assert said["register_since"].subject == "kinds_criminal"
    assert "2016" in said["register_since"].sentence("nl")
    assert str(said["register_since"]) == "The kind of crime is recorded from 2016 on; before that it is unknown."
    assert "'Straatprostitutie'" in said["register_new"].sentence("nl")
    assert not any(code in str(finding) for code in ("sectors_", "kinds_") for finding in said.values())
    later = register([victim("police 2018")], period=(2016, 2018))
    assert "register_since" not in {finding.code for finding in later.findings}
