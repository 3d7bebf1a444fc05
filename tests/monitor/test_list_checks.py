"""What is known of lists before an estimate: origin, thresholds, legal ground, minors, whom they reach.

Facts of the reporters: Nationaal Rapporteur Mensenhandel en Seksueel Geweld tegen Kinderen 2020, Slachtoffermonitor
mensenhandel 2015-2019. The Hague.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from checked_figures import checked_figures
from scipy.stats import chi2_contingency

import mse
from mse.core.cube import Cube
from mse.core.finding import Finding
from mse.core.list_metadata import LegalRule, ListMetadata
from mse.monitor.coverage.list_checks import check_lists
from mse.monitor.coverage.list_concentration import concentration
from mse.monitor.coverage.list_failure import reporter_counts
from mse.monitor.coverage.list_reach import capture_profile
from mse.records.reporters import read_reporters, reporters

PERIOD = (2015, 2019)
SIX = ("police", "kmar", "iszw_do", "care_coordinators", "fairwork", "other_reporters")


def codes(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.code for finding in findings]


def one(findings: tuple[Finding, ...], code: str) -> Finding:
    found = [finding for finding in findings if finding.code == code]
    assert len(found) == 1
    return found[0]


# ---------------------------------------------------------------- what is known of the reporters


def test_the_facts_of_the_reporters() -> None:
    known = reporters()
    assert set(known) == {*SIX, "emm", "om"}
    law = {code for code, entry in known.items() if entry.has_legal_basis(2018)}
    assert law == {"police", "kmar", "iszw_do"}
    assert {code for code, entry in known.items() if entry.has_legal_basis(2018) is False} == {
        "care_coordinators", "fairwork",
    }  # fmt: skip
    assert known["fairwork"].changes(2015, 2019) == (date(2018, 5, 25),)
    assert known["fairwork"].changes(2019, 2019) == ()
    assert {code for code, entry in known.items() if entry.threshold} == {"iszw_do", "fairwork", "emm", "om"}
    assert known["fairwork"].label["nl"] == "FairWork"


def test_no_list_with_a_legal_basis_is_checked_for_consent() -> None:
    assert check_lists(["police", "kmar"], reporters(), period=PERIOD) == ()


def test_the_six_groups() -> None:
    counts = reporter_counts(checked_figures("2.11"))
    found = check_lists(SIX, reporters(), period=PERIOD, counts=counts)
    assert sorted(codes(found)) == [
        "list_failure", "list_failure", "list_failure", "lists_other_thresholds", "lists_rule_changed",
        "lists_with_mixed_basis", "lists_without_legal_basis", "minors_need_consent",
    ]  # fmt: skip
    assert {f.subject for f in found if f.code == "list_failure"} == {
        "fairwork", "care_coordinators", "without_legal_basis",
    }  # fmt: skip
    assert "2018-05-25" in one(found, "lists_rule_changed").sentence("en")
    assert "FairWork" in one(found, "lists_without_legal_basis").sentence("nl")
    assert [f.severity.value for f in found] == sorted((f.severity.value for f in found), reverse=True)


def test_a_period_without_the_change_has_no_change() -> None:
    assert "lists_rule_changed" not in codes(check_lists(SIX, reporters(), period=(2015, 2017)))


def test_derived_lists_are_no_lists() -> None:
    found = check_lists(["police", "emm", "om"], reporters(), period=PERIOD)
    assert codes(found)[:2] == ["list_derived_enrichment", "list_derived_echo"]
    assert "Politie" in one(found, "list_derived_echo").sentence("nl")
    alone = {"x": ListMetadata("x", {"en": "X", "nl": "X"}, role="echo")}
    assert codes(check_lists(["x"], alone, period=PERIOD)) == ["list_derived_unknown"]


# ---------------------------------------------------------------- minors


def ages(care_minors: int) -> Cube:
    rows = [("police", "minor", 40), ("police", "23-29", 60), ("care_coordinators", "minor", care_minors),
            ("care_coordinators", "23-29", 95), ("care_coordinators", "unknown", 500)]  # fmt: skip
    return Cube(pd.DataFrame(rows, columns=["reporters", "age_band", "count"]), frozenset({"reporters"}))


def test_minors_who_are_missing_where_consent_is_asked() -> None:
    lists = ["police", "care_coordinators"]
    missing = one(check_lists(lists, reporters(), period=PERIOD, cube=ages(5)), "minors_missing_by_consent")
    assert missing.values["share"] == 0.05
    assert missing.values["others"] == 0.4
    assert "minors_need_consent" in codes(check_lists(lists, reporters(), period=PERIOD, cube=ages(60)))


def test_too_few_victims_prove_nothing_about_minors() -> None:
    few = Cube(ages(0).to_frame().assign(count=5), frozenset({"reporters"}))
    assert "minors_need_consent" in codes(check_lists(SIX, reporters(), period=PERIOD, cube=few))


# ---------------------------------------------------------------- files of one's own


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "lists.toml"
    path.write_text(
        '[a]\nlabel = { en = "A", nl = "A" }\nrules = [{ legal_basis = true, since = 2016-01-01 }]\n'
        'threshold = { en = "x", nl = "x" }\nexposure = { 2018 = 30 }\n[b]\nderived_from = ["a"]\n',
        encoding="utf-8",
    )
    known = read_reporters(path)
    assert known["a"].rules == (LegalRule(True, False, date(2016, 1, 1)),)
    assert known["a"].has_legal_basis(2015) is None
    assert known["b"].derived_from == ("a",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[a]\nrol = 'echo'", "Did you mean 'role'"),
        ("[a]\nrole = 'ecko'", "Did you mean 'echo'"),
        ("[a]\nrules = [{ basis = true }]", "no field 'basis'"),
        ("a = 1", "described by a table"),
        ("[a", "no TOML"),
        ("[a]\nexposure = { 2018 = 0 }", "positive"),
        ("[a]\nrules = [{ since = 2018-01-02, until = 2018-01-01 }]", "first to its last day"),
    ],
)
def test_a_wrong_file_is_refused(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "lists.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(mse.TableError, match=said):
        read_reporters(path)


def test_a_set_that_is_not_shipped_is_refused() -> None:
    with pytest.raises(mse.TableError, match="netherlands_2015_2019"):
        reporters("netherlands")


# ---------------------------------------------------------------- whom lists reach


def reach(europe: int, africa: int) -> Cube:
    rows = [("fairwork", "europe_other", europe), ("fairwork", "africa", africa), ("police", "europe_other", 400),
            ("police", "africa", 600), ("", "africa", 1000), ("fairwork|police", "europe_other", 10)]  # fmt: skip
    return Cube(pd.DataFrame(rows, columns=["reporters", "region", "count"]), frozenset({"reporters"}))


def test_a_list_that_reaches_other_people() -> None:
    shown = capture_profile(reach(88, 12), "region")
    frame = shown.to_frame()
    row = frame[(frame["list_code"] == "fairwork") & (frame["level_code"] == "europe_other")].iloc[0]
    assert (row["persons"], row["on_list"], row["others"], row["not_on_list"]) == (98, 110, 400, 1000)
    test = chi2_contingency([[98, 12], [400, 600]], correction=False)
    assert row["statistic"] == pytest.approx(test.statistic)
    assert row["p_value"] == pytest.approx(test.pvalue)
    assert row["effect"] == pytest.approx((test.statistic / 1110) ** 0.5)


def test_a_list_that_reaches_the_same_people_is_not_flagged() -> None:
    assert capture_profile(reach(40, 66), "region").findings == ()
    assert codes(capture_profile(reach(880, 12), "region").findings) == ["list_reaches_others"] * 2


def test_small_levels_are_tested_together_and_too_small_ones_not() -> None:
    rows = [("a", "x", 3), ("b", "y", 2), ("b", "x", 3)]
    cube = Cube(pd.DataFrame(rows, columns=["reporters", "sex", "count"]), frozenset({"reporters"}))
    assert capture_profile(cube, "sex").to_frame()["p_value"].isna().all()
    with pytest.raises(mse.TableError, match="Nobody"):
        capture_profile(cube.where(reporters=""), "sex")


# ---------------------------------------------------------------- concentration


def test_concentration_of_the_monitor() -> None:
    shown = concentration(checked_figures("2.11"))
    found = {f.subject: f.values["share"] for f in shown.findings}
    assert found == {
        "BL-SU, police": 0.64, "GO-SU, police": 0.71, "AU, fairwork": 0.42, "CU, police": 0.74,
    }  # fmt: skip
    frame = shown.to_frame()
    assert frame[frame["form"] == "all"]["reports"].sum() == 5691
    assert "only" not in frame


def test_what_goes_without_a_list() -> None:
    rows = [("AU", "fairwork", 50), ("AU", "fairwork|police", 10), ("AU", "", 4), ("CU", "police", 36)]
    cube = Cube(pd.DataFrame(rows, columns=["form", "reporters", "count"]), frozenset({"reporters"}))
    frame = concentration(cube).to_frame().set_index(["form", "list_code"])
    assert frame.loc[("AU", "fairwork"), ["reports", "only", "victims"]].tolist() == [60.0, 50, 64]
    assert frame.loc[("all", "police"), ["reports", "only", "victims"]].tolist() == [46.0, 36, 100]
    assert frame.loc[("AU", "police"), "share_lost"] == 0.0
