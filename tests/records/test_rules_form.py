"""Types and forms of exploitation, rule by rule, on registers made by hand (R13-R17)."""

import pytest
from mini import levels, register, touched, victim


def people(*said):
    """Victims of the police with types and nationalities."""
    return register([victim("police 2018", types=types, nationalities=countries) for types, countries in said])


def test_r13_combinations_exclude_each_other_and_types_overlap():
    registry = people(("SU|AU", "NL"), ("AU|SU", "NL"), ("SU", "NL"), ("CU|ORG", "PL"), (None, "PL"))
    assert levels(registry, "combination") == {"SU+AU": 2, "SU": 1, "CU+ORG": 1, "unknown": 1}
    cube = registry.cube("types")
    assert cube.members("types").by("types") == {"SU": 3, "AU": 2, "CU": 1, "ORG": 1}
    assert touched(registry, "R13") == 3


def test_r14_sexual_before_labour_before_criminal():
    registry = people(("SU|AU|CU", "PL"), ("AU|CU", "PL"), ("CU", "PL"), ("AU", "NL"))
    assert levels(registry, "form") == {"GO-SU": 1, "AU": 2, "CU": 1}
    assert touched(registry, "R14") == 2


def test_r14_another_order():
    registry = people(("SU|AU|CU", "PL"), ("AU|CU", "PL"), ("SU|AU", "NL"))
    assert levels(registry, "form", options={"R14": {"order": ["CU", "AU", "SU"]}}) == {"CU": 2, "AU": 1}


DUAL = (("SU", "NL"), ("SU", "PL"), ("SU", "NL|MA"), ("SU", "MA|NL"), ("SU", "MA|PL"), ("SU", "stateless"), ("SU", ""))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, {"BL-SU": 3, "GO-SU": 3, "UNK": 1}),
        ({"dual": "first"}, {"BL-SU": 2, "GO-SU": 4, "UNK": 1}),
        ({"dual": "unknown"}, {"BL-SU": 1, "GO-SU": 2, "UNK": 4}),
        ({"stateless": "unknown"}, {"BL-SU": 3, "GO-SU": 2, "UNK": 2}),
    ],
)
def test_r15_domestic_by_nationality(options, expected):
    registry = people(*DUAL)
    assert levels(registry, "form", options={"R15": options}) == expected
    assert touched(registry, "R15", options={"R15": options}) == 3


def test_r15_flags_victims_of_two_nationalities():
    registry = people(*DUAL)
    assert levels(registry, "dual_nationality") == {"no": 4, "yes": 3}
    assert levels(registry, "nationality") == {"NL": 3, "PL": 1, "MA": 1, "stateless": 1, "unknown": 1}
    assert levels(registry, "nationality", options={"R15": {"dual": "first"}})["MA"] == 2


UNKNOWN = (("SU", None), ("SU|AU", None), ("SU|CU", None), ("AU", None), ("SU|ORG", None), ("SU", "NL"))


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({}, {"UNK": 4, "AU": 1, "BL-SU": 1}),
        ({"off": ["R16"]}, {"GO-SU": 4, "AU": 1, "BL-SU": 1}),
        ({"options": {"R16": {"instead": "next_type"}}}, {"UNK": 2, "AU": 2, "CU": 1, "BL-SU": 1}),
    ],
)
def test_r16_sexual_exploitation_of_unknown_nationality(rules, expected):
    registry = people(*UNKNOWN)
    assert levels(registry, "form", **rules) == expected
    assert touched(registry, "R16", **rules) == (0 if "off" in rules else 4)


def test_r16_the_next_type_follows_the_hierarchy():
    options = {"R16": {"instead": "next_type"}}
    assert levels(people(("SU|AU|CU", None), ("SU|CU|ORG", None)), "form", options=options) == {"AU": 1, "CU": 1}


def test_r17_organ_removal_alone_has_no_form_unless_asked_for():
    registry = people(("ORG", "NL"), ("CU|ORG", "NL"), ("SU|ORG", "NL"), (None, "NL"))
    assert levels(registry, "form") == {"UNK": 2, "CU": 1, "BL-SU": 1}
    assert levels(registry, "form", off=["R17"]) == {"ORG": 1, "UNK": 1, "CU": 1, "BL-SU": 1}
    assert touched(registry, "R17") == 1


def test_the_identity_of_the_unknown_form():
    """UNK is unknown, organ removal alone, and sexual exploitation of unknown nationality together (R17)."""
    registry = people(*UNKNOWN, ("ORG", "PL"), (None, None), ("CU|ORG", "PL"))
    combinations, touched_by = levels(registry, "combination"), registry.counted().touched
    assert levels(registry, "form")["UNK"] == combinations["unknown"] + combinations["ORG"] + touched_by["R16"]
