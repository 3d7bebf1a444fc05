"""How often each field is known, by year and reporter (requirement 38)."""

import pytest
from mini import register, victim

from mse.records.register.completeness import FIELDS, completeness

PEOPLE = [
    victim("police 2015 amsterdam", "fairwork 2015", types="SU", sectors_sexual="window", sex="male", age=20),
    victim("police 2015", types="SU|AU", sex="female", nationalities="NL"),
    victim("fairwork 2016", types="CU", kinds_criminal="begging"),
    victim("emm 2016", types="CU", age=30),
    victim("police 2015", types="CU", kinds_criminal="begging"),
]


def asked(frame, field, year, reporter="all"):
    """Known, base and whether it was recorded."""
    row = frame[(frame["field"] == field) & (frame["year"] == year) & (frame["reporter"] == reporter)]
    return tuple(row[["known", "base", "recorded"]].iloc[0].tolist())


def test_known_and_base_by_year_and_reporter():
    frame = completeness(register(PEOPLE).counted())
    assert asked(frame, "sex", 2015) == (2, 3, True)
    assert asked(frame, "sex", 2015, "fairwork") == (1, 1, True)
    assert asked(frame, "sex", "all", "police") == (2, 3, True)
    assert asked(frame, "age", "all") == (1, 4, True)
    assert asked(frame, "types", "all") == (4, 4, True)
    assert asked(frame, "nationality", 2016) == (0, 1, True)


def test_sectors_are_asked_of_victims_of_their_type_and_units_of_the_police():
    frame = completeness(register(PEOPLE).counted())
    assert asked(frame, "sector_sexual", "all") == (1, 2, True)
    assert asked(frame, "sector_labour", "all") == (0, 1, True)
    assert asked(frame, "units", "all") == (1, 3, True)


def test_a_field_is_not_recorded_in_all_years():
    frame = completeness(register(PEOPLE).counted())
    assert asked(frame, "kind_criminal", 2015) == (0, 1, False)
    assert asked(frame, "kind_criminal", 2016) == (1, 1, True)


def test_other_lines_and_shares():
    frame = completeness(register(PEOPLE).counted(), line="all_registered")
    assert asked(frame, "age", "all") == (2, 5, True)
    assert (frame["share"] == frame["known"] / frame["base"]).all()
    assert set(frame["field"]) == set(FIELDS)


@pytest.mark.parametrize("line", ["monitor_population", "all_registered"])
def test_nobody_to_ask(line):
    frame = completeness(register([victim("emm 2016")]).counted(), line=line)
    assert frame["base"].sum() == (line == "all_registered") * 2 * sum(not base.member for base in FIELDS.values())
