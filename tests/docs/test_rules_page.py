"""The page of rules has all 52, and says of every deciding rule which options it has."""

from __future__ import annotations

import re

import pytest
from pages import ROOT

from mse.records.register.rules import Rule, every_rule

PAGE = (ROOT / "docs" / "reference" / "rules.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| (R\d+) \| (.*) \|$", PAGE, flags=re.MULTILINE))


def test_all_rules_are_there_in_order() -> None:
    assert list(ROWS) == [f"R{number}" for number in range(1, 53)]
    assert all(row.count("|") == 3 for row in ROWS.values())


@pytest.mark.parametrize("rule", list(every_rule()), ids=lambda rule: rule.code)
def test_a_deciding_rule_is_named_with_its_options(rule: Rule) -> None:
    _, _, where, options = ROWS[rule.code].split("|")
    assert f"rule {rule.code}" in where
    for name, choices in rule.options.items():
        assert f"`{name}`" in options
        assert all(f'"{choice}"' in options for choice in choices)
    assert all(f"`{name}`" in options for name in rule.defaults)


def test_marks_are_those_of_the_report() -> None:
    assert all(re.search("stated|inferred|open", row.split("|")[1]) for row in ROWS.values())
