"""Which registrations count, rule by rule, on registers made by hand (R1, R3, R6-R9, R34-R36, R38, R40)."""

import pytest
from mini import levels, register, touched, victim

from mse.records.register.rules import Rules

LINES = ("all_registered", "excl_emm_only", "monitor_population")


def lines(registry, **rules):
    """Totals of the three lines of figure 2.1."""
    counted = registry.counted(Rules(**rules))
    return tuple(counted.cube(line=line).total for line in LINES)


def test_r3_a_victim_counts_once_for_every_year_or_once():
    registry = register([victim("police 2015", "police 2016", "kmar 2016", types="AU"), victim("police 2016")])
    assert levels(registry, "year") == {2015: 1, 2016: 2}
    assert levels(registry, "year", unit="person") == {2015: 1, 2016: 1}
    assert levels(registry, "reporters", unit="person") == {"kmar|police": 1, "police": 1}
    assert touched(registry, "R3") == 1
    assert int(registry.counted(unit="person").trace.set_index("rule")["touched"]["R3"]) == 1


def test_r1_unfounded_signals_are_in_no_line_unless_asked_for():
    registry = register([victim("police 2015", status=s) for s in ("presumed", "confirmed", "unfounded", None)])
    assert lines(registry) == (3, 3, 3)
    assert lines(registry, off=["R1"]) == (4, 4, 4)
    assert touched(registry, "R1") == 1
    assert touched(registry, "R1", off=["R1"]) == 0


def test_r6_r7_emm_alone_is_in_line_1_only():
    registry = register([victim("emm 2015"), victim("emm 2015", "police 2015"), victim("police 2015")])
    assert lines(registry) == (3, 2, 2)
    assert lines(registry, off=["R7"]) == (3, 3, 3)
    assert levels(registry, "emm") == {"only": 1, "also": 1, "no": 1}
    assert levels(registry, "emm", off=["R7"]) == {"only": 1, "also": 1, "no": 1}
    assert levels(registry, "reporters") == {"": 1, "police": 2}
    assert touched(registry, "R7") == 1


def test_r6_line_1_lets_in_who_has_no_report_of_a_reporter():
    people = [victim("emm 2015"), victim("om 2015"), victim("police 2015", "emm 2015"), victim("kmar 2015")]
    registry = register(people)
    assert lines(registry)[0] == 4
    assert touched(registry, "R6") == 2
    assert touched(registry, "R6", off=["R36"]) == 1


def test_r7_emm_of_another_year_is_alone_in_its_year():
    registry = register([victim("emm 2015", "police 2016")])
    assert registry.cube("year", "emm", line="all_registered").by("year", "emm") == {(2015, "only"): 1, (2016, "no"): 1}
    assert levels(registry, "emm", unit="person") == {"also": 1}


def test_r8_sexual_exploitation_that_only_kmar_reported_is_not_in_line_3():
    people = [
        victim("kmar 2015", types="SU"),
        victim("kmar 2015", "emm 2015", types="SU"),
        victim("kmar 2015", "police 2015", types="SU"),
        victim("kmar 2015", types="AU"),
        victim("kmar 2015", types="CU"),
        victim("kmar 2015"),
    ]
    registry = register(people)
    assert lines(registry) == (6, 6, 4)
    assert lines(registry, off=["R8"]) == (6, 6, 6)
    assert touched(registry, "R8") == 2


def test_r9_combinations_with_sexual_exploitation_by_default_go_too():
    registry = register([victim("kmar 2015", types="SU|AU"), victim("kmar 2015", types="SU")])
    assert lines(registry) == (2, 2, 0)
    assert lines(registry, options={"R9": {"combinations": "only"}}) == (2, 2, 1)
    assert touched(registry, "R9") == 1


def test_r34_sources_belong_to_groups():
    registry = register([victim("om 2015 reporter"), victim("other_reporters 2015", "iszw_do 2015")])
    assert levels(registry, "reporters") == {"other_reporters": 1, "iszw_do|other_reporters": 1}


def test_r34_groups_are_an_option():
    people = [victim("fairwork 2015", "other_reporters 2015"), victim("om 2015 reporter", "fairwork 2016")]
    registry = register(people)
    assert touched(registry, "R34") == 1
    merged = {"R34": {"groups": {"fairwork": "other_reporters", "om": "police"}}}
    assert levels(registry, "reporters", options=merged) == {"other_reporters": 2, "police": 1}
    assert touched(registry, "R34", options=merged) == 3
    assert touched(registry, "R35", options=merged) == 1
    assert levels(registry, "reporters") == {
        "fairwork|other_reporters": 1, "other_reporters": 1, "fairwork": 1,
    }  # fmt: skip
    lists = {"L": ["fairwork"], "O": ["other_reporters", "om"]}
    before, after = (registry.table(lists, rules=Rules(options=given)).to_frame() for given in ({}, merged))
    assert before.equals(after)


def test_r35_repeats_within_a_group_and_year_count_once():
    people = [victim("police 2015 amsterdam", "police 2015 rotterdam", "police 2016 amsterdam", "fairwork 2015")]
    registry = register(people)
    assert registry.cube("year", "reporters").by("year", "reporters") == {
        (2015, "fairwork|police"): 1,
        (2016, "police"): 1,
    }
    assert touched(registry, "R35") == 1


def test_r36_documents_that_follow_from_reports_are_no_reports_unless_asked_for():
    registry = register([victim("police 2019", "om 2019", types="AU"), victim("om 2019", types="AU")])
    assert levels(registry, "reporters") == {"police": 1, "": 1}
    assert levels(registry, "reporters", off=["R36"]) == {"other_reporters|police": 1, "other_reporters": 1}
    assert lines(registry) == (2, 2, 2)
    assert touched(registry, "R36") == 2
    assert touched(registry, "R36", off=["R36"]) == 0


def test_a_letter_does_not_hide_that_only_kmar_reported():
    registry = register([victim("kmar 2019", "om 2019", types="SU")])
    assert lines(registry) == (1, 1, 0)
    assert lines(registry, off=["R36"]) == (1, 1, 1)


def test_r38_who_is_reported_with_and_without_a_legal_basis_is_in_both():
    people = [victim("police 2015"), victim("fairwork 2015"), victim("kmar 2015", "care_coordinators 2015")]
    registry = register(people)
    both = "law_enforcement|without_legal_basis"
    assert levels(registry, "legal_basis") == {"law_enforcement": 1, "without_legal_basis": 1, both: 1}
    assert touched(registry, "R38") == 1
    wider = {"R38": {"legal": ["police", "kmar", "iszw_do", "care_coordinators"]}}
    assert levels(registry, "legal_basis", options=wider) == {"law_enforcement": 2, "without_legal_basis": 1}


def test_r40_police_units_are_not_merged():
    people = [victim("police 2015 amsterdam", "police 2015 rotterdam", "police 2015"), victim("police 2015 amsterdam")]
    registry = register(people)
    assert registry.cube("units").members("units").by("units") == {"amsterdam": 2, "rotterdam": 1}
    assert touched(registry, "R40") == 3


def test_units_belong_to_reports_of_the_police():
    registry = register([victim("fairwork 2015 amsterdam"), victim("police 2015 echo limburg")])
    assert levels(registry, "units") == {"": 2}
    assert levels(registry, "emm") == {"no": 2}


@pytest.mark.parametrize("unit", ["person", "person-year"])
def test_a_dimension_of_who_reported_holds_only_the_unit_that_is_counted(unit):
    registry = register([victim("police 2015", "fairwork 2016")])
    expected = {"person": {"fairwork|police": 1}, "person-year": {"police": 1, "fairwork": 1}}
    assert levels(registry, "reporters", unit=unit) == expected[unit]
