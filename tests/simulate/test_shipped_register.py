"""The shipped register A, by its margins: every printed cell, every printed rank, and the statements of the text.

Source of all printed numbers: Nationaal Rapporteur Mensenhandel en Seksueel Geweld tegen Kinderen (2020),
Slachtoffermonitor mensenhandel 2015-2019. The Hague.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from recount import FORMS, enriched, half_up, recount

from mse.records.editions import printed

FOLDER = Path(__file__).parents[2] / "studies" / "monitor-2015-2019" / "data"
YEARS = range(2015, 2020)


def _read(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / name, dtype=str, keep_default_na=False, encoding="utf-8")


@pytest.fixture(scope="module")
def frames():
    victims, reports = _read("victims.csv"), _read("reports.csv")
    victims["year"] = victims["year"].astype(int)
    victims["age"] = pd.to_numeric(victims["age"])
    return victims, reports


@pytest.fixture(scope="module")
def people(frames):
    return enriched(*frames)


@pytest.fixture(scope="module")
def inside(people):
    return people[people["line_3"]]


@pytest.fixture(scope="module")
def counted(frames):
    return recount(*frames)


def test_every_record_says_that_it_is_synthetic(frames):
    for frame in frames:
        assert set(frame["synthetic"]) == {"true"}


@pytest.mark.parametrize("figure", sorted(printed()))
def test_every_checked_cell_is_met(counted, figure):
    frame = printed()[figure]
    checked = frame[frame["value_checked"].notna() & ~frame["measure"].str.contains("bound")]
    keys = list(zip(*(checked[name] for name in ("figure", "year", "form", "category_code", "measure")), strict=True))
    found = {key: counted.get(key) for key in keys}
    assert found == dict(zip(keys, checked["value_checked"], strict=True))
    assert keys


@pytest.mark.parametrize("year", ["total", "2019"])
def test_known_labour_sectors_lie_within_the_printed_bounds(counted, year):
    frame = printed()["2.5"]
    bounds = frame[(frame["year"] == year) & frame["measure"].str.contains("bound")].set_index("measure")[
        "value_checked"
    ]
    assert bounds["victims_lower_bound"] <= counted["2.5", year, "AU", "sector_known", "victims"]
    assert counted["2.5", year, "AU", "sector_known", "victims"] <= bounds["victims_upper_bound"]


def test_every_printed_rank_of_table_2_1_holds(inside):
    known = inside[inside["nationalities"] != ""]
    ranks = {}
    columns = [((str(year), "all"), known[known["year"] == year]) for year in YEARS]
    columns += [(("total", form), known[known["form"] == form]) for form in FORMS]
    for column, part in [*columns, (("total", "all"), known)]:
        ranked = part["nationalities"].value_counts().rank(ascending=False, method="min")
        ranks |= {(*column, code): rank for code, rank in ranked.items()}
    frame = printed()["tab2.1"]
    frame = frame[frame["rank"].notna()]
    for row in frame.itertuples():
        assert ranks[row.year, row.form, row.category_code] == row.rank


def test_unlisted_nationalities_are_many_and_small(inside):
    listed = set(printed()["tab2.1"]["category_code"])
    unlisted = inside[~inside["nationalities"].isin([*listed, ""])]["nationalities"].value_counts()
    assert len(set(inside["nationalities"]) - {""}) > 115
    assert unlisted.max() < 40  # Afghanistan has 40 and rank 17 of all


def test_unknown_form_is_unknown_type_or_organ_removal_only_or_sexual_of_unknown_nationality(inside):
    for year in YEARS:
        part = inside[inside["year"] == year]
        hidden = part["SU"] & (part["nationalities"] == "")
        other = part["types"].isin(["", "ORG"])
        assert (part["form"] == "UNK").sum() == hidden.sum() + other.sum()


def test_four_victims_have_nothing_but_an_echo(people, inside):
    silent = inside[inside["groups"].map(len) == 0]
    assert len(silent) == 4
    assert set(silent["form"]) == {"UNK"}
    assert silent["om"].all()
    assert not silent["emm"].any()
    assert not (silent["year"] == 2019).any()


def test_letters_of_the_prosecution_came_on_94_victims_of_the_police(people):
    letters = people[people["om"] & (people["year"] == 2019)]
    assert len(letters) == 94
    assert all("police" in groups for groups in letters["groups"])


def _per_cent(part: pd.Series) -> int:
    return half_up(100 * part.mean())


def test_statements_of_the_text_hold(inside):
    last = inside[inside["year"] == 2019]
    drugs = last[last["CU"] & (last["kinds_criminal"] == "drug_offences")]
    assert _per_cent(drugs["region"] == "africa") == 85  # N08
    cross = inside[inside["form"] == "GO-SU"]
    men = (cross["sex"] == "male").groupby(cross["year"]).mean()
    assert [half_up(100 * men[year]) for year in (2015, 2017, 2019)] == [9, 24, 42]  # N09, N10
    criminal = inside[inside["form"] == "CU"]
    men = (criminal["sex"] == "male").groupby(criminal["year"]).mean()
    assert [half_up(100 * men[year]) for year in (2015, 2019)] == [9, 91]  # N11, N12
    unknown = inside[(inside["form"] == "AU") & (inside["band"] == "unknown")]
    assert _per_cent(unknown["groups"].map(lambda groups: "fairwork" in groups)) == 91  # N14
    minors = inside[inside["band"] == "minor"]
    share = (minors["form"] == "UNK").groupby(minors["region"]).mean()
    assert [half_up(100 * share[region]) for region in ("netherlands", "africa", "asia")] == [24, 67, 80]  # N15-N17
    fairwork = inside[inside["groups"].map(lambda groups: "fairwork" in groups)]
    assert _per_cent(fairwork["region"] == "europe_other") == 88  # N19
    assert _per_cent(fairwork["region"].isin(["europe_other", "netherlands"])) == 88
    other = last[last["groups"].map(lambda groups: "other_reporters" in groups)]
    assert _per_cent(other["organisations"].map(lambda held: "vluchtelingenwerk" in held)) == 97  # N20


def test_police_reports_of_criminal_exploitation_are_as_the_text_has_them(inside):
    police = inside[(inside["form"] == "CU") & inside["groups"].map(lambda groups: "police" in groups)]
    african = (police["region"] == "africa").groupby(police["year"]).sum()
    rest = (police["region"] != "africa").groupby(police["year"]).sum()
    assert (african[2018], african[2019], rest[2018], rest[2019]) == (20, 141, 13, 32)  # N22, N23


def test_organ_removal_of_2019_is_as_the_text_has_it(inside):
    organs = inside[inside["ORG"] & (inside["year"] == 2019)]
    assert organs["sex"].value_counts().to_dict() == {"male": 5, "female": 1}  # N25
    assert organs["band"].eq("18-22").sum() == 1
    assert organs["age"].ge(23).sum() == 5


def test_rules_of_choice_find_something_to_decide(inside, frames):
    _, reports = frames
    for column in ("sectors_sexual", "sectors_labour", "procedure"):
        assert inside[column].str.contains("|", regex=False).any()
    again = reports[reports["role"] == "reporter"].merge(frames[0][["victim", "year"]], on="victim")
    assert again.duplicated(["victim", "year", "reporter"]).any()
    assert inside["case"].value_counts().drop("").max() > 20
    assert (inside["age_exploitation"] != "").any()


def test_dates_lie_in_the_year_of_the_registration(frames):
    victims, reports = frames
    year = reports["victim"].map(victims.set_index("victim")["year"])
    assert (reports["date"].str[:4].astype(int) == year).all()
    assert set(reports["victim"]) == set(victims["victim"])
    assert victims["victim"].is_unique
