"""Sectors, visibility and kinds of crime, rule by rule, on registers made by hand (R19-R27)."""

import numpy as np
from mini import levels, register, touched, victim

from mse.core.cube import members_of


def sexual(*sectors, **more):
    return register([victim("police 2018", types="SU", sectors_sexual=text, **more) for text in sectors])


def labour(*sectors):
    return register([victim("police 2018", types="AU", sectors_labour=text) for text in sectors])


def test_r19_the_first_sector_of_the_hierarchy_counts():
    registry = sexual("street|home", "other_sectors|window", "escort_hotel|brothel_club_private", "street", None)
    expected = {"home": 1, "window": 1, "brothel_club_private": 1, "street": 1, "unknown": 1}
    assert levels(registry, "sector_sexual") == expected
    assert touched(registry, "R19") == 3


def test_r19_another_order_names_only_what_comes_first():
    registry = sexual("street|home", "other_sectors|window", "escort_hotel")
    order = {"R19": {"order": ["street", "other_sectors"]}}
    assert levels(registry, "sector_sexual", options=order) == {"street": 1, "other_sectors": 1, "escort_hotel": 1}


def test_a_sector_counts_with_its_type_only():
    said = {"types": "AU", "sectors_sexual": "window", "kinds_criminal": "begging", "sectors_labour": "construction"}
    registry = register([victim("police 2018", **said)])
    assert levels(registry, "sector_sexual") == {"unknown": 1}
    assert levels(registry, "kind_criminal") == {"unknown": 1}
    assert levels(registry, "sector_labour") == {"construction": 1}


def test_r20_street_prostitution_is_apart_unless_asked_otherwise():
    registry = sexual("street", "other_sectors", "street|home")
    assert levels(registry, "sector_sexual") == {"street": 1, "other_sectors": 1, "home": 1}
    assert levels(registry, "sector_sexual", off=["R20"]) == {"other_sectors": 2, "home": 1}
    assert touched(registry, "R20") == 1


def test_r21_more_and_less_visible_sectors():
    registry = sexual("window", "brothel_club_private", "street", "home", "escort_hotel", "other_sectors", None)
    assert levels(registry, "visibility") == {"visible": 2, "less_visible": 4, "unknown": 1}
    wider = {"R21": {"visible": ["window", "brothel_club_private", "street"]}}
    assert levels(registry, "visibility", options=wider) == {"visible": 3, "less_visible": 3, "unknown": 1}
    assert touched(registry, "R21") == 6


def test_r22_r24_strata_go_by_the_first_reporter_and_police_by_unit():
    people = [
        victim("police 2018 amsterdam", "fairwork 2018", types="SU"),
        victim("police 2018", types="SU"),
        victim("fairwork 2018", "care_coordinators 2018", types="SU", sectors_sexual="window"),
        victim("emm 2018", types="AU"),
    ]
    registry = register(people)
    assert levels(registry, "stratum_reporter") == {
        "police:amsterdam": 1, "police": 1, "care_coordinators": 1, "unknown": 1,
    }  # fmt: skip
    assert touched(registry, "R24") == 2


def test_r25_the_rarest_labour_sector_counts_and_others_last():
    registry = labour("construction", "construction", "cleaning", "construction|cleaning", "cleaning|energy", "energy")
    assert levels(registry, "sector_labour") == {"construction": 3, "cleaning": 2, "other_labour": 1}
    assert touched(registry, "R25") == 2
    plain = {"R25": {"other": []}}
    assert levels(registry, "sector_labour", options=plain) == {"construction": 3, "cleaning": 1, "energy": 2}


def test_r25_counts_rarity_before_choosing_and_within_line_3():
    """Cleaning is rarer among victims who count, though not among all who are registered."""
    often = [victim("emm 2018", types="AU", sectors_labour="cleaning")] * 5
    people = [victim("police 2018", types="AU", sectors_labour=text) for text in ("construction", "construction")]
    registry = register([*often, *people, victim("police 2018", types="AU", sectors_labour="cleaning|construction")])
    assert levels(registry, "sector_labour", line="monitor_population") == {"construction": 2, "cleaning": 1}
    assert levels(registry, "sector_labour", line="monitor_population", off=["R7"])["construction"] == 3


def test_r27_kinds_of_crime_are_recorded_from_2016_on():
    people = [victim(f"police {year}", types="CU", kinds_criminal="drug_offences|theft") for year in (2015, 2016)]
    registry = register([*people, victim("police 2017", types="CU", kinds_criminal="theft|begging")])
    assert levels(registry, "kind_criminal") == {"drug_offences": 1, "begging": 1, "unknown": 1}
    assert levels(registry, "kind_criminal", off=["R27"]) == {"drug_offences": 2, "begging": 1}
    order = {"R27": {"order": ["theft"]}}
    assert levels(registry, "kind_criminal", options=order) == {"theft": 2, "unknown": 1}
    assert touched(registry, "R27") == 1


def test_a_victim_is_in_one_sector_of_those_recorded():
    random = np.random.default_rng(1)
    names = ("window", "home", "street", "escort_hotel")
    texts = ["|".join(random.choice(names, size=random.integers(0, 4), replace=False)) for _ in range(50)]
    cube = sexual(*texts).cube("sectors_sexual", "sector_sexual")
    for row in cube.to_frame().to_dict("records"):
        assert row["sector_sexual"] in (members_of(row["sectors_sexual"]) or ("unknown",))
