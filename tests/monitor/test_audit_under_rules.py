"""Other rules of the register are no errors of its figures: the audit leaves out what rests on them, and says so."""

from __future__ import annotations

from collections import Counter

import pytest
from monitor_registers import register, shipped, value

from mse.monitor import figures, self_audit
from mse.monitor.audit.identities_of_rules import RESTS_ON
from mse.monitor.audit.self_audit import identities
from mse.records.editions import printed
from mse.records.register.rules import Rules, every_rule

CHOICES = (
    *(Rules(off=[rule.code]) for rule in every_rule() if rule.switchable),
    *(
        Rules(options={rule.code: {option: choice}})
        for rule in every_rule()
        for option, choices in rule.options.items()
        for choice in choices[1:]
    ),
    Rules(options={"R14": {"order": ["AU", "SU", "CU"]}}),
    Rules(options={"R21": {"visible": ["street"]}}),
    Rules(options={"R29": {"k": 3}}),
    Rules(options={"R34": {"groups": {"fairwork": "other_reporters"}}}),
    Rules(off=["R7", "R8", "R16", "R17"]),
)


def name(rules: Rules) -> str:
    options = [f"{code}={value}" for code, given in rules.options.items() for value in given.values()]
    return " ".join([*sorted(rules.off), *options])


@pytest.mark.parametrize("rules", CHOICES, ids=name)
def test_no_rule_makes_correct_counts_fail(rules: Rules) -> None:
    """Only the four victims of unknown form without a report are left (A07)."""
    audit = self_audit(figures(shipped(), rules=rules))
    assert {(c.identity.rule, c.identity.where) for c in audit.failed} <= {("reports_enough", "UNK")}
    assert audit.tested > 500


def test_what_is_left_out_is_said() -> None:
    audit = self_audit(figures(shipped(), rules=Rules(off=["R7"])))
    assert audit.left_out == {"R7": 20}
    assert repr(audit).endswith("; 20 left out without R7")
    assert str(audit.findings[0]).startswith("Rule R7 does not hold as in the report. Checks that rest on it are left")
    assert not self_audit(figures(shipped())).left_out


def test_the_check_of_reports_against_victims_is_a_rule() -> None:
    """Every identity that compares reports with victims is left out, and nothing else."""
    audit = self_audit(figures(shipped(), rules=Rules(off=["R42"])))
    whole = self_audit(figures(shipped()))
    tested, before = (Counter(check.identity.rule for check in one.checks) for one in (audit, whole))
    left = before - tested
    assert set(left) == {"reports_enough", "police_within"}
    assert set(left).isdisjoint(tested)
    assert audit.left_out == {"R42": left.total()}
    assert not audit.failed
    assert {check.identity.rule for check in whole.failed} == {"reports_enough"}


def test_rules_of_frames_are_given() -> None:
    found = figures(shipped(), rules=Rules(off=["R7"]))
    frames = {key: figure.to_frame() for key, figure in found.items()}
    assert len(self_audit(frames).failed) > len(self_audit(frames, rules=found.rules).failed)


def test_every_premise_is_of_an_identity() -> None:
    assert set(RESTS_ON) <= {identity.rule for identity in identities(printed())}


def test_organ_removal_as_a_form_has_its_rows_and_columns() -> None:
    people = {"organ": {"types": "ORG", "sex": "male"}, "labour": {"types": "AU"}, "unknown": {"types": ""}}
    reports = [(key, 2019, "police") for key in people]
    found = figures(register(people, reports), rules=Rules(off=["R17"]))
    for number in ("2.7", "2.13"):
        assert value(found[number], "ORG", form="ORG") == value(found[number], "UNK", form="UNK") == 1
        frame = found[number].to_frame()
        said = frame.loc[frame["category_code"] == "ORG", "category"].iloc[0]
        assert dict(said) == {"en": "Forced organ removal", "nl": "Gedwongen orgaanverwijdering"}
        assert value(found[number], "total") == 3
    assert value(found["2.8"], "male", form="ORG") == value(found["2.8"], "total", form="ORG") == 1
    audit = self_audit(found)
    assert not audit.failed
    assert not audit.left_out


def test_what_is_unknown_is_counted_over_all_forms_in_findings() -> None:
    """A form of its own stands before all forms; who is of unknown sex is counted over all of them."""
    people = {"organ": {"types": "ORG", "sex": "male"}, "labour": {"types": "AU"}}
    found = figures(register(people, [(key, 2019, "police") for key in people]), rules=Rules(off=["R17"]))
    unknown = next(finding for finding in found.findings if finding.code == "monitor_unknown_sex")
    assert (unknown.values["n"], unknown.values["whole"]) == (1, 2)
