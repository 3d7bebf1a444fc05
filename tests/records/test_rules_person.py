"""Sex, region of origin and age, rule by rule, on registers made by hand (R28, R31-R33)."""

from mini import levels, register, touched, victim


def test_r28_unknown_sex_is_a_result():
    registry = register([victim("police 2018", sex=sex) for sex in ("male", "female", "female", None)])
    assert levels(registry, "sex") == {"male": 1, "female": 2, "unknown": 1}
    assert touched(registry, "R28") == 1


def test_r31_region_follows_from_nationality():
    countries = ("NL", "PL", "NG", "CN", "SR", "US", "stateless", None, "NL|MA", "ma")
    registry = register([victim("police 2018", nationalities=country) for country in countries])
    assert levels(registry, "region") == {
        "netherlands": 2, "europe_other": 1, "africa": 2, "asia": 1, "latin_america_caribbean": 1, "other": 2,
        "unknown": 1,
    }  # fmt: skip
    assert touched(registry, "R31") == 9


def test_r32_age_at_the_report_or_at_exploitation():
    ages = ((20, 16), (20, None), (None, 16), (17, 17), (None, None))
    registry = register([victim("police 2018", age=at, age_exploitation=before) for at, before in ages])
    assert levels(registry, "age") == {20: 2, 17: 1, -1: 2}
    assert levels(registry, "age", options={"R32": {"age": "exploitation"}}) == {16: 2, 20: 1, 17: 1, -1: 1}
    assert touched(registry, "R32") == 1


def test_r33_bands_begin_where_they_say():
    ages = (0, 17, 18, 22, 23, 29, 30, 39, 40, 120, None)
    registry = register([victim("police 2018", age=age) for age in ages])
    expected = {"minor": 2, "18-22": 2, "23-29": 2, "30-39": 2, "40+": 2, "unknown": 1}
    assert levels(registry, "age_band") == expected
    assert levels(registry, "adult") == {"minor": 2, "adult": 8, "unknown": 1}
    assert touched(registry, "R33") == 1


def test_an_unknown_age_is_in_no_band_under_either_age():
    registry = register([victim("police 2018", age=None, age_exploitation=15)])
    assert levels(registry, "adult") == {"unknown": 1}
    assert levels(registry, "adult", options={"R32": {"age": "exploitation"}}) == {"minor": 1}
