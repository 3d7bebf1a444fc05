"""Rules that figures consult, on, off and with options; how many each touched (R22, R23, R29, R41-R43)."""

from __future__ import annotations

import pytest
from monitor_registers import register, shipped, value

from mse.core.figure import Figure
from mse.monitor import Cubes, Figures, cubes, figures
from mse.records.register import rules_figures
from mse.records.register.registry import Registry
from mse.records.register.rules import Rules

PEOPLE = {
    "known": {"types": "SU", "nationalities": "NG", "sectors_sexual": "window"},
    "imputed": {"types": "SU", "nationalities": "NG"},
    "no_stratum": {"types": "SU", "nationalities": "RO"},
    "african_labour": {"types": "AU", "nationalities": "NG"},
    "domestic": {"types": "SU", "nationalities": "NL", "sectors_sexual": "home"},
    "unknown": {"types": "AU"},
    "asian": {"types": "CU", "nationalities": "VN"},
    "nobody": {"types": "CU", "nationalities": "VN"},
}


def by_hand() -> Registry:
    """Eight people of 2018: all but the last were reported by the police; of that one there is only a letter."""
    reports = [(key, 2018, "police") for key in PEOPLE if key != "nobody"]
    return register(PEOPLE, [*reports, ("nobody", 2018, "om")], period=(2018, 2018))


def touched(found: Figures) -> dict[str, int]:
    """How many the rules of figures touched."""
    trace = found.trace.set_index("rule")["touched"]
    return {rule.code: int(trace[rule.code]) for rule in rules_figures.RULES}


def test_every_rule_of_figures_says_how_many_it_touched() -> None:
    found = figures(by_hand())
    assert touched(found) == {"R22": 1, "R23": 2, "R29": 1, "R41": 2, "R42": 1, "R43": 0}
    assert found["2.4b"].trace["R22"] == 1
    assert found["tab2.1"].trace["R29"] == 1
    assert found["2.11"].trace["R42"] == 1
    stored = figures(Cubes.from_frame(cubes(by_hand()).to_frame(), period=(2018, 2018)))
    assert touched(stored) == touched(found)


def test_rules_touch_nobody_in_figures_that_are_not_asked_for() -> None:
    found = figures(by_hand(), only=["2.8", "2.11"])
    assert touched(found) == dict.fromkeys(touched(found), 0)


@pytest.mark.parametrize("code", ["R22", "R29", "R41", "R42"])
def test_a_rule_that_is_off_touches_nobody_and_the_others_what_they_did(code: str) -> None:
    found = figures(by_hand(), rules=Rules(off=[code]))
    expected = {**touched(figures(by_hand())), code: 0}
    assert touched(found) == expected
    assert not found.trace.set_index("rule")["on"][code]


def test_r22_r23_without_imputation_only_known_sectors_are_shown() -> None:
    on, off = (figures(shipped(), only=["2.4a", "2.4b"], rules=rules) for rules in (None, Rules(off=["R22"])))
    assert value(on["2.4b"], "total", form="SU", measure="victims_known_or_imputed") == 2506
    for code in ("visible", "less_visible", "total"):
        known = value(on["2.4a"], code, form="SU")
        assert value(off["2.4b"], code, form="SU", measure="victims_known_or_imputed") == known
        assert value(off["2.4b"], f"imputed_{code}", form="SU") == 0
    assert (touched(on)["R22"], touched(on)["R23"]) == (1126, 1380)
    assert (touched(off)["R22"], touched(off)["R23"]) == (0, 1380)


def listed(figure: Figure) -> set[str]:
    """Nationalities that a table shows."""
    return set(figure.layout.only["category_code"]) - {"total"}


def test_r29_how_many_nationalities_are_listed() -> None:
    five, three, every = (
        figures(shipped(), only=["tab2.1"], rules=rules)
        for rules in (None, Rules(options={"R29": {"k": 3}}), Rules(off=["R29"]))
    )
    assert listed(three["tab2.1"]) < listed(five["tab2.1"])
    counted = shipped().cube("nationality").by("nationality")
    for found in (five, three):
        assert touched(found)["R29"] == sum(n for code, n in counted.items() if code not in listed(found["tab2.1"]))
    frame = every["tab2.1"].to_frame()
    whole = frame[(frame["year"] == "total") & (frame["form"] == "all")].set_index("category_code")["value"]
    assert whole.drop("total").astype(int).to_dict() == counted
    assert "rank" not in frame


def test_r41_police_reports_by_origin_or_together() -> None:
    split, whole = (figures(shipped(), only=["2.13"], rules=rules)["2.13"] for rules in (None, Rules(off=["R41"])))
    parts = [value(split, f"GO-SU_{part}", form="GO-SU") for part in ("african", "non_african")]
    assert value(whole, "GO-SU", form="GO-SU") == sum(parts) == value(split, "GO-SU", form="GO-SU")
    assert set(whole.frame["category_code"]) == {"GO-SU", "CU", "BL-SU", "AU", "UNK", "total"}
    codes = whole.frame["category_code"]
    total = codes.index[codes == "total"][-1]
    part_codes = {codes.iloc[part] for at, parts in whole.sums if at == total for part in parts if at != part}
    assert {"GO-SU", "CU", "BL-SU", "AU", "UNK"} <= part_codes
    cells = {split.cells[at] for at in split.cells}
    assert all(whole.cells[at] in cells for at in whole.cells)


def test_r42_fewer_reports_than_victims_are_found_where_they_are_tested() -> None:
    found, off = (figures(by_hand(), rules=rules) for rules in (None, Rules(off=["R42"])))
    assert {"monitor_fewer_reports", "monitor_without_report"} <= {finding.code for finding in found.findings}
    codes = {finding.code for finding in off.findings}
    assert "monitor_without_report" in codes
    assert "monitor_fewer_reports" not in codes


def test_r42_the_printed_report_lacks_four_reports_of_unknown_form() -> None:
    """Finding A07."""
    assert touched(figures(shipped()))["R42"] == 4


def test_r43_shares_on_a_half_are_counted() -> None:
    """Of 8 victims of labour exploitation 5 have a known sector, 62.5 per cent: in one year, and in the window."""
    people = {f"k{at}": {"types": "AU", "sectors_labour": "cleaning" if at < 5 else ""} for at in range(8)}
    found = figures(register(people, [(key, 2018, "police") for key in people], period=(2018, 2019)), only=["2.5"])
    assert value(found["2.5"], "sector_known", form="AU", measure="percent_of_victims") == 5 / 8
    assert touched(found)["R43"] == 2
    assert found["2.5"].trace["R43"] == 2


def test_imputed_counts_of_another_imputation_are_other_counts() -> None:
    """Counts of the register are the same under rules of figures, so that an earlier release of them is recognised."""
    plain = figures(shipped(), only=["2.4a", "2.4b"])
    for rules in (Rules(off=["R22"]), Rules(off=["R24"]), Rules(options={"R24": {"minimum": 5}})):
        other = figures(shipped(), only=["2.4a", "2.4b"], rules=rules)
        assert set(other["2.4a"].cells.values()) == set(plain["2.4a"].cells.values())
        frame = plain["2.4b"].frame
        same = {frame["category_code"].iloc[at] for at, cell in plain["2.4b"].cells.items()
                if cell in set(other["2.4b"].cells.values())}  # fmt: skip
        assert same == {"any_SU"}
